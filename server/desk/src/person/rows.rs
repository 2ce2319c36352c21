//! What a person's export tells of rows that belong to them, as other programs read it.

use serde_json::{Map, Value};
use sqlx::{Column as _, Row as _, any::AnyRow};

use crate::Result;

/// What of each contact and of each browser is told: the name of the list, and its rows. Secrets of browsers are not.
pub(super) const OF_CONTACT: [(&str, &str); 5] = [
    (
        "contacts",
        "select k.id, k.name, k.email, (select o.name from organisation o where o.property = k.property and o.id = k.organisation) as organisation, k.phones, k.tags, \
         k.attributes, k.site_tags, k.site_attributes, k.created_at, k.last_at from contact k where k.property = $1 and k.id = $2",
    ),
    (
        "addresses",
        "select a.email, d.since_at as dead_since from contact_address a left join dead_address d on d.property = a.property and d.email = a.email \
         where a.property = $1 and a.contact = $2",
    ),
    ("notes", "select author, body, at, edited_at from contact_note where property = $1 and contact = $2"),
    ("merges", "select goes, kept, at, undone_at from contact_merge where property = $1 and stays = $2"),
    (
        "visitors",
        "select id, name, email, phone, attributes, tags, identity, proven_at, language, browser, address, country, created_at, seen_at from visitor \
         where property = $1 and contact = $2",
    ),
];
pub(super) const OF_VISITOR: [(&str, &str); 6] = [
    (
        "visits",
        "select id, page, referrer, browser, language, address, country, earlier, pages, started_at, seen_at, carried from visit where property = $1 and visitor = $2 order by started_at",
    ),
    (
        "pages",
        "select p.visit, p.page, p.at from visit v cross join visit_page p where v.property = $1 and v.visitor = $2 and p.property = v.property and p.visit = v.id order by v.started_at, p.n",
    ),
    (
        "invitations",
        "select w.visit, w.author, w.body, w.at from visit v cross join visit_word w where v.property = $1 and v.visitor = $2 and w.property = v.property and w.visit = v.id order by w.at",
    ),
    (
        "chats",
        "select conversation, page, referrer, answers, rating, comment, answered_at, missed_at, rescued_at, ended_at, read_at, visits from chat where property = $1 and visitor = $2",
    ),
    (
        "uploads",
        "select id, name, media_type, size, created_at from attachment where property = $1 and uploaded_by = 'visitor:' || $2 and message is null",
    ),
    ("bans", "select reason, banned_by, created_at, until_at from ban where property = $1 and who = '{\"visitor\":\"' || $2 || '\"}'"),
];

/// A file for other programs, and for people.
pub(super) fn pretty(value: &impl serde::Serialize) -> Result<Vec<u8>> {
    Ok(serde_json::to_vec_pretty(value)?)
}

/// A moment as other programs read it.
pub(crate) fn moment(at: i64) -> Value {
    jiff::Timestamp::from_microsecond(at).map_or(Value::Null, |at| at.to_string().into())
}

/// A row as other programs read it: moments are written out, and what is kept as JSON is JSON.
pub(super) fn object(row: &AnyRow) -> Result<Value> {
    let mut told = Map::new();
    for column in row.columns() {
        let (at, name) = (column.ordinal(), column.name());
        let value = if let Ok(text) = row.try_get::<Option<String>, _>(at) {
            let kept = text.as_deref().filter(|text| text.starts_with(['{', '['])).and_then(|text| serde_json::from_str(text).ok());
            kept.unwrap_or_else(|| text.map_or(Value::Null, Value::String))
        } else {
            let number: Option<i64> = row.try_get(at)?;
            let moment = |at: i64| if name == "at" || name.ends_with("_at") { moment(at) } else { at.into() };
            number.map_or(Value::Null, moment)
        };
        told.insert(name.to_owned(), value);
    }
    Ok(Value::Object(told))
}
