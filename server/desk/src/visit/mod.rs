//! Visits: what beacons tell, kept in rows. A page view is no event: a busy site would fill the log with what no screen applies, so the
//! screen of visitors asks anew instead. A beacon that changes nothing is answered from reading alone. What a beacon changes stands in
//! `note`, what agents see in `list`, what is said to somebody who has not written in `word`.

mod list;
mod note;
mod word;

use model::{
    ConversationId, Moment, PropertyId, Refusal, VisitId, VisitorId,
    moment::{DAY, MINUTE},
    site,
    visit::{Answer, ENDED_AFTER, IDLE_AFTER, Sighting},
};
use sqlx::{Row as _, any::AnyRow};

pub(crate) use word::{Word, first_words, link, put, take_words};

use crate::{
    Desk, Result,
    allowance::{self, Doer},
    ban,
    db::{Conn, Tx},
    line::{word, word_or_none},
    trigger, widget,
};

/// How much older than the truth `seen_at` may be: a write per minute, not per beacon.
const SEEN_EVERY: i64 = MINUTE;
/// How long a visit is kept.
const KEPT: i64 = 30 * DAY;
/// How many old visits go at once.
const FORGOTTEN_AT_ONCE: i64 = 500;

/// Who sends a beacon, as the wire tells it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sender {
    /// Network address.
    pub address: String,
    /// What the browser says of itself (`User-Agent`).
    pub browser: String,
    /// The first language it accepts, as a tag, or empty.
    pub language: String,
    /// Country of the address, two letters, if it can be told.
    pub country: Option<String>,
    /// Host of the site whose page sends it, as the browser says; empty when it says none.
    pub site: String,
}

/// A visit's row.
#[derive(Clone)]
pub(crate) struct Row {
    pub id: VisitId,
    pub visitor: Option<VisitorId>,
    pub chat: Option<ConversationId>,
    pub page: String,
    pub referrer: String,
    pub language: String,
    pub country: Option<String>,
    pub earlier: i64,
    pub pages: i64,
    pub page_at: Moment,
    pub seen_at: Moment,
    pub idle_at: Option<Moment>,
}

/// Columns of [`Row`], of a visit `v`.
macro_rules! visit_columns {
    () => {
        "v.id, v.visitor, v.chat, v.page, v.referrer, v.language, v.country, v.earlier, v.pages, v.page_at, v.seen_at, v.idle_at"
    };
}

pub(crate) fn of_row(row: &AnyRow) -> Result<Row> {
    Ok(Row {
        id: word(row, "id")?,
        visitor: word_or_none(row, "visitor")?,
        chat: word_or_none(row, "chat")?,
        page: row.try_get("page")?,
        referrer: row.try_get("referrer")?,
        language: row.try_get("language")?,
        country: row.try_get("country")?,
        earlier: row.try_get("earlier")?,
        pages: row.try_get("pages")?,
        page_at: Moment(row.try_get("page_at")?),
        seen_at: Moment(row.try_get("seen_at")?),
        idle_at: row.try_get::<Option<i64>, _>("idle_at")?.map(Moment),
    })
}

impl Row {
    /// Whether it is over: what comes later is another visit.
    fn is_over(&self, now: Moment) -> bool {
        match self.idle_at {
            Some(at) => now.since(at) >= ENDED_AFTER - IDLE_AFTER,
            None => now.since(self.seen_at) >= ENDED_AFTER,
        }
    }

    /// Whether a beacon says nothing new of it.
    fn knows(&self, page_of_load: &str, seen: &Sighting, now: Moment) -> bool {
        page_of_load == seen.page
            && self.idle_at.is_some() == seen.idle
            && (seen.idle || now.since(self.seen_at) < SEEN_EVERY)
            && !self.is_over(now)
    }
}

/// The visit that a page load belongs to, and the page that is open there.
pub(crate) async fn of_load(conn: &mut Conn, property: &PropertyId, load: &VisitId) -> Result<Option<(Row, String)>> {
    let row = sqlx::query(concat!(
        "select ",
        visit_columns!(),
        ", l.page as open from visit_load l join visit v on v.property = l.property and v.id = l.visit where l.property = $1 and l.id = $2"
    ))
    .bind(property.as_str())
    .bind(load.as_str())
    .fetch_optional(conn)
    .await?;
    row.map(|row| Ok((of_row(&row)?, row.try_get("open")?))).transpose()
}

/// A visit, locked until the end of the transaction; none when there is no such one.
pub(crate) async fn take(tx: &mut Tx, property: &PropertyId, id: &VisitId) -> Result<Option<Row>> {
    sqlx::query("update visit set pages = pages where property = $1 and id = $2")
        .bind(property.as_str())
        .bind(id.as_str())
        .execute(tx.conn())
        .await?;
    load(tx.conn(), property, id).await
}

/// A visit as it stands.
pub(crate) async fn load(conn: &mut Conn, property: &PropertyId, id: &VisitId) -> Result<Option<Row>> {
    let row = sqlx::query(concat!("select ", visit_columns!(), " from visit v where v.property = $1 and v.id = $2"))
        .bind(property.as_str())
        .bind(id.as_str())
        .fetch_optional(conn)
        .await?;
    row.as_ref().map(of_row).transpose()
}

impl Desk {
    /// Takes a beacon in; gives what the page is to show, if there is something. Only where the property wants beacons, and from
    /// sites that may show the chat, and not from who is banned or tells too much.
    pub async fn see_visit(&self, key: &str, seen: Sighting, from: Sender) -> Result<Option<Answer>> {
        let now = self.clock().now();
        let mut conn = self.db().read().acquire().await?;
        let property = widget::property_of(&mut conn, key).await?;
        let widget = widget::load(&mut conn, &property).await?;
        if !widget.monitor {
            return Err(Refusal::NotFound.into());
        }
        if !site::allows(&widget.sites, &from.site) {
            return Err(Refusal::Forbidden.into());
        }
        let known = of_load(&mut conn, &property, &seen.load).await?;
        let visitor = known.as_ref().and_then(|(row, _)| row.visitor.clone());
        ban::check(&mut conn, &property, now, visitor.as_ref(), &from.address).await?;
        let (told, quiet, phone) = (seen.trigger.clone(), seen.quiet, from.browser.contains("Mobi"));
        let row = match known {
            Some((row, open)) if row.knows(&open, &seen, now) => {
                // what follows asks for connections of its own: whoever kept one meanwhile would wait for others who do the same
                drop(conn);
                row
            }
            known => {
                let limits = &self.settings().visitor_limits;
                let doer = Doer { visitor: None, address: &from.address, property: property.as_str() };
                allowance::is_room(&mut conn, now, "beacon", &doer, &limits.beacons).await?;
                if known.is_none() {
                    allowance::is_room(&mut conn, now, "arrival", &doer, &limits.arrivals).await?;
                }
                drop(conn);
                let (desk, property) = (self.clone(), property.clone());
                self.db()
                    .write_to(&property.clone(), move |tx| Box::pin(async move { note::note(tx, &desk, &property, seen, from).await }))
                    .await?
            }
        };
        if let Some(trigger) = told {
            trigger::count_shown(self, &property, &row, trigger).await?;
        }
        // who sent one away is left in peace, also on a page whose visit nobody can join with the one where that was
        if !quiet {
            trigger::look(self, &property, &row).await?;
        }
        word::next(self, &property, &row.id, phone, quiet).await
    }

    /// Forgets visits of more than a month ago. Gives how many.
    pub async fn forget_old_visits(&self) -> Result<usize> {
        let before = self.clock().now().plus(-KEPT);
        let old = sqlx::query("select property, id from visit where seen_at < $1 order by seen_at limit $2")
            .bind(before.0)
            .bind(FORGOTTEN_AT_ONCE)
            .fetch_all(self.db().read())
            .await?;
        let old: Vec<(String, String)> = old.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).collect::<Result<_>>()?;
        let gone = old.len();
        if gone > 0 {
            self.db().write(move |tx| Box::pin(async move { forget(tx, &old).await })).await?;
        }
        Ok(gone)
    }
}

async fn forget(tx: &mut Tx, visits: &[(String, String)]) -> Result<()> {
    for (property, id) in visits {
        sqlx::query("delete from visit where property = $1 and id = $2").bind(property).bind(id).execute(tx.conn()).await?;
    }
    trigger::forget_runs(tx).await
}
