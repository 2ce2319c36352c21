//! The site folder: `pkg/{recado,window}.HASH.{js,wasm,css}` and the parts' wasm, brotli and gzip beside each; `hash.txt` in leptos'
//! format, with a line more per part: the files it needs. `widget/loader.js` beside, whose place for settings the server fills.
//! Knows names and compression. Must not know how a file was made.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use data_encoding::BASE32_NOPAD;
use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};

use crate::Job;

/// What the files that every page loads are called.
pub const MAIN: &str = "recado";
/// The visitor's window, and the line of `hash.txt` that names its files.
pub const WINDOW: &str = "window";
pub const WINDOW_FILES: &str = "window_files";
/// Where the stamp of the inputs is kept, beside the files made of them.
const STAMP: &str = ".packed";
/// The widget's loader. No hash in its name: nobody asks for it by that.
pub const LOADER: &str = "widget/loader.js";

/// A file of the site, named after what is in it.
pub struct File {
    pub stem: String,
    kind: &'static str,
    hash: String,
    content: Vec<u8>,
}

impl File {
    pub fn new(stem: &str, kind: &'static str, content: Vec<u8>) -> Self {
        Self { stem: stem.to_owned(), kind, hash: name_of(&Sha256::digest(&content)), content }
    }

    pub fn name(&self) -> String {
        format!("{}.{}.{}", self.stem, self.hash, self.kind)
    }
}

/// A hash over all that decides the output: the inputs, the mode, this program and the versions of the tools.
pub fn stamp(job: &Job) -> Result<String> {
    let mut inputs = vec![job.wasm.clone(), job.window.clone(), std::env::current_exe()?];
    inputs.extend(files(job.style.parent().unwrap_or(Path::new(".")), |ending| ending == "css")?);
    inputs.extend(files(&job.widget, |_| true)?);
    let packages = job.tools.join("..");
    if job.small {
        inputs.extend(["binaryen", "esbuild"].map(|tool| packages.join(tool).join("package.json")));
    }
    let mut all = Sha256::new();
    all.update([u8::from(job.small)]);
    for path in inputs {
        let content = fs::read(&path).with_context(|| path.display().to_string())?;
        all.update(path.as_os_str().as_encoded_bytes());
        all.update(Sha256::digest(content));
    }
    Ok(name_of(&all.finalize()))
}

/// The files of a folder by their endings, in order.
fn files(folder: &Path, wanted: impl Fn(&str) -> bool) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for item in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = item?.path();
        if path.is_file() && wanted(&path.extension().unwrap_or_default().to_string_lossy()) {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// Whether the folder was made of exactly these inputs.
pub fn is_current(site: &Path, stamp: &str) -> bool {
    fs::read_to_string(site.join(STAMP)).is_ok_and(|found| found == stamp)
}

/// Writes the whole folder beside the old one, then changes places: a running server never sees half a site.
/// Gives a line per file for whoever watches.
pub fn write(job: &Job, files: &[File], parts: &BTreeMap<String, Vec<String>>, loader: &[u8], stamp: &str) -> Result<Vec<String>> {
    let fresh = job.site.with_extension("new");
    if fresh.exists() {
        fs::remove_dir_all(&fresh)?;
    }
    for folder in ["pkg", "widget"] {
        fs::create_dir_all(fresh.join(folder))?;
    }
    let (mut hashes, mut lines) = (String::new(), Vec::new());
    for file in files {
        let path = fresh.join("pkg").join(file.name());
        fs::write(&path, &file.content)?;
        let (stem, kind, bytes) = (&file.stem, file.kind, file.content.len());
        lines.push(if job.small {
            format!("{stem}.{kind} {bytes} bytes, brotli {}", compress(&path, &file.content)?)
        } else {
            format!("{stem}.{kind} {bytes} bytes")
        });
        if stem == MAIN {
            hashes.extend([kind, ": ", &file.hash, "\n"]);
        }
    }
    for (part, files) in parts {
        hashes.extend([part, ": ", &files.join(" "), "\n"]);
    }
    fs::write(fresh.join(LOADER), loader)?;
    if job.small {
        lines.push(format!("{LOADER} {} bytes, brotli {}", loader.len(), compress(&fresh.join(LOADER), loader)?));
    }
    fs::write(fresh.join("hash.txt"), hashes)?;
    fs::write(fresh.join(STAMP), stamp)?;
    if job.site.exists() {
        fs::remove_dir_all(&job.site)?;
    }
    fs::rename(&fresh, &job.site)?;
    Ok(lines)
}

/// 80 bits of a hash, in letters that are safe in a file name and an address.
fn name_of(hash: &[u8]) -> String {
    BASE32_NOPAD.encode(&hash[..10]).to_lowercase()
}

/// The brotli and the gzip twin of a file, as the server hands them out; gives the bytes of the brotli one.
fn compress(path: &Path, content: &[u8]) -> Result<usize> {
    let mut brotli = Vec::new();
    let params = brotli::enc::BrotliEncoderParams { quality: 11, lgwin: 22, ..Default::default() };
    brotli::BrotliCompress(&mut &content[..], &mut brotli, &params)?;
    fs::write(twin(path, "br"), &brotli)?;
    let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
    gzip.write_all(content)?;
    fs::write(twin(path, "gz"), gzip.finish()?)?;
    Ok(brotli.len())
}

fn twin(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(ending);
    name.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn job(folder: &Path) -> Job {
        fs::create_dir_all(folder.join("style")).expect("made");
        fs::write(folder.join("style/main.css"), "a{}").expect("written");
        fs::write(folder.join("frontend.wasm"), "wasm").expect("written");
        fs::write(folder.join("window.wasm"), "wasm").expect("written");
        for tool in ["binaryen", "esbuild"] {
            fs::create_dir_all(folder.join("node_modules").join(tool)).expect("made");
            fs::write(folder.join("node_modules").join(tool).join("package.json"), "{}").expect("written");
        }
        fs::create_dir_all(folder.join("node_modules/.bin")).expect("made");
        fs::create_dir_all(folder.join("widget")).expect("made");
        fs::write(folder.join("widget/loader.js"), "1").expect("written");
        Job {
            widget: folder.join("widget"),
            wasm: folder.join("frontend.wasm"),
            style: folder.join("style/main.css"),
            window: folder.join("window.wasm"),
            window_style: folder.join("style/main.css"),
            site: folder.join("site"),
            tools: folder.join("node_modules/.bin"),
            small: true,
        }
    }

    #[test]
    fn each_file_has_its_twins_and_a_line_in_the_hash_file() {
        let folder = tempfile::tempdir().expect("a folder");
        let job = job(folder.path());
        let css = b"b{color:red}".repeat(50);
        write(&job, &[File::new(MAIN, "css", css.clone())], &BTreeMap::from([("admin".into(), vec!["a.x.wasm".into()])]), b"hello", "one")
            .expect("written");
        let hashes = fs::read_to_string(job.site.join("hash.txt")).expect("read");
        let (hash, parts) = hashes.strip_prefix("css: ").and_then(|rest| rest.split_once('\n')).expect("leptos' format");
        assert_eq!(parts, "admin: a.x.wasm\n");
        let path = job.site.join("pkg").join(format!("recado.{hash}.css"));
        let mut back = Vec::new();
        brotli::BrotliDecompress(&mut &fs::read(twin(&path, "br")).expect("read")[..], &mut back).expect("brotli");
        assert_eq!(back, css);
        assert!(twin(&path, "gz").exists());
        assert_eq!(fs::read(job.site.join(LOADER)).expect("read"), b"hello");
        assert!(is_current(&job.site, "one"));
        assert!(!is_current(&job.site, "two"));
    }

    #[test]
    fn a_changed_style_sheet_or_loader_changes_the_stamp() {
        let folder = tempfile::tempdir().expect("a folder");
        let job = job(folder.path());
        let before = stamp(&job).expect("stamped");
        assert_eq!(before, stamp(&job).expect("stamped"));
        fs::write(folder.path().join("style/ticket.css"), "b{}").expect("written");
        let after = stamp(&job).expect("stamped");
        assert_ne!(before, after);
        fs::write(folder.path().join("widget/loader.js"), "2").expect("written");
        assert_ne!(after, stamp(&job).expect("stamped"));
    }
}
