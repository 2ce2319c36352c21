//! The list of contacts: a row each, of a fixed height; further parts are loaded while one nears the end.

use leptos::prelude::*;
use model::{
    contact::{Card, column::Columns, profile::Tab},
    text::{common, contact as texts},
};

use super::{
    address,
    columns::{Heads, cells},
    filters::nothing,
    list_page::ListState,
};
use crate::{
    conversation::called,
    text::use_language,
    ui::{Avatar, Drawn, Empty, Glyph, LongList, Of, each},
};

/// Height of a row, as in `contact.css`.
const ROW: f64 = 60.0;
/// Rows drawn before the window was measured: one part.
const FIRST: usize = 40;
/// Rows before the end at which the next part is asked for.
const AHEAD: usize = 12;

/// The list.
#[component]
pub fn ContactList(
    /// What it shows.
    state: ListState,
) -> impl IntoView {
    let language = use_language();
    let contacts = state.contacts;
    let list = LongList::new(Of {
        height: ROW,
        first: FIRST,
        length: Box::new(move || contacts.with(|all| all.cards.len())),
        name: Box::new(move |place| contacts.with_untracked(|all| all.cards.get(place).map(|card| card.contact.id.to_string()))),
        place: Box::new(move |edge| {
            contacts.with(|all| {
                let (id, place) = edge?;
                let same = |card: &Card| card.contact.id.as_str() == id;
                if all.cards.get(place).is_some_and(same) { None } else { all.cards.iter().position(same) }
            })
        }),
    });
    Effect::new(move || {
        if list.nears_end(AHEAD) {
            state.load_more();
        }
    });
    // what is asked for anew begins at its top
    Effect::new(move |before: Option<_>| {
        let asked = contacts.with(|all| all.asked.clone());
        if before.is_some_and(|before| before != asked) {
            list.rewind();
        }
        asked
    });
    let shown = move || {
        let Drawn { from, to } = list.drawn();
        contacts.with(|all| all.cards.iter().take(to).skip(from).cloned().collect::<Vec<_>>())
    };
    let key = |(card, columns): &(Card, Columns)| {
        let contact = &card.contact;
        let who = (contact.id.clone(), contact.name.clone(), contact.email.clone(), card.organisation.clone(), card.phones.clone());
        let tags: Vec<String> = card.tags.iter().map(|tag| tag.name.clone()).collect();
        let attributes: Vec<String> = card.attributes.iter().flat_map(|one| [one.name.clone(), one.value.clone()]).collect();
        (who, tags, attributes, (card.last_at, card.changed_at, card.conversations), columns.words())
    };
    let shown_cards = move || {
        let columns = state.shown.with(|shown| shown.columns.clone());
        shown().into_iter().map(|card| (card, columns.clone())).collect::<Vec<_>>()
    };
    let more = move || contacts.with(|all| all.more.as_ref().map(|place| address::list(&all.asked, &format!("after={place}"))));
    let nothing = move || {
        let (title, hint) = contacts.with(|all| nothing(&all.asked));
        view! { <Empty glyph=Glyph::People title=language.say(title) hint=language.say(hint)/> }
    };
    let count = move || format!("--columns: {}", state.shown.with(|shown| shown.columns.len().max(1)));
    view! {
        <div class="contacts-scroll" style=count node_ref=list.scroller on:scroll=move |_| list.measure() tabindex="-1">
            <Heads shown=state.shown/>
            <ol class="contact-rows" node_ref=list.rows aria-busy=move || state.loading.get().then_some("true")>
                {each(shown_cards, key, move |(card, columns)| view! { <Row card columns/> })}
            </ol>
            {move || (list.length() == 0 && !state.loading.get()).then(nothing)}
            {move || more().map(|href| view! {
                <a class="rows-more" href=href on:click=move |event| { event.prevent_default(); state.load_more(); }>{language.say(texts::MORE)}</a>
            })}
            <div role="alert">
                {move || state.problem.get().map(|error| view! {
                    <p class="rows-problem">
                        {error.say(language)}
                        <button type="button" class="button small" on:click=move |_| { state.problem.set(None); state.load(); }>{language.say(common::TRY_AGAIN)}</button>
                    </p>
                })}
            </div>
        </div>
    }
}

#[component]
fn Row(card: Card, columns: Columns) -> impl IntoView {
    let language = use_language();
    let name = called(&card.contact, language);
    view! {
        <li class="contact-row">
            <a href=address::contact(&card.contact.id, Tab::Timeline, "")>
                <Avatar name=name.clone()/>
                <b>{name}</b>
                <span class="contact-cells">{cells(&card, &columns, language)}</span>
            </a>
        </li>
    }
}
