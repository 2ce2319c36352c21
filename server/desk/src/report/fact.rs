//! What is counted of one conversation: found in its rows as they stand, so that it is the same however they came to be so. Pure.

use jiff::tz::TimeZone;
use model::{
    Assignee, Moment,
    chat::Rating,
    conversation::{Folder, Kind, Status},
    message::{Author, Channel, Happening, MessageKind},
    moment::SECOND,
    report::{
        By, Figures,
        counts::{Sums, bucket},
    },
};
use serde::{Deserialize, Serialize};

use crate::zone;

/// A conversation as far as it is counted.
pub(super) struct Seen {
    pub kind: Kind,
    pub channel: Channel,
    pub folder: Folder,
    pub status: Status,
    pub assignee: Assignee,
    pub department: Option<String>,
    pub tags: Vec<String>,
    pub created_at: Moment,
    pub last_at: Moment,
    /// When nobody had answered the chat in time.
    pub missed_at: Option<Moment>,
    pub rating: Option<Rating>,
    /// What was said and happened, in its order.
    pub entries: Vec<Entry>,
}

/// An entry as far as it is counted.
pub(super) struct Entry {
    pub kind: MessageKind,
    pub author: Author,
    pub at: Moment,
    /// Whether it counts as said: neither an automatic answer nor held.
    pub counts: bool,
    pub happened: Option<Happening>,
}

/// What is counted of a conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Fact {
    channel: Channel,
    /// Who served: whose it is, else who answered first.
    agent: String,
    /// Who answered first.
    replier: String,
    department: String,
    tags: Vec<String>,
    began_at: Moment,
    /// When a customer was answered first, and after how many seconds.
    replied: Option<(Moment, i64)>,
    /// When it was solved, and after how many seconds.
    solved: Option<(Moment, i64)>,
    answered_at: Option<Moment>,
    missed_at: Option<Moment>,
    rated: Option<(Moment, Rating)>,
}

/// Of whom or what a sum is: which breakdown, and which part of it.
pub(super) type Of = (&'static str, String);

/// The breakdown that is none.
pub(super) const ALL: &str = "all";

impl Fact {
    /// What is counted; none of what is not in the Inbox.
    pub fn of(seen: &Seen) -> Option<Self> {
        if seen.folder != Folder::Inbox {
            return None;
        }
        let said: Vec<&Entry> = seen.entries.iter().filter(|entry| entry.kind == MessageKind::Said && entry.counts).collect();
        let asked = said.iter().position(|entry| matches!(entry.author, Author::Contact { .. }));
        let first = |from: usize| said[from..].iter().find(|entry| matches!(entry.author, Author::Agent { .. }));
        let reply = asked.and_then(|asked| first(asked).map(|reply| (said[asked].at, *reply)));
        let spoke = first(0).filter(|_| asked.is_some());
        let chat = seen.kind == Kind::Chat;
        let answered_at = spoke.map(|entry| entry.at).filter(|at| chat && seen.missed_at.is_none_or(|missed| *at <= missed));
        let replier = reply.map(|(_, reply)| id(&reply.author)).or_else(|| first(0).map(|entry| id(&entry.author))).unwrap_or_default();
        let began_at = said.first().map_or(seen.created_at, |first| first.at.min(seen.created_at));
        Some(Self {
            channel: seen.channel,
            agent: if let Assignee::Agent(agent) = &seen.assignee { agent.to_string() } else { replier.clone() },
            replier,
            department: seen.department.clone().unwrap_or_default(),
            tags: seen.tags.clone(),
            began_at: seen.created_at,
            replied: reply.map(|(asked, reply)| (reply.at, seconds(asked, reply.at))),
            solved: solved_at(seen).map(|at| (at, seconds(began_at, at))),
            answered_at,
            missed_at: seen.missed_at.filter(|_| chat && answered_at.is_none()),
            rated: seen.rating.map(|rating| (rated_at(seen), rating)),
        })
    }

    /// What it adds to which day of whom.
    pub fn adds(&self, zone: &TimeZone) -> Vec<(Of, i64, Sums)> {
        let (agent, replier) = (self.agent.as_str(), self.replier.as_str());
        let mut all = vec![];
        let mut add = |who: &str, at: Moment, sums: Sums| {
            let day = zone::day_and_hour(zone, at).0;
            all.extend(self.of_whom(who).into_iter().map(|of| (of, day, sums.clone())));
        };
        let figures = |figures: Figures| Sums { figures, ..Sums::default() };
        let mut began = figures(Figures { fresh: 1, ..Figures::default() });
        began.hours.add(zone::day_and_hour(zone, self.began_at).1, 1);
        add(agent, self.began_at, began);
        if let Some((at, took)) = self.replied {
            let mut sums = Sums::default();
            sums.replies.add(bucket(took), 1);
            add(replier, at, sums);
        }
        if let Some((at, took)) = self.solved {
            let mut sums = figures(Figures { solved: 1, ..Figures::default() });
            sums.solutions.add(bucket(took), 1);
            add(agent, at, sums);
        }
        if let Some(at) = self.answered_at {
            add(replier, at, figures(Figures { answered: 1, ..Figures::default() }));
        }
        if let Some(at) = self.missed_at {
            add(agent, at, figures(Figures { missed: 1, ..Figures::default() }));
        }
        if let Some((at, rating)) = self.rated {
            let rated = match rating {
                Rating::Good => Figures { good: 1, ..Figures::default() },
                Rating::Neutral => Figures { neutral: 1, ..Figures::default() },
                Rating::Bad => Figures { bad: 1, ..Figures::default() },
            };
            add(agent, at, figures(rated));
        }
        all
    }

    /// Whose sums it goes into.
    fn of_whom(&self, agent: &str) -> Vec<Of> {
        let mut all = vec![
            (ALL, String::new()),
            (By::Agent.word(), agent.to_owned()),
            (By::Department.word(), self.department.clone()),
            (By::Channel.word(), self.channel.word().to_owned()),
        ];
        if self.tags.is_empty() {
            all.push((By::Tag.word(), String::new()));
        }
        all.extend(self.tags.iter().map(|tag| (By::Tag.word(), tag.clone())));
        all
    }
}

fn id(author: &Author) -> String {
    if let Author::Agent { id, .. } = author { id.to_string() } else { String::new() }
}

fn seconds(from: Moment, to: Moment) -> i64 {
    (to.since(from) / SECOND).max(0)
}

/// Since when it is solved, if it is.
fn solved_at(seen: &Seen) -> Option<Moment> {
    let done = |status: Status| matches!(status, Status::Solved | Status::Closed);
    if !done(seen.status) {
        return None;
    }
    let mut since = None;
    for entry in &seen.entries {
        match &entry.happened {
            Some(Happening::Status { to }) if done(*to) => since = since.or(Some(entry.at)),
            // a missed chat is settled by the ticket made from it
            Some(Happening::Ended | Happening::TicketOpened { .. }) => since = since.or(Some(entry.at)),
            Some(Happening::Status { .. } | Happening::Reopened | Happening::Woke | Happening::Snoozed { .. }) => since = None,
            _ => {}
        }
    }
    Some(since.unwrap_or(seen.last_at))
}

/// When the visitor last said how it was.
fn rated_at(seen: &Seen) -> Moment {
    let mut rated = seen.entries.iter().rev().filter(|entry| matches!(entry.happened, Some(Happening::Rated { .. })));
    rated.next().map_or(seen.last_at, |entry| entry.at)
}

#[cfg(test)]
mod tests {
    use model::{AgentId, ContactId, moment::MINUTE};

    use super::*;

    fn entry(minute: i64, kind: MessageKind, author: Author) -> Entry {
        Entry { kind, author, at: Moment(minute * MINUTE), counts: true, happened: None }
    }

    fn customer() -> Author {
        Author::Contact { id: ContactId::from_bits(1), name: String::new() }
    }

    fn agent() -> Author {
        Author::Agent { id: AgentId::from_bits(1), name: String::new() }
    }

    fn happened(minute: i64, what: Happening) -> Entry {
        Entry { happened: Some(what), ..entry(minute, MessageKind::Happened, agent()) }
    }

    fn seen(kind: Kind, status: Status, entries: Vec<Entry>) -> Seen {
        Seen {
            kind,
            channel: Channel::begun(kind, None),
            folder: Folder::Inbox,
            status,
            assignee: Assignee::Nobody,
            department: None,
            tags: vec![],
            created_at: Moment(0),
            last_at: Moment(99 * MINUTE),
            missed_at: None,
            rating: None,
            entries,
        }
    }

    #[test]
    fn an_answer_is_the_first_one_after_the_customer_wrote() {
        let entries = vec![
            entry(0, MessageKind::Said, agent()),
            entry(10, MessageKind::Said, customer()),
            entry(12, MessageKind::Noted, agent()),
            Entry { counts: false, ..entry(13, MessageKind::Said, agent()) },
            entry(15, MessageKind::Said, agent()),
            entry(20, MessageKind::Said, agent()),
        ];
        let fact = Fact::of(&seen(Kind::Ticket, Status::Open, entries)).unwrap();
        assert_eq!(fact.replied, Some((Moment(15 * MINUTE), 300)));
        assert_eq!((fact.solved, fact.answered_at), (None, None));
        assert_eq!(fact.agent, AgentId::from_bits(1).to_string());
    }

    #[test]
    fn what_was_opened_again_was_not_solved_then() {
        let (solve, open) = (Happening::Status { to: Status::Solved }, Happening::Status { to: Status::Open });
        let entries = || {
            vec![
                entry(0, MessageKind::Said, customer()),
                happened(5, solve.clone()),
                happened(6, open.clone()),
                happened(9, solve.clone()),
                happened(11, Happening::Status { to: Status::Closed }),
            ]
        };
        let fact = Fact::of(&seen(Kind::Ticket, Status::Closed, entries())).unwrap();
        assert_eq!(fact.solved, Some((Moment(9 * MINUTE), 540)));
        assert_eq!(Fact::of(&seen(Kind::Ticket, Status::Pending, entries())).unwrap().solved, None);
        let spam = Seen { folder: Folder::Spam, ..seen(Kind::Ticket, Status::Closed, entries()) };
        assert_eq!(Fact::of(&spam), None);
    }

    #[test]
    fn a_chat_is_answered_in_time_or_missed() {
        let entries = || vec![entry(0, MessageKind::Said, customer()), entry(30, MessageKind::Said, agent())];
        let fact = Fact::of(&seen(Kind::Chat, Status::Open, entries())).unwrap();
        assert_eq!((fact.answered_at, fact.missed_at), (Some(Moment(30 * MINUTE)), None));
        let late = Seen { missed_at: Some(Moment(5 * MINUTE)), ..seen(Kind::Chat, Status::Open, entries()) };
        let fact = Fact::of(&late).unwrap();
        assert_eq!((fact.answered_at, fact.missed_at), (None, Some(Moment(5 * MINUTE))));
        assert_eq!(fact.channel, Channel::Chat);
    }

    #[test]
    fn a_day_begins_at_midnight_there() {
        let zone = zone::of("America/Sao_Paulo").unwrap();
        // 01:30 UTC is 22:30 of the day before
        let fact = Fact::of(&Seen { created_at: Moment(90 * MINUTE), ..seen(Kind::Ticket, Status::Open, vec![]) }).unwrap();
        let adds = fact.adds(&zone);
        assert_eq!(adds.len(), 5);
        assert!(adds.iter().all(|(_, day, sums)| *day == -1 && sums.hours.each().eq([(22, 1)])));
    }
}
