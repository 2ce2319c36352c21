//! The window in one of its states, as the preview draws it. Knows the words and the fields that are set; no visitor, no chat.

use leptos::prelude::*;
use model::{
    text::{widget as texts, window as shown},
    widget::{Field, FieldKind},
};

use super::{before_chat::kind_text, draft::Draft};
use crate::ui::{Glyph, Icon};

/// The window in a state, by the state's word.
#[component]
pub fn Pane(
    /// Word of the state.
    shown: &'static str,
    /// What is being typed.
    draft: Draft,
) -> impl IntoView {
    let (head, line) = match shown {
        "away" => (draft.say(|w| &w.away.0, shown::AWAY_HEAD), draft.say(|w| &w.away.1, shown::AWAY_LINE)),
        "offline" => (draft.say(|w| &w.offline.0, shown::OFFLINE_HEAD), draft.say(|w| &w.offline.1, shown::OFFLINE_LINE)),
        "before" => (draft.ours(shown::BEFORE_HEAD), draft.say(|w| &w.online.1, shown::ONLINE_LINE)),
        _ => (draft.say(|w| &w.online.0, shown::ONLINE_HEAD), draft.say(|w| &w.online.1, shown::ONLINE_LINE)),
    };
    let body = match shown {
        "offline" => view! { <Offline draft/> }.into_any(),
        "before" => view! { <Before draft/> }.into_any(),
        "rescue" => view! { <Rescue draft/> }.into_any(),
        _ => view! { <Empty draft/> }.into_any(),
    };
    view! {
        <div class="mock" data-shown=shown>
            <header><div><b>{head}</b><span>{line}</span></div><Icon glyph=Glyph::Close/></header>
            {body}
        </div>
    }
}

/// A chat in which nobody wrote yet.
#[component]
fn Empty(draft: Draft) -> impl IntoView {
    let greeting = draft.say(|w| &w.greeting, shown::GREETING);
    let suggestions = move || draft.widget.with(|widget| widget.wording(draft.language.get()).suggestions);
    view! {
        <div class="mock-body">
            <p class="mock-said">{greeting}</p>
            <div class="mock-suggestions">{move || suggestions().into_iter().map(|text| view! { <span>{text}</span> }).collect_view()}</div>
        </div>
        <Composer draft/>
    }
}

#[component]
fn Composer(draft: Draft) -> impl IntoView {
    view! { <footer><span>{draft.ours(shown::WRITE)}</span><Icon glyph=Glyph::Attach/><Icon glyph=Glyph::Send/></footer> }
}

/// A field as it is drawn: what it asks, and an empty box.
#[component]
fn Line(#[prop(into)] label: Signal<String>, #[prop(optional)] required: bool, #[prop(optional)] tall: bool) -> impl IntoView {
    view! { <div class="mock-field"><span>{label}{required.then_some(" *")}</span><i class:tall=tall></i></div> }
}

#[component]
fn Offline(draft: Draft) -> impl IntoView {
    view! {
        <div class="mock-body">
            <Line label=draft.ours(shown::NAME)/>
            <Line label=draft.ours(shown::EMAIL) required=true/>
            <Line label=draft.ours(shown::MESSAGE) required=true tall=true/>
            <b class="mock-button">{draft.ours(shown::SEND)}</b>
        </div>
    }
}

/// The form before a chat.
#[component]
fn Before(draft: Draft) -> impl IntoView {
    let words =
        move || Some(draft.widget.with(|widget| widget.wording(draft.language.get()).before_chat)).filter(|words| !words.is_empty());
    let line = move |field: Field| {
        let label = match field.kind {
            FieldKind::Question => Signal::stored(field.label),
            kind => draft.ours(kind_text(kind)),
        };
        view! { <Line label required=field.required/> }
    };
    view! {
        <div class="mock-body">
            {move || words().map(|words| view! { <p class="mock-words">{words}</p> })}
            {move || draft.widget.with(|widget| widget.before_chat.clone()).into_iter().map(line).collect_view()}
            <Line label=draft.ours(shown::MESSAGE) required=true tall=true/>
            <b class="mock-button">{draft.ours(shown::START)}</b>
        </div>
    }
}

/// A visitor who has waited long.
#[component]
fn Rescue(draft: Draft) -> impl IntoView {
    view! {
        <div class="mock-body">
            <p class="mock-said mine">{draft.ours(texts::SHOWN_QUESTION)}</p>
            <div class="mock-said">
                <p>{draft.say(|w| &w.rescue, shown::RESCUE)}</p>
                <div class="mock-rescue"><i>{draft.ours(shown::EMAIL)}</i><b class="mock-button">{draft.ours(shown::LEAVE)}</b></div>
            </div>
        </div>
        <Composer draft/>
    }
}
