//! What the widget says in one language. What stays empty is said as Recado says it: that stands in the field, grey.

use leptos::prelude::*;
use model::{
    Language, Text,
    text::{common, launcher, widget as texts, window as shown},
    widget::Wording,
    widget_form::WordingForm,
};

use super::{api::SetWording, draft::Draft};
use crate::{
    text::{fill, t},
    ui::{Act, Form, Hidden, Submit, TextAreaField, TextField, on_done, use_toasts},
};

/// The card of a language.
#[component]
pub fn Words(
    /// As it is saved.
    wording: Wording,
    /// As it is being typed.
    draft: Draft,
) -> impl IntoView {
    let set = Act::new::<SetWording>();
    let (toasts, saved) = (use_toasts(), t(common::SAVED));
    on_done(set, move |()| toasts.say(saved));
    let language = wording.language;
    let tag = language.tag();
    let form = WordingForm::from(&wording);
    let name = format!("words-{tag}");
    let follow = move |event: web_sys::Event| {
        draft.language.set(language);
        draft.follow(&event, |typed, widget| WordingForm::of(typed).put(widget));
    };
    view! {
        <section class="card" aria-labelledby=name.clone() on:input=follow>
            <h2 id=name.clone()>{fill(texts::WORDS, &[("language", language.name())])}</h2>
            <p class="hint">{t(texts::WORDS_HINT)}</p>
            <Form action=set key=tag>
                <Hidden name="language" value=tag/>
                <State legend=texts::STATE_ONLINE names=["online_head", "online_line", "launcher"] values=[form.online_head, form.online_line, form.launcher] language/>
                <State legend=texts::STATE_AWAY names=["away_head", "away_line", "launcher_away"] values=[form.away_head, form.away_line, form.launcher_away] language/>
                <State legend=texts::STATE_OFFLINE names=["offline_head", "offline_line", "launcher_offline"] values=[form.offline_head, form.offline_line, form.launcher_offline] language/>
                <TextField name="greeting" label=t(texts::SAY_GREETING) value=form.greeting placeholder=own("greeting", language)/>
                <TextAreaField name="suggestions" label=t(texts::SAY_SUGGESTIONS) value=form.suggestions rows=2 hint=t(texts::SAY_SUGGESTIONS_HINT)/>
                <details class="more">
                    <summary>{t(texts::MORE_WORDS)}</summary>
                    <div class="form">
                        <TextAreaField name="before_chat" label=t(texts::SAY_BEFORE) value=form.before_chat rows=2/>
                        <TextAreaField name="rescue" label=t(texts::SAY_RESCUE) value=form.rescue rows=2 placeholder=own("rescue", language)/>
                        <TextAreaField name="left" label=t(texts::SAY_LEFT) value=form.left rows=2 placeholder=own("left", language)/>
                        <TextAreaField name="consent" label=t(texts::SAY_CONSENT) value=form.consent rows=2 placeholder=own("consent", language)/>
                    </div>
                </details>
                <div class="actions"><Submit>{t(common::SAVE)}</Submit></div>
            </Form>
        </section>
    }
}

/// What Recado says in a field's place.
fn own(name: &str, language: Language) -> String {
    language.say(own_text(name)).to_owned()
}

/// The text of ours that a field's words stand in for.
fn own_text(name: &str) -> Text {
    match name {
        "launcher" => launcher::ONLINE,
        "launcher_away" => launcher::AWAY,
        "launcher_offline" => launcher::OFFLINE,
        "online_line" => shown::ONLINE_LINE,
        "away_head" => shown::AWAY_HEAD,
        "away_line" => shown::AWAY_LINE,
        "offline_head" => shown::OFFLINE_HEAD,
        "offline_line" => shown::OFFLINE_LINE,
        "greeting" => shown::GREETING,
        "rescue" => shown::RESCUE,
        "left" => shown::LEFT,
        "consent" => shown::CONSENT,
        _ => shown::ONLINE_HEAD,
    }
}

/// Head and line of a state, and its words on the launcher.
#[component]
fn State(legend: Text, names: [&'static str; 3], values: [String; 3], language: Language) -> impl IntoView {
    let labels = [texts::SAY_HEAD, texts::SAY_LINE, texts::SAY_LAUNCHER];
    let fields = names.into_iter().zip(values).zip(labels);
    view! {
        <fieldset>
            <legend class="legend">{t(legend)}</legend>
            <div class="pairs">
                {fields.map(|((name, value), label)| view! { <TextField name label=t(label) value placeholder=own(name, language)/> }).collect_view()}
            </div>
        </fieldset>
    }
}
