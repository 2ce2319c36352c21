//! The Inbox as a screen holds it: the loaded part of one view, and the counters.
//! `apply` keeps it equal to what a fresh load would give.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    AgentId, Moment,
    conversation::Line,
    event::Told,
    saved_view::{self, SavedView},
    view::{Key, View},
};

/// A line and what the looking agent has read of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// The line, the same for every agent.
    pub line: Line,
    /// Up to when this agent has read it.
    pub read_at: Option<Moment>,
}

impl Row {
    /// Whether something came that this agent has not read.
    pub fn unread(&self) -> bool {
        self.read_at.is_none_or(|at| at < self.line.last_at)
    }
}

/// The loaded part of a view.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inbox {
    /// Number of the last event this state knows.
    pub head: i64,
    /// Which view.
    pub view: View,
    /// Lines from its beginning, in its order.
    pub rows: Vec<Row>,
    /// Place after which there are more, if there are.
    pub more: Option<Key>,
    /// Counters by facet (`Line::facets`); what is not there is zero.
    pub tallies: BTreeMap<String, i64>,
    /// Views with a name: those that all agents see, then the own ones, each in their order.
    pub saved: Vec<SavedView>,
}

/// A further part of a view.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page {
    /// Lines after the place asked for.
    pub rows: Vec<Row>,
    /// Place after which there are more, if there are.
    pub more: Option<Key>,
}

impl Inbox {
    /// Takes in what happened. Old numbers are ignored, so that telling twice changes nothing.
    pub fn apply(&mut self, told: &Told, me: &AgentId) {
        if told.event.seq <= self.head {
            return;
        }
        self.head = told.event.seq;
        saved_view::apply(&mut self.saved, told);
        if let Some(counts) = &told.counts {
            self.tallies.clone_from(counts);
        }
        for (facet, n) in &told.event.tallies {
            if *n == 0 {
                self.tallies.remove(facet);
            } else if saved_view::seen(&self.saved, facet) {
                self.tallies.insert(facet.clone(), *n);
            }
        }
        for seen in &told.contacts {
            let theirs = self.rows.iter_mut().filter(|row| row.line.contact.id == seen.card.contact.id);
            theirs.for_each(|row| row.line.contact.clone_from(&seen.card.contact));
        }
        let Some(id) = &told.event.conversation else { return };
        let known = self.rows.iter().position(|row| row.line.id == *id);
        let Some(line) = &told.line else {
            if let Some(place) = known {
                self.rows.remove(place);
            }
            return;
        };
        let read_at = told.read.iter().find(|(agent, _)| agent == me).map(|(_, at)| *at);
        if let Some(place) = known {
            if self.rows[place].line.seq > line.seq {
                self.rows[place].read_at = read_at;
                return;
            }
            self.rows.remove(place);
        }
        if self.view.matches(line) {
            self.put(Row { line: line.clone(), read_at });
        }
    }

    /// Appends a further part, as loaded.
    pub fn extend(&mut self, page: Page) {
        self.more = page.more;
        // one walk over what may be a hundred thousand rows, not one for each that came
        let mut came: Vec<_> = vec![];
        for row in &page.rows {
            came.insert(came.partition_point(|id| *id < &row.line.id), &row.line.id);
        }
        let ids = self.rows.iter().map(|row| &row.line.id);
        let known: Vec<_> = ids.filter(|id| came.binary_search(id).is_ok()).cloned().collect();
        for row in page.rows {
            if !known.contains(&row.line.id) {
                let key = self.view.key(&row.line);
                let place = self.rows.partition_point(|known| self.view.order(&self.view.key(&known.line), &key).is_lt());
                self.rows.insert(place, row);
            }
        }
    }

    /// How many lines the whole view has, when that is known.
    pub fn total(&self) -> Option<i64> {
        let counted = self.view.facet().map(|facet| self.tally(&facet));
        counted.or_else(|| self.more.is_none().then(|| i64::try_from(self.rows.len()).unwrap_or(i64::MAX)))
    }

    /// A counter's value.
    pub fn tally(&self, facet: &str) -> i64 {
        self.tallies.get(facet).copied().unwrap_or(0)
    }

    fn put(&mut self, row: Row) {
        let key = self.view.key(&row.line);
        let beyond = self.more.as_ref().is_some_and(|end| self.view.order(&key, end).is_gt());
        if !beyond {
            let place = self.rows.partition_point(|known| self.view.order(&self.view.key(&known.line), &key).is_lt());
            self.rows.insert(place, row);
        }
    }
}
