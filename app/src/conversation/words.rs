//! How statuses, priorities, drawers and assignees are called, and in which tone they are drawn.

use model::{
    Assignee, Language, Text,
    contact::Contact,
    conversation::{Folder, Line, Priority, Status},
    roster::Roster,
    text::conversation as text,
    view::Sort,
};

use crate::ui::Tone;

/// A contact as they are called: by name, by address, or as a visitor among others.
pub fn called(contact: &Contact, language: Language) -> String {
    match contact.called() {
        "" => format!("{} {}", language.say(text::VISITOR), contact.digits()),
        name => name.to_owned(),
    }
}

/// What a conversation is about: its subject, or who it is with.
pub fn about(line: &Line, language: Language) -> String {
    if line.subject.is_empty() { called(&line.contact, language) } else { line.subject.clone() }
}

/// A status as it is called.
pub const fn status_word(status: Status) -> Text {
    match status {
        Status::Open => text::STATUS_OPEN,
        Status::Pending => text::STATUS_PENDING,
        Status::Snoozed => text::STATUS_SNOOZED,
        Status::Solved => text::STATUS_SOLVED,
        Status::Closed => text::STATUS_CLOSED,
    }
}

/// The tone of a status.
pub const fn status_tone(status: Status) -> Tone {
    match status {
        Status::Open => Tone::Fresh,
        Status::Pending => Tone::Warm,
        Status::Solved => Tone::Good,
        Status::Snoozed | Status::Closed => Tone::Plain,
    }
}

/// A priority as it is called.
pub const fn priority_word(priority: Priority) -> Text {
    match priority {
        Priority::Lowest => text::PRIORITY_LOWEST,
        Priority::Low => text::PRIORITY_LOW,
        Priority::Medium => text::PRIORITY_MEDIUM,
        Priority::High => text::PRIORITY_HIGH,
        Priority::Highest => text::PRIORITY_HIGHEST,
    }
}

/// The tone of a priority.
pub const fn priority_tone(priority: Priority) -> Tone {
    match priority {
        Priority::High | Priority::Highest => Tone::Bad,
        _ => Tone::Plain,
    }
}

/// A sign that says a priority without colour.
pub const fn priority_sign(priority: Priority) -> &'static str {
    match priority {
        Priority::Lowest => "▼▼",
        Priority::Low => "▼",
        Priority::Medium => "",
        Priority::High => "▲",
        Priority::Highest => "▲▲",
    }
}

/// A priority with its sign.
pub fn priority_said(priority: Priority, language: Language) -> String {
    format!("{} {}", priority_sign(priority), language.say(priority_word(priority))).trim_start().to_owned()
}

/// A drawer as it is called.
pub const fn folder_word(folder: Folder) -> Text {
    match folder {
        Folder::Inbox => text::FOLDER_INBOX,
        Folder::Spam => text::FOLDER_SPAM,
        Folder::Trash => text::FOLDER_TRASH,
        Folder::Merged => text::FOLDER_MERGED,
    }
}

/// An order as it is called.
pub const fn sort_word(sort: Sort) -> Text {
    match sort {
        Sort::Newest => text::SORT_NEWEST,
        Sort::Oldest => text::SORT_OLDEST,
        Sort::Waiting => text::SORT_WAITING,
        Sort::Priority => text::SORT_PRIORITY,
        Sort::Due => text::SORT_DUE,
    }
}

/// Everyone a conversation can be given to: nobody, me, the other agents who work here, the departments.
pub fn assignee_choices(roster: &Roster, language: Language) -> Vec<(Assignee, String)> {
    let me = roster.agent(&roster.me).map(|me| (Assignee::Agent(me.id.clone()), language.fill(text::ME, &[("name", &me.name)])));
    let others = roster.people.agents.iter().filter(|agent| agent.disabled_at.is_none() && agent.id != roster.me);
    let departments = roster.people.departments.iter();
    me.into_iter()
        .chain([(Assignee::Nobody, language.say(text::NOBODY).to_owned())])
        .chain(departments.map(|department| {
            (Assignee::Department(department.id.clone()), language.fill(text::DEPARTMENT, &[("name", &department.name)]))
        }))
        .chain(others.map(|agent| (Assignee::Agent(agent.id.clone()), agent.name.clone())))
        .collect()
}

/// An assignee as it is called.
pub fn assignee_name(roster: &Roster, assignee: &Assignee, language: Language) -> String {
    match (roster.assignee(assignee), assignee) {
        (Some(name), _) => name.to_owned(),
        (None, Assignee::Nobody) => language.say(text::NOBODY).to_owned(),
        (None, _) => language.say(text::SOMEBODY_GONE).to_owned(),
    }
}
