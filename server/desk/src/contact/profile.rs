//! A contact's page: facts, notes, and what a tab shows, a part at a time. The timeline joins what was said in all conversations with
//! the visits to the site: each is a range of its index, read from its beginning.

use std::collections::BTreeSet;

use model::{
    ContactId, ConversationId, Moment, Refusal,
    contact::profile::{EXCERPT_MOST, Entry, Mark, Part, Passed, Profile, Stay, Tab, Words},
    conversation::Kind,
    message::excerpt,
};
use sqlx::{Row as _, any::AnyRow};

use super::{card, merged};
use crate::{
    Agent, Result,
    db::Conn,
    filter::sight as filter,
    line::{self, word},
    log,
};

/// Things of one part.
const MOST: usize = 50;

impl Agent {
    /// Opens a contact; of one that went into another, that one.
    pub async fn open_contact(&self, id: ContactId, tab: Tab) -> Result<Profile> {
        let mut conn = self.desk.db().read().acquire().await?;
        let conn = &mut *conn;
        let head = log::head(&mut *conn, &self.property).await?;
        let id = merged::followed(conn, &self.property, id).await?;
        let card = card::card(conn, &self.property, &id).await?.ok_or(Refusal::NotFound)?;
        let emails = card::emails(conn, &self.property, &card.contact).await?;
        let counts = card::counts(conn, &self.property, &self.sight, &id).await?;
        let notes = card::notes(conn, &self.property, &id).await?;
        let merges = merged::list(conn, &self.property, &id).await?;
        let Part { entries, lines, more } = self.part(conn, &id, tab, None).await?;
        Ok(Profile { head, card, emails, counts, notes, merges, tab, entries, lines, more, gone: false, behind: false })
    }

    /// The next part of what a tab shows, after a place.
    pub async fn list_contact_more(&self, id: ContactId, tab: Tab, after: Mark) -> Result<Part> {
        let mut conn = self.desk.db().read().acquire().await?;
        let conn = &mut *conn;
        card::card(conn, &self.property, &id).await?.ok_or(Refusal::NotFound)?;
        self.part(conn, &id, tab, Some(after)).await
    }

    async fn part(&self, conn: &mut Conn, id: &ContactId, tab: Tab, after: Option<Mark>) -> Result<Part> {
        // before every one there is
        let after = after.unwrap_or(Mark { at: Moment(i64::MAX), id: String::new() });
        match (tab, tab.kind()) {
            (Tab::Notes, _) => Ok(Part::default()),
            (_, Some(kind)) => self.conversations(conn, id, kind, &after).await,
            (_, None) => self.timeline(conn, id, &after).await,
        }
    }

    async fn timeline(&self, conn: &mut Conn, id: &ContactId, after: &Mark) -> Result<Part> {
        let mut entries = self.words(conn, id, after).await?;
        entries.extend(self.stays(conn, id, after).await?);
        entries.sort_by_key(|entry| std::cmp::Reverse(Mark::of_entry(entry)));
        let more = entries.len() > MOST;
        entries.truncate(MOST);
        let mut lines = vec![];
        for id in entries.iter().filter_map(Entry::conversation).collect::<BTreeSet<&ConversationId>>() {
            lines.extend(line::load(conn, &self.property, id).await?);
        }
        let more = if more { entries.last().map(Mark::of_entry) } else { None };
        Ok(Part { entries, lines, more })
    }

    async fn words(&self, conn: &mut Conn, id: &ContactId, after: &Mark) -> Result<Vec<Entry>> {
        let rows = filter::words(&self.property, &self.sight, id, (after.at.0, &after.id), MOST + 1).rows(conn).await?;
        rows.iter().map(words_of).collect()
    }

    async fn stays(&self, conn: &mut Conn, id: &ContactId, after: &Mark) -> Result<Vec<Entry>> {
        // `cross`: SQLite takes it as the order to read in
        let rows = sqlx::query(
            "select s.id, s.page, s.referrer, s.browser, s.country, s.pages, s.started_at, s.seen_at from visitor v cross join visit s \
             where v.property = $1 and v.contact = $2 and s.property = v.property and s.visitor = v.id \
             and (s.started_at, s.id) < ($3, $4) order by s.started_at desc, s.id desc limit $5",
        )
        .bind(self.property.as_str())
        .bind(id.as_str())
        .bind(after.at.0)
        .bind(&after.id)
        .bind(i64::try_from(MOST + 1).unwrap_or(i64::MAX))
        .fetch_all(conn)
        .await?;
        rows.iter().map(stay_of).collect()
    }

    async fn conversations(&self, conn: &mut Conn, id: &ContactId, kind: Kind, after: &Mark) -> Result<Part> {
        let rows = filter::of_contact(&self.property, &self.sight, id, kind, (after.at.0, &after.id), MOST + 1).rows(conn).await?;
        let mut lines = rows.iter().map(line::of_row).collect::<Result<Vec<_>>>()?;
        let more = lines.len() > MOST;
        lines.truncate(MOST);
        let more = if more { lines.last().map(Mark::of_line) } else { None };
        Ok(Part { entries: vec![], lines, more })
    }
}

fn words_of(row: &AnyRow) -> Result<Entry> {
    let words = Words {
        conversation: word(row, "conversation")?,
        kind: word(row, "kind")?,
        author: serde_json::from_str(row.try_get("author")?)?,
        channel: word(row, "channel")?,
        text: excerpt(row.try_get("body")?, EXCERPT_MOST),
        happened: row.try_get::<Option<String>, _>("happened")?.map(|json| serde_json::from_str(&json)).transpose()?,
        files: row.try_get("files")?,
        marked: row.try_get::<Option<String>, _>("mark")?.is_some(),
    };
    Ok(Entry { at: Moment(row.try_get("at")?), id: row.try_get("id")?, what: Passed::Words(words) })
}

fn stay_of(row: &AnyRow) -> Result<Entry> {
    let stay = Stay {
        page: row.try_get("page")?,
        referrer: row.try_get("referrer")?,
        browser: row.try_get("browser")?,
        country: row.try_get("country")?,
        pages: row.try_get("pages")?,
        seen_at: Moment(row.try_get("seen_at")?),
    };
    Ok(Entry { at: Moment(row.try_get("started_at")?), id: row.try_get("id")?, what: Passed::Visit(stay) })
}
