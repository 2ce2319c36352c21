//! The bytes of a table as text and rows: which letters it is written in, what parts its columns. Pure.

/// The text of a file. Programs write UTF-8, with its mark or without, UTF-16 with its mark, or what Windows has in the west.
pub fn text(bytes: &[u8]) -> String {
    if let Some((encoding, mark)) = encoding_rs::Encoding::for_bom(bytes) {
        return encoding.decode_without_bom_handling(&bytes[mark..]).0.into_owned();
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes).0.into_owned(),
    }
}

/// What parts the columns: whatever stands most often in the first row, outside of quotation marks.
pub fn separator(text: &str) -> u8 {
    let (mut quoted, mut n) = (false, [(b',', 0), (b';', 0), (b'\t', 0)]);
    for byte in text.bytes() {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' | b'\r' if !quoted => break,
            _ if !quoted => n.iter_mut().filter(|(separator, _)| *separator == byte).for_each(|(_, n)| *n += 1),
            _ => {}
        }
    }
    // of two that stand as often the first one
    n.into_iter().rev().max_by_key(|(_, n)| *n).map_or(b',', |(separator, _)| separator)
}

/// Its rows, the first one too; empty lines are none.
pub fn rows(text: &str, separator: u8) -> impl Iterator<Item = Vec<String>> {
    let table = csv::ReaderBuilder::new().delimiter(separator).flexible(true).has_headers(false).from_reader(text.as_bytes());
    // reading from text never fails
    table.into_records().filter_map(Result::ok).map(|row| row.iter().map(str::to_owned).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_read_whoever_wrote_them() {
        let utf16: Vec<u8> = [0xff, 0xfe].into_iter().chain("Zoé".encode_utf16().flat_map(u16::to_le_bytes)).collect();
        for bytes in ["Zoé".as_bytes(), "\u{feff}Zoé".as_bytes(), b"Zo\xe9", &utf16] {
            assert_eq!(text(bytes), "Zoé");
        }
    }

    #[test]
    fn columns_are_parted_by_what_parts_the_first_row() {
        for (line, by) in [("a,b;c,d", b','), ("a;b;\"c,d,e,f\"", b';'), ("a\tb", b'\t'), ("name", b',')] {
            assert_eq!(separator(&format!("{line}\n1;2;3;4;5")), by, "{line}");
        }
    }

    #[test]
    fn rows_are_read_with_their_line_breaks() {
        let all: Vec<_> = rows("a;b\r\n\r\n\"1;\n\"\"2\"\"\";3\r\nshort\r\n", b';').collect();
        assert_eq!(all, [vec!["a", "b"], vec!["1;\n\"2\"", "3"], vec!["short"]]);
    }
}
