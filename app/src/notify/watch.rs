//! Watches the log for what deserves a notice, and counts what was not looked at yet. Runs in the browser only, loaded once the page
//! has come to life. Knows the rule; how something is noticed is the script's.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use leptos::{prelude::*, task::spawn_local};
use model::{
    ConversationId,
    conversation::{Folder, Status},
    event::{Told, What},
    live::Signal as Doing,
    message::Author,
    moment::MINUTE,
    notify::{Reason, Settings, notice},
};

use super::{
    api::load_notify_settings,
    script::{Ask, Tell, ask, hear},
};
use crate::live::Live;

/// What is older when it is told, as after a laptop slept, is counted and not heard.
const FRESH: i64 = 2 * MINUTE;

/// What the watch holds.
struct Held {
    settings: Settings,
    /// What was not looked at yet.
    open: BTreeMap<ConversationId, Reason>,
}

#[derive(Clone, Copy)]
struct Watch {
    live: Live,
    held: StoredValue<Arc<Mutex<Held>>>,
}

/// Begins to watch. Called once for a page.
pub fn begin(live: Live) {
    let held = Held { settings: Settings::default(), open: BTreeMap::new() };
    let watch = Watch { live, held: StoredValue::new(Arc::new(Mutex::new(held))) };
    // for as long as the page lives
    let _ = hear(move |told| watch.told(&told));
    load_script();
    // a line that opens anew does not know yet whether somebody looks
    Effect::new(move || {
        if live.connected().get() {
            ask(&Ask::Looking);
        }
    });
    spawn_local(async move {
        watch.load().await;
        live.listen(move |told| told.iter().for_each(|told| watch.take(told)));
    });
}

fn load_script() {
    let made = document().create_element("script").and_then(|script| {
        script.set_attribute("src", "/notify.js")?;
        document().body().map(|body| body.append_child(&script)).transpose()
    });
    // without it nothing is heard, and all else works
    drop(made);
}

/// The conversation before the agent's eyes.
fn looking_at() -> Option<ConversationId> {
    let seen = !document().hidden() && document().has_focus().unwrap_or_default();
    let path = window().location().pathname().ok().filter(|_| seen)?;
    path.strip_prefix("/inbox/")?.split('/').next()?.parse().ok()
}

impl Watch {
    async fn load(self) {
        if let Ok(settings) = load_notify_settings().await {
            self.with(|held| held.settings = settings);
        }
    }

    fn with<T>(self, act: impl FnOnce(&mut Held) -> T) -> Option<T> {
        let held = self.held.try_get_value()?;
        let mut held = held.lock().ok()?;
        Some(act(&mut held))
    }

    /// The script told something.
    fn told(self, told: &Tell) {
        if let Some(looking) = told.looking {
            self.live.signal(&Doing::Looking(looking));
        }
        if told.changed {
            spawn_local(self.load());
        }
    }

    /// Something happened.
    fn take(self, told: &Told) {
        let Some((noticed, settings)) = self.notice(told) else { return };
        let key = format!("{}:{}", told.event.property, told.event.seq);
        match noticed {
            Some(notice) => {
                let (quiet, language) =
                    self.live.roster().with_untracked(|roster| (settings.is_quiet(&roster.zone, told.event.at), roster.language));
                let heard = !quiet && self.live.clock().since(told.event.at) < FRESH;
                let note = notice.note(language, settings.hide_words);
                self.count(|open| open.insert(notice.conversation, notice.reason).is_none());
                if heard {
                    let (sound, desktop) = (settings.sound, settings.desktop);
                    ask(&Ask::Notice { key, title: note.title, body: note.body, tag: note.tag, path: note.path, sound, desktop });
                }
            }
            None if told.line.as_ref().is_some_and(|line| looking_at().as_ref() == Some(&line.id)) => ask(&Ask::Seen { key }),
            None => {}
        }
        self.count(|open| is_settled(told, self.live, open));
    }

    fn notice(self, told: &Told) -> Option<(Option<model::notify::Notice>, Settings)> {
        let settings = self.with(|held| held.settings)?;
        let looking_at = looking_at();
        let noticed =
            self.live.roster().try_with_untracked(|roster| notice(told, &roster.me, &roster.people, &settings, looking_at.as_ref()))?;
        Some((noticed, settings))
    }

    /// Changes what is open, and the number in the title when that changed it.
    fn count(self, change: impl FnOnce(&mut BTreeMap<ConversationId, Reason>) -> bool) {
        let n = self.with(|held| change(&mut held.open).then_some(held.open.len())).flatten();
        if let Some(n) = n {
            ask(&Ask::Count { n });
        }
    }
}

/// Takes out what an event settles: this agent read it, in whatever browser, or nobody waits there any more.
fn is_settled(told: &Told, live: Live, open: &mut BTreeMap<ConversationId, Reason>) -> bool {
    let Some(id) = &told.event.conversation else { return false };
    let read = told.event.what == What::ReadMarked && matches!(&told.event.author, Author::Agent { id, .. } if *id == live.me());
    let answered =
        told.line.as_ref().is_none_or(|line| line.folder != Folder::Inbox || line.status != Status::Open || line.waiting_since.is_none());
    let waited = matches!(open.get(id), Some(Reason::Waiting | Reason::Said | Reason::Ticket));
    (read || (answered && waited)) && open.remove(id).is_some()
}
