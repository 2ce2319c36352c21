//! What the site's listeners are told of what happened in the chat, and the sound of a new message.

use leptos::prelude::window;
use model::window::{Speaker, VisitorTold, Window, WindowHappening, WindowMessage};
use web_sys::FormData;

use super::{
    see,
    site::{event, is_shown, post, quoted},
    wire,
};
use crate::view;

/// Tells what an event of the log brought, and makes the sound of a new message.
pub fn happened(before: &Window<()>, told: &VisitorTold<()>) {
    let wrote = before.messages.iter().any(|message| message.speaker == Speaker::Visitor);
    for message in told.messages.iter().filter(|message| !before.messages.iter().any(|known| known.id == message.id)) {
        let (id, text) = (quoted(message.id.as_str()), quoted(&message.text));
        let agent = |name: &str| {
            if let Speaker::Agent { id, name: called } = &message.speaker {
                event(name, &["{\"id\":", &quoted(id.as_str()), ",\"name\":", &quoted(called), "}"].concat());
            }
        };
        if let Some(what) = &message.happened {
            let line = see(|state| view::happened(state, message, what)).unwrap_or_default();
            event("chatMessageSystem", &said(message, &line));
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
                if wrote && see(|state| state.sound) == Some(true) {
                    chime();
                }
            }
            (None, speaker) => {
                let name = if *speaker == Speaker::Visitor { "chatMessageVisitor" } else { "chatMessageSystem" };
                event(name, &said(message, &message.text));
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

/// A chat began: with the visitor's words, which no event brings.
pub fn began() {
    event("chatStarted", "null");
    let words = see(|state| {
        state.opened.window.messages.iter().rev().find(|message| message.speaker == Speaker::Visitor).map(|words| said(words, &words.text))
    });
    if let Some(Some(words)) = words {
        event("chatMessageVisitor", &words);
    }
}

/// A message for the site, but for who wrote it.
fn said(message: &WindowMessage, text: &str) -> String {
    ["{\"id\":", &quoted(message.id.as_str()), ",\"text\":", &quoted(text), "}"].concat()
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
