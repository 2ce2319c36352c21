//! Views of the Inbox that agents gave a name: kept, called otherwise, put in another order, forgotten. How many conversations each
//! has is counted once, when it is kept; from then on the log counts it with the others. One that goes by days is kept with the moments
//! that these are, so that what is added and taken away is judged alike, and counted anew when they are others.

use model::{
    AgentId, PropertyId, Refusal, ViewId, Why,
    days::Within,
    event::What,
    message::Author,
    saved_view::{OWN_VIEWS_MOST, SHARED_VIEWS_MOST, SavedView, facet, name_of_field},
    view::View,
};
use sqlx::{Row as _, any::AnyRow};

use crate::{
    Agent, Desk, OnConstraint as _, Result,
    db::{Conn, Tx},
    filter, inbox,
    line::word,
    log::{self, Happened},
    sight::Sight,
};

fn of_row(row: &AnyRow) -> Result<SavedView> {
    Ok(SavedView {
        id: word(row, "id")?,
        name: row.try_get("name")?,
        shared: row.try_get::<&str, _>("agent")?.is_empty(),
        view: serde_json::from_str(row.try_get("view")?)?,
        place: row.try_get("place")?,
    })
}

/// A view as agents are told it: by which moments it is counted is ours alone.
pub(crate) fn told(saved: SavedView) -> SavedView {
    SavedView { view: View { within: Within::default(), ..saved.view }, ..saved }
}

/// Every view of a property, whoever sees it: what the log counts.
pub(crate) async fn all(conn: &mut Conn, property: &PropertyId) -> Result<Vec<(ViewId, View)>> {
    let rows = sqlx::query("select id, view from saved_view where property = $1").bind(property.as_str()).fetch_all(conn).await?;
    rows.iter().map(|row| Ok((word(row, "id")?, serde_json::from_str(row.try_get("view")?)?))).collect()
}

/// The views that all agents see, or the own ones of one, in their order, as they are told.
pub(crate) async fn seen(conn: &mut Conn, property: &PropertyId, agent: Option<&AgentId>) -> Result<Vec<SavedView>> {
    let rows = sqlx::query("select id, agent, name, view, place from saved_view where property = $1 and agent = $2 order by place, id")
        .bind(property.as_str())
        .bind(agent.map_or("", AgentId::as_str).to_owned())
        .fetch_all(conn)
        .await?;
    rows.iter().map(|row| of_row(row).map(told)).collect()
}

/// The views that an agent sees: those of all, then the own ones.
pub(crate) async fn both(conn: &mut Conn, property: &PropertyId, agent: &AgentId) -> Result<Vec<SavedView>> {
    let rows = sqlx::query("select id, agent, name, view, place from saved_view where property = $1 and agent in ('', $2) order by case agent when '' then 0 else 1 end, place, id")
        .bind(property.as_str())
        .bind(agent.as_str())
        .fetch_all(conn)
        .await?;
    rows.iter().map(of_row).collect()
}

/// How many conversations a view has. Holds as long as the log does.
async fn counted(tx: &mut Tx, property: &PropertyId, view: &View) -> Result<i64> {
    let rows = filter::count(property, view, &Sight::All).rows(tx.conn()).await?;
    Ok(rows.first().map_or(Ok(0), |row| row.try_get(0))?)
}

/// The days of a property's views may be others: its clock is another.
pub(crate) async fn again(tx: &mut Tx, property: &PropertyId) -> Result<()> {
    sqlx::query("update saved_view set turns_at = 0 where property = $1").bind(property.as_str()).execute(tx.conn()).await?;
    Ok(())
}

/// Counts those views of a property anew whose days are others by now.
async fn turn(tx: &mut Tx, property: &PropertyId) -> Result<()> {
    log::hold(tx, property).await?;
    let now = tx.now();
    let rows = sqlx::query("select id, agent, name, view, place from saved_view where property = $1 and turns_at <= $2 order by id")
        .bind(property.as_str())
        .bind(now.0)
        .fetch_all(tx.conn())
        .await?;
    let mut set = vec![];
    for row in &rows {
        let SavedView { id, view, .. } = of_row(row)?;
        let (view, turns_at) = inbox::dated(tx.conn(), property, view, now).await?;
        sqlx::query("update saved_view set view = $3, turns_at = $4 where property = $1 and id = $2")
            .bind(property.as_str())
            .bind(id.as_str())
            .bind(serde_json::to_string(&view)?)
            .bind(turns_at.map(|at| at.0))
            .execute(tx.conn())
            .await?;
        set.push((facet(&id), counted(tx, property, &view).await?));
    }
    log::append(tx, Happened { set, ..Happened::new(property, Author::System, What::ViewsChanged) }).await?;
    Ok(())
}

impl Desk {
    /// Counts views anew whose days are others by now: a day began, or the property's clock is another. Gives in how many properties.
    pub(crate) async fn turn_views(&self) -> Result<usize> {
        let due = sqlx::query("select distinct property from saved_view where turns_at <= $1 limit 100")
            .bind(self.clock().now().0)
            .fetch_all(self.db().read())
            .await?;
        for row in &due {
            let property: PropertyId = word(row, "property")?;
            self.db().write_to(&property.clone(), move |tx| Box::pin(async move { turn(tx, &property).await })).await?;
        }
        Ok(due.len())
    }
}

impl Agent {
    /// Keeps a view under a name: for oneself, or for all agents.
    pub async fn save_view(&self, name: &str, view: View, shared: bool) -> Result<ViewId> {
        let name = name_of_field(name)?;
        let id = ViewId::from_bits(self.desk.clock().bits());
        self.write(move |tx, agent| {
            Box::pin(async move {
                let owner = if shared { "" } else { agent.id.as_str() };
                let row = sqlx::query("select count(*), coalesce(max(place), 0) from saved_view where property = $1 and agent = $2")
                    .bind(agent.property.as_str())
                    .bind(owner.to_owned())
                    .fetch_one(tx.conn())
                    .await?;
                let most = if shared { SHARED_VIEWS_MOST } else { OWN_VIEWS_MOST };
                if row.try_get::<i64, _>(0)? >= i64::from(most) {
                    return Err(Refusal::invalid("name", Why::TooMany(most)).into());
                }
                let (place, now) = (row.try_get::<i64, _>(1)? + 1, tx.now());
                let (view, turns_at) = inbox::dated(tx.conn(), &agent.property, view, now).await?;
                sqlx::query(
                    "insert into saved_view (property, id, agent, name, view, place, created_at, turns_at) values ($1, $2, $3, $4, $5, $6, $7, $8)",
                )
                .bind(agent.property.as_str())
                .bind(id.as_str())
                .bind(owner.to_owned())
                .bind(name)
                .bind(serde_json::to_string(&view)?)
                .bind(place)
                .bind(now.0)
                .bind(turns_at.map(|at| at.0))
                .execute(tx.conn())
                .await
                .on_constraint("saved_view_name", "saved_view.name", Refusal::Taken { field: "name".into() })?;
                // from here on nobody else's change is counted, until this is committed: then the view counts it
                log::hold(tx, &agent.property).await?;
                let n = counted(tx, &agent.property, &view).await?;
                agent.tell_views(tx, shared, vec![(facet(&id), n)]).await?;
                Ok(id)
            })
        })
        .await
    }

    /// Calls a view otherwise.
    pub async fn rename_view(&self, id: ViewId, name: &str) -> Result<()> {
        let name = name_of_field(name)?;
        self.write(move |tx, agent| {
            Box::pin(async move {
                let shared = agent.take_view(tx, &id).await?.shared;
                sqlx::query("update saved_view set name = $3 where property = $1 and id = $2")
                    .bind(agent.property.as_str())
                    .bind(id.as_str())
                    .bind(name)
                    .execute(tx.conn())
                    .await
                    .on_constraint("saved_view_name", "saved_view.name", Refusal::Taken { field: "name".into() })?;
                agent.tell_views(tx, shared, vec![]).await
            })
        })
        .await
    }

    /// Puts a view before the one above it, or behind the one below.
    pub async fn move_view(&self, id: ViewId, down: bool) -> Result<()> {
        self.write(move |tx, agent| {
            Box::pin(async move {
                let shared = agent.take_view(tx, &id).await?.shared;
                let own = Some(&agent.id).filter(|_| !shared);
                let mut all = seen(tx.conn(), &agent.property, own).await?;
                let Some(here) = all.iter().position(|view| view.id == id) else { return Err(Refusal::NotFound.into()) };
                let there = if down { here + 1 } else { here.wrapping_sub(1) };
                if there >= all.len() {
                    return Ok(());
                }
                all.swap(here, there);
                for (place, view) in (1_i64..).zip(&all) {
                    sqlx::query("update saved_view set place = $3 where property = $1 and id = $2")
                        .bind(agent.property.as_str())
                        .bind(view.id.as_str())
                        .bind(place)
                        .execute(tx.conn())
                        .await?;
                }
                agent.tell_views(tx, shared, vec![]).await
            })
        })
        .await
    }

    /// Forgets a view; no conversation is touched.
    pub async fn delete_view(&self, id: ViewId) -> Result<()> {
        self.write(move |tx, agent| {
            Box::pin(async move {
                let shared = agent.take_view(tx, &id).await?.shared;
                log::hold(tx, &agent.property).await?;
                sqlx::query("delete from saved_view where property = $1 and id = $2")
                    .bind(agent.property.as_str())
                    .bind(id.as_str())
                    .execute(tx.conn())
                    .await?;
                agent.tell_views(tx, shared, vec![(facet(&id), 0)]).await
            })
        })
        .await
    }

    /// A view that this agent sees, locked until the end of the transaction. Those that all see are anybody's to change.
    async fn take_view(&self, tx: &mut Tx, id: &ViewId) -> Result<SavedView> {
        let row = sqlx::query("update saved_view set place = place where property = $1 and id = $2 and agent in ('', $3) returning id, agent, name, view, place")
            .bind(self.property.as_str())
            .bind(id.as_str())
            .bind(self.id.as_str())
            .fetch_optional(tx.conn())
            .await?;
        of_row(&row.ok_or(Refusal::NotFound)?)
    }

    async fn tell_views(&self, tx: &mut Tx, shared: bool, set: Vec<(String, i64)>) -> Result<()> {
        let (what, only) = if shared { (What::ViewsChanged, None) } else { (What::OwnViewsChanged, Some(self.id.clone())) };
        log::append(tx, Happened { set, only, ..Happened::new(&self.property, self.author(), what) }).await?;
        Ok(())
    }
}
