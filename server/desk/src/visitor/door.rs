//! What the process that keeps visitors' sockets asks and tells for many of them at once, so that ten thousand open windows cost a
//! few statements a second: who may follow no more, who is still there, who went. Knows no socket.

use model::{ConversationId, Moment, PropertyId, Refusal, VisitorId, ban::Banned};

use super::{IDLE_MOST, Visitor};
use crate::{Agent, Desk, Result, ban, line::word};

/// Whose doors are closed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Closed {
    /// Those who logged out.
    pub logged_out: Vec<VisitorId>,
    /// Bans that count now.
    pub banned: Vec<Banned>,
}

impl Visitor {
    /// Refuses who logged out or is banned: asked once the socket is known to who closes it, so that nobody slips through between.
    pub async fn may_follow(&self) -> Result<()> {
        let mut conn = self.desk.db().read().acquire().await?;
        let row = sqlx::query("select 1 from visitor where property = $1 and id = $2 and token is not null")
            .bind(self.property.as_str())
            .bind(self.id.as_str())
            .fetch_optional(&mut *conn)
            .await?;
        row.ok_or(Refusal::SignedOut)?;
        ban::check(&mut conn, &self.property, self.desk.clock().now(), Some(&self.id), &self.address).await
    }

    /// The chat that agents see them in: their last one.
    pub async fn last_chat(&self) -> Result<Option<ConversationId>> {
        let row = sqlx::query(
            "select h.conversation from chat h join conversation c on c.property = h.property and c.id = h.conversation \
             where h.property = $1 and h.visitor = $2 order by c.created_at desc, c.id desc limit 1",
        )
        .bind(self.property.as_str())
        .bind(self.id.as_str())
        .fetch_optional(self.desk.db().read())
        .await?;
        row.map(|row| word(&row, "conversation")).transpose()
    }

    /// Where they come from.
    pub fn address(&self) -> &str {
        &self.address
    }
}

impl Agent {
    /// Whose a chat is; none if it is no chat that they see.
    pub async fn visitor_of(&self, chat: &ConversationId) -> Result<Option<VisitorId>> {
        if !self.sees(chat).await? {
            return Ok(None);
        }
        let row = sqlx::query("select visitor from chat where property = $1 and conversation = $2")
            .bind(self.property.as_str())
            .bind(chat.as_str())
            .fetch_optional(self.desk.db().read())
            .await?;
        row.map(|row| word(&row, "visitor")).transpose()
    }
}

impl Desk {
    /// Who of a property logged out since a moment, and whom its bans are against.
    pub async fn closed_doors(&self, property: &PropertyId, since: Moment) -> Result<Closed> {
        let mut conn = self.db().read().acquire().await?;
        let rows = sqlx::query("select id from visitor where property = $1 and token is null and left_at >= $2")
            .bind(property.as_str())
            .bind(since.0)
            .fetch_all(&mut *conn)
            .await?;
        let logged_out = rows.iter().map(|row| word(row, "id")).collect::<Result<_>>()?;
        let banned = ban::counting(&mut conn, property, self.clock().now()).await?.into_iter().map(|ban| ban.who).collect();
        Ok(Closed { logged_out, banned })
    }

    /// Windows of these are still open.
    pub async fn visitors_here(&self, property: &PropertyId, visitors: Vec<VisitorId>) -> Result<()> {
        const HERE: &str =
            "update visitor set seen_at = $3, left_at = null, expires_at = $4 where property = $1 and id = $2 and token is not null";
        self.note_visitors(property, visitors, HERE).await
    }

    /// No window of these is open any more: what agents answer goes by mail, if their address is known.
    pub async fn visitors_left(&self, property: &PropertyId, visitors: Vec<VisitorId>) -> Result<()> {
        const LEFT: &str = "update visitor set left_at = $3, expires_at = $4 where property = $1 and id = $2 and left_at is null";
        self.note_visitors(property, visitors, LEFT).await
    }

    /// Writes something down of each: that it was now, and until when they are known with nobody using their browser.
    async fn note_visitors(&self, property: &PropertyId, visitors: Vec<VisitorId>, statement: &'static str) -> Result<()> {
        let property = property.clone();
        self.db()
            .write_to(&property.clone(), move |tx| {
                Box::pin(async move {
                    let now = tx.now();
                    for visitor in visitors {
                        sqlx::query(statement)
                            .bind(property.as_str())
                            .bind(visitor.as_str())
                            .bind(now.0)
                            .bind(now.plus(IDLE_MOST).0)
                            .execute(tx.conn())
                            .await?;
                    }
                    Ok(())
                })
            })
            .await
    }
}
