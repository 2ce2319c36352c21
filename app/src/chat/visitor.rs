//! What is known of a chat's visitor: where they are and came from, by what they look, what the site says of them.

use leptos::prelude::*;
use model::{
    Language, Text,
    chat::Rating,
    message::MessageKind,
    text::{chat as text, conversation, visitor as visitors},
};

use super::{
    facts::{fact, path},
    row::length,
};
use crate::{
    conversation::use_thread,
    text::{t, use_language},
    ui::{Glyph, Icon, each},
};

/// The facts, in the panel beside a chat.
#[component]
pub fn VisitorFacts() -> impl IntoView {
    let (thread, language) = (use_thread(), use_language());
    let guest = fact(thread, |chat| chat.guest.clone());
    let page = fact(thread, |chat| chat.page.clone());
    let referrer = fact(thread, |chat| chat.referrer.clone());
    let (country, visits) = (fact(thread, |chat| chat.country.clone()), fact(thread, |chat| chat.visits));
    let browser = fact(thread, |chat| (model::browser::called(&chat.browser), chat.browser.clone()));
    let speaks = fact(thread, |chat| chat.language.clone());
    let attributes = fact(thread, |chat| chat.attributes.clone().into_iter().collect::<Vec<_>>());
    let proven = t(text::PROVEN);
    let says = [
        t(text::PAGE),
        t(text::REFERRER),
        t(text::BROWSER),
        t(text::LANGUAGE),
        t(text::PHONE),
        t(visitors::COUNTRY),
        t(visitors::VISIT_COUNT),
    ];
    view! {
        <section>
            <h2>{t(conversation::VISITOR)}</h2>
            <dl class="facts">
                {move || fact_line(says[0], linked(&page.get(), false))}
                {move || fact_line(says[1], linked(&referrer.get(), true))}
                {move || fact_line(says[5], country.get().map(IntoAny::into_any))}
                {move || fact_line(says[6], visits.get().map(|visits| visits.to_string().into_any()))}
                {move || browser.with(|(name, whole)| (!name.is_empty()).then(|| view! { <dt>{says[2]}</dt><dd title=whole.clone()>{name.clone()}</dd> }))}
                {move || fact_line(says[3], speaks.with(|tag| (!tag.is_empty()).then(|| spoken(tag).into_any())))}
                {move || fact_line(says[4], guest.with(|guest| (!guest.phone.is_empty()).then(|| guest.phone.clone().into_any())))}
                {each(move || attributes.get(), Clone::clone, |(name, value)| view! { <dt>{name}</dt><dd>{value}</dd> })}
            </dl>
            {move || guest.with(|guest| guest.proven).then(|| view! { <p class="proven"><Icon glyph=Glyph::Check/>{proven}</p> })}
            {move || guest.with(|guest| guest.email.is_empty()).then(|| view! { <p class="hint">{language.say(text::NO_EMAIL)}</p> })}
        </section>
    }
}

/// What became of the chat: how long it was, how much was said, how it was found.
#[component]
pub fn ChatFacts() -> impl IntoView {
    let (thread, language) = (use_thread(), use_language());
    let lasted = Memo::new(move |_| {
        thread.with(|thread| thread.chat.as_ref().and_then(|chat| chat.ended_at).map(|end| end.since(thread.line.created_at).max(0)))
    });
    // how many there are is known only when all of them are here
    let said = Memo::new(move |_| {
        thread.with(|thread| (!thread.earlier).then(|| thread.messages.iter().filter(|message| message.kind == MessageKind::Said).count()))
    });
    let rating = fact(thread, |chat| chat.rating);
    let says = [t(text::LASTED), t(text::MESSAGES), t(text::RATING)];
    view! {
        <section>
            <h2>{t(text::CHAT)}</h2>
            <dl class="facts">
                {move || fact_line(says[0], lasted.get().map(|time| length(time, language).into_any()))}
                {move || fact_line(says[1], said.get().map(|many| many.to_string().into_any()))}
                {move || fact_line(says[2], rating.get().map(|rating| language.say(rating_word(rating)).into_any()))}
            </dl>
        </section>
    }
}

const fn rating_word(rating: Rating) -> Text {
    match rating {
        Rating::Good => text::RATED_GOOD,
        Rating::Neutral => text::RATED_NEUTRAL,
        Rating::Bad => text::RATED_BAD,
    }
}

fn fact_line(says: &'static str, fact: Option<AnyView>) -> impl IntoView {
    fact.map(|fact| view! { <dt>{says}</dt><dd>{fact}</dd> })
}

/// A page as a link; by its path, or whole without what is asked of it.
fn linked(address: &str, whole: bool) -> Option<AnyView> {
    let says = if whole { address.split(['?', '#']).next().unwrap_or_default() } else { path(address) };
    let (href, says) = (address.to_owned(), says.to_owned());
    (!address.is_empty()).then(|| view! { <a href=href target="_blank" rel="noopener noreferrer nofollow">{says}</a> }.into_any())
}

/// A language by its own name, if it is one of ours.
fn spoken(tag: &str) -> String {
    tag.parse::<Language>().map_or_else(|()| tag.to_owned(), |language| language.name().to_owned())
}
