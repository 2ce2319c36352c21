//! Contacts who may be one person: what a contact is told by, and who else is told by it. Found as each is written, so that nobody
//! is compared with everybody. What many have in common, a switchboard or an office, tells nobody.

use std::collections::{BTreeMap, BTreeSet};

use model::{
    ContactId, PropertyId, Refusal,
    contact::{
        Card, Contact,
        merge::{Common, Twins},
    },
};
use sqlx::any::AnyRow;

use super::{card, fold};
use crate::{Agent, Result, db::Tx, filter::contact as filter, line::word};

/// Of how many others something is told at most, if it tells anything.
pub(super) const SHARED_MOST: i64 = 4;
/// Last digits of a telephone number: without the country's, and the zero before.
const DIGITS: usize = 9;
/// A number of fewer is one within a house.
const DIGITS_LEAST: usize = 8;
/// Pairs that are shown.
const TWINS_MOST: i64 = 50;

/// What a contact is told by.
fn signs(name: &str, phones: &[String], emails: &[String]) -> BTreeSet<(Common, String)> {
    let mut all: BTreeSet<(Common, String)> = phones.iter().filter_map(|phone| Some((Common::Phone, of_phone(phone)?))).collect();
    // a first name alone is many people's
    if fold::words(name).len() >= 2 {
        all.insert((Common::Name, fold::key(name)));
    }
    all.extend(emails.iter().map(|email| (Common::Mailbox, mailbox(email))));
    all
}

/// What a telephone number tells, if it is long enough to tell anything.
pub(super) fn of_phone(phone: &str) -> Option<String> {
    let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
    (digits.len() >= DIGITS_LEAST).then(|| digits[digits.len().saturating_sub(DIGITS)..].to_owned())
}

/// The mailbox of an address: large providers put what stands behind a plus into the same one, and Google's reads past dots.
fn mailbox(email: &str) -> String {
    let email = email.to_lowercase();
    let Some((local, domain)) = email.rsplit_once('@') else { return email };
    let local = local.split_once('+').map_or(local, |(local, _)| local);
    match domain {
        "gmail.com" | "googlemail.com" => format!("{}@gmail.com", local.replace('.', "")),
        _ => format!("{local}@{domain}"),
    }
}

/// Writes down what a contact is told by, of whom nothing is written down, and who else is.
pub(super) async fn put(tx: &mut Tx, property: &PropertyId, contact: &Contact, phones: &[String], emails: &[String]) -> Result<()> {
    let id = &contact.id;
    let mut others: BTreeMap<ContactId, Vec<Common>> = BTreeMap::new();
    for (common, told) in signs(&contact.name, phones, emails) {
        let sign = format!("{common}:{told}");
        let rows = sqlx::query("select contact from contact_sign where property = $1 and sign = $2 limit $3")
            .bind(property.as_str())
            .bind(&sign)
            .bind(SHARED_MOST + 1)
            .fetch_all(tx.conn())
            .await?;
        if i64::try_from(rows.len()).unwrap_or(i64::MAX) <= SHARED_MOST {
            for row in &rows {
                others.entry(word(row, "contact")?).or_default().push(common);
            }
        }
        sqlx::query(
            "insert into contact_sign (property, sign, contact) values ($1, $2, $3) on conflict (property, sign, contact) do nothing",
        )
        .bind(property.as_str())
        .bind(&sign)
        .bind(id.as_str())
        .execute(tx.conn())
        .await?;
    }
    let now = tx.now();
    for (other, why) in others {
        let (a, b) = ordered(id, &other);
        sqlx::query(
            "insert into contact_twin (property, a, b, why, found_at) values ($1, $2, $3, $4, $5) on conflict (property, a, b) do nothing",
        )
        .bind(property.as_str())
        .bind(a.as_str())
        .bind(b.as_str())
        .bind(serde_json::to_string(&why)?)
        .bind(now.0)
        .execute(tx.conn())
        .await?;
    }
    Ok(())
}

/// Forgets what a contact is told by, and whom it may be; that it is somebody else stays known.
pub(super) async fn forget(tx: &mut Tx, property: &PropertyId, id: &ContactId) -> Result<()> {
    for text in [
        "delete from contact_sign where property = $1 and contact = $2",
        "delete from contact_twin where property = $1 and a = $2 and dismissed_at is null",
        "delete from contact_twin where property = $1 and b = $2 and dismissed_at is null",
    ] {
        sqlx::query(text).bind(property.as_str()).bind(id.as_str()).execute(tx.conn()).await?;
    }
    Ok(())
}

fn ordered<'a>(one: &'a ContactId, other: &'a ContactId) -> (&'a ContactId, &'a ContactId) {
    if one < other { (one, other) } else { (other, one) }
}

impl Agent {
    /// Contacts who may be one person, those found last first.
    pub async fn list_twins(&self) -> Result<Vec<Twins>> {
        let mut conn = self.desk.db().read().acquire().await?;
        let rows = sqlx::query(
            "select a, b, why from contact_twin where property = $1 and dismissed_at is null and found_at < $2 \
             order by found_at desc, a desc, b desc limit $3",
        )
        .bind(self.property.as_str())
        .bind(i64::MAX)
        .bind(TWINS_MOST)
        .fetch_all(&mut *conn)
        .await?;
        let pairs = rows.iter().map(|row| Ok((word(row, "a")?, word(row, "b")?))).collect::<Result<Vec<(String, String)>>>()?;
        let ids: Vec<String> = pairs.iter().flat_map(|(a, b)| [a.clone(), b.clone()]).collect::<BTreeSet<_>>().into_iter().collect();
        let mut cards: BTreeMap<String, Card> = BTreeMap::new();
        for some in ids.chunks(filter::CARDS) {
            for row in &filter::cards(&self.property, some).rows(&mut conn).await? {
                let card = card::of_row(row)?;
                cards.insert(card.contact.id.to_string(), card);
            }
        }
        let twins = |(row, (a, b)): (&AnyRow, &(String, String))| -> Result<Option<Twins>> {
            let (Some(one), Some(other)) = (cards.get(a).cloned(), cards.get(b).cloned()) else { return Ok(None) };
            Ok(Some(Twins { one, other, why: card::json(row, "why")? }))
        };
        rows.iter().zip(&pairs).filter_map(|both| twins(both).transpose()).collect()
    }

    /// Two contacts are two people: they are proposed no more.
    pub async fn dismiss_twins(&self, one: ContactId, other: ContactId) -> Result<()> {
        self.write(move |tx, agent| {
            Box::pin(async move {
                for id in [&one, &other] {
                    card::card(tx.conn(), &agent.property, id).await?.ok_or(Refusal::NotFound)?;
                }
                if one == other {
                    return Err(Refusal::Conflict.into());
                }
                let (now, (a, b)) = (tx.now(), ordered(&one, &other));
                sqlx::query(
                    "insert into contact_twin (property, a, b, why, found_at, dismissed_at) values ($1, $2, $3, '[]', $4, $4) \
                     on conflict (property, a, b) do update set dismissed_at = excluded.dismissed_at",
                )
                .bind(agent.property.as_str())
                .bind(a.as_str())
                .bind(b.as_str())
                .bind(now.0)
                .execute(tx.conn())
                .await?;
                Ok(())
            })
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use super::mailbox;

    #[test]
    fn addresses_of_one_mailbox_are_one() {
        assert_eq!(mailbox("Joana+shop@x.example"), "joana@x.example");
        assert_eq!(mailbox("j.o.ana@googlemail.com"), mailbox("joana+news@gmail.com"));
        // elsewhere a dot tells people apart
        assert_ne!(mailbox("j.oana@x.example"), mailbox("joana@x.example"));
    }
}
