//! Light formatting: what a button of the toolbar does to a text and its selection. Places are UTF-16 units,
//! as the browser counts.

/// A button of the toolbar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// `**strong**`
    Bold,
    /// `*stressed*`
    Italic,
    /// `- item`
    List,
    /// `[text](address)`
    Link,
    /// `> quoted`
    Quote,
    /// `` `code` ``
    Code,
}

/// The text with the format put on or taken off, and the selection after it.
pub fn format(kind: Format, text: &str, start: usize, end: usize) -> (String, usize, usize) {
    let units: Vec<u16> = text.encode_utf16().collect();
    let (start, end) = (start.min(units.len()), end.min(units.len()).max(start.min(units.len())));
    let part = |from: usize, to: usize| String::from_utf16_lossy(&units[from..to]);
    let (before, chosen, after) = (part(0, start), part(start, end), part(end, units.len()));
    match kind {
        Format::Bold => wrap("**", &before, &chosen, &after),
        Format::Italic => wrap("*", &before, &chosen, &after),
        Format::Code if chosen.contains('\n') => wrap_lines(&before, &chosen, &after),
        Format::Code => wrap("`", &before, &chosen, &after),
        Format::Link => {
            let address = if chosen.starts_with("http") { chosen.clone() } else { "https://".into() };
            let says = if chosen.starts_with("http") { String::new() } else { chosen };
            let from = length(&before) + length(&says) + 3;
            (format!("{before}[{says}]({address}){after}"), from, from + length(&address))
        }
        Format::List => prefix("- ", &before, &chosen, &after),
        Format::Quote => prefix("> ", &before, &chosen, &after),
    }
}

fn length(text: &str) -> usize {
    text.encode_utf16().count()
}

fn wrap(mark: &str, before: &str, chosen: &str, after: &str) -> (String, usize, usize) {
    if let (Some(outer), Some(rest)) = (before.strip_suffix(mark), after.strip_prefix(mark)) {
        return (format!("{outer}{chosen}{rest}"), length(outer), length(outer) + length(chosen));
    }
    let start = length(before) + length(mark);
    (format!("{before}{mark}{chosen}{mark}{after}"), start, start + length(chosen))
}

fn wrap_lines(before: &str, chosen: &str, after: &str) -> (String, usize, usize) {
    let start = length(before) + 4;
    (format!("{before}```\n{chosen}\n```{after}"), start, start + length(chosen))
}

fn prefix(mark: &str, before: &str, chosen: &str, after: &str) -> (String, usize, usize) {
    let (head, begun) = before.rfind('\n').map_or(("", before), |at| before.split_at(at + 1));
    let block = format!("{begun}{chosen}");
    let marked = block.split('\n').all(|line| line.starts_with(mark));
    let lines: Vec<String> =
        block.split('\n').map(|line| if marked { line[mark.len()..].to_owned() } else { format!("{mark}{line}") }).collect();
    let changed = lines.join("\n");
    let end = length(head) + length(&changed);
    (format!("{head}{changed}{after}"), if chosen.is_empty() { end } else { length(head) }, end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bold_is_put_on_and_taken_off() {
        let (on, start, end) = format(Format::Bold, "a b c", 2, 3);
        assert_eq!((on.as_str(), start, end), ("a **b** c", 4, 5));
        assert_eq!(format(Format::Bold, &on, start, end), ("a b c".into(), 2, 3));
    }

    #[test]
    fn places_are_counted_as_the_browser_does() {
        assert_eq!(format(Format::Italic, "🙂 é", 3, 4), ("🙂 *é*".into(), 4, 5));
    }

    #[test]
    fn whole_lines_become_a_list_and_back() {
        let (list, start, end) = format(Format::List, "x\none\ntwo", 4, 9);
        assert_eq!(list, "x\n- one\n- two");
        assert_eq!(format(Format::List, &list, start, end).0, "x\none\ntwo");
    }

    #[test]
    fn a_link_waits_for_its_address() {
        assert_eq!(format(Format::Link, "see docs", 4, 8), ("see [docs](https://)".into(), 11, 19));
    }

    #[test]
    fn a_selection_beyond_the_end_is_cut() {
        assert_eq!(format(Format::Code, "a", 5, 9).0, "a``");
    }
}
