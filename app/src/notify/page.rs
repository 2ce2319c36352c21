//! The page of notifications: what one wants to notice, how and when. Works as a plain form; what this browser allows is shown once the
//! page has come to life.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use model::{
    notify::{Notifying, Quiet, Settings, hour_text},
    text::{common, notify as texts},
};

use super::{
    api::{ChangeNotifySettings, load_notifying},
    browser::{BrowserCard, Browsing},
    push::PushCard,
    script::{Ask, ask},
};
use crate::{
    roster::use_roster,
    text::{fill, t},
    ui::{Act, CheckField, Form, PageTitle, Submit, TextField, loaded, on_done, use_toasts},
};

/// Hours that are offered to who has none yet.
const NIGHT: Quiet = Quiet { from: 22 * 60, to: 7 * 60 };

/// The page.
#[component]
pub fn NotificationsPage() -> impl IntoView {
    let notifying = Resource::new(|| (), |()| load_notifying());
    let done = use_query_map().with_untracked(|query| query.get_str("done") == Some("saved"));
    view! {
        <main class="page narrow">
            <PageTitle text=t(texts::TITLE)/>
            <p class="hint">{t(texts::LEAD)}</p>
            {done.then(|| view! { <p class="done" role="status">{t(common::SAVED)}</p> })}
            {loaded(notifying, |Notifying { settings, push_key, browsers }| {
                let browsing = Browsing::listen();
                view! {
                    <Choices settings/>
                    <BrowserCard browsing/>
                    <PushCard browsing push_key browsers/>
                }
            })}
        </main>
    }
}

/// What, how and when.
#[component]
fn Choices(settings: Settings) -> impl IntoView {
    let change = Act::new::<ChangeNotifySettings>();
    let toasts = use_toasts();
    let saved = t(common::SAVED);
    on_done(change, move |()| {
        toasts.say(saved);
        ask(&Ask::Changed);
    });
    let zone = use_roster().with_untracked(|roster| roster.zone.name.clone());
    let hours = settings.quiet.unwrap_or(NIGHT);
    let tick = |name: &'static str, label, checked| view! { <CheckField name="on[]" value=name label=t(label) checked/> };
    view! {
        <section class="card">
            <Form action=change>
                <fieldset class="choices">
                    <legend>{t(texts::WHAT)}</legend>
                    {tick("waiting", texts::WAITING, settings.waiting)}
                    {tick("mine", texts::MINE, settings.mine)}
                    {tick("invited", texts::INVITED, settings.invited)}
                    {tick("tickets", texts::TICKETS, settings.tickets)}
                </fieldset>
                <fieldset class="choices">
                    <legend>{t(texts::HOW)}</legend>
                    {tick("sound", texts::SOUND, settings.sound)}
                    {tick("desktop", texts::DESKTOP, settings.desktop)}
                    {tick("hide_words", texts::HIDE_WORDS, settings.hide_words)}
                </fieldset>
                <fieldset class="choices">
                    <legend>{t(texts::QUIET_HOURS)}</legend>
                    {tick("quiet", texts::QUIET, settings.quiet.is_some())}
                    <div class="hours">
                        <TextField name="quiet_from" kind="time" label=t(texts::QUIET_FROM) value=hour_text(hours.from)/>
                        <TextField name="quiet_to" kind="time" label=t(texts::QUIET_TO) value=hour_text(hours.to)/>
                    </div>
                    <p class="hint">{fill(texts::QUIET_HINT, &[("zone", &zone)])}</p>
                </fieldset>
                <div class="actions"><Submit>{t(common::SAVE)}</Submit></div>
            </Form>
        </section>
    }
}
