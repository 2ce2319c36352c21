//! One's own account: name and language, picture, password, and the browsers one is signed in with.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use model::{
    Language,
    agent::{Density, Session},
    text::{account as texts, common, session},
};

use super::{
    api::{ChangePassword, ChangeProfile, ChangeSignature, EndSession, list_sessions, load_signature},
    picture::PictureCard,
    second_step::SecondStepCard,
};
use crate::{
    roster::use_roster,
    text::t,
    ui::{
        Act, Chip, Form, Hidden, PageTitle, SelectField, Submit, TextAreaField, TextField, Time, Tone, loaded, on_done, open_page,
        use_toasts,
    },
};

/// The account page.
#[component]
pub fn AccountPage() -> impl IntoView {
    view! {
        <main class="page narrow">
            <PageTitle text=t(session::ACCOUNT)/>
            <Done/>
            <Profile/>
            <PictureCard/>
            <Signature/>
            <Password/>
            <SecondStepCard/>
            <Sessions/>
        </main>
    }
}

/// What the page came back with after a plain form.
#[component]
fn Done() -> impl IntoView {
    let done = use_query_map().with_untracked(|query| query.get("done"));
    let text = match done.as_deref() {
        Some("profile" | "picture") => Some(t(common::SAVED)),
        Some("password") => Some(t(texts::PASSWORD_CHANGED)),
        _ => None,
    };
    text.map(|text| view! { <p class="done" role="status">{text}</p> })
}

#[component]
fn Profile() -> impl IntoView {
    let roster = use_roster();
    let change = Act::new::<ChangeProfile>();
    // The language is the page's: it is written anew.
    on_done(change, |()| open_page("/account?done=profile"));
    let (name, email, language, property, density) = roster.with_untracked(|roster| {
        let me = roster.agent(&roster.me).cloned();
        let (name, email) = me.map(|me| (me.name, me.email)).unwrap_or_default();
        (name, email, roster.language, roster.property.language, roster.density())
    });
    let chosen = if language == property { String::new() } else { language.tag().to_owned() };
    let as_property = (String::new(), format!("{} ({})", t(texts::LANGUAGE_OF_PROPERTY), property.name()));
    let languages = std::iter::once(as_property)
        .chain(Language::ALL.map(|language| (language.tag().to_owned(), language.name().to_owned())))
        .collect::<Vec<_>>();
    let densities = vec![
        (Density::Comfortable.to_string(), t(texts::DENSITY_COMFORTABLE).to_owned()),
        (Density::Compact.to_string(), t(texts::DENSITY_COMPACT).to_owned()),
    ];
    view! {
        <section class="card" aria-labelledby="profile">
            <h2 id="profile">{t(texts::PROFILE)}</h2>
            <p class="hint">{email}</p>
            <Form action=change>
                <TextField name="name" label=t(session::YOUR_NAME) value=name autocomplete="name" hint=t(texts::NAME_HINT)/>
                <SelectField name="language" label=t(session::LANGUAGE) value=chosen options=languages/>
                <SelectField name="density" label=t(texts::DENSITY) value=density.to_string() options=densities/>
                <div class="actions"><Submit>{t(common::SAVE)}</Submit></div>
            </Form>
        </section>
    }
}

#[component]
fn Signature() -> impl IntoView {
    let change = Act::new::<ChangeSignature>();
    let toasts = use_toasts();
    let saved = t(common::SAVED);
    on_done(change, move |()| toasts.say(saved));
    let signature = Resource::new(|| (), |()| load_signature());
    view! {
        <section class="card" aria-labelledby="signature">
            <h2 id="signature">{t(texts::SIGNATURE)}</h2>
            {loaded(signature, move |signature: String| view! {
                <Form action=change>
                    <TextAreaField name="signature" label=t(texts::SIGNATURE) value=signature hint=t(texts::SIGNATURE_HINT)/>
                    <div class="actions"><Submit>{t(common::SAVE)}</Submit></div>
                </Form>
            })}
        </section>
    }
}

#[component]
fn Password() -> impl IntoView {
    let change = Act::new::<ChangePassword>();
    let toasts = use_toasts();
    let changed = t(texts::PASSWORD_CHANGED);
    on_done(change, move |()| toasts.say(changed));
    view! {
        <section class="card" aria-labelledby="password">
            <h2 id="password">{t(texts::CHANGE_PASSWORD)}</h2>
            <p class="hint">{t(texts::CHANGE_PASSWORD_HINT)}</p>
            <Form action=change empties=true>
                <TextField name="old_password" label=t(texts::OLD_PASSWORD) kind="password" autocomplete="current-password"/>
                <TextField name="password" label=t(texts::NEW_PASSWORD) kind="password" autocomplete="new-password" hint=t(session::PASSWORD_HINT)/>
                <div class="actions"><Submit>{t(texts::CHANGE_PASSWORD)}</Submit></div>
            </Form>
        </section>
    }
}

#[component]
fn Sessions() -> impl IntoView {
    let end = Act::new::<EndSession>();
    let sessions = Resource::new(move || end.version().get(), |_| list_sessions());
    view! {
        <section class="card" aria-labelledby="sessions">
            <h2 id="sessions">{t(texts::SESSIONS)}</h2>
            <p class="hint">{t(texts::SESSIONS_HINT)}</p>
            {loaded(sessions, move |sessions: Vec<Session>| {
                view! { <ul class="rows">{sessions.into_iter().map(|session| view! { <SessionRow session end/> }).collect_view()}</ul> }
            })}
        </section>
    }
}

#[component]
fn SessionRow(session: Session, end: Act) -> impl IntoView {
    let browser = model::browser::called(&session.browser);
    let id = session.id.to_string();
    let key = id.clone();
    let act = if session.current {
        view! { <Chip tone=Tone::Good>{t(texts::THIS_BROWSER)}</Chip> }.into_any()
    } else {
        view! {
            <Form action=end class="inline" key>
                <Hidden name="session" value=id/>
                <Submit class="button small">{t(texts::END_SESSION)}</Submit>
            </Form>
        }
        .into_any()
    };
    view! {
        <li class="row-line">
            <div class="row-main">
                <b title=session.browser>{browser}</b>
                <span class="hint">{session.address}" · "{t(texts::SEEN)}" "<Time at=session.seen_at/></span>
            </div>
            {act}
        </li>
    }
}
