//! The settings as they are being typed: what the preview shows. Knows nothing of what is saved.

use leptos::{ev, prelude::*};
use model::{Language, Refusal, Text, widget::Widget, widget::Wording};

use crate::ui::typed_in;

/// The settings as they are being typed, and the language that the preview speaks.
#[derive(Clone, Copy)]
pub struct Draft {
    /// The settings.
    pub widget: RwSignal<Widget>,
    /// The language.
    pub language: RwSignal<Language>,
}

impl Draft {
    /// Begins with what is saved.
    pub fn new(widget: Widget, language: Language) -> Self {
        Self { widget: RwSignal::new(widget), language: RwSignal::new(language) }
    }

    /// Takes in what was typed; what cannot be saved like this is not shown.
    pub fn take(self, put: impl FnOnce(Widget) -> Result<Widget, Refusal>) {
        if let Ok(widget) = put(self.widget.get_untracked()) {
            self.widget.set(widget);
        }
    }

    /// Takes in the form that an event comes from.
    pub fn follow(self, event: &ev::Event, put: impl FnOnce(&dyn Fn(&str) -> Vec<String>, Widget) -> Result<Widget, Refusal>) {
        if let Some(typed) = typed_in(event) {
            self.take(|widget| put(&typed, widget));
        }
    }

    /// What the property says, or what Recado says where it says nothing.
    pub fn say(self, own: fn(&Wording) -> &str, ours: Text) -> Signal<String> {
        Signal::derive(move || {
            let language = self.language.get();
            let wording = self.widget.with(|widget| widget.wording(language));
            let own = own(&wording);
            if own.is_empty() { language.say(ours).to_owned() } else { own.to_owned() }
        })
    }

    /// A text of ours in the language of the preview.
    pub fn ours(self, text: Text) -> Signal<String> {
        Signal::derive(move || self.language.get().say(text).to_owned())
    }
}
