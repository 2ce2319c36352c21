//! Style sheets: one entry with an `@import` per noun becomes one file.
//! Must not know which nouns there are; the entry lists them.

use std::path::Path;

use anyhow::{Result, anyhow};
use lightningcss::bundler::{Bundler, FileProvider};
use lightningcss::stylesheet::{MinifyOptions, ParserOptions, PrinterOptions};

/// Bundles the entry and all it imports. No browser targets are given, so modern CSS stays as it was written.
pub fn bundle(entry: &Path, small: bool) -> Result<String> {
    let files = FileProvider::new();
    let mut sheet =
        Bundler::new(&files, None, ParserOptions::default()).bundle(entry).map_err(|error| anyhow!("{}: {error}", entry.display()))?;
    if small {
        sheet.minify(MinifyOptions::default()).map_err(|error| anyhow!("{}: {error}", entry.display()))?;
    }
    let printed = sheet
        .to_css(PrinterOptions { minify: small, ..PrinterOptions::default() })
        .map_err(|error| anyhow!("{}: {error}", entry.display()))?;
    Ok(printed.code)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn imports_become_one_small_file_in_their_layer() {
        let folder = tempfile::tempdir().expect("a folder");
        let entry = folder.path().join("main.css");
        fs::write(&entry, "@layer base, noun;\n@import \"ticket.css\" layer(noun);\n").expect("written");
        fs::write(folder.path().join("ticket.css"), ".ticket { & b { color: light-dark(#ffffff, black) } }").expect("written");
        let css = bundle(&entry, true).expect("bundled");
        // the first layer is named ahead, so the order stays
        assert_eq!(css, "@layer base;@layer noun{.ticket{& b{color:light-dark(#fff,#000)}}}");
    }

    #[test]
    fn a_missing_import_is_named() {
        let folder = tempfile::tempdir().expect("a folder");
        let entry = folder.path().join("main.css");
        fs::write(&entry, "@import \"absent.css\";").expect("written");
        let error = bundle(&entry, true).expect_err("nothing to import").to_string();
        assert!(error.contains("main.css"), "{error}");
    }
}
