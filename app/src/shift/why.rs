//! *Why is this here?*: what was decided by itself about a mail, in words.

use leptos::prelude::*;
use model::{
    MessageId, Text,
    shift::{Fact, FactKind},
    text::shift as text,
};

use super::api::explain_message;
use crate::{
    text::{t, use_language},
    ui::loaded,
};

/// The decisions about a mail.
#[component]
pub fn Why(
    /// The message it became.
    message: MessageId,
) -> impl IntoView {
    let facts = Resource::new_blocking(|| (), move |()| explain_message(message.clone()));
    view! {
        <section aria-labelledby="why-title">
            <h3 id="why-title">{t(text::WHY)}</h3>
            {loaded(facts, |facts| view! { <Facts facts/> })}
        </section>
    }
}

#[component]
fn Facts(facts: Vec<Fact>) -> impl IntoView {
    let language = use_language();
    let none = facts.is_empty();
    let lines = facts.into_iter().map(|fact| {
        let value = if fact.kind == FactKind::Cut { language.count(text::CHARACTERS, fact.value.parse().unwrap_or(0)) } else { fact.value };
        let details = matches!(fact.kind, FactKind::Proven | FactKind::Unproven).then(|| value.clone()).filter(|value| !value.is_empty());
        view! {
            <li class:alarm=alarms(fact.kind)>
                {language.fill(said(fact.kind), &[("value", &value)])}
                {details.map(|details| view! { <code>{details}</code> })}
            </li>
        }
    });
    if none {
        view! { <p class="hint">{t(text::WHY_UNKNOWN)}</p> }.into_any()
    } else {
        view! { <ol class="why">{lines.collect_view()}</ol> }.into_any()
    }
}

/// Whether a decision is one to look at.
const fn alarms(kind: FactKind) -> bool {
    matches!(kind, FactKind::Claimed | FactKind::Stranger | FactKind::Held | FactKind::SameId)
}

/// A decision in words.
const fn said(kind: FactKind) -> Text {
    match kind {
        FactKind::Envelope => text::WHY_ENVELOPE,
        FactKind::Returned => text::WHY_RETURNED,
        FactKind::Header => text::WHY_HEADER,
        FactKind::Reference => text::WHY_REFERENCE,
        FactKind::Subject => text::WHY_SUBJECT,
        FactKind::Fresh => text::WHY_FRESH,
        FactKind::Related => text::WHY_RELATED,
        FactKind::Closed => text::WHY_CLOSED,
        FactKind::Merged => text::WHY_MERGED,
        FactKind::HandedOn => text::WHY_HANDED_ON,
        FactKind::Agent => text::WHY_AGENT,
        FactKind::Claimed => text::WHY_CLAIMED,
        FactKind::Party => text::WHY_PARTY,
        FactKind::Copied => text::WHY_COPIED,
        FactKind::Colleague => text::WHY_COLLEAGUE,
        FactKind::Stranger => text::WHY_STRANGER,
        FactKind::Proven => text::WHY_PROVEN,
        FactKind::Unproven => text::WHY_UNPROVEN,
        FactKind::AutoReply => text::WHY_AUTO_REPLY,
        FactKind::Bulk => text::WHY_BULK,
        FactKind::Held => text::WHY_HELD,
        FactKind::Joined => text::WHY_JOINED,
        FactKind::Cut => text::WHY_CUT,
        FactKind::SameId => text::WHY_SAME_ID,
        FactKind::Archived => text::WHY_ARCHIVED,
    }
}
