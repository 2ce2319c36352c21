//! What becomes known of a visitor: kept with them, and with the contact that agents see. Each chat of theirs tells it.

use std::collections::{BTreeMap, BTreeSet};

use model::{
    ConversationId, PropertyId, Refusal, VisitorId, Why,
    contact::Contact,
    conversation::Line,
    event::What,
    message::Author,
    ticket::Part,
    visitor::{ATTRIBUTES_MOST, Details, Guest},
};

use super::{Row, of_row, visitor_columns};
use crate::{
    Desk, Result, chat, contact,
    contact::Likeness,
    conversation,
    db::Tx,
    line,
    log::{self, Happened},
    participant,
};

/// What is said of a visitor now.
#[derive(Default)]
pub(crate) struct Learnt {
    pub details: Details,
    /// The site's id of the person, when the site vouches for the details.
    pub identity: Option<String>,
    /// What the site says of them; an empty value takes one away.
    pub attributes: BTreeMap<String, String>,
}

/// A visitor's row, locked until the end of the transaction: the first row that any verb about a visitor takes, before their chats.
pub(crate) async fn lock(tx: &mut Tx, property: &PropertyId, id: &VisitorId) -> Result<Row> {
    let row = sqlx::query(concat!(
        "update visitor set created_at = created_at where property = $1 and id = $2 and token is not null returning ",
        visitor_columns!()
    ))
    .bind(property.as_str())
    .bind(id.as_str())
    .fetch_optional(tx.conn())
    .await?;
    of_row(&row.ok_or(Refusal::SignedOut)?)
}

/// Takes in what is said of a visitor whose row is locked; gives what is known now. `by` did it, if the visitor did not.
pub(crate) async fn learn(
    tx: &mut Tx,
    desk: &Desk,
    property: &PropertyId,
    id: &VisitorId,
    before: Row,
    learnt: Learnt,
    by: Option<Author>,
) -> Result<Row> {
    let guest = grown(&before, &learnt)?;
    let attributes = merged(&before.attributes, learnt.attributes)?;
    let identity = learnt.identity.or_else(|| before.identity.clone());
    if guest == before.guest && attributes == before.attributes && identity == before.identity {
        return Ok(before);
    }
    // before the contact, as whoever writes in a chat takes them: else two wait for each other
    let mut lines = vec![];
    for chat in chat::ids_of(tx.conn(), property, id).await? {
        lines.push(line::take(tx, property, &chat).await?);
    }
    let (mut known, before_contact) = (None, before.contact.clone());
    if before.contact.is_some() || !guest.email.is_empty() {
        // an address that was only claimed goes, and with it who has it
        let dropped = guest.email.is_empty() && !before.guest.email.is_empty();
        let likeness = Likeness {
            current: before.contact.as_ref().filter(|_| !dropped),
            name: &guest.name,
            former: &before.guest.name,
            email: &guest.email,
        };
        known = Some(contact::of_visitor(tx, desk, property, &likeness).await?);
    }
    let after = Row { contact: known.as_ref().map(|contact| contact.id.clone()), guest, attributes, identity, ..before };
    store(tx, property, id, &after).await?;
    tell(tx, property, id, &after, known, lines, by).await?;
    if let Some(old) = before_contact.filter(|old| after.contact.as_ref() != Some(old)) {
        contact::forget_unnamed(tx, property, &old).await?;
    }
    Ok(after)
}

/// Name, address and telephone with what is said now. What the site proved, a form cannot say otherwise.
fn grown(before: &Row, learnt: &Learnt) -> Result<Guest, Refusal> {
    let (mut guest, details) = (before.guest.clone(), &learnt.details);
    let email = details.email.as_ref().map(ToString::to_string).unwrap_or_default();
    if guest.proven && learnt.identity.is_none() && !email.is_empty() && email != guest.email {
        return Err(Refusal::invalid("email", Why::Proven));
    }
    if guest.proven && learnt.identity.is_some() && learnt.identity != before.identity {
        // another person at the same browser begins a visit of their own
        return Err(Refusal::NotProven);
    }
    let may_name = learnt.identity.is_some() || !guest.proven || guest.name.is_empty();
    if may_name && !details.name.is_empty() {
        guest.name.clone_from(&details.name);
    }
    if !email.is_empty() {
        guest.email = email;
    } else if learnt.identity.is_some() && !guest.proven {
        // an address that was only claimed is not proven by a name
        guest.email = String::new();
    }
    if !details.phone.is_empty() {
        guest.phone.clone_from(&details.phone);
    }
    guest.proven |= learnt.identity.is_some();
    Ok(guest)
}

fn merged(before: &BTreeMap<String, String>, given: BTreeMap<String, String>) -> Result<BTreeMap<String, String>, Refusal> {
    let mut all = before.clone();
    all.extend(given);
    all.retain(|_, value| !value.is_empty());
    if all.len() > ATTRIBUTES_MOST as usize { Err(Refusal::invalid("attributes", Why::TooMany(ATTRIBUTES_MOST))) } else { Ok(all) }
}

async fn store(tx: &mut Tx, property: &PropertyId, id: &VisitorId, row: &Row) -> Result<()> {
    let now = tx.now();
    sqlx::query(
        "update visitor set contact = $3, name = $4, email = $5, phone = $6, attributes = $7, identity = $8, \
         proven_at = case when $9 = 0 then null else coalesce(proven_at, $10) end where property = $1 and id = $2",
    )
    .bind(property.as_str())
    .bind(id.as_str())
    .bind(row.contact.as_ref().map(|contact| contact.as_str().to_owned()))
    .bind(&row.guest.name)
    .bind(&row.guest.email)
    .bind(&row.guest.phone)
    .bind(serde_json::to_string(&row.attributes)?)
    .bind(row.identity.clone())
    .bind(i64::from(row.guest.proven))
    .bind(now.0)
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Every chat of theirs shows it: agents see the contact in each line. Who has none is told alone.
async fn tell(
    tx: &mut Tx,
    property: &PropertyId,
    id: &VisitorId,
    row: &Row,
    contact: Option<Contact>,
    lines: Vec<Line>,
    by: Option<Author>,
) -> Result<()> {
    let author = by.or_else(|| contact.as_ref().map(|contact| author(row, contact))).unwrap_or(Author::System);
    let Some(contact) = contact.filter(|_| !lines.is_empty()) else {
        let mut contacts = vec![];
        if let Some(contact) = row.contact.clone() {
            contact::index(tx, property, &contact).await?;
            contacts.push(contact);
        }
        let happened = Happened { visitor: Some(id.clone()), contacts, ..Happened::new(property, author, What::VisitorChanged) };
        log::append(tx, happened).await?;
        return Ok(());
    };
    // before the log is locked, so that two verbs cannot wait for each other
    for line in &lines {
        contact::touch(tx, property, &contact.id, line.last_at).await?;
    }
    // what the site says of them is theirs now, and nobody else's any more
    contact::index(tx, property, &contact.id).await?;
    for other in lines.iter().map(|line| &line.contact.id).filter(|other| **other != contact.id).collect::<BTreeSet<_>>() {
        contact::index(tx, property, other).await?;
    }
    for before in lines {
        put_requester(tx, property, &before.id, &row.guest).await?;
        let after = Line { contact: contact.clone(), ..before.clone() };
        conversation::record(tx, property, &before, &after, author.clone(), What::VisitorChanged, vec![]).await?;
    }
    Ok(())
}

/// Who the letters of a chat go to: the visitor, at the address that is known now.
pub(crate) async fn put_requester(tx: &mut Tx, property: &PropertyId, chat: &ConversationId, guest: &Guest) -> Result<()> {
    sqlx::query("delete from participant where property = $1 and conversation = $2 and (part = 'requester' or email = $3)")
        .bind(property.as_str())
        .bind(chat.as_str())
        .bind(&guest.email)
        .execute(tx.conn())
        .await?;
    if guest.email.is_empty() {
        return Ok(());
    }
    participant::put(tx, property, chat, &guest.email, &guest.name, Part::Requester, 0).await
}

/// The visitor as the author of what they do: by the name they gave, else as their contact is called.
pub(crate) fn author(row: &Row, contact: &Contact) -> Author {
    let name = if row.guest.name.is_empty() { contact.called() } else { &row.guest.name };
    Author::Contact { id: contact.id.clone(), name: name.to_owned() }
}
