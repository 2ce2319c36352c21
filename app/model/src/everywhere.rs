//! The Inbox of all properties of an agent as a screen holds it: one part for each property, all of one view and up to one place, so that
//! together they are one list. Each part is an Inbox and keeps itself true by the log of its own property.

use serde::{Deserialize, Serialize};

use crate::{
    AgentId, Assignee, ConversationId, PropertyId,
    event::{People, Told},
    inbox::{Inbox, Page, Row},
    live::Frame,
    view::{Key, View},
};

/// What an agent sees of one property.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Which property.
    pub property: PropertyId,
    /// What it is called.
    pub name: String,
    /// Its agents and departments, who are named at rows.
    pub people: People,
    /// Its loaded part of the view.
    pub inbox: Inbox,
}

/// The loaded part of a view over all properties of an agent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Everywhere {
    /// Which view.
    pub view: View,
    /// A part for each property, by their names.
    pub parts: Vec<Part>,
    /// Place after which there are more in any of them, if there are.
    pub more: Option<Key>,
    /// Names of properties that ask for a second step first: nothing of theirs is shown.
    pub closed: Vec<String>,
}

/// A further part of a view over all properties.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Further {
    /// Of each property: the number of the last event that its rows know, and the rows.
    pub parts: Vec<(PropertyId, i64, Vec<Row>)>,
    /// Place after which there are more, if there are.
    pub more: Option<Key>,
}

/// Down the line of who looks at all properties.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Wide {
    /// What a tab in that property is told.
    In(PropertyId, Frame),
    /// Nothing but that the line is there.
    Beat,
    /// They may enter other properties now or see something else there, or the gap is too large: load the list anew.
    Reload,
}

impl View {
    /// The same without what is of one property alone.
    #[must_use]
    pub fn everywhere(self) -> Self {
        let assignee = self.assignee.filter(|who| !matches!(who, Assignee::Department(_)));
        Self { assignee, department: None, tag: None, ..self }
    }
}

/// Cuts pages of one view that begin at one place down to the first rows of all of them together; gives the place after which there are
/// more, if there are. Each page has `most` rows, or all there are.
pub fn cut(view: &View, pages: &mut [&mut Page], most: usize) -> Option<Key> {
    let mut keys: Vec<Key> = pages.iter().flat_map(|page| &page.rows).map(|row| view.key(&row.line)).collect();
    if keys.len() <= most && pages.iter().all(|page| page.more.is_none()) {
        return None;
    }
    keys.sort_by(|a, b| view.order(a, b));
    let end = keys.get(most.checked_sub(1)?)?.clone();
    for page in pages {
        page.rows.retain(|row| view.order(&view.key(&row.line), &end).is_le());
        page.more = Some(end.clone());
    }
    Some(end)
}

impl Everywhere {
    /// Takes in what happened in a property. Old numbers are ignored.
    pub fn apply(&mut self, property: &PropertyId, told: &Told, me: &AgentId) {
        let Some(part) = self.parts.iter_mut().find(|part| part.property == *property) else { return };
        if told.event.seq > part.inbox.head {
            if let Some(people) = &told.people {
                part.people.clone_from(people);
            }
            if let Some(property) = &told.property {
                part.name.clone_from(&property.name);
            }
        }
        part.inbox.apply(told, me);
        self.parts.sort_by(|a, b| (&a.name, &a.property).cmp(&(&b.name, &b.property)));
    }

    /// Appends a further part, as loaded; says whether a property was told more meanwhile than its rows know: it is to be told again.
    pub fn extend(&mut self, further: Further) -> bool {
        let mut behind = false;
        let mut found = further.parts;
        for part in &mut self.parts {
            let mut rows = vec![];
            if let Some(place) = found.iter().position(|(property, ..)| *property == part.property) {
                let (_, head, own) = found.swap_remove(place);
                rows = own;
                if head < part.inbox.head {
                    (part.inbox.head, behind) = (head, true);
                }
            }
            part.inbox.extend(Page { rows, more: further.more.clone() });
        }
        self.more = further.more;
        behind
    }

    /// The rows of a further part alone: a list that goes on without wasm.
    #[must_use]
    pub fn turned(mut self, further: Further) -> Self {
        self.parts.iter_mut().for_each(|part| part.inbox.rows.clear());
        _ = self.extend(further);
        self
    }

    /// The property of a row.
    pub fn part_of(&self, conversation: &ConversationId) -> Option<&Part> {
        self.parts.iter().find(|part| part.inbox.rows.iter().any(|row| row.line.id == *conversation))
    }

    /// From which event on each property is to be told.
    pub fn heads(&self) -> impl Iterator<Item = (&PropertyId, i64)> {
        self.parts.iter().map(|part| (&part.property, part.inbox.head))
    }

    /// All of it as one list in its order, with the sums of the counters.
    pub fn joined(&self) -> Inbox {
        let (mut rows, mut tallies) = (vec![], std::collections::BTreeMap::new());
        for part in &self.parts {
            rows.extend(part.inbox.rows.iter().map(|row| (self.view.key(&row.line), row)));
            for (facet, n) in &part.inbox.tallies {
                *tallies.entry(facet.clone()).or_default() += n;
            }
        }
        rows.sort_by(|(a, _), (b, _)| self.view.order(a, b));
        let rows = rows.into_iter().map(|(_, row)| row.clone()).collect();
        Inbox { head: 0, view: self.view.clone(), rows, more: self.more.clone(), tallies, saved: vec![] }
    }
}
