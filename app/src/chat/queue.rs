//! Messages of chats on their way from this tab: shown at once under the id they will have, sent one after the other in
//! their order, and again while the line is broken. They outlive the chat's page, since one may open another meanwhile, and the
//! browser's: what was not sent is kept until it is. Sent twice by two tabs, a message is said once, by its id.

use std::{
    cell::RefCell,
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use leptos::{prelude::*, server_fn::ServerFn, task::spawn_local};
use model::{
    AgentId, ConversationId,
    attachment::Attachment,
    draft::Draft,
    message::Message,
    ticket::{ReplyForm, TicketForm},
};
use serde::{Deserialize, Serialize};

use crate::{
    ask,
    conversation::api::SendReply,
    error::{Error, Result},
    kept,
    live::Live,
};

/// How long after a failure it is tried again, if the line does not come back before.
const AGAIN: Duration = Duration::from_secs(5);

/// A message on its way.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Going {
    chat: ConversationId,
    form: ReplyForm,
    files: Vec<Attachment>,
    /// The server has it; it is shown until the log has it too.
    #[serde(skip)]
    arrived: bool,
}

/// The messages of one chat.
#[derive(Clone)]
pub struct Queue {
    chat: ConversationId,
    me: AgentId,
    all: ArcRwSignal<Vec<Going>>,
    /// What the server would not take, and why.
    refused: ArcRwSignal<Option<(Draft, Error)>>,
    busy: Arc<AtomicBool>,
}

thread_local! {
    static QUEUES: RefCell<Option<HashMap<ConversationId, Queue>>> = const { RefCell::new(None) };
}

impl Queue {
    fn new(chat: &ConversationId, me: &AgentId) -> Self {
        let (all, refused) = (ArcRwSignal::default(), ArcRwSignal::default());
        Self { chat: chat.clone(), me: me.clone(), all, refused, busy: Arc::default() }
    }

    /// An agent's queue in a chat; the same for each visit of its page. On the server there is nothing to send.
    pub fn of(chat: &ConversationId, me: &AgentId) -> Self {
        if is_server() {
            return Self::new(chat, me);
        }
        QUEUES.with_borrow_mut(|queues| {
            let queues = queues.get_or_insert_with(|| left(me));
            queues.entry(chat.clone()).or_insert_with(|| Self::new(chat, me)).clone()
        })
    }

    /// Puts a message behind those that are on their way.
    pub fn put(&self, form: ReplyForm, files: Vec<Attachment>) {
        let going = Going { chat: self.chat.clone(), form, files, arrived: false };
        if let Ok(text) = serde_json::to_string(&going) {
            kept::keep(&self.name(&going.form.id), &text);
        }
        self.all.update(|all| all.push(going));
        self.go_on();
    }

    /// Under which name the browser keeps a message.
    fn name(&self, id: &str) -> String {
        format!("{}{id}", names_of(&self.me))
    }

    /// Those that a log does not hold yet: their ids and words.
    pub fn but(&self, messages: &[Message]) -> Vec<(String, String)> {
        let there = |going: &Going| messages.iter().rev().any(|message| message.id.as_str() == going.form.id);
        self.all.with(|all| all.iter().filter(|going| !there(going)).map(|going| (going.form.id.clone(), shown(going))).collect())
    }

    /// Those that a log holds are nothing to the queue any more.
    pub fn forget(&self, messages: &[Message]) {
        let there = |going: &Going| going.arrived && messages.iter().rev().any(|message| message.id.as_str() == going.form.id);
        if self.all.with(|all| all.iter().any(there)) {
            self.all.update(|all| all.retain(|going| !there(going)));
        }
    }

    /// What the server would not take, once.
    pub fn refused(&self) -> Option<(Draft, Error)> {
        let refused = self.refused.get()?;
        self.refused.set(None);
        Some(refused)
    }

    /// Sends what waits, one after the other.
    pub fn go_on(&self) {
        if self.busy.swap(true, Ordering::AcqRel) {
            return;
        }
        let queue = self.clone();
        spawn_local(async move {
            let mut lost = false;
            while let Some(next) = queue.next().filter(|_| !lost) {
                match send(&queue.chat, &next.form).await {
                    Ok(_) => queue.settle(&next.form.id, true),
                    Err(error @ Error::Refused(_)) => {
                        queue.settle(&next.form.id, false);
                        let form = TicketForm { text: next.form.text, attachments: next.form.attachments, ..TicketForm::default() };
                        queue.refused.set(Some((Draft { form, attachments: next.files }, error)));
                    }
                    Err(_) => lost = true,
                }
            }
            queue.busy.store(false, Ordering::Release);
            if lost {
                set_timeout(move || queue.go_on(), AGAIN);
            }
        });
    }

    fn next(&self) -> Option<Going> {
        self.all.with_untracked(|all| all.iter().find(|going| !going.arrived).cloned())
    }

    /// A message has come to its end: there, and shown until the log has it; or given back.
    fn settle(&self, id: &str, arrived: bool) {
        kept::forget(&self.name(id));
        self.all.update(|all| {
            all.retain(|going| arrived || going.form.id != id);
            for going in all.iter_mut().filter(|going| going.form.id == id) {
                going.arrived = true;
            }
        });
    }
}

/// What all names begin with under which the browser keeps an agent's messages.
fn names_of(me: &AgentId) -> String {
    format!("unsent-{me}-")
}

/// What an agent's page that is gone did not send. Ids sort by age.
fn left(me: &AgentId) -> HashMap<ConversationId, Queue> {
    let mut queues: HashMap<ConversationId, Queue> = HashMap::new();
    for going in kept::all(&names_of(me)).iter().filter_map(|text| serde_json::from_str::<Going>(text).ok()) {
        queues.entry(going.chat.clone()).or_insert_with(|| Queue::new(&going.chat, me)).all.update(|all| all.push(going));
    }
    queues
}

/// The words, or the names of its files.
fn shown(going: &Going) -> String {
    let files = going.files.iter().map(|file| file.name.as_str());
    std::iter::once(going.form.text.as_str()).chain(files).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

async fn send(chat: &ConversationId, form: &ReplyForm) -> Result<String> {
    let body = serde_qs::to_string(&SendReply { conversation: chat.clone(), form: form.clone() }).map_err(|_| Error::Offline)?;
    ask::post(SendReply::PATH, ask::FORM, body).await
}

/// The queue of the opened chat, for everything below.
#[derive(Clone, Copy)]
struct OpenQueue(StoredValue<Queue>);

/// Gives the queue of an opened chat to everything below; all go on when the line is back.
pub fn provide_queue(chat: &ConversationId, live: Live) {
    provide_context(OpenQueue(StoredValue::new(Queue::of(chat, &live.me()))));
    Effect::new(move || {
        if live.connected().get() {
            let all = QUEUES.with_borrow(|queues| queues.iter().flat_map(HashMap::values).cloned().collect::<Vec<_>>());
            all.iter().for_each(Queue::go_on);
        }
    });
}

/// The queue of the opened chat. Ask in a component's body.
pub fn use_queue() -> StoredValue<Queue> {
    expect_context::<OpenQueue>().0
}
