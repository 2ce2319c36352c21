//! The text of a PDF, page by page.

use std::io::Write;

use pdf_extract::{Document, PlainTextOutput, output_doc_page};

use super::PAGES_MOST;

/// Writes it.
pub fn write(bytes: &[u8], output: &mut dyn Write) -> Result<(), String> {
    let mut document = Document::load_mem(bytes).map_err(|error| error.to_string())?;
    if document.is_encrypted() {
        // what anybody may read is encrypted without a password
        document.decrypt("").map_err(|error| error.to_string())?;
    }
    let mut pages: Vec<u32> = document.get_pages().into_keys().collect();
    pages.truncate(PAGES_MOST);
    for page in pages {
        let mut text = String::new();
        let read = output_doc_page(&document, &mut PlainTextOutput::new(&mut text), page);
        text.push('\n');
        output.write_all(text.as_bytes()).map_err(|error| error.to_string())?;
        if let Err(error) = read {
            tracing::debug!(%error, page, "a page cannot be read");
        }
    }
    Ok(())
}
