//! Events: what happened, past tense, numbered per property. The only thing that travels.
//! An event is small and final; a reader is told it together with the rows as they stand when it is read.

use serde::{Deserialize, Serialize};

use crate::{
    AgentId, ConversationId, MessageId, Moment, PropertyId,
    conversation::Line,
    department::Department,
    message::{Author, Message},
    property::Property,
    ticket::Participant,
    words,
};

words! {
    /// What happened.
    What {
        /// A ticket came to be, by an agent, a mail or from a chat.
        TicketOpened = "ticket_opened",
        /// Somebody said something.
        MessageSaid = "message_said",
        /// An agent noted something.
        MessageNoted = "message_noted",
        /// A message was taken back within its moment.
        MessageUndone = "message_undone",
        /// An agent let a held message through.
        MessageApproved = "message_approved",
        /// A letter of a message came further, or back.
        LetterChanged = "letter_changed",
        /// Status, by an agent or an answer.
        StatusChanged = "status_changed",
        /// Priority.
        PriorityChanged = "priority_changed",
        /// Assignee.
        Assigned = "assigned",
        /// Tags.
        TagsChanged = "tags_changed",
        /// Participants.
        ParticipantsChanged = "participants_changed",
        /// Sent to sleep.
        Snoozed = "snoozed",
        /// Woke by itself.
        Woken = "woken",
        /// Moved to another drawer.
        Moved = "moved",
        /// Deleted for ever.
        Deleted = "deleted",
        /// An agent has read it up to now; told to that agent alone.
        ReadMarked = "read_marked",
        /// Agents or departments changed.
        PeopleChanged = "people_changed",
        /// Settings of the property changed.
        PropertyChanged = "property_changed",
    }
}

/// One entry of the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// Whose log.
    pub property: PropertyId,
    /// Its number: every number comes once, in the order of commits, none is left out.
    pub seq: i64,
    /// When.
    pub at: Moment,
    /// Who did it.
    pub author: Author,
    /// What.
    pub what: What,
    /// The conversation it is about.
    pub conversation: Option<ConversationId>,
    /// Messages it added, changed or took away.
    pub messages: Vec<MessageId>,
    /// Counters it changed, with their values after it.
    pub tallies: Vec<(String, i64)>,
}

/// Agents and departments of a property.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct People {
    /// Agents, ordered by name then id, disabled ones included.
    pub agents: Vec<crate::agent::Agent>,
    /// Departments, ordered by name.
    pub departments: Vec<Department>,
}

/// An event as a reader is told it: with the rows it is about, as they stand now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// What happened.
    pub event: Event,
    /// The conversation's line; none when it is gone.
    pub line: Option<Line>,
    /// Up to when each agent has read the conversation.
    pub read: Vec<(AgentId, Moment)>,
    /// Those of `event.messages` that are still there.
    pub messages: Vec<Message>,
    /// Participants, when they may have changed.
    pub participants: Option<Vec<Participant>>,
    /// Agents and departments, when they changed.
    pub people: Option<People>,
    /// The property, when it changed.
    pub property: Option<Property>,
}
