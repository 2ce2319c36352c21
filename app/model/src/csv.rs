//! Lists as CSV (RFC 4180), for spreadsheets. What strangers wrote may stand in a cell: none is read as a formula.

/// Characters that a spreadsheet takes for the beginning of a formula.
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// A line of cells, with its end.
pub fn line<C: AsRef<str>>(cells: impl IntoIterator<Item = C>) -> String {
    let cells: Vec<String> = cells.into_iter().map(|cell| written(cell.as_ref())).collect();
    format!("{}\r\n", cells.join(","))
}

/// A cell that no program takes for a formula.
pub fn harmless(cell: &str) -> String {
    if cell.starts_with(FORMULA) { format!("'{cell}") } else { cell.to_owned() }
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
    }
}
