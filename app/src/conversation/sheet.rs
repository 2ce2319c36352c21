//! A sheet to write on: its text and files, the id its message will have, and the draft that is kept of it.
//! Knows when to save; knows nothing of how it looks.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use leptos::{prelude::*, server_fn::ServerFn, task::spawn_local};
use model::{
    ConversationId, MessageId, Refusal,
    draft::{Draft, DraftPlace},
    message::Message,
    ticket::{ReplyForm, TicketForm},
};

use super::{
    api::{SaveDraft, save_draft},
    file::Files,
};
use crate::{
    error::{Error, Result},
    kept,
    live::use_live,
};

/// How long after the last key a draft is saved.
const PAUSE: Duration = Duration::from_millis(500);

/// The two sheets of a conversation.
#[derive(Clone, Copy)]
pub struct Sheets {
    /// What everyone will read.
    pub reply: Sheet,
    /// What agents will read.
    pub note: Sheet,
}

impl Sheets {
    /// With what was begun.
    pub fn new(conversation: &ConversationId, reply: Draft, note: Draft) -> Self {
        Self {
            reply: Sheet::new(DraftPlace::Reply(conversation.clone()), reply),
            note: Sheet::new(DraftPlace::Note(conversation.clone()), note),
        }
    }

    /// The one that lies on top. For event handlers.
    pub fn upper(self) -> Sheet {
        let note = document().query_selector("input[name=write][value=note]:checked").is_ok_and(|chosen| chosen.is_some());
        if note { self.note } else { self.reply }
    }
}

/// A sheet.
#[derive(Clone, Copy)]
pub struct Sheet {
    /// The words.
    pub text: RwSignal<String>,
    /// The files.
    pub files: Files,
    /// Keeps it.
    pub autosave: Autosave,
    /// The id of the message to be. It stays until the server said that the message is there, so that a second
    /// try is the same message.
    id: StoredValue<MessageId>,
    /// What was sent last, until it is known to be said.
    sent: StoredValue<Option<ReplyForm>>,
}

impl Sheet {
    fn new(place: DraftPlace, draft: Draft) -> Self {
        let text = RwSignal::new(draft.form.text.clone());
        let files = Files::new(draft.attachments.clone());
        let now = Signal::derive(move || {
            let attachments = files.done();
            let form = TicketForm {
                text: text.get(),
                attachments: attachments.iter().map(|one| one.id.clone()).collect(),
                ..TicketForm::default()
            };
            Draft { form, attachments }
        });
        let restore = move |draft: Draft| {
            text.set(draft.form.text);
            files.clear();
            files.put_back(draft.attachments);
        };
        let autosave = Autosave::new(place, now, draft, restore);
        Self { text, files, autosave, id: StoredValue::new(MessageId::new()), sent: StoredValue::new(None) }
    }

    /// What is on it, as a form.
    pub fn form(self, status: String) -> ReplyForm {
        let attachments = self.files.done_untracked().into_iter().map(|one| one.id).collect();
        ReplyForm { id: self.id.get_value().to_string(), text: self.text.get_untracked(), attachments, status }
    }

    /// The same, on its way from now on.
    pub fn send(self, status: String) -> ReplyForm {
        let form = self.form(status);
        self.sent.set_value(Some(form.clone()));
        form
    }

    /// What was sent is said: what was written since stays, and will be a message of its own.
    pub fn said(self) {
        let Some(sent) = self.sent.try_update_value(Option::take).flatten() else { return };
        self.files.sent(&sent.attachments);
        self.text.update(|text| {
            if let Some(more) = text.strip_prefix(&sent.text) {
                *text = more.trim_start().to_owned();
            }
        });
        self.autosave.settle();
        // the server threw the draft away with what was said: what is left is to be saved
        self.autosave.saved.set_value(Draft::default());
        self.id.set_value(MessageId::new());
    }

    /// The log may have what was sent before its answer is here, or where the answer was lost. Whether it has. Where other words stand
    /// under the id, what comes is another message.
    pub fn told(self, messages: &[Message]) -> bool {
        let same = self.sent.with_value(|sent| {
            let sent = sent.as_ref()?;
            messages.iter().find(|message| message.id.as_str() == sent.id).map(|message| message.text.trim() == sent.text.trim())
        });
        match same {
            Some(true) => self.said(),
            Some(false) => self.id.set_value(MessageId::new()),
            None => {}
        }
        same == Some(true)
    }

    /// What was sent was not taken; under an id that stands for other words it never would be. Whether it is not said indeed.
    pub fn refused(self, error: &Error) -> bool {
        let open = self.sent.with_value(Option::is_some);
        if matches!(error, Error::Refused(Refusal::Conflict)) {
            self.sent.set_value(None);
            self.id.set_value(MessageId::new());
        }
        open
    }

    /// It goes another way: a blank sheet.
    pub fn clear(self) {
        self.text.set(String::new());
        self.files.clear();
        self.autosave.settle();
        self.id.set_value(MessageId::new());
    }

    /// What was said was taken back: it is here again, unless something else was begun.
    pub fn put_back(self, draft: Draft) {
        self.text.update(|text| {
            if text.trim().is_empty() {
                text.clone_from(&draft.form.text);
            } else {
                *text = format!("{}\n\n{text}", draft.form.text);
            }
        });
        self.files.put_back(draft.attachments);
    }
}

/// Saves a draft a moment after it changed, when the field is left, and when the page goes. While the server cannot be asked the browser
/// keeps it, and has it again on the next page.
#[derive(Clone, Copy)]
pub struct Autosave {
    place: StoredValue<DraftPlace>,
    draft: Signal<Draft>,
    saved: StoredValue<Draft>,
    left: StoredValue<Left>,
    turn: StoredValue<u32>,
    way: StoredValue<Arc<Mutex<Way>>>,
}

/// Drafts on their way: one after the other, so that the last one sent is the last to arrive.
#[derive(Default)]
struct Way {
    busy: bool,
    next: Option<Draft>,
    /// One was sent since what is written began.
    sent: bool,
}

/// What the browser keeps for want of a server.
#[derive(Clone)]
struct Left {
    /// Under which name: it is one agent's, in one property.
    name: String,
    /// What the server has.
    before: Draft,
    /// Whether the last draft did not arrive there.
    lost: bool,
}

impl Left {
    fn keep(&self, draft: &Draft) {
        if let Ok(text) = serde_json::to_string(&(draft, &self.before)) {
            kept::keep(&self.name, &text);
        }
    }

    /// A draft has arrived: it is kept no more, unless another one is by now.
    fn forget(name: &str, draft: &Draft) {
        let kept = kept::read(name).and_then(|text| serde_json::from_str::<(Draft, Draft)>(&text).ok());
        if kept.is_some_and(|(kept, _)| kept == *draft) {
            kept::forget(name);
        }
    }

    /// What was left here, with what the server has got meanwhile from elsewhere.
    fn take(&self) -> Option<Draft> {
        let (draft, before) = serde_json::from_str::<(Draft, Draft)>(&kept::read(&self.name)?).ok()?;
        kept::forget(&self.name);
        let known = &self.before;
        (draft != *known).then(|| if before == *known { draft } else { draft.with(known.clone()) })
    }
}

impl Autosave {
    /// Keeps a draft that is saved as `saved`; `restore` puts one in its place that was left in the browser.
    pub fn new(place: DraftPlace, draft: Signal<Draft>, saved: Draft, restore: impl Fn(Draft) + 'static) -> Self {
        let live = use_live();
        let name = live.roster().with_untracked(|roster| format!("recado.draft.{}.{}.{}", roster.property.id, roster.me, place.key()));
        let left = StoredValue::new(Left { name, before: saved.clone(), lost: false });
        let (turn, way) = (StoredValue::new(0), StoredValue::new(Arc::default()));
        let autosave = Self { place: StoredValue::new(place), draft, saved: StoredValue::new(saved), left, turn, way };
        Effect::new(move || {
            if let Some(draft) = left.with_value(Left::take) {
                restore(draft);
            }
        });
        Effect::new(move |before: Option<bool>| {
            let connected = live.connected().get();
            if before == Some(false) && connected {
                autosave.now();
            }
            connected
        });
        Effect::new(move |first: Option<()>| {
            draft.track();
            if first.is_some() {
                autosave.later();
            }
        });
        Effect::new(move || {
            let handle = window_event_listener_untyped("pagehide", move |_| autosave.send_off());
            on_cleanup(move || {
                autosave.now();
                handle.remove();
            });
        });
        autosave
    }

    /// Saves at once what is not saved.
    pub fn now(self) {
        if let Some((place, draft)) = self.unsaved() {
            self.send(place, draft, true);
        }
    }

    /// What was written has arrived as what it was meant to be: what stands there now is nothing to keep.
    pub fn settle(self) {
        self.turn.update_value(|turn| *turn = turn.wrapping_add(1));
        self.saved.set_value(self.draft.get_untracked());
        self.left.with_value(|left| kept::forget(&left.name));
        // a draft sent just before may be kept just after the server had thrown it away
        if self.way.get_value().lock().is_ok_and(|way| way.sent) {
            self.send(self.place.get_value(), Draft::default(), false);
        }
    }

    fn send(self, place: DraftPlace, draft: Draft, kept: bool) {
        let (Some(way), Some(name)) = (self.way.try_get_value(), self.left.try_with_value(|left| left.name.clone())) else { return };
        if kept {
            // until it has arrived: the page may be gone before
            self.left.try_with_value(|left| left.keep(&draft));
        }
        let Ok(busy) = way.lock().map(|mut way| {
            (way.next, way.sent) = (Some(draft), kept);
            std::mem::replace(&mut way.busy, true)
        }) else {
            return;
        };
        if busy {
            return;
        }
        spawn_local(async move {
            while let Some(draft) = next(&way) {
                self.arrived(&name, &draft, save_draft(place.clone(), draft.clone()).await);
            }
        });
    }

    fn arrived(self, name: &str, draft: &Draft, outcome: Result<()>) {
        if !matches!(outcome, Err(Error::Offline | Error::Unavailable(_))) {
            Left::forget(name, draft);
        }
        self.left.try_update_value(|left| {
            left.lost = outcome.is_err();
            if outcome.is_ok() {
                left.before.clone_from(draft);
            }
        });
        if outcome.is_err() {
            // it counts as unsaved again: the next change, the line that comes back or the end of the page tries once more
            self.saved.try_set_value(Draft::default());
        }
    }

    fn later(self) {
        self.turn.update_value(|turn| *turn = turn.wrapping_add(1));
        let turn = self.turn.get_value();
        set_timeout(
            move || {
                if self.turn.try_get_value() == Some(turn) {
                    self.now();
                }
            },
            PAUSE,
        );
    }

    /// What differs from what is saved; counts as saved from now on.
    fn unsaved(self) -> Option<(DraftPlace, Draft)> {
        let draft = self.draft.try_get_untracked()?;
        let place = self.place.try_get_value()?;
        let known = self.saved.try_with_value(|saved| *saved == draft || (saved.is_empty() && draft.is_empty()))?;
        self.saved.try_set_value(draft.clone());
        (!known).then_some((place, draft))
    }

    /// The page goes: the browser sends it off after us.
    fn send_off(self) {
        let Some((place, draft)) = self.unsaved() else { return };
        self.left.with_value(|left| {
            if left.lost || !window().navigator().on_line() {
                left.keep(&draft);
            }
        });
        if let Ok(body) = serde_json::to_string(&SaveDraft { place, draft }) {
            // Refused only above 64 KB; then the draft of half a second ago stands.
            drop(window().navigator().send_beacon_with_opt_str(SaveDraft::url(), Some(&body)));
        }
    }
}

/// The draft that waits to be sent; with none the way is free.
fn next(way: &Mutex<Way>) -> Option<Draft> {
    let mut way = way.lock().ok()?;
    let next = way.next.take();
    way.busy = next.is_some();
    next
}
