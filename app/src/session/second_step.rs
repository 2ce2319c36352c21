//! The second step of signing in: set up with an app or a passkey, kept, given up; and the field that asks for its code.

use leptos::prelude::*;
use model::{
    Moment,
    agent::{Enrolment, SecondStep},
    text::{account as texts, common, session},
};

use super::{
    Plain,
    api::{AddPasskey, BeginSecondStep, ConfirmSecondStep, EndSecondStep, RemovePasskey, RenewRecoveryCodes, SignOut, load_second_step},
    passkey::{Passkeys, UsePasskey},
};
use crate::{
    error::Result,
    text::{t, use_language},
    ui::{Act, CopyText, DefaultSubmit, Form, Submit, TextField, Time, ToastArea, Toasts, loaded, on_done, open_page},
};

/// A field for the code, in a form that was refused for want of it.
#[component]
pub fn CodeField(
    /// What the form asks for.
    action: Act,
) -> impl IntoView {
    let wanted = move || action.refusal().is_some_and(|error| matches!(error.field(), Some("code" | "passkey")));
    // it stays when something else is wrong the next time
    let shown = Memo::new(move |before| before == Some(&true) || wanted());
    let (label, hint, passkey) = (t(texts::SECOND_STEP_ASKED), t(texts::SECOND_STEP_ASKED_HINT), t(texts::PASSKEY_USE));
    move || {
        shown.get().then(|| {
            view! {
                <DefaultSubmit/>
                <TextField name="code" label hint autocomplete="one-time-code"/>
                <UsePasskey label=passkey/>
            }
        })
    }
}

/// The page for who may go nowhere else before it is set up.
#[component]
pub fn SecondStepPage() -> impl IntoView {
    provide_context(Toasts::new());
    let sign_out = Act::new::<SignOut>();
    on_done(sign_out, |()| open_page("/sign-in"));
    view! {
        <Plain title=t(texts::SECOND_STEP) hint=t(texts::SECOND_STEP_MISSING)>
            <Steps forced=true/>
            <Form action=sign_out><Submit class="button wide">{t(session::SIGN_OUT)}</Submit></Form>
        </Plain>
        <ToastArea/>
    }
}

/// The same among the cards of one's account.
#[component]
pub fn SecondStepCard() -> impl IntoView {
    view! {
        <section class="card" aria-labelledby="second-step">
            <h2 id="second-step">{t(texts::SECOND_STEP)}</h2>
            <p class="hint">{t(texts::SECOND_STEP_HINT)}</p>
            <Steps/>
        </section>
    }
}

#[component]
fn Steps(
    /// Whether nothing else can be done before.
    #[prop(optional)]
    forced: bool,
) -> impl IntoView {
    let (begin, confirm) = (Act::new::<BeginSecondStep>(), Act::new::<ConfirmSecondStep>());
    let (renew, end) = (Act::new::<RenewRecoveryCodes>(), Act::new::<EndSecondStep>());
    let (add, remove) = (Act::new::<AddPasskey>(), Act::new::<RemovePasskey>());
    // one that was refused changed nothing: its form stays, and says why. The last one may have given codes
    let (changes, given) = (RwSignal::new(0), RwSignal::new(vec![]));
    for change in [begin, confirm, renew, end, add, remove] {
        on_done(change, move |()| {
            given.set(change.answer::<Vec<String>>().and_then(Result::ok).unwrap_or_default());
            changes.update(|n| *n += 1);
        });
    }
    let state = Resource::new(move || changes.get(), |_| load_second_step());
    let (title, hint, copy, kept) =
        (t(texts::RECOVERY_CODES), t(texts::RECOVERY_CODES_HINT), t(texts::RECOVERY_CODES_COPY), t(texts::RECOVERY_CODES_KEPT));
    let codes = move || {
        Some(given.get()).filter(|codes| !codes.is_empty()).map(|codes| {
            view! {
                <div class="made" role="status">
                    <p><b>{title}</b></p>
                    <p>{hint}</p>
                    <CopyText text=codes.join("\n") label=copy block=true/>
                    {forced.then(|| view! { <a class="button primary" href="/inbox" rel="external">{kept}</a> })}
                </div>
            }
        })
    };
    view! {
        {codes}
        {loaded(state, move |state: SecondStep| match state {
            state if forced && state.on() && given.with(|codes| !codes.is_empty()) => ().into_any(),
            state if forced && state.on() => view! { <Done/> }.into_any(),
            state => {
                let codes = state.on().then(|| view! { <Codes left=state.codes renew/> });
                let app = match state.enrolment {
                    Some(enrolment) => view! { <Scan enrolment confirm/> }.into_any(),
                    None => state.since.map_or_else(
                        || view! { <Form action=begin><div class="actions"><Submit>{t(texts::SECOND_STEP_SET_UP)}</Submit></div></Form> }.into_any(),
                        |since| view! { <On since end/> }.into_any(),
                    ),
                };
                view! {
                    {codes}
                    <h3>{t(texts::APP)}</h3>
                    {app}
                    <h3>{t(texts::PASSKEYS)}</h3>
                    <Passkeys passkeys=state.passkeys able=state.able add remove/>
                }.into_any()
            }
        })}
    }
}

/// What the app is to be told, and the first code of it.
#[component]
fn Scan(enrolment: Enrolment, confirm: Act) -> impl IntoView {
    let Enrolment { secret, address, qr } = enrolment;
    // four modules of quiet around it, as the standard asks for
    let frame = format!("-4 -4 {0} {0}", qr.side + 8);
    view! {
        <div class="enrolment">
            <svg class="qr" viewBox=frame role="img" aria-label=t(texts::SECOND_STEP_QR) shape-rendering="crispEdges"><path d=qr.path></path></svg>
            <div class="stack">
                <p>{t(texts::SECOND_STEP_SCAN)}</p>
                <CopyText text=secret label=t(texts::SECOND_STEP_KEY)/>
                <p><a href=address rel="external">{t(texts::SECOND_STEP_OPEN)}</a></p>
            </div>
        </div>
        // what it gives is shown by the page that is awake alone
        <div class="needs-wasm">
            <Form action=confirm>
                <TextField name="code" label=t(texts::SECOND_STEP_CODE) autocomplete="one-time-code"/>
                <div class="actions"><Submit>{t(texts::SECOND_STEP_CONFIRM)}</Submit></div>
            </Form>
        </div>
    }
}

/// It was set up, and the page opened anew: on from here, and what to do without the codes that were shown.
#[component]
fn Done() -> impl IntoView {
    view! {
        <p>{t(texts::RECOVERY_CODES_MISSED)}</p>
        <a class="button primary" href="/inbox" rel="external">{t(common::TO_THE_INBOX)}</a>
    }
}

/// One's password, to change how one signs in.
#[component]
pub fn PasswordField() -> impl IntoView {
    view! { <TextField name="password" label=t(session::PASSWORD) kind="password" autocomplete="current-password"/> }
}

/// How many recovery codes are left, and how to get others.
#[component]
fn Codes(left: u32, renew: Act) -> impl IntoView {
    view! {
        <p>{use_language().count(texts::RECOVERY_CODES_LEFT, i64::from(left))}</p>
        <details class="more needs-wasm">
            <summary>{t(texts::RECOVERY_CODES_RENEW)}</summary>
            <p class="hint">{t(texts::RECOVERY_CODES_RENEW_HINT)}</p>
            <Form action=renew empties=true><PasswordField/><div class="actions"><Submit>{t(texts::RECOVERY_CODES_RENEW_NOW)}</Submit></div></Form>
        </details>
    }
}

/// There is an app: since when, and how to do without it.
#[component]
fn On(since: Moment, end: Act) -> impl IntoView {
    view! {
        <p>{t(texts::SECOND_STEP_SINCE)}" "<Time at=since full=true/>"."</p>
        <details class="more">
            <summary>{t(texts::SECOND_STEP_END)}</summary>
            <p class="hint">{t(texts::SECOND_STEP_END_HINT)}</p>
            <Form action=end empties=true><PasswordField/><div class="actions"><Submit class="button danger">{t(texts::SECOND_STEP_END_NOW)}</Submit></div></Form>
        </details>
    }
}
