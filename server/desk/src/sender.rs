//! Who letters are from: an address of the property's own once DNS vouches for it, the name, and signatures of property and agents.
//! Letters of a ticket are answered to the ticket's address, whoever they are from.

use model::{
    Moment, PropertyId, Refusal,
    address::EmailAddress,
    audit::Act,
    mailbox::DkimFound,
    message::Author,
    sender::{self, Sender, SenderName},
};
use serde_json::json;
use sqlx::Row as _;

use crate::{
    Agent, Result,
    audit::{Deed, changes},
    db::Conn,
    line::word,
};

/// What a letter of an agent needs to know.
pub(crate) struct Signed {
    /// The address it is from, if not the ticket's.
    pub address: Option<String>,
    /// Which name.
    pub name: SenderName,
    /// What stands below the words; empty: nothing.
    pub signature: String,
}

/// How a property signs what an author says.
pub(crate) async fn signed(conn: &mut Conn, property: &PropertyId, author: &Author) -> Result<Signed> {
    let row = sqlx::query("select sender, sender_proven_at, sender_name, signature from property where id = $1")
        .bind(property.as_str())
        .fetch_one(&mut *conn)
        .await?;
    let proven: Option<i64> = row.try_get("sender_proven_at")?;
    let mut signatures = vec![];
    if let Author::Agent { id, .. } = author {
        let own = sqlx::query("select signature from membership where property = $1 and agent = $2")
            .bind(property.as_str())
            .bind(id.as_str())
            .fetch_optional(&mut *conn)
            .await?;
        if let Some(own) = own {
            signatures.push(own.try_get::<String, _>(0)?);
        }
        signatures.push(row.try_get("signature")?);
    }
    signatures.retain(|signature| !signature.is_empty());
    Ok(Signed {
        address: Some(row.try_get::<String, _>("sender")?).filter(|address| !address.is_empty() && proven.is_some()),
        name: word(&row, "sender_name")?,
        signature: signatures.join("\n\n"),
    })
}

impl Agent {
    /// Who letters of the property are from. Admins only.
    pub async fn sender(&self) -> Result<Sender> {
        self.admin()?;
        let row = sqlx::query("select sender, sender_proven_at, sender_name, signature from property where id = $1")
            .bind(self.property.as_str())
            .fetch_optional(self.desk.db().read())
            .await?
            .ok_or(Refusal::NotFound)?;
        let address: String = row.try_get("sender")?;
        let own = self.desk.outside().and_then(|outside| outside.wires().dkim);
        Ok(Sender {
            record: own.filter(|_| !address.is_empty()).and_then(|own| sender::record_for(&own, &address)),
            address,
            name: word(&row, "sender_name")?,
            signature: row.try_get("signature")?,
            proven: row.try_get::<Option<i64>, _>("sender_proven_at")?.is_some(),
        })
    }

    /// Changes who letters are from. They are from the address once DNS shows our key for its domain: it is asked now.
    pub async fn change_sender(&self, address: Option<EmailAddress>, name: SenderName, signature: String) -> Result<()> {
        self.admin()?;
        let found = match (&address, self.desk.outside()) {
            (Some(address), Some(outside)) => {
                let domain = address.as_str().rsplit_once('@').map_or_else(String::new, |(_, domain)| domain.to_owned());
                outside.find_dkim(Some(domain)).await
            }
            _ => DkimFound::Unknown,
        };
        self.as_admin(move |tx, agent| {
            Box::pin(async move {
                let now = tx.now();
                let row = sqlx::query("select sender, sender_name, signature from property where id = $1")
                    .bind(agent.property.as_str())
                    .fetch_one(tx.conn())
                    .await?;
                let said = |address: &str, name: &str, signature: &str| json!({ "address": address, "name": name, "signature": signature });
                let before = said(row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
                let after = said(address.as_ref().map_or("", EmailAddress::as_str), name.word(), &signature);
                let proven: Option<Moment> = sender::vouches(found).then_some(now);
                sqlx::query("update property set sender = $2, sender_proven_at = $3, sender_name = $4, signature = $5 where id = $1")
                    .bind(agent.property.as_str())
                    .bind(address.as_ref().map_or("", EmailAddress::as_str).to_owned())
                    .bind(proven.map(|at| at.0))
                    .bind(name.word())
                    .bind(signature)
                    .execute(tx.conn())
                    .await?;
                Ok(((), Some(Deed::new(Act::SenderChanged, "").changing(changes(&before, &after)?))))
            })
        })
        .await
    }

    /// One's own signature in the property one looks at.
    pub async fn signature(&self) -> Result<String> {
        let row = sqlx::query("select signature from membership where property = $1 and agent = $2")
            .bind(self.property.as_str())
            .bind(self.id.as_str())
            .fetch_optional(self.desk.db().read())
            .await?
            .ok_or(Refusal::NotFound)?;
        Ok(row.try_get(0)?)
    }

    /// Changes it; empty: none.
    pub async fn change_signature(&self, text: &str) -> Result<()> {
        let text = sender::signature(text)?;
        self.write(move |tx, agent| {
            Box::pin(async move {
                sqlx::query("update membership set signature = $3 where property = $1 and agent = $2")
                    .bind(agent.property.as_str())
                    .bind(agent.id.as_str())
                    .bind(text)
                    .execute(tx.conn())
                    .await?;
                Ok(())
            })
        })
        .await
    }
}
