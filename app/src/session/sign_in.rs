//! The sign-in page. An empty Recado sends on to its set-up.

use leptos::prelude::*;
use leptos_router::{components::Redirect, hooks::use_query_map};
use model::text::{account, session as texts};

use super::{
    Plain,
    api::{SignIn, SignInWithPasskey, ask_vacant},
    page_after,
    passkey::{PasskeyScript, UsePasskey},
    second_step::CodeField,
};
use crate::{
    text::t,
    ui::{Act, Form, Hidden, Submit, TextField, loaded, on_done, open_page},
};

/// Signing in.
#[component]
pub fn SignInPage() -> impl IntoView {
    let vacant = Resource::new(|| (), |()| ask_vacant());
    loaded(vacant, |vacant| if vacant { view! { <Redirect path="/setup"/> }.into_any() } else { view! { <SignInCard/> }.into_any() })
}

#[component]
fn SignInCard() -> impl IntoView {
    let (sign_in, by_passkey) = (Act::new::<SignIn>(), Act::new::<SignInWithPasskey>());
    let next = use_query_map().with_untracked(|query| query.get("next").unwrap_or_default());
    let (page, after) = (page_after(&next), next.clone());
    for way in [sign_in, by_passkey] {
        let page = page.clone();
        on_done(way, move |()| open_page(&page));
    }
    view! {
        <Plain title=t(texts::SIGN_IN)>
            <PasskeyScript/>
            <Form action=sign_in>
                <Hidden name="next" value=next/>
                <TextField name="email" label=t(texts::EMAIL) kind="email" autocomplete="username webauthn" first=true/>
                <TextField name="password" label=t(texts::PASSWORD) kind="password" autocomplete="current-password"/>
                <CodeField action=sign_in/>
                <Submit class="button primary wide">{t(texts::SIGN_IN)}</Submit>
            </Form>
            <Form action=by_passkey class="form needs-passkey">
                <Hidden name="next" value=after/>
                <UsePasskey label=t(account::PASSKEY_SIGN_IN) offered=true/>
            </Form>
        </Plain>
    }
}
