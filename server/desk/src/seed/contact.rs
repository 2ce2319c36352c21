//! The people of a seeded world: what is known of them, what is noted, and the words they are found by.

use std::collections::{BTreeMap, BTreeSet};

use model::{Moment, NoteId, OrganisationId, PropertyId, contact::Contact, message::Author, moment::DAY};
use sqlx::Row as _;

use super::{
    rows::{self, Rows},
    world::{Chance, Made},
};
use crate::{
    Result,
    contact::{VERSION, digits, found_by, key, sorted_as, touch},
    db::Tx,
    line::word,
};

/// For whom people write (none of them exists).
const ORGANISATIONS: [&str; 14] = [
    "Atelier Lumen",
    "Baker & Reed Interiors",
    "Casa do Cedro",
    "Colégio Novo Rumo",
    "Edelholz Werkstatt",
    "Estudio Almendra",
    "Fabrik Neun",
    "Hotel Miramar",
    "Instituto Horizonte",
    "Maison Clairval",
    "Northlight Offices",
    "Padaria Sol Nascente",
    "Taller Olivo",
    "Walsh Property Group",
];
/// Telephone numbers, `#` for a digit.
const PHONES: [&str; 6] =
    ["+351 9## ### ###", "+55 11 9####-####", "+49 30 #######", "+33 6 ## ## ## ##", "+34 6## ### ###", "+44 7### ######"];
/// What agents note.
const NOTES: [&str; 8] = [
    "Prefers to be called in the afternoon, never before ten.",
    "Buys for the whole office: always ask for the purchase order number.",
    "Had two damaged deliveries last year. Offered free delivery for the next order.",
    "Speaks French as well, and likes it.",
    "Invoices go to accounting, not to this address.",
    "Very kind. Sent us photographs of the finished living room.",
    "Moves house in spring: check the address before each delivery.",
    "Wants the catalogue on paper every season.",
];

/// Tags of contacts.
const TAGS: [&str; 6] = ["architect", "newsletter", "reseller", "school", "trade", "vip"];

/// What agents say of somebody besides.
struct More {
    tags: BTreeSet<&'static str>,
    attributes: BTreeMap<&'static str, String>,
}

impl More {
    fn of(email: &str) -> Self {
        let mut chance = chance(&format!("{email} "));
        let tags = (0..chance.below(100) / 60).map(|_| *chance.one(&TAGS)).collect();
        let mut attributes = BTreeMap::new();
        if chance.percent(30) {
            attributes.insert("Customer number", format!("K-{}", 10_000 + chance.below(90_000)));
        }
        if chance.percent(25) {
            attributes.insert("Plan", (*chance.one(&["Basic", "Plus", "Studio"])).to_owned());
        }
        Self { tags, attributes }
    }
}

/// What is known of somebody, by their address alone: the same each time.
fn chance(email: &str) -> Chance {
    Chance::of(email.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)))
}

fn phone(chance: &mut Chance) -> String {
    let form = *chance.one(&PHONES);
    form.chars().map(|c| if c == '#' { char::from(b'0' + u8::try_from(chance.below(10)).unwrap_or(0)) } else { c }).collect()
}

/// The id of an organisation in a seeded world: the same each time.
fn organisation_id(name: &str) -> String {
    let place = ORGANISATIONS.iter().position(|known| *known == name).unwrap_or_default();
    OrganisationId::from_bits((place as u128 + 1) << 64).to_string()
}

/// The organisations, once.
async fn organisations(tx: &mut Tx, property: &PropertyId) -> Result<()> {
    let now = tx.now();
    for name in ORGANISATIONS {
        sqlx::query(
            "insert into organisation (property, id, name, name_as, created_at, changed_at) values ($1, $2, $3, $4, $5, $5) \
             on conflict do nothing",
        )
        .bind(property.as_str())
        .bind(organisation_id(name))
        .bind(name)
        .bind(key(name))
        .bind(now.0)
        .execute(tx.conn())
        .await?;
    }
    Ok(())
}

/// Contacts of a batch under the ids they have: those of an earlier batch are there already.
pub async fn put(tx: &mut Tx, property: &PropertyId, made: &[Made]) -> Result<BTreeMap<String, Contact>> {
    let mut all: BTreeMap<String, Contact> = made.iter().map(|made| (made.line.contact.email.clone(), made.line.contact.clone())).collect();
    let own = || rows::Value::from(property.as_str());
    let mut contacts = Rows::of(
        "contact",
        &[
            "property",
            "id",
            "name",
            "email",
            "created_at",
            "organisation",
            "phones",
            "last_at",
            "sorted_as",
            "organisation_as",
            "phone_digits",
            "tags",
            "attributes",
            "index_version",
        ],
    );
    let mut tagged = Rows::of("contact_tag", &["property", "tag", "contact"]);
    let mut attributed = Rows::of("contact_attribute", &["property", "contact", "name_as", "value_as", "name"]);
    let mut addresses = Rows::of("contact_address", &["property", "email", "contact"]);
    let mut words = Rows::of("contact_word", &["property", "contact", "word"]);
    let mut notes = Rows::of("contact_note", &["property", "id", "contact", "author", "body", "at"]);
    let known = rows::known(tx, property.as_str(), all.keys()).await?;
    organisations(tx, property).await?;
    for (email, contact) in &mut all {
        let theirs = || made.iter().filter(|made| made.line.contact.email == *email);
        let last_at = theirs().map(|made| made.line.last_at).max().unwrap_or(contact.created_at);
        if let Some(row) = known.iter().find(|row| row.try_get::<&str, _>("email").is_ok_and(|known| known == email)) {
            (contact.id, contact.name) = (word(row, "id")?, row.try_get("name")?);
            touch(tx, property, &contact.id, last_at).await?;
            continue;
        }
        let mut chance = chance(email);
        let organisation = if chance.percent(38) { *chance.one(&ORGANISATIONS) } else { "" };
        let phones: Vec<String> = (0..chance.below(100) / 45).map(|_| phone(&mut chance)).collect();
        let more = More::of(email);
        let mut emails = vec![email.clone()];
        if chance.percent(18) {
            emails.push(format!("private.{email}"));
        }
        contacts.push([
            own(),
            contact.id.as_str().into(),
            contact.name.as_str().into(),
            email.as_str().into(),
            contact.created_at.0.into(),
            Some(organisation).filter(|name| !name.is_empty()).map(organisation_id).into(),
            serde_json::to_string(&phones)?.into(),
            last_at.0.into(),
            sorted_as(&contact.name, email).into(),
            key(organisation).into(),
            digits(&phones).into(),
            serde_json::to_string(&more.tags)?.into(),
            serde_json::to_string(&more.attributes)?.into(),
            VERSION.into(),
        ]);
        for tag in &more.tags {
            tagged.push([own(), (*tag).into(), contact.id.as_str().into()]);
        }
        for (name, value) in &more.attributes {
            attributed.push([own(), contact.id.as_str().into(), key(name).into(), key(value).into(), (*name).into()]);
        }
        for email in &emails {
            addresses.push([own(), email.as_str().into(), contact.id.as_str().into()]);
        }
        for word in found_by(&contact.name, organisation, &emails, &phones) {
            words.push([own(), contact.id.as_str().into(), word.into()]);
        }
        let agent = theirs().flat_map(|made| &made.said).find(|said| matches!(said.author, Author::Agent { .. }));
        let is_told = chance.percent(22);
        for said in agent.into_iter().filter(|_| is_told) {
            let at = Moment(said.at.0).plus(DAY / 24).min(tx.now());
            notes.push([
                own(),
                NoteId::from_bits(chance.bits(at)).as_str().into(),
                contact.id.as_str().into(),
                serde_json::to_string(&said.author)?.into(),
                (*chance.one(&NOTES)).into(),
                at.0.into(),
            ]);
        }
    }
    for rows in [contacts, addresses, words, notes, tagged, attributed] {
        rows.write(tx).await?;
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seeded_telephone_numbers_are_taken_by_the_form() {
        let mut chance = chance("joana@example.com");
        for _ in 0..50 {
            let form = model::contact::form::ContactForm { phones: phone(&mut chance), ..Default::default() };
            assert!(form.check().is_ok(), "{}", form.phones);
        }
    }
}
