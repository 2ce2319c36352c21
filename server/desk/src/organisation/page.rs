//! An organisation's page: what is known of it, who of its contacts something was last said with, and their conversations, as far as
//! they are seen.

use model::{
    Moment, OrganisationId, PropertyId, Refusal,
    contact::profile::{Mark, Part},
    organisation::{Opened, Organisation},
};
use sqlx::Row as _;

use crate::{
    Agent, Result,
    contact::{card_columns, card_of_row},
    db::Conn,
    filter::sight as filter,
    line::{self, word},
    log,
};

/// Conversations of one part.
const MOST: usize = 50;
/// Contacts that the page shows; the list of contacts has them all.
const CARDS: i64 = 12;

impl Agent {
    /// Opens an organisation.
    pub async fn open_organisation(&self, id: OrganisationId) -> Result<Opened> {
        let mut conn = self.desk.db().read().acquire().await?;
        let conn = &mut *conn;
        let head = log::head(&mut *conn, &self.property).await?;
        let organisation = load(conn, &self.property, &id).await?;
        let row = sqlx::query("select count(*) from contact where property = $1 and organisation = $2 and merged_into is null")
            .bind(self.property.as_str())
            .bind(id.as_str())
            .fetch_one(&mut *conn)
            .await?;
        let contacts = row.try_get(0)?;
        // the order of the index of organisations, or PostgreSQL walks along all contacts of the property
        let rows = sqlx::query(concat!(
            "select ",
            card_columns!(),
            " from contact k where k.property = $1 and k.organisation = $2 and k.merged_into is null \
             order by k.merged_into desc, k.last_at desc, k.id desc limit $3"
        ))
        .bind(self.property.as_str())
        .bind(id.as_str())
        .bind(CARDS)
        .fetch_all(&mut *conn)
        .await?;
        let cards = rows.iter().map(card_of_row).collect::<Result<_>>()?;
        let Part { lines, more, .. } = self.organisation_lines(conn, &id, None).await?;
        Ok(Opened { head, organisation, contacts, cards, lines, more, behind: false })
    }

    /// The next part of its conversations, after a place.
    pub async fn list_organisation_lines(&self, id: OrganisationId, after: Mark) -> Result<Part> {
        let mut conn = self.desk.db().read().acquire().await?;
        load(&mut conn, &self.property, &id).await?;
        self.organisation_lines(&mut conn, &id, Some(after)).await
    }

    async fn organisation_lines(&self, conn: &mut Conn, id: &OrganisationId, after: Option<Mark>) -> Result<Part> {
        // before every one there is
        let after = after.unwrap_or(Mark { at: Moment(i64::MAX), id: String::new() });
        let rows = filter::of_organisation(&self.property, &self.sight, id, (after.at.0, &after.id), MOST + 1).rows(conn).await?;
        let mut lines = rows.iter().map(line::of_row).collect::<Result<Vec<_>>>()?;
        let more = lines.len() > MOST;
        lines.truncate(MOST);
        let more = if more { lines.last().map(Mark::of_line) } else { None };
        Ok(Part { entries: vec![], lines, more })
    }
}

async fn load(conn: &mut Conn, property: &PropertyId, id: &OrganisationId) -> Result<Organisation> {
    let row =
        sqlx::query("select id, name, notes, created_at, changed_at from organisation where property = $1 and id = $2 and ends_at is null")
            .bind(property.as_str())
            .bind(id.as_str())
            .fetch_optional(&mut *conn)
            .await?
            .ok_or(Refusal::NotFound)?;
    Ok(Organisation {
        id: word(&row, "id")?,
        name: row.try_get("name")?,
        domains: domains(conn, property, id).await?,
        notes: row.try_get("notes")?,
        created_at: Moment(row.try_get("created_at")?),
        changed_at: Moment(row.try_get("changed_at")?),
    })
}

/// The domains of an organisation, by name.
pub(super) async fn domains(conn: &mut Conn, property: &PropertyId, id: &OrganisationId) -> Result<Vec<String>> {
    let rows = sqlx::query("select domain from organisation_domain where property = $1 and organisation = $2")
        .bind(property.as_str())
        .bind(id.as_str())
        .fetch_all(conn)
        .await?;
    let mut all = rows.iter().map(|row| Ok(row.try_get(0)?)).collect::<Result<Vec<String>>>()?;
    all.sort();
    Ok(all)
}
