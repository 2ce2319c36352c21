//! Which conversations of the list are picked, and the box that picks one. A range is picked with Shift, from the one picked last.
//! What leaves the list is picked no more; another view begins with none.

use leptos::{ev, prelude::*};
use model::{
    ConversationId,
    batch::Of,
    inbox::{Inbox, Row},
    text::several as text,
};

use crate::{
    conversation::{focus, use_address},
    kept,
    text::fill,
};

/// Where the browser remembers that an act is going on, so that a page loaded anew shows how far it is.
const GOING_ON: &str = "several-going-on";

/// What is picked.
#[derive(Clone, Copy)]
pub struct Several {
    inbox: RwSignal<Inbox>,
    /// In the order of their ids.
    ids: RwSignal<Vec<ConversationId>>,
    /// All that the view has, loaded or not.
    whole: RwSignal<bool>,
    /// The one that was picked last: where a range begins.
    from: StoredValue<Option<ConversationId>>,
    /// The bar is wanted: to pick, or to see how far an act is.
    wanted: RwSignal<bool>,
}

impl Several {
    /// None is picked. Gives itself to everything below.
    pub fn provide(inbox: RwSignal<Inbox>) -> Self {
        let several = Self {
            inbox,
            ids: RwSignal::new(vec![]),
            whole: RwSignal::new(false),
            from: StoredValue::new(None),
            wanted: RwSignal::new(false),
        };
        provide_context(several);
        let view = use_address().view;
        Effect::new(move |before: Option<()>| {
            view.track();
            if before.is_some() {
                several.clear();
            } else if kept::read(GOING_ON).is_some() {
                several.wanted.set(true);
            }
        });
        Effect::new(move || several.prune());
        several
    }

    /// Whether one is picked.
    pub fn has(self, id: &ConversationId) -> bool {
        self.whole.get() || self.ids.with(|ids| ids.binary_search(id).is_ok())
    }

    /// Whether any is.
    pub fn any(self) -> bool {
        self.whole.get() || self.ids.with(|ids| !ids.is_empty())
    }

    /// The same for what follows nothing.
    pub fn any_now(self) -> bool {
        self.whole.get_untracked() || self.ids.with_untracked(|ids| !ids.is_empty())
    }

    /// How many, when that is known.
    pub fn count(self) -> Option<i64> {
        if self.whole.get() { self.inbox.with(Inbox::total) } else { i64::try_from(self.ids.with(Vec::len)).ok() }
    }

    /// All that the view has?
    pub fn whole(self) -> bool {
        self.whole.get()
    }

    /// The list that they are picked from.
    pub fn list(self) -> RwSignal<Inbox> {
        self.inbox
    }

    /// Those that are picked one by one.
    pub fn ids(self) -> Vec<ConversationId> {
        self.ids.get()
    }

    /// Whether the bar is wanted.
    pub fn wanted(self) -> bool {
        self.wanted.get() || self.any()
    }

    /// The bar stays for an act that is going on, in a page loaded anew too, or goes.
    pub fn keep_bar(self, going_on: bool) {
        if going_on {
            kept::keep(GOING_ON, "1");
        } else {
            kept::forget(GOING_ON);
        }
        self.wanted.set(going_on);
    }

    /// Picks one, or no longer.
    pub fn toggle(self, id: &ConversationId) {
        self.one_by_one();
        self.ids.update(|ids| match ids.binary_search(id) {
            Ok(place) => _ = ids.remove(place),
            Err(place) => ids.insert(place, id.clone()),
        });
        self.from.set_value(Some(id.clone()));
    }

    /// Picks all from the one picked last to this one.
    pub fn toggle_to(self, id: &ConversationId) {
        let place = |rows: &[Row], id: &ConversationId| rows.iter().position(|row| row.line.id == *id);
        let range = self.inbox.with_untracked(|inbox| {
            let (from, to) = (place(&inbox.rows, self.from.get_value().as_ref()?)?, place(&inbox.rows, id)?);
            Some(inbox.rows[from.min(to)..=from.max(to)].iter().map(|row| row.line.id.clone()).collect::<Vec<_>>())
        });
        let Some(range) = range else { return self.toggle(id) };
        self.one_by_one();
        self.ids.update(|ids| {
            for id in range {
                if let Err(place) = ids.binary_search(&id) {
                    ids.insert(place, id);
                }
            }
        });
        self.from.set_value(Some(id.clone()));
    }

    /// Picks all that the view has.
    pub fn all(self) {
        self.whole.set(true);
    }

    /// Picks none.
    pub fn clear(self) {
        self.ids.set(vec![]);
        self.whole.set(false);
    }

    /// Something was done to them: none is picked, and the focus, whose menu is gone, is in the list again.
    pub fn done(self) {
        self.clear();
        let row = self.from.get_value();
        request_animation_frame(move || {
            if document().active_element().is_none_or(|element| element.tag_name() == "BODY") {
                focus(".rows-scroll");
                if let Some(id) = row {
                    focus(&format!("[data-row=\"{id}\"]"));
                }
            }
        });
    }

    /// What an act is on.
    pub fn of(self) -> Of {
        if self.whole.get_untracked() {
            Of::View(self.inbox.with_untracked(|inbox| inbox.view.clone()))
        } else {
            Of::These(self.ids.get_untracked())
        }
    }

    /// Those that are loaded, instead of all that the view has.
    fn one_by_one(self) {
        if self.whole.get_untracked() {
            let mut ids = self.loaded();
            ids.sort();
            self.ids.set(ids);
            self.whole.set(false);
        }
    }

    fn loaded(self) -> Vec<ConversationId> {
        self.inbox.with_untracked(|inbox| inbox.rows.iter().map(|row| row.line.id.clone()).collect())
    }

    /// What is not in the list any more is not picked either.
    fn prune(self) {
        self.inbox.track();
        if self.ids.with_untracked(Vec::is_empty) {
            return;
        }
        let mut here = self.loaded();
        here.sort();
        if self.ids.with_untracked(|ids| ids.iter().any(|id| here.binary_search(id).is_err())) {
            self.ids.update(|ids| ids.retain(|id| here.binary_search(id).is_ok()));
        }
    }
}

/// What is picked. Ask in a component's body.
pub fn use_several() -> Several {
    expect_context()
}

/// The box of a row.
#[component]
pub fn PickBox(
    /// Of which conversation.
    id: ConversationId,
    /// Who it is with.
    name: String,
) -> impl IntoView {
    let several = use_several();
    let picked = {
        let id = id.clone();
        Memo::new(move |_| several.has(&id))
    };
    let label = fill(text::PICK, &[("name", &name)]);
    let click = move |event: ev::MouseEvent| {
        if event.shift_key() {
            several.toggle_to(&id);
        } else {
            several.toggle(&id);
        }
        // the browser has turned it already, and a range may end in one that was picked before
        event_target::<web_sys::HtmlInputElement>(&event).set_checked(picked.get_untracked());
    };
    view! {
        <label class="row-pick" class:picked=move || picked.get()>
            <input type="checkbox" aria-label=label prop:checked=move || picked.get() on:click=click/>
        </label>
    }
}
