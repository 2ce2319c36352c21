//! The compiled frontend and the JS that loads it: wasm-bindgen as a library, then two tools that make both small.
//! Knows the flags of those tools and why; must not know where the files go.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use walrus::{Module, ModuleConfig};
use wasm_bindgen_cli_support::Bindgen;

use crate::{Job, prune::prune};

/// The two files a browser runs.
pub struct Browser {
    pub js: Vec<u8>,
    pub wasm: Vec<u8>,
}

/// What rustc's wasm32 target uses by default; wasm-opt refuses code with a feature it was not told of.
const FEATURES: [&str; 6] = [
    "--enable-bulk-memory",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];

/// Binds the compiled frontend to JS, and makes both small unless the job is a debug one.
pub fn bind(job: &Job) -> Result<Browser> {
    let room = job.site.with_extension("bind");
    if room.exists() {
        fs::remove_dir_all(&room)?;
    }
    let mut bindgen = Bindgen::new();
    if job.small {
        bindgen.input_module("recado", pruned(&job.wasm)?);
    } else {
        bindgen.input_path(&job.wasm);
    }
    bindgen
        .web(true)?
        .out_name("recado")
        .typescript(false)
        .remove_name_section(job.small)
        .remove_producers_section(job.small)
        .generate(&room)
        .with_context(|| format!("wasm-bindgen: {}", job.wasm.display()))?;
    let (mut js, mut wasm) = (room.join("recado.js"), room.join("recado_bg.wasm"));
    if job.small {
        wasm = optimise(&job.tools, &wasm)?;
        js = minify(&job.tools, &js)?;
    }
    let browser = Browser { js: fs::read(js)?, wasm: fs::read(wasm)? };
    fs::remove_dir_all(&room)?;
    Ok(browser)
}

/// The compiled frontend without what never runs; of the compiler's notes only the names are kept, to know that by.
fn pruned(wasm: &Path) -> Result<Module> {
    let mut module = ModuleConfig::new()
        .strict_validate(false)
        .generate_name_section(false)
        .generate_producers_section(false)
        .parse(&fs::read(wasm)?)
        .with_context(|| wasm.display().to_string())?;
    println!("pack: {} functions never run", prune(&mut module));
    Ok(module)
}

fn optimise(tools: &Path, wasm: &Path) -> Result<PathBuf> {
    let small = wasm.with_extension("small.wasm");
    let mut words: Vec<&OsStr> = vec!["-Oz".as_ref(), wasm.as_ref(), "-o".as_ref(), small.as_ref()];
    words.extend(FEATURES.iter().map(OsStr::new));
    run(&tools.join("wasm-opt"), &words)?;
    Ok(small)
}

/// Bundles as well, so that a snippet of a library never becomes one more request.
fn minify(tools: &Path, js: &Path) -> Result<PathBuf> {
    let small = js.with_extension("small.js");
    let out = format!("--outfile={}", small.display());
    let words = ["--bundle", "--minify", "--format=esm", "--target=es2022", "--legal-comments=none", "--log-level=warning"];
    let mut words: Vec<&OsStr> = words.iter().map(OsStr::new).collect();
    words.extend([js.as_os_str(), out.as_ref()]);
    run(&tools.join("esbuild"), &words)?;
    Ok(small)
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
