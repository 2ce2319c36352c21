//! The list of contacts as SQL: one range of the order's index; or what an address or one rare term finds, sorted by their keys, and
//! then the cards of a page. `model::contact::list` says the same on values.

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

/// Where contacts are found that are few.
#[derive(Clone, Copy)]
enum Few<'a> {
    /// Whose an address is.
    Address(&'a str),
    /// Whom a rare term finds.
    Term(&'a str),
}

/// Those that come into question, when they are few; by an address better than by a term.
fn few<'a>(asked: &'a Asked, terms: &'a [String], rare: Option<usize>) -> Option<Few<'a>> {
    let address = asked.filters.iter().find(|filter| (filter.field, filter.test) == (Field::Email, Test::Is));
    address.map(|filter| Few::Address(&filter.value)).or_else(|| Some(Few::Term(terms.get(rare?)?)))
}

/// The contacts that have every term, looked at in their order, after a place; at most `most`. `None` when those that come into
/// question are few: then `found` finds which, and `cards` gives them.
pub(crate) fn contacts(
    property: &PropertyId,
    zone: &Zone,
    asked: &Asked,
    terms: &[String],
    rare: Option<usize>,
    after: Option<&Place>,
    most: usize,
) -> Option<Query> {
    if few(asked, terms, rare).is_some() {
        return None;
    }
    let mut query = Query::default();
    let scope = query.text(property.as_str());
    let mut wheres = wheres(&mut query, &scope, zone, asked, terms, None);
    let (order, place) = match asked.order {
        Order::Newest => ("k.last_at desc, k.id desc", newest(&mut query, "k.last_at, k.id", after)),
        Order::Name => ("k.sorted_as, k.id", by_name(&mut query, "k.sorted_as, k.id", after)),
    };
    wheres.push(place);
    query.text = format!("select {} from contact k where {} order by {order} limit {most}", card_columns!(), wheres.join(" and "));
    Some(query)
}

/// Which of the few contacts have every term, in their order, after a place; at most `most`. Each is looked at by its key: of a few
/// thousand contacts PostgreSQL would else read all.
pub(crate) fn found(
    property: &PropertyId,
    zone: &Zone,
    asked: &Asked,
    terms: &[String],
    rare: Option<usize>,
    after: Option<&Place>,
    most: usize,
) -> Query {
    let mut query = Query::default();
    let scope = query.text(property.as_str());
    let (source, rare) = match few(asked, terms, rare) {
        Some(Few::Address(email)) => {
            let email = query.text(&email.to_lowercase());
            (format!("select a.contact from contact_address a where a.property = {scope} and a.email = {email}"), None)
        }
        Some(Few::Term(term)) => {
            let (words, all) = (begins(&mut query, term), RARE_MOST + 1);
            // within the limit: else SQLite reads all words there are, contact by contact
            (
                format!(
                    "select distinct contact from (select w.contact from contact_word w where w.property = {scope} and {words} limit {all}) d"
                ),
                rare,
            )
        }
        None => ("select id as contact from contact where 1 = 0".into(), None),
    };
    let wheres = wheres(&mut query, &scope, zone, asked, terms, rare).join(" and ");
    let (column, order, place) = match asked.order {
        Order::Newest => ("last_at", "t.place desc, t.contact desc", newest(&mut query, "t.place, t.contact", after)),
        Order::Name => ("sorted_as", "t.place, t.contact", by_name(&mut query, "t.place, t.contact", after)),
    };
    // with a limit a database does not ask for each place twice
    let all = RARE_MOST + 2;
    query.text = format!(
        "select t.contact from (select f.contact, (select k.{column} from contact k where {wheres} and k.id = f.contact) as place from ({source}) f limit {all}) t \
         where t.place is not null and {place} order by {order} limit {most}"
    );
    query
}

/// Cards of one question: of more PostgreSQL would read all contacts of a few thousand.
pub(crate) const CARDS: usize = 16;

/// The cards of some contacts, in no order.
pub(crate) fn cards(property: &PropertyId, contacts: &[String]) -> Query {
    let mut query = Query::default();
    let (scope, ids) = (query.text(property.as_str()), query.texts(contacts));
    query.text = format!("select {} from contact k where k.property = {scope} and k.id in ({ids})", card_columns!());
    query
}

/// What holds of a contact that is asked for; of the term that found it already nothing is asked.
fn wheres(query: &mut Query, scope: &str, zone: &Zone, asked: &Asked, terms: &[String], rare: Option<usize>) -> Vec<String> {
    let mut wheres = vec![format!("k.property = {scope}")];
    for (_, term) in terms.iter().enumerate().filter(|(at, _)| Some(*at) != rare) {
        let words = begins(query, term);
        wheres.push(format!("exists (select 1 from contact_word w where w.property = {scope} and w.contact = k.id and {words})"));
    }
    wheres.extend(asked.filters.iter().map(|filter| condition::of(query, scope, zone, filter)));
    wheres
}

/// How many words begin with a term, counted no further than it matters.
pub(crate) fn words(property: &PropertyId, term: &str) -> Query {
    let mut query = Query::default();
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
fn newest(query: &mut Query, columns: &str, after: Option<&Place>) -> String {
    let (at, id) = after.map_or((i64::MAX, ""), |place| (place.last_at.0, place.id.as_str()));
    format!("({columns}) < ({}, {})", query.number(at), query.text(id))
}

fn by_name(query: &mut Query, columns: &str, after: Option<&Place>) -> String {
    let (key, id) = after.map_or(("", ""), |place| (place.sorted_as.as_str(), ContactId::as_str(&place.id)));
    format!("({columns}) > ({}, {})", query.text(key), query.text(id))
}
