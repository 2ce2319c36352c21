//! What something was and is, in a line for each part of it that is another: read by people, so short. Pure.

use std::{collections::BTreeMap, fmt::Write as _};

use serde::Serialize;
use serde_json::Value;

use crate::Result;

/// Lines of names and values, those that are empty left out.
pub(crate) fn fields<const N: usize>(pairs: [(&str, String); N]) -> String {
    let mut lines = String::new();
    for (name, value) in pairs.into_iter().filter(|(_, value)| !value.is_empty()) {
        // Cannot fail: a text takes all that is written to it.
        let _ = writeln!(lines, "{name}: {value}");
    }
    lines.trim_end().to_owned()
}

/// What of a value is another than before: as it was, and as it is.
pub(crate) fn changes<T: Serialize>(before: &T, after: &T) -> Result<(String, String)> {
    let (mut was, mut is) = (BTreeMap::new(), BTreeMap::new());
    flatten("", &serde_json::to_value(before)?, &mut was);
    flatten("", &serde_json::to_value(after)?, &mut is);
    let lines = |these: &BTreeMap<String, String>, others: &BTreeMap<String, String>| {
        let other = these.iter().filter(|(name, value)| others.get(*name) != Some(value));
        other.map(|(name, value)| format!("{name}: {value}")).collect::<Vec<_>>().join("\n")
    };
    Ok((lines(&was, &is), lines(&is, &was)))
}

fn flatten(path: &str, value: &Value, into: &mut BTreeMap<String, String>) {
    let under = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
    match value {
        // there was nothing at all
        Value::Null if path.is_empty() => {}
        Value::Object(fields) => fields.iter().for_each(|(name, value)| flatten(&under(name), value, into)),
        Value::Array(items) if items.iter().any(|item| item.is_object() || item.is_array()) => {
            items.iter().enumerate().for_each(|(n, item)| flatten(&under(&(n + 1).to_string()), item, into));
        }
        Value::Array(items) => {
            let items = items.iter().map(plain).collect::<Vec<_>>().join(", ");
            into.insert(path.to_owned(), items);
        }
        other => {
            into.insert(path.to_owned(), plain(other));
        }
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::Null => "–".into(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_what_is_another_is_told() {
        let before = json!({ "name": "Acme", "colour": "#000", "days": [1, 2], "texts": { "en": { "greeting": "Hi" } } });
        let after = json!({ "name": "Acme", "colour": "#fff", "days": [1], "texts": { "en": { "greeting": "Hello" } }, "more": null });
        let (was, is) = changes(&before, &after).unwrap();
        assert_eq!(was, "colour: #000\ndays: 1, 2\ntexts.en.greeting: Hi");
        assert_eq!(is, "colour: #fff\ndays: 1\nmore: –\ntexts.en.greeting: Hello");
        assert_eq!(fields([("name", "Acme".into()), ("zone", String::new())]), "name: Acme");
    }
}
