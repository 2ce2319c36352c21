//! Organisations that contacts work or write for: what an agent types of one, the list of them, and the page of one as a screen holds
//! it. `apply` moves what it can know by an event; what it cannot it says (`behind`), and the screen loads anew.

use serde::{Deserialize, Serialize};

use crate::{
    Moment, OrganisationId, Refusal, Why,
    address::{EmailAddress, line_of_field, text_of_field},
    contact::{
        Card,
        form::ORGANISATION_MOST,
        profile::{Mark, Part},
    },
    conversation::Line,
    event::{Told, What},
};

/// Most domains of an organisation.
pub const DOMAINS_MOST: u32 = 20;
/// Most characters of what is written of one.
pub const NOTES_MOST: u32 = 5_000;
/// Contacts that the list counts of each; where there are more it says so.
pub const COUNTED_MOST: i64 = 99;
/// Most characters of what is searched for.
const SEARCH_MOST: usize = 100;

/// An organisation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Organisation {
    /// Identity.
    pub id: OrganisationId,
    /// Name.
    pub name: String,
    /// Domains whose addresses bring a new contact into it, by name.
    pub domains: Vec<String>,
    /// What agents write of it.
    pub notes: String,
    /// Since when it is known.
    pub created_at: Moment,
    /// When one of these was last changed.
    pub changed_at: Moment,
}

/// What stands in the form.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct OrganisationForm {
    /// Name.
    pub name: String,
    /// Domains, a line each.
    pub domains: String,
    /// Notes, may be empty.
    pub notes: String,
}

/// The same, checked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Described {
    /// Name.
    pub name: String,
    /// Domains in lower case, each once, by name.
    pub domains: Vec<String>,
    /// Notes, or empty.
    pub notes: String,
}

impl OrganisationForm {
    /// Checks every field. Which domains are everybody's the server knows alone.
    pub fn check(&self) -> Result<Described, Refusal> {
        let mut domains = vec![];
        for line in self.domains.split(['\n', ',', ';', ' ']).map(str::trim).filter(|line| !line.is_empty()) {
            domains.push(domain(line)?);
        }
        domains.sort();
        domains.dedup();
        if domains.len() > DOMAINS_MOST as usize {
            return Err(Refusal::invalid("domains", Why::TooMany(DOMAINS_MOST)));
        }
        let notes = if self.notes.trim().is_empty() { String::new() } else { text_of_field("notes", &self.notes, NOTES_MOST)? };
        Ok(Described { name: line_of_field("name", &self.name, ORGANISATION_MOST)?, domains, notes })
    }
}

/// A domain, also out of an address or the address of a site.
fn domain(line: &str) -> Result<String, Refusal> {
    let line = line.split_once("://").map_or(line, |(_, rest)| rest);
    let line = line.rsplit_once('@').map_or(line, |(_, domain)| domain);
    let line = line.split('/').next().unwrap_or_default().trim_matches('.');
    let line = line.strip_prefix("www.").unwrap_or(line);
    let wrong = || Refusal::invalid("domains", Why::NotADomain);
    let address = EmailAddress::of_field("domains", &format!("x@{line}")).map_err(|_| wrong())?;
    let (_, domain) = address.as_str().rsplit_once('@').ok_or_else(wrong)?;
    if domain.contains('.') { Ok(domain.to_lowercase()) } else { Err(wrong()) }
}

/// What is searched for, no longer than it is looked at.
pub fn searched(text: &str) -> String {
    text.trim().chars().take(SEARCH_MOST).collect()
}

/// An organisation as the list shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// Which.
    pub id: OrganisationId,
    /// Name.
    pub name: String,
    /// What it is sorted as: where the list goes on after it.
    pub place: String,
    /// Its domains, by name.
    pub domains: Vec<String>,
    /// How many contacts it has; one more than [`COUNTED_MOST`] where there are more.
    pub contacts: i64,
    /// When something was last said with one of them.
    pub last_at: Option<Moment>,
}

/// The loaded part of the list, by name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Organisations {
    /// Number of the last event this state knows.
    pub head: i64,
    /// What was searched for: beginnings of words of the name, or a part of a domain.
    pub search: String,
    /// Those that are found, from the beginning.
    pub rows: Vec<Row>,
    /// Place after which there are more, if there are.
    pub more: Option<String>,
    /// More happened than could be taken in: it is to be loaded anew.
    pub behind: bool,
}

/// A further part of the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowPart {
    /// Those after the place asked for.
    pub rows: Vec<Row>,
    /// Place after which there are more, if there are.
    pub more: Option<String>,
}

impl Organisations {
    /// Takes in what happened. Old numbers are ignored.
    pub fn apply(&mut self, told: &Told) {
        if told.event.seq <= self.head {
            return;
        }
        self.head = told.event.seq;
        // who is gone, went into somebody else or is known otherwise since this event may be in another one
        let moved = told.event.contacts.iter().any(|id| {
            let seen = told.contacts.iter().find(|seen| seen.card.contact.id == *id);
            seen.is_none_or(|seen| seen.card.changed_at >= told.event.at)
        });
        let changed = matches!(told.event.what, What::OrganisationChanged | What::ContactChanged | What::ContactsMerged);
        self.behind |= changed || moved;
        for card in told.contacts.iter().map(|seen| &seen.card) {
            for row in self.rows.iter_mut().filter(|row| card.organisation_id.as_ref() == Some(&row.id)) {
                row.last_at = row.last_at.max(Some(card.last_at));
            }
        }
    }

    /// Appends a further part, as loaded.
    pub fn extend(&mut self, part: RowPart) {
        self.more = part.more;
        let known = |row: &Row| self.rows.iter().any(|other| other.id == row.id);
        let new: Vec<Row> = part.rows.into_iter().filter(|row| !known(row)).collect();
        self.rows.extend(new);
    }
}

/// An opened organisation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opened {
    /// Number of the last event this state knows.
    pub head: i64,
    /// Which.
    pub organisation: Organisation,
    /// How many contacts it has.
    pub contacts: i64,
    /// Those something was last said with.
    pub cards: Vec<Card>,
    /// The loaded part of its contacts' conversations, newest first.
    pub lines: Vec<Line>,
    /// Place after which there are more, if there are.
    pub more: Option<Mark>,
    /// More happened than could be taken in: it is to be loaded anew.
    pub behind: bool,
}

impl Opened {
    /// Takes in what happened. Old numbers are ignored.
    pub fn apply(&mut self, told: &Told) {
        if told.event.seq <= self.head {
            return;
        }
        self.head = told.event.seq;
        let event = &told.event;
        let mut cards = told.contacts.iter().map(|seen| &seen.card);
        // who belongs to it, or did
        self.behind |= event.what == What::OrganisationChanged
            || cards.any(|card| card.organisation_id.as_ref() == Some(&self.organisation.id))
            || self.cards.iter().any(|card| event.contacts.contains(&card.contact.id))
            || self.lines.iter().any(|line| event.contacts.contains(&line.contact.id) || event.conversation.as_ref() == Some(&line.id))
            // one more may have left who is not shown
            || matches!(event.what, What::ContactChanged | What::ContactsMerged | What::PersonErased);
    }

    /// Appends a further part of its conversations, as loaded.
    pub fn extend(&mut self, part: Part) {
        self.more = part.more;
        for line in part.lines {
            if !self.lines.iter().any(|known| known.id == line.id) {
                self.lines.push(line);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(name: &str, domains: &str) -> OrganisationForm {
        OrganisationForm { name: name.into(), domains: domains.into(), ..OrganisationForm::default() }
    }

    #[test]
    fn domains_are_taken_out_of_what_is_typed() {
        let typed = "ACME.example\r\nana@shop.acme.example, https://www.acme.example/about acme.example";
        assert_eq!(form(" Acme  Ltd ", typed).check().unwrap().domains, ["acme.example", "shop.acme.example"]);
        assert_eq!(form(" Acme  Ltd ", "").check().unwrap().name, "Acme Ltd");
    }

    #[test]
    fn what_is_no_domain_is_refused() {
        for wrong in ["acme", "a b@", "acme..example", "-", "<b>.example"] {
            assert_eq!(form("Acme", wrong).check(), Err(Refusal::invalid("domains", Why::NotADomain)), "{wrong}");
        }
        assert_eq!(form(" ", "").check(), Err(Refusal::invalid("name", Why::Required)));
        let many = (0..=DOMAINS_MOST).map(|n| format!("a{n}.example")).collect::<Vec<_>>().join("\n");
        assert_eq!(form("Acme", &many).check(), Err(Refusal::invalid("domains", Why::TooMany(DOMAINS_MOST))));
    }
}
