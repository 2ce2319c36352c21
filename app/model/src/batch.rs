//! One act on several conversations: what is done to each, how far it has come, and what could not be done.
//! A change of one conversation is the same change.

use serde::{Deserialize, Serialize};

use crate::{
    Assignee, BatchId, ConversationId, Moment, Refusal, Why,
    conversation::{Folder, Line, Priority, Status, TAG_MOST, TAGS_MOST, tag},
    event::{Told, What},
    message::Happening,
    view::View,
    words,
};

/// What is done to a conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Change {
    /// Into somebody's hands.
    Assign(Assignee),
    /// Where it stands. Only `Snooze` sends to sleep.
    Status(Status),
    /// To sleep until a moment.
    Snooze(Moment),
    /// How pressing it is.
    Priority(Priority),
    /// A tag on.
    Tag(String),
    /// A tag off.
    Untag(String),
    /// Into another drawer.
    Move(Folder),
    /// Deleted for ever, from spam or trash.
    Delete,
}

impl Change {
    /// The change as it can be made; a value that cannot be is refused.
    pub fn check(self) -> Result<Self, Refusal> {
        match self {
            Self::Status(Status::Snoozed) => Err(Refusal::invalid("status", Why::Unknown)),
            Self::Move(Folder::Merged) => Err(Refusal::invalid("folder", Why::Unknown)),
            Self::Tag(text) => match tag(&text) {
                Some(tag) => Ok(Self::Tag(tag)),
                None if text.trim().is_empty() => Err(Refusal::invalid("tag", Why::Required)),
                None => Err(Refusal::invalid("tag", Why::TooLong(TAG_MOST))),
            },
            other => Ok(other),
        }
    }

    /// The line after it, and what is told; none when it is so already. `name` is that of the assignee.
    pub fn apply(&self, before: &Line, name: Option<&str>) -> Result<Option<(Line, Happening)>, Refusal> {
        let mut after = before.clone();
        let told = match self {
            Self::Assign(assignee) => {
                after.assignee.clone_from(assignee);
                Happening::Assigned { to: name.map(str::to_owned) }
            }
            Self::Status(status) if *status == before.status => return Ok(None),
            Self::Status(status) => {
                (after.status, after.snoozed_until) = (*status, None);
                if matches!(status, Status::Solved | Status::Closed) {
                    after.waiting_since = None;
                }
                Happening::Status { to: *status }
            }
            Self::Snooze(until) => {
                (after.status, after.snoozed_until) = (Status::Snoozed, Some(*until));
                Happening::Snoozed { until: *until }
            }
            Self::Priority(priority) => {
                after.priority = *priority;
                Happening::Priority { to: *priority }
            }
            Self::Tag(tag) if before.tags.contains(tag) => return Ok(None),
            Self::Tag(tag) => {
                if before.tags.len() >= TAGS_MOST as usize {
                    return Err(Refusal::invalid("tag", Why::TooMany(TAGS_MOST)));
                }
                after.tags.push(tag.clone());
                after.tags.sort();
                Happening::Tagged { tag: tag.clone() }
            }
            Self::Untag(tag) => {
                after.tags.retain(|known| known != tag);
                Happening::Untagged { tag: tag.clone() }
            }
            Self::Move(folder) => {
                after.folder = *folder;
                Happening::Moved { to: *folder }
            }
            Self::Delete => return Err(Refusal::Conflict),
        };
        Ok((after != *before).then_some((after, told)))
    }

    /// What undoes it for a line as it was before; nothing undoes a deletion.
    pub fn back(&self, before: &Line) -> Option<Self> {
        Some(match self {
            Self::Assign(_) => Self::Assign(before.assignee.clone()),
            Self::Status(_) | Self::Snooze(_) => before.snoozed_until.map_or(Self::Status(before.status), Self::Snooze),
            Self::Priority(_) => Self::Priority(before.priority),
            Self::Tag(tag) => Self::Untag(tag.clone()),
            Self::Untag(tag) => Self::Tag(tag.clone()),
            Self::Move(_) => Self::Move(before.folder),
            Self::Delete => return None,
        })
    }

    /// Whether a line still is as this left it.
    pub fn holds(&self, line: &Line) -> bool {
        match self {
            Self::Assign(assignee) => line.assignee == *assignee,
            Self::Status(status) => line.status == *status,
            Self::Snooze(until) => line.snoozed_until == Some(*until),
            Self::Priority(priority) => line.priority == *priority,
            Self::Tag(tag) => line.tags.contains(tag),
            Self::Untag(tag) => !line.tags.contains(tag),
            Self::Move(folder) => line.folder == *folder,
            Self::Delete => false,
        }
    }

    /// The event that tells it.
    pub const fn what(&self) -> What {
        match self {
            Self::Assign(_) => What::Assigned,
            Self::Status(_) => What::StatusChanged,
            Self::Snooze(_) => What::Snoozed,
            Self::Priority(_) => What::PriorityChanged,
            Self::Tag(_) | Self::Untag(_) => What::TagsChanged,
            Self::Move(_) => What::Moved,
            Self::Delete => What::Deleted,
        }
    }
}

/// Which conversations.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Of {
    /// These.
    These(Vec<ConversationId>),
    /// All that a view has now.
    View(View),
}

/// One act on several conversations, as it is asked for. Its id is made by who asks, so that a retry is the same act.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatchForm {
    /// Its identity.
    pub id: BatchId,
    /// What is done to each.
    pub change: Change,
    /// To which.
    pub of: Of,
}

/// Most conversations that are named one by one.
pub const NAMED_MOST: u32 = 1_000;
/// Most conversations of one act.
pub const BATCH_MOST: u32 = 50_000;

words! {
    /// How far an act has come.
    Stage {
        /// Conversations are being changed.
        Running = "running",
        /// All were looked at.
        Done = "done",
        /// What was changed is being put back.
        Undoing = "undoing",
        /// All that could be was put back.
        Undone = "undone",
    }
}

/// One act on several conversations, and how far it has come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Batch {
    /// Its identity.
    pub id: BatchId,
    /// What is done to each.
    pub change: Change,
    /// How far it has come.
    pub stage: Stage,
    /// How many conversations there are.
    pub total: i64,
    /// How many were looked at.
    pub looked: i64,
    /// How many of these were changed: the others were so already, or could not be.
    pub changed: i64,
    /// How many could not be changed: gone meanwhile, merged, or not for this change.
    pub refused: i64,
    /// How many were put back.
    pub back: i64,
    /// How many were not put back, since somebody changed them in the meantime.
    pub kept: i64,
}

impl Batch {
    /// Whether there is still something to do.
    pub const fn going_on(&self) -> bool {
        matches!(self.stage, Stage::Running | Stage::Undoing)
    }

    /// How much of it is done, and of how much.
    pub const fn progress(&self) -> (i64, i64) {
        match self.stage {
            Stage::Running | Stage::Done => (self.looked, self.total),
            Stage::Undoing | Stage::Undone => (self.back + self.kept, self.changed),
        }
    }

    /// Whether it can be taken back.
    pub fn undoable(&self) -> bool {
        self.change != Change::Delete
            && match self.stage {
                Stage::Running => true,
                Stage::Done => self.changed > 0,
                Stage::Undoing | Stage::Undone => false,
            }
    }
}

/// An agent's last act on several conversations, as their screen holds it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastBatch {
    /// Number of the last event this state knows.
    pub head: i64,
    /// The act, if there was one lately.
    pub batch: Option<Batch>,
}

impl LastBatch {
    /// Takes in what happened. Old numbers are ignored.
    pub fn apply(&mut self, told: &Told) {
        if told.event.seq <= self.head {
            return;
        }
        self.head = told.event.seq;
        if told.event.what == What::BatchMoved {
            self.batch.clone_from(&told.batch);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{AgentId, ContactId, contact::Contact, conversation::Kind, message::Channel};

    fn line() -> Line {
        let contact = Contact { id: ContactId::new(), name: "Joana".into(), email: "joana@example.com".into(), created_at: Moment(0) };
        Line {
            id: ConversationId::new(),
            kind: Kind::Ticket,
            channel: Channel::Email,
            number: Some(1),
            subject: "Late".into(),
            contact,
            preview: String::new(),
            preview_by: None,
            status: Status::Open,
            snoozed_until: None,
            priority: Priority::Medium,
            assignee: Assignee::Nobody,
            tags: vec!["vip".into()],
            followers: vec![],
            folder: Folder::Inbox,
            attachments: 0,
            last_at: Moment(1),
            waiting_since: Some(Moment(1)),
            due: None,
            missed: false,
            from_chat: false,
            created_at: Moment(0),
            seq: 1,
        }
    }

    #[test]
    fn what_is_so_already_is_no_change() {
        for change in [
            Change::Assign(Assignee::Nobody),
            Change::Status(Status::Open),
            Change::Priority(Priority::Medium),
            Change::Tag("vip".into()),
            Change::Untag("late".into()),
            Change::Move(Folder::Inbox),
        ] {
            assert_eq!(change.apply(&line(), None), Ok(None), "{change:?}");
            assert!(change.holds(&line()), "{change:?}");
        }
    }

    #[test]
    fn what_undoes_a_change_leads_back_and_knows_whether_it_still_holds() {
        let asleep = Line { status: Status::Snoozed, snoozed_until: Some(Moment(9)), ..line() };
        for (before, change) in [
            (line(), Change::Assign(Assignee::Agent(AgentId::new()))),
            (line(), Change::Status(Status::Solved)),
            (asleep.clone(), Change::Status(Status::Pending)),
            (line(), Change::Snooze(Moment(9))),
            (asleep, Change::Snooze(Moment(11))),
            (line(), Change::Priority(Priority::Highest)),
            (line(), Change::Tag("late".into())),
            (line(), Change::Untag("vip".into())),
            (line(), Change::Move(Folder::Trash)),
        ] {
            assert!(!change.holds(&before), "{change:?}");
            let (after, _) = change.apply(&before, None).unwrap().expect("a change");
            assert!(change.holds(&after), "{change:?}");
            let (again, _) = change.back(&before).unwrap().apply(&after, None).unwrap().expect("a change back");
            assert_eq!(Line { waiting_since: before.waiting_since, ..again }, before, "{change:?}");
        }
        assert_eq!(Change::Delete.back(&line()), None);
    }

    #[test]
    fn what_cannot_be_is_refused() {
        for change in [Change::Status(Status::Snoozed), Change::Move(Folder::Merged), Change::Tag("  ".into()), Change::Tag("x".repeat(41))]
        {
            assert!(change.clone().check().is_err(), "{change:?}");
        }
        assert_eq!(Change::Tag(" Late  Order ".into()).check(), Ok(Change::Tag("late-order".into())));
    }
}
