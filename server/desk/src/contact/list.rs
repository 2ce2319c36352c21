//! The list of contacts: whoever was spoken with last, or by name; those found by the beginnings of words.

use model::{
    contact::list::{Asked, Contacts, Part, Place},
    moment::Zone,
};
use sqlx::Row as _;

use super::{card, fold};
use crate::{Agent, Result, db::Conn, filter::contact as filter, log, zone};

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

    async fn contacts(&self, conn: &mut Conn, asked: &Asked, terms: &[String], after: Option<&Place>) -> Result<Part> {
        let most = if after.is_some() { NEXT } else { FIRST };
        let rare = self.rarest(conn, terms).await?;
        let zone = if asked.filters.is_empty() { Zone::default() } else { self.zone(conn).await? };
        let rows = filter::contacts(&self.property, &zone, asked, terms, rare, after, most + 1).rows(conn).await?;
        let mut cards = rows.iter().map(card::of_row).collect::<Result<Vec<_>>>()?;
        let more = cards.len() > most;
        cards.truncate(most);
        let more = if more { cards.last().map(Place::of) } else { None };
        Ok(Part { cards, more })
    }

    /// By whose days a contact is filtered.
    async fn zone(&self, conn: &mut Conn) -> Result<Zone> {
        let row = sqlx::query("select time_zone from property where id = $1").bind(self.property.as_str()).fetch_one(conn).await?;
        zone::around(row.try_get(0)?, self.desk.clock().now())
    }

    /// The term that the fewest words begin with, if they are few enough to begin with it.
    async fn rarest(&self, conn: &mut Conn, terms: &[String]) -> Result<Option<usize>> {
        let mut rarest = None;
        for (at, term) in terms.iter().enumerate() {
            let rows = filter::words(&self.property, term).rows(conn).await?;
            let n: i64 = rows.first().map_or(Ok(0), |row| row.try_get("n"))?;
            if n <= filter::RARE_MOST && rarest.is_none_or(|(_, least)| n < least) {
                rarest = Some((at, n));
            }
        }
        Ok(rarest.map(|(at, _)| at))
    }
}

/// What is searched for, folded as the words are.
fn terms(asked: &Asked) -> Vec<String> {
    let mut terms = fold::words(&asked.search);
    terms.truncate(TERMS_MOST);
    terms
}
