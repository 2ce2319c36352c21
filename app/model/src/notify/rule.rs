//! The rule of what deserves a notice: one event, as one agent is told it. The same for a page that is open and for a push.
//! Pure: it remembers nothing, so each thing has exactly one event that deserves it.

use super::{
    Settings,
    push::{PushNote, beginning},
};
use crate::{
    AgentId, Assignee, ConversationId, Language,
    conversation::{Folder, Kind, Line, Status},
    event::{People, Told, What},
    mention::mentions,
    message::{Author, Happening, Mark, Message, MessageKind},
    text::notify as texts,
    words,
};

words! {
    /// Why an agent should notice something.
    Reason {
        /// A chat waits, and nobody is in it.
        Waiting = "waiting",
        /// A customer said something in what is theirs, or what they follow.
        Said = "said",
        /// A colleague noted something in what is theirs, or what they follow.
        Noted = "noted",
        /// A colleague gave it to them.
        Assigned = "assigned",
        /// A new ticket.
        Ticket = "ticket",
        /// A colleague asks them into a chat.
        Invited = "invited",
        /// A colleague calls them in a note, whosever it is.
        Mentioned = "mentioned",
    }
}

/// Something that an agent should notice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// Number of the event.
    pub seq: i64,
    /// Where.
    pub conversation: ConversationId,
    /// Why.
    pub reason: Reason,
    /// Who did it: the customer, or the colleague.
    pub who: String,
    /// What it is about: number and subject of a ticket, or empty.
    pub about: String,
    /// First words, or empty.
    pub words: String,
}

/// What an agent should notice of an event, if anything. `looking_at`: the conversation before their eyes.
pub fn notice(told: &Told, me: &AgentId, people: &People, settings: &Settings, looking_at: Option<&ConversationId>) -> Option<Notice> {
    let line = told.line.as_ref().filter(|line| line.folder == Folder::Inbox)?;
    if looking_at == Some(&line.id) || is(&told.event.author, me) {
        return None;
    }
    let case = Case { told, line, me, people };
    let reason = case.reason().filter(|reason| settings.wants(*reason))?;
    let words = case.message().map(Message::preview).unwrap_or_default();
    let who = match &told.event.author {
        Author::Agent { name, .. } if !matches!(reason, Reason::Waiting | Reason::Ticket) => name.clone(),
        Author::System if reason == Reason::Assigned => "Recado".into(),
        _ => line.contact.called().to_owned(),
    };
    let about = line.number.map(|number| format!("#{number} {}", line.subject)).unwrap_or_default();
    Some(Notice { seq: told.event.seq, conversation: line.id.clone(), reason, who, about: about.trim_end().to_owned(), words })
}

fn is(author: &Author, me: &AgentId) -> bool {
    matches!(author, Author::Agent { id, .. } if id == me)
}

struct Case<'a> {
    told: &'a Told,
    line: &'a Line,
    me: &'a AgentId,
    people: &'a People,
}

impl Case<'_> {
    fn reason(&self) -> Option<Reason> {
        let event = &self.told.event;
        match event.what {
            What::AgentInvited if self.invited_now() => Some(Reason::Invited),
            What::TicketOpened if self.concerns_me() => Some(Reason::Ticket),
            What::ChatStarted | What::AgentLeft if self.waits() => Some(Reason::Waiting),
            What::Assigned | What::RuleRan if self.assigned() && self.line.assignee == Assignee::Agent(self.me.clone()) => {
                Some(Reason::Assigned)
            }
            What::Assigned | What::RuleRan if self.assigned() && self.waits() && self.line.assignee != Assignee::Nobody => {
                Some(Reason::Waiting)
            }
            What::MessageNoted if self.called() => Some(Reason::Mentioned),
            What::MessageNoted if (self.own() || self.follows()) && self.message().is_some_and(|note| note.edited_at.is_none()) => {
                Some(Reason::Noted)
            }
            What::MessageSaid => self.said(),
            _ => None,
        }
    }

    /// A customer's words: news to whose it is, and to who follows it. In a chat that waits, only those with which the waiting began.
    fn said(&self) -> Option<Reason> {
        let message = self.message().filter(|message| !matches!(message.author, Author::Agent { .. }))?;
        if message.mark == Some(Mark::AutoReply) {
            return None;
        }
        if self.own() || self.follows() {
            return Some(Reason::Said);
        }
        if self.waits() {
            let began = self.line.waiting_since == Some(self.told.event.at);
            return began.then_some(Reason::Waiting);
        }
        (self.line.kind == Kind::Ticket && self.my_department()).then_some(Reason::Said)
    }

    /// Whether it was given to somebody: a rule may have done something else.
    fn assigned(&self) -> bool {
        let told = |message: &Message| matches!(message.happened, Some(Happening::Assigned { .. }));
        self.told.event.what == What::Assigned || self.told.messages.iter().any(told)
    }

    /// What was said or noted by the event.
    fn message(&self) -> Option<&Message> {
        self.told.messages.iter().find(|message| message.kind != MessageKind::Happened)
    }

    /// Whether it is this agent's own: assigned to them, or a chat they are in.
    fn own(&self) -> bool {
        let seats = self.told.chat.iter().flat_map(|chat| &chat.seats);
        let seated = seats.filter(|seat| seat.agent == *self.me).any(|seat| seat.joined_at.is_some() && seat.left_at.is_none());
        seated || self.line.assignee == Assignee::Agent(self.me.clone())
    }

    /// Whether this agent follows it, whosever it is.
    fn follows(&self) -> bool {
        self.line.followers.contains(self.me)
    }

    /// Whether a note that was just written calls this agent.
    fn called(&self) -> bool {
        let all = self.people.agents.iter().filter(|agent| agent.disabled_at.is_none());
        let name = all.clone().find(|agent| agent.id == *self.me).map(|agent| agent.name.as_str());
        let note = self.message().filter(|note| note.edited_at.is_none());
        let names: Vec<&str> = all.map(|agent| agent.name.as_str()).collect();
        note.zip(name).is_some_and(|(note, name)| mentions(&note.text, name, &names))
    }

    fn my_department(&self) -> bool {
        let Assignee::Department(id) = &self.line.assignee else { return false };
        self.people.departments.iter().any(|department| department.id == *id && department.agents.contains(self.me))
    }

    /// Whether it is nobody else's.
    fn concerns_me(&self) -> bool {
        self.line.assignee == Assignee::Nobody || self.own() || self.my_department()
    }

    /// Whether it is a chat that goes on with nobody in it, and this agent is one who could come.
    fn waits(&self) -> bool {
        let Some(chat) = &self.told.chat else { return false };
        let nobody = !chat.seats.iter().any(|seat| seat.joined_at.is_some() && seat.left_at.is_none());
        nobody && chat.ended_at.is_none() && self.line.status == Status::Open && self.concerns_me()
    }

    fn invited_now(&self) -> bool {
        let mut seats = self.told.chat.iter().flat_map(|chat| &chat.seats);
        seats.any(|seat| seat.agent == *self.me && seat.invited_at == Some(self.told.event.at) && seat.joined_at.is_none())
    }
}

impl Notice {
    /// Its head, in a language.
    pub fn title(&self, language: Language) -> String {
        let text = match self.reason {
            Reason::Waiting => texts::TITLE_WAITING,
            Reason::Said => texts::TITLE_SAID,
            Reason::Noted => texts::TITLE_NOTED,
            Reason::Assigned => texts::TITLE_ASSIGNED,
            Reason::Ticket => texts::TITLE_TICKET,
            Reason::Invited => texts::TITLE_INVITED,
            Reason::Mentioned => texts::TITLE_MENTIONED,
        };
        language.fill(text, &[("who", &beginning(&self.who))])
    }

    /// What stands below; without words when they are hidden.
    pub fn body(&self, hide_words: bool) -> String {
        let all = match (self.about.is_empty(), self.words.is_empty()) {
            _ if hide_words => self.about.split(' ').next().unwrap_or_default().to_owned(),
            (true, _) => self.words.clone(),
            (false, true) => self.about.clone(),
            (false, false) => format!("{}: {}", self.about, self.words),
        };
        beginning(&all)
    }

    /// As a browser is told it.
    pub fn note(&self, language: Language, hide_words: bool) -> PushNote {
        PushNote {
            title: self.title(language),
            body: self.body(hide_words),
            path: format!("/inbox/{}", self.conversation),
            tag: self.conversation.to_string(),
        }
    }
}

#[cfg(test)]
mod tests;
