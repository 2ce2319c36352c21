//! Keeps facts and sums true: of conversations that are due, the fact as it was is taken out of the sums of its days, and the fact as
//! it is now put in. One step is one transaction, and the steps of a property come one after the other: their caller holds the
//! reader's place.

use std::collections::{BTreeMap, BTreeSet};

use jiff::tz::TimeZone;
use model::{
    ConversationId, Moment, PropertyId,
    conversation::Kind,
    message::Mark,
    report::{
        Figures,
        counts::{Counts, Sums},
    },
};
use sqlx::{Row as _, any::AnyRow};

use super::fact::{Entry, Fact, Of, Seen};
use crate::{
    Fault, Result,
    db::{Conn, Tx},
    line::{word, word_or_none},
    zone,
};

/// Conversations of one step, in groups that one question names.
const STEP: usize = 4 * GROUP;
const GROUP: usize = 16;

/// A place for each conversation of a group.
macro_rules! group {
    () => {
        "($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)"
    };
}

/// A fact with the zone its days were found in.
type Counted = (Fact, String);

/// Says that conversations are to be counted anew.
pub(crate) async fn due(tx: &mut Tx, property: &PropertyId, conversations: &BTreeSet<ConversationId>) -> Result<()> {
    for conversation in conversations {
        sqlx::query("insert into report_due (property, conversation) values ($1, $2) on conflict (property, conversation) do nothing")
            .bind(property.as_str())
            .bind(conversation.as_str())
            .execute(tx.conn())
            .await?;
    }
    Ok(())
}

/// Says the same of some that were counted in another zone.
pub(crate) async fn due_elsewhere(tx: &mut Tx, property: &PropertyId, zone: &str) -> Result<()> {
    for text in [
        "insert into report_due (property, conversation) select property, conversation from report_fact \
         where property = $1 and zone < $2 order by zone, conversation limit $3 on conflict (property, conversation) do nothing",
        "insert into report_due (property, conversation) select property, conversation from report_fact \
         where property = $1 and zone > $2 order by zone, conversation limit $3 on conflict (property, conversation) do nothing",
    ] {
        let most = i64::try_from(STEP).unwrap_or(i64::MAX);
        sqlx::query(text).bind(property.as_str()).bind(zone).bind(most).execute(tx.conn()).await?;
    }
    Ok(())
}

/// Counts some of those that are due. True when there may be more.
pub(crate) async fn step(tx: &mut Tx, property: &PropertyId, zone: &str) -> Result<bool> {
    let rows = sqlx::query("select conversation from report_due where property = $1 order by conversation limit $2")
        .bind(property.as_str())
        .bind(i64::try_from(STEP).unwrap_or(i64::MAX))
        .fetch_all(tx.conn())
        .await?;
    let ids = rows.iter().map(|row| row.try_get(0)).collect::<Result<Vec<String>, _>>()?;
    let mut sums = Changes { zones: BTreeMap::new(), days: BTreeMap::new() };
    for ids in ids.chunks(GROUP) {
        let mut before = facts(tx.conn(), property, ids).await?;
        let mut now = seen(tx.conn(), property, ids).await?;
        for id in ids {
            let (before, fact) = (before.remove(id), now.remove(id).as_ref().and_then(Fact::of));
            let now = fact.map(|fact| (fact, zone.to_owned()));
            if before == now {
                continue;
            }
            sums.take(before.as_ref(), -1)?;
            sums.take(now.as_ref(), 1)?;
            keep(tx, property, id, now.as_ref()).await?;
        }
    }
    sums.store(tx, property).await?;
    for id in &ids {
        sqlx::query("delete from report_due where property = $1 and conversation = $2")
            .bind(property.as_str())
            .bind(id)
            .execute(tx.conn())
            .await?;
    }
    Ok(ids.len() == STEP)
}

/// Facts of a group as they were counted.
async fn facts(conn: &mut Conn, property: &PropertyId, ids: &[String]) -> Result<BTreeMap<String, Counted>> {
    let text = concat!("select conversation, zone, body from report_fact where property = $1 and conversation in ", group!());
    let rows = named(text, property, ids, conn).await?;
    rows.iter().map(|row| Ok((row.try_get("conversation")?, (serde_json::from_str(row.try_get("body")?)?, row.try_get("zone")?)))).collect()
}

/// Conversations of a group as they stand, with what was said and happened in them.
async fn seen(conn: &mut Conn, property: &PropertyId, ids: &[String]) -> Result<BTreeMap<String, Seen>> {
    let text = concat!(
        "select id, kind, channel, folder, status, assignee, department, tags, created_at, last_at from conversation where property = $1 and id in ",
        group!()
    );
    let rows = named(text, property, ids, conn).await?;
    let mut all = rows.iter().map(|row| Ok((row.try_get("id")?, of_row(row)?))).collect::<Result<BTreeMap<String, Seen>>>()?;
    // one by one: of several at once PostgreSQL would rather read all chats
    for (id, seen) in all.iter_mut().filter(|(_, seen)| seen.kind == Kind::Chat) {
        let row = sqlx::query("select missed_at, rating from chat where property = $1 and conversation = $2")
            .bind(property.as_str())
            .bind(id)
            .fetch_optional(&mut *conn)
            .await?;
        if let Some(row) = row {
            seen.missed_at = row.try_get::<Option<i64>, _>("missed_at")?.map(Moment);
            seen.rating = word_or_none(&row, "rating")?;
        }
    }
    let text = concat!(
        "select conversation, seq, place, kind, author, at, mark, happened from message \
         where property = $1 and kind <> 'noted' and conversation in ",
        group!()
    );
    let rows = named(text, property, ids, conn).await?;
    let mut ordered =
        rows.iter().map(|row| Ok(((row.try_get("seq")?, row.try_get("place")?), row))).collect::<Result<Vec<((i64, i64), &AnyRow)>>>()?;
    ordered.sort_by_key(|(place, _)| *place);
    for (_, row) in ordered {
        if let Some(seen) = all.get_mut(row.try_get::<&str, _>("conversation")?) {
            seen.entries.push(entry(row)?);
        }
    }
    Ok(all)
}

/// Asks for the rows of a group; what the last one lacks is named nothing.
async fn named(text: &'static str, property: &PropertyId, ids: &[String], conn: &mut Conn) -> Result<Vec<AnyRow>> {
    let query = sqlx::query(text).bind(property.as_str());
    let query = (0..GROUP).fold(query, |query, place| query.bind(ids.get(place).map_or("", String::as_str)));
    Ok(query.fetch_all(conn).await?)
}

fn of_row(row: &AnyRow) -> Result<Seen> {
    Ok(Seen {
        kind: word(row, "kind")?,
        channel: word(row, "channel")?,
        folder: word(row, "folder")?,
        status: word(row, "status")?,
        assignee: word(row, "assignee")?,
        department: row.try_get("department")?,
        tags: serde_json::from_str(row.try_get("tags")?)?,
        created_at: Moment(row.try_get("created_at")?),
        last_at: Moment(row.try_get("last_at")?),
        missed_at: None,
        rating: None,
        entries: vec![],
    })
}

fn entry(row: &AnyRow) -> Result<Entry> {
    Ok(Entry {
        kind: word(row, "kind")?,
        author: serde_json::from_str(row.try_get("author")?)?,
        at: Moment(row.try_get("at")?),
        counts: word_or_none::<Mark>(row, "mark")?.is_none(),
        happened: row.try_get::<Option<&str>, _>("happened")?.map(serde_json::from_str).transpose()?,
    })
}

/// Writes the fact of a conversation, or that there is none.
async fn keep(tx: &mut Tx, property: &PropertyId, id: &str, counted: Option<&Counted>) -> Result<()> {
    let Some((fact, zone)) = counted else {
        sqlx::query("delete from report_fact where property = $1 and conversation = $2")
            .bind(property.as_str())
            .bind(id)
            .execute(tx.conn())
            .await?;
        return Ok(());
    };
    sqlx::query(
        "insert into report_fact (property, conversation, zone, body) values ($1, $2, $3, $4) \
         on conflict (property, conversation) do update set zone = excluded.zone, body = excluded.body",
    )
    .bind(property.as_str())
    .bind(id)
    .bind(zone)
    .bind(serde_json::to_string(fact)?)
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// What is to be added to which days.
struct Changes {
    /// By name.
    zones: BTreeMap<String, TimeZone>,
    days: BTreeMap<(String, i64, Of), Sums>,
}

impl Changes {
    /// Adds a fact once, or takes it out once.
    fn take(&mut self, counted: Option<&Counted>, sign: i64) -> Result<()> {
        let Some((fact, name)) = counted else { return Ok(()) };
        let zone = match self.zones.get(name) {
            Some(zone) => zone.clone(),
            None => self.zones.entry(name.clone()).or_insert(zone::of(name)?).clone(),
        };
        for (of, day, sums) in fact.adds(&zone) {
            let into = self.days.entry((name.clone(), day, of)).or_default();
            into.merge(&if sign < 0 { sums.taken() } else { sums });
        }
        Ok(())
    }

    /// Adds all of it to the rows of the days.
    async fn store(self, tx: &mut Tx, property: &PropertyId) -> Result<()> {
        for ((zone, day, (breakdown, part)), change) in self.days {
            if change.is_nothing() {
                continue;
            }
            let row = sqlx::query(
                "select fresh, solved, answered, missed, good, neutral, bad, replies, solutions, hours from report_day \
                 where property = $1 and zone = $2 and breakdown = $3 and day = $4 and part = $5",
            )
            .bind(property.as_str())
            .bind(&zone)
            .bind(breakdown)
            .bind(day)
            .bind(&part)
            .fetch_optional(tx.conn())
            .await?;
            let mut sums = row.as_ref().map(sums_of).transpose()?.unwrap_or_default();
            sums.merge(&change);
            put(tx, (property, &zone, breakdown, day, &part), &sums).await?;
        }
        Ok(())
    }
}

/// Writes the row of a day; one in which nothing is left goes.
async fn put(tx: &mut Tx, (property, zone, breakdown, day, part): (&PropertyId, &str, &str, i64, &str), sums: &Sums) -> Result<()> {
    let text = if sums.is_nothing() {
        "delete from report_day where property = $1 and zone = $2 and breakdown = $3 and day = $4 and part = $5"
    } else {
        "insert into report_day (property, zone, breakdown, day, part, fresh, solved, answered, missed, good, neutral, bad, replies, solutions, hours) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) on conflict (property, zone, breakdown, day, part) do update set \
         fresh = excluded.fresh, solved = excluded.solved, answered = excluded.answered, missed = excluded.missed, good = excluded.good, \
         neutral = excluded.neutral, bad = excluded.bad, replies = excluded.replies, solutions = excluded.solutions, hours = excluded.hours"
    };
    let query = sqlx::query(text).bind(property.as_str()).bind(zone).bind(breakdown).bind(day).bind(part);
    let query = if sums.is_nothing() {
        query
    } else {
        let Figures { fresh, solved, answered, missed, good, neutral, bad, .. } = sums.figures;
        let numbers = [fresh, solved, answered, missed, good, neutral, bad].into_iter().fold(query, sqlx::query::Query::bind);
        [&sums.replies, &sums.solutions, &sums.hours].into_iter().fold(numbers, |query, counts| query.bind(counts.to_string()))
    };
    query.execute(tx.conn()).await?;
    Ok(())
}

/// The sums of a row.
pub(super) fn sums_of(row: &AnyRow) -> Result<Sums> {
    let counts = |column: &str| {
        let text: &str = row.try_get(column)?;
        text.parse::<Counts>().map_err(|()| Fault::Row(format!("{column} holds {text:?}")))
    };
    Ok(Sums {
        figures: Figures {
            fresh: row.try_get("fresh")?,
            solved: row.try_get("solved")?,
            answered: row.try_get("answered")?,
            missed: row.try_get("missed")?,
            good: row.try_get("good")?,
            neutral: row.try_get("neutral")?,
            bad: row.try_get("bad")?,
            ..Figures::default()
        },
        replies: counts("replies")?,
        solutions: counts("solutions")?,
        hours: counts("hours")?,
    })
}
