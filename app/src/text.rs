//! The language of the page and the texts in it. The language changes only with the page, so texts are plain values.

use leptos::prelude::*;
use model::{Language, Text};

use crate::visit::use_visit;

/// Writes the language of everything below this component.
#[derive(Clone, Copy)]
pub struct PageLanguage(pub Language);

/// The language of the page. Ask in a component's body; an event handler has no context.
pub fn use_language() -> Language {
    use_context::<PageLanguage>().map_or_else(|| use_visit().language, |page| page.0)
}

/// A text in the language of the page. For a component's body.
pub fn t(text: Text) -> &'static str {
    use_language().say(text)
}

/// A text with its placeholders filled. For a component's body.
pub fn fill(text: Text, values: &[(&str, &str)]) -> String {
    use_language().fill(text, values)
}

/// A text for a number of things. For a component's body.
pub fn count(text: Text, n: i64) -> String {
    use_language().count(text, n)
}
