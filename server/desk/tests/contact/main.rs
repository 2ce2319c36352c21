//! Contacts: how they are listed and found, what their page tells, what agents change and note.

#[path = "../common/mod.rs"]
mod common;

mod column;
mod import;
mod known;
mod list;
mod merge;
mod organisation;
mod profile;

use desk::{Agent, Error};
use model::{ContactId, contact::form::ContactForm};

/// Makes a contact by hand.
pub async fn make(agent: &Agent, name: &str, organisation: &str, emails: &str, phones: &str) -> Result<ContactId, Error> {
    let (name, organisation) = (name.into(), organisation.into());
    let form = ContactForm { name, organisation, emails: emails.into(), phones: phones.into() };
    agent.create_contact(form.check().map_err(Error::from)?).await
}

/// Says what is known of one.
pub async fn change(agent: &Agent, id: &ContactId, name: &str, emails: &str, phones: &str) -> Result<(), Error> {
    let form = ContactForm { name: name.into(), emails: emails.into(), phones: phones.into(), ..ContactForm::default() };
    agent.change_contact(id.clone(), form.check().map_err(Error::from)?, None).await
}
