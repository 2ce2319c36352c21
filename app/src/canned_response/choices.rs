//! What is offered where one writes: `/` and a word offer the canned responses it may mean, `@` in a note the colleagues, in a list that arrows, Enter, Tab and Escape
//! move in (a combobox as ARIA has it). What is chosen takes the word's place, its placeholders filled.

use leptos::{ev, html, prelude::*, task::spawn_local};
use model::{
    canned_response::{CannedResponse, OFFERED_MOST, Values, calling, meant},
    mention,
    message::preview,
    text::chat as text,
};

use super::api::list_canned_responses;
use crate::text::t;

/// What stands for the placeholders.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Filling {
    /// The customer's name.
    pub name: String,
    /// Their address.
    pub email: String,
    /// The agent who writes.
    pub agent: String,
    /// The property's name.
    pub property: String,
    /// Colleagues who can be called by `@`; none where a customer reads it.
    pub colleagues: Vec<String>,
}

/// Something that is offered.
struct Offer {
    /// How it is called.
    name: String,
    /// What it holds.
    hint: String,
    /// What takes the place of what was typed.
    put: String,
}

/// The canned responses of one field.
#[derive(Clone, Copy)]
pub struct Canned {
    field: NodeRef<html::Textarea>,
    words: RwSignal<String>,
    filling: Signal<Filling>,
    /// Name of the list in the page.
    list: &'static str,
    all: RwSignal<Vec<CannedResponse>>,
    /// The mark and the word being called; none while the list is closed.
    called: RwSignal<Option<(char, String)>>,
    at: RwSignal<usize>,
}

impl Canned {
    /// For a field and its text.
    pub fn new(field: NodeRef<html::Textarea>, words: RwSignal<String>, list: &'static str, filling: Signal<Filling>) -> Self {
        Self { field, words, filling, list, all: RwSignal::new(vec![]), called: RwSignal::new(None), at: RwSignal::new(0) }
    }

    /// Whether the list is open.
    pub fn open(self) -> bool {
        self.called.with(Option::is_some)
    }

    /// Name of the list in the page.
    pub fn list(self) -> &'static str {
        self.list
    }

    /// Name of the choice that is marked.
    pub fn marked(self) -> Option<String> {
        (self.open() && !self.found().is_empty()).then(|| format!("{}-{}", self.list, self.at.get()))
    }

    /// Something was typed, or the caret was moved.
    pub fn look(self) {
        let Some((before, _)) = self.split() else { return };
        let called = calling(&before).map(|word| ('/', word.to_owned())).or_else(|| self.colleague(&before));
        if self.called.with_untracked(|known| *known != called) {
            if matches!(called, Some(('/', _))) && self.called.with_untracked(Option::is_none) {
                self.load();
            }
            self.at.set(0);
            self.called.set(called);
        }
    }

    /// Closes the list.
    pub fn close(self) {
        self.called.set(None);
    }

    /// Opens the list by its button: a `/` at the caret.
    pub fn begin(self) {
        let (Some((before, after)), Some(field)) = (self.split(), self.field.get_untracked()) else { return };
        let space = if before.is_empty() || before.ends_with(char::is_whitespace) { "" } else { " " };
        self.put(&field, &format!("{before}{space}/"), &after);
        self.look();
    }

    /// A key that the list takes; false for all others.
    pub fn takes(self, event: &ev::KeyboardEvent) -> bool {
        if untrack(|| !self.open()) || event.is_composing() {
            return false;
        }
        let many = untrack(|| self.found().len());
        let by = |step: usize| self.at.update(|at| *at = (*at + step) % many);
        match event.key().as_str() {
            "Escape" => self.close(),
            "ArrowDown" if many > 0 => by(1),
            "ArrowUp" if many > 0 => by(many - 1),
            "Enter" | "Tab" if many > 0 && !event.shift_key() => self.choose(self.at.get_untracked()),
            _ => return false,
        }
        event.prevent_default();
        true
    }

    /// The colleague who is being called, when there is one of such a name.
    fn colleague(self, before: &str) -> Option<(char, String)> {
        let word = mention::calling(before)?;
        let known = self.filling.with_untracked(|filling| !mention::meant(&filling.colleagues, word).is_empty());
        known.then(|| ('@', word.to_owned()))
    }

    fn found(self) -> Vec<Offer> {
        self.called.with(|called| {
            let Some((mark, word)) = called else { return vec![] };
            self.filling.with(|filling| {
                if *mark == '@' {
                    let call = |name: &str| Offer { name: format!("@{name}"), hint: String::new(), put: format!("@{name} ") };
                    return mention::meant(&filling.colleagues, word).into_iter().take(OFFERED_MOST).map(call).collect();
                }
                let values = Values { name: &filling.name, email: &filling.email, agent: &filling.agent, property: &filling.property };
                let offer =
                    |one: &CannedResponse| Offer { name: format!("/{}", one.shortcut), hint: preview(&one.text), put: one.filled(values) };
                self.all.with(|all| meant(all, word).into_iter().map(offer).collect())
            })
        })
    }

    fn choose(self, place: usize) {
        let chosen = untrack(|| self.found()).into_iter().nth(place);
        let (Some(chosen), Some((before, after)), Some(field)) = (chosen, self.split(), self.field.get_untracked()) else { return };
        let typed = self.called.with_untracked(|called| called.as_ref().map_or(0, |(_, word)| word.len() + 1));
        self.put(&field, &format!("{}{}", &before[..before.len().saturating_sub(typed)], chosen.put), &after);
        self.close();
    }

    /// Puts text into the field, with the caret between the two parts.
    fn put(self, field: &web_sys::HtmlTextAreaElement, before: &str, after: &str) {
        let caret = u32::try_from(before.encode_utf16().count()).unwrap_or(u32::MAX);
        let words = format!("{before}{after}");
        field.set_value(&words);
        self.words.set(words);
        // Fails only for fields without a selection.
        drop(field.focus());
        drop(field.set_selection_range(caret, caret));
    }

    /// The field's text before and after the caret. The browser counts in UTF-16.
    fn split(self) -> Option<(String, String)> {
        let field = self.field.get_untracked()?;
        let units: Vec<u16> = field.value().encode_utf16().collect();
        let caret = (field.selection_start().ok().flatten()? as usize).min(units.len());
        Some((String::from_utf16_lossy(&units[..caret]), String::from_utf16_lossy(&units[caret..])))
    }

    fn load(self) {
        spawn_local(async move {
            // What is not there now is asked for again by the next call.
            if let Ok(all) = list_canned_responses().await {
                self.all.try_set(all);
            }
        });
    }
}

/// The list, above its field.
#[component]
pub fn CannedChoices(
    /// Whose.
    canned: Canned,
) -> impl IntoView {
    let (label, none) = (t(text::SHORTCUTS), t(text::NO_SHORTCUT));
    let choices = move || {
        let found = canned.found();
        if found.is_empty() {
            return view! { <li class="menu-none" role="option" aria-selected="false" aria-disabled="true">{none}</li> }.into_any();
        }
        found
            .into_iter()
            .enumerate()
            .map(|(place, one)| {
                view! {
                    <li id=format!("{}-{place}", canned.list) role="option" class="menu-item" aria-selected=move || if canned.at.get() == place { "true" } else { "false" }
                        // before the field loses the focus
                        on:mousedown=move |event| { event.prevent_default(); canned.choose(place); }>
                        <b>{one.name}</b><span>{one.hint}</span>
                    </li>
                }
            })
            .collect_view()
            .into_any()
    };
    view! {
        {move || canned.open().then(|| view! {
            <ul class="canned" id=canned.list role="listbox" aria-label=label>{choices}</ul>
        })}
    }
}
