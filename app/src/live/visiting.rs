//! What the visitors of chats are doing right now: whether a window of theirs is open, and what they write and have not sent.
//! Signals, never stored: a line that opens anew begins with none, and what is written is forgotten after a moment.

use leptos::prelude::*;
use model::{
    ConversationId, Moment,
    event::{Told, What},
    live::VisitorDoing,
    message::Author,
    moment::SECOND,
};

use super::Live;

/// After this a visitor who wrote no more is taken to have stopped.
const WRITING: i64 = 10 * SECOND;

/// What a visitor is doing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Visiting {
    here: bool,
    writes: Option<(String, Moment)>,
}

impl Live {
    /// Whether a chat's visitor has a window open.
    pub fn here(self, chat: &ConversationId) -> bool {
        self.visitors.with(|all| all.get(chat).is_some_and(|one| one.here))
    }

    /// What a chat's visitor writes just now.
    pub fn writes(self, chat: &ConversationId) -> Option<String> {
        let (words, at) = self.visitors.with(|all| all.get(chat).and_then(|one| one.writes.clone()))?;
        (self.second.get().since(at) < WRITING).then_some(words)
    }

    /// A visitor does something.
    pub(super) fn visited(self, chat: ConversationId, doing: VisitorDoing) {
        let at = self.clock();
        self.visitors.try_update(|all| {
            let one = match doing {
                VisitorDoing::Here => Visiting { here: true, writes: all.get(&chat).and_then(|one| one.writes.clone()) },
                VisitorDoing::Away => Visiting::default(),
                VisitorDoing::Typing(words) => Visiting { here: true, writes: (!words.trim().is_empty()).then_some((words, at)) },
            };
            all.insert(chat, one);
        });
    }

    /// What they were writing has come.
    pub(super) fn heard(self, told: &[Told]) {
        let said = |told: &&Told| told.event.what == What::MessageSaid && matches!(told.event.author, Author::Contact { .. });
        for chat in told.iter().filter(said).filter_map(|told| told.event.conversation.as_ref()) {
            if self.visitors.with_untracked(|all| all.get(chat).is_some_and(|one| one.writes.is_some())) {
                self.visitors.update(|all| _ = all.get_mut(chat).map(|one| one.writes = None));
            }
        }
    }
}
