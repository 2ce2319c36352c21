//! How the widget looks: its colour, with what is written on it; where it stands; what opens it.

use leptos::{html, prelude::*};
use model::{
    Language,
    colour::{Colour, WHITE},
    text::{common, widget as texts},
    widget::{Appearance, Launcher, Position, Scheme},
    widget_form::AppearanceForm,
};

use super::{api::SetAppearance, draft::Draft};
use crate::{
    text::{t, use_language},
    ui::{Act, Form, SelectField, Submit, TextField, on_done, problem_of, typed_all, use_toasts},
};

/// Contrast that a button needs with what is around it (WCAG 2.2, 1.4.11).
const PART_LEAST: f64 = 3.0;

/// The card of the appearance.
#[component]
pub fn Look(
    /// As it is saved.
    look: Appearance,
    /// As it is being typed.
    draft: Draft,
) -> impl IntoView {
    let set = Act::new::<SetAppearance>();
    let (toasts, saved) = (use_toasts(), t(common::SAVED));
    on_done(set, move |()| toasts.say(saved));
    let form = AppearanceForm::from(&look);
    let positions = vec![
        choice(Position::BottomRight.word(), texts::POSITION_BOTTOM_RIGHT),
        choice(Position::BottomLeft.word(), texts::POSITION_BOTTOM_LEFT),
        choice(Position::CentreRight.word(), texts::POSITION_CENTRE_RIGHT),
        choice(Position::CentreLeft.word(), texts::POSITION_CENTRE_LEFT),
        choice(Position::TopRight.word(), texts::POSITION_TOP_RIGHT),
        choice(Position::TopLeft.word(), texts::POSITION_TOP_LEFT),
    ];
    let launchers = vec![
        choice(Launcher::Bubble.word(), texts::LAUNCHER_BUBBLE),
        choice(Launcher::Label.word(), texts::LAUNCHER_LABEL),
        choice(Launcher::None.word(), texts::LAUNCHER_NONE),
    ];
    let schemes = vec![
        choice(Scheme::Auto.word(), texts::SCHEME_AUTO),
        choice(Scheme::Light.word(), texts::SCHEME_LIGHT),
        choice(Scheme::Dark.word(), texts::SCHEME_DARK),
    ];
    view! {
        <section class="card" aria-labelledby="look" on:input=move |event| draft.follow(&event, |typed, widget| AppearanceForm::of(typed).put(widget))>
            <h2 id="look">{t(texts::LOOK)}</h2>
            <Form action=set>
                <ColourField value=form.colour draft/>
                <div class="pairs">
                    <SelectField name="launcher" label=t(texts::LAUNCHER) value=form.launcher options=launchers/>
                    <SelectField name="position" label=t(texts::POSITION) value=form.position options=positions/>
                    <SelectField name="scheme" label=t(texts::SCHEME) value=form.scheme options=schemes/>
                </div>
                <div class="pairs four">
                    <TextField name="desktop_side" label=t(texts::DESKTOP_SIDE) value=form.desktop_side kind="number"/>
                    <TextField name="desktop_bottom" label=t(texts::DESKTOP_BOTTOM) value=form.desktop_bottom kind="number"/>
                    <TextField name="phone_side" label=t(texts::PHONE_SIDE) value=form.phone_side kind="number"/>
                    <TextField name="phone_bottom" label=t(texts::PHONE_BOTTOM) value=form.phone_bottom kind="number"/>
                </div>
                <div class="actions"><Submit>{t(common::SAVE)}</Submit></div>
            </Form>
        </section>
    }
}

/// A value and what it says.
pub fn choice(word: &str, text: model::Text) -> (String, String) {
    (word.to_owned(), t(text).to_owned())
}

/// The colour as text, beside it the browser's own picker; below, how well it can be read.
#[component]
fn ColourField(value: String, draft: Draft) -> impl IntoView {
    let value = typed_all("colour").and_then(|mut typed| typed.pop()).unwrap_or(value);
    let text = NodeRef::<html::Input>::new();
    let problem = problem_of(|| "colour".to_owned());
    let colour = move || draft.widget.with(|widget| widget.appearance.colour.clone());
    // the event goes on to the form, which finds the new value in the text
    let picked = move |event: web_sys::Event| {
        if let Some(text) = text.get_untracked() {
            text.set_value(&event_target_value(&event));
        }
    };
    let first = value.clone();
    view! {
        <div class="field" class:refused=move || problem.get().is_some()>
            <label for="look-colour">{t(texts::COLOUR)}</label>
            <div class="colour-field">
                <input class="swatch" type="color" aria-label=t(texts::PICK) value=first prop:value=colour on:input=picked/>
                <input class="input" id="look-colour" name="colour" node_ref=text value=value maxlength="7" autocomplete="off" spellcheck="false"
                    aria-describedby="look-colour-about" aria-invalid=move || problem.get().map(|_| "true")/>
            </div>
            <div class="about" id="look-colour-about">
                {move || problem.get().map(|text| view! { <p class="problem">{text}</p> })}
                <Contrast draft/>
            </div>
        </div>
    }
}

/// What is written on the colour, and how well both can be seen.
#[component]
fn Contrast(draft: Draft) -> impl IntoView {
    let language = use_language();
    let colour = Memo::new(move |_| draft.widget.with(|widget| widget.appearance.colour.parse::<Colour>().ok()));
    let read = move || {
        let colour = colour.get()?;
        let ink = colour.ink();
        let text = if ink == WHITE { texts::INK_WHITE } else { texts::INK_BLACK };
        Some(language.fill(text, &[("ratio", &ratio(colour.contrast(ink), language))]))
    };
    let faint = move || {
        let contrast = colour.get()?.contrast(WHITE);
        (contrast < PART_LEAST).then(|| language.fill(texts::FAINT, &[("ratio", &ratio(contrast, language))]))
    };
    let sample = move || colour.get().map(|colour| format!("background:{colour};color:{}", colour.ink()));
    view! {
        <p class="hint contrast" role="status">
            <span class="sample" aria-hidden="true" style=sample>"Aa"</span>
            <span>{read}{move || faint().map(|text| view! { <span class="faint">" "{text}</span> })}</span>
        </p>
    }
}

/// Rounded down: what is said to be enough is enough.
fn ratio(contrast: f64, language: Language) -> String {
    let text = format!("{:.1}", (contrast * 10.0).floor() / 10.0);
    match language {
        Language::English => text,
        Language::Portuguese => text.replace('.', ","),
    }
}
