//! A view of the Inbox: filters that combine, an order, and a place in it. The address bar carries it.
//! The same rules decide here (on values) and in the filter compiler (as SQL); a test holds the two together.

use std::{cmp::Ordering, fmt::Write as _, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{
    AgentId, ConversationId, DepartmentId,
    conversation::{Assignee, Folder, Kind, Line, Priority, Status, followed_facet},
    days::{Days, Within},
    message::Channel,
    words,
};

words! {
    /// Order of the list.
    Sort {
        /// Last message first.
        Newest = "newest",
        /// Last message last.
        Oldest = "oldest",
        /// Whoever waits longest for us first.
        Waiting = "waiting",
        /// Most pressing first, then newest.
        Priority = "priority",
        /// What is due next first.
        Due = "due",
    }
}

/// Filters and order. `Default` is what *Inbox* opens with: everything open, newest first.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct View {
    /// Drawer.
    pub folder: Folder,
    /// Chats or tickets only.
    pub kind: Option<Kind>,
    /// One status only.
    pub status: Option<Status>,
    /// One assignee (or nobody) only.
    pub assignee: Option<Assignee>,
    /// Those of a department only.
    pub department: Option<DepartmentId>,
    /// One priority only.
    pub priority: Option<Priority>,
    /// High and highest only.
    pub urgent: bool,
    /// Chats that nobody answered only.
    pub missed: bool,
    /// What is due soon, or overdue, only.
    #[serde(default)]
    pub soon: bool,
    /// What this agent follows only.
    #[serde(default)]
    pub follower: Option<AgentId>,
    /// With this tag only.
    pub tag: Option<String>,
    /// What came so only.
    #[serde(default)]
    pub channel: Option<Channel>,
    /// With their last words on these days only.
    #[serde(default)]
    pub days: Option<Days>,
    /// The moments that these are. The desk says so of a list that it gives, never who asks; no address carries it.
    #[serde(default)]
    pub within: Within,
    /// Order.
    pub sort: Sort,
}

impl Default for View {
    fn default() -> Self {
        Self {
            folder: Folder::Inbox,
            kind: None,
            status: Some(Status::Open),
            assignee: None,
            department: None,
            priority: None,
            urgent: false,
            missed: false,
            soon: false,
            follower: None,
            tag: None,
            channel: None,
            days: None,
            within: Within::default(),
            sort: Sort::Newest,
        }
    }
}

impl View {
    /// A drawer with nothing filtered.
    pub fn of_folder(folder: Folder) -> Self {
        Self { folder, status: if folder == Folder::Inbox { Some(Status::Open) } else { None }, ..Self::default() }
    }

    /// Reads the address bar's query (decoded pairs). What is unknown is left out, so that an old link still opens.
    pub fn from_pairs<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let pairs: Vec<_> = pairs.into_iter().collect();
        let word = |name: &str| pairs.iter().rev().find(|(known, _)| *known == name).map_or("", |(_, value)| value);
        let folder = word("folder").parse().unwrap_or(Folder::Inbox);
        let status = match word("status") {
            "" => Self::of_folder(folder).status,
            status => status.parse().ok(),
        };
        Self {
            folder,
            kind: word("kind").parse().ok(),
            status,
            assignee: word("assignee").parse().ok(),
            department: word("department").parse().ok(),
            priority: word("priority").parse().ok(),
            urgent: word("urgent") == "1",
            missed: word("missed") == "1",
            soon: word("soon") == "1",
            follower: word("follower").parse().ok(),
            tag: crate::conversation::written_tag(word("tag").to_ascii_lowercase()),
            channel: word("channel").parse().ok(),
            // a plain form has a field for each end
            days: word("days").parse().ok().or_else(|| Days::own(word("from").parse().ok(), word("until").parse().ok())),
            within: Within::default(),
            sort: word("sort").parse().unwrap_or(Sort::Newest),
        }
    }

    /// The query that reads back as this view, without `?`; empty for the default.
    pub fn to_query(&self) -> String {
        let pairs = self.pairs().into_iter().map(|(name, value)| format!("{name}={}", escape(&value)));
        pairs.collect::<Vec<_>>().join("&")
    }

    /// The same as pairs, for the hidden fields of a form.
    pub fn pairs(&self) -> Vec<(&'static str, String)> {
        let mut pairs = vec![];
        let mut put = |name: &'static str, value: &str| pairs.push((name, value.to_owned()));
        if self.folder != Folder::Inbox {
            put("folder", self.folder.word());
        }
        if let Some(kind) = self.kind {
            put("kind", kind.word());
        }
        if self.status != Self::of_folder(self.folder).status {
            put("status", self.status.map_or("any", Status::word));
        }
        if let Some(assignee) = &self.assignee {
            put("assignee", &assignee.to_string());
        }
        if let Some(department) = &self.department {
            put("department", department.as_str());
        }
        if let Some(priority) = self.priority {
            put("priority", priority.word());
        }
        if self.urgent {
            put("urgent", "1");
        }
        if self.missed {
            put("missed", "1");
        }
        if self.soon {
            put("soon", "1");
        }
        if let Some(agent) = &self.follower {
            put("follower", agent.as_str());
        }
        if let Some(tag) = &self.tag {
            put("tag", tag);
        }
        if let Some(channel) = self.channel {
            put("channel", channel.word());
        }
        if let Some(days) = self.days {
            put("days", &days.to_string());
        }
        if self.sort != Sort::Newest {
            put("sort", self.sort.word());
        }
        pairs
    }

    /// Whether a line belongs into this view.
    pub fn matches(&self, line: &Line) -> bool {
        line.folder == self.folder
            && self.kind.is_none_or(|kind| line.kind == kind)
            && self.status.is_none_or(|status| line.status == status)
            && self.assignee.as_ref().is_none_or(|assignee| line.assignee == *assignee)
            && self.department.as_ref().is_none_or(|id| line.assignee == Assignee::Department(id.clone()))
            && self.priority.is_none_or(|priority| line.priority == priority)
            && (!self.urgent || line.priority >= Priority::High)
            && (!self.missed || line.missed)
            && (!self.soon || line.due.is_some_and(|due| due.soon))
            && self.follower.as_ref().is_none_or(|agent| line.followers.contains(agent))
            && self.tag.as_ref().is_none_or(|tag| line.tags.contains(tag))
            && self.channel.is_none_or(|channel| line.channel == channel)
            && self.within.holds(line.last_at)
    }

    /// All that somebody follows, wherever it stands.
    pub fn followed_by(agent: AgentId) -> Self {
        Self { follower: Some(agent), status: None, ..Self::default() }
    }

    /// The counter that tells how many lines this view has, when there is one.
    pub fn facet(&self) -> Option<String> {
        let plain = Self { folder: self.folder, sort: self.sort, ..Self::of_folder(self.folder) };
        if *self == plain {
            return Some(match self.folder {
                Folder::Inbox => "all".into(),
                other => other.word().into(),
            });
        }
        let one = [
            self.kind.map(|kind| (Self { kind: Some(kind), ..plain.clone() }, kind.word().to_owned())),
            self.assignee
                .clone()
                .map(|assignee| (Self { assignee: Some(assignee.clone()), ..plain.clone() }, format!("assignee:{assignee}"))),
            self.department.clone().map(|id| (Self { department: Some(id.clone()), ..plain.clone() }, format!("assignee:department:{id}"))),
            self.urgent.then(|| (Self { urgent: true, ..plain.clone() }, "urgent".to_owned())),
            self.missed.then(|| (Self { missed: true, ..plain.clone() }, "missed".to_owned())),
            self.soon.then(|| (Self { soon: true, status: None, ..plain.clone() }, "due".to_owned())),
            self.follower.clone().map(|agent| (Self { sort: self.sort, ..Self::followed_by(agent.clone()) }, followed_facet(&agent))),
            self.tag.clone().map(|tag| (Self { tag: Some(tag.clone()), ..plain.clone() }, format!("tag:{tag}"))),
        ];
        one.into_iter().flatten().find(|(view, _)| view == self && self.folder == Folder::Inbox).map(|(_, facet)| facet)
    }

    /// A line's place in this view's order.
    pub fn key(&self, line: &Line) -> Key {
        let (major, minor) = match self.sort {
            Sort::Newest | Sort::Oldest => (line.last_at.0, 0),
            Sort::Waiting => (line.waiting_since.map_or(i64::MAX, |at| at.0), 0),
            Sort::Priority => (line.priority.rank(), line.last_at.0),
            Sort::Due => (line.due.map_or(i64::MAX, |due| due.at.0), 0),
        };
        Key { major, minor, id: line.id.clone() }
    }

    /// How two places stand to each other in this view's order.
    pub fn order(&self, a: &Key, b: &Key) -> Ordering {
        let rising = a.cmp(b);
        match self.sort {
            Sort::Oldest | Sort::Waiting | Sort::Due => rising,
            Sort::Newest | Sort::Priority => rising.reverse(),
        }
    }
}

/// A place in a sorted list: what the last line of a page was sorted by. As text `major.minor.id`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Key {
    /// First thing sorted by.
    pub major: i64,
    /// Second, or zero.
    pub minor: i64,
    /// Tie breaker.
    pub id: ConversationId,
}

impl std::fmt::Display for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.id)
    }
}

impl FromStr for Key {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let mut parts = text.splitn(3, '.');
        let mut next = || parts.next().ok_or(());
        Ok(Self { major: next()?.parse().map_err(|_| ())?, minor: next()?.parse().map_err(|_| ())?, id: next()?.parse().map_err(|_| ())? })
    }
}

/// Percent-encodes everything outside RFC 3986's unreserved characters.
pub fn escape(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~:".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn back(query: &str) -> View {
        View::from_pairs(query.split('&').filter_map(|pair| pair.split_once('=')))
    }

    #[test]
    fn the_default_view_has_an_empty_query() {
        assert_eq!(View::default().to_query(), "");
        assert_eq!(back(""), View::default());
    }

    #[test]
    fn a_view_reads_back_from_its_query() {
        let view = View {
            folder: Folder::Spam,
            kind: Some(Kind::Ticket),
            status: Some(Status::Solved),
            assignee: Some(Assignee::Agent(AgentId::new())),
            priority: Some(Priority::High),
            tag: Some("refund".into()),
            channel: Some(Channel::Email),
            days: Some(Days::Last(7)),
            sort: Sort::Waiting,
            ..View::default()
        };
        assert_eq!(back(&view.to_query()), view);
        let any = View { status: None, ..View::default() };
        assert_eq!(back(&any.to_query()), any);
    }

    #[test]
    fn an_unknown_word_in_a_link_is_left_out() {
        assert_eq!(back("kind=fax&colour=red&channel=fax&days=many&from=soon"), View::default());
    }

    #[test]
    fn a_plain_form_says_days_by_their_ends() {
        for (query, days) in [
            ("from=2026-11-15&until=2026-11-01", "2026-11-01..2026-11-15"),
            ("from=2026-11-15&until=", "2026-11-15.."),
            ("from=&until=2026-11-15&days=", "..2026-11-15"),
        ] {
            assert_eq!(back(query).to_query(), format!("days={days}"));
        }
    }

    #[test]
    fn a_key_reads_back() {
        let key = Key { major: -5, minor: 7, id: ConversationId::new() };
        assert_eq!(key.to_string().parse(), Ok(key));
    }

    #[test]
    fn only_views_with_a_counter_of_their_own_name_it() {
        let tickets = View { kind: Some(Kind::Ticket), ..View::default() };
        assert_eq!(tickets.facet().as_deref(), Some("ticket"));
        assert_eq!(View { tag: Some("x".into()), ..tickets }.facet(), None);
        assert_eq!(View::of_folder(Folder::Trash).facet().as_deref(), Some("trash"));
        let soon = View { soon: true, status: None, sort: Sort::Due, ..View::default() };
        assert_eq!(soon.facet().as_deref(), Some("due"));
        assert_eq!(back(&soon.to_query()), soon);
        let me = AgentId::new();
        let followed = View { sort: Sort::Oldest, ..View::followed_by(me.clone()) };
        assert_eq!(followed.facet(), Some(format!("follower:{me}")));
        assert_eq!(back(&followed.to_query()), followed);
        assert_eq!(View { status: Some(Status::Open), ..followed }.facet(), None);
    }
}
