//! Puts the functions of a module in the order of their bytes. Brotli finds what is alike where it stands close by, and the compiler's
//! order changes with every name: one came out 2 % larger than another of the same code. Must not change what a function does.

use std::collections::HashMap;

use anyhow::{Context, Result};
use wasm_encoder::{
    CodeSection, FunctionSection, Module,
    reencode::{Error, Reencode},
};
use wasmparser::{CodeSectionReader, FunctionBody, FunctionSectionReader, Parser, Payload, TypeRef};

/// The same module with its functions in order.
pub fn ordered(wasm: &[u8]) -> Result<Vec<u8>> {
    let (mut imported, mut bodies) = (0_u32, vec![]);
    for payload in Parser::new(0).parse_all(wasm) {
        match payload.context("a module to be ordered")? {
            Payload::ImportSection(imports) => {
                for import in imports.into_imports() {
                    imported += u32::from(matches!(import?.ty, TypeRef::Func(_)));
                }
            }
            Payload::CodeSectionEntry(body) => bodies.push(body.as_bytes()),
            _ => {}
        }
    }
    let mut order: Vec<usize> = (0..bodies.len()).collect();
    order.sort_by_key(|at| bodies[*at]);
    let mut places = HashMap::new();
    for (place, at) in order.iter().enumerate() {
        places.insert(imported + u32::try_from(*at)?, imported + u32::try_from(place)?);
    }
    let mut module = Module::new();
    Order { order, places }.parse_core_module(&mut module, Parser::new(0), wasm).context("a module is put in order")?;
    Ok(module.finish())
}

struct Order {
    /// Which function stands at each place, without the imported ones.
    order: Vec<usize>,
    /// The new number of each function that moves.
    places: HashMap<u32, u32>,
}

impl Reencode for Order {
    type Error = std::convert::Infallible;

    fn function_index(&mut self, function: u32) -> Result<u32, Error<Self::Error>> {
        Ok(self.places.get(&function).copied().unwrap_or(function))
    }

    fn parse_function_section(
        &mut self,
        functions: &mut FunctionSection,
        section: FunctionSectionReader<'_>,
    ) -> Result<(), Error<Self::Error>> {
        let types = section.into_iter().collect::<Result<Vec<u32>, _>>()?;
        for at in &self.order {
            functions.function(types[*at]);
        }
        Ok(())
    }

    fn parse_code_section(&mut self, code: &mut CodeSection, section: CodeSectionReader<'_>) -> Result<(), Error<Self::Error>> {
        let bodies = section.into_iter().collect::<Result<Vec<FunctionBody<'_>>, _>>()?;
        for at in self.order.clone() {
            self.parse_function_body(code, bodies[at].clone())?;
        }
        Ok(())
    }
}
