//! The text of a document of Word: what stands in `w:t` of its main part, a line for each paragraph.

use std::io::{BufReader, Cursor, Read as _, Write};

use quick_xml::{Reader, events::Event};
use zip::ZipArchive;

/// Bytes of the main part, unpacked.
const PART_MOST: u64 = 64 << 20;

/// Writes it.
pub fn write(bytes: &[u8], output: &mut dyn Write) -> Result<(), String> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| error.to_string())?;
    let part = archive.by_name("word/document.xml").map_err(|error| error.to_string())?;
    let mut reader = Reader::from_reader(BufReader::new(part.take(PART_MOST)));
    let (mut buffer, mut within) = (vec![], false);
    loop {
        let said = match reader.read_event_into(&mut buffer).map_err(|error| error.to_string())? {
            Event::Eof => return Ok(()),
            Event::Start(tag) => {
                within = tag.local_name().as_ref() == "t";
                String::new()
            }
            Event::End(tag) => {
                within = false;
                if tag.local_name().as_ref() == "p" { "\n".into() } else { String::new() }
            }
            Event::Empty(tag) if matches!(tag.local_name().as_ref(), "tab" | "br" | "cr") => " ".into(),
            Event::Text(text) if within => text.xml10_content().into_owned(),
            Event::GeneralRef(name) if within => referred(&name),
            _ => String::new(),
        };
        output.write_all(said.as_bytes()).map_err(|error| error.to_string())?;
        buffer.clear();
    }
}

/// What a reference stands for: a character by its number, or one of the five that XML knows.
fn referred(name: &quick_xml::events::BytesRef<'_>) -> String {
    if let Ok(Some(c)) = name.resolve_char_ref() {
        return c.to_string();
    }
    match name.as_ref() {
        "amp" => "&",
        "lt" => "<",
        "gt" => ">",
        "quot" => "\"",
        "apos" => "'",
        _ => " ",
    }
    .to_owned()
}
