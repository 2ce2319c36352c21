//! The list of contacts as a screen holds it: the loaded part of what is asked for. `apply` keeps it equal to a fresh load.
//! What is searched for was folded by the server into terms; whom they find is decided here and there by the same rule.

use std::{cmp::Ordering, fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use super::{
    Card, Seen,
    filter::{FILTERS_MOST, Field, Filter},
    known::SAYS,
};
use crate::{ContactId, Moment, SegmentId, event::Told, view::escape, words};

/// Most characters of what is searched for.
pub const SEARCH_MOST: usize = 100;

words! {
    /// Order of the list.
    Order {
        /// Whoever something was last said with first.
        Newest = "newest",
        /// By name.
        Name = "name",
    }
}

/// What is asked for. The address bar carries it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// Beginnings of words in name, addresses, telephone numbers or organisation.
    pub search: String,
    /// All of them hold.
    pub filters: Vec<Filter>,
    /// Order.
    pub order: Order,
}

impl Default for Asked {
    fn default() -> Self {
        Self { search: String::new(), filters: vec![], order: Order::Newest }
    }
}

impl Asked {
    /// What is searched for, in an order.
    pub fn new(search: &str, order: &str) -> Self {
        Self { search: search.to_owned(), order: order.parse().unwrap_or(Order::Newest), filters: vec![] }.checked()
    }

    /// Reads what the address bar says (decoded pairs): `filter` comes once for each, and the form for another one says it in three.
    /// What is unknown is left out, so that an old link still opens.
    pub fn from_pairs<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let pairs: Vec<_> = pairs.into_iter().collect();
        let all = |name: &'static str| pairs.iter().filter(move |(known, _)| *known == name).map(|(_, value)| *value);
        let word = |name: &'static str| all(name).next_back().unwrap_or_default();
        let another = word("field").parse().ok().zip(word("test").parse().ok());
        let (name, value) = (word("name"), word("value"));
        let value = if word("field") == Field::Attribute.word() { format!("{name}{SAYS}{value}") } else { value.to_owned() };
        let another = another.and_then(|(field, test)| Filter::new(field, test, &value));
        let filters = all("filter").filter_map(|text| text.parse().ok()).chain(another).collect();
        Self { filters, ..Self::new(word("search"), word("order")) }.checked()
    }

    /// No more than is looked at, whoever sent it.
    #[must_use]
    pub fn checked(self) -> Self {
        let mut filters: Vec<Filter> = vec![];
        for filter in self.filters {
            if let Some(filter) = Filter::new(filter.field, filter.test, &filter.value).filter(|filter| !filters.contains(filter)) {
                filters.push(filter);
            }
        }
        filters.truncate(FILTERS_MOST);
        Self { search: self.search.trim().chars().take(SEARCH_MOST).collect(), filters, order: self.order }
    }

    /// The query that reads back as this, without `?`.
    pub fn to_query(&self) -> String {
        let search = (!self.search.is_empty()).then(|| format!("search={}", escape(&self.search)));
        let filters = self.filters.iter().map(|filter| format!("filter={}", escape(&filter.to_string())));
        let order = (self.order != Order::Newest).then(|| format!("order={}", self.order));
        search.into_iter().chain(filters).chain(order).collect::<Vec<_>>().join("&")
    }
}

/// Most characters of a segment's name.
pub const SEGMENT_NAME_MOST: u32 = 60;
/// Most segments of a property.
pub const SEGMENTS_MOST: u32 = 100;

/// What is asked for again and again, under a name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Segment {
    /// Identity.
    pub id: SegmentId,
    /// Name.
    pub name: String,
    /// What is asked for.
    pub asked: Asked,
}

/// A place in the list, in either order. As text `last_at.sorted_as.id`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// When something was last said.
    pub last_at: Moment,
    /// Name as it is sorted.
    pub sorted_as: String,
    /// Tie breaker.
    pub id: ContactId,
}

impl Place {
    /// Where a contact stands.
    pub fn of(card: &Card) -> Self {
        Self { last_at: card.last_at, sorted_as: card.sorted_as.clone(), id: card.contact.id.clone() }
    }

    fn order(&self, other: &Self, order: Order) -> Ordering {
        match order {
            Order::Newest => (other.last_at, &other.id).cmp(&(self.last_at, &self.id)),
            Order::Name => (&self.sorted_as, &self.id).cmp(&(&other.sorted_as, &other.id)),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.last_at.0, self.sorted_as, self.id)
    }
}

impl FromStr for Place {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (last_at, rest) = text.split_once('.').ok_or(())?;
        let (sorted_as, id) = rest.split_once('.').ok_or(())?;
        Ok(Self { last_at: Moment(last_at.parse().map_err(drop)?), sorted_as: sorted_as.to_owned(), id: id.parse().map_err(drop)? })
    }
}

/// The loaded part of the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contacts {
    /// Number of the last event this state knows.
    pub head: i64,
    /// What was asked for.
    pub asked: Asked,
    /// What is searched for, folded: every one is the beginning of a word.
    pub terms: Vec<String>,
    /// Contacts from the beginning, in their order.
    pub cards: Vec<Card>,
    /// Place after which there are more, if there are.
    pub more: Option<Place>,
    /// Somebody changed whom only the server can filter: it is to be loaded anew.
    pub behind: bool,
}

/// A further part of the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Contacts after the place asked for.
    pub cards: Vec<Card>,
    /// Place after which there are more, if there are.
    pub more: Option<Place>,
}

impl Contacts {
    /// Takes in what happened. Old numbers are ignored.
    pub fn apply(&mut self, told: &Told) {
        if told.event.seq <= self.head {
            return;
        }
        self.head = told.event.seq;
        if !self.asked.filters.is_empty() {
            self.behind |= !told.event.contacts.is_empty();
            return;
        }
        for id in &told.event.contacts {
            self.cards.retain(|card| card.contact.id != *id);
        }
        for seen in told.contacts.iter().filter(|seen| told.event.contacts.contains(&seen.card.contact.id)) {
            if found(&self.terms, seen) {
                self.put(seen.card.clone());
            }
        }
    }

    /// Appends a further part, as loaded.
    pub fn extend(&mut self, part: Part) {
        self.more = part.more;
        for card in part.cards {
            if !self.cards.iter().any(|known| known.contact.id == card.contact.id) {
                self.insert(card);
            }
        }
    }

    fn put(&mut self, card: Card) {
        let place = Place::of(&card);
        if self.more.as_ref().is_none_or(|end| place.order(end, self.asked.order).is_le()) {
            self.insert(card);
        }
    }

    fn insert(&mut self, card: Card) {
        let (place, order) = (Place::of(&card), self.asked.order);
        let at = self.cards.partition_point(|known| Place::of(known).order(&place, order).is_lt());
        self.cards.insert(at, card);
    }
}

/// Whether each term is the beginning of one of the contact's words.
fn found(terms: &[String], seen: &Seen) -> bool {
    terms.iter().all(|term| seen.words.iter().any(|word| word.starts_with(term.as_str())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_reads_back_from_its_query() {
        let filters = vec!["phone.unknown.".parse().unwrap(), "name.contains.a&b".parse().unwrap()];
        let asked = Asked { search: "são & co".into(), filters, order: Order::Name };
        assert_eq!(asked.to_query(), "search=s%C3%A3o%20%26%20co&filter=phone.unknown.&filter=name.contains.a%26b&order=name");
        let pairs = [
            ("search", " são & co "),
            ("filter", "phone.unknown."),
            ("filter", "name.is."),
            ("filter", "name.contains.a&b"),
            ("order", "name"),
        ];
        assert_eq!(Asked::from_pairs(pairs), asked);
        assert_eq!(Asked::default().to_query(), "");
        assert_eq!(Asked::new("", "sideways"), Asked::default());
    }

    #[test]
    fn the_form_adds_one_filter_to_those_there_are() {
        let pairs = [("filter", "phone.unknown."), ("field", "organisation"), ("test", "is"), ("value", " Acme ")];
        assert_eq!(Asked::from_pairs(pairs).to_query(), "filter=phone.unknown.&filter=organisation.is.Acme");
        let named = [("field", "attribute"), ("name", "plan"), ("test", "is"), ("value", "Gold")];
        assert_eq!(Asked::from_pairs(named).to_query(), "filter=attribute.is.plan%3DGold");
        // twice the same is once, and nothing is nothing
        let again = [("filter", "phone.unknown."), ("field", "phone"), ("test", "unknown"), ("value", "")];
        assert_eq!(Asked::from_pairs(again).filters.len(), 1);
        assert!(Asked::from_pairs([("field", "name"), ("test", "is"), ("value", " ")]).filters.is_empty());
    }

    #[test]
    fn a_place_reads_back() {
        let place = Place { last_at: Moment(-7), sorted_as: "ana0reis".into(), id: ContactId::new() };
        assert_eq!(place.to_string().parse(), Ok(place));
        assert_eq!("7.x".parse::<Place>(), Err(()));
    }
}
