//! What the pages of contacts ask of the server.

use leptos::prelude::*;
use model::{
    ContactId, NoteId, SegmentId,
    contact::{
        list::{self, Asked, Contacts, Place, Segment},
        profile::{Mark, Part, Profile, Tab},
    },
};

use crate::{ask::Values, error::Result};

/// The beginning of the list.
#[server(protocol = Values)]
pub async fn list_contacts(asked: Asked) -> Result<Contacts> {
    Ok(crate::caller::agent().await?.list_contacts(asked).await?)
}

/// The next part of the list.
#[server(protocol = Values)]
pub async fn list_more_contacts(asked: Asked, after: Place) -> Result<list::Part> {
    Ok(crate::caller::agent().await?.list_more_contacts(asked, after).await?)
}

/// A contact's page.
#[server(protocol = Values)]
pub async fn open_contact(contact: ContactId, tab: Tab) -> Result<Profile> {
    Ok(crate::caller::agent().await?.open_contact(contact, tab).await?)
}

/// The next part of what a tab shows.
#[server(protocol = Values)]
pub async fn list_contact_more(contact: ContactId, tab: Tab, after: Mark) -> Result<Part> {
    Ok(crate::caller::agent().await?.list_contact_more(contact, tab, after).await?)
}

/// Makes a contact; without wasm, their page is shown next.
#[server]
pub async fn create_contact(
    #[server(default)] name: String,
    #[server(default)] organisation: String,
    #[server(default)] emails: String,
    #[server(default)] phones: String,
) -> Result<ContactId> {
    let facts = model::contact::form::ContactForm { name, organisation, emails, phones }.check()?;
    let contact = crate::caller::agent().await?.create_contact(facts).await?;
    crate::caller::go(&format!("/contacts/{contact}"));
    Ok(contact)
}

/// Says what is known of a contact; without wasm, their page is shown next.
#[server]
pub async fn change_contact(
    contact: ContactId,
    #[server(default)] name: String,
    #[server(default)] organisation: String,
    #[server(default)] emails: String,
    #[server(default)] phones: String,
) -> Result<()> {
    let facts = model::contact::form::ContactForm { name, organisation, emails, phones }.check()?;
    crate::caller::agent().await?.change_contact(contact.clone(), facts).await?;
    crate::caller::go(&format!("/contacts/{contact}"));
    Ok(())
}

/// Notes something of a contact.
#[server]
pub async fn note_contact(contact: ContactId, #[server(default)] text: String) -> Result<()> {
    Ok(crate::caller::agent().await?.note_contact(contact, &text).await?)
}

/// Changes a note.
#[server]
pub async fn change_contact_note(note: NoteId, #[server(default)] text: String) -> Result<()> {
    Ok(crate::caller::agent().await?.change_contact_note(note, &text).await?)
}

/// Takes a note away.
#[server]
pub async fn delete_contact_note(note: NoteId) -> Result<()> {
    Ok(crate::caller::agent().await?.delete_contact_note(note).await?)
}

/// Every segment.
#[server(protocol = Values)]
pub async fn list_segments() -> Result<Vec<Segment>> {
    Ok(crate::caller::agent().await?.list_segments().await?)
}

/// Keeps what is asked for under a name; `asked` is JSON, written by the page.
#[server]
pub async fn save_segment(#[server(default)] name: String, asked: String) -> Result<SegmentId> {
    let asked = serde_json::from_str(&asked).map_err(|_| model::Refusal::NotFound)?;
    Ok(crate::caller::agent().await?.save_segment(&name, asked).await?)
}

/// Forgets a segment; without wasm, everybody is shown next.
#[server]
pub async fn delete_segment(segment: SegmentId) -> Result<()> {
    crate::caller::agent().await?.delete_segment(segment).await?;
    crate::caller::go("/contacts");
    Ok(())
}
