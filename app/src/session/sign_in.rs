//! The sign-in page. An empty Recado sends on to its set-up.

use leptos::prelude::*;
use leptos_router::{components::Redirect, hooks::use_query_map};
use model::text::session as texts;

use super::{
    Plain,
    api::{SignIn, ask_vacant},
    page_after,
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
    let sign_in = Act::new::<SignIn>();
    let next = use_query_map().with_untracked(|query| query.get("next").unwrap_or_default());
    let page = page_after(&next);
    on_done(sign_in, move |()| open_page(&page));
    view! {
        <Plain title=t(texts::SIGN_IN)>
            <Form action=sign_in>
                <Hidden name="next" value=next/>
                <TextField name="email" label=t(texts::EMAIL) kind="email" autocomplete="username" first=true/>
                <TextField name="password" label=t(texts::PASSWORD) kind="password" autocomplete="current-password"/>
                <CodeField action=sign_in/>
                <Submit class="button primary wide">{t(texts::SIGN_IN)}</Submit>
            </Form>
        </Plain>
    }
}
