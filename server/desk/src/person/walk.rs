//! What is walked through to find a person in it, a part at a time: the log, mails received, letters out, tables of contacts, and the
//! audit log. Parts are read outside the transaction that changes what was found in them.

use std::collections::BTreeSet;

use model::{ConversationId, LetterInId, Moment, audit::Area, contact::erasure::Kind};
use sqlx::Row as _;

use super::{Person, Work};
use crate::{Desk, Result, contact, db::Conn, line::word, log, postbox};

/// Events that one question reads, and questions of one step while nothing is found.
const EVENTS: i64 = 1_000;
const QUESTIONS: usize = 20;
/// Mails of one step.
const MAILS: i64 = 500;
/// Letters of one step.
const LETTERS: i64 = 200;
/// Entries of the audit log of one step.
const ENTRIES: i64 = 500;

impl Desk {
    /// Events of theirs lose the name; where they wrote is remembered.
    pub(super) async fn erase_from_log(&self, mut work: Work, person: Person) -> Result<()> {
        let mut conn = self.db().read().acquire().await?;
        let head = log::head(&mut *conn, &work.property).await?;
        let (mut found, mut to, mut there) = (vec![], work.log_seq, BTreeSet::new());
        for _ in 0..QUESTIONS {
            if to >= head || !found.is_empty() {
                break;
            }
            let from = to;
            to = head.min(from + EVENTS);
            found = log::by_contacts(&mut conn, &work.property, None, (from, to)).await?;
            found.retain(|event| person.wrote(&event.author));
            let joined = log::joining(&mut conn, &work.property, (from, to)).await?;
            there.extend(joined.into_iter().filter(|(_, told)| person.addressed_in(told)).map(|(id, _)| id));
        }
        there.extend(found.iter().filter_map(|event| event.conversation.clone()));
        if to >= head {
            there.extend(written_to(&mut conn, &person).await?);
        }
        drop(conn);
        self.db()
            .write_to(&work.property.clone(), move |tx| {
                Box::pin(async move {
                    if !work.take(tx).await? {
                        return Ok(());
                    }
                    for event in &found {
                        log::unname(tx, event).await?;
                    }
                    for id in &there {
                        work.put_part(tx, "conversation", id.as_str()).await?;
                    }
                    work.gone.add(Kind::Event, i64::try_from(found.len()).unwrap_or(0));
                    work.log_seq = to;
                    if to >= head {
                        work.go_on();
                    }
                    work.store(tx).await
                })
            })
            .await
    }

    /// Mails from them that are in no conversation: those that wait, were refused, or failed.
    pub(super) async fn erase_mails(&self, mut work: Work, person: Person) -> Result<()> {
        let (found, last) = self.mails_of(&person, (Moment(work.reached), &work.reached_id)).await?;
        self.db()
            .write_to(&work.property.clone(), move |tx| {
                Box::pin(async move {
                    if !work.take(tx).await? {
                        return Ok(());
                    }
                    for id in &found {
                        let emptied = postbox::empty_mail(tx, &work.property, id).await?;
                        work.gone.add(Kind::Mail, emptied);
                    }
                    match last {
                        Some((at, id)) => (work.reached, work.reached_id) = (at.0, id.to_string()),
                        None => work.go_on(),
                    }
                    work.store(tx).await
                })
            })
            .await
    }

    /// The mails from them in the next part, after a place; and where it ends, if it does not end the list.
    pub(super) async fn mails_of(
        &self,
        person: &Person,
        (at, id): (Moment, &str),
    ) -> Result<(Vec<LetterInId>, Option<(Moment, LetterInId)>)> {
        let rows = sqlx::query(
            "select id, mail_from, header_from, sender, received_at from letter_in where property = $1 and (received_at, id) > ($2, $3) order by received_at, id limit $4",
        )
        .bind(person.property.as_str())
        .bind(at.0)
        .bind(id)
        .bind(MAILS)
        .fetch_all(self.db().read())
        .await?;
        let mut found = vec![];
        for row in &rows {
            let sender: Option<String> = row.try_get("sender")?;
            let from = [row.try_get("mail_from")?, row.try_get("header_from")?, sender.as_deref().unwrap_or_default()];
            if from.iter().any(|text| person.addressed_in(text)) {
                found.push(word(row, "id")?);
            }
        }
        let full = i64::try_from(rows.len()).unwrap_or(0) == MAILS;
        let last = rows
            .last()
            .filter(|_| full)
            .map(|row| Ok::<_, crate::Error>((Moment(row.try_get("received_at")?), word(row, "id")?)))
            .transpose()?;
        Ok((found, last))
    }

    /// Letters to them, wherever they belong.
    pub(super) async fn erase_letters(&self, mut work: Work, person: Person) -> Result<()> {
        self.db()
            .write_to(&work.property.clone(), move |tx| {
                Box::pin(async move {
                    if !work.take(tx).await? {
                        return Ok(());
                    }
                    let mut more = false;
                    for email in &person.emails {
                        let gone = sqlx::query(
                            "delete from letter_out where id in (select id from letter_out where property = $1 and recipient = $2 order by created_at limit $3)",
                        )
                        .bind(work.property.as_str())
                        .bind(email)
                        .bind(LETTERS)
                        .execute(tx.conn())
                        .await?;
                        let gone = i64::try_from(gone.rows_affected()).unwrap_or(0);
                        work.gone.add(Kind::Letter, gone);
                        more |= gone == LETTERS;
                    }
                    if more {
                        // no other process takes this step for the one before
                        work.reached += 1;
                    } else {
                        work.go_on();
                    }
                    work.store(tx).await
                })
            })
            .await
    }

    /// Tables of contacts in which they stand go as a whole: what was taken in is in the contacts. One that is at work is waited for.
    pub(super) async fn erase_tables(&self, mut work: Work, person: Person) -> Result<()> {
        let next = contact::next_table(self, &work.property, &work.reached_id).await?;
        self.db()
            .write_to(&work.property.clone(), move |tx| {
                Box::pin(async move {
                    if !work.take(tx).await? {
                        return Ok(());
                    }
                    match next {
                        None => work.go_on(),
                        Some((id, rows)) => {
                            if rows.iter().any(|row| person.in_row(row)) {
                                let gone = sqlx::query(
                                    "delete from contact_import where property = $1 and id = $2 and stage not in ('checking', 'running')",
                                )
                                .bind(work.property.as_str())
                                .bind(id.as_str())
                                .execute(tx.conn())
                                .await?;
                                if gone.rows_affected() == 0 {
                                    // at work since: it is waited for
                                    return work.store(tx).await;
                                }
                                work.gone.add(Kind::Table, i64::try_from(gone.rows_affected()).unwrap_or(0));
                            }
                            work.reached_id = id.to_string();
                        }
                    }
                    work.store(tx).await
                })
            })
            .await
    }

    /// What the audit log tells of them: of an address that was lifted, of a mail that was read again, of a ban.
    pub(super) async fn erase_from_audit(&self, mut work: Work, person: Person) -> Result<()> {
        let (found, last) = self.entries_of(&person, work.reached).await?;
        self.db()
            .write_to(&work.property.clone(), move |tx| {
                Box::pin(async move {
                    if !work.take(tx).await? {
                        return Ok(());
                    }
                    let now = tx.now();
                    for (n, _) in &found {
                        sqlx::query(
                            "update audit set subject = '', before = '', after = '', erased_at = $3 where property = $1 and n = $2",
                        )
                        .bind(work.property.as_str())
                        .bind(*n)
                        .bind(now.0)
                        .execute(tx.conn())
                        .await?;
                    }
                    work.gone.add(Kind::Audit, i64::try_from(found.len()).unwrap_or(0));
                    match last {
                        Some(n) => work.reached = n,
                        None => work.go_on(),
                    }
                    work.store(tx).await
                })
            })
            .await
    }

    /// The entries of the next part of the audit log that tell of them, with what they tell; and its end, if it does not end the log.
    pub(super) async fn entries_of(&self, person: &Person, after: i64) -> Result<(Vec<(i64, String)>, Option<i64>)> {
        let rows = sqlx::query("select n, area, act, subject, before, after from audit where property = $1 and n > $2 order by n limit $3")
            .bind(person.property.as_str())
            .bind(after)
            .bind(ENTRIES)
            .fetch_all(self.db().read())
            .await?;
        let mut found = vec![];
        for row in &rows {
            // who signed in, and who was asked in, are agents
            let area: Area = word(row, "area")?;
            let told = ["act", "subject", "before", "after"].map(|column| row.try_get::<String, _>(column));
            let told = told.into_iter().collect::<Result<Vec<_>, _>>()?.join("\n");
            if !matches!(area, Area::SignIn | Area::People) && person.known_in(&told) {
                found.push((row.try_get("n")?, told));
            }
        }
        let full = i64::try_from(rows.len()).unwrap_or(0) == ENTRIES;
        let last = rows.last().filter(|_| full).map(|row| row.try_get("n")).transpose()?;
        Ok((found, last))
    }
}

/// Conversations of which letters went to them.
async fn written_to(conn: &mut Conn, person: &Person) -> Result<BTreeSet<ConversationId>> {
    let mut all = BTreeSet::new();
    for email in &person.emails {
        let rows =
            sqlx::query("select distinct conversation from letter_out where property = $1 and recipient = $2 and conversation is not null")
                .bind(person.property.as_str())
                .bind(email)
                .fetch_all(&mut *conn)
                .await?;
        for row in &rows {
            all.insert(word(row, "conversation")?);
        }
    }
    Ok(all)
}
