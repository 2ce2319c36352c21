//! Letters as admins read them: all mail out and in of a property, newest first, and trying again.
//! Knows no wire.

use mail::{compose::Letter, sanitise};
use model::{
    LetterId, LetterInId, Moment, PropertyId, Refusal,
    audit::Act,
    letter::{LetterIn, LetterOut, LetterRead, LetterStatus},
};
use sqlx::{Row as _, any::AnyRow};

use super::{changed, outbox::LAST_TRY, suppressed};
use crate::{
    Agent, Result,
    audit::Deed,
    db::Pool,
    line::{word, word_or_none},
    message,
};

/// Letters of one page.
const PAGE: usize = 50;
/// Most letters of one moment that a page goes beyond its end for.
const SAME_MOMENT: i64 = 500;

/// Two lists in one shape: rows before a moment, those of exactly a moment, and both with a word in them.
macro_rules! texts {
    ($columns:literal, $table:literal, $at:literal, $search:literal) => {
        [
            concat!(
                "select ",
                $columns,
                " from ",
                $table,
                " where property = $1 and ",
                $at,
                " < $2 order by ",
                $at,
                " desc, id desc limit $3"
            ),
            concat!("select ", $columns, " from ", $table, " where property = $1 and ", $at, " = $2 order by id desc limit $3"),
            concat!(
                "select ",
                $columns,
                " from ",
                $table,
                " where property = $1 and ",
                $at,
                " < $2 and ",
                $search,
                " order by ",
                $at,
                " desc, id desc limit $3"
            ),
            concat!(
                "select ",
                $columns,
                " from ",
                $table,
                " where property = $1 and ",
                $at,
                " = $2 and ",
                $search,
                " order by id desc limit $3"
            ),
        ]
    };
}
const OUT: [&str; 4] = texts!(
    "id, kind, recipient, status, why, attempts, subject, conversation, created_at, next_at, created_at as at",
    "letter_out",
    "created_at",
    "(lower(subject) like $4 escape '!' or recipient like $4 escape '!')"
);
const IN: [&str; 4] = texts!(
    "id, header_from, mail_from, rcpt_to, subject, size, status, why, conversation, received_at, received_at as at",
    "letter_in",
    "received_at",
    "(lower(subject) like $4 escape '!' or lower(header_from) like $4 escape '!' or lower(rcpt_to) like $4 escape '!')"
);

/// A page of rows before a moment; rows of the page's last moment are never cut in two, so that the moment alone is a place.
async fn page(
    pool: &Pool,
    [before_text, at_text, before_search, at_search]: [&'static str; 4],
    property: &PropertyId,
    before: Option<Moment>,
    search: &str,
) -> Result<Vec<AnyRow>> {
    let word = search.trim().to_lowercase();
    let pattern = format!("%{}%", word.replace('!', "!!").replace('%', "!%").replace('_', "!_"));
    let run = |text: &'static str, at: i64, most: i64| {
        let query = sqlx::query(text).bind(property.as_str()).bind(at).bind(most);
        if word.is_empty() { query } else { query.bind(pattern.clone()) }
    };
    let (first, rest) = if word.is_empty() { (before_text, at_text) } else { (before_search, at_search) };
    let at = before.map_or(i64::MAX, |at| at.0);
    let mut rows = run(first, at, i64::try_from(PAGE).unwrap_or(i64::MAX)).fetch_all(pool).await?;
    if rows.len() == PAGE
        && let Some(last) = rows.last()
    {
        let end: i64 = last.try_get("at")?;
        let mut whole = vec![];
        for row in rows {
            if row.try_get::<i64, _>("at")? != end {
                whole.push(row);
            }
        }
        whole.extend(run(rest, end, SAME_MOMENT).fetch_all(pool).await?);
        rows = whole;
    }
    Ok(rows)
}

fn letter_out(row: &AnyRow) -> Result<LetterOut> {
    let state = message::letter_state(row)?;
    let next_at = (state.status == LetterStatus::Waiting).then_some(Moment(row.try_get("next_at")?));
    Ok(LetterOut {
        state,
        subject: row.try_get("subject")?,
        conversation: word_or_none(row, "conversation")?,
        created_at: Moment(row.try_get("created_at")?),
        next_at,
    })
}

fn letter_in(row: &AnyRow) -> Result<LetterIn> {
    let (from, envelope): (String, String) = (row.try_get("header_from")?, row.try_get("mail_from")?);
    let to: Vec<String> = serde_json::from_str(row.try_get("rcpt_to")?)?;
    Ok(LetterIn {
        id: word(row, "id")?,
        from: if from.is_empty() { envelope } else { from },
        to: to.join(", "),
        subject: row.try_get("subject")?,
        size: row.try_get("size")?,
        status: word(row, "status")?,
        why: row.try_get("why")?,
        conversation: word_or_none(row, "conversation")?,
        received_at: Moment(row.try_get("received_at")?),
    })
}

impl Agent {
    /// Letters of the property written before a moment, newest first, with a word in subject or recipient if one is given.
    pub async fn list_letters_out(&self, before: Option<Moment>, search: &str) -> Result<Vec<LetterOut>> {
        self.admin()?;
        page(self.desk.db().read(), OUT, &self.property, before, search).await?.iter().map(letter_out).collect()
    }

    /// Mails received before a moment, newest first, with a word in subject, sender or recipient if one is given.
    pub async fn list_letters_in(&self, before: Option<Moment>, search: &str) -> Result<Vec<LetterIn>> {
        self.admin()?;
        page(self.desk.db().read(), IN, &self.property, before, search).await?.iter().map(letter_in).collect()
    }

    /// A letter of ours as its reader sees it.
    pub async fn read_letter(&self, id: LetterId) -> Result<LetterRead> {
        let (row, letter) = self.letter(&id).await?;
        // the frame shows a picture of the letter where the ticket has it
        let shown = |cid: &str| {
            let (id, _) = cid.split_once('@')?;
            letter.attachments.iter().any(|file| file.cid.as_deref() == Some(cid)).then(|| format!("/attachments/{id}"))
        };
        let html = sanitise::html(&letter.html, &shown, false).html;
        let from =
            letter.from.name.as_ref().map_or_else(|| letter.from.address.clone(), |name| format!("{name} <{}>", letter.from.address));
        Ok(LetterRead {
            letter: letter_out(&row)?,
            from,
            reply_to: letter.reply_to.address,
            text: letter.text,
            html,
            attachments: letter.attachments.into_iter().map(|file| file.name).collect(),
        })
    }

    /// A letter of ours with the contents of its files, as it goes to the wire. Admins only.
    pub async fn open_letter_out(&self, id: LetterId) -> Result<(Letter, Vec<Vec<u8>>)> {
        let (_, letter) = self.letter(&id).await?;
        let files = self.desk.postbox().files_of(&letter).await?;
        Ok((letter, files))
    }

    /// The row of a letter of ours, and what is written in it. Admins only.
    async fn letter(&self, id: &LetterId) -> Result<(AnyRow, Letter)> {
        self.admin()?;
        let row = sqlx::query("select id, kind, recipient, status, why, attempts, subject, conversation, created_at, next_at, letter from letter_out where property = $1 and id = $2")
            .bind(self.property.as_str())
            .bind(id.as_str())
            .fetch_optional(self.desk.db().read())
            .await?
            .ok_or(Refusal::NotFound)?;
        let letter = serde_json::from_str(row.try_get("letter")?)?;
        Ok((row, letter))
    }

    /// The raw bytes of a mail received.
    pub async fn open_letter_in(&self, id: LetterInId) -> Result<Vec<u8>> {
        self.admin()?;
        self.open_raw(id).await
    }

    /// Sends a letter again that failed, bounced, or was kept; one that waits is tried at once. Any agent may, and by that an address
    /// that mail came back from is written to again.
    pub async fn retry_letter(&self, id: LetterId) -> Result<()> {
        let (property, agent) = (self.property.clone(), self.clone());
        self.desk
            .db()
            .write_to(&self.property, move |tx| {
                Box::pin(async move {
                    let row = sqlx::query("select conversation, message, recipient from letter_out where property = $1 and id = $2").bind(property.as_str()).bind(id.as_str()).fetch_optional(tx.conn()).await?.ok_or(Refusal::NotFound)?;
                    let conversation = word_or_none(&row, "conversation")?;
                    if let Some(conversation) = &conversation {
                        agent.take(tx, conversation).await?;
                    }
                    let now = tx.now();
                    // words that can still be taken back are not hurried
                    let again = sqlx::query(
                        "update letter_out set attempts = 0, status = 'waiting', why = null, next_at = $3, until_at = $4 where property = $1 and id = $2 and leased_until <= $3 \
                         and (status in ('failed', 'bounced', 'kept') or (status = 'waiting' and attempts > 0))",
                    )
                    .bind(property.as_str())
                    .bind(id.as_str())
                    .bind(now.0)
                    .bind(now.plus(LAST_TRY).0)
                    .execute(tx.conn())
                    .await?;
                    if again.rows_affected() == 0 {
                        return Ok(());
                    }
                    // who tries again knows better than the report that came back
                    suppressed::lift(tx, &property, row.try_get("recipient")?).await?;
                    changed(tx, &property, conversation.as_ref(), word_or_none(&row, "message")?.into_iter().collect()).await
                })
            })
            .await
    }

    /// Reads a mail again that could not be understood.
    pub async fn retry_letter_in(&self, id: LetterInId) -> Result<()> {
        self.as_admin(move |tx, agent| {
            Box::pin(async move {
                let again = sqlx::query("update letter_in set status = 'new', attempts = 0, leased_until = 0 where property = $1 and id = $2 and status = 'failed' returning header_from")
                    .bind(agent.property.as_str())
                    .bind(id.as_str())
                    .fetch_optional(tx.conn())
                    .await?;
                if let Some(row) = again {
                    let from = row.try_get::<Option<String>, _>(0)?.unwrap_or_default();
                    return Ok(((), Some(Deed::new(Act::MailReread, from))));
                }
                let known = sqlx::query("select 1 from letter_in where property = $1 and id = $2")
                    .bind(agent.property.as_str())
                    .bind(id.as_str())
                    .fetch_optional(tx.conn())
                    .await?;
                known.map(|_| ((), None)).ok_or_else(|| Refusal::NotFound.into())
            })
        })
        .await
    }
}
