//! The list of organisations, by name, a part at a time.

use model::{
    Moment, OrganisationId,
    organisation::{COUNTED_MOST, Organisations, Row, RowPart, searched},
};
use sqlx::{Row as _, any::AnyRow};

use crate::{
    Agent, Result,
    contact::words,
    db::Conn,
    filter::organisation::{self as filter, Wanted},
    line::word,
    log,
};

/// Organisations of one part.
const MOST: usize = 40;
/// Words of what is searched for that are looked at.
const TERMS_MOST: usize = 4;

impl Agent {
    /// The beginning of the list.
    pub async fn list_organisations(&self, search: &str) -> Result<Organisations> {
        let mut conn = self.desk.db().read().acquire().await?;
        let head = log::head(&mut *conn, &self.property).await?;
        let search = searched(search);
        let RowPart { rows, more } = self.organisations(&mut conn, &search, "").await?;
        Ok(Organisations { head, search, rows, more, behind: false })
    }

    /// The next part, after a place.
    pub async fn list_more_organisations(&self, search: &str, after: &str) -> Result<RowPart> {
        let mut conn = self.desk.db().read().acquire().await?;
        self.organisations(&mut conn, &searched(search), after).await
    }

    async fn organisations(&self, conn: &mut Conn, search: &str, after: &str) -> Result<RowPart> {
        let mut terms = words(search);
        terms.truncate(TERMS_MOST);
        let wanted = Wanted { property: &self.property, terms: &terms, domain: &search.to_lowercase(), after, most: MOST + 1 };
        let found = filter::organisations(&wanted, COUNTED_MOST + 1).rows(&mut *conn).await?;
        let mut rows = found.iter().map(of_row).collect::<Result<Vec<_>>>()?;
        let more = rows.len() > MOST;
        rows.truncate(MOST);
        let ids: Vec<_> = rows.iter().map(|row| row.id.clone()).collect();
        for known in filter::domains(&self.property, &ids).rows(conn).await? {
            let id: OrganisationId = word(&known, "organisation")?;
            let domain: String = known.try_get("domain")?;
            rows.iter_mut().filter(|row| row.id == id).for_each(|row| row.domains.push(domain.clone()));
        }
        for row in &mut rows {
            row.domains.sort();
        }
        let more = if more { rows.last().map(|row| row.place.clone()) } else { None };
        Ok(RowPart { rows, more })
    }
}

fn of_row(row: &AnyRow) -> Result<Row> {
    Ok(Row {
        id: word(row, "id")?,
        name: row.try_get("name")?,
        place: row.try_get("name_as")?,
        domains: vec![],
        contacts: row.try_get("contacts")?,
        last_at: row.try_get::<Option<i64>, _>("last_at")?.map(Moment),
    })
}
