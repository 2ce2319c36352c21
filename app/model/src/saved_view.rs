//! Views of the Inbox that agents gave a name: their own, and those that all agents of the property see.

use serde::{Deserialize, Serialize};

use crate::{
    Refusal, ViewId,
    address::line_of_field,
    conversation::Line,
    event::{Told, What},
    moment::MINUTE,
    view::View,
};

/// Most characters of a name.
pub const VIEW_NAME_MOST: u32 = 60;
/// Most views that an agent keeps for themselves.
pub const OWN_VIEWS_MOST: u32 = 20;
/// Most views that all agents of a property see.
pub const SHARED_VIEWS_MOST: u32 = 30;

/// A view with a name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedView {
    /// Its identity.
    pub id: ViewId,
    /// What it is called.
    pub name: String,
    /// Whether all agents see it, or the one alone who made it.
    pub shared: bool,
    /// Filters and order.
    pub view: View,
    /// Where it stands among the others, smallest first.
    pub place: i64,
}

impl SavedView {
    /// The counter that tells how many lines it has.
    pub fn facet(&self) -> String {
        facet(&self.id)
    }
}

/// The counter of a view with this id.
pub fn facet(id: &ViewId) -> String {
    format!("view:{id}")
}

/// Whether a counter is one to look at: not that of a view which somebody else keeps for themselves.
pub fn seen(known: &[SavedView], facet: &str) -> bool {
    facet.strip_prefix("view:").is_none_or(|id| known.iter().any(|view| view.id.as_str() == id))
}

/// A name as it was typed.
pub fn name_of_field(text: &str) -> Result<String, Refusal> {
    line_of_field("name", text, VIEW_NAME_MOST)
}

/// Whether a change of a line may take it into a view, or out of one.
pub fn concerns_views(before: Option<&Line>, after: Option<&Line>) -> bool {
    let judged = |line: &Line| {
        let soon = line.due.is_some_and(|due| due.soon);
        let many = (line.tags.clone(), line.followers.clone());
        // a day begins with a quarter of an hour in every zone: within one nothing comes or goes by its days
        let quarter = line.last_at.0.div_euclid(15 * MINUTE);
        (line.folder, line.kind, line.status, line.assignee.clone(), line.priority, line.missed, soon, many, quarter)
    };
    before.map(judged) != after.map(judged)
}

/// Takes in which views there are now: those that all see, or the own ones.
pub fn apply(known: &mut Vec<SavedView>, told: &Told) {
    let Some(views) = &told.views else { return };
    let shared = told.event.what == What::ViewsChanged;
    known.retain(|view| view.shared != shared);
    known.extend(views.iter().cloned());
    known.sort_by(|a, b| (!a.shared, a.place, &a.id).cmp(&(!b.shared, b.place, &b.id)));
}
