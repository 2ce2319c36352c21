//! What can be done to a conversation from its screen: one action per verb, made once for the Inbox, and one
//! place where a refusal of any of them is said.

use leptos::prelude::*;
use model::ConversationId;

use super::api::{
    AddParticipant, ApproveMessage, AssignConversation, DeleteConversation, FollowConversation, MoveConversation, RemoveParticipant,
    ResendLetter, SetPriority, SetStatus, SnoozeConversation, TagConversation, UndoMessage, UntagConversation,
};
use crate::{
    error::Error,
    text::{t, use_language},
    ui::{Act, Glyph, Icon},
};

/// The actions.
#[derive(Clone, Copy)]
pub struct Acts {
    pub status: Act,
    pub priority: Act,
    pub assign: Act,
    pub tag: Act,
    pub untag: Act,
    pub snooze: Act,
    pub follow: Act,
    pub shift: Act,
    pub delete: Act,
    pub join: Act,
    pub leave: Act,
    pub approve: Act,
    pub resend: Act,
    pub undo: Act,
    problem: RwSignal<Option<Error>>,
}

impl Acts {
    /// Makes them, and gives them to everything below.
    pub fn provide() -> Self {
        let problem = RwSignal::new(None);
        let acts = Self {
            status: heard(Act::new::<SetStatus>(), problem),
            priority: heard(Act::new::<SetPriority>(), problem),
            assign: heard(Act::new::<AssignConversation>(), problem),
            tag: heard(Act::new::<TagConversation>(), problem),
            untag: heard(Act::new::<UntagConversation>(), problem),
            snooze: heard(Act::new::<SnoozeConversation>(), problem),
            follow: heard(Act::new::<FollowConversation>(), problem),
            shift: heard(Act::new::<MoveConversation>(), problem),
            delete: heard(Act::new::<DeleteConversation>(), problem),
            join: heard(Act::new::<AddParticipant>(), problem),
            leave: heard(Act::new::<RemoveParticipant>(), problem),
            approve: heard(Act::new::<ApproveMessage>(), problem),
            resend: heard(Act::new::<ResendLetter>(), problem),
            undo: heard(Act::new::<UndoMessage>(), problem),
            problem,
        };
        provide_context(acts);
        acts
    }

    /// Says the refusals of another action where those of these are said.
    pub fn hear(self, act: Act) -> Act {
        heard(act, self.problem)
    }

    /// Says what went wrong with something done besides.
    pub fn complain(self, error: Error) {
        self.problem.set(Some(error));
    }
}

/// The actions of the Inbox. Ask in a component's body.
pub fn use_acts() -> Acts {
    expect_context()
}

/// An action whose refusal is said in the one place; a success takes the words back.
fn heard(act: Act, problem: RwSignal<Option<Error>>) -> Act {
    // without wasm the refusal is in the address, and known at once
    if let Some(error) = untrack(|| act.refusal()) {
        problem.set(Some(error));
    }
    Effect::new(move |first: Option<()>| {
        let (answered, refusal) = (act.value().with(Option::is_some), act.refusal());
        if answered && first.is_some() {
            problem.set(refusal);
        }
    });
    act
}

/// Where a refusal is said.
#[component]
pub fn Problem() -> impl IntoView {
    let (problem, language) = (use_acts().problem, use_language());
    let close = t(model::text::common::CLOSE);
    view! {
        <div class="pane-problem" role="alert">
            {move || problem.get().map(|error| view! {
                <p>
                    <Icon glyph=Glyph::Alert/>
                    {error.say(language)}
                    <button type="button" class="icon-button" aria-label=close on:click=move |_| problem.set(None)><Icon glyph=Glyph::Close/></button>
                </p>
            })}
        </div>
    }
}

/// The hidden field that says which conversation a form is about.
#[component]
pub fn About(
    /// Which.
    id: ConversationId,
) -> impl IntoView {
    view! { <input type="hidden" name="conversation" value=String::from(id)/> }
}
