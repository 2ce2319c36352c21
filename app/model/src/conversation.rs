//! A conversation: what the Inbox lists, be it a chat or a ticket.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{AgentId, ConversationId, DepartmentId, Moment, contact::Contact, message::Channel, target::Due, words};

words! {
    /// What a conversation is.
    Kind {
        /// Live chat.
        Chat = "chat",
        /// Conversation by e-mail.
        Ticket = "ticket",
    }
}

words! {
    /// Where a conversation stands.
    Status {
        /// Waits for us.
        Open = "open",
        /// Waits for the customer.
        Pending = "pending",
        /// Sleeps until a moment, or until the customer writes.
        Snoozed = "snoozed",
        /// Done; an answer opens it again.
        Solved = "solved",
        /// Done for good; an answer makes a new one.
        Closed = "closed",
    }
}

words! {
    /// How pressing it is.
    Priority {
        /// Whenever there is time.
        Lowest = "lowest",
        /// After the others.
        Low = "low",
        /// The default.
        Medium = "medium",
        /// Before the others.
        High = "high",
        /// At once.
        Highest = "highest",
    }
}

impl Priority {
    /// 1 (lowest) to 5 (highest), as stored and sorted.
    pub const fn rank(self) -> i64 {
        self as i64 + 1
    }

    /// The priority of a rank.
    pub fn of_rank(rank: i64) -> Option<Self> {
        Self::ALL.iter().copied().find(|priority| priority.rank() == rank)
    }
}

words! {
    /// The drawer a conversation lies in.
    Folder {
        /// The ordinary one.
        Inbox = "inbox",
        /// Unwanted.
        Spam = "spam",
        /// Thrown away, can be restored.
        Trash = "trash",
        /// Merged into another ticket: in no list; what is written to it goes there.
        Merged = "merged",
    }
}

/// Who looks after a conversation. As text: `nobody`, `agent:ID`, `department:ID`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Assignee {
    /// Nobody yet.
    #[default]
    Nobody,
    /// One agent.
    Agent(AgentId),
    /// Every agent of a department.
    Department(DepartmentId),
}

impl fmt::Display for Assignee {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nobody => f.write_str("nobody"),
            Self::Agent(id) => write!(f, "agent:{id}"),
            Self::Department(id) => write!(f, "department:{id}"),
        }
    }
}

/// The text names no assignee.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAnAssignee;

impl fmt::Display for NotAnAssignee {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("neither nobody, agent:ID nor department:ID")
    }
}

impl FromStr for Assignee {
    type Err = NotAnAssignee;

    fn from_str(text: &str) -> Result<Self, NotAnAssignee> {
        match text.split_once(':') {
            None if text == "nobody" => Ok(Self::Nobody),
            Some(("agent", id)) => id.parse().map(Self::Agent).map_err(|_| NotAnAssignee),
            Some(("department", id)) => id.parse().map(Self::Department).map_err(|_| NotAnAssignee),
            _ => Err(NotAnAssignee),
        }
    }
}

impl TryFrom<String> for Assignee {
    type Error = NotAnAssignee;
    fn try_from(text: String) -> Result<Self, NotAnAssignee> {
        text.parse()
    }
}

impl From<Assignee> for String {
    fn from(assignee: Assignee) -> Self {
        assignee.to_string()
    }
}

/// One line of the Inbox, the same for every agent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Identity.
    pub id: ConversationId,
    /// Chat or ticket.
    pub kind: Kind,
    /// How it came.
    pub channel: Channel,
    /// Number of a ticket in its property: #1042.
    pub number: Option<i64>,
    /// Subject; of a chat, empty.
    pub subject: String,
    /// Who it is with.
    pub contact: Contact,
    /// Beginning of the last message, one line.
    pub preview: String,
    /// Who wrote the last message, if an agent did.
    pub preview_by: Option<AgentId>,
    /// Where it stands.
    pub status: Status,
    /// Until when it sleeps, if it does.
    pub snoozed_until: Option<Moment>,
    /// How pressing it is.
    pub priority: Priority,
    /// Who looks after it.
    pub assignee: Assignee,
    /// Its tags, sorted.
    pub tags: Vec<String>,
    /// Agents who follow it, sorted: they are told of it as of their own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub followers: Vec<AgentId>,
    /// Drawer.
    pub folder: Folder,
    /// How many attachments it holds.
    pub attachments: i64,
    /// When the last message came: the order of the list.
    pub last_at: Moment,
    /// Since when the customer waits for us, if they do.
    pub waiting_since: Option<Moment>,
    /// What is due next, if targets say so.
    pub due: Option<Due>,
    /// Whether it is a chat that nobody answered.
    pub missed: bool,
    /// Whether it was made from a chat.
    pub from_chat: bool,
    /// When it was made.
    pub created_at: Moment,
    /// Number of the last event that changed it; an older one never overwrites a newer.
    pub seq: i64,
}

impl Line {
    /// What counters this line is counted under in the Inbox's side bar: open ones in the inbox, all in spam and trash. What is due
    /// soon is counted while it sleeps or is pending, too; what somebody follows, wherever it stands.
    pub fn facets(&self) -> Vec<String> {
        let soon = self.due.is_some_and(|due| due.soon).then(|| "due".to_owned());
        match self.folder {
            Folder::Spam => vec!["spam".into()],
            Folder::Trash => vec!["trash".into()],
            Folder::Merged => vec![],
            Folder::Inbox => {
                let mut facets = match self.status {
                    Status::Open => open_facets(self.kind, &self.assignee, self.priority, self.missed, &self.tags),
                    _ => vec![],
                };
                facets.extend(soon);
                facets.extend(self.followers.iter().map(followed_facet));
                facets
            }
        }
    }

    /// The line with somebody who follows it, or does no longer.
    #[must_use]
    pub fn followed(mut self, agent: &AgentId, on: bool) -> Self {
        self.followers.retain(|one| one != agent);
        if on {
            self.followers.push(agent.clone());
            self.followers.sort();
        }
        self
    }
}

/// The counter of what somebody follows.
pub fn followed_facet(agent: &AgentId) -> String {
    format!("follower:{agent}")
}

/// Most conversations of a property that one agent follows.
pub const FOLLOWED_MOST: u32 = 1_000;

/// What counters an open line of the Inbox with these is counted under, but for what is due.
pub fn open_facets(kind: Kind, assignee: &Assignee, priority: Priority, missed: bool, tags: &[String]) -> Vec<String> {
    let mut facets = vec!["all".to_owned(), kind.word().to_owned(), format!("assignee:{assignee}")];
    if priority >= Priority::High {
        facets.push("urgent".into());
    }
    if missed {
        facets.push("missed".into());
    }
    facets.extend(tags.iter().map(|tag| format!("tag:{tag}")));
    facets
}

/// Most characters of a tag.
pub const TAG_MOST: u32 = 40;
/// Most tags of one conversation.
pub const TAGS_MOST: u32 = 20;

/// A tag as it is kept: trimmed, lower case, inner white space as one hyphen.
pub fn tag(text: &str) -> Option<String> {
    written_tag(text.to_lowercase())
}

/// The same of a text in lower case. (Making any script lower case takes tables that would be a burden to the browser's first load.)
pub fn written_tag(text: String) -> Option<String> {
    let tag = text.trim().trim_start_matches('#').split_whitespace().collect::<Vec<_>>().join("-");
    let fits = !tag.is_empty() && tag.chars().count() <= TAG_MOST as usize;
    (fits && !tag.contains([',', '"', '<', '>', '&']) && !tag.chars().any(char::is_control)).then_some(tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_assignee_reads_back() {
        for assignee in [Assignee::Nobody, Assignee::Agent(AgentId::new()), Assignee::Department(DepartmentId::new())] {
            assert_eq!(assignee.to_string().parse(), Ok(assignee));
        }
        assert!("agent:".parse::<Assignee>().is_err());
    }

    #[test]
    fn priorities_are_ordered_from_lowest_to_highest() {
        assert!(Priority::Lowest < Priority::Medium && Priority::High < Priority::Highest);
        assert_eq!(Priority::of_rank(Priority::Highest.rank()), Some(Priority::Highest));
    }

    #[test]
    fn a_tag_is_folded() {
        assert_eq!(tag("  #Late  Order "), Some("late-order".into()));
        assert_eq!(tag(" "), None);
        assert_eq!(tag("a,b"), None);
    }
}
