//! Where a row of a table ends up: somebody new, somebody who is known by an address, or by telephone and name; nobody, when its
//! addresses are of two. What is known here is kept: a row fills what is empty, and adds to what is many.

use std::collections::BTreeSet;

use model::{
    ContactId, PropertyId, Refusal, Why,
    address::EmailAddress,
    contact::{
        form::{EMAILS_MOST, PHONES_MOST},
        import::Given,
        merge::{Common, Sheet, Told},
    },
    conversation::TAGS_MOST,
    visitor::ATTRIBUTES_MOST,
};

use super::super::{card, fold, merge, sign};
use crate::{Fault, Result, db::Conn, line::word};

/// What becomes of a row.
pub(super) enum Place {
    /// Somebody new.
    New(Told),
    /// Somebody of whom more is known by it.
    Known(ContactId, Told),
    /// It says nothing new.
    Same,
}

/// Where a row ends up.
pub(super) async fn place(conn: &mut Conn, property: &PropertyId, given: &Given) -> Result<Place> {
    let Some((id, sheet)) = known_of(conn, property, given).await? else {
        within(given.tags.len(), "tag", TAGS_MOST)?;
        within(given.attributes.len(), "name", ATTRIBUTES_MOST)?;
        return Ok(Place::New(told(given)));
    };
    let before = Told::of(&sheet);
    let mut after = before.clone();
    let fill = |known: &mut String, said: &str| {
        if known.is_empty() {
            said.clone_into(known);
        }
    };
    fill(&mut after.name, &given.facts.name);
    fill(&mut after.organisation, &given.facts.organisation);
    fill(&mut after.email, given.facts.emails.first().map_or("", EmailAddress::as_str));
    let numbers: BTreeSet<String> = before.phones.iter().map(|phone| fold::digits(std::slice::from_ref(phone))).collect();
    let new = given.facts.phones.iter().filter(|phone| !numbers.contains(&fold::digits(std::slice::from_ref(phone))));
    after.phones.extend(new.cloned());
    after.tags.extend(given.tags.iter().filter(|tag| !before.tags.contains(tag)).cloned());
    after.tags.sort();
    after.attributes.extend(given.attributes.clone());
    let emails: BTreeSet<&str> =
        sheet.emails.iter().map(String::as_str).chain(given.facts.emails.iter().map(EmailAddress::as_str)).collect();
    within(emails.len(), "emails", EMAILS_MOST)?;
    within(after.phones.len(), "phones", PHONES_MOST)?;
    within(after.tags.len(), "tag", TAGS_MOST)?;
    within(after.attributes.len(), "name", ATTRIBUTES_MOST)?;
    Ok(if after == before && emails.len() == sheet.emails.len() { Place::Same } else { Place::Known(id, after) })
}

/// Who a row is about, and what is known of them; locked, so that nobody changes it until the row is written.
async fn known_of(conn: &mut Conn, property: &PropertyId, given: &Given) -> Result<Option<(ContactId, Sheet)>> {
    // one that went into another while its row was waited for is looked for again
    for _ in 0..3 {
        let Some(id) = known(conn, property, given).await? else { return Ok(None) };
        let locked = sqlx::query("update contact set created_at = created_at where property = $1 and id = $2 and merged_into is null")
            .bind(property.as_str())
            .bind(id.as_str())
            .execute(&mut *conn)
            .await?;
        if locked.rows_affected() == 1
            && let Some(sheet) = merge::sheet(conn, property, &id).await?
        {
            return Ok(Some((id, sheet)));
        }
    }
    Err(Fault::Race.into())
}

fn within(n: usize, field: &'static str, most: u32) -> Result<(), Refusal> {
    if n > most as usize { Err(Refusal::invalid(field, Why::TooMany(most))) } else { Ok(()) }
}

fn told(given: &Given) -> Told {
    Told {
        name: given.facts.name.clone(),
        organisation: given.facts.organisation.clone(),
        email: given.facts.emails.first().map_or_else(String::new, |email| email.as_str().to_owned()),
        phones: given.facts.phones.clone(),
        tags: given.tags.clone(),
        attributes: given.attributes.clone(),
    }
}

/// Who a row is about, if they are known.
async fn known(conn: &mut Conn, property: &PropertyId, given: &Given) -> Result<Option<ContactId>> {
    let mut found = BTreeSet::new();
    for email in &given.facts.emails {
        found.extend(super::super::find(conn, property, email.as_str()).await?.map(|contact| contact.id));
    }
    if found.len() > 1 {
        return Err(Refusal::Taken { field: "emails".into() }.into());
    }
    if found.is_empty() && given.facts.emails.is_empty() && !given.facts.name.is_empty() {
        // nobody has a telephone number alone: the name is theirs, too
        let name = fold::key(&given.facts.name);
        for told in given.facts.phones.iter().filter_map(|phone| sign::of_phone(phone)) {
            let rows = sqlx::query("select contact from contact_sign where property = $1 and sign = $2 limit $3")
                .bind(property.as_str())
                .bind(format!("{}:{told}", Common::Phone))
                .bind(sign::SHARED_MOST)
                .fetch_all(&mut *conn)
                .await?;
            for row in &rows {
                let id: ContactId = word(row, "contact")?;
                let same = card::card(conn, property, &id).await?.is_some_and(|card| fold::key(&card.contact.name) == name);
                found.extend(same.then_some(id));
            }
        }
    }
    Ok(found.into_iter().next())
}
