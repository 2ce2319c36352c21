//! Visitors: browsers on a customer's site; what they say of themselves, and what the site proves of them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    Moment, Refusal, Why,
    address::{EmailAddress, line_of_field},
    agent::NAME_MOST,
    message::Happening,
    moment::{DAY, SECOND},
};

/// What is known of a visitor. Name and address are claims of theirs until the site proved them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Guest {
    /// Name, or empty.
    pub name: String,
    /// Address, or empty.
    pub email: String,
    /// Telephone, or empty.
    pub phone: String,
    /// Whether the site vouches for them.
    pub proven: bool,
}

/// Details as a visitor typed them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct DetailsForm {
    /// Name.
    pub name: String,
    /// Address.
    pub email: String,
    /// Telephone.
    pub phone: String,
}

/// Details, checked; what was not given changes nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Details {
    /// Name, or empty.
    pub name: String,
    /// Address.
    pub email: Option<EmailAddress>,
    /// Telephone, or empty.
    pub phone: String,
}

/// Most characters of a telephone number.
pub const PHONE_MOST: u32 = 40;
/// Most attributes of a visitor.
pub const ATTRIBUTES_MOST: u32 = 30;
/// Most characters of an attribute's name.
pub const ATTRIBUTE_NAME_MOST: u32 = 40;
/// Most characters of an attribute's value.
pub const ATTRIBUTE_MOST: u32 = 255;

impl DetailsForm {
    /// Checks every field that is filled.
    pub fn check(&self) -> Result<Details, Refusal> {
        let line = |field, text: &str, most| if text.trim().is_empty() { Ok(String::new()) } else { line_of_field(field, text, most) };
        let email = match self.email.trim() {
            "" => None,
            text => Some(EmailAddress::of_field("email", text)?),
        };
        Ok(Details { name: line("name", &self.name, NAME_MOST)?, email, phone: line("phone", &self.phone, PHONE_MOST)? })
    }

    /// Checks every field, and asks for the address.
    pub fn check_with_address(&self) -> Result<Details, Refusal> {
        let details = self.check()?;
        if details.email.is_some() { Ok(details) } else { Err(Refusal::invalid("email", Why::Required)) }
    }

    /// What a site says of its visitor without proof: a claim like one's own in a form. Nobody sees its fields, so what cannot be a name
    /// or an address is left out; and an address that was proven, nothing says otherwise.
    pub fn claimed(&self, guest: &Guest) -> Details {
        let line = |text: &str, most| line_of_field("", text, most).unwrap_or_default();
        Details {
            name: line(&self.name, NAME_MOST),
            email: self.email.parse().ok().filter(|_| !guest.proven),
            phone: line(&self.phone, PHONE_MOST),
        }
    }
}

impl Details {
    /// These, and where they say nothing, the others.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        let either = |text: String, other| if text.is_empty() { other } else { text };
        Self { name: either(self.name, other.name), email: self.email.or(other.email), phone: either(self.phone, other.phone) }
    }
}

/// Attributes that a site gives a visitor, checked. One without a value is taken away.
pub fn attributes(given: &BTreeMap<String, String>) -> Result<BTreeMap<String, String>, Refusal> {
    if given.len() > ATTRIBUTES_MOST as usize {
        return Err(Refusal::invalid("attributes", Why::TooMany(ATTRIBUTES_MOST)));
    }
    let mut all = BTreeMap::new();
    for (name, value) in given {
        let name = line_of_field("attributes", name, ATTRIBUTE_NAME_MOST)?;
        let value = if value.trim().is_empty() { String::new() } else { line_of_field("attributes", value, ATTRIBUTE_MOST)? };
        all.insert(name, value);
    }
    Ok(all)
}

/// Something that happened on a site, as its script tells it: "added-to-cart", with details.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SiteEvent {
    /// What.
    pub name: String,
    /// Details, or empty.
    pub detail: String,
    /// When, if not just now: microseconds since 1970.
    pub at: i64,
}

/// Most events that go with words that begin a chat: the newest.
pub const SITE_EVENTS_MOST: usize = 20;
/// Most characters kept of an event's name.
const SITE_EVENT_NAME_MOST: usize = 60;
/// Most characters kept of its details.
const SITE_EVENT_DETAIL_MOST: usize = 255;

impl SiteEvent {
    /// As a conversation tells it, on one line and shortened, and when it was; none without a name.
    pub fn told(&self, now: Moment) -> Option<(Happening, Moment)> {
        let short = |text: &str, most: usize| {
            let line = text.replace('\0', "").split_whitespace().collect::<Vec<_>>().join(" ");
            if line.chars().count() > most { line.chars().take(most).chain(['…']).collect() } else { line }
        };
        let (name, detail) = (short(&self.name, SITE_EVENT_NAME_MOST), short(&self.detail, SITE_EVENT_DETAIL_MOST));
        let lately = now.plus(-DAY).0..now.0;
        let at = if lately.contains(&self.at) { Moment(self.at) } else { now };
        (!name.is_empty()).then_some((Happening::SiteEvent { name, detail }, at))
    }
}

/// What a customer's site says of its visitor, signed on its server by HMAC-SHA256 with the property's secret.
/// A signature counts until it expires, and for the first browser that shows it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Identity {
    /// The site's own id of the person.
    pub id: String,
    /// Their name, or empty.
    pub name: String,
    /// Their address, or empty.
    pub email: String,
    /// Until when it counts: seconds since 1970, at most a day ahead.
    pub expires: i64,
    /// Random characters, others for each signature.
    pub nonce: String,
    /// HMAC-SHA256 of [`Identity::signed`], in hexadecimal.
    pub signature: String,
}

/// Longest time an identity counts.
const IDENTITY_MOST: i64 = DAY;
/// Fewest characters of a nonce.
const NONCE_LEAST: usize = 16;
/// Most characters of a site's id, and of a nonce.
const IDENTITY_ID_MOST: usize = 200;

impl Identity {
    /// The text that is signed: one value to a line, in this order. No value may hold a line break, so that no two identities sign alike.
    pub fn signed(&self, key: &str) -> String {
        format!("recado-identity-1\n{key}\n{}\n{}\n{}\n{}\n{}", self.expires, self.nonce, self.id, self.email, self.name)
    }

    /// What is proven if the signature is right; none when it is malformed, has expired, or would count too long.
    pub fn details(&self, now: Moment) -> Option<Details> {
        let until = Moment(self.expires.checked_mul(SECOND)?);
        let lasts = until > now && until.since(now) <= IDENTITY_MOST;
        let one_line = ![&self.id, &self.name, &self.email, &self.nonce].iter().any(|value| value.chars().any(char::is_control));
        let bounded = (NONCE_LEAST..=IDENTITY_ID_MOST).contains(&self.nonce.len()) && (1..=IDENTITY_ID_MOST).contains(&self.id.len());
        if !(lasts && one_line && bounded) {
            return None;
        }
        DetailsForm { name: self.name.clone(), email: self.email.clone(), phone: String::new() }.check().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn identity() -> Identity {
        Identity { id: "42".into(), email: "ana@example.com".into(), expires: 1_000, nonce: "n".repeat(16), ..Identity::default() }
    }

    #[test]
    fn an_identity_expires_and_does_not_count_for_long() {
        let at = |seconds: i64| identity().details(Moment(seconds * SECOND)).is_some();
        assert!(at(999) && at(1_000 - 86_400));
        assert!(!at(1_000) && !at(1_000 - 86_401));
        assert!(Identity { expires: i64::MAX, ..identity() }.details(Moment(0)).is_none());
    }

    #[test]
    fn a_value_cannot_reach_into_the_next_line() {
        let moved = Identity { id: "42\nana@example.com".into(), email: String::new(), ..identity() };
        assert!(moved.details(Moment(0)).is_none());
        assert_ne!(identity().signed("a"), identity().signed("b"));
        assert!(Identity { nonce: "short".into(), ..identity() }.details(Moment(0)).is_none());
        assert!(Identity { id: String::new(), ..identity() }.details(Moment(0)).is_none());
    }

    #[test]
    fn a_claim_of_the_site_is_taken_as_far_as_it_can_be_one() {
        let form = DetailsForm { name: " Ana  Prado ".into(), email: "not an address".into(), phone: "1".repeat(99) };
        assert_eq!(form.claimed(&Guest::default()), Details { name: "Ana Prado".into(), ..Details::default() });
        let form = DetailsForm { email: "Ana@Example.com".into(), ..DetailsForm::default() };
        assert_eq!(form.claimed(&Guest::default()).email.map(String::from), Some("ana@example.com".into()));
        assert_eq!(form.claimed(&Guest { proven: true, ..Guest::default() }), Details::default());
        let typed = Details { name: "Typed".into(), ..Details::default() };
        assert_eq!(
            typed.clone().or(Details { name: "Said".into(), phone: "7".into(), email: None }),
            Details { phone: "7".into(), ..typed }
        );
    }

    #[test]
    fn an_event_of_the_site_is_one_short_line_of_the_last_day() {
        let now = Moment(5 * DAY);
        let event = SiteEvent { name: " added\nto cart".into(), detail: "x".repeat(999), at: now.0 - SECOND };
        let (happened, at) = event.told(now).unwrap();
        assert_eq!(
            (happened, at),
            (Happening::SiteEvent { name: "added to cart".into(), detail: "x".repeat(255) + "…" }, Moment(event.at))
        );
        for at in [0, -1, i64::MIN, i64::MAX, now.0 + 1] {
            assert_eq!(SiteEvent { at, ..event.clone() }.told(now).unwrap().1, now);
        }
        assert_eq!(SiteEvent { name: " \0".into(), ..event }.told(now), None);
    }

    #[test]
    fn an_offline_form_wants_an_address() {
        let form = DetailsForm { name: "Ana".into(), ..DetailsForm::default() };
        assert!(form.check().is_ok());
        assert_eq!(form.check_with_address(), Err(Refusal::invalid("email", Why::Required)));
    }
}
