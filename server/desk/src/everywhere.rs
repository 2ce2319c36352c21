//! All properties of an agent at once: the same person in each property they may enter, with what they see there; and the Inbox that joins
//! these. Reads; what is done is done in one property, which is gone to first.

use model::{
    ConversationId, PropertyId, Refusal,
    agent::{Reach, Role},
    everywhere::{Everywhere, Further, Part, cut},
    inbox::Page,
    view::{Key, View},
};
use sqlx::Row as _;

use crate::{
    Agent, Result,
    inbox::{FIRST, NEXT},
    line::word,
    log, roster, sight,
};

impl Agent {
    /// Themselves in every property they may enter, by its name; and the names of those that ask for a second step first.
    pub async fn everywhere(&self) -> Result<(Vec<(String, Self)>, Vec<String>)> {
        let mut conn = self.desk.db().read().acquire().await?;
        let rows = sqlx::query(
            "select p.id, p.name, p.second_step_required_at, m.role, m.reach, a.second_step_at from membership m \
             join property p on p.id = m.property join agent a on a.id = m.agent where m.agent = $1 and m.disabled_at is null",
        )
        .bind(self.id.as_str())
        .fetch_all(&mut *conn)
        .await?;
        let (mut all, mut closed) = (vec![], vec![]);
        for row in &rows {
            let (property, name): (PropertyId, String) = (word(row, "id")?, row.try_get("name")?);
            let has = |column| row.try_get::<Option<i64>, _>(column).map(|at| at.is_some());
            if has("second_step_required_at")? && !has("second_step_at")? {
                closed.push(name);
                continue;
            }
            let (role, reach): (Role, Reach) = (word(row, "role")?, word(row, "reach")?);
            let sight = sight::of(&mut conn, &property, &self.id, role, reach).await?;
            all.push((name, Self { property, role, sight, ..self.clone() }));
        }
        all.sort_by(|(a, one), (b, other)| (a, &one.property).cmp(&(b, &other.property)));
        closed.sort();
        Ok((all, closed))
    }

    /// The beginning of a view over all properties, with the counters of each.
    pub async fn list_everywhere(&self, view: View) -> Result<Everywhere> {
        let view = view.everywhere();
        let (all, closed) = self.everywhere().await?;
        let mut parts = Vec::with_capacity(all.len());
        for (name, agent) in all {
            let inbox = agent.list_inbox(view.clone()).await?;
            // after the head: what comes meanwhile is told
            let people = roster::people(self.desk.db().read().acquire().await?.as_mut(), &agent.property).await?;
            parts.push(Part { property: agent.property, name, people, inbox });
        }
        let mut pages: Vec<Page> = parts.iter_mut().map(|part| page(&mut part.inbox.rows, part.inbox.more.take())).collect();
        let more = cut(&view, &mut pages.iter_mut().collect::<Vec<_>>(), FIRST);
        for (part, page) in parts.iter_mut().zip(pages) {
            (part.inbox.rows, part.inbox.more) = (page.rows, page.more);
        }
        Ok(Everywhere { view, parts, more, closed })
    }

    /// The next part of a view over all properties, after a place.
    pub async fn list_more_everywhere(&self, view: View, after: Key) -> Result<Further> {
        let view = view.everywhere();
        let (mut found, mut pages) = (vec![], vec![]);
        for (_, agent) in self.everywhere().await?.0 {
            let head = log::head(self.desk.db().read(), &agent.property).await?;
            pages.push(agent.list_more(view.clone(), after.clone()).await?);
            found.push((agent.property, head));
        }
        let more = cut(&view, &mut pages.iter_mut().collect::<Vec<_>>(), NEXT);
        let parts = found.into_iter().zip(pages).map(|((property, head), page)| (property, head, page.rows)).collect();
        Ok(Further { parts, more })
    }

    /// Goes to the property of a conversation that they see, in this session.
    pub async fn go_to(&self, conversation: &ConversationId) -> Result<()> {
        for (_, agent) in self.everywhere().await?.0 {
            if agent.sees(conversation).await? {
                return self.switch_property(agent.property).await;
            }
        }
        Err(Refusal::NotFound.into())
    }
}

fn page(rows: &mut Vec<model::inbox::Row>, more: Option<Key>) -> Page {
    Page { rows: std::mem::take(rows), more }
}
