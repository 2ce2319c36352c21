//! The last step of the browser's build: the compiled frontend and the style sheets become the files a browser loads.
//! Knows the order of the steps and the command line. Must not know a noun of Recado, nor what the files mean.

mod order;
mod prune;
mod script;
mod site;
mod sizes;
mod style;

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use site::File;

const USAGE: &str =
    "usage: pack site --wasm FILE --style FILE --window FILE --window-style FILE --widget FOLDER --site FOLDER --tools FOLDER [--debug]
       pack sizes --site FOLDER --out FILE

site    the parts cut apart, wasm-bindgen, wasm-opt and one minified JS (both from --tools),
        one style sheet, names with a hash of the content, brotli and gzip beside each file;
        the same for the visitor's window, which is not cut; the widget's loader as its own `build` makes it.
        --debug leaves out what only makes files smaller.
sizes   brotli bytes of a packed site as JSON; fails when a budget is broken.";

/// What to pack, and where to.
pub struct Job {
    wasm: PathBuf,
    style: PathBuf,
    window: PathBuf,
    window_style: PathBuf,
    widget: PathBuf,
    site: PathBuf,
    tools: PathBuf,
    small: bool,
}

fn main() -> Result<()> {
    let mut words = std::env::args().skip(1);
    match words.next().as_deref() {
        Some("site") => {
            let (mut given, debug) = options(words)?;
            pack(&Job {
                wasm: take(&mut given, "--wasm")?,
                style: take(&mut given, "--style")?,
                window: take(&mut given, "--window")?,
                window_style: take(&mut given, "--window-style")?,
                widget: take(&mut given, "--widget")?,
                site: take(&mut given, "--site")?,
                tools: take(&mut given, "--tools")?,
                small: !debug,
            })
        }
        Some("sizes") => {
            let (mut given, _) = options(words)?;
            sizes::check(&take(&mut given, "--site")?, &take(&mut given, "--out")?)
        }
        _ => bail!("{USAGE}"),
    }
}

type Given = Vec<(String, PathBuf)>;

fn options(mut words: impl Iterator<Item = String>) -> Result<(Given, bool)> {
    let (mut given, mut debug) = (Given::new(), false);
    while let Some(word) = words.next() {
        match word.as_str() {
            "--debug" => debug = true,
            "--wasm" | "--style" | "--window" | "--window-style" | "--widget" | "--site" | "--tools" | "--out" => {
                let value = words.next().with_context(|| format!("{word} wants a path"))?;
                given.push((word, value.into()));
            }
            _ => bail!("unknown option {word}\n{USAGE}"),
        }
    }
    Ok((given, debug))
}

fn take(given: &mut Given, name: &str) -> Result<PathBuf> {
    let at = given.iter().position(|(word, _)| word == name).with_context(|| format!("{name} is missing\n{USAGE}"))?;
    Ok(given.swap_remove(at).1)
}

fn pack(job: &Job) -> Result<()> {
    let stamp = site::stamp(job)?;
    if site::is_current(&job.site, &stamp) {
        println!("pack: {} is up to date", job.site.display());
        return Ok(());
    }
    let browser = script::bind(job)?;
    let css = style::bundle(&job.style, job.small)?;
    let main = [("js", browser.js), ("wasm", browser.wasm), ("css", css.into_bytes())];
    let mut files: Vec<File> = main.into_iter().map(|(kind, content)| File::new(site::MAIN, kind, content)).collect();
    files.extend(browser.later);
    let mut parts = browser.parts;
    let window = script::window(job, style::bundle(&job.window_style, job.small)?)?;
    parts.insert(site::WINDOW_FILES.to_owned(), window.iter().map(File::name).collect());
    files.extend(window);
    let loader = script::loader(job)?;
    for line in site::write(job, &files, &parts, &loader, &stamp)? {
        println!("pack: {line}");
    }
    Ok(())
}
