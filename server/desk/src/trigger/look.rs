//! When triggers look: at a beacon, when a window is opened, and some time after a chat began. Those that browsers decide are only
//! counted here. What the rules are asked with is gathered here too.

use std::collections::BTreeMap;

use model::{
    ConversationId, Moment, PropertyId, TriggerId, VisitId,
    moment::SECOND,
    rule::Facts,
    trigger::{Kind, Trigger},
    visit::{FirstWords, Greeting, of_page},
};
use sqlx::Row as _;

use super::{act, all, count, first_for, load};
use crate::{
    Desk, Result, Visitor,
    db::{Conn, Tx},
    line::word,
    visit::{self, Row},
    visitor, zone,
};

/// How many chats one look takes.
const DUE_AT_ONCE: i64 = 100;

/// The hour in a property at a moment.
pub(super) async fn hour(conn: &mut Conn, property: &PropertyId, now: Moment) -> Result<u8> {
    let row = sqlx::query("select time_zone from property where id = $1").bind(property.as_str()).fetch_one(conn).await?;
    Ok(zone::around(row.try_get(0)?, now)?.local(now).hour)
}

/// What is known of a visit.
async fn facts(conn: &mut Conn, property: &PropertyId, row: &Row, now: Moment) -> Result<Facts> {
    let attributes = match &row.visitor {
        Some(id) => visitor::load(&mut *conn, property, id).await?.attributes,
        None => BTreeMap::new(),
    };
    Ok(Facts {
        page: row.page.clone(),
        seconds: now.since(row.page_at) / SECOND,
        visits: row.earlier + 1,
        country: row.country.clone(),
        referrer: row.referrer.clone(),
        language: row.language.clone(),
        hour: hour(conn, property, now).await?,
        attributes,
    })
}

/// For whom a run is remembered.
fn whom(row: &Row) -> Vec<String> {
    let visitor = row.visitor.as_ref().map(|id| format!("visitor:{id}"));
    visitor.into_iter().chain([format!("visit:{}", row.id)]).collect()
}

/// Runs what holds for a visit now. Reads first: most beacons find nothing to do.
pub(crate) async fn look(desk: &Desk, property: &PropertyId, row: &Row) -> Result<()> {
    if row.idle_at.is_some() {
        return Ok(());
    }
    look_for(desk, property, row, |trigger| {
        matches!(trigger.kind, Kind::Page | Kind::AnyPage | Kind::Advanced) && trigger.simple().is_none()
    })
    .await
}

async fn look_for(desk: &Desk, property: &PropertyId, row: &Row, wanted: impl Fn(&Trigger) -> bool + Send) -> Result<()> {
    let mut conn = desk.db().read().acquire().await?;
    let triggers: Vec<Trigger> =
        all(&mut conn, property).await?.into_iter().map(|listed| listed.trigger).filter(|one| one.on && wanted(one)).collect();
    if triggers.is_empty() {
        return Ok(());
    }
    let facts = facts(&mut conn, property, row, desk.clock().now()).await?;
    let mut due = vec![];
    for trigger in triggers.into_iter().filter(|trigger| trigger.conditions.matches(&facts)) {
        if !ran_for(&mut conn, property, &trigger, row).await? {
            due.push(trigger);
        }
    }
    drop(conn);
    for trigger in due {
        let (desk, property, visit) = (desk.clone(), property.clone(), row.id.clone());
        desk.clone()
            .db()
            .write_to(&property.clone(), move |tx| Box::pin(async move { run(tx, &desk, &property, &visit, &trigger).await }))
            .await?;
    }
    Ok(())
}

/// Whether a trigger ran for them, and may not again: asked before anything is written.
async fn ran_for(conn: &mut Conn, property: &PropertyId, trigger: &Trigger, row: &Row) -> Result<bool> {
    if trigger.pause.is_some() {
        return Ok(false);
    }
    for who in whom(row) {
        let ran = sqlx::query("select 1 from trigger_run where property = $1 and trigger = $2 and who = $3")
            .bind(property.as_str())
            .bind(trigger.id.as_str())
            .bind(who)
            .fetch_optional(&mut *conn)
            .await?;
        if ran.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

async fn run(tx: &mut Tx, desk: &Desk, property: &PropertyId, visit: &VisitId, trigger: &Trigger) -> Result<()> {
    let Some(row) = visit::take(tx, property, visit).await? else { return Ok(()) };
    if first_for_all(tx, property, trigger, &whom(&row)).await? {
        count(tx, property, &trigger.id).await?;
        act::for_visit(tx, desk, property, &row, trigger).await?;
    }
    Ok(())
}

/// Whether it is the first time for each of them: for the browser, if it is known, and for the visit.
async fn first_for_all(tx: &mut Tx, property: &PropertyId, trigger: &Trigger, who: &[String]) -> Result<bool> {
    let mut first = true;
    for one in who {
        first &= first_for(tx, property, trigger, one).await?;
    }
    Ok(first)
}

/// A browser showed the words of a trigger that it decides: they stand in the visit like any others.
pub(crate) async fn count_shown(desk: &Desk, property: &PropertyId, row: &Row, id: TriggerId) -> Result<()> {
    let known = load(desk.db().read().acquire().await?.as_mut(), property, &id).await?;
    let Some(trigger) = known.map(|listed| listed.trigger).filter(|trigger| trigger.simple().is_some()) else { return Ok(()) };
    let (property, who) = (property.clone(), format!("visit:{}", row.id));
    desk.db()
        .write_to(&property.clone(), move |tx| {
            Box::pin(async move {
                if first_for(tx, &property, &trigger, &who).await? {
                    count(tx, &property, &trigger.id).await?;
                }
                Ok(())
            })
        })
        .await
}

/// The words of a trigger that led to a chat which begins now. It is counted then, unless beacons told it before.
pub(crate) async fn words_of(tx: &mut Tx, property: &PropertyId, id: &TriggerId, uncounted: bool) -> Result<Option<String>> {
    let Some(listed) = load(tx.conn(), property, id).await?.filter(|listed| listed.trigger.on) else { return Ok(None) };
    if uncounted {
        count(tx, property, id).await?;
    }
    Ok(listed.trigger.says().map(ToOwned::to_owned))
}

impl Desk {
    /// A window is opened: triggers that wait for it look, and the visit belongs to the browser if it is known. Gives what is to be
    /// shown in a window without a chat.
    pub async fn greet(&self, key: &str, greeting: &Greeting, visitor: Option<&Visitor>) -> Result<Vec<FirstWords>> {
        let property = self.property_of_widget(key).await?;
        let Some(load) = of_page(&greeting.visit) else { return Ok(vec![]) };
        if let Some(visitor) = visitor {
            let load = load.clone();
            visitor
                .write(move |tx, visitor| {
                    Box::pin(async move { visit::link(tx, &visitor.property, &load, &visitor.id, None).await.map(|_| ()) })
                })
                .await?;
        }
        let mut conn = self.db().read().acquire().await?;
        let known = visit::of_load(&mut conn, &property, &load).await?.map(|(row, _)| row);
        let mut words = vec![];
        if let Some(row) = known {
            drop(conn);
            look_for(self, &property, &row, |trigger| trigger.kind == Kind::Opened).await?;
            words = visit::first_words(self.db().read().acquire().await?.as_mut(), &property, &row.id).await?;
        } else {
            words.extend(opened_unseen(&mut conn, &property, greeting, self.clock().now()).await?);
            drop(conn);
        }
        let shown = greeting.trigger.parse::<TriggerId>().ok().filter(|id| !words.iter().any(|said| said.trigger.as_ref() == Some(id)));
        if let Some(id) = shown {
            let mut conn = self.db().read().acquire().await?;
            let trigger = super::load(&mut conn, &property, &id).await?.map(|listed| listed.trigger).filter(|trigger| trigger.on);
            let said = trigger.and_then(|trigger| trigger.says().map(ToOwned::to_owned));
            words.extend(said.map(|text| FirstWords { by: None, trigger: Some(id), text, asks: false }));
        }
        for one in &mut words {
            if let Some(id) = &one.trigger {
                let listed = super::load(self.db().read().acquire().await?.as_mut(), &property, id).await?;
                one.asks = listed.is_some_and(|listed| listed.trigger.asks());
            }
        }
        Ok(words)
    }
}

/// What a trigger says when a window is opened on a page that sends no beacons; the form that begins the chat carries it.
async fn opened_unseen(conn: &mut Conn, property: &PropertyId, greeting: &Greeting, now: Moment) -> Result<Option<FirstWords>> {
    let facts = Facts {
        page: greeting.page.clone(),
        visits: 1,
        referrer: greeting.referrer.clone(),
        language: greeting.language.clone(),
        hour: hour(conn, property, now).await?,
        ..Facts::default()
    };
    let holds = |trigger: &Trigger| trigger.on && trigger.kind == Kind::Opened && trigger.conditions.matches(&facts);
    let first =
        all(conn, property).await?.into_iter().map(|listed| listed.trigger).find(|trigger| holds(trigger) && trigger.says().is_some());
    Ok(first.and_then(|trigger| Some(FirstWords { by: None, text: trigger.says()?.to_owned(), asks: false, trigger: Some(trigger.id) })))
}

/// A chat began: what waits for an agent to come is due later.
pub(crate) async fn arm(tx: &mut Tx, property: &PropertyId, chat: &ConversationId) -> Result<()> {
    let now = tx.now();
    for trigger in all(tx.conn(), property).await?.into_iter().map(|listed| listed.trigger) {
        if trigger.on && trigger.kind == Kind::Rescue {
            sqlx::query("insert into trigger_due (property, conversation, trigger, due_at) values ($1, $2, $3, $4)")
                .bind(property.as_str())
                .bind(chat.as_str())
                .bind(trigger.id.as_str())
                .bind(now.plus(i64::from(trigger.after) * SECOND).0)
                .execute(tx.conn())
                .await?;
        }
    }
    Ok(())
}

impl Desk {
    /// Runs what is due in chats that no agent has come into. Gives how many.
    pub async fn run_due_triggers(&self) -> Result<usize> {
        let now = self.clock().now();
        let due = sqlx::query("select property, conversation, trigger from trigger_due where due_at <= $1 order by due_at limit $2")
            .bind(now.0)
            .bind(DUE_AT_ONCE)
            .fetch_all(self.db().read())
            .await?;
        for row in &due {
            let (property, chat, id) = (word::<PropertyId>(row, "property")?, word(row, "conversation")?, word(row, "trigger")?);
            let desk = self.clone();
            self.db()
                .write_to(&property.clone(), move |tx| Box::pin(async move { rescue(tx, &desk, &property, &chat, &id).await }))
                .await?;
        }
        Ok(due.len())
    }
}

async fn rescue(tx: &mut Tx, desk: &Desk, property: &PropertyId, chat: &ConversationId, id: &TriggerId) -> Result<()> {
    let due = sqlx::query("delete from trigger_due where property = $1 and conversation = $2 and trigger = $3")
        .bind(property.as_str())
        .bind(chat.as_str())
        .bind(id.as_str())
        .execute(tx.conn())
        .await?;
    let trigger = load(tx.conn(), property, id).await?.map(|listed| listed.trigger).filter(|trigger| trigger.on);
    let (1, Some(trigger)) = (due.rows_affected(), trigger) else { return Ok(()) };
    let Some((who, facts)) = waiting(tx, property, chat).await? else { return Ok(()) };
    if trigger.conditions.matches(&facts) && first_for(tx, property, &trigger, &who).await? {
        count(tx, property, id).await?;
        act::in_chat(tx, desk, property, chat, &trigger).await?;
    }
    Ok(())
}

/// Who waits in a chat, and what is known of it; none when an agent came, or it is over, or an answer is to come by mail.
async fn waiting(tx: &mut Tx, property: &PropertyId, chat: &ConversationId) -> Result<Option<(String, Facts)>> {
    let row = sqlx::query(
        "select h.visitor, h.page, h.referrer, v.language, v.country, v.attributes, c.created_at, \
         (select 1 from chat_agent s where s.property = h.property and s.conversation = h.conversation and s.joined_at is not null limit 1) as joined \
         from chat h join visitor v on v.property = h.property and v.id = h.visitor \
         join conversation c on c.property = h.property and c.id = h.conversation \
         where h.property = $1 and h.conversation = $2 and h.ended_at is null and h.answered_at is null and h.rescued_at is null",
    )
    .bind(property.as_str())
    .bind(chat.as_str())
    .fetch_optional(tx.conn())
    .await?;
    let Some(row) = row else { return Ok(None) };
    if row.try_get::<Option<i64>, _>("joined")?.is_some() {
        return Ok(None);
    }
    let (now, visitor): (_, String) = (tx.now(), row.try_get("visitor")?);
    let visit = sqlx::query("select country, earlier from visit where property = $1 and visitor = $2 order by started_at desc limit 1")
        .bind(property.as_str())
        .bind(&visitor)
        .fetch_optional(tx.conn())
        .await?;
    let (country, earlier) = visit.map(|row| Ok::<_, sqlx::Error>((row.try_get(0)?, row.try_get(1)?))).transpose()?.unwrap_or((None, 0));
    // without monitoring there is no visit, but what the browser came with
    let country: Option<String> = country.or(row.try_get("country")?);
    let facts = Facts {
        page: row.try_get("page")?,
        seconds: now.since(Moment(row.try_get("created_at")?)) / SECOND,
        visits: earlier + 1,
        country,
        referrer: row.try_get("referrer")?,
        language: row.try_get("language")?,
        hour: hour(tx.conn(), property, now).await?,
        attributes: serde_json::from_str(row.try_get("attributes")?)?,
    };
    Ok(Some((format!("visitor:{visitor}"), facts)))
}
