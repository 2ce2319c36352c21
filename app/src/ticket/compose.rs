//! *Compose ticket*: a drawer over the Inbox, and a plain form where there is no wasm. What is typed is kept as a
//! draft until the ticket is there.

use leptos::{ev, html, prelude::*, server_fn::ServerFn};
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_query_map},
};
use model::{
    ConversationId,
    conversation::Priority,
    draft::{Draft, DraftPlace},
    text::ticket as text,
    ticket::TicketForm,
};

use super::{
    api::OpenTicket,
    field::{Labelled, LineField, PriorityField, Refused, TranscriptField, came_back, focus_refused, invalid},
    recipients::Recipients,
};
use crate::{
    conversation::{
        Autosave, FileList, FilePicker, Files, Toolbar,
        api::{load_draft, open_conversation},
        assignee_choices, grow, use_address,
    },
    error::Result,
    live::use_live,
    text::{t, use_language},
    ui::{Act, Failure, Glyph, Icon, Loading, concerns, modal, use_toasts, written},
};

/// What is on the form.
#[derive(Clone, Copy)]
struct Typed {
    name: RwSignal<String>,
    email: RwSignal<String>,
    cc: RwSignal<String>,
    subject: RwSignal<String>,
    words: RwSignal<String>,
    assignee: RwSignal<String>,
    priority: RwSignal<String>,
    tags: RwSignal<String>,
    files: Files,
    /// The chat it is made from, or empty.
    chat: StoredValue<String>,
    transcript: RwSignal<bool>,
    /// Stays until the server said that the ticket is there: a second try is the same ticket.
    id: StoredValue<ConversationId>,
}

impl Typed {
    fn new(draft: Draft, me: &str) -> Self {
        let field = |name: &str, kept: String| RwSignal::new(came_back(OpenTicket::PATH, name).unwrap_or(kept));
        let or = |kept: String, other: &str| if kept.is_empty() { other.to_owned() } else { kept };
        let form = draft.form;
        Self {
            name: field("name", form.name),
            email: field("email", form.email),
            cc: field("cc", form.cc),
            subject: field("subject", form.subject),
            words: field("text", form.text),
            assignee: field("assignee", or(form.assignee, me)),
            priority: field("priority", or(form.priority, Priority::Medium.word())),
            tags: field("tags", form.tags),
            files: Files::new(draft.attachments),
            chat: StoredValue::new(form.chat),
            transcript: RwSignal::new(form.transcript),
            id: StoredValue::new(ConversationId::new()),
        }
    }

    /// A draft in the place of what stands there.
    fn put(self, draft: Draft) {
        let form = draft.form;
        for (field, value) in [
            (self.name, form.name),
            (self.email, form.email),
            (self.cc, form.cc),
            (self.subject, form.subject),
            (self.words, form.text),
            (self.assignee, form.assignee),
            (self.priority, form.priority),
            (self.tags, form.tags),
        ] {
            field.set(value);
        }
        self.transcript.set(form.transcript);
        self.files.clear();
        self.files.put_back(draft.attachments);
    }

    /// The form as typed, without an id: a draft has none.
    fn form(self) -> TicketForm {
        TicketForm {
            id: String::new(),
            name: self.name.get(),
            email: self.email.get(),
            subject: self.subject.get(),
            text: self.words.get(),
            assignee: self.assignee.get(),
            priority: self.priority.get(),
            tags: self.tags.get(),
            cc: self.cc.get(),
            attachments: self.files.done().into_iter().map(|one| one.id).collect(),
            chat: self.chat.get_value(),
            transcript: self.transcript.get(),
        }
    }
}

/// Where what is typed is kept.
fn place(chat: Option<ConversationId>) -> DraftPlace {
    chat.map_or(DraftPlace::Ticket, DraftPlace::FromChat)
}

/// What was begun; of a ticket from a chat with nothing begun, whom the chat is with. `to` is whom it is written to, while nothing is.
async fn begin(chat: Option<ConversationId>, (name, email): (String, String)) -> Result<Draft> {
    let mut kept = load_draft(place(chat.clone())).await?;
    if !email.is_empty() && kept.form.subject.is_empty() && kept.form.text.is_empty() {
        (kept.form.name, kept.form.email) = (name, email);
    }
    let Some(chat) = chat.filter(|_| kept.is_empty()) else { return Ok(kept) };
    let thread = open_conversation(chat.clone()).await?.thread;
    let (guest, contact) = (thread.chat.map(|chat| chat.guest).unwrap_or_default(), thread.line.contact);
    let or = |known: String, other: String| if known.is_empty() { other } else { known };
    let (name, email) = (or(guest.name, contact.name), or(guest.email, contact.email));
    let form = TicketForm { name, email, chat: chat.into(), transcript: true, ..TicketForm::default() };
    Ok(Draft { form, attachments: vec![] })
}

/// The form, over the Inbox.
#[component]
pub fn ComposeTicket() -> impl IntoView {
    let address = use_address();
    let chat = address.origin();
    let title = t(if chat.is_some() { text::FROM_CHAT } else { text::COMPOSE });
    let about = chat.clone();
    let query = use_query_map();
    let word = move |name: &str| query.with_untracked(|query| query.get(name)).unwrap_or_default();
    let to = (word("name"), word("to"));
    let draft = Resource::new_blocking(|| (), move |()| begin(about.clone(), to.clone()));
    let dialog = NodeRef::<html::Dialog>::new();
    let navigate = use_navigate();
    let close = Callback::new(move |()| navigate(&address.composed(), NavigateOptions::default()));
    modal(dialog);
    let cancelled = move |event: ev::Event| {
        event.prevent_default();
        close.run(());
    };
    view! {
        <dialog node_ref=dialog class="dialog drawer compose-ticket" open=true aria-labelledby="compose-title" on:cancel=cancelled>
            <header class="dialog-head">
                <h2 id="compose-title">{title}</h2>
                <a class="icon-button" href=move || address.composed() aria-label=t(text::CLOSE)><Icon glyph=Glyph::Close/></a>
            </header>
            <Suspense fallback=Loading>
                {Suspend::new(async move {
                    match draft.await {
                        Ok(draft) => view! { <TicketFields draft chat/> }.into_any(),
                        Err(error) => view! { <Failure error/> }.into_any(),
                    }
                })}
            </Suspense>
        </dialog>
    }
}

#[component]
fn TicketFields(draft: Draft, chat: Option<ConversationId>) -> impl IntoView {
    let (live, language, address, toasts) = (use_live(), use_language(), use_address(), use_toasts());
    let from_chat = chat.is_some();
    let roster = live.roster();
    let me = format!("agent:{}", live.me());
    let typed = Typed::new(draft.clone(), &me);
    let now = Signal::derive(move || Draft { form: typed.form(), attachments: typed.files.done() });
    let autosave = Autosave::new(place(chat), now, draft, move |draft| typed.put(draft));
    let action = Act::new::<OpenTicket>();
    let refused: Refused = RwSignal::new(untrack(|| action.refusal()));
    let (form, field, first) = (NodeRef::<html::Form>::new(), NodeRef::<html::Textarea>::new(), NodeRef::<html::Input>::new());
    let navigate = use_navigate();
    Effect::new(move |before: Option<()>| {
        let outcome = action.answer::<ConversationId>().filter(|_| before.is_some());
        match outcome {
            Some(Ok(ticket)) => {
                autosave.settle();
                refused.set(None);
                // the agent stays in the chat, which tells of the ticket
                let next = if from_chat { address.composed() } else { address.conversation(&ticket) };
                if from_chat {
                    toasts.say(language.say(text::CREATED));
                }
                navigate(&next, NavigateOptions::default());
            }
            Some(Err(error)) => {
                refused.set(Some(error));
                request_animation_frame(move || focus_refused(form));
            }
            None => {}
        }
    });
    Effect::new(move || {
        if let Some(first) = first.get() {
            // wherever the dialog puts the focus when it is made modal, and afterwards; fails only when it cannot take it
            drop(web_sys::HtmlElement::set_autofocus(&first, true));
            request_animation_frame(move || drop(first.focus()));
        }
    });
    grow(field, typed.words);
    let left = Callback::new(move |()| autosave.now());
    let busy = move || action.pending().get() || typed.files.busy();
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        if let Some(error) = typed.files.failed() {
            refused.set(Some(error));
        } else if !action.pending().get_untracked() && !typed.files.busy() {
            let filled = TicketForm { id: typed.id.get_value().to_string(), ..untrack(|| typed.form()) };
            // what can be known here is said at once
            match filled.check() {
                Ok(_) => {
                    action.dispatch(&OpenTicket { form: filled });
                }
                Err(refusal) => {
                    refused.set(Some(refusal.into()));
                    request_animation_frame(move || focus_refused(form));
                }
            }
        }
    };
    // what was wrong with a field is unsaid as soon as it is changed
    let typing = move |event: ev::Event| {
        if refused.with_untracked(|error| concerns(error.as_ref(), &event, "form[")) {
            refused.set(None);
        }
    };
    let general = move || {
        refused
            .get()
            .filter(|error| error.field().is_none_or(|field| field == "attachments"))
            .map(|error| view! { <p class="problem">{error.say(language)}</p> })
    };
    let first_words = typed.words.get_untracked();
    view! {
        <form node_ref=form class="compose-form" action=action.path() method="post" on:submit=submit on:input=typing novalidate=true
            class:dropping=move || typed.files.over() on:dragover=move |event| typed.files.dragged(&event)
            on:dragleave=move |event| typed.files.passed(&event) on:drop=move |event| typed.files.dropped(&event) on:paste=move |event| typed.files.pasted(&event)>
            <div class="compose-body">
                <div class="compose-pair">
                    <LineField name="name" label=t(text::NAME) value=typed.name refused left node=first/>
                    <LineField name="email" label=t(text::EMAIL) value=typed.email kind="email" required=true refused left/>
                </div>
                {(!from_chat).then(|| view! { <LineField name="cc" label=t(text::CC) hint=t(text::CC_HINT) value=typed.cc refused left/> })}
                <LineField name="subject" label=t(text::SUBJECT) value=typed.subject required=true refused left/>
                <Labelled name="text" label=t(text::MESSAGE) hint=t(text::MESSAGE_HINT) refused>
                    <textarea node_ref=field class="input" id="ticket-text" name="form[text]" rows="6" required=true prop:value=move || typed.words.get()
                        on:input=move |event| typed.words.set(event_target_value(&event)) on:blur=move |_| autosave.now()
                        aria-invalid=invalid(refused, "text") aria-describedby="ticket-text-about">{written(first_words)}</textarea>
                    <Toolbar field words=typed.words/>
                </Labelled>
                <div class="compose-pair">
                    <Labelled name="assignee" label=t(text::ASSIGN_TO) refused>
                        <select class="input" id="ticket-assignee" name="form[assignee]" on:change=move |event| typed.assignee.set(event_target_value(&event))>
                            {move || roster.with(|roster| assignee_choices(roster, language)).into_iter().map(|(who, says)| {
                                let word = who.to_string();
                                let chosen = word == typed.assignee.get();
                                view! { <option value=word selected=chosen>{says}</option> }
                            }).collect_view()}
                        </select>
                    </Labelled>
                    <LineField name="tags" label=t(text::TAGS) hint=t(text::TAGS_HINT) value=typed.tags refused left/>
                </div>
                <PriorityField value=typed.priority/>
                <div class="field">
                    <span class="label">{t(text::ATTACHMENTS)}</span>
                    <FilePicker files=typed.files label=t(text::DROP).to_owned() class="drop-zone"/>
                    <FileList files=typed.files/>
                </div>
                {from_chat.then(|| view! {
                    <input type="hidden" name="form[chat]" value=typed.chat.get_value()/>
                    <TranscriptField value=typed.transcript/>
                })}
            </div>
            <footer class="compose-foot">
                <div class="compose-said">
                    <div role="alert">{general}</div>
                    <Recipients name=typed.name email=typed.email cc=typed.cc assignee=typed.assignee/>
                </div>
                <a class="button" href=move || address.composed()>{t(text::CLOSE)}</a>
                <button class="button primary" aria-disabled=move || busy().then_some("true") aria-busy=move || action.pending().get().then_some("true")>{t(text::CREATE)}</button>
            </footer>
        </form>
    }
}
