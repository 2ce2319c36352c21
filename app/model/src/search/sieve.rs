//! What operators ask of a conversation. The same rules decide here (on values) and in the filter compiler (as SQL); a test holds
//! the two together.

use std::mem::discriminant;

use crate::{
    DepartmentId, Moment,
    conversation::{Assignee, Folder, Kind, Line, Priority, Status},
    view::{Sort, View},
};

/// All that operators ask for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sieve {
    /// Of those of one kind that are wanted one holds; of those that are not wanted none does.
    pub tests: Vec<Test>,
}

/// One thing that is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Test {
    /// It must not hold.
    pub not: bool,
    /// What.
    pub of: Of,
}

/// What can be asked of a conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Of {
    /// It lies in a drawer.
    Folder(Folder),
    /// It lies in any drawer.
    Anywhere,
    /// Where it stands.
    Status(Status),
    /// Who looks after it.
    Assignee(Assignee),
    /// Which department does.
    Department(DepartmentId),
    /// It has a tag.
    Tag(String),
    /// How pressing it is.
    Priority(Priority),
    /// High or highest.
    Urgent,
    /// Chat or ticket.
    Kind(Kind),
    /// A chat that nobody answered.
    Missed,
    /// It has files.
    Attachment,
    /// Last words before a moment.
    Before(Moment),
    /// Last words at a moment or later.
    After(Moment),
    /// Its customer is found by the beginnings of these folded words.
    From(Vec<String>),
}

impl Sieve {
    /// Whether a conversation falls through. `is_from` tells whether its customer is found by some words.
    pub fn matches(&self, line: &Line, is_from: impl Fn(&[String]) -> bool) -> bool {
        let holds = |of: &Of| match of {
            Of::Folder(folder) => line.folder == *folder,
            Of::Anywhere => true,
            Of::Status(status) => line.status == *status,
            Of::Assignee(assignee) => line.assignee == *assignee,
            Of::Department(id) => line.assignee == Assignee::Department(id.clone()),
            Of::Tag(tag) => line.tags.contains(tag),
            Of::Priority(priority) => line.priority == *priority,
            Of::Urgent => line.priority >= Priority::High,
            Of::Kind(kind) => line.kind == *kind,
            Of::Missed => line.missed,
            Of::Attachment => line.attachments > 0,
            Of::Before(at) => line.last_at < *at,
            Of::After(at) => line.last_at >= *at,
            Of::From(words) => is_from(words),
        };
        let excluded = self.tests.iter().any(|test| test.not && holds(&test.of));
        self.folders().contains(&line.folder) && !excluded && self.groups().iter().all(|group| group.iter().any(|of| holds(of)))
    }

    /// The drawers it lies in; the ordinary one if none is named.
    pub fn folders(&self) -> Vec<Folder> {
        let wanted = || self.tests.iter().filter(|test| !test.not);
        if wanted().any(|test| test.of == Of::Anywhere) {
            return vec![Folder::Inbox, Folder::Spam, Folder::Trash];
        }
        let mut named: Vec<Folder> =
            wanted().filter_map(|test| if let Of::Folder(folder) = test.of { Some(folder) } else { None }).collect();
        named.sort();
        named.dedup();
        if named.is_empty() { vec![Folder::Inbox] } else { named }
    }

    /// What is wanted besides the drawer, by kind: of each, one holds.
    pub fn groups(&self) -> Vec<Vec<&Of>> {
        let mut groups: Vec<Vec<&Of>> = vec![];
        let drawer = |of: &Of| matches!(of, Of::Folder(_) | Of::Anywhere);
        for of in self.tests.iter().filter(|test| !test.not && !drawer(&test.of)).map(|test| &test.of) {
            match groups.iter_mut().find(|group| discriminant(group[0]) == discriminant(of)) {
                Some(group) => group.push(of),
                None => groups.push(vec![of]),
            }
        }
        groups
    }

    /// The view of the Inbox, newest first, that shows as little more as can be of one drawer: what its indexes are for. And the
    /// kinds of what is wanted that it does not know.
    pub fn view(&self, folder: Folder) -> (View, Vec<Vec<&Of>>) {
        let mut view = View { status: None, sort: Sort::Newest, ..View::of_folder(folder) };
        let mut rest = vec![];
        for group in self.groups() {
            match group[..] {
                [Of::Status(status)] => view.status = Some(*status),
                [Of::Assignee(assignee)] => view.assignee = Some(assignee.clone()),
                [Of::Department(id)] => view.department = Some(id.clone()),
                [Of::Tag(tag)] => view.tag = Some(tag.clone()),
                [Of::Priority(priority)] => view.priority = Some(*priority),
                [Of::Kind(kind)] => view.kind = Some(*kind),
                [Of::Urgent, ..] => view.urgent = true,
                [Of::Missed, ..] => view.missed = true,
                _ => rest.push(group),
            }
        }
        (view, rest)
    }

    /// The words of the customer that is wanted, if one is.
    pub fn only_from(&self) -> Option<&[String]> {
        self.groups().into_iter().find_map(|group| if let [Of::From(words)] = group[..] { Some(words.as_slice()) } else { None })
    }

    /// Whether nothing is asked but to lie in the ordinary drawer.
    pub fn is_empty(&self) -> bool {
        self.tests.is_empty()
    }
}
