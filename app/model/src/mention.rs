//! `@name` in a note: whom it calls. A name is called whole or by its first word, however it is written; who shares a first word is
//! called together.

/// Who is being called before the caret: what stands after an `@` that begins a word, as far as it is typed.
pub fn calling(before: &str) -> Option<&str> {
    let (rest, word) = before.rsplit_once('@')?;
    let begins = !rest.chars().next_back().is_some_and(char::is_alphanumeric);
    (begins && !word.contains(char::is_whitespace)).then_some(word)
}

/// Those of these names that a typed word may mean: one of their words begins so.
pub fn meant<'a>(names: &'a [String], word: &str) -> Vec<&'a str> {
    let word = folded(word);
    names.iter().filter(|name| name.split_whitespace().any(|part| folded(part).starts_with(&word))).map(String::as_str).collect()
}

/// Whether a text calls somebody of this name.
pub fn mentions(text: &str, name: &str) -> bool {
    let text = folded(text);
    let first = name.split_whitespace().next().unwrap_or_default();
    [name, first].iter().any(|name| calls(&text, &folded(name)))
}

fn folded(text: &str) -> String {
    text.chars().flat_map(char::to_lowercase).collect()
}

/// `@` before it, and neither a letter nor a digit around the two: an address calls nobody.
fn calls(text: &str, name: &str) -> bool {
    let ends = |c: Option<char>| !c.is_some_and(char::is_alphanumeric);
    !name.is_empty()
        && text.match_indices('@').any(|(at, _)| {
            let rest = &text[at + 1..];
            ends(text[..at].chars().next_back()) && rest.strip_prefix(name).is_some_and(|after| ends(after.chars().next()))
        })
}

#[cfg(test)]
mod tests {
    use super::{calling, meant, mentions};

    #[test]
    fn who_is_called_is_offered_while_the_name_is_typed() {
        assert_eq!(calling("so @ru"), Some("ru"));
        assert_eq!(calling("@"), Some(""));
        assert_eq!(calling("mail@ru"), None);
        assert_eq!(calling("@Rui Co"), None);
        let names = ["Rui Costa".to_owned(), "Marta Silva".to_owned(), "Ângela Reis".to_owned()];
        assert_eq!(meant(&names, "r"), ["Rui Costa", "Ângela Reis"]);
        assert_eq!(meant(&names, "COS"), ["Rui Costa"]);
        assert_eq!(meant(&names, "âng"), ["Ângela Reis"]);
    }

    #[test]
    fn a_name_is_called_whole_or_by_its_first_word() {
        for text in ["@Rui Costa, look", "so @rui?", "(@RUI)", "see\n@Rui"] {
            assert!(mentions(text, "Rui Costa"), "{text}");
        }
        for text in ["Rui Costa", "@Ruival", "mail@rui", "@", "@Costa", "x@rui.example"] {
            assert!(!mentions(text, "Rui Costa"), "{text}");
        }
        assert!(mentions("@Ângela", "Ângela Reis"));
        assert!(!mentions("@ nobody", ""));
    }
}
