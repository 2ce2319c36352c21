//! The box at the bottom of a conversation: reply or note. Two plain forms behind two radio buttons, so that it
//! works without wasm; with it, drafts, files, formatting and what the others do come along.

use leptos::{ev, html, prelude::*, server_fn::ServerFn};
use leptos_router::hooks::use_query_map;
use model::{
    live::Signal as Doing,
    moment::SECOND,
    roster::Roster,
    text::{chat as chats, conversation as text},
    ticket::ReplyForm,
};
use wasm_bindgen::JsCast;

use super::{
    acts::About,
    api::{SendReply, WriteNote},
    file::{FileList, FilePicker},
    format::{Format, format},
    header::use_thread,
    keyboard::{Command, use_commands},
    sheet::{Sheet, Sheets},
    words::called,
};
use crate::{
    canned_response::{Canned, CannedChoices, Filling},
    chat::{Absent, Queue, is_chat, use_queue},
    error::Error,
    live::use_live,
    text::{t, use_language},
    ui::{Act, Glyph, Icon, Menu, written},
};

/// How often others are told that one types, microseconds.
const TELL: i64 = 3 * SECOND;

/// What a form of the box sends, and what became of it.
#[derive(Clone, Copy)]
struct Speaking {
    note: bool,
    send: Callback<ReplyForm>,
    act: Act,
}

/// The box.
#[component]
pub fn Composer() -> impl IntoView {
    let thread = use_thread();
    let sheets: Sheets = expect_context();
    let id = thread.with_untracked(|thread| thread.line.id.clone());
    let (reply, note) = (Act::new::<SendReply>(), Act::new::<WriteNote>());
    let to = id.clone();
    let reply = Speaking {
        note: false,
        send: Callback::new(move |form| reply.dispatch(&SendReply { conversation: to.clone(), form })),
        act: reply,
    };
    let to = id;
    let note =
        Speaking { note: true, send: Callback::new(move |form| note.dispatch(&WriteNote { conversation: to.clone(), form })), act: note };
    let (to_reply, to_note) = (NodeRef::<html::Input>::new(), NodeRef::<html::Input>::new());
    use_commands().follow(move |command| {
        let (choice, field) = match command {
            Command::Reply => (to_reply, "#write-reply-text"),
            Command::Note => (to_note, "#write-note-text"),
            _ => return,
        };
        if let Some(choice) = choice.get_untracked() {
            choice.set_checked(true);
        }
        focus(field);
    });
    let note_first = use_query_map().with_untracked(|query| query.get_str("__path") == Some(WriteNote::PATH));
    view! {
        {is_chat(thread).then(|| view! { <Absent/> })}
        <div class="composer">
            <fieldset class="composer-tabs">
                <legend class="visually-hidden">{t(text::WRITE)}</legend>
                <label><input node_ref=to_reply class="visually-hidden" type="radio" name="write" value="reply" checked=!note_first/>{t(text::REPLY)}</label>
                <label><input node_ref=to_note class="visually-hidden" type="radio" name="write" value="note" checked=note_first/>{t(text::NOTE)}</label>
                <Others/>
            </fieldset>
            <SheetForm sheet=sheets.reply speaking=reply/>
            <SheetForm sheet=sheets.note speaking=note/>
        </div>
    }
}

/// Puts the focus somewhere.
pub fn focus(place: &str) {
    let element = document().query_selector(place).ok().flatten();
    if let Some(element) = element.and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok()) {
        // Fails only when it cannot take the focus.
        drop(element.focus());
    }
}

/// Who else reads or writes here now.
#[component]
fn Others() -> impl IntoView {
    let (thread, live, language) = (use_thread(), use_live(), use_language());
    let id = thread.with_untracked(|thread| thread.line.id.clone());
    let said = move || {
        let (reading, typing) = live.others(&id);
        let line = |words, names: Vec<String>| (!names.is_empty()).then(|| language.fill(words, &[("names", &names.join(", "))]));
        [line(text::TYPING, typing), line(text::READING, reading)].into_iter().flatten().collect::<Vec<_>>().join(" · ")
    };
    view! { <span class="composer-others" role="status">{said}</span> }
}

#[component]
fn SheetForm(sheet: Sheet, speaking: Speaking) -> impl IntoView {
    let (thread, live, language) = (use_thread(), use_live(), use_language());
    let field = NodeRef::<html::Textarea>::new();
    let (id, name) = thread.with_untracked(|thread| (thread.line.id.clone(), called(&thread.line.contact, language)));
    let (chat, queue) = (is_chat(thread), use_queue());
    let (hint, about) = if speaking.note {
        (t(text::NOTE_HINT).to_owned(), "write-note")
    } else {
        (language.fill(if chat { chats::REPLY_HINT } else { text::REPLY_HINT }, &[("name", &name)]), "write-reply")
    };
    let label = if speaking.note { t(text::NOTE) } else { t(text::REPLY) };
    let came_back = use_query_map()
        .with_untracked(|query| (query.get_str("__path") == Some(speaking.act.path())).then(|| query.get("typed.form[text]")).flatten());
    if let Some(typed) = came_back {
        sheet.text.set(typed);
    }
    let first = sheet.text.get_untracked();
    let problem = RwSignal::new(untrack(|| speaking.act.refusal()));
    Effect::new(move |before: Option<()>| {
        let outcome = speaking.act.value().get();
        if before.is_some() {
            match outcome {
                Some(Ok(_)) => {
                    sheet.said();
                    problem.set(None);
                }
                Some(Err(error)) if sheet.refused(&error) => problem.set(Some(error)),
                _ => {}
            }
        }
    });
    Effect::new(move || {
        if thread.with(|thread| sheet.told(&thread.messages)) {
            problem.set(None);
        }
    });
    grow(field, sheet.text);
    if chat && !speaking.note {
        // what the server would not take stands here again
        Effect::new(move || {
            if let Some((draft, error)) = queue.with_value(Queue::refused) {
                sheet.put_back(draft);
                problem.set(Some(error));
            }
        });
    }
    let send = move |status: String| {
        if let Some(error) = sheet.files.failed() {
            problem.set(Some(error));
        } else if chat && !speaking.note {
            let form = sheet.form(status);
            match form.check() {
                Err(refusal) => problem.set(Some(refusal.into())),
                Ok(_) if sheet.files.busy() => {}
                Ok(_) => {
                    queue.with_value(|queue| queue.put(form, sheet.files.done_untracked()));
                    sheet.clear();
                    problem.set(None);
                }
            }
        // one at a time: a second press while the first is on its way is the same message
        } else if !speaking.act.pending().get_untracked() && !sheet.files.busy() {
            speaking.send.run(sheet.send(status));
        }
    };
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        let button = event.submitter().and_then(|button| button.dyn_into::<web_sys::HtmlButtonElement>().ok());
        send(button.map(|button| button.value()).unwrap_or_default());
    };
    let canned = Canned::new(field, sheet.text, if speaking.note { "note-canned" } else { "reply-canned" }, filling(speaking.note));
    let keys = move |event: ev::KeyboardEvent| {
        if canned.takes(&event) {
            return;
        }
        let plain = chat && !event.shift_key() && !event.is_composing();
        if event.key() == "Enter" && (plain || event.ctrl_key() || event.meta_key()) {
            event.prevent_default();
            send(String::new());
        } else if event.key() == "Escape" {
            // out of the field, where single keys are commands again
            focus(".log");
        }
    };
    let told = StoredValue::new(0_i64);
    let typed = move |event| {
        sheet.text.set(event_target_value(&event));
        canned.look();
        if problem.with_untracked(Option::is_some) {
            problem.set(None);
        }
        let now = live.clock().0;
        if now - told.get_value() > TELL {
            told.set_value(now);
            let id = thread.with_untracked(|thread| thread.line.id.clone());
            live.signal(&if speaking.note { Doing::Noting(id) } else { Doing::Typing(id) });
        }
    };
    let wrong = move || problem.get().and_then(|error: Error| error.field().map(|_| "true"));
    let pending = speaking.act.pending();
    let busy = move || pending.get() || sheet.files.busy();
    view! {
        <form class=format!("sheet {about}") action=speaking.act.path() method="post" on:submit=submit>
            <About id/>
            <CannedChoices canned/>
            <textarea node_ref=field id=format!("{about}-text") class="sheet-text" name="form[text]" rows="3" placeholder=hint aria-label=label
                aria-invalid=wrong aria-describedby=format!("{about}-problem")
                prop:value=move || sheet.text.get() on:input=typed on:keydown=keys on:blur=move |_| { canned.close(); sheet.autosave.now(); } on:click=move |_| canned.look()
                role=move || canned.open().then_some("combobox") aria-expanded=move || canned.open().then_some("true") aria-autocomplete="list"
                aria-controls=move || canned.open().then(|| canned.list()) aria-activedescendant=move || canned.marked()
                on:paste=move |event| sheet.files.pasted(&event)>{written(first)}</textarea>
            <FileList files=sheet.files/>
            <div class="sheet-problem" id=format!("{about}-problem") role="alert">{move || problem.get().map(|error| view! { <p class="problem">{error.say(language)}</p> })}</div>
            <div class="sheet-foot">
                <FilePicker files=sheet.files label=t(text::ATTACH).to_owned()/>
                <Toolbar field words=sheet.text/>
                <button type="button" class="icon-button shortcuts" aria-label=t(chats::SHORTCUTS) title=t(chats::SHORTCUTS) on:click=move |_| canned.begin()>"/"</button>
                <span class="spring"></span>
                <div class="send">
                    <button class="button primary" aria-disabled=move || busy().then_some("true") aria-busy=move || pending.get().then_some("true")>
                        {if speaking.note { t(text::ADD_NOTE) } else { t(text::SEND) }}
                        <kbd aria-hidden="true">{if chat { "⏎" } else { "Ctrl ⏎" }}</kbd>
                    </button>
                    {(!speaking.note).then(|| view! {
                        <Menu class="button primary send-more" label=language.say(text::SEND_AND) right=true button=|| view! { <Icon glyph=Glyph::ChevronDown/> }>
                            <button class="menu-item" name="form[status]" value="pending">{language.say(text::SEND_PENDING)}</button>
                            <button class="menu-item" name="form[status]" value="solved">{language.say(text::SEND_SOLVED)}</button>
                        </Menu>
                    })}
                </div>
            </div>
        </form>
    }
}

/// What stands for the placeholders of canned responses here, and who can be called.
fn filling(note: bool) -> Signal<Filling> {
    let (thread, roster) = (use_thread(), use_live().roster());
    Signal::derive(move || {
        let (name, email) = thread.with(|thread| (thread.line.contact.name.clone(), thread.line.contact.email.clone()));
        roster.with(|roster| Filling {
            name,
            email,
            agent: roster.agent(&roster.me).map(|me| me.name.clone()).unwrap_or_default(),
            property: roster.property.name.clone(),
            colleagues: if note { colleagues(roster) } else { vec![] },
        })
    })
}

/// The others who work here.
fn colleagues(roster: &Roster) -> Vec<String> {
    let others = roster.people.agents.iter().filter(|agent| agent.id != roster.me && agent.disabled_at.is_none());
    others.map(|agent| agent.name.clone()).collect()
}

/// Lets a field grow with its text.
pub fn grow(field: NodeRef<html::Textarea>, text: RwSignal<String>) {
    Effect::new(move || {
        text.track();
        let Some(field) = field.get() else { return };
        request_animation_frame(move || {
            let style = web_sys::HtmlElement::style(&field);
            drop(style.set_property("height", "auto"));
            drop(style.set_property("height", &format!("{}px", field.scroll_height() + 2)));
        });
    });
}

/// The buttons for light formatting.
#[component]
pub fn Toolbar(
    /// Whose selection.
    field: NodeRef<html::Textarea>,
    /// Whose text.
    words: RwSignal<String>,
) -> impl IntoView {
    let act = move |kind: Format| {
        let Some(field) = field.get_untracked() else { return };
        let place = |at: std::result::Result<Option<u32>, _>| at.ok().flatten().unwrap_or_default() as usize;
        let (start, end) = (place(field.selection_start()), place(field.selection_end()));
        let (changed, start, end) = format(kind, &field.value(), start, end);
        field.set_value(&changed);
        words.set(changed);
        let unit = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        // Fails only for fields without a selection.
        drop(field.focus());
        drop(field.set_selection_range(unit(start), unit(end)));
    };
    let all = [
        (Format::Bold, Glyph::Bold, text::BOLD),
        (Format::Italic, Glyph::Italic, text::ITALIC),
        (Format::List, Glyph::List, text::BULLETS),
        (Format::Link, Glyph::Link, text::LINK),
        (Format::Quote, Glyph::Quote, text::QUOTE),
        (Format::Code, Glyph::Code, text::CODE),
    ];
    view! {
        <div class="toolbar" role="group" aria-label=t(text::FORMAT)>
            {all.map(|(kind, glyph, says)| view! {
                <button type="button" class="icon-button" aria-label=t(says) title=t(says) on:click=move |_| act(kind)><Icon glyph/></button>
            })}
        </div>
    }
}
