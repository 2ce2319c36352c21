//! What was said, noted and happened, oldest first. It opens at its end and stays there while new things come;
//! whoever reads further up is told that there is something new, and is not moved.

use std::time::Duration;

use leptos::{html, prelude::*, task::spawn_local};
use model::text::conversation as text;

use super::{acts::use_acts, api::list_earlier, header::use_thread, message::Entry};
use crate::{
    chat::{AfterAll, Began, Coming, is_chat},
    live::use_live,
    text::{t, use_language},
    ui::{Glyph, Icon, each},
};

/// Further than this from the end, pixels, the reader is taken to read something older.
const AWAY: i32 = 120;

/// Longer than a few frames take.
const DRAWN: Duration = Duration::from_millis(100);

/// The log. Its box runs from the bottom up (`flex-direction: column-reverse`), so that it opens at the end and
/// keeps its place when earlier messages come, with no script.
#[component]
pub fn Log() -> impl IntoView {
    let (thread, live, acts, language) = (use_thread(), use_live(), use_acts(), use_language());
    let id = thread.with_untracked(|thread| thread.line.id.clone());
    let scroller = NodeRef::<html::Div>::new();
    let (away, unseen, loading) = (RwSignal::new(false), RwSignal::new(false), RwSignal::new(false));
    let newest = Memo::new(move |_| thread.with(|thread| thread.messages.last().map(|message| message.seq)));
    Effect::new(move |before: Option<Option<i64>>| {
        let newest = newest.get();
        if before.is_some_and(|before| before < newest) && away.get_untracked() {
            unseen.set(true);
        }
        newest
    });
    let moved = move |_| {
        if let Some(scroller) = scroller.get_untracked() {
            away.set(scroller.scroll_top().abs() > AWAY);
            if !away.get_untracked() {
                unseen.set(false);
            }
        }
    };
    let to_end = move |_| {
        if let Some(scroller) = scroller.get_untracked() {
            scroller.set_scroll_top(0);
        }
        unseen.set(false);
    };
    let earlier = move |_| {
        let Some(first) = thread.with_untracked(|thread| thread.messages.first().map(|message| message.seq)) else { return };
        if loading.get_untracked() {
            return;
        }
        loading.set(true);
        let (id, seq) = (id.clone(), live.seq());
        spawn_local(async move {
            match list_earlier(id, first).await {
                Ok((messages, more)) => {
                    thread.update(|thread| thread.prepend(messages, more));
                    live.catch_up(thread, seq);
                    if let (false, Some(scroller)) = (more, scroller.get_untracked()) {
                        // the button goes, and with it the focus; fails only when the log cannot take it
                        drop(scroller.focus());
                    }
                }
                Err(error) => acts.complain(error),
            }
            // once it is drawn
            set_timeout(move || _ = loading.try_set(false), DRAWN);
        });
    };
    let chat = is_chat(thread);
    let more = Memo::new(move |_| thread.with(|thread| thread.earlier));
    let ids = move || thread.with(|thread| thread.messages.iter().map(|message| message.id.clone()).collect::<Vec<_>>());
    view! {
        <div class="log-box" class:chat=chat>
            <div class="log" class:loading=move || loading.get() node_ref=scroller on:scroll=moved role="log" aria-live="polite" aria-label=t(text::LOG) tabindex="0">
                <div class="log-inside">
                    <Show when=move || more.get()>
                        <button type="button" class="button small log-earlier" on:click=earlier.clone() aria-busy=move || loading.get().then_some("true")>
                            {language.say(text::EARLIER)}
                        </button>
                    </Show>
                    {chat.then(|| view! { <Show when=move || !more.get()><Began/></Show> })}
                    {each(ids, Clone::clone, move |id| view! {
                        <Entry id/>
                    })}
                    {chat.then(|| view! { <Coming/><AfterAll/> })}
                </div>
            </div>
            <Show when=move || unseen.get()>
                <button type="button" class="button primary small log-new" on:click=to_end>
                    {language.say(text::NEW_MESSAGE)}<Icon glyph=Glyph::ChevronDown/>
                </button>
            </Show>
        </div>
    }
}
