//! Takes out of the compiled frontend what can never run in it, and what the compiler cannot see to be so.
//! Knows names of functions in leptos. Must not know what wasm-bindgen or wasm-opt make of the rest.

use walrus::{FunctionBuilder, FunctionId, FunctionKind, Module};

/// Parts of names of functions that are never called. Leptos' erased views point to both ways of waking a page; waiting
/// for each part of it (`hydrate_async`) is begun by `hydrate_lazy` alone, and the frontend calls `hydrate_body`.
const NEVER: [&str; 2] = ["hydrate_async", "new_with_async_value"];
/// Names that would begin what is never called: while one of them is there, nothing is taken out.
const BEGIN: [&str; 2] = ["hydrate_lazy", "hydrate_from_async"];

/// Puts a trap in the place of each function that is never called; gives how many there were.
pub fn prune(module: &mut Module) -> usize {
    let named = |module: &Module, parts: &[&str]| -> Vec<FunctionId> {
        let found = module.funcs.iter_local().filter(|(id, _)| {
            let name = module.funcs.get(*id).name.as_deref().unwrap_or_default();
            parts.iter().any(|part| name.contains(part))
        });
        found.map(|(id, _)| id).collect()
    };
    if !named(module, &BEGIN).is_empty() {
        return 0;
    }
    let never = named(module, &NEVER);
    for id in &never {
        let shape = module.types.get(module.funcs.get(*id).ty());
        let (takes, gives) = (shape.params().to_vec(), shape.results().to_vec());
        let arguments = takes.iter().map(|kind| module.locals.add(*kind)).collect();
        let mut trap = FunctionBuilder::new(&mut module.types, &takes, &gives);
        trap.func_body().unreachable();
        module.funcs.get_mut(*id).kind = FunctionKind::Local(trap.local_func(arguments));
    }
    never.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A module with one exported function per name, each giving 7.
    fn module(names: &[&str]) -> Module {
        let mut module = Module::default();
        for name in names {
            let mut seven = FunctionBuilder::new(&mut module.types, &[], &[walrus::ValType::I32]);
            seven.name((*name).to_owned());
            seven.func_body().i32_const(7);
            let id = seven.finish(vec![], &mut module.funcs);
            module.exports.add(name, id);
        }
        module
    }

    #[test]
    fn only_what_never_runs_becomes_a_trap() {
        let mut module = module(&["hydrate", "any_view::hydrate_async"]);
        assert_eq!(prune(&mut module), 1);
        let traps = module
            .funcs
            .iter_local()
            .filter(|(_, local)| local.block(local.entry_block()).instrs.iter().any(|(instr, _)| instr.is_unreachable()));
        let names: Vec<_> = traps.map(|(id, _)| module.funcs.get(id).name.clone().unwrap_or_default()).collect();
        assert_eq!(names, ["any_view::hydrate_async"]);
    }

    #[test]
    fn a_frontend_that_waits_for_its_parts_keeps_them() {
        let mut module = module(&["mount::hydrate_lazy", "any_view::hydrate_async"]);
        assert_eq!(prune(&mut module), 0);
    }
}
