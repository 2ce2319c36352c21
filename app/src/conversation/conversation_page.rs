//! An opened conversation: its head, what was said, the box to write in, and the contact beside it.
//! Holds the state of the thread and keeps it true; tells the others that it is being read.

use std::time::Duration;

use leptos::{leptos_dom::helpers::IntervalHandle, prelude::*, task::spawn_local};
use leptos_meta::Title;
use model::{
    ConversationId, Language, Refusal,
    conversation::Folder,
    live::Signal as Doing,
    message::{Author, Channel, Message},
    text::conversation as text,
    thread::{Opened, Thread},
};

use super::{
    acts::{Problem, use_acts},
    api::{MarkRead, mark_read, open_conversation},
    composer::Composer,
    contact::ContactPanel,
    header::Header,
    keyboard::use_commands,
    sheet::Sheets,
    thread::Log,
    undo::UndoBar,
    use_address,
    words::about,
};
use crate::{
    chat::{ChatActs, provide_queue},
    error::Error,
    live::{Live, use_live},
    shift::{MergedInto, ShiftSheet},
    text::{t, use_language},
    ui::{Act, Empty, Glyph, loaded},
};

/// How often a tab says that it still reads.
const SAY_AGAIN: Duration = Duration::from_secs(20);

/// The place beside the list while nothing is open.
#[component]
pub fn NoConversation() -> impl IntoView {
    view! {
        <section class="pane nothing" aria-label=t(text::PANE)>
            <Empty glyph=Glyph::Envelope title=t(text::NOTHING_OPEN) hint=t(text::NOTHING_OPEN_HINT)/>
        </section>
    }
}

/// The conversation of the address bar.
#[component]
pub fn ConversationPage() -> impl IntoView {
    let address = use_address();
    let opened = Resource::new_blocking(
        move || address.open.get(),
        |id| async move {
            match id {
                Some(id) => open_conversation(id).await,
                None => Err(Error::Refused(Refusal::NotFound)),
            }
        },
    );
    view! {
        <section class="pane" aria-label=t(text::PANE)>
            {loaded(opened, |opened| view! { <Conversation opened/> })}
        </section>
    }
}

#[component]
fn Conversation(opened: Opened) -> impl IntoView {
    let (live, acts, language) = (use_live(), use_acts(), use_language());
    let id = opened.thread.line.id.clone();
    let thread = RwSignal::new(opened.thread);
    // a file dropped anywhere here is for the sheet on top: beside it the browser would open it, and leave this page
    let sheets = Sheets::new(&id, opened.reply, opened.note);
    provide_context(thread);
    provide_context(sheets);
    ChatActs::provide();
    provide_queue(&id, live);
    use_commands().stand(id.clone());
    let again = id.clone();
    live.keep(thread, move || {
        let id = again.clone();
        spawn_local(async move {
            match open_conversation(id).await {
                Ok(fresh) => live.renew(thread, fresh.thread),
                Err(error) => acts.complain(error),
            }
        });
    });
    say_reading(live, id.clone());
    keep_read(thread, live, id);
    let title = move || thread.with(|thread| title(thread, language));
    let merged = Memo::new(move |_| thread.with(|thread| thread.line.folder == Folder::Merged));
    let gone = Memo::new(move |_| thread.with(|thread| thread.gone));
    // while another one comes this one is still seen: what is written then is for nobody
    let (open, own) = (use_address().open, thread.with_untracked(|thread| thread.line.id.clone()));
    let leaving = Memo::new(move |_| open.with(|open| open.as_ref().is_some_and(|open| *open != own)));
    view! {
        <Title text=title/>
        <Show when=move || !gone.get() fallback=move || view! { <Empty glyph=Glyph::Trash title=language.say(text::GONE)/> }>
            <div class="pane-main" inert=move || leaving.get() class:dropping=move || sheets.reply.files.over() || sheets.note.files.over()
                on:dragover=move |event| sheets.upper().files.dragged(&event) on:dragleave=move |event| sheets.upper().files.passed(&event)
                on:drop=move |event| sheets.upper().files.dropped(&event)>
                <Header/>
                <Problem/>
                <Log/>
                <UndoBar/>
                <Show when=move || !merged.get() fallback=|| view! { <MergedInto/> }><Composer/></Show>
            </div>
            <ShiftSheet/>
            <ContactPanel/>
        </Show>
    }
}

fn title(thread: &Thread, language: Language) -> String {
    let subject = about(&thread.line, language);
    thread.line.number.map_or_else(|| subject.clone(), |number| format!("#{number} {subject}"))
}

/// Tells the others, again and again, that this agent reads it; and that they left.
fn say_reading(live: Live, id: ConversationId) {
    Effect::new(move || {
        live.signal(&Doing::Reading(Some(id.clone())));
        let id = id.clone();
        let ticking = set_interval_with_handle(move || live.signal(&Doing::Reading(Some(id.clone()))), SAY_AGAIN).ok();
        on_cleanup(move || {
            if let Some(ticking) = ticking.as_ref() {
                IntervalHandle::clear(ticking);
            }
            live.signal(&Doing::Reading(None));
        });
    });
    // the socket may have opened, or opened anew, after that was said
    let connected = live.connected();
    let open = use_address().open;
    Effect::new(move || {
        if connected.get() {
            set_timeout(
                move || {
                    if let Some(Some(id)) = open.try_get_untracked() {
                        live.signal(&Doing::Reading(Some(id)));
                    }
                },
                Duration::from_millis(500),
            );
        }
    });
}

/// Marks it as read when it opens, and when something comes while it is looked at.
fn keep_read(thread: RwSignal<Thread>, live: Live, id: ConversationId) {
    let read = Act::new::<MarkRead>();
    let newest = Memo::new(move |_| {
        let me = live.me();
        thread.with(|thread| {
            // a mail in this agent's name is news to them too
            let own =
                |message: &Message| message.channel == Channel::Web && matches!(&message.author, Author::Agent { id, .. } if *id == me);
            thread.messages.iter().rev().find(|message| !own(message)).map(|message| message.seq)
        })
    });
    Effect::new(move || {
        newest.track();
        if document().hidden() {
            let id = id.clone();
            let handle = window_event_listener(leptos::ev::focus, move |_| {
                let id = id.clone();
                spawn_local(async move { drop(mark_read(id).await) });
            });
            on_cleanup(move || handle.remove());
        } else {
            read.dispatch(&MarkRead { conversation: id.clone() });
        }
    });
}
