//! The list of contacts: whoever was spoken with last, or by name; those found by the beginnings of words.

use model::{
    contact::{
        Card,
        list::{Asked, Contacts, Part, Place},
    },
    moment::Zone,
};
use sqlx::Row as _;

use super::{card, fold};
use crate::{
    Agent, Result,
    db::Conn,
    filter::contact::{self as filter, Few, Wanted},
    line::word,
    log, zone,
};

/// Contacts of the first part: what a large screen shows before it asks for more.
const FIRST: usize = 40;
/// Contacts of each further part.
const NEXT: usize = 100;
/// Words of what is searched for that are looked at.
const TERMS_MOST: usize = 6;

impl Agent {
    /// The beginning of the list.
    pub async fn list_contacts(&self, asked: Asked) -> Result<Contacts> {
        let mut conn = self.desk.db().read().acquire().await?;
        let head = log::head(&mut *conn, &self.property).await?;
        // as it came over the wire it may be anything
        let asked = asked.checked();
        let terms = terms(&asked);
        let part = self.contacts(&mut conn, &asked, &terms, None).await?;
        Ok(Contacts { head, asked, terms, cards: part.cards, more: part.more, behind: false })
    }

    /// The next part, after a place.
    pub async fn list_more_contacts(&self, asked: Asked, after: Place) -> Result<Part> {
        let mut conn = self.desk.db().read().acquire().await?;
        let asked = asked.checked();
        self.contacts(&mut conn, &asked, &terms(&asked), Some(&after)).await
    }

    /// The first few, for whoever searches for more than contacts.
    pub(crate) async fn first_contacts(&self, conn: &mut Conn, asked: &Asked, most: usize) -> Result<Vec<Card>> {
        let terms = terms(asked);
        if terms.is_empty() {
            return Ok(vec![]);
        }
        self.cards(conn, asked, &terms, None, most).await
    }

    async fn contacts(&self, conn: &mut Conn, asked: &Asked, terms: &[String], after: Option<&Place>) -> Result<Part> {
        let most = if after.is_some() { NEXT } else { FIRST };
        let mut cards = self.cards(conn, asked, terms, after, most + 1).await?;
        let more = cards.len() > most;
        cards.truncate(most);
        let more = if more { cards.last().map(Place::of) } else { None };
        Ok(Part { cards, more })
    }

    /// Contacts after a place, in their order.
    pub(super) async fn cards(
        &self,
        conn: &mut Conn,
        asked: &Asked,
        terms: &[String],
        after: Option<&Place>,
        most: usize,
    ) -> Result<Vec<Card>> {
        let few = self.fewest(conn, asked, terms).await?;
        let zone = if asked.filters.is_empty() { Zone::default() } else { self.zone(conn).await? };
        let wanted = Wanted { property: &self.property, zone: &zone, asked, terms, few: few.as_ref(), after, most };
        let Some(few) = wanted.few else {
            return filter::contacts(&wanted).rows(conn).await?.iter().map(card::of_row).collect();
        };
        let found = filter::found(&wanted, few).rows(conn).await?;
        let ids = found.iter().map(|row| word(row, "contact")).collect::<Result<Vec<String>>>()?;
        if ids.is_empty() {
            return Ok(vec![]);
        }
        let mut cards = vec![];
        for some in ids.chunks(filter::CARDS) {
            let rows = filter::cards(&self.property, some).rows(conn).await?;
            cards.extend(rows.iter().map(card::of_row).collect::<Result<Vec<_>>>()?);
        }
        cards.sort_by_key(|card| ids.iter().position(|id| card.contact.id.as_str() == id));
        Ok(cards)
    }

    /// By whose days a contact is filtered.
    async fn zone(&self, conn: &mut Conn) -> Result<Zone> {
        let row = sqlx::query("select time_zone from property where id = $1").bind(self.property.as_str()).fetch_one(conn).await?;
        zone::around(row.try_get(0)?, self.desk.clock().now())
    }

    /// What finds the fewest, if they are few enough to begin with it: an address, a term, a tag or an attribute.
    async fn fewest(&self, conn: &mut Conn, asked: &Asked, terms: &[String]) -> Result<Option<Few>> {
        let mut fewest = None;
        for few in filter::few(asked, terms) {
            if matches!(few, Few::Address(_)) {
                return Ok(Some(few));
            }
            let rows = filter::count(&self.property, &few, terms).rows(conn).await?;
            let n: i64 = rows.first().map_or(Ok(0), |row| row.try_get("n"))?;
            if n <= filter::RARE_MOST && fewest.as_ref().is_none_or(|(_, least)| n < *least) {
                fewest = Some((few, n));
            }
        }
        Ok(fewest.map(|(few, _)| few))
    }
}

/// What is searched for, folded as the words are.
pub(super) fn terms(asked: &Asked) -> Vec<String> {
    let mut terms = fold::words(&asked.search);
    terms.truncate(TERMS_MOST);
    terms
}
