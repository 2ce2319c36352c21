//! A contact read back from the rows: the card, the addresses, the counts, and what readers of the log are told.

use model::{
    ContactId, Moment, PropertyId,
    contact::{Card, Contact, Counts, Note, Seen, known},
    conversation::Kind,
    event::What,
};
use serde::de::DeserializeOwned;
use sqlx::{Row as _, any::AnyRow};

use super::{fold, merged};
use crate::{
    Result,
    db::Conn,
    filter,
    line::{word, word_or_none},
    sight::Sight,
};

/// Columns of a card, for a query over `contact k`.
macro_rules! card_columns {
    () => {
        "k.id, k.name, k.email, k.created_at, k.organisation as organisation_id, \
         (select o.name from organisation o where o.property = k.property and o.id = k.organisation and o.ends_at is null) as organisation, k.phones, k.last_at, k.sorted_as, k.tags, k.attributes, k.site_tags, k.site_attributes, \
         case when k.changed_at > k.created_at then k.changed_at else k.created_at end as changed_at, \
         (select count(*) from conversation n where n.property = k.property and n.contact = k.id and n.folder <> 'merged') as conversations"
    };
}
pub(crate) use card_columns;

/// A card from its columns.
pub(crate) fn of_row(row: &AnyRow) -> Result<Card> {
    // one that goes is nobody's any more
    let organisation: Option<String> = row.try_get("organisation")?;
    Ok(Card {
        contact: super::of_row(row)?,
        organisation_id: if organisation.is_some() { word_or_none(row, "organisation_id")? } else { None },
        organisation: organisation.unwrap_or_default(),
        phones: json(row, "phones")?,
        tags: known::tags(json(row, "tags")?, json(row, "site_tags")?),
        attributes: known::attributes(json(row, "attributes")?, json(row, "site_attributes")?),
        last_at: Moment(row.try_get("last_at")?),
        changed_at: Moment(row.try_get("changed_at")?),
        conversations: row.try_get("conversations")?,
        sorted_as: row.try_get("sorted_as")?,
    })
}

/// A value that a column keeps as JSON.
pub(super) fn json<T: DeserializeOwned>(row: &AnyRow, column: &str) -> Result<T> {
    Ok(serde_json::from_str(row.try_get(column)?)?)
}

/// A contact's card; none for one that went into another.
pub(crate) async fn card(conn: &mut Conn, property: &PropertyId, id: &ContactId) -> Result<Option<Card>> {
    let row =
        sqlx::query(concat!("select ", card_columns!(), " from contact k where k.property = $1 and k.id = $2 and k.merged_into is null"))
            .bind(property.as_str())
            .bind(id.as_str())
            .fetch_optional(conn)
            .await?;
    row.as_ref().map(of_row).transpose()
}

/// Every address of a contact, the first one first.
pub(crate) async fn emails(conn: &mut Conn, property: &PropertyId, contact: &Contact) -> Result<Vec<String>> {
    // sorted here: SQLite would read every address of the property to have them in order
    let rows = sqlx::query("select email from contact_address where property = $1 and contact = $2")
        .bind(property.as_str())
        .bind(contact.id.as_str())
        .fetch_all(conn)
        .await?;
    let mut all = rows.iter().map(|row| Ok(row.try_get(0)?)).collect::<Result<Vec<String>>>()?;
    all.sort_by(|a, b| (*a != contact.email, a).cmp(&(*b != contact.email, b)));
    Ok(all)
}

/// How many conversations with a contact are seen.
pub(crate) async fn counts(conn: &mut Conn, property: &PropertyId, sight: &Sight, id: &ContactId) -> Result<Counts> {
    let rows = filter::sight::counts(property, sight, id).rows(conn).await?;
    let mut counts = Counts::default();
    for row in &rows {
        match word(row, "kind")? {
            Kind::Chat => counts.chats = row.try_get("n")?,
            Kind::Ticket => counts.tickets = row.try_get("n")?,
        }
    }
    Ok(counts)
}

/// What was noted of a contact, newest first.
pub(super) async fn notes(conn: &mut Conn, property: &PropertyId, id: &ContactId) -> Result<Vec<Note>> {
    let rows = sqlx::query(
        "select id, author, body, at, edited_at from contact_note where property = $1 and contact = $2 order by at desc, id desc",
    )
    .bind(property.as_str())
    .bind(id.as_str())
    .fetch_all(conn)
    .await?;
    rows.iter()
        .map(|row| {
            Ok(Note {
                id: word(row, "id")?,
                author: serde_json::from_str(row.try_get("author")?)?,
                at: Moment(row.try_get("at")?),
                edited_at: row.try_get::<Option<i64>, _>("edited_at")?.map(Moment),
                text: row.try_get("body")?,
            })
        })
        .collect()
}

/// What readers are told of a contact besides, by what happened.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Brings {
    /// Nothing.
    Card,
    /// All notes.
    Notes,
    /// All notes, and who went into them.
    Merges,
}

impl Brings {
    /// What an event brings.
    pub(crate) const fn of(what: What) -> Self {
        match what {
            What::ContactNoted => Self::Notes,
            What::ContactsMerged => Self::Merges,
            _ => Self::Card,
        }
    }
}

/// A contact as readers of the log are told them; none for one who is gone.
pub(crate) async fn seen(conn: &mut Conn, property: &PropertyId, id: &ContactId, brings: Brings) -> Result<Option<Seen>> {
    let Some(card) = card(conn, property, id).await? else { return Ok(None) };
    let emails = emails(conn, property, &card.contact).await?;
    let counts = counts(conn, property, &Sight::All, id).await?;
    let notes = if brings >= Brings::Notes { Some(notes(conn, property, id).await?) } else { None };
    let merges = if brings >= Brings::Merges { Some(merged::list(conn, property, id).await?) } else { None };
    let words = fold::found_by(&card.contact.name, &card.organisation, &emails, &card.phones).into_iter().collect();
    Ok(Some(Seen { card, emails, words, counts, notes, merges }))
}
