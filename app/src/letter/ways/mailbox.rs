//! Mailboxes elsewhere: each with what came of reading it, a form to change it, and one for a further one.

use leptos::{ev, prelude::*};
use model::{
    Text,
    mailbox::{Mailbox, MailboxFault, MailboxTls, MailboxTrouble, Tried},
    text::{common, ways as texts},
};
use wasm_bindgen::JsCast;

use super::super::api::TryMailbox;
use crate::{
    text::{count, fill, t, use_language},
    ui::{Act, Chip, Form, Hidden, SelectField, Submit, TextField, Time, Tone},
};

/// What is wrong, in plain words.
const fn trouble(trouble: MailboxTrouble) -> Text {
    match trouble {
        MailboxTrouble::Name => texts::TROUBLE_NAME,
        MailboxTrouble::Port => texts::TROUBLE_PORT,
        MailboxTrouble::Tls => texts::TROUBLE_TLS,
        MailboxTrouble::Certificate => texts::TROUBLE_CERTIFICATE,
        MailboxTrouble::Password => texts::TROUBLE_PASSWORD,
        MailboxTrouble::Folder => texts::TROUBLE_FOLDER,
        MailboxTrouble::Silence => texts::TROUBLE_SILENCE,
        MailboxTrouble::Answer => texts::TROUBLE_ANSWER,
        MailboxTrouble::Sealed => texts::TROUBLE_SEALED,
    }
}

/// All of them, and a form for a further one.
#[component]
pub fn Mailboxes(mailboxes: Vec<Mailbox>, save: Act, remove: Act) -> impl IntoView {
    let none = mailboxes.is_empty();
    let rows = mailboxes.into_iter().map(|mailbox| view! { <li class="way"><Row mailbox save remove/></li> });
    view! {
        <section class="card" aria-labelledby="mailboxes">
            <h2 id="mailboxes">{t(texts::MAILBOXES)}</h2>
            <p class="hint">{t(texts::MAILBOXES_HINT)}</p>
            {(!none).then(|| view! { <ul class="ways">{rows.collect_view()}</ul> })}
            <details class="more" open=none>
                <summary>{t(texts::NEW_MAILBOX)}</summary>
                <Fields save/>
            </details>
        </section>
    }
}

#[component]
fn Row(mailbox: Mailbox, save: Act, remove: Act) -> impl IntoView {
    let id = mailbox.id.to_string();
    let key = id.clone();
    let name = format!("{} · {}", mailbox.user, mailbox.folder);
    let change = fill(texts::CHANGE_LABEL, &[("name", &name)]);
    let remove_label = fill(texts::REMOVE_LABEL, &[("name", &name)]);
    let (says, tone) = match (&mailbox.fault, mailbox.seen_at) {
        (Some(_), _) => (t(texts::UNREAD), Tone::Bad),
        (None, Some(_)) => (t(texts::READ), Tone::Good),
        (None, None) => (t(texts::TRYING), Tone::Warm),
    };
    let fault = mailbox.fault.clone().map(|MailboxFault { trouble: word, said }| {
        view! { <span class="why">{t(trouble(word))}{(!said.is_empty()).then(|| format!(" ({said})"))}</span> }
    });
    let left = (mailbox.left > 0).then(|| view! { <span class="why">{count(texts::LEFT, mailbox.left)}</span> });
    view! {
        <div class="row-line">
            <div class="row-main">
                <b>{name}</b>
                <span class="hint">
                    {mailbox.host.clone()}":"{mailbox.port.to_string()}" · "{count(texts::FETCHED, mailbox.fetched)}
                    {mailbox.seen_at.map(|at| view! { " · "{t(texts::LOOKED)}" "<Time at/> })}
                </span>
                {fault}
                {left}
            </div>
            <Chip tone>{says}</Chip>
        </div>
        <details class="more">
            <summary aria-label=change>{t(common::EDIT)}</summary>
            <Fields save mailbox=Some(mailbox)/>
            <Form action=remove class="inline" key>
                <Hidden name="mailbox" value=id/>
                <Submit class="button small danger" label=remove_label>{t(texts::REMOVE)}</Submit>
            </Form>
        </details>
    }
}

#[component]
fn Fields(save: Act, #[prop(default = None)] mailbox: Option<Mailbox>) -> impl IntoView {
    let new = mailbox.is_none();
    let key = mailbox.as_ref().map_or_else(|| "new".to_owned(), |mailbox| mailbox.id.to_string());
    let id = mailbox.as_ref().map(|mailbox| mailbox.id.to_string()).unwrap_or_default();
    let (host, user, folder, port, tls) = mailbox.map_or_else(
        || (String::new(), String::new(), String::new(), String::new(), MailboxTls::Implicit),
        |mailbox| (mailbox.host, mailbox.user, mailbox.folder, mailbox.port.to_string(), mailbox.tls),
    );
    let kinds =
        [(MailboxTls::Implicit, texts::TLS_IMPLICIT), (MailboxTls::Starttls, texts::TLS_STARTTLS), (MailboxTls::None, texts::TLS_NONE)];
    let kinds = kinds.map(|(kind, text)| (kind.word().to_owned(), t(text).to_owned())).to_vec();
    let starts = [("new", texts::START_NEW), ("all", texts::START_ALL)].map(|(word, text)| (word.to_owned(), t(text).to_owned())).to_vec();
    let password_hint = if new { String::new() } else { t(texts::PASSWORD_KEPT).to_owned() };
    view! {
        <Form action=save key empties=new>
            <Hidden name="id" value=id/>
            <div class="side-by-side">
                <TextField name="host" label=t(texts::HOST) value=host placeholder="imap.example.com"/>
                <SelectField name="tls" label=t(texts::TLS) value=tls.word() options=kinds/>
                <TextField name="port" label=t(texts::PORT) value=port placeholder="993"/>
            </div>
            <div class="side-by-side">
                <TextField name="user" label=t(texts::USER) value=user/>
                <TextField name="password" label=t(texts::PASSWORD) kind="password" autocomplete="new-password" hint=password_hint/>
            </div>
            <div class="side-by-side">
                <TextField name="folder" label=t(texts::FOLDER) value=folder placeholder="INBOX"/>
                <SelectField name="start" label=t(texts::START) value="new" options=starts/>
            </div>
            <Try/>
        </Form>
    }
}

/// The buttons of the form, and what a try found. A try needs the page to be awake: a plain form has nowhere to show what it found.
#[component]
fn Try() -> impl IntoView {
    let (trying, language, awake) = (Act::new::<TryMailbox>(), use_language(), RwSignal::new(false));
    Effect::new(move || awake.set(true));
    let press = move |event: ev::MouseEvent| {
        let button = event.current_target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
        let form = button.and_then(|button| button.closest("form").ok().flatten());
        if let Some(form) = form.and_then(|form| form.dyn_into::<web_sys::HtmlFormElement>().ok()) {
            trying.submit_form(&form);
        }
    };
    let busy = trying.pending();
    let found = move || {
        if busy.get() {
            return view! { <p class="hint">{language.say(texts::TRYING)}"…"</p> }.into_any();
        }
        match trying.answer::<Tried>() {
            None => ().into_any(),
            Some(Ok(Tried::Works(mails))) => view! { <p class="done">{language.count(texts::WORKS, i64::from(mails))}</p> }.into_any(),
            Some(Ok(Tried::Fails(MailboxFault { trouble: word, said }))) => {
                view! { <p class="problem">{language.say(trouble(word))}{(!said.is_empty()).then(|| format!(" ({said})"))}</p> }.into_any()
            }
            Some(Err(error)) => view! { <p class="problem">{error.say(language)}</p> }.into_any(),
        }
    };
    view! {
        <div class="try" role="status">{found}</div>
        <div class="actions">
            <Submit>{t(common::SAVE)}</Submit>
            <button type="button" class="button" hidden=move || !awake.get() aria-disabled=move || busy.get().then_some("true") on:click=press>
                {t(texts::TRY)}
            </button>
        </div>
    }
}
