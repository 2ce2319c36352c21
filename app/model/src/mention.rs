//! `@name` in a note: whom it calls. A name is called whole or by its first word, however it is written. The longest whole name that stands
//! there is meant, and only else a first word; what two answer to calls neither, since who is called sees the conversation from then on.

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

/// Whether a text calls somebody of this name; `names` are of all who could be called, with this one.
pub fn mentions(text: &str, name: &str, names: &[&str]) -> bool {
    let (text, name) = (folded(text), folded(name));
    let names: Vec<String> = names.iter().map(|name| folded(name)).collect();
    let alone = |part: fn(&str) -> &str| names.iter().filter(|other| part(other) == part(&name)).count() < 2;
    calls(&text).any(|rest| {
        let whole = names.iter().filter(|name| begins(rest, name)).max_by_key(|name| name.len());
        match whole {
            Some(whole) => *whole == name && alone(|name| name),
            None => begins(rest, first(&name)) && alone(first),
        }
    })
}

fn first(name: &str) -> &str {
    name.split_whitespace().next().unwrap_or_default()
}

fn folded(text: &str) -> String {
    text.chars().flat_map(char::to_lowercase).collect()
}

/// What stands after each `@` before which there is neither a letter nor a digit: an address calls nobody.
fn calls(text: &str) -> impl Iterator<Item = &str> {
    text.match_indices('@').filter(move |(at, _)| ends(text[..*at].chars().next_back())).map(move |(at, _)| &text[at + 1..])
}

fn begins(text: &str, name: &str) -> bool {
    !name.is_empty() && text.strip_prefix(name).is_some_and(|after| ends(after.chars().next()))
}

fn ends(c: Option<char>) -> bool {
    !c.is_some_and(char::is_alphanumeric)
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
        let names = ["Rui Costa", "Ângela Reis", ""];
        for text in ["@Rui Costa, look", "so @rui?", "(@RUI)", "see\n@Rui"] {
            assert!(mentions(text, "Rui Costa", &names), "{text}");
        }
        for text in ["Rui Costa", "@Ruival", "mail@rui", "@", "@Costa", "x@rui.example"] {
            assert!(!mentions(text, "Rui Costa", &names), "{text}");
        }
        assert!(mentions("@Ângela", "Ângela Reis", &names));
        assert!(!mentions("@ nobody", "", &names));
    }

    #[test]
    fn who_is_called_alike_is_not_called_along() {
        let names = ["Marta Lima", "Marta Costa", "Marta", "Rui Alves", "Rui Reis", "Ana Sá", "Ana Sá"];
        let called = |text: &str| names.iter().filter(|name| mentions(text, name, &names)).copied().collect::<Vec<_>>();
        for (text, whom) in [
            ("@Marta Lima, look", vec!["Marta Lima"]),
            ("@marta costa and @Rui Alves", vec!["Marta Costa", "Rui Alves"]),
            ("@Marta?", vec!["Marta"]),
            // what may mean two means neither
            ("@Rui", vec![]),
            ("@Ana Sá", vec![]),
            ("@Ana", vec![]),
        ] {
            assert_eq!(called(text), whom, "{text}");
        }
    }
}
