//! The frame's side of the line to the site's page (`frontend/widget/PROTOCOL.md`). Nobody but the page around us, and only one that the
//! property allows, is given an end of it. What a site says is a claim; only the server's proof makes an identity.

use std::cell::{Cell, RefCell};

use leptos::prelude::{document, window};
use model::window::{Speaker, VisitorTold, Window, WindowHappening};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{FormData, MessageEvent, MessagePort};

use super::{change, hand, json::Json, queue, reload, renew_by, see, wire};
use crate::{api, fail::Fail, view::path_of};

thread_local! {
    static PORT: RefCell<Option<MessagePort>> = const { RefCell::new(None) };
    static OPEN: Cell<bool> = const { Cell::new(true) };
    static SAID: RefCell<String> = const { RefCell::new(String::new()) };
    static UNREAD: Cell<usize> = const { Cell::new(0) };
    static TAGS: RefCell<Vec<String>> = const { RefCell::new(vec![]) };
}

/// A text as JSON.
pub fn quoted(text: &str) -> String {
    js_sys::JSON::stringify(&JsValue::from_str(text)).map_or_else(|_| "\"\"".to_owned(), String::from)
}

fn post(json: &str) {
    PORT.with_borrow(|port| {
        if let (Some(port), Ok(message)) = (port, js_sys::JSON::parse(json)) {
            drop(port.post_message(&message));
        }
    });
}

/// Whether the window is seen.
pub fn seen() -> bool {
    OPEN.get() && !document().hidden()
}

/// What the visitor asked for inside.
pub fn wish(what: &str) {
    post(&["{\"do\":\"", what, "\"}"].concat());
}

/// What happened, for the site's listeners, with the state it changed.
pub fn event(name: &str, value: &str) {
    let state = see(state_of).unwrap_or_default();
    post(&["{\"event\":\"", name, "\",\"value\":", value, ",\"state\":", &state, "}"].concat());
}

fn state_of(state: &super::State) -> String {
    let flag = |on: bool| if on { "true" } else { "false" };
    let unread = state.opened.window.unread().to_string();
    let (status, chatting, known) = (state.status().word(), flag(state.chat().is_some()), flag(state.opened.known));
    ["{\"status\":\"", status, "\",\"unread\":", &unread, ",\"chatting\":", chatting, ",\"known\":", known, "}"].concat()
}

/// Tells how it stands now, when that changed.
pub fn tell_state() {
    let Some((state, unread)) = see(|state| (state_of(state), state.opened.window.unread())) else { return };
    if PORT.with_borrow(Option::is_some) && SAID.with_borrow(|said| *said != state) {
        post(&["{\"state\":", &state, "}"].concat());
        SAID.set(state);
        if UNREAD.replace(unread) != unread {
            event("unreadCountChanged", &unread.to_string());
        }
    }
}

/// Tells what an event of the log brought, and makes the sound of a new message.
pub fn happened(before: &Window<()>, told: &VisitorTold<()>) {
    let wrote = before.messages.iter().any(|message| message.speaker == Speaker::Visitor);
    for message in told.messages.iter().filter(|message| !before.messages.iter().any(|known| known.id == message.id)) {
        let (id, text) = (quoted(message.id.as_str()), quoted(&message.text));
        let agent = |name: &str| match &message.speaker {
            Speaker::Agent { id, name: called } => {
                event(name, &["{\"id\":", &quoted(id.as_str()), ",\"name\":", &quoted(called), "}"].concat())
            }
            _ => {}
        };
        match (&message.happened, &message.speaker) {
            (Some(WindowHappening::AgentJoined), _) => agent("agentJoinChat"),
            (Some(WindowHappening::AgentLeft), _) => agent("agentLeaveChat"),
            (Some(WindowHappening::Ended), _) => event("chatEnded", "null"),
            (Some(_), _) => {}
            (None, Speaker::Agent { name, .. }) => {
                event("chatMessageAgent", &["{\"id\":", &id, ",\"text\":", &text, ",\"name\":", &quoted(name), "}"].concat());
                if !OPEN.get() {
                    post(&["{\"do\":\"say\",\"value\":", &text, "}"].concat());
                }
                if wrote && see(|state| state.sound) == Some(true) {
                    chime();
                }
            }
            (None, speaker) => {
                let name = if *speaker == Speaker::Visitor { "chatMessageVisitor" } else { "chatMessageSystem" };
                event(name, &["{\"id\":", &id, ",\"text\":", &text, "}"].concat());
                for file in message.attachments.iter().filter(|_| *speaker == Speaker::Visitor) {
                    let key = see(|state| state.opened.key.clone()).unwrap_or_default();
                    let origin = window().location().origin().unwrap_or_default();
                    event("fileUpload", &quoted(&[&origin, "/chat/", &key, "/attachments/", file.id.as_str()].concat()));
                }
            }
        }
    }
    if let Some(guest) = told.guest.as_ref().filter(|guest| guest.name != before.guest.name) {
        event("visitorNameChanged", &quoted(&guest.name));
    }
}

/// A light sound: two short notes.
fn chime() {
    let Ok(sound) = web_sys::AudioContext::new() else { return };
    let play = |pitch: f32, at: f64| {
        let (note, gain) = (sound.create_oscillator()?, sound.create_gain()?);
        note.frequency().set_value(pitch);
        let start = sound.current_time() + at;
        gain.gain().set_value_at_time(0.08, start)?;
        gain.gain().exponential_ramp_to_value_at_time(0.001, start + 0.25)?;
        note.connect_with_audio_node(&gain)?.connect_with_audio_node(&sound.destination())?;
        note.start_with_when(start)?;
        note.stop_with_when(start + 0.25)
    };
    // a browser that plays nothing yet plays nothing
    drop(play(660.0, 0.0).and_then(|()| play(880.0, 0.12)));
    wire::after(600, Box::new(move || drop(sound.close())));
}

/// What a form held when it was sent.
pub fn form(offline: bool, said: &FormData) {
    let mut json = String::from("{");
    for (name, field) in [
        ("name", "form[details][name]"),
        ("email", "form[details][email]"),
        ("phone", "form[details][phone]"),
        ("department", "form[department]"),
        ("message", "form[said][text]"),
    ] {
        if let Some(value) = said.get(field).as_string().filter(|value| !value.is_empty()) {
            json.extend(["\"", name, "\":", &quoted(&value), ","]);
        }
    }
    json.push_str("\"questions\":[");
    let fields = see(|state| state.opened.fields.clone()).unwrap_or_default();
    let mut comma = "";
    for field in fields {
        if let Some(answer) = said.get(&["form[answers][", &field.key, "]"].concat()).as_string() {
            json.extend([comma, "{\"label\":", &quoted(&field.label), ",\"answer\":", &quoted(&answer), "}"]);
            comma = ",";
        }
    }
    json.push_str("]}");
    event(if offline { "offlineSubmit" } else { "prechatSubmit" }, &json);
}

/// Says to the page around us that we are here, and waits for its end of the line.
pub fn meet() {
    let Ok(Some(parent)) = window().parent() else { return };
    if parent == window() || see(|state| state.embed) != Some(true) {
        return;
    }
    OPEN.set(false);
    let from: JsValue = parent.clone().into();
    let hear = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
        let Some(greeting) = text_of(&event) else { return };
        let ours = js_sys::Reflect::get(&event, &"source".into()).is_ok_and(|source| source == from);
        if *greeting.get("recado") != Json::Number(1) || !ours || !allowed(&event.origin()) {
            return;
        }
        if let Ok(port) = event.ports().get(0).dyn_into::<MessagePort>() {
            greeted(port, &greeting);
        }
    })
    .into_js_value();
    drop(window().add_event_listener_with_callback("message", hear.unchecked_ref()));
    if let Ok(hello) = js_sys::JSON::parse("{\"recado\":1}") {
        drop(parent.post_message(&hello, "*"));
    }
}

fn text_of(event: &MessageEvent) -> Option<Json> {
    Json::parse(&String::from(js_sys::JSON::stringify(&event.data()).ok()?))
}

/// Whether a site may show this window.
fn allowed(origin: &str) -> bool {
    let host = origin.split_once("://").map_or("", |(_, host)| host);
    let host = host.split(':').next().unwrap_or_default();
    let is = |site: &String| site == host || site.strip_prefix('*').is_some_and(|end| host.ends_with(end));
    see(|state| state.opened.sites.is_empty() || state.opened.sites.iter().any(is)) == Some(true)
}

fn greeted(port: MessagePort, greeting: &Json) {
    let hear = Closure::<dyn Fn(MessageEvent)>::new(|event: MessageEvent| {
        let Some(message) = text_of(&event) else { return };
        match message.field::<String>("call") {
            Some(call) => called(&call, &message),
            None => told(&message.text("event"), message.get("value")),
        }
    })
    .into_js_value();
    port.set_onmessage(Some(hear.unchecked_ref()));
    PORT.set(Some(port));
    OPEN.set(*greeting.get("open") == Json::Flag(true));
    change(|state| state.page = [greeting.text("page"), greeting.text("referrer"), state.page[2].clone()]);
    SAID.take();
    opened(greeting);
    change(|_| ());
}

fn opened(value: &Json) {
    if let Some(wanted) = value.field::<String>("department") {
        let id = see(|state| {
            let named = |(id, name): &&(model::DepartmentId, String)| id.as_str() == wanted || *name == wanted;
            state.opened.departments.iter().find(named).map_or(wanted.clone(), |(id, _)| id.to_string())
        });
        change(|state| state.page[2] = id.unwrap_or_default());
    }
    let touch = window().match_media("(pointer: coarse)").is_ok_and(|query| query.is_some_and(|query| query.matches()));
    if *value.get("focus") == Json::Flag(true) && !touch {
        // with the next picture: it was not shown until now
        let focus = Closure::once_into_js(hand::focus_first);
        drop(window().request_animation_frame(focus.unchecked_ref()));
    }
}

fn told(event: &str, value: &Json) {
    match event {
        "open" => {
            OPEN.set(true);
            opened(value);
            change(|_| ());
        }
        "minimize" => OPEN.set(false),
        "page" => {
            if let Json::Text(page) = value {
                change(|state| state.page[0].clone_from(page));
            }
        }
        "language" => {
            if let Json::Text(tag) = value {
                reload(Some(tag.clone()));
            }
        }
        _ => {}
    }
}

/// What the site asks for. Each call is answered.
fn called(call: &str, message: &Json) {
    let Json::Number(id) = message.get("id") else { return };
    let id = *id;
    let answer = move |answer: Result<String, Fail>| {
        let said = match answer {
            Ok(value) => ["\"value\":", &value].concat(),
            Err(fail) => ["\"error\":", &quoted(&fail.code)].concat(),
        };
        post(&["{\"id\":", &id.to_string(), ",", &said, "}"].concat());
    };
    let yes = || Ok("true".to_owned());
    let done = Box::new(move |answered: Result<String, Fail>| answer(answered.and_then(|_| yes())));
    let args = message.get("args").list();
    let first = args.first().unwrap_or(&Json::Null);
    match call {
        "identify" | "set" => identify(first, done),
        "tag" => tags(path_of::<api::TagVisitor>(), true, first, done),
        "untag" => tags(path_of::<api::UntagVisitor>(), false, first, done),
        "event" => {
            let detail = args.get(1).map(plain).unwrap_or_default();
            let name = ["given[event ", &plain(first), "]"].concat();
            wire::ask(path_of::<api::SetVisitorAttributes>(), &[(&name, if detail.is_empty() { "true" } else { &detail })], done);
        }
        "end" => match see(|state| state.chat().map(|chat| chat.id.to_string())).flatten() {
            Some(chat) => wire::ask(path_of::<api::FinishChat>(), &[("chat", &chat)], done),
            None => answer(yes()),
        },
        "logout" => {
            let forgotten = Box::new(move |answered: Result<String, Fail>| {
                queue::wipe();
                change(|state| {
                    (state.outbox, state.files, state.typed) = (vec![], vec![], vec![]);
                    state.page[2].clear();
                });
                TAGS.take();
                reload(None);
                answer(answered.and_then(|_| yes()));
            });
            wire::ask(path_of::<api::LogOutVisitor>(), &[], forgotten);
        }
        "popup" => wire::ask(path_of::<api::PopOut>(), &[], Box::new(answer)),
        _ => answer(Err(Fail::of("UNKNOWN_CALL"))),
    }
}

/// A value of a site as text.
fn plain(value: &Json) -> String {
    match value {
        Json::Null => String::new(),
        Json::Flag(on) => (if *on { "true" } else { "false" }).to_owned(),
        Json::Number(number) => number.to_string(),
        Json::Text(text) => text.clone(),
        Json::List(all) => all.iter().map(plain).collect::<Vec<_>>().join(", "),
        Json::Map(all) => all.iter().map(|(name, value)| [name, ": ", &plain(value)].concat()).collect::<Vec<_>>().join(", "),
    }
}

/// Who the visitor is. With a hash the site vouches for it; without, it only fills in the forms. Everything else are attributes.
fn identify(who: &Json, done: wire::Done) {
    let Json::Map(all) = who else { return done(Err(Fail::of("INVALID"))) };
    let vouched = all.iter().any(|(name, _)| name == "hash");
    let mut identity: Vec<(String, String)> = vec![];
    let mut rest: Vec<(String, String)> = vec![];
    for (name, value) in all {
        let value = plain(value);
        let field = match name.as_str() {
            "id" | "userId" => "id",
            "hash" => "signature",
            "name" | "email" | "expires" | "nonce" => name,
            _ => "",
        };
        if vouched && !field.is_empty() {
            identity.push((["who[", field, "]"].concat(), value));
            continue;
        }
        if let Some(known) = ["name", "email", "phone"].into_iter().find(|known| known == name) {
            let typed = ["form[details][", known, "]"].concat();
            change(|state| state.typed.push((typed, value.clone())));
        }
        rest.push((["given[", name, "]"].concat(), value));
    }
    let set = move |done: wire::Done| {
        if rest.is_empty() {
            return done(Ok(String::new()));
        }
        let pairs: Vec<(&str, &str)> = rest.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        wire::ask(path_of::<api::SetVisitorAttributes>(), &pairs, done);
    };
    if !vouched {
        return set(done);
    }
    let pairs: Vec<(&str, &str)> = identity.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let proven = move |answered: Result<String, Fail>| match answered {
        Ok(text) => {
            renew_by(&text);
            set(done);
        }
        Err(fail) => done(Err(fail)),
    };
    wire::ask(path_of::<api::IdentifyVisitor>(), &pairs, Box::new(proven));
}

/// Puts tags on, or takes them off, one after the other.
fn tags(path: &'static str, on: bool, given: &Json, done: wire::Done) {
    let mut all: Vec<String> = if let Json::List(all) = given { all.iter().map(plain).collect() } else { vec![plain(given)] };
    let Some(tag) = all.pop() else {
        let tags = TAGS.with_borrow(|tags| tags.iter().map(|tag| quoted(tag)).collect::<Vec<_>>().join(","));
        event("tagsUpdated", &["[", &tags, "]"].concat());
        return done(Ok(String::new()));
    };
    let said = tag.clone();
    let rest = move |answered: Result<String, Fail>| match answered {
        Ok(_) => {
            TAGS.with_borrow_mut(|tags| {
                tags.retain(|known| *known != said);
                if on {
                    tags.push(said);
                }
            });
            tags(path, on, &Json::List(all.into_iter().map(Json::Text).collect()), done);
        }
        Err(fail) => done(Err(fail)),
    };
    wire::ask(path, &[("tag", &tag)], Box::new(rest));
}
