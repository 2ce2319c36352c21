//! The address bar of contacts: what is searched for, in which order; which contact, which tab, whether something is edited.
//! Every link is written here, so that each works without wasm and can be passed on.

use leptos::prelude::*;
use leptos_router::hooks::{use_location, use_query_map};
use model::{
    ContactId,
    contact::{
        list::{Asked, Place},
        profile::{Mark, Tab},
    },
};

/// What is asked for of the list.
pub fn use_asked() -> Memo<Asked> {
    let query = use_query_map();
    Memo::new(move |_| query.with(|query| Asked::from_pairs(query.into_iter().map(|(name, value)| (name.as_ref(), value)))))
}

/// Where the list goes on without wasm.
pub fn use_after() -> Option<Place> {
    use_query_map().with_untracked(|query| query.get_str("after")?.parse().ok())
}

/// The list.
pub fn list(asked: &Asked, more: &str) -> String {
    written("/contacts".into(), &[&asked.to_query(), more])
}

/// The page of a contact.
pub fn contact(id: &ContactId, tab: Tab, more: &str) -> String {
    let tab = if tab == Tab::Timeline { String::new() } else { format!("tab={tab}") };
    written(format!("/contacts/{id}"), &[&tab, more])
}

fn written(path: String, parts: &[&str]) -> String {
    let parts: Vec<&str> = parts.iter().copied().filter(|part| !part.is_empty()).collect();
    if parts.is_empty() { path } else { format!("{path}?{}", parts.join("&")) }
}

/// How far a merge is.
#[derive(Clone, PartialEq, Eq)]
pub struct Merging {
    /// With whom.
    pub other: Option<ContactId>,
    /// What is searched for to find the other one.
    pub find: String,
}

/// What the address bar says of a contact's page.
#[derive(Clone, Copy)]
pub struct Opened {
    /// Which contact.
    pub contact: Memo<Option<ContactId>>,
    /// Which tab.
    pub tab: Memo<Tab>,
    /// Whether the facts are edited.
    pub editing: Memo<bool>,
    /// Whether it is being merged, and with whom.
    pub merging: Memo<Option<Merging>>,
}

/// What the address bar says. Ask in a component's body.
pub fn use_opened() -> Opened {
    let (query, path) = (use_query_map(), use_location().pathname);
    Opened {
        contact: Memo::new(move |_| path.with(|path| path.strip_prefix("/contacts/")?.trim_end_matches('/').parse().ok())),
        tab: Memo::new(move |_| query.with(|query| query.get_str("tab").and_then(|tab| tab.parse().ok()).unwrap_or(Tab::Timeline))),
        editing: Memo::new(move |_| query.with(|query| query.get_str("edit").is_some())),
        merging: Memo::new(move |_| {
            query.with(|query| {
                query.get_str("merge")?;
                let other = query.get_str("other").and_then(|id| id.parse().ok());
                Some(Merging { other, find: query.get("find").unwrap_or_default() })
            })
        }),
    }
}

/// Whether the person is to be erased.
pub fn use_erasing() -> Memo<bool> {
    let query = use_query_map();
    Memo::new(move |_| query.with(|query| query.get_str("erase").is_some()))
}

/// Where a tab goes on without wasm.
pub fn use_mark() -> Option<Mark> {
    use_query_map().with_untracked(|query| {
        let (at, id) = query.get_str("after")?.split_once('.')?;
        Some(Mark { at: model::Moment(at.parse().ok()?), id: id.to_owned() })
    })
}
