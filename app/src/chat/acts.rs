//! What can be done to a chat from its screen, made once per opened chat; a refusal is said where those of the Inbox are.

use leptos::prelude::*;

use super::api::{EditMessage, EndChat, InviteToChat, JoinChat, LeaveChat, TransferChat, WithdrawMessage};
use crate::{conversation::use_acts, ui::Act};

/// The actions.
#[derive(Clone, Copy)]
pub struct ChatActs {
    pub join: Act,
    pub leave: Act,
    pub invite: Act,
    pub transfer: Act,
    pub end: Act,
    pub edit: Act,
    pub withdraw: Act,
}

impl ChatActs {
    /// Makes them, and gives them to everything below.
    pub fn provide() {
        let acts = use_acts();
        provide_context(Self {
            join: acts.hear(Act::new::<JoinChat>()),
            leave: acts.hear(Act::new::<LeaveChat>()),
            invite: acts.hear(Act::new::<InviteToChat>()),
            transfer: acts.hear(Act::new::<TransferChat>()),
            end: acts.hear(Act::new::<EndChat>()),
            edit: acts.hear(Act::new::<EditMessage>()),
            withdraw: acts.hear(Act::new::<WithdrawMessage>()),
        });
    }
}

/// The actions of the opened chat. Ask in a component's body.
pub fn use_chat_acts() -> ChatActs {
    expect_context()
}
