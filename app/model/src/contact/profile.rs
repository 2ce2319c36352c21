//! A contact's page as a screen holds it: facts, notes, and the loaded part of what the opened tab shows. `apply` keeps it equal
//! to what a fresh load would give; what it cannot know by an event it says (`behind`), and the screen loads anew.

use serde::{Deserialize, Serialize};

use super::{Card, Counts, Note, merge::Merged};
use crate::{
    ConversationId, Moment,
    conversation::{Folder, Kind, Line},
    event::{Told, What},
    message::{Author, Channel, Happening, Message, MessageKind, excerpt},
    words,
};

/// Most characters of a text in the timeline.
pub const EXCERPT_MOST: usize = 320;

words! {
    /// What the page shows of a contact.
    Tab {
        /// Everything, newest first.
        Timeline = "timeline",
        /// What agents noted of them.
        Notes = "notes",
        /// Their chats.
        Chats = "chats",
        /// Their tickets.
        Tickets = "tickets",
    }
}

impl Tab {
    /// The kind of conversation it lists, if it lists one.
    pub const fn kind(self) -> Option<Kind> {
        match self {
            Self::Chats => Some(Kind::Chat),
            Self::Tickets => Some(Kind::Ticket),
            Self::Timeline | Self::Notes => None,
        }
    }
}

/// One thing of the timeline.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// When.
    pub at: Moment,
    /// Identity of the message or the visit; ties are broken by it.
    pub id: String,
    /// What.
    pub what: Passed,
}

/// What came to pass.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Passed {
    /// Something was said, noted or happened in a conversation.
    Words(Words),
    /// They were on the site.
    Visit(Stay),
}

/// A message, as short as the timeline shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Words {
    /// Where.
    pub conversation: ConversationId,
    /// Said, noted or happened.
    pub kind: MessageKind,
    /// Who.
    pub author: Author,
    /// How it came.
    pub channel: Channel,
    /// Beginning of the text.
    pub text: String,
    /// What happened, if it did.
    pub happened: Option<Happening>,
    /// How many files came with it.
    pub files: i64,
    /// Whether it waits for an agent's approval, or is an automatic answer.
    pub marked: bool,
}

/// A visit to the site.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stay {
    /// The page that was open last.
    pub page: String,
    /// Where they came from to the site, or empty.
    pub referrer: String,
    /// What the browser says of itself.
    pub browser: String,
    /// Country, two letters, if it is known.
    pub country: Option<String>,
    /// Pages seen.
    pub pages: i64,
    /// Until when, to a minute.
    pub seen_at: Moment,
}

impl Entry {
    /// A message as the timeline shows it.
    pub fn of(message: &Message) -> Self {
        let words = Words {
            conversation: message.conversation.clone(),
            kind: message.kind,
            author: message.author.clone(),
            channel: message.channel,
            text: excerpt(&message.text, EXCERPT_MOST),
            happened: message.happened.clone(),
            files: i64::try_from(message.attachments.iter().filter(|file| !file.inline).count()).unwrap_or(0),
            marked: message.mark.is_some(),
        };
        Self { at: message.at, id: message.id.to_string(), what: Passed::Words(words) }
    }

    /// The conversation it belongs to.
    pub fn conversation(&self) -> Option<&ConversationId> {
        match &self.what {
            Passed::Words(words) => Some(&words.conversation),
            Passed::Visit(_) => None,
        }
    }
}

/// A place in the timeline or in a list of conversations: newest first, then by identity.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Mark {
    /// When.
    pub at: Moment,
    /// Tie breaker.
    pub id: String,
}

impl Mark {
    /// Where an entry stands.
    pub fn of_entry(entry: &Entry) -> Self {
        Self { at: entry.at, id: entry.id.clone() }
    }

    /// Where a conversation stands.
    pub fn of_line(line: &Line) -> Self {
        Self { at: line.created_at, id: line.id.to_string() }
    }
}

/// An opened contact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// Number of the last event this state knows.
    pub head: i64,
    /// The contact.
    pub card: Card,
    /// Every address, the first one first.
    pub emails: Vec<String>,
    /// How many conversations there are.
    pub counts: Counts,
    /// All notes, newest first.
    pub notes: Vec<Note>,
    /// Who went into them, the last first.
    pub merges: Vec<Merged>,
    /// What is shown.
    pub tab: Tab,
    /// The loaded part of the timeline without the notes, newest first.
    pub entries: Vec<Entry>,
    /// The conversations of the timeline by id, or those of the tab, newest first.
    pub lines: Vec<Line>,
    /// Place after which there are more, if there are.
    pub more: Option<Mark>,
    /// The contact is gone while the page was open.
    pub gone: bool,
    /// More happened than could be taken in: it is to be loaded anew.
    pub behind: bool,
}

/// A further part of what a tab shows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Things of the timeline after the place asked for.
    pub entries: Vec<Entry>,
    /// Their conversations, or those of the tab.
    pub lines: Vec<Line>,
    /// Place after which there are more, if there are.
    pub more: Option<Mark>,
}

impl Profile {
    /// Takes in what happened. Old numbers are ignored.
    pub fn apply(&mut self, told: &Told) {
        if told.event.seq <= self.head {
            return;
        }
        self.head = told.event.seq;
        let me = self.card.contact.id.clone();
        if told.event.contacts.contains(&me) {
            match told.contacts.iter().find(|seen| seen.card.contact.id == me) {
                Some(seen) => {
                    (self.card, self.counts) = (seen.card.clone(), seen.counts);
                    self.emails.clone_from(&seen.emails);
                    if let Some(notes) = &seen.notes {
                        self.notes.clone_from(notes);
                    }
                    if let Some(merges) = &seen.merges {
                        self.merges.clone_from(merges);
                        // with all that was said, and the visits
                        self.behind |= self.tab == Tab::Timeline;
                    }
                    // every line shows the contact
                    for line in &mut self.lines {
                        line.contact.clone_from(&seen.card.contact);
                    }
                }
                None => self.gone = true,
            }
        }
        let Some(id) = &told.event.conversation else { return };
        match told.line.as_ref().filter(|line| line.contact.id == me) {
            Some(line) if self.tab == Tab::Timeline => self.pass(told, line),
            Some(line) => self.list(line),
            None => {
                self.entries.retain(|entry| entry.conversation() != Some(id));
                self.lines.retain(|line| line.id != *id);
            }
        }
    }

    /// Appends a further part, as loaded.
    pub fn extend(&mut self, part: Part) {
        self.more = part.more;
        for entry in part.entries {
            self.insert(entry);
        }
        for line in part.lines {
            if !self.lines.iter().any(|known| known.id == line.id) {
                self.lines.push(line);
            }
        }
        self.sort_lines();
    }

    /// Notes that belong to the loaded part of the timeline.
    pub fn notes_shown(&self) -> impl Iterator<Item = &Note> {
        self.notes.iter().filter(|note| self.reaches(&Mark { at: note.at, id: note.id.to_string() }))
    }

    /// The timeline: messages of a conversation of theirs came, changed or went.
    fn pass(&mut self, told: &Told, line: &Line) {
        let known = self.lines.iter().position(|other| other.id == line.id);
        match known {
            Some(place) if self.lines[place].seq <= line.seq => self.lines[place] = line.clone(),
            Some(_) => {}
            None => {
                // it was somebody else's until now, or is seen only now, with all that was said before
                let given = matches!(told.event.what, What::VisitorChanged | What::PersonErased) || told.counts.is_some();
                let earlier = line.created_at < told.event.at && given;
                self.behind |=
                    earlier && [line.last_at, line.created_at].iter().any(|at| self.reaches(&Mark { at: *at, id: line.id.to_string() }));
                self.lines.push(line.clone());
            }
        }
        // what went from one conversation into another is told of both: here it goes only where it stood
        let here = |entry: &Entry| entry.conversation() == Some(&line.id);
        self.entries.retain(|entry| !(here(entry) && told.event.messages.iter().any(|id| entry.id == id.as_str())));
        for entry in told.messages.iter().filter(|message| message.conversation == line.id).map(Entry::of) {
            if self.reaches(&Mark::of_entry(&entry)) {
                self.insert(entry);
            }
        }
        self.lines.retain(|line| self.entries.iter().any(|entry| entry.conversation() == Some(&line.id)));
        self.sort_lines();
    }

    /// The chats or the tickets.
    fn list(&mut self, line: &Line) {
        let known = self.lines.iter().position(|other| other.id == line.id);
        if known.is_some_and(|place| self.lines[place].seq > line.seq) {
            return;
        }
        self.lines.retain(|other| other.id != line.id);
        if self.tab.kind() == Some(line.kind) && line.folder != Folder::Merged && self.reaches(&Mark::of_line(line)) {
            self.lines.push(line.clone());
        }
        self.sort_lines();
    }

    /// Whether a place lies in the loaded part.
    fn reaches(&self, mark: &Mark) -> bool {
        self.more.as_ref().is_none_or(|end| mark >= end)
    }

    fn insert(&mut self, entry: Entry) {
        self.entries.retain(|known| known.id != entry.id);
        let mark = Mark::of_entry(&entry);
        let place = self.entries.partition_point(|known| Mark::of_entry(known) > mark);
        self.entries.insert(place, entry);
    }

    fn sort_lines(&mut self) {
        if self.tab == Tab::Timeline {
            self.lines.sort_by(|a, b| a.id.cmp(&b.id));
        } else {
            self.lines.sort_by_key(|line| std::cmp::Reverse(Mark::of_line(line)));
        }
    }
}
