//! The states that the log keeps true, and how each takes an event in: by the model's own `apply`.

use model::{
    AgentId,
    batch::LastBatch,
    contact::{list::Contacts, profile::Profile},
    event::Told,
    inbox::Inbox,
    organisation::{Opened, Organisations},
    thread::Thread,
};

/// A state on the screen that events keep true.
pub trait Followed: Clone + Send + Sync + 'static {
    /// Number of the last event it knows.
    fn head(&self) -> i64;
    /// Says from which number it is to be told again: what it knows already changes nothing.
    fn rewind(&mut self, head: i64);
    /// Takes in what happened.
    fn take(&mut self, told: &Told, me: &AgentId);
}

impl Followed for Inbox {
    fn head(&self) -> i64 {
        self.head
    }
    fn rewind(&mut self, head: i64) {
        self.head = self.head.min(head);
    }
    fn take(&mut self, told: &Told, me: &AgentId) {
        self.apply(told, me);
    }
}

/// What is taken in alike by every agent.
macro_rules! followed_by_all {
    ($($state:ty),+) => {
        $(impl Followed for $state {
            fn head(&self) -> i64 {
                self.head
            }
            fn rewind(&mut self, head: i64) {
                self.head = self.head.min(head);
            }
            fn take(&mut self, told: &Told, _me: &AgentId) {
                self.apply(told);
            }
        })+
    };
}
followed_by_all!(Thread, Contacts, Profile, Organisations, Opened, LastBatch);
