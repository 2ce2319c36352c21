//! The compiled frontend and the JS that loads it: cut into parts, bound by wasm-bindgen, made small by two tools.
//! Knows the flags of those tools and why; must not know where the files go.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, anyhow, ensure};
use walrus::{Module, ModuleConfig};
use wasm_bindgen_cli_support::Bindgen;
use wasm_split_cli_support::SplitWasm;

use crate::{
    Job,
    order::ordered,
    prune::{prune, silence},
    site::{File, WINDOW},
};

/// What a browser runs.
pub struct Browser {
    pub js: Vec<u8>,
    pub wasm: Vec<u8>,
    /// Loaded when they are needed; the JS knows their names.
    pub later: Vec<File>,
    /// Files of `later` by the name of the part of the app that needs them.
    pub parts: BTreeMap<String, Vec<String>>,
}

/// The module that loads the parts; bundled into the JS.
const LOADER: &str = "./parts.js";

/// What rustc's wasm32 target uses by default; wasm-opt refuses code with a feature it was not told of.
const FEATURES: [&str; 6] = [
    "--enable-bulk-memory",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];

/// How wasm-opt makes code small. What is sent is brotli's output, and that grows when code comes out in more shapes: so what saves bytes
/// by special cases is left out, and what makes code more alike is asked for (2 % fewer bytes than `-Oz` in brotli, 7 % more before it).
const SMALL: [&str; 10] = [
    "-Os",
    "--skip-pass=merge-blocks",
    "--skip-pass=local-cse",
    "--skip-pass=simplify-locals",
    "--skip-pass=ssa-nomerge",
    "--one-caller-inline-max-function-size=0",
    "--always-inline-max-function-size=0",
    // rustc puts the stack there, whose end nothing reaches
    "--low-memory-unused",
    // a hint that engines do not ask for
    "--dealign",
    // a note that only tools read
    "--strip-target-features",
];

/// Cuts the compiled frontend into its parts, binds it to JS, and makes all small unless the job is a debug one.
pub fn bind(job: &Job) -> Result<Browser> {
    let room = job.site.with_extension("bind");
    if room.exists() {
        fs::remove_dir_all(&room)?;
    }
    fs::create_dir_all(&room)?;
    let (whole, main) = (fs::read(&job.wasm).with_context(|| job.wasm.display().to_string())?, room.join("main.wasm"));
    let cut = cut(&whole, &main, &room)?;
    let mut bindgen = Bindgen::new();
    if job.small {
        bindgen.input_module("recado", pruned(&main)?);
    } else {
        bindgen.input_path(&main);
    }
    bindgen
        .web(true)?
        .out_name("recado")
        .typescript(false)
        // the parts find what they share with the rest by these
        .keep_lld_exports(true)
        .demangle(false)
        .remove_name_section(job.small)
        .remove_producers_section(job.small)
        .generate(&room)
        .with_context(|| format!("wasm-bindgen: {}", job.wasm.display()))?;
    let mut later = vec![];
    for part in &cut.split_modules {
        if job.small {
            fs::write(part, pruned(part)?.emit_wasm())?;
        }
        let stem = part.file_stem().unwrap_or_default().to_string_lossy();
        later.push(File::new(&stem, "wasm", optimise(job, part)?));
    }
    let named = |stem: &String| later.iter().find(|file| file.stem == *stem).map(File::name).with_context(|| format!("no part {stem}"));
    let mut parts = BTreeMap::new();
    for (part, stems) in &cut.prefetch_map {
        parts.insert(part.clone(), stems.iter().map(named).collect::<Result<_>>()?);
    }
    name_parts(&room.join(LOADER), &later)?;
    let (js, wasm) = joined(job, &room, "recado", "export { default, hydrate } from './recado.js'", fit)?;
    fs::remove_dir_all(&room)?;
    Ok(Browser { js, wasm, later, parts })
}

/// The visitor's window: its JS and its wasm in one piece, beside its style sheet.
pub fn window(job: &Job, css: String) -> Result<[File; 3]> {
    let room = job.site.with_extension("window");
    if room.exists() {
        fs::remove_dir_all(&room)?;
    }
    fs::create_dir_all(&room)?;
    let mut bindgen = Bindgen::new();
    if job.small {
        bindgen.input_module(WINDOW, parsed(&job.window, silence)?);
    } else {
        bindgen.input_path(&job.window);
    }
    bindgen
        .web(true)?
        .out_name(WINDOW)
        .typescript(false)
        .demangle(false)
        .remove_name_section(job.small)
        .remove_producers_section(job.small)
        .generate(&room)
        .with_context(|| format!("wasm-bindgen: {}", job.window.display()))?;
    let (js, wasm) = joined(job, &room, WINDOW, WAKE, shared)?;
    fs::remove_dir_all(&room)?;
    Ok([File::new(WINDOW, "js", js), File::new(WINDOW, "wasm", wasm), File::new(WINDOW, "css", css.into_bytes())])
}

/// The way in to the window: `init(wasm)`, then `wake()`. wasm-bindgen's own way may be called in several ways, and knows what to do in
/// browsers older than ours: 400 bytes more would be sent.
const WAKE: &str = "import { initSync, wake } from './window.js'
export default async (wasm) => initSync({ module: await WebAssembly.compileStreaming(fetch(wasm)) })
export { wake }";

/// What wasm-bindgen made, as one JS file with a way in to its wasm, and that wasm.
fn joined(job: &Job, room: &Path, name: &str, entry_code: &str, fit: fn(&mut Module, String) -> String) -> Result<(Vec<u8>, Vec<u8>)> {
    let (entry, glue, bound) = (room.join("entry.js"), room.join(name).with_extension("js"), room.join(format!("{name}_bg.wasm")));
    fs::write(&entry, entry_code)?;
    fs::write(&glue, bare(&fs::read_to_string(&glue)?))?;
    let mut js = bundle(job, &entry)?;
    if job.small {
        let mut module = ModuleConfig::new().generate_producers_section(false).parse(&fs::read(&bound)?)?;
        js = fit(&mut module, String::from_utf8(js)?).into_bytes();
        fs::write(&bound, module.emit_wasm())?;
    }
    Ok((js, optimise(job, &bound)?))
}

/// Lets the bundler see that a class nobody uses does nothing: a library of leptos brings three of them, and all that they need. Leaves out
/// what is said to who calls it in an old way.
fn bare(js: &str) -> String {
    let lines = js.lines().filter(|line| !line.starts_with("if (Symbol.dispose)") && !line.trim_start().starts_with("console.warn('using"));
    lines.collect::<Vec<_>>().join("\n").replace("new FinalizationRegistry(", "/* @__PURE__ */ new FinalizationRegistry(")
}

/// Takes out of a module what its JS does not call, and gives both short names for what they share.
fn fit(module: &mut Module, js: String) -> String {
    let unused = |name: &str| !js.contains(name);
    let gone: Vec<_> = module.exports.iter().filter(|export| unused(&export.name)).map(walrus::Export::id).collect();
    for export in gone {
        module.exports.delete(export);
    }
    walrus::passes::gc::run(module);
    let named = module.imports.iter_mut().map(|import| &mut import.name);
    shortened(named.filter(|name| name.len() > 12).collect(), '_', js)
}

/// The same, and short names for what the JS calls: of a module that no part looks into.
fn shared(module: &mut Module, js: String) -> String {
    let js = fit(module, js);
    let named = module.exports.iter_mut().map(|export| &mut export.name);
    shortened(named.filter(|name| name.starts_with('_')).collect(), '$', js)
}

/// Gives names short ones, in the JS too: a mark and a number.
fn shortened(mut named: Vec<&mut String>, mark: char, mut js: String) -> String {
    // a name may begin another one
    named.sort_by_key(|name| std::cmp::Reverse(name.len()));
    for (number, name) in named.into_iter().enumerate() {
        let short = format!("{mark}{number}");
        js = js.replace(name.as_str(), &short);
        *name = short;
    }
    js
}

/// Cuts the parts out of the compiled frontend: what only a part needs goes into a file of its own.
fn cut(whole: &[u8], main: &Path, room: &Path) -> Result<SplitWasm> {
    let mut options = wasm_split_cli_support::Options::new(whole);
    options.output_dir = room;
    options.main_out_path = main;
    options.link_name = LOADER;
    options.main_module = "./recado.js";
    wasm_split_cli_support::transform(options).map_err(|error| anyhow!("cutting the parts out of the frontend: {error:#}"))
}

/// A module without what never runs; of the compiler's notes only the names are kept, to know that by.
fn pruned(wasm: &Path) -> Result<Module> {
    parsed(wasm, prune)
}

fn parsed(wasm: &Path, prune: fn(&mut Module) -> usize) -> Result<Module> {
    let mut module = ModuleConfig::new()
        .strict_validate(false)
        .generate_name_section(false)
        .generate_producers_section(false)
        .parse(&fs::read(wasm)?)
        .with_context(|| wasm.display().to_string())?;
    println!("pack: {}: {} functions never run", wasm.file_stem().unwrap_or_default().display(), prune(&mut module));
    Ok(module)
}

fn optimise(job: &Job, wasm: &Path) -> Result<Vec<u8>> {
    let small = wasm.with_extension("small.wasm");
    if job.small {
        let mut words: Vec<&OsStr> = vec![wasm.as_ref(), "-o".as_ref(), small.as_ref()];
        words.extend(SMALL.iter().chain(&FEATURES).map(OsStr::new));
        run(&job.tools.join("wasm-opt"), &words)?;
    }
    if job.small { ordered(&fs::read(&small)?) } else { Ok(fs::read(wasm)?) }
}

/// Writes the names of the parts' files into the module that loads them.
fn name_parts(loader: &Path, later: &[File]) -> Result<()> {
    let mut code = fs::read_to_string(loader)?;
    for file in later {
        code = code.replace(&format!("\"./{}.wasm\"", file.stem), &format!("\"./{}\"", file.name()));
    }
    Ok(fs::write(loader, code)?)
}

/// One JS file of all: that a part is loaded, or a snippet of a library, never costs a request more.
fn bundle(job: &Job, js: &Path) -> Result<Vec<u8>> {
    let bundled = js.with_extension("bundled.js");
    let out = format!("--outfile={}", bundled.display());
    let mut words: Vec<&OsStr> = vec![js.as_os_str(), out.as_ref()];
    // only errors: wasm-bindgen names the loader once for each part, and esbuild would warn of it
    words.extend(["--bundle", "--format=esm", "--target=es2022", "--legal-comments=none", "--log-level=error"].map(OsStr::new));
    if job.small {
        words.push("--minify".as_ref());
    }
    run(&job.tools.join("esbuild"), &words)?;
    Ok(fs::read(bundled)?)
}

/// What a site loads for the widget, made by the widget's own `build`, which says with what.
pub fn loader(job: &Job) -> Result<Vec<u8>> {
    let room = job.site.with_extension("loader");
    run(&job.widget.join("build"), &[job.tools.as_ref(), room.as_ref()])?;
    let loader = fs::read(room.join("loader.js"))?;
    fs::remove_dir_all(&room)?;
    Ok(loader)
}

#[expect(clippy::disallowed_methods, reason = "a tool of the build, never part of the server")]
fn run(tool: &Path, words: &[&OsStr]) -> Result<()> {
    let ended = Command::new(tool)
        .args(words)
        .status()
        .with_context(|| format!("{} did not start; `.ci/install serve` brings it", tool.display()))?;
    ensure!(ended.success(), "{} failed: {ended}", tool.display());
    Ok(())
}
