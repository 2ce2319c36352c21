//! The contacts that are asked for as a table for other programs (CSV): a line each, by name, with a column for every attribute.
//! Read a part at a time, each on a connection of its own: nobody waits for it.

use std::collections::{BTreeMap, BTreeSet};

use model::{
    Language, Moment,
    audit::Act,
    contact::{
        Card,
        list::{Asked, Order, Place},
    },
    moment::Zone,
    text::contact as texts,
};
use sqlx::Row as _;

use super::list::terms;
use crate::{
    Agent, Fault, Result,
    audit::{Deed, fields},
    db::Conn,
    filter::contact as filter,
};

/// Contacts of one part.
const PART: usize = 500;
/// Columns for attributes; those beyond are left out.
const ATTRIBUTES_MOST: usize = 100;

/// A contact with every address.
type Line = (Card, Vec<String>);

impl Agent {
    /// The contacts that are asked for as a table, and what its file is called.
    pub async fn export_contacts(&self, asked: Asked) -> Result<(Vec<u8>, String)> {
        self.admin()?;
        let roster = self.roster().await?;
        // in the other order whoever is spoken with meanwhile would stand in a part that was read already
        let asked = Asked { order: Order::Name, ..asked.checked() };
        let (terms, mut all, mut after) = (terms(&asked), vec![], None::<Place>);
        loop {
            let mut conn = self.desk.db().read().acquire().await?;
            let cards = self.cards(&mut conn, &asked, &terms, after.as_ref(), PART).await?;
            let last = cards.len() < PART;
            after = cards.last().map(Place::of);
            all.extend(self.with_addresses(&mut conn, cards).await?);
            if last {
                break;
            }
        }
        let deed = Deed::new(Act::ContactsExported, "").to(fields([("contacts", all.len().to_string())]));
        self.write(move |tx, agent| Box::pin(async move { agent.note_deed(tx, deed).await })).await?;
        let now = roster.zone.local(self.desk.clock().now());
        let table = written(roster.language, rows(&all, roster.language, &roster.zone)).map_err(|error| Fault::Row(error.to_string()))?;
        Ok((table, format!("contacts-{:04}-{:02}-{:02}.csv", now.year, now.month, now.day)))
    }

    async fn with_addresses(&self, conn: &mut Conn, cards: Vec<Card>) -> Result<Vec<Line>> {
        let mut addresses: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let ids: Vec<String> = cards.iter().map(|card| card.contact.id.to_string()).collect();
        for some in ids.chunks(filter::CARDS) {
            for row in filter::addresses(&self.property, some).rows(conn).await? {
                addresses.entry(row.try_get("contact")?).or_default().push(row.try_get("email")?);
            }
        }
        let line = |card: Card| {
            let mut all = addresses.remove(card.contact.id.as_str()).unwrap_or_default();
            all.sort_by_key(|email| (*email != card.contact.email, email.clone()));
            (card, all)
        };
        Ok(cards.into_iter().map(line).collect())
    }
}

/// What stands in the table, its first row before it.
fn rows(all: &[Line], language: Language, zone: &Zone) -> Vec<Vec<String>> {
    let names: BTreeSet<&str> = all.iter().flat_map(|(card, _)| &card.attributes).map(|one| one.name.as_str()).collect();
    let names: Vec<&str> = names.into_iter().take(ATTRIBUTES_MOST).collect();
    let heads = [texts::NAME, texts::EMAILS, texts::PHONES, texts::ORGANISATION, texts::TAGS, texts::FIRST_SEEN, texts::LAST_SEEN];
    let heads = heads.into_iter().map(|text| language.say(text)).chain(names.iter().copied()).map(str::to_owned).collect();
    let minute = |at: Moment| {
        let local = zone.local(at);
        format!("{:04}-{:02}-{:02} {:02}:{:02}", local.year, local.month, local.day, local.hour, local.minute)
    };
    let row = |(card, emails): &Line| {
        let tags: Vec<&str> = card.tags.iter().map(|tag| tag.name.as_str()).collect();
        let mut cells = vec![
            card.contact.name.clone(),
            emails.join(", "),
            card.phones.join(", "),
            card.organisation.clone(),
            tags.join(", "),
            minute(card.contact.created_at),
            minute(card.last_at),
        ];
        let value = |name: &&str| card.attributes.iter().find(|one| one.name == *name).map_or("", |one| one.value.as_str()).to_owned();
        cells.extend(names.iter().map(value));
        cells
    };
    std::iter::once(heads).chain(all.iter().map(row)).collect()
}

/// Rows as a file, with the mark by which other programs know its letters.
pub(super) fn written(language: Language, rows: impl IntoIterator<Item = Vec<String>>) -> Result<Vec<u8>, csv::Error> {
    // where the comma parts whole numbers from the rest, it does not part columns
    let separator = if language == Language::Portuguese { b';' } else { b',' };
    let mark = b"\xef\xbb\xbf".to_vec();
    let mut table = csv::WriterBuilder::new().delimiter(separator).terminator(csv::Terminator::CRLF).from_writer(mark);
    for row in rows {
        table.write_record(row.iter().map(|cell| model::csv::harmless(cell)))?;
    }
    table.into_inner().map_err(|error| csv::Error::from(std::io::Error::other(error.to_string())))
}
