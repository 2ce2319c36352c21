//! Events: what happened, past tense, numbered per property. The only thing that travels.
//! An event is small and final; a reader is told it together with the rows as they stand when it is read.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    AgentId, ContactId, ConversationId, MessageId, Moment, PropertyId,
    batch::Batch,
    chat::Chat,
    contact::Seen,
    conversation::Line,
    department::Department,
    message::{Author, Message},
    property::Property,
    saved_view::SavedView,
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
        /// Who follows it.
        FollowersChanged = "followers_changed",
        /// Participants.
        ParticipantsChanged = "participants_changed",
        /// Sent to sleep.
        Snoozed = "snoozed",
        /// Woke by itself.
        Woken = "woken",
        /// What is due next in a ticket is something else since targets or hours changed, or is soon.
        DueChanged = "due_changed",
        /// Moved to another drawer.
        Moved = "moved",
        /// Deleted for ever.
        Deleted = "deleted",
        /// An agent has read it up to now; told to that agent alone.
        ReadMarked = "read_marked",
        /// Agents or departments changed.
        PeopleChanged = "people_changed",
        /// An agent chose to be online, away or invisible.
        PresenceChanged = "presence_changed",
        /// Settings of the property changed.
        PropertyChanged = "property_changed",
        /// Rules changed.
        RulesChanged = "rules_changed",
        /// Settings of the widget changed.
        WidgetChanged = "widget_changed",
        /// A visitor began a chat.
        ChatStarted = "chat_started",
        /// Nobody answered a chat in time.
        ChatMissed = "chat_missed",
        /// A chat is over.
        ChatEnded = "chat_ended",
        /// The visitor said how a chat was.
        ChatRated = "chat_rated",
        /// An agent came into a chat.
        AgentJoined = "agent_joined",
        /// An agent went out of a chat.
        AgentLeft = "agent_left",
        /// An agent was asked into a chat.
        AgentInvited = "agent_invited",
        /// An agent changed the words of their message.
        MessageEdited = "message_edited",
        /// The visitor has read a chat up to now.
        VisitorRead = "visitor_read",
        /// More is known of a chat's visitor, or something else.
        VisitorChanged = "visitor_changed",
        /// What agents said in a chat goes by mail: its visitor went and had not seen it.
        AnswersMailed = "answers_mailed",
        /// A visitor was asked for name and e-mail.
        DetailsAsked = "details_asked",
        /// A visitor said where an answer reaches them: a letter may say that it comes.
        DetailsLeft = "details_left",
        /// A visitor wants the chat by mail: the letter is owed.
        TranscriptAsked = "transcript_asked",
        /// The site told of something that its visitor did there; for agents.
        SiteEventTold = "site_event_told",
        /// A ticket was made from a chat.
        TicketLinked = "ticket_linked",
        /// A rule did something. It starts no other rule: rules look at what people do and at time.
        RuleRan = "rule_ran",
        /// Words went from one ticket into another: told of both.
        MessagesShifted = "messages_shifted",
        /// A contact came to be by hand, or other things are known of them.
        ContactChanged = "contact_changed",
        /// Something was noted of a contact, changed or taken away.
        ContactNoted = "contact_noted",
        /// A contact went into another, with all conversations; or the two are apart again.
        ContactsMerged = "contacts_merged",
        /// An organisation came to be by hand, is called otherwise, or is gone; contacts that show it follow as changed.
        OrganisationChanged = "organisation_changed",
        /// A person was erased: a conversation that others took part in lost their words, or they are gone.
        PersonErased = "person_erased",
        /// An agent's act on several conversations came further; told to that agent alone.
        BatchMoved = "batch_moved",
        /// Saved views that all agents see changed.
        ViewsChanged = "views_changed",
        /// An agent's own saved views changed; told to that agent alone.
        OwnViewsChanged = "own_views_changed",
        /// What was said elsewhere came in as history, or more of it. Nothing follows: no letter, no rule, no notice.
        HistoryImported = "history_imported",
    }
}

impl What {
    /// Whether the visitor of a chat is told when it happened there. What they are told is less than what agents are told.
    pub const fn reaches_visitor(self) -> bool {
        matches!(
            self,
            Self::ChatStarted
                | Self::ChatMissed
                | Self::ChatEnded
                | Self::ChatRated
                | Self::AgentJoined
                | Self::AgentLeft
                | Self::MessageSaid
                | Self::MessageEdited
                | Self::MessageUndone
                | Self::MessageApproved
                | Self::VisitorRead
                | Self::VisitorChanged
                | Self::DetailsAsked
                | Self::DetailsLeft
                | Self::TranscriptAsked
                | Self::Deleted
        )
    }

    /// Whether every visitor of a property is told: it changes what all of them see.
    pub const fn reaches_every_visitor(self) -> bool {
        matches!(self, Self::PeopleChanged | Self::PropertyChanged | Self::WidgetChanged)
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
    /// Contacts of whom lists and pages show something else since.
    pub contacts: Vec<ContactId>,
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
    /// Those of `event.contacts` that are still there.
    pub contacts: Vec<Seen>,
    /// Participants, when they may have changed.
    pub participants: Option<Vec<Participant>>,
    /// What only a chat has, when the conversation is one.
    pub chat: Option<Chat>,
    /// Other conversations with the contact, when the contact is another now.
    pub others: Option<Vec<Line>>,
    /// Agents and departments, when they changed.
    pub people: Option<People>,
    /// The property, when it changed.
    pub property: Option<Property>,
    /// The last act on several conversations of the agent who is told, when it came further.
    pub batch: Option<Batch>,
    /// Saved views, when they changed: those that all agents see, or the own ones of the agent who is told.
    pub views: Option<Vec<SavedView>>,
    /// All counters as the agent counts who is told, when they see a part of the property alone and any may have changed; else those of
    /// the event say it.
    pub counts: Option<BTreeMap<String, i64>>,
}
