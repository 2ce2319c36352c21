//! Letters that a chat owes by itself: that what a visitor left has come, and the chat as its visitor asked for it.
//! An acknowledgement holds no word of who asked for it, and an address gets one a day: nobody is written to through us.

use crate::{
    Desk, Result, chat,
    db::Tx,
    letter::{self, Notice, written},
    message, property, widget,
};
use model::{
    MessageId, Moment, PropertyId,
    conversation::{Folder, Line},
    event::{Event, What},
    letter::LetterKind,
    message::Happening,
    moment::DAY,
    text::letter as texts,
    transcript,
};

/// Writes the letter of one event, if it is owed.
pub(super) async fn write_notice(tx: &mut Tx, desk: &Desk, property: &PropertyId, line: &Line, event: &Event) -> Result<()> {
    for id in &event.messages {
        let happened = message::load(tx.conn(), property, id).await?.and_then(|message| message.happened);
        let wrote = match (event.what, happened) {
            // what comes back to ourselves runs in a circle
            (_, Some(Happening::DetailsLeft { email, .. } | Happening::TranscriptAsked { email }))
                if desk.keys().read(&email).is_some() =>
            {
                false
            }
            (What::DetailsLeft, Some(Happening::DetailsLeft { email, .. })) => acknowledge(tx, desk, property, line, id, &email).await?,
            (What::TranscriptAsked, Some(Happening::TranscriptAsked { email })) => copy(tx, desk, property, line, id, &email).await?,
            _ => false,
        };
        if wrote {
            letter::changed(tx, property, Some(&line.id), vec![id.clone()]).await?;
        }
    }
    Ok(())
}

async fn acknowledge(tx: &mut Tx, desk: &Desk, property: &PropertyId, line: &Line, id: &MessageId, email: &str) -> Result<bool> {
    let wanted = widget::load(tx.conn(), property).await?.acknowledge && line.folder == Folder::Inbox;
    let answered = chat::load(tx.conn(), property, &line.id).await?.is_none_or(|chat| chat.answered_at.is_some());
    if !wanted || answered || acknowledged(tx, property, email).await? {
        return Ok(false);
    }
    let known = property::load(desk, tx.conn(), property).await?;
    let written = written(&known.language.fill(texts::ACKNOWLEDGEMENT, &[("property", &known.name)]));
    let subject = known.language.say(texts::ACKNOWLEDGEMENT_SUBJECT);
    let notice = Notice { kind: LetterKind::Acknowledgement, to: email, subject, written, about: Some((&line.id, id)) };
    letter::notify(tx, desk, property, notice).await?;
    Ok(true)
}

/// Whether the address had such a letter within a day.
pub(super) async fn acknowledged(tx: &mut Tx, property: &PropertyId, email: &str) -> Result<bool> {
    let since: Moment = tx.now().plus(-DAY);
    let row = sqlx::query(
        "select 1 from letter_out where property = $1 and recipient = $2 and created_at > $3 and kind = 'acknowledgement' limit 1",
    )
    .bind(property.as_str())
    .bind(email)
    .bind(since.0)
    .fetch_optional(tx.conn())
    .await?;
    Ok(row.is_some())
}

async fn copy(tx: &mut Tx, desk: &Desk, property: &PropertyId, line: &Line, id: &MessageId, email: &str) -> Result<bool> {
    let known = property::load(desk, tx.conn(), property).await?;
    let said = transcript::text(&chat::ticket::said(tx.conn(), property, &line.id).await?, &known.zone, known.language);
    let head = known.language.fill(texts::TRANSCRIPT, &[("property", &known.name)]);
    let written = written(&format!("{head}\n\n{said}"));
    let subject = known.language.fill(texts::TRANSCRIPT_SUBJECT, &[("property", &known.name)]);
    let notice = Notice { kind: LetterKind::Transcript, to: email, subject: &subject, written, about: Some((&line.id, id)) };
    letter::notify(tx, desk, property, notice).await?;
    Ok(true)
}
