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

#[cfg(test)]
mod tests {
    use wasm_encoder::{EntityType, ExportKind, ExportSection, Function, ImportSection, TypeSection, ValType};
    use wasmparser::Operator;

    use super::*;

    /// One function from outside; one that calls the last and it; one without a word; one with a number that no other has.
    fn module() -> Vec<u8> {
        let (mut types, mut imports, mut functions) = (TypeSection::new(), ImportSection::new(), FunctionSection::new());
        types.ty().function([], []);
        types.ty().function([ValType::I32], []);
        imports.import("outside", "told", EntityType::Function(0));
        for ty in [0, 0, 1] {
            functions.function(ty);
        }
        let mut exports = ExportSection::new();
        exports.export("first", ExportKind::Func, 1);
        let mut code = CodeSection::new();
        let mut first = Function::new([]);
        first.instructions().i32_const(1).call(3).call(0).end();
        let mut empty = Function::new([]);
        empty.instructions().end();
        let mut last = Function::new([]);
        last.instructions().i32_const(77).drop().end();
        code.function(&first).function(&empty).function(&last);
        let mut module = Module::new();
        module.section(&types).section(&imports).section(&functions).section(&exports).section(&code);
        module.finish()
    }

    /// What the first function calls: for each that is not from outside, the numbers in it.
    fn called(wasm: &[u8]) -> Vec<Vec<i32>> {
        let (mut first, mut bodies) = (0, vec![]);
        for payload in Parser::new(0).parse_all(wasm) {
            match payload.unwrap() {
                Payload::ExportSection(all) => first = all.into_iter().next().unwrap().unwrap().index as usize,
                Payload::CodeSectionEntry(body) => {
                    bodies.push(body.get_operators_reader().unwrap().into_iter().map(Result::unwrap).collect::<Vec<_>>());
                }
                _ => {}
            }
        }
        let numbers = |at: usize| {
            bodies[at].iter().filter_map(|one| if let Operator::I32Const { value } = one { Some(*value) } else { None }).collect()
        };
        let calls = bodies[first - 1]
            .iter()
            .filter_map(|one| if let Operator::Call { function_index } = one { Some(*function_index as usize) } else { None });
        calls.map(|at| if at == 0 { vec![] } else { numbers(at - 1) }).collect()
    }

    #[test]
    fn functions_move_and_call_the_same_ones() {
        let (before, after) = (module(), ordered(&module()).unwrap());
        assert_ne!(before, after);
        assert_eq!(called(&before), [vec![77], vec![]]);
        assert_eq!(called(&after), called(&before));
        // in order already
        assert_eq!(ordered(&after).unwrap(), after);
    }
}
