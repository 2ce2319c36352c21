//! Takes out of the compiled frontend what can never run in it, and what the compiler cannot see to be so.
//! Knows names of functions in leptos. Must not know what wasm-bindgen or wasm-opt make of the rest.

use walrus::{FunctionBuilder, FunctionId, FunctionKind, Module};

/// The functions that are never called, though the tables of Leptos' erased views point to them: waiting for each piece of a
/// page is begun by `hydrate_lazy` alone, and the frontend calls `hydrate_body`; the list of routes is made by the server.
/// (What wakes pages made from templates would be a third. But it comes out like what wakes ours, and the two become one.)
const NEVER: [&str; 2] = ["13hydrate_async", "15generate_routes"];
/// How the compiler writes the body of an async function, or a closure in it.
const BODY: &str = "28_$u7b$$u7b$closure$u7d$$u7d$";
/// Names that would begin what is never called: while one of them is there, nothing is taken out.
const BEGIN: [&str; 2] = ["hydrate_lazy", "hydrate_from_async"];
/// The compiler makes one of functions that came out alike, and keeps the name of any. Short ones may be alike by chance.
const SHORT: u64 = 30;

/// Whether a mangled name is that of the function or of its body; what only names it among its types may have a twin.
fn never(name: &str) -> bool {
    let path = name.rfind("17h").map_or(name, |hash| &name[..hash]);
    let path = path.trim_end_matches(BODY);
    NEVER.iter().any(|never| path.ends_with(never))
}

/// What the visitor's window does without: streams of server functions, which it does not ask; and words for a panic, which would end in
/// a trap anyway. It formats nothing else (`app/window/src/number.rs`), so the whole of formatting goes with them.
const WORDLESS: [&str; 20] = [
    "12wasm_streams",
    "intounderlying",
    "6js_sys7futures",
    "12futures_core",
    "12futures_util",
    "4core9panicking",
    "3std9panicking",
    "4core3fmt",
    "5alloc3fmt",
    "5Debug3fmt",
    "7Display3fmt",
    "8LowerHex3fmt",
    "8UpperHex3fmt",
    "5Error3fmt",
    "slice_error_fail",
    "slice_index_fail",
    "13unwrap_failed",
    "13expect_failed",
    "17capacity_overflow",
    "18handle_alloc_error",
];

/// Whether a mangled name is that of a function the window does without.
fn wordless(name: &str) -> bool {
    let path = name.rfind("17h").map_or(name, |hash| &name[..hash]);
    // a function that only names such a thing among its types, as `drop_in_place<..>`, has brackets around it
    let own = path.rsplit("$GT$").next().unwrap_or_default();
    let plain = if own.len() < path.len() { own } else { path };
    let generic = name.starts_with("_RI");
    (!generic && WORDLESS.iter().any(|words| plain.contains(words))) || path.ends_with("$GT$3fmt")
}

/// What those words are made of, which the compiler leaves in the data: how a run of them begins, its bytes, and how it ends. One that lies
/// otherwise has something else in it, perhaps, and is left in.
const UNSAID: [(&str, usize, &str); 4] = [
    ("entity not found", 769, "operation successful"),
    ("begin > end (", 462, "assertion `left "),
    ("copy_from_slice: ", 197, " (os error "),
    ("attempted to take ownership", 169, "aliasing in rust"),
];

/// Puts a trap in the place of each function that the window does without; gives how many there were.
pub fn silence(module: &mut Module) -> usize {
    unplace(module);
    let all: Vec<_> = module.data.iter().map(walrus::Data::id).collect();
    for data in all {
        unsay(&mut module.data.get_mut(data).value);
    }
    let name = |id: FunctionId| module.funcs.get(id).name.as_deref().unwrap_or_default();
    let never: Vec<FunctionId> =
        module.funcs.iter_local().filter(|(id, local)| wordless(name(*id)) && local.size() > SHORT).map(|(id, _)| id).collect();
    trap(module, &never)
}

/// Writes over where in the sources of others a panic would have been: what it says stands, and where in ours.
fn unplace(module: &mut Module) {
    let home = std::env::var("CARGO_HOME").unwrap_or_else(|_| std::env::var("HOME").unwrap_or_default() + "/.cargo");
    let all: Vec<_> = module.data.iter().map(walrus::Data::id).collect();
    for data in all {
        for prefix in ["/rustc/".to_owned(), format!("{home}/registry/src/")] {
            blank(&mut module.data.get_mut(data).value, prefix.as_bytes());
        }
    }
}

/// Writes over the words of errors.
fn unsay(text: &mut [u8]) {
    for (begin, bytes, end) in UNSAID {
        let at = text.windows(begin.len()).position(|part| part == begin.as_bytes());
        if let Some(run) = at.and_then(|at| text.get_mut(at..at + bytes)).filter(|run| run.ends_with(end.as_bytes())) {
            run.fill(0);
        }
    }
}

/// Puts a trap in the place of each function that is never called; gives how many there were.
pub fn prune(module: &mut Module) -> usize {
    unplace(module);
    let name = |id: FunctionId| module.funcs.get(id).name.as_deref().unwrap_or_default();
    if module.funcs.iter_local().any(|(id, _)| BEGIN.iter().any(|begin| name(id).contains(begin))) {
        return 0;
    }
    let never: Vec<FunctionId> =
        module.funcs.iter_local().filter(|(id, local)| never(name(*id)) && local.size() > SHORT).map(|(id, _)| id).collect();
    trap(module, &never)
}

/// Writes over the paths of source files that begin like this.
fn blank(text: &mut [u8], prefix: &[u8]) {
    let mut from = 0;
    while let Some(start) = text[from..].windows(prefix.len()).position(|part| part == prefix).map(|at| from + at) {
        let end = text[start..].windows(3).position(|part| part == b".rs").map_or(text.len(), |at| start + at + 3);
        text[start..end].fill(0);
        from = end;
    }
}

fn trap(module: &mut Module, never: &[FunctionId]) -> usize {
    for id in never {
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
    use walrus::{ValType, ir::BinaryOp};

    use super::*;

    const ASYNC: &str = "_ZN6tachys4view8any_view8into_any13hydrate_async17h0123456789abcdefE";
    const BODY: &str = "_ZN6tachys4view8any_view8into_any13hydrate_async28_$u7b$$u7b$closure$u7d$$u7d$17h0123456789abcdefE";
    const ROUTES: &str = "_ZN13leptos_router8matching6nested16any_nested_route15generate_routes17h0123456789abcdefE";
    const DROP: &str = "_ZN4core3ptr57drop_in_place$LT$tachys..hydrate_async..$u7b$$u7b$closure$u7d$$u7d$$GT$17h0123456789abcdefE";

    /// A module with one exported function per name, each giving the sum of many sevens.
    fn module(names: &[&str]) -> Module {
        let mut module = Module::default();
        for name in names {
            let mut sevens = FunctionBuilder::new(&mut module.types, &[], &[ValType::I32]);
            sevens.name((*name).to_owned());
            let mut body = sevens.func_body();
            body.i32_const(7);
            for _ in 0..SHORT {
                body.i32_const(7).binop(BinaryOp::I32Add);
            }
            let id = sevens.finish(vec![], &mut module.funcs);
            module.exports.add(name, id);
        }
        module
    }

    #[test]
    fn only_what_never_runs_becomes_a_trap() {
        let mut module = module(&["hydrate", ASYNC, BODY, ROUTES, DROP]);
        assert_eq!(prune(&mut module), 3);
        let whole = module.funcs.iter_local().filter(|(_, local)| local.size() > SHORT);
        let mut names: Vec<_> = whole.map(|(id, _)| module.funcs.get(id).name.clone().unwrap_or_default()).collect();
        names.sort();
        assert_eq!(names, [DROP, "hydrate"]);
    }

    #[test]
    fn a_panic_needs_no_words_in_the_window() {
        let live = "_ZN6window4live4wake17h0123456789abcdefE";
        let drops = "_ZN4core3ptr40drop_in_place$LT$core..fmt..Error..4core3fmt$GT$17h0123456789abcdefE";
        let debug = "_ZN59_$LT$core..cell..BorrowError$u20$as$u20$core..fmt..Debug$GT$3fmt17h0123456789abcdefE";
        let (panic, pad) = ("_RNvNtCsgXGp5Oqx2Ny_4core9panicking9panic_fmt", "_RNvMsa_NtCsgXGp5Oqx2Ny_4core3fmtNtB5_9Formatter3pad");
        let mut module = module(&[live, drops, debug, panic, pad]);
        assert_eq!(silence(&mut module), 3);
    }

    #[test]
    fn paths_of_sources_are_written_over() {
        let mut text = *b"before/rustc/1/library/a.rs/rustc/b.rsafter/rustc";
        blank(&mut text, b"/rustc/");
        assert_eq!(text.as_slice(), [b"before".as_slice(), &[0; 32], b"after/rustc"].concat());
    }

    #[test]
    fn words_of_errors_are_written_over_where_they_lie_as_known() {
        let run = format!("attempted to take ownership{}aliasing in rust", " ".repeat(126));
        let mut text = format!("before{run}after").into_bytes();
        unsay(&mut text);
        assert_eq!(text, [b"before".as_slice(), &[0; 169], b"after"].concat());
        let other = run.replacen(' ', "", 2).into_bytes();
        let mut text = other.clone();
        unsay(&mut text);
        assert_eq!(text, other, "something else may be in it");
    }

    #[test]
    fn a_frontend_that_waits_for_its_parts_keeps_them() {
        let mut module = module(&["_ZN6leptos5mount12hydrate_lazy17h0123456789abcdefE", ASYNC]);
        assert_eq!(prune(&mut module), 0);
    }
}
