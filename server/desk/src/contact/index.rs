//! What contacts are sorted, filtered and found by, kept beside them by whoever changes one, and written down by the clock for those
//! that are older than this.

use std::collections::{BTreeMap, BTreeSet};

use model::{
    ContactId, Moment, PropertyId,
    contact::{Card, Contact, known},
    conversation::TAGS_MOST,
    visitor::ATTRIBUTES_MOST,
};

use super::{
    card::{self, json},
    fold, sign,
};
use crate::{
    Desk, Result,
    db::{Conn, Tx},
    line::word,
    organisation::Belongs,
};

/// By which rules it is written down: a contact with a smaller number is looked at by the clock.
pub(crate) const VERSION: i64 = 1;
/// Contacts that the clock looks at in one transaction.
const OLD_MOST: i64 = 200;
/// Visitors of a contact whose site is listened to: those who came last.
const VISITORS_MOST: i64 = 50;

/// Something was last said with a contact at a moment.
pub(crate) async fn touch(tx: &mut Tx, property: &PropertyId, id: &ContactId, at: Moment) -> Result<()> {
    sqlx::query("update contact set last_at = $3 where property = $1 and id = $2 and last_at < $3")
        .bind(property.as_str())
        .bind(id.as_str())
        .bind(at.0)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Puts a contact there of whom nothing is known yet but a name, an address and an organisation; whoever calls then says `introduce`.
pub(super) async fn insert(tx: &mut Tx, property: &PropertyId, contact: &Contact, organisation: Option<&Belongs>) -> Result<()> {
    sqlx::query(
        "insert into contact (property, id, name, email, created_at, last_at, changed_at, organisation, sorted_as, organisation_as, \
         index_version) values ($1, $2, $3, $4, $5, $5, $5, $6, $7, $8, $9)",
    )
    .bind(property.as_str())
    .bind(contact.id.as_str())
    .bind(&contact.name)
    .bind(&contact.email)
    .bind(contact.created_at.0)
    .bind(organisation.map(|known| known.id.to_string()))
    .bind(fold::sorted_as(&contact.name, &contact.email))
    .bind(fold::key(organisation.map_or("", |known| &known.name)))
    .bind(VERSION)
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Writes down what a contact is found by that was just put there: nothing of it has to be read or forgotten.
pub(super) async fn introduce(tx: &mut Tx, property: &PropertyId, contact: &Contact, organisation: Option<&Belongs>) -> Result<()> {
    let emails: Vec<String> = Some(contact.email.clone()).filter(|email| !email.is_empty()).into_iter().collect();
    put_words(tx, property, &contact.id, &fold::found_by(&contact.name, organisation.map_or("", |known| &known.name), &emails, &[]))
        .await?;
    sign::put(tx, property, contact, &[], &emails).await
}

/// Something else is known of a contact: writes down what it is sorted, filtered and found by, as the rows are now.
pub(crate) async fn index(tx: &mut Tx, property: &PropertyId, id: &ContactId) -> Result<()> {
    let now = tx.now();
    sqlx::query("update contact set changed_at = $3 where property = $1 and id = $2")
        .bind(property.as_str())
        .bind(id.as_str())
        .bind(now.0)
        .execute(tx.conn())
        .await?;
    write_down(tx, property, id).await
}

pub(crate) async fn write_down(tx: &mut Tx, property: &PropertyId, id: &ContactId) -> Result<()> {
    let (site_tags, site_attributes) = said_by_site(tx.conn(), property, id).await?;
    sqlx::query("update contact set site_tags = $3, site_attributes = $4 where property = $1 and id = $2")
        .bind(property.as_str())
        .bind(id.as_str())
        .bind(serde_json::to_string(&site_tags)?)
        .bind(serde_json::to_string(&site_attributes)?)
        .execute(tx.conn())
        .await?;
    let Some(card) = card::card(tx.conn(), property, id).await? else { return Ok(()) };
    let emails = card::emails(tx.conn(), property, &card.contact).await?;
    sqlx::query(
        "update contact set sorted_as = $3, organisation_as = $4, phone_digits = $5, index_version = $6 where property = $1 and id = $2",
    )
    .bind(property.as_str())
    .bind(id.as_str())
    .bind(fold::sorted_as(&card.contact.name, &card.contact.email))
    .bind(fold::key(&card.organisation))
    .bind(fold::digits(&card.phones))
    .bind(VERSION)
    .execute(tx.conn())
    .await?;
    forget(tx, property, id).await?;
    put_words(tx, property, id, &fold::found_by(&card.contact.name, &card.organisation, &emails, &card.phones)).await?;
    put_known(tx, property, &card).await?;
    sign::put(tx, property, &card.contact, &card.phones, &emails).await
}

/// Forgets what a contact is found by: it is written down anew, or the contact went into another.
pub(super) async fn forget(tx: &mut Tx, property: &PropertyId, id: &ContactId) -> Result<()> {
    for text in [
        "delete from contact_word where property = $1 and contact = $2",
        "delete from contact_tag where property = $1 and contact = $2",
        "delete from contact_attribute where property = $1 and contact = $2",
    ] {
        sqlx::query(text).bind(property.as_str()).bind(id.as_str()).execute(tx.conn()).await?;
    }
    sign::forget(tx, property, id).await
}

/// What the site says of the visitors that a contact is: of two that differ, the one who came last.
async fn said_by_site(conn: &mut Conn, property: &PropertyId, id: &ContactId) -> Result<(BTreeSet<String>, BTreeMap<String, String>)> {
    let rows =
        sqlx::query("select tags, attributes from visitor where property = $1 and contact = $2 order by seen_at desc, id desc limit $3")
            .bind(property.as_str())
            .bind(id.as_str())
            .bind(VISITORS_MOST)
            .fetch_all(conn)
            .await?;
    let (mut tags, mut attributes) = (BTreeSet::new(), BTreeMap::new());
    for row in rows.iter().rev() {
        tags.extend(json::<Vec<String>>(row, "tags")?);
        for (name, value) in json::<BTreeMap<String, String>>(row, "attributes")? {
            // as agents write it: a filter tells the name from the value
            attributes.extend(known::attribute(&name, &value).ok());
        }
    }
    let tags = tags.into_iter().take(TAGS_MOST as usize).collect();
    Ok((tags, attributes.into_iter().take(ATTRIBUTES_MOST as usize).collect()))
}

async fn put_words(tx: &mut Tx, property: &PropertyId, id: &ContactId, words: &BTreeSet<String>) -> Result<()> {
    for four in words.iter().collect::<Vec<_>>().chunks(4) {
        // four with one statement; where there are fewer, the last one again
        let word = |place: usize| four.get(place).or(four.last()).map(ToString::to_string).unwrap_or_default();
        sqlx::query(
            "insert into contact_word (property, contact, word) values ($1, $2, $3), ($1, $2, $4), ($1, $2, $5), ($1, $2, $6) \
             on conflict (property, contact, word) do nothing",
        )
        .bind(property.as_str())
        .bind(id.as_str())
        .bind(word(0))
        .bind(word(1))
        .bind(word(2))
        .bind(word(3))
        .execute(tx.conn())
        .await?;
    }
    Ok(())
}

/// Tags and attributes, whoever says them.
async fn put_known(tx: &mut Tx, property: &PropertyId, card: &Card) -> Result<()> {
    let id = card.contact.id.as_str();
    for tag in &card.tags {
        sqlx::query("insert into contact_tag (property, tag, contact) values ($1, $2, $3) on conflict (property, tag, contact) do nothing")
            .bind(property.as_str())
            .bind(&tag.name)
            .bind(id)
            .execute(tx.conn())
            .await?;
    }
    // an agent's before one of the site whose name differs by capitals or marks alone
    let (own, site): (Vec<_>, Vec<_>) = card.attributes.iter().partition(|one| !one.site);
    for one in own.into_iter().chain(site) {
        sqlx::query(
            "insert into contact_attribute (property, contact, name_as, value_as, name) values ($1, $2, $3, $4, $5) \
             on conflict (property, contact, name_as) do nothing",
        )
        .bind(property.as_str())
        .bind(id)
        .bind(fold::key(&one.name))
        .bind(fold::key(&one.value))
        .bind(&one.name)
        .execute(tx.conn())
        .await?;
    }
    Ok(())
}

impl Desk {
    /// Writes down what contacts are found by that are older than the rules for it; gives of how many.
    pub(crate) async fn index_old_contacts(&self) -> Result<usize> {
        let old = sqlx::query("select property, id from contact where index_version < $1 and merged_into is null limit $2")
            .bind(VERSION)
            .bind(OLD_MOST)
            .fetch_all(self.db().read())
            .await?;
        let old = old.iter().map(|row| Ok((word(row, "property")?, word(row, "id")?))).collect::<Result<Vec<(PropertyId, ContactId)>>>()?;
        let n = old.len();
        if n > 0 {
            self.db()
                .write(move |tx| {
                    Box::pin(async move {
                        for (property, id) in &old {
                            write_down(tx, property, id).await?;
                        }
                        Ok(())
                    })
                })
                .await?;
        }
        Ok(n)
    }
}
