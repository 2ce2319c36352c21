//! Passkeys: listed, added, taken away; and the button that signs in by one. `passkey.js` speaks with the browser, and does so before the wasm
//! is there: a button with `data-passkey` has the browser make one by what stands there, or use one where nothing does.

use leptos::{nonce::use_nonce, prelude::*};
use model::{
    agent::Passkey,
    text::{account as texts, common},
};

use super::{api::BeginPasskey, second_step::PasswordField};
use crate::{
    error::Result,
    text::t,
    ui::{Act, Form, Hidden, Submit, TextField, Time, focus_on, on_done, problem_of},
};

/// The script, where a page uses it.
#[component]
pub fn PasskeyScript() -> impl IntoView {
    view! { <script src="/passkey.js" nonce=use_nonce()></script> }
}

/// The button that sends a form with what a passkey answers. Not there where browser or address have none.
#[component]
pub fn UsePasskey(
    /// What it says.
    label: &'static str,
    /// Whether the browser offers passkeys by itself, in the field of the address.
    #[prop(optional)]
    offered: bool,
) -> impl IntoView {
    view! {
        <div class="field needs-passkey">
            <Ask label class="button wide" offered failed=t(texts::PASSKEY_NOT_USED)/>
        </div>
    }
}

/// The button, the field for the answer, and what is said when there is none or it is refused.
#[component]
fn Ask(
    label: &'static str,
    class: &'static str,
    /// What a passkey is to be made by; nothing to use one.
    #[prop(optional, into)]
    options: String,
    #[prop(optional)] offered: bool,
    failed: &'static str,
) -> impl IntoView {
    let problem = problem_of(|| "passkey".into());
    view! {
        <input type="hidden" name="passkey"/>
        <button class=class data-passkey=options data-offered=offered.then_some("")>{label}</button>
        <div role="alert">
            {move || problem.get().map(|text| view! { <p class="problem">{text}</p> })}
            <p class="problem" data-passkey-failed="" hidden>{failed}</p>
        </div>
    }
}

/// One's passkeys, and how there are more or fewer.
#[component]
pub fn Passkeys(
    passkeys: Vec<Passkey>,
    /// Whether there can be any.
    able: bool,
    add: Act,
    remove: Act,
) -> impl IntoView {
    let rows = passkeys.into_iter().map(|passkey| view! { <PasskeyRow passkey remove/> }).collect_view();
    view! {
        <p class="hint">{t(if able { texts::PASSKEYS_HINT } else { texts::PASSKEYS_UNABLE })}</p>
        <ul class="rows">{rows}</ul>
        {able.then(|| view! { <Add add/> })}
    }
}

#[component]
fn PasskeyRow(passkey: Passkey, remove: Act) -> impl IntoView {
    let id = passkey.id.to_string();
    let used = match passkey.used_at {
        Some(at) => view! { {t(texts::PASSKEY_USED_AT)}" "<Time at/> }.into_any(),
        None => t(texts::PASSKEY_NEVER_USED).into_any(),
    };
    view! {
        <li class="way">
            <div class="row-line">
                <div class="row-main">
                    <b>{passkey.name}</b>
                    <span class="hint">{t(texts::PASSKEY_MADE_AT)}" "<Time at=passkey.created_at/>" · "{used}</span>
                </div>
            </div>
            <details class="more">
                <summary>{t(texts::PASSKEY_REMOVE)}</summary>
                <Form action=remove key=id.clone()>
                    <Hidden name="passkey" value=id/>
                    <PasswordField/>
                    <div class="actions"><Submit class="button danger">{t(texts::PASSKEY_REMOVE_NOW)}</Submit></div>
                </Form>
            </details>
        </li>
    }
}

/// First what it is called and the password, then the browser.
#[component]
fn Add(add: Act) -> impl IntoView {
    let begin = Act::new::<BeginPasskey>();
    on_done(begin, |()| focus_on("[data-passkey]".into()));
    // a refusal changes nothing here: the form that it is about stays
    let made = Memo::new(move |_| begin.answer().and_then(Result::<(String, String)>::ok));
    view! {
        <PasskeyScript/>
        <details class="more needs-wasm">
            <summary>{t(texts::PASSKEY_ADD)}</summary>
            {move || match made.get() {
                Some((name, options)) => view! {
                    <Form action=add>
                        <Hidden name="name" value=name/>
                        <p class="hint">{t(texts::PASSKEY_MAKE_HINT)}</p>
                        <div class="actions">
                            <button type="button" class="button" on:click=move |_| begin.value().set(None)>{t(common::BACK)}</button>
                            <Ask label=t(texts::PASSKEY_MAKE) class="button primary" options failed=t(texts::PASSKEY_NOT_MADE)/>
                        </div>
                    </Form>
                }.into_any(),
                None => view! {
                    <Form action=begin>
                        <TextField name="name" label=t(texts::PASSKEY_NAME) hint=t(texts::PASSKEY_NAME_HINT)/>
                        <PasswordField/>
                        <div class="actions"><Submit>{t(texts::PASSKEY_CONTINUE)}</Submit></div>
                    </Form>
                }.into_any(),
            }}
        </details>
    }
}
