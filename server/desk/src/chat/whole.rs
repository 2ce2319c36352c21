//! A chat read back from its rows, for those who see it. Decides nothing of who may.

use model::{
    AgentId, ContactId, ConversationId, PropertyId,
    chat::{Chat, LinkedTicket, Seat},
    window::Host,
};
use sqlx::{Row as _, any::AnyRow};

use super::moment;
use crate::{
    Result,
    db::Conn,
    line::{word, word_or_none},
    visitor,
};

/// A chat with what only its visitor's window needs besides.
pub(crate) struct Whole {
    pub chat: Chat,
    /// The agents who came, as visitors see them.
    pub hosts: Vec<Host>,
    /// The contact that its visitor is proven to be.
    pub proven: Option<ContactId>,
}

/// What only a chat has; none for a conversation without a visitor.
pub(crate) async fn load(conn: &mut Conn, property: &PropertyId, id: &ConversationId) -> Result<Option<Chat>> {
    Ok(load_whole(conn, property, id).await?.map(|whole| whole.chat))
}

/// The same with what its visitor's window needs: a row for each seat, or one with none.
pub(crate) async fn load_whole(conn: &mut Conn, property: &PropertyId, id: &ConversationId) -> Result<Option<Whole>> {
    let rows = sqlx::query(
        "select h.visitor, h.visits, h.page, h.referrer, h.answers, h.rating, h.comment, h.answered_at, h.missed_at, h.rescued_at, h.ended_at, h.read_at, \
         v.name, v.email, v.phone, v.attributes, v.proven_at, v.language, v.browser, v.country, v.contact, \
         s.agent, s.name as seat_name, s.invited_at, s.joined_at, s.left_at, a.picture, \
         (select 1 from conversation t where t.property = h.property and t.origin = h.conversation limit 1) as has_tickets \
         from chat h join visitor v on v.property = h.property and v.id = h.visitor \
         left join chat_agent s on s.property = h.property and s.conversation = h.conversation left join membership m on m.property = s.property and m.agent = s.agent and m.disabled_at is null left join agent a on a.id = m.agent \
         where h.property = $1 and h.conversation = $2 order by coalesce(s.joined_at, s.invited_at), s.agent",
    )
    .bind(property.as_str())
    .bind(id.as_str())
    .fetch_all(&mut *conn)
    .await?;
    let Some(row) = rows.first() else { return Ok(None) };
    let (mut seats, mut hosts) = (vec![], vec![]);
    for row in &rows {
        let Some(agent) = word_or_none::<AgentId>(row, "agent")? else { continue };
        let (invited_at, joined_at, left_at) = (moment(row, "invited_at")?, moment(row, "joined_at")?, moment(row, "left_at")?);
        if joined_at.is_some() {
            hosts.push(host(row)?);
        }
        seats.push(Seat { agent, invited_at, joined_at, left_at });
    }
    let guest = visitor::guest(row)?;
    let proven = word_or_none(row, "contact")?.filter(|_| guest.proven);
    let has_tickets = row.try_get::<Option<i64>, _>("has_tickets")?.is_some();
    let chat = Chat {
        visitor: word(row, "visitor")?,
        guest,
        attributes: serde_json::from_str(row.try_get("attributes")?)?,
        language: row.try_get("language")?,
        browser: row.try_get("browser")?,
        country: row.try_get("country")?,
        visits: row.try_get("visits")?,
        page: row.try_get("page")?,
        referrer: row.try_get("referrer")?,
        answers: serde_json::from_str(row.try_get("answers")?)?,
        seats,
        rating: word_or_none(row, "rating")?,
        comment: row.try_get("comment")?,
        answered_at: moment(row, "answered_at")?,
        missed_at: moment(row, "missed_at")?,
        rescued_at: moment(row, "rescued_at")?,
        ended_at: moment(row, "ended_at")?,
        read_at: moment(row, "read_at")?,
        tickets: if has_tickets { tickets(conn, property, id).await? } else { vec![] },
    };
    Ok(Some(Whole { chat, hosts, proven }))
}

/// An agent who came into a chat, from the columns of their seat and their picture.
pub(crate) fn host(row: &AnyRow) -> Result<Host> {
    Ok(Host {
        agent: word(row, "agent")?,
        name: row.try_get("seat_name")?,
        picture: row.try_get::<Option<String>, _>("picture")?.unwrap_or_default(),
        here: moment(row, "left_at")?.is_none(),
    })
}

async fn tickets(conn: &mut Conn, property: &PropertyId, id: &ConversationId) -> Result<Vec<LinkedTicket>> {
    let rows = sqlx::query("select id, number from conversation where property = $1 and origin = $2")
        .bind(property.as_str())
        .bind(id.as_str())
        .fetch_all(conn)
        .await?;
    let ticket = |row: &AnyRow| Ok(LinkedTicket { id: word(row, "id")?, number: row.try_get("number")? });
    let mut all = rows.iter().map(ticket).collect::<Result<Vec<_>>>()?;
    // sorted here: SQLite would rather read all numbers in their order
    all.sort_by_key(|ticket| ticket.number);
    Ok(all)
}
