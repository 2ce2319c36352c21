//! What narrows a search down: the operators in use, each to be taken away, and a few to be added. All of them are links.

use leptos::prelude::*;
use model::{
    search::{Asked, What, read},
    text::search as texts,
};

use crate::{
    text::{t, use_language},
    ui::{Glyph, Icon, each},
};

/// Operators that are offered to be added.
const OFFERED: [&str; 7] = ["status:open", "assignee:me", "is:ticket", "is:chat", "is:missed", "has:attachment", "in:all"];

/// Operators of a text as they are written, with the text without each.
fn operators(text: &str) -> Vec<(String, String)> {
    let parts = read(text).0.into_iter().filter(|part| matches!(part.what, What::Operator(..)));
    parts
        .map(|part| {
            let rest = format!("{} {}", text[..part.from].trim_end(), text[part.to..].trim_start());
            (text[part.from..part.to].to_owned(), rest.trim().to_owned())
        })
        .collect()
}

/// The operators in use.
#[component]
pub fn Parts(asked: Memo<Asked>) -> impl IntoView {
    let language = use_language();
    let parts = move || {
        let asked = asked.get();
        let address = |text| Asked { text, skip: 0, ..asked.clone() }.address();
        operators(&asked.text).into_iter().map(|(part, rest)| (part, address(rest))).collect()
    };
    let one = move |(part, href): (String, String)| {
        let label = language.fill(texts::REMOVE, &[("part", &part)]);
        view! { <li><a class="filter on" href=href aria-label=label><span>{part}</span><Icon glyph=Glyph::Close/></a></li> }
    };
    view! { <ul class="search-parts" aria-label=t(texts::ASKED)>{each(parts, Clone::clone, one)}</ul> }
}

/// Operators to be added.
#[component]
pub fn Narrow(asked: Memo<Asked>) -> impl IntoView {
    let offered = move || {
        let asked = asked.get();
        let used = operators(&asked.text);
        let address = |one: &str| Asked { text: format!("{} {one}", asked.text.trim()), skip: 0, ..asked.clone() }.address();
        let fresh = OFFERED.iter().filter(|one| !asked.text.trim().is_empty() && used.iter().all(|(part, _)| part != *one));
        fresh.map(|one| (*one, address(one))).collect()
    };
    let one = move |(operator, href): (&'static str, String)| {
        view! { <li><a class="filter" href=href><Icon glyph=Glyph::Plus/><span>{operator}</span></a></li> }
    };
    view! { <ul class="search-narrow" aria-label=t(texts::NARROW)>{each(offered, Clone::clone, one)}</ul> }
}

#[cfg(test)]
mod tests {
    use super::operators;

    #[test]
    fn an_operator_can_be_taken_away() {
        let told = operators("late status:open dept:\"After sales\" armchair");
        assert_eq!(
            told,
            [
                ("status:open".into(), "late dept:\"After sales\" armchair".into()),
                ("dept:\"After sales\"".into(), "late status:open armchair".into())
            ]
        );
        assert!(operators("late").is_empty());
    }
}
