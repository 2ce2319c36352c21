//! To which ticket a mail belongs (email.md C4): by the address it came to, by an address it names, by the Message-IDs it answers,
//! by a number in its subject. Always within one property. A token or an id says where, never who.

use mail::{Mailbox, reply_address::Addressed};
use model::{
    ConversationId, MessageId, PropertyId,
    shift::{Fact, FactKind},
};
use sqlx::Row as _;

use super::{file::Mail, mail_key, party, take::Target};
use crate::{
    Desk, Result,
    db::{Conn, Tx},
    line::{word, word_or_none},
};

/// Ids of In-Reply-To and References that are looked up.
const IDS_MOST: usize = 40;

/// Where a mail belongs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// To this ticket, by this rule.
    Ticket(ConversationId, Fact),
    /// It answers something of this ticket, but its sender is no party of it: a new one with a link.
    Related(ConversationId),
    /// To none.
    Nothing,
}

/// Looks for the ticket.
pub(super) async fn find(tx: &mut Tx, desk: &Desk, mail: &Mail) -> Result<Found> {
    if let Some((id, kind)) = by_envelope(tx.conn(), mail).await? {
        return Ok(Found::Ticket(id, Fact::new(kind, "")));
    }
    if let Some((id, address)) = by_header(tx.conn(), desk, mail).await? {
        return Ok(Found::Ticket(id, Fact::new(FactKind::Header, address)));
    }
    let answered = by_reference(tx.conn(), desk, mail).await?;
    if let Some((id, answers)) = &answered
        && party::is_party(tx.conn(), mail, id).await?
    {
        return Ok(Found::Ticket(id.clone(), Fact::new(FactKind::Reference, answers.as_str())));
    }
    if let Some((id, number)) = by_subject(tx.conn(), mail).await?
        && party::is_party(tx.conn(), mail, &id).await?
    {
        return Ok(Found::Ticket(id, Fact::new(FactKind::Subject, number.to_string())));
    }
    Ok(answered.map_or(Found::Nothing, |(id, _)| Found::Related(id)))
}

async fn by_envelope(conn: &mut Conn, mail: &Mail) -> Result<Option<(ConversationId, FactKind)>> {
    for target in &mail.targets {
        match target {
            Target::Ticket(_, id) => return Ok(Some((id.clone(), FactKind::Envelope))),
            // out-of-office answers go to the envelope sender of what they answer
            Target::Bounce(property, letter) => {
                let row = sqlx::query("select conversation from letter_out where property = $1 and id = $2")
                    .bind(property.as_str())
                    .bind(letter.as_str())
                    .fetch_optional(&mut *conn)
                    .await?;
                let id = row.map(|row| word_or_none(&row, "conversation")).transpose()?.flatten();
                if let Some(id) = id
                    && is_here(conn, property, &id).await?
                {
                    return Ok(Some((id, FactKind::Returned)));
                }
            }
            _ => {}
        }
    }
    Ok(None)
}

async fn by_header(conn: &mut Conn, desk: &Desk, mail: &Mail) -> Result<Option<(ConversationId, String)>> {
    let facts = &mail.understood().facts;
    let named = facts
        .to
        .iter()
        .chain(&facts.cc)
        .map(|mailbox: &Mailbox| mailbox.address.as_str())
        .chain(facts.delivered_to.iter().map(String::as_str));
    for address in named {
        if let Some(Addressed::Ticket { id }) = desk.keys().read(address)
            && let Ok(id) = id.parse::<ConversationId>()
            && is_here(conn, &mail.property, &id).await?
        {
            return Ok(Some((id, address.to_owned())));
        }
    }
    Ok(None)
}

/// In-Reply-To first, then References from the newest.
async fn by_reference(conn: &mut Conn, desk: &Desk, mail: &Mail) -> Result<Option<(ConversationId, String)>> {
    let understood = mail.understood();
    let ids = understood.facts.in_reply_to.iter().chain(understood.references.iter().rev());
    for id in ids.take(IDS_MOST) {
        if let Some(found) = conversation_of(conn, desk, &mail.property, id).await? {
            return Ok(Some((found, id.clone())));
        }
    }
    Ok(None)
}

/// The conversation of a Message-ID that we know: one of ours by its signature, or one that came or was given by a relay.
pub(super) async fn conversation_of(conn: &mut Conn, desk: &Desk, property: &PropertyId, id: &str) -> Result<Option<ConversationId>> {
    if let Some((message, _)) = desk.keys().read_message_id(id)
        && let Ok(message) = message.parse::<MessageId>()
    {
        let row = sqlx::query("select conversation from message where property = $1 and id = $2")
            .bind(property.as_str())
            .bind(message.as_str())
            .fetch_optional(&mut *conn)
            .await?;
        return row.map(|row| word(&row, "conversation")).transpose();
    }
    if let Some(ticket) = desk.keys().read_ticket_reference(id)
        && let Ok(ticket) = ticket.parse::<ConversationId>()
    {
        return Ok(is_here(conn, property, &ticket).await?.then_some(ticket));
    }
    let row = sqlx::query("select conversation from mail_id where property = $1 and mail_id = $2")
        .bind(property.as_str())
        .bind(mail_key(id))
        .fetch_optional(conn)
        .await?;
    row.map(|row| word(&row, "conversation")).transpose()
}

async fn by_subject(conn: &mut Conn, mail: &Mail) -> Result<Option<(ConversationId, i64)>> {
    let Some(number) = tag(&mail.understood().subject) else { return Ok(None) };
    let row = sqlx::query("select id from conversation where property = $1 and number = $2")
        .bind(mail.property.as_str())
        .bind(number)
        .fetch_optional(conn)
        .await?;
    row.map(|row| Ok((word(&row, "id")?, number))).transpose()
}

async fn is_here(conn: &mut Conn, property: &PropertyId, id: &ConversationId) -> Result<bool> {
    let row = sqlx::query("select 1 from conversation where property = $1 and id = $2")
        .bind(property.as_str())
        .bind(id.as_str())
        .fetch_optional(conn)
        .await?;
    Ok(row.is_some())
}

/// `[#1042]` in a subject.
fn tag(subject: &str) -> Option<i64> {
    subject.split("[#").skip(1).find_map(|rest| rest.split_once(']')?.0.parse().ok())
}

/// The number of a ticket, to tell which one a new one follows.
pub(super) async fn number(conn: &mut Conn, property: &PropertyId, id: &ConversationId) -> Result<i64> {
    let row = sqlx::query("select number from conversation where property = $1 and id = $2")
        .bind(property.as_str())
        .bind(id.as_str())
        .fetch_optional(conn)
        .await?;
    Ok(row.map(|row| row.try_get::<Option<i64>, _>(0)).transpose()?.flatten().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_read_from_a_subject_in_its_brackets_only() {
        assert_eq!(tag("Re: [Acme] late [#1042]"), Some(1042));
        assert_eq!(tag("Order #1042"), None);
        assert_eq!(tag("[#12x] [#]"), None);
    }
}
