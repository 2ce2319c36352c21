//! What a visitor will see, drawn beside the settings and following them. A drawing: nothing in it can be pressed. Which state, which
//! screen and which light are plain radio buttons, which the style sheet reads, so that they work without script.

use leptos::prelude::*;
use model::{
    Language, Text,
    colour::Colour,
    text::{launcher, widget as texts},
    widget::{Appearance, Launcher, Offset},
};

use super::{draft::Draft, preview_pane::Pane};
use crate::{
    text::t,
    ui::{Glyph, Icon},
};

/// A state that the preview shows: its word in the style sheet, and its name.
pub const SHOWN: [(&str, Text); 6] = [
    ("online", texts::SHOW_ONLINE),
    ("away", texts::SHOW_AWAY),
    ("offline", texts::SHOW_OFFLINE),
    ("before", texts::SHOW_BEFORE),
    ("rescue", texts::SHOW_RESCUE),
    ("closed", texts::SHOW_CLOSED),
];
/// Farthest that the launcher is drawn from an edge.
const OFFSET_DRAWN: u16 = 120;

/// The preview.
#[component]
pub fn Preview(
    /// What is being typed.
    draft: Draft,
) -> impl IntoView {
    let looks = move || draft.widget.with(|widget| looks(&widget.appearance));
    let position = move || draft.widget.with(|widget| widget.appearance.position.word());
    let scheme = move || draft.widget.with(|widget| widget.appearance.scheme.word());
    let launcher = move || draft.widget.with(|widget| widget.appearance.launcher.word());
    view! {
        <aside class="preview" aria-labelledby="preview">
            <h2 id="preview">{t(texts::PREVIEW)}</h2>
            <Choices name="shown" legend=texts::PREVIEW_STATE choices=SHOWN.to_vec() first="online"/>
            <div class="preview-more">
                <Choices name="screen" legend=texts::PREVIEW_SCREEN choices=vec![("desktop", texts::SHOW_DESKTOP), ("phone", texts::SHOW_PHONE)] first="desktop"/>
                <Choices name="light" legend=texts::PREVIEW_LIGHT choices=vec![("light", texts::SHOW_LIGHT), ("dark", texts::SHOW_DARK)] first="light"/>
                <Speaks draft/>
            </div>
            <div class="scene" style=looks data-position=position data-scheme=scheme data-launcher=launcher aria-hidden="true" inert="">
                <div class="site"><i></i><i></i><i></i><i></i><i></i><i></i><i></i></div>
                {SHOWN.iter().filter(|(word, _)| *word != "closed").map(|(word, _)| view! { <Pane shown=word draft/> }).collect_view()}
                <Button draft/>
            </div>
            <p class="hint">{t(texts::PREVIEW_HINT)}</p>
        </aside>
    }
}

/// The colours and places as properties of the style sheet. A colour is one, or it is not written.
fn looks(look: &Appearance) -> String {
    let day: Colour = look.colour.parse().unwrap_or(model::colour::BLACK);
    let night = day.by_night();
    let place = |name, offset: Offset| {
        format!("--{name}-side:{}px;--{name}-bottom:{}px;", offset.side.min(OFFSET_DRAWN), offset.bottom.min(OFFSET_DRAWN))
    };
    format!(
        "--day:{day};--day-ink:{};--night:{night};--night-ink:{};{}{}",
        day.ink(),
        night.ink(),
        place("desktop", look.desktop),
        place("phone", look.phone)
    )
}

/// One of several, as radio buttons.
#[component]
fn Choices(name: &'static str, legend: Text, choices: Vec<(&'static str, Text)>, first: &'static str) -> impl IntoView {
    let buttons = choices.into_iter().map(|(word, text)| {
        view! { <label><input class="visually-hidden" type="radio" name=name value=word checked=word == first/>{t(text)}</label> }
    });
    view! { <div class="segments" role="radiogroup" aria-label=t(legend)>{buttons.collect_view()}</div> }
}

/// The language that the preview speaks.
#[component]
fn Speaks(draft: Draft) -> impl IntoView {
    let buttons = Language::ALL.map(|language| {
        let chosen = move || draft.language.get() == language;
        let short = &language.tag()[..2];
        view! {
            <label lang=language.tag() title=language.name()>
                <input class="visually-hidden" type="radio" name="speaks" value=language.tag() aria-label=language.name()
                    checked=untrack(chosen) prop:checked=chosen on:change=move |_| draft.language.set(language)/>
                {short.to_uppercase()}
            </label>
        }
    });
    view! { <div class="segments only-live" role="radiogroup" aria-label=t(texts::PREVIEW_LANGUAGE)>{buttons.collect_view()}</div> }
}

/// The launcher.
#[component]
fn Button(draft: Draft) -> impl IntoView {
    let labelled = move || draft.widget.with(|widget| widget.appearance.launcher == Launcher::Label);
    let says = draft.say(|wording| &wording.launcher, launcher::ONLINE);
    view! {
        <div class="scene-launcher">
            <Icon glyph=Glyph::Chat/>
            {move || labelled().then(|| view! { <span>{says}</span> })}
        </div>
    }
}
