//! What a row of the list says of a chat besides: whether its visitor is there, what they write, how long they wait.

use leptos::prelude::*;
use model::{
    ConversationId, Language, Moment,
    moment::{HOUR, MINUTE, SECOND},
    text::{chat as text, common},
};

use crate::{
    live::use_live,
    text::{t, use_language},
};

/// Whoever waits longer than this is served badly.
const LONG: i64 = MINUTE;

/// A dot: green while the visitor has a window open.
#[component]
pub fn Here(
    /// Whose.
    chat: ConversationId,
) -> impl IntoView {
    let (live, online) = (use_live(), t(text::ONLINE));
    let here = Memo::new(move |_| live.here(&chat));
    view! {
        <span class="dot" class:off=move || !here.get()>
            {move || here.get().then(|| view! { <span class="visually-hidden">{online}</span> })}
        </span>
    }
}

/// What the visitor writes just now, in words. Ask in a component's body.
pub fn typed(chat: ConversationId) -> Memo<Option<String>> {
    let (live, language) = (use_live(), use_language());
    Memo::new(move |_| live.writes(&chat).map(|words| language.fill(text::TYPES, &[("words", &words)])))
}

/// How long the visitor waits for us, counting.
#[component]
pub fn Waiting(
    /// Since when.
    since: Moment,
) -> impl IntoView {
    let (second, language) = (use_live().second(), use_language());
    let waited = move || second.get().since(since).max(0);
    let class = move || if waited() > LONG { "chip bad" } else { "chip warm" };
    view! { <span class=class>{move || language.fill(text::WAITS, &[("time", &length(waited(), language))])}</span> }
}

/// A length of time in minutes and seconds, or in whole hours.
pub fn length(time: i64, language: Language) -> String {
    if time < HOUR {
        format!("{}:{:02}", time / MINUTE, time % MINUTE / SECOND)
    } else {
        language.fill(common::HOURS, &[("h", &(time / HOUR).to_string())])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waiting_is_counted_in_seconds_until_it_is_hours() {
        let said = |seconds| length(seconds * SECOND, Language::English);
        assert_eq!((said(9).as_str(), said(102).as_str(), said(3_599).as_str()), ("0:09", "1:42", "59:59"));
        assert_eq!(said(27 * 3_600), "27 h");
    }
}
