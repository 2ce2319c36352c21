//! What can be done to a conversation from its screen: one action per verb, made once for the Inbox, and one
//! place where a refusal of any of them is said.

use leptos::{prelude::*, server_fn::ServerFn};
use model::ConversationId;

use super::api::{
    AddParticipant, ApproveMessage, AssignConversation, DeleteConversation, MoveConversation, RemoveParticipant, ResendLetter, SetPriority, SetStatus, SnoozeConversation, TagConversation, UndoMessage, UntagConversation,
};
use crate::{
    error::{Error, Result},
    text::{t, use_language},
    ui::{Glyph, Icon},
};

/// The actions.
#[derive(Clone, Copy)]
pub struct Acts {
    pub status: ServerAction<SetStatus>,
    pub priority: ServerAction<SetPriority>,
    pub assign: ServerAction<AssignConversation>,
    pub tag: ServerAction<TagConversation>,
    pub untag: ServerAction<UntagConversation>,
    pub snooze: ServerAction<SnoozeConversation>,
    pub shift: ServerAction<MoveConversation>,
    pub delete: ServerAction<DeleteConversation>,
    pub join: ServerAction<AddParticipant>,
    pub leave: ServerAction<RemoveParticipant>,
    pub approve: ServerAction<ApproveMessage>,
    pub resend: ServerAction<ResendLetter>,
    pub undo: ServerAction<UndoMessage>,
    problem: RwSignal<Option<Error>>,
}

impl Acts {
    /// Makes them, and gives them to everything below.
    pub fn provide() -> Self {
        let problem = RwSignal::new(None);
        let acts = Self {
            status: heard(problem),
            priority: heard(problem),
            assign: heard(problem),
            tag: heard(problem),
            untag: heard(problem),
            snooze: heard(problem),
            shift: heard(problem),
            delete: heard(problem),
            join: heard(problem),
            leave: heard(problem),
            approve: heard(problem),
            resend: heard(problem),
            undo: heard(problem),
            problem,
        };
        provide_context(acts);
        acts
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
fn heard<S>(problem: RwSignal<Option<Error>>) -> ServerAction<S>
where
    S: ServerFn<Error = Error> + Clone + Send + Sync + 'static,
    S::Output: Send + Sync + 'static,
{
    let action = ServerAction::<S>::new();
    let value = action.value();
    let refused = move |result: &Option<Result<S::Output>>| result.as_ref().map(|result| result.as_ref().err().cloned());
    // without wasm the refusal is in the address, and known at once
    if let Some(error @ Some(_)) = value.with_untracked(refused) {
        problem.set(error);
    }
    Effect::new(move |first: Option<()>| {
        if let (Some(said), Some(())) = (value.with(refused), first) {
            problem.set(said);
        }
    });
    action
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
    view! { <input type="hidden" name="conversation" value=id.to_string()/> }
}
