//! What an invited person opens from their mail: who invites, and the way in.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use model::{agent::Welcome, text::session as texts};

use super::{
    Plain,
    api::{AcceptInvitation, open_invitation},
    passkey::PasskeyScript,
    second_step::CodeField,
};
use crate::{
    error::Error,
    text::{PageLanguage, fill, t, use_language},
    ui::{Act, Form, Hidden, Submit, TextField, on_done, open_page},
};

/// An invitation.
#[component]
pub fn InvitationPage() -> impl IntoView {
    let params = use_params_map();
    let link = move || params.with(|params| params.get("link").unwrap_or_default());
    let welcome = Resource::new(link, open_invitation);
    view! {
        <Suspense>
            {move || Suspend::new(async move {
                match welcome.await {
                    Ok(welcome) => view! { <Accept link=link() welcome/> }.into_any(),
                    Err(error) => view! { <Gone error/> }.into_any(),
                }
            })}
        </Suspense>
    }
}

#[component]
fn Gone(error: Error) -> impl IntoView {
    view! {
        <Plain title=t(texts::INVITATION)>
            <p>{error.say(use_language())}</p>
            <p><a class="button" href="/sign-in">{t(texts::SIGN_IN)}</a></p>
        </Plain>
    }
}

#[component]
fn Accept(link: String, welcome: Welcome) -> impl IntoView {
    provide_context(PageLanguage(welcome.language));
    let accept = Act::new::<AcceptInvitation>();
    on_done(accept, |()| open_page("/inbox"));
    let title = fill(texts::INVITED_TO, &[("property", &welcome.property)]);
    let hint =
        fill(if welcome.known { texts::INVITED_KNOWN } else { texts::INVITED_BY }, &[("by", &welcome.by), ("email", &welcome.email)]);
    let (password_hint, fills) = if welcome.known { ("", "current-password") } else { (t(texts::PASSWORD_HINT), "new-password") };
    view! {
        <Plain title hint>
            <PasskeyScript/>
            <Form action=accept>
                <Hidden name="link" value=link/>
                <input type="hidden" autocomplete="username" value=welcome.email/>
                {(!welcome.known).then(|| view! { <TextField name="name" label=t(texts::YOUR_NAME) autocomplete="name" first=true/> })}
                <TextField name="password" label=t(texts::PASSWORD) kind="password" autocomplete=fills hint=password_hint/>
                <CodeField action=accept/>
                <Submit class="button primary wide">{t(texts::ACCEPT)}</Submit>
            </Form>
        </Plain>
    }
}
