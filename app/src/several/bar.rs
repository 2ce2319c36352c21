//! The bar over the list while conversations are picked, or an act on several is going on. It floats, so that no row moves.
//! A part of its own: most of the day nobody needs it.

use leptos::{ev, prelude::*, task::spawn_local};
use model::{
    BatchId,
    batch::{BatchForm, Change, LastBatch},
    text::{common, several as text},
};

use super::{
    Several,
    api::{begin_batch, load_last_batch},
    menus::{AssignMenu, MoreMenu, PriorityMenu, StatusMenu, TagMenu},
    progress::Progress,
    use_several,
};
use crate::{
    conversation::{Command, open_menu, use_commands},
    error::Error,
    live::{Live, use_live},
    text::{t, use_language},
    ui::{Glyph, Icon},
};

/// What the bar does, for its menus.
#[derive(Clone, Copy)]
pub struct Deed {
    several: Several,
    live: Live,
    last: RwSignal<LastBatch>,
    asking: RwSignal<bool>,
    problem: RwSignal<Option<Error>>,
}

impl Deed {
    /// Does something to all that are picked.
    pub fn to_all(self, change: Change) {
        let Self { several, live, .. } = self;
        if self.asking.get_untracked() || !several.any_now() {
            return;
        }
        let form = BatchForm { id: BatchId::new(), change, of: several.of() };
        self.asking.set(true);
        let seq = live.seq();
        spawn_local(async move {
            let begun = begin_batch(form).await;
            self.asking.try_set(false);
            match begun {
                Ok(batch) => {
                    several.keep_bar(true);
                    several.done();
                    self.problem.try_set(None);
                    self.last.try_update(|last| last.batch = Some(batch));
                    // the socket may have been faster
                    live.catch_up(self.last, seq);
                }
                Err(error) => _ = self.problem.try_set(Some(error)),
            }
        });
    }
}

/// What the bar does. Ask in a component's body.
pub fn use_deed() -> Deed {
    expect_context()
}

/// The bar.
#[component]
pub fn SeveralBar() -> impl IntoView {
    let (several, live, language) = (use_several(), use_live(), use_language());
    let last = RwSignal::new(LastBatch { head: live.seq(), batch: None });
    let deed = Deed { several, live, last, asking: RwSignal::new(false), problem: RwSignal::new(None) };
    provide_context(deed);
    let load = move || {
        spawn_local(async move {
            if let Ok(fresh) = load_last_batch().await {
                live.renew(last, fresh);
            }
        });
    };
    live.keep(last, load);
    if !several.any_now() {
        load();
    }
    follow_keys();
    let commands = use_commands();
    commands.bar_stands();
    let says = move || match several.count() {
        Some(n) => language.count(text::PICKED, n),
        None => language.say(text::PICKED_ALL).to_owned(),
    };
    let all = move || match several.list().with(model::inbox::Inbox::total) {
        Some(n) => language.count(text::PICK_ALL, n),
        None => language.say(text::PICK_ALL_UNKNOWN).to_owned(),
    };
    let close = t(text::PICK_NONE);
    view! {
        <div class="several" class:acting=move || several.any()>
            <Progress last/>
            <Show when=move || several.any()>
                <section class="several-bar" aria-label=language.say(text::BAR)>
                    <div class="several-head">
                        <b role="status">{says}</b>
                        <Show when=move || !several.whole()>
                            <button type="button" class="several-all" on:click=move |_| several.all()>{all}</button>
                        </Show>
                        <button type="button" class="icon-button" aria-label=close on:click=move |_| several.clear()><Icon glyph=Glyph::Close/></button>
                    </div>
                    <div class="several-acts" aria-busy=move || deed.asking.get().then_some("true")>
                        <StatusMenu/>
                        <AssignMenu/>
                        <TagMenu/>
                        <PriorityMenu/>
                        <MoreMenu/>
                    </div>
                    <div role="alert">
                        {move || deed.problem.get().map(|error| view! {
                            <p class="several-problem">
                                <Icon glyph=Glyph::Alert/>{error.say(language)}
                                <button type="button" class="button small" on:click=move |_| deed.problem.set(None)>{language.say(common::CLOSE)}</button>
                            </p>
                        })}
                    </div>
                </section>
            </Show>
        </div>
    }
}

/// `e a t p` for all that are picked; Escape picks none.
fn follow_keys() {
    let (several, deed) = (use_several(), use_deed());
    use_commands().follow(move |command| match command {
        Command::SolveAll => deed.to_all(Change::Status(model::conversation::Status::Solved)),
        Command::AssignAll => open_menu("#several-assign"),
        Command::TagAll => open_menu("#several-tag"),
        Command::PrioritizeAll => open_menu("#several-priority"),
        _ => {}
    });
    let handle = window_event_listener(ev::keydown, move |event| {
        let busy = document().query_selector("dialog[open], details.menu[open]").ok().flatten().is_some();
        if event.key() == "Escape" && !event.default_prevented() && !busy && several.any_now() {
            several.clear();
        }
    });
    on_cleanup(move || handle.remove());
}
