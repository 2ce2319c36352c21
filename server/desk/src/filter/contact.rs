//! The list of contacts as SQL: one range of the order's index; or what an address, one rare term, tag or attribute finds, sorted by
//! their keys, and then the cards of a page. `model::contact::list` says the same on values.

mod condition;

use model::{
    ContactId, PropertyId,
    contact::{
        filter::{Field, Test},
        list::{Asked, Order, Place},
    },
    conversation::tag,
    moment::Zone,
};

use super::Query;
use crate::contact::{card_columns, key, range};

/// Rows that are found before what finds them counts as common: so many are sorted sooner than many contacts are looked at in their
/// order.
pub(crate) const RARE_MOST: i64 = 1_000;

/// What is wanted of the list.
pub(crate) struct Wanted<'a> {
    /// Whose contacts.
    pub property: &'a PropertyId,
    /// By whose days they are filtered.
    pub zone: &'a Zone,
    /// What is asked for.
    pub asked: &'a Asked,
    /// What is searched for, folded.
    pub terms: &'a [String],
    /// Where those that come into question are found, when they are few.
    pub few: Option<&'a Few>,
    /// They stand behind it.
    pub after: Option<&'a Place>,
    /// At most so many.
    pub most: usize,
}

/// Where contacts are found that may be few.
pub(crate) enum Few {
    /// Whose an address is: never more than one.
    Address(String),
    /// Whom a term finds, by its place.
    Term(usize),
    /// Who has a tag.
    Tag(String),
    /// Of whom that is known under that name, both folded.
    Attribute(String, String),
}

/// Where they might be found.
pub(crate) fn few(asked: &Asked, terms: &[String]) -> Vec<Few> {
    let named = asked.filters.iter().filter(|filter| filter.test == Test::Is).filter_map(|filter| match filter.field {
        Field::Email => Some(Few::Address(filter.value.to_lowercase())),
        Field::Tag => Some(Few::Tag(tag(&filter.value)?)),
        Field::Attribute => {
            let (name, value) = filter.named();
            Some(Few::Attribute(key(name), key(value)))
        }
        _ => None,
    });
    named.chain((0..terms.len()).map(Few::Term)).collect()
}

impl Few {
    /// Its rows: each has the `contact`.
    fn source(&self, query: &mut Query, scope: &str, terms: &[String]) -> String {
        match self {
            Self::Address(email) => {
                format!("select a.contact from contact_address a where a.property = {scope} and a.email = {}", query.text(email))
            }
            Self::Term(at) => {
                let words = begins(query, terms.get(*at).map_or("", String::as_str));
                format!("select w.contact from contact_word w where w.property = {scope} and {words}")
            }
            Self::Tag(tag) => format!("select g.contact from contact_tag g where g.property = {scope} and g.tag = {}", query.text(tag)),
            Self::Attribute(name, value) => {
                let (name, value) = (query.text(name), query.text(value));
                format!(
                    "select b.contact from contact_attribute b where b.property = {scope} and b.name_as = {name} and b.value_as = {value}"
                )
            }
        }
    }
}

/// How many rows it has, counted no further than it matters.
pub(crate) fn count(property: &PropertyId, few: &Few, terms: &[String]) -> Query {
    let mut query = Query::default();
    let scope = query.text(property.as_str());
    let (source, most) = (few.source(&mut query, &scope, terms), RARE_MOST + 1);
    query.text = format!("select count(*) as n from ({source} limit {most}) t");
    query
}

/// The contacts that are wanted, looked at in their order. For those that are many; of few `found` finds which, and `cards` gives them.
pub(crate) fn contacts(wanted: &Wanted) -> Query {
    let mut query = Query::default();
    let scope = query.text(wanted.property.as_str());
    let mut wheres = wheres(&mut query, &scope, wanted);
    let (order, place) = match wanted.asked.order {
        Order::Newest => ("k.last_at desc, k.id desc", newest(&mut query, "k.last_at, k.id", wanted.after)),
        Order::Name => ("k.sorted_as, k.id", by_name(&mut query, "k.sorted_as, k.id", wanted.after)),
    };
    wheres.push(place);
    let most = wanted.most;
    query.text = format!("select {} from contact k where {} order by {order} limit {most}", card_columns!(), wheres.join(" and "));
    query
}

/// Which of the few contacts are wanted, in their order. Each is looked at by its key: of a few thousand contacts PostgreSQL would
/// else read all.
pub(crate) fn found(wanted: &Wanted, few: &Few) -> Query {
    let mut query = Query::default();
    let scope = query.text(wanted.property.as_str());
    let mut source = few.source(&mut query, &scope, wanted.terms);
    if !matches!(few, Few::Address(_)) {
        // within the limit: else SQLite reads all words there are, contact by contact
        let all = RARE_MOST + 1;
        source = format!("select distinct contact from ({source} limit {all}) d");
    }
    let wheres = wheres(&mut query, &scope, wanted).join(" and ");
    let (column, order, place) = match wanted.asked.order {
        Order::Newest => ("last_at", "t.place desc, t.contact desc", newest(&mut query, "t.place, t.contact", wanted.after)),
        Order::Name => ("sorted_as", "t.place, t.contact", by_name(&mut query, "t.place, t.contact", wanted.after)),
    };
    // with a limit a database does not ask for each place twice
    let (all, most) = (RARE_MOST + 2, wanted.most);
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
    query.text =
        format!("select {} from contact k where k.property = {scope} and k.id in ({ids}) and k.merged_into is null", card_columns!());
    query
}

/// The addresses of some contacts, in no order.
pub(crate) fn addresses(property: &PropertyId, contacts: &[String]) -> Query {
    let mut query = Query::default();
    let (scope, ids) = (query.text(property.as_str()), query.texts(contacts));
    query.text = format!("select a.contact, a.email from contact_address a where a.property = {scope} and a.contact in ({ids})");
    query
}

/// What holds of a contact that is wanted; of the term that found it already nothing is asked.
fn wheres(query: &mut Query, scope: &str, wanted: &Wanted) -> Vec<String> {
    let mut wheres = vec![format!("k.property = {scope}"), "k.merged_into is null".to_owned()];
    let known = |at: usize| matches!(wanted.few, Some(Few::Term(place)) if *place == at);
    for (_, term) in wanted.terms.iter().enumerate().filter(|(at, _)| !known(*at)) {
        let words = begins(query, term);
        wheres.push(format!("exists (select 1 from contact_word w where w.property = {scope} and w.contact = k.id and {words})"));
    }
    wheres.extend(wanted.asked.filters.iter().map(|filter| condition::of(query, scope, wanted.zone, filter)));
    wheres
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
