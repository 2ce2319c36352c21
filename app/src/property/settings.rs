//! Settings of the property: name, language, time zone, its forwarding address anew; and a further property.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use model::{
    Language,
    property::Property,
    text::{
        Text, common,
        property::{self as texts, SWITCH_OFF, SWITCH_ON},
        session,
    },
};

use super::{
    api::{ChangeProperty, CreateProperty, RenewForwardingAddress, RequireSecondStep, SetAcknowledges},
    zones::ZONES,
};
use crate::{
    roster::use_roster,
    text::{t, use_language},
    ui::{Act, CopyText, Form, PageTitle, SelectField, Submit, TextField, on_done, open_page, use_toasts},
};

/// The settings page.
#[component]
pub fn SettingsPage() -> impl IntoView {
    let done = use_query_map().with_untracked(|query| query.get_str("done") == Some("saved"));
    let (acknowledge, require) = (Act::new::<SetAcknowledges>(), Act::new::<RequireSecondStep>());
    view! {
        <PageTitle text=t(texts::SETTINGS)/>
        {done.then(|| view! { <p class="done" role="status">{t(common::SAVED)}</p> })}
        <datalist id="zones">{ZONES.iter().map(|zone| view! { <option value=*zone></option> }).collect_view()}</datalist>
        <div class="narrow stack">
            <General/>
            <Forwarding/>
            <Switch id="acknowledging" set=acknowledge is_on={|property| property.acknowledges}
                texts=[texts::ACKNOWLEDGING, texts::ACKNOWLEDGES, texts::ACKNOWLEDGES_NOT] hint=texts::ACKNOWLEDGING_HINT/>
            <Switch id="second-step" set=require is_on={|property| property.second_step_required}
                texts=[texts::SECOND_STEP, texts::SECOND_STEP_REQUIRED, texts::SECOND_STEP_FREE] hint=texts::SECOND_STEP_HINT/>
            <Another/>
        </div>
    }
}

fn languages() -> Vec<(String, String)> {
    Language::ALL.map(|language| (language.tag().to_owned(), language.name().to_owned())).to_vec()
}

#[component]
fn General() -> impl IntoView {
    let roster = use_roster();
    let change = Act::new::<ChangeProperty>();
    // Language and zone are the page's: it is written anew.
    on_done(change, |()| open_page("/admin/settings?done=saved"));
    let property = roster.with_untracked(|roster| roster.property.clone());
    view! {
        <section class="card" aria-labelledby="general">
            <h2 id="general">{t(texts::GENERAL)}</h2>
            <Form action=change>
                <TextField name="name" label=t(texts::NAME) value=property.name hint=t(texts::NAME_HINT)/>
                <SelectField name="language" label=t(session::LANGUAGE) value=property.language.tag() options=languages() hint=t(texts::LANGUAGE_HINT)/>
                <ZoneField value=property.time_zone/>
                <div class="actions"><Submit>{t(common::SAVE)}</Submit></div>
            </Form>
        </section>
    }
}

#[component]
fn ZoneField(#[prop(into)] value: String) -> impl IntoView {
    view! { <TextField name="time_zone" label=t(texts::TIME_ZONE) value list="zones" hint=t(texts::TIME_ZONE_HINT)/> }
}

#[component]
fn Forwarding() -> impl IntoView {
    let roster = use_roster();
    let renew = Act::new::<RenewForwardingAddress>();
    let toasts = use_toasts();
    let renewed = t(texts::RENEWED);
    on_done(renew, move |()| toasts.say(renewed));
    let address = Signal::derive(move || roster.with(|roster| roster.property.forwarding_address.clone()));
    view! {
        <section class="card" aria-labelledby="forwarding">
            <h2 id="forwarding">{t(texts::FORWARDING)}</h2>
            <p class="hint">{t(texts::FORWARDING_HINT)}</p>
            <CopyText text=address label=t(texts::COPY_FORWARDING)/>
            <details class="more">
                <summary>{t(texts::RENEW)}</summary>
                <p class="hint">{t(texts::RENEW_HINT)}</p>
                <Form action=renew class="inline"><Submit class="button danger">{t(texts::RENEW_NOW)}</Submit></Form>
            </details>
        </section>
    }
}

/// What is off until somebody wants it.
#[component]
fn Switch(
    /// Its element's id.
    id: &'static str,
    /// The change that is asked for, by the value `on`.
    set: Act,
    /// Whether it is on.
    is_on: fn(&Property) -> bool,
    /// What it is called, what holds while it is on, and while it is off.
    texts: [Text; 3],
    /// What there is to know.
    hint: Text,
) -> impl IntoView {
    let (roster, language) = (use_roster(), use_language());
    let on = Memo::new(move |_| roster.with(|roster| is_on(&roster.property)));
    let [title, holds, holds_not] = texts;
    view! {
        <section class="card" aria-labelledby=id>
            <h2 id=id>{t(title)}</h2>
            <p>{move || language.say(if on.get() { holds } else { holds_not })}</p>
            <p class="hint">{t(hint)}</p>
            <Form action=set class="inline">
                <input type="hidden" name="on" value=move || (!on.get()).to_string()/>
                <Submit class="button">{move || language.say(if on.get() { SWITCH_OFF } else { SWITCH_ON })}</Submit>
            </Form>
        </section>
    }
}

#[component]
fn Another() -> impl IntoView {
    let roster = use_roster();
    let create = Act::new::<CreateProperty>();
    on_done(create, |()| open_page("/admin/settings"));
    let (language, zone) = roster.with_untracked(|roster| (roster.property.language, roster.property.time_zone.clone()));
    view! {
        <section class="card" id="new" aria-labelledby="another">
            <h2 id="another">{t(texts::NEW)}</h2>
            <p class="hint">{t(texts::NEW_HINT)}</p>
            <Form action=create>
                <TextField name="name" label=t(texts::NAME)/>
                <SelectField name="language" label=t(session::LANGUAGE) value=language.tag() options=languages()/>
                <ZoneField value=zone/>
                <div class="actions"><Submit>{t(texts::CREATE)}</Submit></div>
            </Form>
        </section>
    }
}
