//! A filter of contacts as a condition on `contact k`. Texts are compared folded, telephone numbers by their digits, days as the
//! property's. What is contained in the middle of a text is looked for contact by contact, in the order of the list.

use model::{
    Moment,
    contact::filter::{Field, Filter, Test, day_of},
    conversation::tag,
    moment::{Local, Zone},
};

use super::super::Query;
use crate::contact::{digits, key};

/// What holds of a contact.
pub fn of(query: &mut Query, scope: &str, zone: &Zone, filter: &Filter) -> String {
    match filter.field {
        Field::Name => text(query, "k.sorted_as", "k.name <> ''", filter),
        Field::Organisation => text(query, "k.organisation_as", "k.organisation is not null", filter),
        Field::Phone => phone(query, filter),
        Field::Email => email(query, scope, filter),
        Field::Tag => tagged(query, scope, filter),
        Field::Attribute => attribute(query, scope, filter),
        Field::Created => day(query, "k.created_at", zone, filter),
        Field::Changed => day(query, CHANGED, zone, filter),
        Field::Active => day(query, "k.last_at", zone, filter),
    }
}

/// A column that holds folded text, where something is known.
fn text(query: &mut Query, column: &str, known: &str, filter: &Filter) -> String {
    let wanted = key(&filter.value);
    match filter.test {
        Test::Known => known.to_owned(),
        Test::Unknown => format!("not ({known})"),
        // nothing but signs: no text is that
        Test::IsNot if wanted.is_empty() => ALL.to_owned(),
        _ if wanted.is_empty() => NONE.to_owned(),
        Test::IsNot => format!("not ({known} and {column} = {})", query.text(&wanted)),
        Test::Contains => format!("{known} and {column} like {}", query.text(&format!("%{wanted}%"))),
        _ => format!("{known} and {column} = {}", query.text(&wanted)),
    }
}

fn phone(query: &mut Query, filter: &Filter) -> String {
    let wanted = digits(std::slice::from_ref(&filter.value));
    let wanted = wanted.trim();
    match filter.test {
        Test::Known => "k.phones <> '[]'".to_owned(),
        Test::Unknown => "k.phones = '[]'".to_owned(),
        Test::IsNot if wanted.is_empty() => ALL.to_owned(),
        _ if wanted.is_empty() => NONE.to_owned(),
        Test::IsNot => format!("k.phone_digits not like {}", query.text(&format!("% {wanted} %"))),
        Test::Contains => format!("k.phone_digits like {}", query.text(&format!("%{wanted}%"))),
        _ => format!("k.phone_digits like {}", query.text(&format!("% {wanted} %"))),
    }
}

fn email(query: &mut Query, scope: &str, filter: &Filter) -> String {
    let wanted = filter.value.to_lowercase();
    let any = |condition: String| {
        format!("exists (select 1 from contact_address a where a.property = {scope} and a.contact = k.id and {condition})")
    };
    match filter.test {
        Test::Known => "k.email <> ''".to_owned(),
        Test::Unknown => "k.email = ''".to_owned(),
        Test::IsNot => format!("not {}", any(format!("a.email = {}", query.text(&wanted)))),
        Test::Contains => any(format!("a.email like {} escape '!'", query.text(&inside(&wanted)))),
        _ => any(format!("a.email = {}", query.text(&wanted))),
    }
}

/// What `like` finds a text by that stands in another: each sign is itself.
fn inside(text: &str) -> String {
    let text: String = text.chars().flat_map(|c| if "%_!".contains(c) { vec!['!', c] } else { vec![c] }).collect();
    format!("%{text}%")
}

/// A tag, whoever says it.
fn tagged(query: &mut Query, scope: &str, filter: &Filter) -> String {
    let any =
        |condition: String| format!("exists (select 1 from contact_tag g where g.property = {scope} and g.contact = k.id{condition})");
    match (filter.test, tag(&filter.value)) {
        (Test::Known, _) => any(String::new()),
        (Test::Unknown, _) => format!("not {}", any(String::new())),
        // nobody has what is no tag
        (Test::IsNot, None) => ALL.to_owned(),
        (_, None) => NONE.to_owned(),
        (Test::IsNot, Some(tag)) => format!("not {}", any(format!(" and g.tag = {}", query.text(&tag)))),
        (Test::Contains, Some(tag)) => any(format!(" and g.tag like {} escape '!'", query.text(&inside(&tag)))),
        (_, Some(tag)) => any(format!(" and g.tag = {}", query.text(&tag))),
    }
}

/// What is known under a name, whoever says it.
fn attribute(query: &mut Query, scope: &str, filter: &Filter) -> String {
    let (name, value) = filter.named();
    let (name, value) = (query.text(&key(name)), key(value));
    let any = |condition: String| {
        format!(
            "exists (select 1 from contact_attribute b where b.property = {scope} and b.contact = k.id and b.name_as = {name}{condition})"
        )
    };
    match filter.test {
        Test::Known => any(String::new()),
        Test::Unknown => format!("not {}", any(String::new())),
        Test::IsNot if value.is_empty() => ALL.to_owned(),
        _ if value.is_empty() => NONE.to_owned(),
        Test::IsNot => format!("not {}", any(format!(" and b.value_as = {}", query.text(&value)))),
        Test::Contains => any(format!(" and b.value_as like {}", query.text(&format!("%{value}%")))),
        _ => any(format!(" and b.value_as = {}", query.text(&value))),
    }
}

/// From the beginning of a day on, or up to its end.
fn day(query: &mut Query, column: &str, zone: &Zone, filter: &Filter) -> String {
    let Some((year, month, day)) = day_of(&filter.value) else { return NONE.to_owned() };
    let begins = |days: i64| -> Moment {
        let local = Local { year, month, day, hour: 0, minute: 0 };
        zone.moment(local.plus_days(days))
    };
    if filter.test == Test::Until {
        format!("{column} < {}", query.number(begins(1).0))
    } else {
        format!("{column} >= {}", query.number(begins(0).0))
    }
}

/// Whoever was never changed is as they came.
const CHANGED: &str = "(case when k.changed_at > k.created_at then k.changed_at else k.created_at end)";
const ALL: &str = "1 = 1";
const NONE: &str = "1 = 0";
