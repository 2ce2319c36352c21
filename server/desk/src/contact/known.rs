//! What agents say of a contact besides: tags, and attributes under names of their own.

use std::collections::BTreeMap;

use model::{
    ContactId, Refusal, Why,
    contact::known::{Labels, attribute},
    conversation::{TAGS_MOST, tag},
    event::What,
    visitor::ATTRIBUTES_MOST,
};
use sqlx::Row as _;

use super::{card::json, index};
use crate::{Agent, Result, db::Tx};

/// Names that a form proposes.
const LABELS_MOST: i64 = 200;

/// What agents say of a contact.
struct Own {
    tags: Vec<String>,
    attributes: BTreeMap<String, String>,
}

/// Refuses what becomes more than there may be.
fn grows(before: usize, after: usize, field: &'static str, most: u32) -> Result<(), Refusal> {
    if after > before && after > most as usize { Err(Refusal::invalid(field, Why::TooMany(most))) } else { Ok(()) }
}

impl Agent {
    /// Puts a tag on a contact.
    pub async fn tag_contact(&self, id: ContactId, text: &str) -> Result<()> {
        let tag = tag(text).ok_or(Refusal::invalid("tag", Why::Unknown))?;
        self.change_known(id, move |own| {
            if !own.tags.contains(&tag) {
                own.tags.push(tag);
                own.tags.sort();
            }
            Ok(())
        })
        .await
    }

    /// Takes a tag off a contact. What the site says stays.
    pub async fn untag_contact(&self, id: ContactId, text: &str) -> Result<()> {
        let tag = tag(text).ok_or(Refusal::invalid("tag", Why::Unknown))?;
        self.change_known(id, move |own| {
            own.tags.retain(|other| *other != tag);
            Ok(())
        })
        .await
    }

    /// Says something of a contact under a name; an empty value takes it away. What the site says under that name counts then.
    pub async fn set_contact_attribute(&self, id: ContactId, name: &str, value: &str) -> Result<()> {
        let (name, value) = attribute(name, value)?;
        self.change_known(id, move |own| {
            if value.is_empty() {
                own.attributes.remove(&name);
            } else {
                own.attributes.insert(name, value);
            }
            Ok(())
        })
        .await
    }

    /// Changes what agents say of a contact. What changes nothing is told nobody.
    async fn change_known<F>(&self, id: ContactId, change: F) -> Result<()>
    where
        F: FnOnce(&mut Own) -> Result<(), Refusal> + Send + 'static,
    {
        self.write(move |tx, agent| Box::pin(async move { agent.change_known_now(tx, &id, change).await })).await
    }

    async fn change_known_now<F>(&self, tx: &mut Tx, id: &ContactId, change: F) -> Result<()>
    where
        F: FnOnce(&mut Own) -> Result<(), Refusal> + Send + 'static,
    {
        let row = sqlx::query(
            "update contact set created_at = created_at where property = $1 and id = $2 and merged_into is null returning tags, attributes",
        )
        .bind(self.property.as_str())
        .bind(id.as_str())
        .fetch_optional(tx.conn())
        .await?
        .ok_or(Refusal::NotFound)?;
        let mut own = Own { tags: json(&row, "tags")?, attributes: json(&row, "attributes")? };
        let before = (own.tags.clone(), own.attributes.clone());
        change(&mut own)?;
        if before == (own.tags.clone(), own.attributes.clone()) {
            return Ok(());
        }
        // who has more than anybody may, by a merge or from before, may still have less
        grows(before.0.len(), own.tags.len(), "tag", TAGS_MOST)?;
        grows(before.1.len(), own.attributes.len(), "name", ATTRIBUTES_MOST)?;
        sqlx::query("update contact set tags = $3, attributes = $4 where property = $1 and id = $2")
            .bind(self.property.as_str())
            .bind(id.as_str())
            .bind(serde_json::to_string(&own.tags)?)
            .bind(serde_json::to_string(&own.attributes)?)
            .execute(tx.conn())
            .await?;
        index::index(tx, &self.property, id).await?;
        self.tell_contact(tx, id, What::ContactChanged).await
    }

    /// Tags and names of attributes that contacts have.
    pub async fn list_contact_labels(&self) -> Result<Labels> {
        // from one name to the next by the index: a name that many have is read once
        let tags = sqlx::query(
            "with recursive t (label) as (select min(g.tag) from contact_tag g where g.property = $1 union all \
             select (select min(n.tag) from contact_tag n where n.property = $1 and n.tag > t.label) from t where t.label is not null) \
             select label from t where label is not null limit $2",
        );
        let attributes = sqlx::query(
            "with recursive t (label) as (select min(b.name_as) from contact_attribute b where b.property = $1 union all \
             select (select min(n.name_as) from contact_attribute n where n.property = $1 and n.name_as > t.label) from t where t.label is not null) \
             select (select b.name from contact_attribute b where b.property = $1 and b.name_as = t.label order by b.value_as limit 1) as label \
             from t where t.label is not null limit $2",
        );
        let mut conn = self.desk.db().read().acquire().await?;
        let mut all = vec![];
        for query in [tags, attributes] {
            let rows = query.bind(self.property.as_str()).bind(LABELS_MOST).fetch_all(&mut *conn).await?;
            all.push(rows.iter().map(|row| Ok(row.try_get("label")?)).collect::<Result<Vec<String>>>()?);
        }
        let attributes = all.pop().unwrap_or_default();
        Ok(Labels { tags: all.pop().unwrap_or_default(), attributes })
    }
}
