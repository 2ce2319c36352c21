//! The list of contacts: a row each, of a fixed height; further parts are loaded while one nears the end.

use leptos::prelude::*;
use model::{
    contact::{Card, profile::Tab},
    text::{common, contact as texts},
};

use super::{address, filters::nothing, list_page::ListState};
use crate::{
    conversation::called,
    text::use_language,
    ui::{Avatar, Drawn, Empty, Glyph, LongList, Of, Time, each},
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
    let key = |card: &Card| {
        let contact = &card.contact;
        let who = (contact.id.clone(), contact.name.clone(), contact.email.clone());
        let tags: Vec<String> = card.tags.iter().map(|tag| tag.name.clone()).collect();
        (who, card.organisation.clone(), tags, card.phones.clone(), card.last_at)
    };
    let more = move || contacts.with(|all| all.more.as_ref().map(|place| address::list(&all.asked, &format!("after={place}"))));
    let nothing = move || {
        let (title, hint) = contacts.with(|all| nothing(&all.asked));
        view! { <Empty glyph=Glyph::People title=language.say(title) hint=language.say(hint)/> }
    };
    view! {
        <div class="contacts-scroll" node_ref=list.scroller on:scroll=move |_| list.measure() tabindex="-1">
            <ol class="contact-rows" node_ref=list.rows aria-busy=move || state.loading.get().then_some("true")>
                {each(shown, key, move |card| view! { <Row card/> })}
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
fn Row(card: Card) -> impl IntoView {
    let name = called(&card.contact, use_language());
    let email = if card.contact.name.is_empty() { String::new() } else { card.contact.email.clone() };
    let about = !(card.organisation.is_empty() && card.tags.is_empty());
    let others = card.phones.len().saturating_sub(1);
    view! {
        <li class="contact-row">
            <a href=address::contact(&card.contact.id, Tab::Timeline, "")>
                <Avatar name=name.clone()/>
                <span class="contact-who">
                    <b>{name}</b>
                    {about.then(|| view! {
                        <span class="contact-about">
                            {(!card.organisation.is_empty()).then(|| view! { <span class="contact-organisation">{card.organisation}</span> })}
                            {card.tags.into_iter().map(|tag| view! { <span class="chip">{tag.name}</span> }).collect_view()}
                        </span>
                    })}
                </span>
                <span class="contact-email">{email}</span>
                <span class="contact-phone">
                    {card.phones.into_iter().next()}
                    {(others > 0).then(|| format!(" +{others}"))}
                </span>
                <span class="contact-time"><Time at=card.last_at/></span>
            </a>
        </li>
    }
}
