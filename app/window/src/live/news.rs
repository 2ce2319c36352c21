//! What the site's listeners are told of what happened in the chat, and the sound of a new message.

use leptos::prelude::window;
use model::{
    hours::State as Status,
    window::{Speaker, WindowHappening},
};
use web_sys::FormData;

use super::{
    State, see,
    site::{event, is_shown, post, quoted},
    wire,
};
use crate::view;

/// What was known before something came.
pub struct Known {
    head: i64,
    status: Status,
    name: String,
    wrote: bool,
}

/// What is known now.
pub fn known() -> Option<Known> {
    see(|state| {
        let window = &state.opened.window;
        let wrote = window.messages.iter().any(|message| message.speaker == Speaker::Visitor);
        Known { head: window.head, status: window.state, name: window.guest.name.clone(), wrote }
    })
}

/// Tells what came since then, and makes the sound of a new message: by an event of the log, or with a window that was loaded anew.
pub fn since(known: Option<Known>) {
    if let Some(known) = known {
        see(|state| tell(state, &known));
    }
}

fn tell(state: &State, known: &Known) {
    let (window, status) = (&state.opened.window, state.status());
    if status != known.status {
        event("statusChange", &quoted(status.word()));
    }
    for message in window.messages.iter().filter(|message| message.seq > known.head) {
        let (id, text) = (quoted(message.id.as_str()), quoted(&message.text));
        let said = |text: &str| ["{\"id\":", &id, ",\"text\":", text, "}"].concat();
        let agent = |name: &str| {
            if let Speaker::Agent { id, name: called } = &message.speaker {
                let picture = window.picture(id);
                let image = [",\"image\":", &quoted(&here(&["/pictures/", picture]))].concat();
                let image = if picture.is_empty() { "" } else { &image };
                event(name, &["{\"id\":", &quoted(id.as_str()), ",\"name\":", &quoted(called), image, "}"].concat());
            }
        };
        if let Some(what) = &message.happened {
            let line = view::happened(state, message, what);
            if !line.is_empty() {
                event("chatMessageSystem", &said(&quoted(&line)));
            }
        }
        match (&message.happened, &message.speaker) {
            (Some(WindowHappening::AgentJoined), _) => agent("agentJoinChat"),
            (Some(WindowHappening::AgentLeft), _) => agent("agentLeaveChat"),
            (Some(WindowHappening::Ended), _) => event("chatEnded", "null"),
            (Some(_), _) => {}
            (None, Speaker::Agent { name, .. }) => {
                event("chatMessageAgent", &["{\"id\":", &id, ",\"text\":", &text, ",\"name\":", &quoted(name), "}"].concat());
                if !is_shown() {
                    post(&["{\"do\":\"say\",\"value\":", &text, "}"].concat());
                }
                if known.wrote && state.sound {
                    chime();
                }
            }
            (None, speaker) => {
                let name = if *speaker == Speaker::Visitor { "chatMessageVisitor" } else { "chatMessageSystem" };
                event(name, &said(&text));
                for file in message.attachments.iter().filter(|_| *speaker == Speaker::Visitor) {
                    event("fileUpload", &quoted(&here(&["/chat/", &state.opened.key, "/attachments/", file.id.as_str()])));
                }
            }
        }
    }
    let name = &window.guest.name;
    if !name.is_empty() && *name != known.name {
        event("visitorNameChanged", &quoted(name));
    }
}

/// An address of this host.
fn here(path: &[&str]) -> String {
    window().location().origin().unwrap_or_default() + &path.concat()
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
