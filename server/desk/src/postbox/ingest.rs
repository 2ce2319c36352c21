//! Programs that hand mails over by HTTP: their tokens, and what a token lets in. A token is shown once and kept as its digest;
//! it stands for one property and for nothing else.

use model::{LetterInId, Moment, PropertyId, Refusal, TokenId, address::line_of_field, audit::Act, mailbox::IngestToken, moment::HOUR};
use sqlx::Row as _;

use super::{Incoming, Postbox, take::target};
use crate::{
    Agent, Result,
    audit::Deed,
    clock::{digest, secret},
    line::word,
};

/// Longest name, and most tokens of a property.
const NAME_MOST: u32 = 100;
const MOST: i64 = 50;
/// What a token begins with, so that it is known when it is found somewhere it should not be.
const PREFIX: &str = "recado_in_";

/// Whoever shows a token.
#[derive(Clone, Debug)]
pub struct Feeder {
    property: PropertyId,
}

impl Agent {
    /// Tokens of the property, oldest first. Admins only.
    pub async fn list_ingest_tokens(&self) -> Result<Vec<IngestToken>> {
        self.admin()?;
        let rows =
            sqlx::query("select id, name, made_by, created_at, used_at from ingest_token where property = $1 order by created_at, id")
                .bind(self.property.as_str())
                .fetch_all(self.desk.db().read())
                .await?;
        rows.iter()
            .map(|row| {
                Ok(IngestToken {
                    id: word(row, "id")?,
                    name: row.try_get("name")?,
                    made_by: row.try_get("made_by")?,
                    created_at: Moment(row.try_get("created_at")?),
                    used_at: row.try_get::<Option<i64>, _>("used_at")?.map(Moment),
                })
            })
            .collect()
    }

    /// Makes a token; gives its secret, which nobody sees again.
    pub async fn make_ingest_token(&self, name: &str) -> Result<String> {
        self.admin()?;
        let name = line_of_field("name", name, NAME_MOST)?;
        let (id, token) = (TokenId::from_bits(self.desk.clock().bits()), format!("{PREFIX}{}", secret()));
        let kept = digest(token.as_bytes());
        self.as_admin(move |tx, agent| {
            Box::pin(async move {
                let row = sqlx::query("select count(*) from ingest_token where property = $1")
                    .bind(agent.property.as_str())
                    .fetch_one(tx.conn())
                    .await?;
                if row.try_get::<i64, _>(0)? >= MOST {
                    return Err(Refusal::invalid("name", model::Why::TooMany(u32::try_from(MOST).unwrap_or(0))).into());
                }
                let now = tx.now();
                sqlx::query("insert into ingest_token (property, id, name, digest, made_by, created_at) values ($1, $2, $3, $4, $5, $6)")
                    .bind(agent.property.as_str())
                    .bind(id.as_str())
                    .bind(&name)
                    .bind(kept)
                    .bind(agent.name())
                    .bind(now.0)
                    .execute(tx.conn())
                    .await?;
                Ok(((), Some(Deed::new(Act::TokenMade, name))))
            })
        })
        .await?;
        Ok(token)
    }

    /// Lets a token in no more, from now on.
    pub async fn revoke_ingest_token(&self, id: TokenId) -> Result<()> {
        self.as_admin(move |tx, agent| {
            Box::pin(async move {
                let row = sqlx::query("delete from ingest_token where property = $1 and id = $2 returning name")
                    .bind(agent.property.as_str())
                    .bind(id.as_str())
                    .fetch_optional(tx.conn())
                    .await?;
                let name: String = row.ok_or(Refusal::NotFound)?.try_get(0)?;
                Ok(((), Some(Deed::new(Act::TokenRevoked, name))))
            })
        })
        .await
    }
}

impl Postbox {
    /// Whoever shows this token; nobody, when it is none of ours.
    pub async fn feeder(&self, token: &str) -> Result<Option<Feeder>> {
        if !token.starts_with(PREFIX) {
            return Ok(None);
        }
        let kept = digest(token.as_bytes());
        let row = sqlx::query("select property, used_at from ingest_token where digest = $1")
            .bind(&kept)
            .fetch_optional(self.desk.db().read())
            .await?;
        let Some(row) = row else { return Ok(None) };
        let now = self.desk.clock().now();
        if row.try_get::<Option<i64>, _>("used_at")?.is_none_or(|used| now.since(Moment(used)) > HOUR) {
            let used = self.desk.db().write(move |tx| {
                Box::pin(async move {
                    let now = tx.now();
                    sqlx::query("update ingest_token set used_at = $2 where digest = $1").bind(kept).bind(now.0).execute(tx.conn()).await?;
                    Ok(())
                })
            });
            used.await?;
        }
        Ok(Some(Feeder { property: word(&row, "property")? }))
    }

    /// Takes a mail that a program hands over: committed when this returns. Without a recipient it is for the property's forwarding
    /// address; a recipient that is not of the property is not found. The same bytes for the same recipients again are the same mail;
    /// the same Message-ID in other bytes is known when it is filed, and says nothing twice.
    pub async fn hand_over(&self, feeder: &Feeder, mut mail: Incoming, trace: &[u8]) -> Result<LetterInId> {
        if mail.rcpt_to.is_empty() {
            let row = sqlx::query("select forwarding from property where id = $1")
                .bind(feeder.property.as_str())
                .fetch_one(self.desk.db().read())
                .await?;
            mail.rcpt_to.push(format!("{}@{}", row.try_get::<String, _>(0)?, self.desk.keys().domain()));
        }
        let mut conn = self.desk.db().read().acquire().await?;
        for address in &mail.rcpt_to {
            let found = target(&mut conn, &self.desk, address).await?;
            if found.is_none_or(|target| target.property() != Some(&feeder.property)) {
                return Err(Refusal::NotFound.into());
            }
        }
        drop(conn);
        let origin = format!("raw:{}:{}", feeder.property, digest(&mail.raw));
        mail.raw = [trace, &mail.raw].concat();
        self.take_once(mail, Some(origin)).await
    }
}
