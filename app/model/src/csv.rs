//! Lists as CSV (RFC 4180), for spreadsheets. What strangers wrote may stand in a cell: none is read as a formula.

/// Characters that a spreadsheet takes for the beginning of a formula.
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];
/// What some spreadsheet parts cells by, whatever the file parts them by.
const PARTS: [char; 5] = [',', ';', '\t', '\n', '\r'];

/// A line of cells, with its end.
pub fn line<C: AsRef<str>>(cells: impl IntoIterator<Item = C>) -> String {
    let cells: Vec<String> = cells.into_iter().map(|cell| written(cell.as_ref())).collect();
    format!("{}\r\n", cells.join(","))
}

/// A cell that no program takes for a formula, nor a part of it, when the program parts cells by another character than the file does.
pub fn harmless(cell: &str) -> String {
    let mut out = String::with_capacity(cell.len());
    let mut begins = true;
    for c in cell.chars() {
        if begins && FORMULA.contains(&c) && (out.is_empty() || !PARTS.contains(&c)) {
            out.push('\'');
        }
        out.push(c);
        begins = PARTS.contains(&c) || (begins && matches!(c, ' ' | '"'));
    }
    out
}

/// The cell that was made harmless.
pub fn plain(cell: &str) -> String {
    let mut out = String::with_capacity(cell.len());
    let mut begins = true;
    let mut all = cell.chars().peekable();
    while let Some(c) = all.next() {
        if begins && c == '\'' && all.peek().is_some_and(|next| FORMULA.contains(next)) {
            continue;
        }
        out.push(c);
        begins = PARTS.contains(&c) || (begins && matches!(c, ' ' | '"'));
    }
    out
}

/// A cell: harmless, and in quotation marks where it has to be.
fn written(cell: &str) -> String {
    let harmless = harmless(cell);
    if harmless.contains([',', '"', '\n', '\r', ';', '\t']) { format!("\"{}\"", harmless.replace('"', "\"\"")) } else { harmless }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_kept_and_is_no_formula() {
        assert_eq!(line(["Ana", "a,b", "say \"hi\""]), "Ana,\"a,b\",\"say \"\"hi\"\"\"\r\n");
        for formula in ["=1+1", "+1", "-1", "@sum(a1)", "\t=1", "\r=1"] {
            assert!(line([formula]).trim_start_matches('"').starts_with('\''), "{formula:?}");
        }
        assert_eq!(line(["two\nlines"]), "\"two\nlines\"\r\n");
        for (cell, kept) in [("Ana;=1+1;x", "Ana;'=1+1;x"), ("Ana, -1", "Ana, '-1"), ("a\n@b", "a\n'@b"), ("x;\"=1", "x;\"'=1")] {
            assert_eq!(harmless(cell), kept);
            assert_eq!(plain(kept), cell);
        }
        assert_eq!(harmless("ana@example.com, 1-2"), "ana@example.com, 1-2");
    }
}
