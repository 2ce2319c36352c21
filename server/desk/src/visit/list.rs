//! Visits as agents see them: who is on the site now, and all that is known of one. And what agents do there: switch it on, write first.

use model::{
    ConversationId, Moment, PropertyId, Refusal, VisitId, VisitorId, Why,
    ban::{Ban, Banned},
    visit::{ENDED_AFTER, IDLE_AFTER, OpenedVisit, PageSeen, SILENT_AFTER, Stage, VISITS_SHOWN, Visit, Visits, ban_until, first_words},
    widget::Widget,
};
use sqlx::{Row as _, any::AnyRow};

use crate::{Agent, Error, Result, ban, chat, db::Conn, line::word, widget};

/// Columns of a visit as agents see it.
macro_rules! seen_columns {
    () => {
        "select v.id, v.visitor, v.chat, v.page, v.referrer, v.browser, v.language, v.address, v.country, v.earlier, v.pages, v.started_at, v.page_at, v.seen_at, v.idle_at, \
         (select p.name from visitor p where p.property = v.property and p.id = v.visitor) as name, (select 1 from visit_word w where w.property = v.property and w.visit = v.id and w.told_at is null limit 1) as waiting \
         from visit v where v.property = $1"
    };
}

fn of_row(row: &AnyRow) -> Result<Visit> {
    let known = super::of_row(row)?;
    Ok(Visit {
        id: known.id,
        visitor: known.visitor,
        chat: known.chat,
        served_by: vec![],
        name: row.try_get::<Option<String>, _>("name")?.unwrap_or_default(),
        page: known.page,
        referrer: known.referrer,
        browser: row.try_get("browser")?,
        language: known.language,
        address: row.try_get("address")?,
        country: known.country,
        before: known.earlier,
        pages: known.pages,
        started_at: Moment(row.try_get("started_at")?),
        seen_at: known.seen_at,
        idle_at: known.idle_at,
        waiting: row.try_get::<Option<i64>, _>("waiting")?.is_some(),
    })
}

/// Agents who are in the chat of each visit, by name.
async fn serve(conn: &mut Conn, property: &PropertyId, visits: &mut [Visit]) -> Result<()> {
    for visit in visits {
        let Some(chat) = &visit.chat else { continue };
        let rows = sqlx::query(
            "select s.name from chat h join chat_agent s on s.property = h.property and s.conversation = h.conversation \
             where h.property = $1 and h.conversation = $2 and h.ended_at is null and s.joined_at is not null and s.left_at is null",
        )
        .bind(property.as_str())
        .bind(chat.as_str())
        .fetch_all(&mut *conn)
        .await?;
        visit.served_by = rows.iter().map(|row| row.try_get(0)).collect::<std::result::Result<_, _>>()?;
        visit.served_by.sort();
    }
    Ok(())
}

fn is_banned(bans: &[Ban], visit: &Visit) -> bool {
    let address = visit.address.parse().ok();
    bans.iter().any(|ban| match &ban.who {
        Banned::Visitor(id) => visit.visitor.as_ref() == Some(id),
        Banned::Network(network) => address.is_some_and(|address| network.contains(address)),
    })
}

impl Agent {
    /// Who is on the site now, those who came last first. Who is banned is not there.
    pub async fn list_visits(&self) -> Result<Visits> {
        let now = self.desk.clock().now();
        let mut conn = self.desk.db().read().acquire().await?;
        let monitor = widget::load(&mut conn, &self.property).await?.monitor;
        let mut visits = vec![];
        if monitor {
            let rows = sqlx::query(concat!(seen_columns!(), " and v.seen_at > $2 order by v.seen_at desc limit $3"))
                .bind(self.property.as_str())
                .bind(now.plus(-ENDED_AFTER).0)
                .bind(VISITS_SHOWN)
                .fetch_all(&mut *conn)
                .await?;
            visits = rows.iter().map(of_row).collect::<Result<Vec<_>>>()?;
            let bans = ban::counting(&mut conn, &self.property, now).await?;
            visits.retain(|visit| visit.stage(now) != Stage::Left && !is_banned(&bans, visit));
            serve(&mut conn, &self.property, &mut visits).await?;
            self.hide(&mut conn, &mut visits).await?;
        }
        visits.sort_by(|a, b| (b.started_at, &b.id).cmp(&(a.started_at, &a.id)));
        Ok(Visits { monitor, visits, now })
    }

    /// Leaves out chats that they do not see; that somebody serves the visitor is told all the same.
    async fn hide(&self, conn: &mut Conn, visits: &mut [Visit]) -> Result<()> {
        for visit in visits.iter_mut().filter(|_| self.is_limited()) {
            if let Some(chat) = &visit.chat
                && let Err(error) = self.must_see(conn, chat).await
            {
                match error {
                    Error::Refused(Refusal::NotFound) => visit.chat = None,
                    error => return Err(error),
                }
            }
        }
        Ok(())
    }

    /// A visit with the pages that were seen in it.
    pub async fn open_visit(&self, id: VisitId) -> Result<OpenedVisit> {
        let mut conn = self.desk.db().read().acquire().await?;
        let row = sqlx::query(concat!(seen_columns!(), " and v.id = $2"))
            .bind(self.property.as_str())
            .bind(id.as_str())
            .fetch_optional(&mut *conn)
            .await?;
        let mut visit = [of_row(&row.ok_or(Refusal::NotFound)?)?];
        serve(&mut conn, &self.property, &mut visit).await?;
        self.hide(&mut conn, &mut visit).await?;
        let [visit] = visit;
        let rows = sqlx::query("select page, at from visit_page where property = $1 and visit = $2 order by n")
            .bind(self.property.as_str())
            .bind(id.as_str())
            .fetch_all(&mut *conn)
            .await?;
        let page = |row: &AnyRow| Ok(PageSeen { page: row.try_get("page")?, at: Moment(row.try_get("at")?) });
        let pages = rows.iter().map(page).collect::<Result<_>>()?;
        Ok(OpenedVisit { visit, pages, now: self.desk.clock().now() })
    }

    /// Switches beacons on or off.
    pub async fn set_monitor(&self, on: bool) -> Result<()> {
        self.change_widget(move |widget| Ok(Widget { monitor: on, ..widget })).await
    }

    /// Writes first to somebody on the site. Whose browser is known is in a chat by that, which is given; to others the words are
    /// shown beside the launcher, and their chat begins with them once they answer.
    pub async fn start_chat_with(&self, visit: VisitId, text: &str) -> Result<Option<ConversationId>> {
        let text = first_words(text)?;
        self.write(move |tx, agent| {
            Box::pin(async move {
                // without a lock: the visitor's row is taken before that of the visit
                let row = super::load(tx.conn(), &agent.property, &visit).await?.ok_or(Refusal::NotFound)?;
                let id = agent.new_message();
                let chat = match &row.visitor {
                    Some(visitor) => chat::write_first(tx, agent, &row, visitor, id.clone(), &text).await?,
                    None => None,
                };
                let told = chat.as_ref().is_some_and(|(_, goes_on)| *goes_on);
                let chat = chat.map(|(chat, _)| chat);
                if !told {
                    // an id of its own when the words stand in a chat already
                    let id = if chat.is_some() { agent.new_message() } else { id };
                    let said = super::Word { id, author: agent.author(), trigger: None, text, open: false, chat: chat.clone() };
                    super::put(tx, &agent.property, &visit, said).await?;
                }
                Ok(chat)
            })
        })
        .await
    }

    /// How many are on the site now; none where beacons are not wanted.
    pub async fn count_visits(&self) -> Result<Option<i64>> {
        let now = self.desk.clock().now();
        let mut conn = self.desk.db().read().acquire().await?;
        if !widget::load(&mut conn, &self.property).await?.monitor {
            return Ok(None);
        }
        // the rule of `Visit::stage`, as SQL
        let row = sqlx::query(
            "select count(*) from visit where property = $1 and seen_at > $2 and ((idle_at is null and seen_at > $3) or idle_at > $4)",
        )
        .bind(self.property.as_str())
        .bind(now.plus(-ENDED_AFTER).0)
        .bind(now.plus(-SILENT_AFTER).0)
        .bind(now.plus(IDLE_AFTER - ENDED_AFTER).0)
        .fetch_one(&mut *conn)
        .await?;
        Ok(Some(row.try_get(0)?))
    }

    /// Bans the browser of a visit (`visitor`), its address (`address`), or a network if one is given, for some hours or for good (0).
    /// A browser that is not known is banned by its address.
    pub async fn ban_visit(&self, visit: VisitId, who: &str, network: &str, reason: &str, hours: &str) -> Result<()> {
        let opened = self.open_visit(visit).await?.visit;
        self.ban_one(opened.visitor, &opened.address, who, network, reason, hours).await
    }

    /// The same for the visitor of a chat.
    pub async fn ban_from_chat(&self, chat: ConversationId, who: &str, network: &str, reason: &str, hours: &str) -> Result<()> {
        self.must_see(self.desk.db().read().acquire().await?.as_mut(), &chat).await?;
        let row = sqlx::query(
            "select v.id, v.address from chat h join visitor v on v.property = h.property and v.id = h.visitor where h.property = $1 and h.conversation = $2",
        )
        .bind(self.property.as_str())
        .bind(chat.as_str())
        .fetch_optional(self.desk.db().read())
        .await?
        .ok_or(Refusal::NotFound)?;
        self.ban_one(Some(word(&row, "id")?), row.try_get("address")?, who, network, reason, hours).await
    }

    async fn ban_one(&self, visitor: Option<VisitorId>, address: &str, who: &str, network: &str, reason: &str, hours: &str) -> Result<()> {
        let until = ban_until(hours, self.desk.clock().now())?;
        let network = network.trim();
        let banned = match visitor {
            _ if !network.is_empty() => Banned::Network(network.parse().map_err(|_| Refusal::invalid("network", Why::NotANetwork))?),
            Some(visitor) if who != "address" => Banned::Visitor(visitor),
            _ => Banned::Network(address.parse().map_err(|_| Refusal::NotFound)?),
        };
        self.ban(banned, reason, until).await.map(|_| ())
    }
}
