//! The list of contacts as SQL: one range of the order's index, or what one rare term finds, sorted. `model::contact::list` says the
//! same on values.

mod condition;

use model::{
    ContactId, PropertyId,
    contact::{
        filter::{Field, Test},
        list::{Asked, Order, Place},
    },
    moment::Zone,
};

use super::Query;
use crate::contact::{card_columns, range};

/// Words that begin with a term and are found before it counts as a common one: so many are sorted sooner than many contacts are
/// looked at in their order.
pub(crate) const RARE_MOST: i64 = 1_000;

/// The contacts that have every term, after a place; at most `most`. `rare` is the term that few have, if there is one: its
/// contacts are found first; else contacts are looked at in their order.
pub(crate) fn contacts(
    property: &PropertyId,
    zone: &Zone,
    asked: &Asked,
    terms: &[String],
    rare: Option<usize>,
    after: Option<&Place>,
    most: usize,
) -> Query {
    let mut query = Query { text: String::new(), values: vec![] };
    let scope = query.text(property.as_str());
    let mut wheres = vec![format!("k.property = {scope}")];
    let address = asked.filters.iter().any(|filter| (filter.field, filter.test) == (Field::Email, Test::Is));
    let source = source(&mut query, &scope, asked, rare.and_then(|at| terms.get(at)));
    if source != CONTACTS {
        wheres.push("k.id = f.contact".into());
    }
    for (_, term) in terms.iter().enumerate().filter(|(at, _)| Some(*at) != rare || address) {
        let words = begins(&mut query, term);
        wheres.push(format!("exists (select 1 from contact_word w where w.property = {scope} and w.contact = k.id and {words})"));
    }
    wheres.extend(asked.filters.iter().map(|filter| condition::of(&mut query, &scope, zone, filter)));
    let (order, place) = match asked.order {
        Order::Newest => ("k.last_at desc, k.id desc", newest(&mut query, after)),
        Order::Name => ("k.sorted_as, k.id", by_name(&mut query, after)),
    };
    wheres.push(place);
    query.text = format!("select {} from {source} where {} order by {order} limit {most}", card_columns!(), wheres.join(" and "));
    query
}

const CONTACTS: &str = "contact k";

/// What is read first: whose an address is, or whom a rare term finds; else contacts in their order. `cross` SQLite takes as the
/// order to read in.
fn source(query: &mut Query, scope: &str, asked: &Asked, rare: Option<&String>) -> String {
    let address = asked.filters.iter().find(|filter| (filter.field, filter.test) == (Field::Email, Test::Is));
    if let Some(filter) = address {
        let email = query.text(&filter.value.to_lowercase());
        return format!(
            "(select a.contact from contact_address a where a.property = {scope} and a.email = {email}) f cross join contact k"
        );
    }
    let Some(term) = rare else { return CONTACTS.to_owned() };
    let words = begins(query, term);
    let (first, last) = range(term);
    let (first, last) = (query.text(first), query.text(&last));
    // The first of a contact's words alone: for `distinct`, SQLite would read all words there are, contact by contact.
    format!(
        "(select w.contact from contact_word w where w.property = {scope} and {words} and not exists \
         (select 1 from contact_word o where o.property = {scope} and o.contact = w.contact and o.word >= {first} and o.word < {last} and o.word < w.word)) f \
         cross join contact k"
    )
}

/// How many words begin with a term, counted no further than it matters.
pub(crate) fn words(property: &PropertyId, term: &str) -> Query {
    let mut query = Query { text: String::new(), values: vec![] };
    let (scope, words) = (query.text(property.as_str()), begins(&mut query, term));
    let most = RARE_MOST + 1;
    query.text =
        format!("select count(*) as n from (select 1 as found from contact_word w where w.property = {scope} and {words} limit {most}) t");
    query
}

fn begins(query: &mut Query, term: &str) -> String {
    let (from, to) = range(term);
    format!("w.word >= {} and w.word < {}", query.text(from), query.text(&to))
}

/// From a place on; from the beginning it is said, too, so that every page is a range.
fn newest(query: &mut Query, after: Option<&Place>) -> String {
    let (at, id) = after.map_or((i64::MAX, ""), |place| (place.last_at.0, place.id.as_str()));
    format!("(k.last_at, k.id) < ({}, {})", query.number(at), query.text(id))
}

fn by_name(query: &mut Query, after: Option<&Place>) -> String {
    let (key, id) = after.map_or(("", ""), |place| (place.sorted_as.as_str(), ContactId::as_str(&place.id)));
    format!("(k.sorted_as, k.id) > ({}, {})", query.text(key), query.text(id))
}
