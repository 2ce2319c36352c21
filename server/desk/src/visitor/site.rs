//! What the customer's site says of its visitor: who they are, proven by a signature or claimed, and attributes and tags, which prove nothing.

use std::collections::BTreeMap;

use model::{
    Refusal, Why,
    conversation::{Line, TAGS_MOST, tag},
    event::What,
    message::Happening,
    moment::SECOND,
    visitor::{DetailsForm, Identity, attributes},
};
use sqlx::Row as _;

use super::{Learnt, Row, Visitor, author, learn, lock};
use crate::{
    Result, chat,
    clock::digest,
    contact, conversation,
    db::Tx,
    line,
    log::{self, Happened},
    message::Entry,
    widget,
};

impl Visitor {
    /// Their row, for what a site's script may do often.
    async fn lock(&self, tx: &mut Tx) -> Result<Row> {
        let row = lock(tx, &self.property, &self.id).await?;
        self.restrain(tx, "site", &self.desk.settings().visitor_limits.messages).await?;
        Ok(row)
    }

    /// The site proves who they are, by a signature made on its server. One that was forged, has expired or was used by another
    /// browser is refused alike; the same one again from this browser changes nothing.
    pub async fn identify(&self, identity: Identity) -> Result<()> {
        let details = identity.details(self.desk.clock().now()).ok_or(Refusal::NotProven)?;
        self.write(move |tx, visitor| {
            Box::pin(async move {
                let row = visitor.lock(tx).await?;
                if !widget::signed(tx.conn(), &visitor.property, &identity).await? {
                    return Err(Refusal::NotProven.into());
                }
                visitor.use_up(tx, &identity).await?;
                let learnt = Learnt { details, identity: Some(identity.id), ..Learnt::default() };
                learn(tx, &visitor.desk, &visitor.property, &visitor.id, row, learnt, None).await?;
                Ok(())
            })
        })
        .await
    }

    /// A signature counts for the first visitor who shows it. It is kept until it has expired.
    async fn use_up(&self, tx: &mut Tx, identity: &Identity) -> Result<()> {
        let (now, signature) = (tx.now(), digest(identity.signature.trim().to_lowercase().as_bytes()));
        sqlx::query("delete from identity_use where expires_at < $1").bind(now.0).execute(tx.conn()).await?;
        sqlx::query("insert into identity_use (property, signature, visitor, expires_at) values ($1, $2, $3, $4) on conflict (property, signature) do nothing")
            .bind(self.property.as_str())
            .bind(&signature)
            .bind(self.id.as_str())
            .bind(identity.expires.saturating_mul(SECOND))
            .execute(tx.conn())
            .await?;
        let row = sqlx::query("select visitor from identity_use where property = $1 and signature = $2")
            .bind(self.property.as_str())
            .bind(&signature)
            .fetch_one(tx.conn())
            .await?;
        if row.try_get::<&str, _>(0)? == self.id.as_str() { Ok(()) } else { Err(Refusal::NotProven.into()) }
    }

    /// Who the site says they are, without proof: a claim like one's own in a form before a chat.
    pub async fn introduce(&self, form: DetailsForm) -> Result<()> {
        self.write(move |tx, visitor| {
            Box::pin(async move {
                let row = visitor.lock(tx).await?;
                let learnt = Learnt { details: form.claimed(&row.guest), ..Learnt::default() };
                learn(tx, &visitor.desk, &visitor.property, &visitor.id, row, learnt, None).await?;
                Ok(())
            })
        })
        .await
    }

    /// What the site says of them besides; an empty value takes an attribute away.
    pub async fn set_attributes(&self, given: BTreeMap<String, String>) -> Result<()> {
        let learnt = Learnt { attributes: attributes(&given)?, ..Learnt::default() };
        self.write(move |tx, visitor| {
            Box::pin(async move {
                let row = visitor.lock(tx).await?;
                learn(tx, &visitor.desk, &visitor.property, &visitor.id, row, learnt, None).await?;
                Ok(())
            })
        })
        .await
    }

    /// Puts a tag on the chat that goes on, and on those that follow.
    pub async fn tag(&self, text: &str) -> Result<()> {
        let tag = tag(text).ok_or(Refusal::invalid("tag", Why::Unknown))?;
        self.change_tags(move |tags| if tags.contains(&tag) { None } else { Some((vec![tag.clone()], vec![])) }).await
    }

    /// Takes a tag off again.
    pub async fn untag(&self, text: &str) -> Result<()> {
        let tag = tag(text).ok_or(Refusal::invalid("tag", Why::Unknown))?;
        self.change_tags(move |tags| if tags.contains(&tag) { Some((vec![], vec![tag.clone()])) } else { None }).await
    }

    /// Changes their tags: `change` says which come and which go, or none for no change.
    async fn change_tags<F>(&self, change: F) -> Result<()>
    where
        F: Fn(&[String]) -> Option<(Vec<String>, Vec<String>)> + Send + 'static,
    {
        self.write(move |tx, visitor| Box::pin(async move { visitor.tag_now(tx, change).await })).await
    }

    async fn tag_now<F>(&self, tx: &mut Tx, change: F) -> Result<()>
    where
        F: Fn(&[String]) -> Option<(Vec<String>, Vec<String>)> + Send + 'static,
    {
        let mut row = self.lock(tx).await?;
        let Some((come, go)) = change(&row.tags) else { return Ok(()) };
        row.tags.retain(|tag| !go.contains(tag));
        row.tags.extend(come.iter().cloned());
        if row.tags.len() > TAGS_MOST as usize {
            return Err(Refusal::invalid("tag", Why::TooMany(TAGS_MOST)).into());
        }
        sqlx::query("update visitor set tags = $3 where property = $1 and id = $2")
            .bind(self.property.as_str())
            .bind(self.id.as_str())
            .bind(serde_json::to_string(&row.tags)?)
            .execute(tx.conn())
            .await?;
        let Some(id) = chat::current(tx.conn(), &self.property, &self.id).await? else { return self.tell_contact(tx, &row).await };
        let before = line::take(tx, &self.property, &id).await?;
        let mut after: Line = before.clone();
        after.tags.retain(|tag| !go.contains(tag));
        after.tags.extend(come.iter().filter(|tag| !before.tags.contains(tag)).cloned());
        after.tags.sort();
        self.tell_contact(tx, &row).await?;
        if after.tags == before.tags || after.tags.len() > TAGS_MOST as usize {
            return Ok(());
        }
        let author = author(&row, &before.contact);
        let tagged = come.into_iter().map(|tag| Happening::Tagged { tag });
        let happened = tagged.chain(go.into_iter().map(|tag| Happening::Untagged { tag }));
        let entries = happened.map(|what| Entry::happened(chat::new_message(&self.desk), author.clone(), what)).collect();
        conversation::record(tx, &self.property, &before, &after, author.clone(), What::TagsChanged, entries).await?;
        Ok(())
    }
    /// The contact that they are has the tags of the site now, if agents see one.
    async fn tell_contact(&self, tx: &mut Tx, row: &Row) -> Result<()> {
        let Some(id) = &row.contact else { return Ok(()) };
        let Some(contact) = contact::load(tx.conn(), &self.property, id).await? else { return Ok(()) };
        contact::index(tx, &self.property, id).await?;
        let happened =
            Happened { contacts: vec![id.clone()], ..Happened::new(&self.property, author(row, &contact), What::ContactChanged) };
        log::append(tx, happened).await?;
        Ok(())
    }
}
