//! The page of what was found. The address says what is searched for: it can be passed on, and is a plain form without wasm.

use leptos::{ev, html, prelude::*};
use leptos_router::{NavigateOptions, hooks::use_navigate, hooks::use_query_map};
use model::{
    search::{Asked, FOUND_MOST, Found, Order, PAGE},
    text::search as texts,
};

use super::{
    api::search_for,
    narrow::{Narrow, Parts},
    result::{HitRow, PersonRow, Problems, address_of, address_of_person, counted},
};
use crate::{
    text::{fill, t, use_language},
    ui::{Empty, Glyph, Icon, PageTitle, loaded},
};

/// What the address asks for.
fn use_asked() -> Memo<Asked> {
    let query = use_query_map();
    Memo::new(move |_| query.with(|query| Asked::from_pairs(query.into_iter().map(|(name, value)| (name.as_ref(), value)))))
}

/// The page.
#[component]
pub fn SearchPage() -> impl IntoView {
    let asked = use_asked();
    let found = Resource::new_blocking(move || asked.get(), search_for);
    view! {
        <main class="search-page">
            <Title asked/>
            <Field asked/>
            <div class="search-bar">
                <Orders asked/>
                <Parts asked/>
            </div>
            <Narrow asked/>
            {loaded(found, move |found| view! { <Results asked=asked.get_untracked() found/> })}
        </main>
    }
}

#[component]
fn Title(asked: Memo<Asked>) -> impl IntoView {
    let language = use_language();
    move || {
        let words = asked.with(|asked| asked.text.trim().to_owned());
        let text =
            if words.is_empty() { language.say(texts::TITLE).to_owned() } else { language.fill(texts::TITLE_OF, &[("words", &words)]) };
        view! { <PageTitle text/> }
    }
}

#[component]
fn Field(asked: Memo<Asked>) -> impl IntoView {
    let field = NodeRef::<html::Input>::new();
    let navigate = StoredValue::new(use_navigate());
    let sent = move |event: ev::SubmitEvent| {
        event.prevent_default();
        let Some(field) = field.get_untracked() else { return };
        let wanted = Asked { text: field.value(), skip: 0, ..asked.get_untracked() };
        navigate.with_value(|navigate| navigate(&wanted.address(), NavigateOptions::default()));
    };
    // another address, by a link or by going back: the field says what is searched for
    Effect::new(move || {
        let text = asked.with(|asked| asked.text.clone());
        if let Some(field) = field.get_untracked().filter(|field| field.value() != text) {
            field.set_value(&text);
        }
    });
    let first = asked.get_untracked();
    view! {
        <form class="search-page-form" method="get" action="/search" role="search" on:submit=sent>
            <Icon glyph=Glyph::Search/>
            <input node_ref=field class="input" type="search" name="q" autocomplete="off" aria-label=t(texts::FIELD) placeholder=t(texts::PLACEHOLDER) value=first.text/>
            <button type="submit" class="button primary">{t(texts::GO)}</button>
        </form>
    }
}

#[component]
fn Orders(asked: Memo<Asked>) -> impl IntoView {
    let one = move |order: Order, text: &'static str| {
        let href = move || Asked { order, skip: 0, ..asked.get() }.address();
        view! { <a href=href aria-current=move || (asked.get().order == order).then_some("true")>{text}</a> }
    };
    view! {
        <nav class="segments" aria-label=t(texts::ORDER)>
            {one(Order::Best, t(texts::ORDER_BEST))}
            {one(Order::Newest, t(texts::ORDER_NEWEST))}
        </nav>
    }
}

#[component]
fn Results(asked: Asked, found: Found) -> impl IntoView {
    let language = use_language();
    let nothing = found.hits.is_empty() && found.people.is_empty();
    let searched = !asked.text.trim().is_empty();
    let (title, hint) = if searched { (texts::NOTHING, texts::NOTHING_HINT) } else { (texts::BEGIN, texts::BEGIN_HINT) };
    let people = (!found.people.is_empty()).then(|| {
        let rows = found.people.into_iter().map(|person| {
            let href = address_of_person(&person.card);
            view! { <li><a class="hit" href=href><PersonRow person/></a></li> }
        });
        view! { <section class="search-people" aria-label=language.say(texts::PEOPLE)><h2>{language.say(texts::PEOPLE)}</h2><ul class="card flush hits">{rows.collect_view()}</ul></section> }
    });
    let hits = (!found.hits.is_empty()).then(|| {
        let rows = found.hits.into_iter().map(|hit| {
            let href = address_of(&hit);
            view! { <li><a class="hit" href=href><HitRow hit/></a></li> }
        });
        view! { <ol class="card flush hits">{rows.collect_view()}</ol> }
    });
    let page = |skip: usize| Asked { skip, ..asked.clone() }.address();
    let previous = (asked.skip > 0).then(|| page(asked.skip.saturating_sub(PAGE)));
    let next = (asked.skip + PAGE < found.total.min(FOUND_MOST)).then(|| page(asked.skip + PAGE));
    view! {
        <Problems text=asked.text.clone() problems=found.problems/>
        {people}
        <section class="search-found" aria-label=language.say(texts::CONVERSATIONS)>
            <p class="search-count" role="status">{(searched && !nothing).then(|| counted(language, found.total, found.bounded))}</p>
            {hits}
            {nothing.then(|| view! { <Empty glyph=Glyph::Search title=language.say(title) hint=language.say(hint)/> })}
            <nav class="search-pages" aria-label=fill(texts::TITLE_OF, &[("words", &asked.text)])>
                {previous.map(|href| view! { <a class="button" rel="prev" href=href>{language.say(texts::PREVIOUS)}</a> })}
                {next.map(|href| view! { <a class="button" rel="next" href=href>{language.say(texts::NEXT)}</a> })}
            </nav>
        </section>
    }
}
