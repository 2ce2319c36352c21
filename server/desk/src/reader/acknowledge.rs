//! The letter that says a mail has come, when the property wants one (email.md C6, C8): for a new ticket of a person alone, never for an
//! answer; once a day to an address; and without any word of who wrote, so that nobody writes to others through us.

use model::{
    PropertyId,
    conversation::{Folder, Line},
    event::{Event, What},
    letter::LetterKind,
    message::{Author, Channel},
    text::letter as texts,
};

use super::{chat::acknowledged, limit, mail::Said, recipient};
use crate::{
    Desk, Result,
    db::Tx,
    letter::{self, Notice, written},
    property,
};

/// Writes it, if it is owed for words that opened a ticket. True when it did.
pub(super) async fn of(tx: &mut Tx, desk: &Desk, id: &PropertyId, line: &Line, event: &Event, said: &Said) -> Result<bool> {
    let by_customer = [&event.author, &said.author].into_iter().all(|author| matches!(author, Author::Contact { .. }));
    let by_person = said.class.as_deref() == Some("human") && said.channel == Channel::Email && !said.marked;
    if event.what != What::TicketOpened || !by_customer || !by_person || line.folder != Folder::Inbox {
        return Ok(false);
    }
    let known = property::load(desk, tx.conn(), id).await?;
    let email = line.contact.email.to_lowercase();
    let refused = !known.acknowledges
        || !mail::address::is_valid(&email)
        // what comes back to ourselves runs in a circle
        || desk.keys().read(&email).is_some()
        || recipient::is_dead(tx, id, &email).await?
        || acknowledged(tx, id, &email).await?
        || limit::too_many(tx, desk, id, &line.id, &email).await?.is_some();
    if refused {
        return Ok(false);
    }
    let written = written(&known.language.fill(texts::ACKNOWLEDGEMENT, &[("property", &known.name)]));
    let subject = known.language.say(texts::ACKNOWLEDGEMENT_SUBJECT);
    let notice = Notice { kind: LetterKind::Acknowledgement, to: &email, subject, written, about: Some((&line.id, &said.id)) };
    letter::notify(tx, desk, id, notice).await?;
    Ok(true)
}
