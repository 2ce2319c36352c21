//! Reports about our letters (email.md C7): the letter is found by the address the report came to or the ids it returns, and
//! marked where everybody sees it. A report opens nothing, reopens nothing, and nobody is written to because of it.

use mail::Bounce;
use model::{
    ConversationId, LetterId, MessageId,
    event::What,
    letter::{LetterKind, LetterStatus},
    message::{Author, Happening},
};
use sqlx::Row as _;

use super::{Filed, file::Mail, mail_key, take::Target};
use crate::{
    Desk, Result,
    db::{Conn, Tx},
    letter,
    line::{self, word, word_or_none},
    log::{self, Happened},
    message::{self, Entry},
};

/// Ids of a report that are looked up.
const IDS_MOST: usize = 20;

struct Returned {
    id: LetterId,
    conversation: Option<ConversationId>,
    message: Option<MessageId>,
    kind: LetterKind,
    recipient: String,
    status: LetterStatus,
    /// Whether the report shows that it is about this letter, so that its word about the address counts.
    shown: bool,
}

/// Files a report. None for one of no letter we know that is a report by its words alone: it may be somebody's mail.
pub(super) async fn file(tx: &mut Tx, desk: &Desk, mail: &Mail) -> Result<Option<Filed>> {
    let Some(returned) = find(tx.conn(), desk, mail).await? else {
        return Ok((!mail.understood().facts.by_words).then(|| Filed::logged("bounce: of no letter we know")));
    };
    let empty = Bounce::default();
    let bounce = mail.understood().bounce.as_ref().unwrap_or(&empty);
    let action = bounce.action.as_deref().unwrap_or_default();
    let status = bounce.status.as_deref().unwrap_or_default();
    if action == "complaint" && returned.shown {
        // who calls our letters unwanted gets no more of them until an agent says otherwise
        letter::suppress(tx, &mail.property, &returned.recipient).await?;
    }
    let mut filed =
        if matches!(action, "complaint" | "displayed" | "deleted" | "dispatched" | "processed" | "delivered" | "relayed" | "expanded")
            || status.starts_with('2')
        {
            Filed::logged(format!("report: {action} by {}", returned.recipient))
        } else if action == "delayed" || status.starts_with('4') {
            delay(tx, mail, &returned, &said(bounce)).await?;
            Filed::logged(format!("bounce: delayed, {}", returned.recipient))
        } else {
            come_back(tx, desk, mail, &returned, bounce).await?;
            Filed::logged(format!("bounce: {}", returned.recipient))
        };
    (filed.conversation, filed.message) = (returned.conversation, returned.message);
    Ok(Some(filed))
}

/// What the other server said, with its code.
fn said(bounce: &Bounce) -> String {
    let words = bounce.diagnostic.as_deref().unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ");
    let code = bounce.status.as_deref().filter(|code| !words.contains(*code)).unwrap_or_default();
    format!("{code} {words}").trim().chars().take(500).collect()
}

/// The letter. To come to its own envelope address, or to give back its own Message-ID, shows that a report is about it: only who had the
/// letter knows them. Whatever else a report says, everybody in the ticket can write, about anybody in it.
async fn find(conn: &mut Conn, desk: &Desk, mail: &Mail) -> Result<Option<Returned>> {
    for target in &mail.targets {
        if let Target::Bounce(_, id) = target {
            return load(conn, mail, id, true).await;
        }
    }
    let understood = mail.understood();
    let named: Vec<String> = understood.bounce.iter().flat_map(|bounce| &bounce.recipients).map(|email| email.to_lowercase()).collect();
    let returned = &understood.facts.returned_ids;
    let ids = returned.iter().chain(&understood.facts.in_reply_to).chain(understood.references.iter().rev());
    for id in ids.take(IDS_MOST) {
        if let Some((_, letter)) = desk.keys().read_message_id(id)
            && let Ok(letter) = letter.parse()
            && let Some(found) = load(conn, mail, &letter, returned.contains(id)).await?
        {
            let shown = found.shown && (named.is_empty() || named.contains(&found.recipient));
            return Ok(Some(Returned { shown, ..found }));
        }
        // the id a relay put in place of ours, and no mail's own: the letter of that message to an address the report names
        let row = sqlx::query(
            "select i.message from mail_id i join message m on m.property = i.property and m.id = i.message \
             where i.property = $1 and i.mail_id = $2 and (m.mail_id is null or m.mail_id <> i.mail_id)",
        )
        .bind(mail.property.as_str())
        .bind(mail_key(id))
        .fetch_optional(&mut *conn)
        .await?;
        let Some(message) = row.map(|row| row.try_get::<String, _>(0)).transpose()? else { continue };
        for recipient in &named {
            let row = sqlx::query("select id from letter_out where property = $1 and message = $2 and recipient = $3")
                .bind(mail.property.as_str())
                .bind(&message)
                .bind(recipient)
                .fetch_optional(&mut *conn)
                .await?;
            if let Some(row) = row {
                return load(conn, mail, &word(&row, "id")?, false).await;
            }
        }
    }
    Ok(None)
}

async fn load(conn: &mut Conn, mail: &Mail, id: &LetterId, shown: bool) -> Result<Option<Returned>> {
    let row = sqlx::query("select id, conversation, message, kind, recipient, status from letter_out where property = $1 and id = $2")
        .bind(mail.property.as_str())
        .bind(id.as_str())
        .fetch_optional(conn)
        .await?;
    row.map(|row| {
        Ok(Returned {
            id: word(&row, "id")?,
            conversation: word_or_none(&row, "conversation")?,
            message: word_or_none(&row, "message")?,
            kind: word(&row, "kind")?,
            recipient: row.try_get("recipient")?,
            status: word(&row, "status")?,
            shown,
        })
    })
    .transpose()
}

/// Not delivered yet: said at the letter, nothing else.
async fn delay(tx: &mut Tx, mail: &Mail, returned: &Returned, why: &str) -> Result<()> {
    if returned.status == LetterStatus::Bounced {
        return Ok(());
    }
    sqlx::query("update letter_out set why = $3 where property = $1 and id = $2")
        .bind(mail.property.as_str())
        .bind(returned.id.as_str())
        .bind(format!("delayed: {why}"))
        .execute(tx.conn())
        .await?;
    letter::changed(tx, &mail.property, returned.conversation.as_ref(), returned.message.iter().cloned().collect()).await
}

/// Come back for good: the letter is marked, the conversation tells it (unless it was an agent's copy), a dead address is
/// remembered.
async fn come_back(tx: &mut Tx, desk: &Desk, mail: &Mail, returned: &Returned, bounce: &Bounce) -> Result<()> {
    if returned.status == LetterStatus::Bounced {
        return Ok(());
    }
    let why = said(bounce);
    let line = match &returned.conversation {
        Some(id) if line::load(tx.conn(), &mail.property, id).await?.is_some() => Some(line::take(tx, &mail.property, id).await?),
        _ => None,
    };
    sqlx::query("update letter_out set status = 'bounced', why = $3, leased_until = 0 where property = $1 and id = $2")
        .bind(mail.property.as_str())
        .bind(returned.id.as_str())
        .bind(&why)
        .execute(tx.conn())
        .await?;
    if returned.shown && (bounce.hard || is_unknown_again(tx, mail, returned, bounce).await?) {
        letter::suppress(tx, &mail.property, &returned.recipient).await?;
    }
    let Some(line) = line else { return Ok(()) };
    let mut messages: Vec<MessageId> = returned.message.iter().cloned().collect();
    let mut entries = vec![];
    if returned.kind != LetterKind::Copy {
        let happening = Happening::Bounced { email: returned.recipient.clone(), why };
        entries.push(Entry::happened(MessageId::from_bits(desk.clock().bits()), Author::System, happening));
    }
    messages.extend(entries.iter().map(|entry| entry.id.clone()));
    let happened =
        Happened::new(&mail.property, Author::System, What::LetterChanged).line(&line.id, Some(&line), Some(&line)).messages(messages);
    let seq = log::append(tx, happened).await?;
    message::write(tx, &mail.property, &line.id, seq, &entries).await
}

/// Whether a second letter came back because nobody has this address (5.1.1): once that may be a mistake, where the words say otherwise.
async fn is_unknown_again(tx: &mut Tx, mail: &Mail, returned: &Returned, bounce: &Bounce) -> Result<bool> {
    if bounce.status.as_deref() != Some("5.1.1") {
        return Ok(false);
    }
    let row = sqlx::query("select 1 from letter_out where property = $1 and recipient = $2 and status = 'bounced' and why like '%5.1.1%' and id <> $3 limit 1")
        .bind(mail.property.as_str())
        .bind(&returned.recipient)
        .bind(returned.id.as_str())
        .fetch_optional(tx.conn())
        .await?;
    Ok(row.is_some())
}
