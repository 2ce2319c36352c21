//! One conversation as a screen holds it. `apply` keeps it equal to what a fresh load would give.

use serde::{Deserialize, Serialize};

use crate::{
    ConversationId,
    chat::Chat,
    contact::Card,
    conversation::{Folder, Line},
    draft::Draft,
    event::{Told, What},
    message::Message,
    ticket::Participant,
};

/// An opened conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Thread {
    /// Number of the last event this state knows.
    pub head: i64,
    /// Its line in the Inbox.
    pub line: Line,
    /// What is known of who it is with.
    pub card: Card,
    /// Every address of theirs, the first one first.
    pub emails: Vec<String>,
    /// Who outside receives its letters, requester first, then by address.
    pub participants: Vec<Participant>,
    /// Its last messages, oldest first.
    pub messages: Vec<Message>,
    /// Whether there are earlier ones than these.
    pub earlier: bool,
    /// It was deleted for ever, or is not theirs to see any more, since it was opened.
    pub gone: bool,
    /// Other conversations with the same contact, newest first.
    pub others: Vec<Line>,
    /// What only a chat has, when it is one.
    pub chat: Option<Chat>,
    /// The chat that this ticket was made from.
    pub origin: Option<ConversationId>,
    /// The address that this ticket's mails come from and answers go to.
    pub reply_address: String,
}

/// A conversation with what its reader has begun to write in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opened {
    /// The conversation.
    pub thread: Thread,
    /// A reply begun.
    pub reply: Draft,
    /// A note begun.
    pub note: Draft,
}

/// How many messages a thread opens with.
pub const MESSAGES_SHOWN: usize = 100;

impl Thread {
    /// Takes in what happened. Old numbers are ignored.
    pub fn apply(&mut self, told: &Told) {
        if told.event.seq <= self.head {
            return;
        }
        self.head = told.event.seq;
        for seen in &told.contacts {
            let theirs = self.others.iter_mut().chain([&mut self.line]).filter(|line| line.contact.id == seen.card.contact.id);
            theirs.for_each(|line| line.contact.clone_from(&seen.card.contact));
        }
        self.apply_own(told);
        if let Some(seen) = told.contacts.iter().find(|seen| seen.card.contact.id == self.line.contact.id) {
            (self.card, self.emails) = (seen.card.clone(), seen.emails.clone());
        }
    }

    fn apply_own(&mut self, told: &Told) {
        if let Some(line) = told.line.as_ref().filter(|line| line.id != self.line.id) {
            self.apply_other(line);
        }
        if told.event.conversation.as_ref() != Some(&self.line.id) {
            if told.line.is_none() && told.event.conversation.is_some() {
                self.others.retain(|other| Some(&other.id) != told.event.conversation.as_ref());
            }
            if told.event.what == What::Deleted
                && let Some(chat) = &mut self.chat
            {
                chat.tickets.retain(|ticket| Some(&ticket.id) != told.event.conversation.as_ref());
            }
            return;
        }
        let Some(line) = &told.line else {
            self.gone = true;
            return;
        };
        if line.seq >= self.line.seq {
            self.line = line.clone();
        }
        if let Some(participants) = &told.participants {
            self.participants.clone_from(participants);
        }
        if let Some(others) = &told.others {
            self.others.clone_from(others);
        }
        self.chat.clone_from(&told.chat);
        for id in &told.event.messages {
            self.messages.retain(|message| message.id != *id);
        }
        let first = if self.earlier { self.messages.first().map_or(i64::MIN, |message| message.seq) } else { i64::MIN };
        for message in told.messages.iter().filter(|message| message.seq >= first) {
            let place = self.messages.partition_point(|known| (known.seq, known.place) < (message.seq, message.place));
            self.messages.insert(place, message.clone());
        }
    }

    /// Puts earlier messages, as loaded, before the ones that are here.
    pub fn prepend(&mut self, earlier: Vec<Message>, more: bool) {
        self.earlier = more;
        let known = std::mem::replace(&mut self.messages, earlier);
        for message in known {
            if !self.messages.iter().any(|other| other.id == message.id) {
                self.messages.push(message);
            }
        }
    }

    fn apply_other(&mut self, line: &Line) {
        let known = self.others.iter().position(|other| other.id == line.id);
        if let Some(place) = known {
            if self.others[place].seq > line.seq {
                return;
            }
            self.others.remove(place);
        }
        if line.contact.id == self.line.contact.id && line.folder != Folder::Merged {
            let place = self.others.partition_point(|other| (other.created_at, &other.id) > (line.created_at, &line.id));
            self.others.insert(place, line.clone());
            self.others.truncate(OTHERS_SHOWN);
        }
    }
}

/// How many other conversations of the contact are shown.
pub const OTHERS_SHOWN: usize = 10;
