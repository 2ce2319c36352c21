//! A filter of contacts as a condition on `contact k`. Texts are compared folded, telephone numbers by their digits, days as the
//! property's. What is contained in the middle of a text is looked for contact by contact, in the order of the list.

use model::{
    Moment,
    contact::filter::{Field, Filter, Test, day_of},
    moment::{Local, Zone},
};

use super::super::Query;
use crate::contact::{digits, key};

/// What holds of a contact.
pub fn of(query: &mut Query, scope: &str, zone: &Zone, filter: &Filter) -> String {
    match filter.field {
        Field::Name => text(query, "k.sorted_as", "k.name <> ''", filter),
        Field::Organisation => text(query, "k.organisation_as", "k.organisation <> ''", filter),
        Field::Phone => phone(query, filter),
        Field::Email => email(query, scope, filter),
        Field::Created => day(query, "k.created_at", zone, filter),
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
        Test::Contains => {
            let inside: String = wanted.chars().flat_map(|c| if "%_!".contains(c) { vec!['!', c] } else { vec![c] }).collect();
            any(format!("a.email like {} escape '!'", query.text(&format!("%{inside}%"))))
        }
        _ => any(format!("a.email = {}", query.text(&wanted))),
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

const ALL: &str = "1 = 1";
const NONE: &str = "1 = 0";
