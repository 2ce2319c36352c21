//! What the pages of contacts ask of the server.

use leptos::prelude::*;
use model::{
    ContactId, ImportId, MergeId, NoteId, SegmentId,
    contact::{
        column::Shown,
        erasure::Erasing,
        import::{Column, Import},
        known::Labels,
        list::{self, Asked, Contacts, Place, Segment},
        merge::{Compared, Twins},
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

/// Says what is known of a contact; without wasm, their page is shown next. `seen` is the form as it was shown, as JSON.
#[server]
pub async fn change_contact(
    contact: ContactId,
    #[server(default)] name: String,
    #[server(default)] organisation: String,
    #[server(default)] emails: String,
    #[server(default)] phones: String,
    #[server(default)] seen: String,
) -> Result<()> {
    let facts = model::contact::form::ContactForm { name, organisation, emails, phones }.check()?;
    crate::caller::agent().await?.change_contact(contact.clone(), facts, serde_json::from_str(&seen).ok()).await?;
    crate::caller::go(&format!("/contacts/{contact}"));
    Ok(())
}

/// Puts a tag on a contact.
#[server]
pub async fn tag_contact(contact: ContactId, #[server(default)] tag: String) -> Result<()> {
    Ok(crate::caller::agent().await?.tag_contact(contact, &tag).await?)
}

/// Takes a tag off a contact.
#[server]
pub async fn untag_contact(contact: ContactId, #[server(default)] tag: String) -> Result<()> {
    Ok(crate::caller::agent().await?.untag_contact(contact, &tag).await?)
}

/// Says something of a contact under a name; an empty value takes it away.
#[server]
pub async fn set_contact_attribute(contact: ContactId, #[server(default)] name: String, #[server(default)] value: String) -> Result<()> {
    Ok(crate::caller::agent().await?.set_contact_attribute(contact, &name, &value).await?)
}

/// Tags and names of attributes that somebody here has.
#[server(protocol = Values)]
pub async fn list_contact_labels() -> Result<Labels> {
    Ok(crate::caller::agent().await?.list_contact_labels().await?)
}

/// Two contacts side by side.
#[server(protocol = Values)]
pub async fn compare_contacts(contact: ContactId, other: ContactId) -> Result<Compared> {
    Ok(crate::caller::agent().await?.compare_contacts(contact, other).await?)
}

/// Puts one contact into another; without wasm, the page of the one that stays is shown next.
#[server]
pub async fn merge_contacts(
    contact: ContactId,
    other: ContactId,
    #[server(default)] name: String,
    #[server(default)] organisation: String,
    #[server(default)] email: String,
    #[server(default)] attributes: Vec<String>,
) -> Result<MergeId> {
    let choice = model::contact::merge::Choice::new(&name, &organisation, &email, attributes);
    let page = format!("/contacts/{contact}");
    crate::caller::go_after(crate::caller::agent().await?.merge_contacts(contact, other, choice).await?, &page)
}

/// Takes two contacts apart again; without wasm, the page of the one that stayed is shown next.
#[server]
pub async fn undo_contact_merge(contact: ContactId, merge: MergeId) -> Result<()> {
    crate::caller::agent().await?.undo_contact_merge(merge).await?;
    crate::caller::go(&format!("/contacts/{contact}"));
    Ok(())
}

/// What there is of a person, and how far their erasure is.
#[server(protocol = Values)]
pub async fn open_erasure(contact: ContactId) -> Result<Erasing> {
    Ok(crate::caller::agent().await?.open_erasure(contact).await?)
}

/// Has a person erased; without wasm, how far it is is shown next.
#[server]
pub async fn erase_contact(contact: ContactId, #[server(default)] confirm: String) -> Result<()> {
    crate::caller::agent().await?.erase_contact(contact.clone(), &confirm).await?;
    crate::caller::go(&format!("/contacts/{contact}?erase=1"));
    Ok(())
}

/// What the list of contacts shows the agent of each.
#[server(protocol = Values)]
pub async fn load_contact_columns() -> Result<Shown> {
    Ok(crate::caller::agent().await?.contact_columns().await?)
}

/// Says what the list of contacts shows of each; without wasm, the list is shown next.
#[server]
pub async fn choose_contact_columns(#[server(default)] columns: Vec<String>) -> Result<()> {
    crate::caller::agent().await?.choose_contact_columns(model::contact::column::Columns::of_words(columns)).await?;
    crate::caller::go("/contacts");
    Ok(())
}

/// Contacts who may be one person.
#[server(protocol = Values)]
pub async fn list_twins() -> Result<Vec<Twins>> {
    Ok(crate::caller::agent().await?.list_twins().await?)
}

/// Two contacts are two people: they are proposed no more.
#[server]
pub async fn dismiss_twins(contact: ContactId, other: ContactId) -> Result<()> {
    Ok(crate::caller::agent().await?.dismiss_twins(contact, other).await?)
}

/// How far a table of contacts has come.
#[server(protocol = Values)]
pub async fn open_contact_import(import: ImportId) -> Result<Import> {
    Ok(crate::caller::agent().await?.open_contact_import(import).await?)
}

/// Looks at each row of a table with these columns; without wasm, what is found is shown next.
#[server]
pub async fn check_contact_import(import: ImportId, #[server(default)] columns: Vec<Column>) -> Result<()> {
    crate::caller::agent().await?.check_contact_import(import.clone(), columns).await?;
    crate::caller::go(&format!("/contacts?import={import}"));
    Ok(())
}

/// Takes in what was looked at.
#[server]
pub async fn run_contact_import(import: ImportId) -> Result<()> {
    crate::caller::agent().await?.run_contact_import(import.clone()).await?;
    crate::caller::go(&format!("/contacts?import={import}"));
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
