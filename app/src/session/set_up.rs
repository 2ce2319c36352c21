//! The first page of an empty Recado: its first admin and their property. Gone once somebody has done it.

use leptos::prelude::*;
use model::{Language, text::session as texts};
use wasm_bindgen::JsValue;

use super::{
    Plain,
    api::{SetUp, begin_set_up},
};
use crate::{
    NotFound,
    error::Error,
    text::{t, use_language},
    ui::{Act, Failure, Form, SelectField, Submit, TextField, on_done, open_page},
};

/// Setting up.
#[component]
pub fn SetUpPage() -> impl IntoView {
    let open = Resource::new(|| (), |()| begin_set_up());
    view! {
        <Suspense>
            {move || Suspend::new(async move {
                match open.await {
                    Ok(()) => view! { <SetUpCard/> }.into_any(),
                    Err(Error::Refused(_)) => view! { <NotFound/> }.into_any(),
                    Err(error) => view! { <Failure error/> }.into_any(),
                }
            })}
        </Suspense>
    }
}

#[component]
fn SetUpCard() -> impl IntoView {
    let set_up = Act::new::<SetUp>();
    on_done(set_up, |()| open_page("/inbox"));
    let zone = RwSignal::new(String::new());
    Effect::new(move || zone.set(browser_zone().unwrap_or_default()));
    let languages = Language::ALL.map(|language| (language.tag().to_owned(), language.name().to_owned())).to_vec();
    view! {
        <Plain title=t(texts::WELCOME) hint=t(texts::SET_UP_HINT)>
            <Form action=set_up>
                <input type="hidden" name="time_zone" prop:value=move || zone.get()/>
                <TextField name="name" label=t(texts::YOUR_NAME) autocomplete="name" first=true/>
                <TextField name="email" label=t(texts::EMAIL) kind="email" autocomplete="username"/>
                <TextField name="password" label=t(texts::PASSWORD) kind="password" autocomplete="new-password" hint=t(texts::PASSWORD_HINT)/>
                <TextField name="property" label=t(texts::PROPERTY) hint=t(texts::PROPERTY_HINT) autocomplete="organization"/>
                <SelectField name="language" label=t(texts::LANGUAGE) value=use_language().tag() options=languages/>
                <Submit class="button primary wide">{t(texts::SET_UP)}</Submit>
            </Form>
        </Plain>
    }
}

/// The zone the browser's machine is in.
fn browser_zone() -> Option<String> {
    let format = js_sys::Intl::DateTimeFormat::new(&js_sys::Array::new(), &js_sys::Object::new());
    js_sys::Reflect::get(&format.resolved_options(), &JsValue::from_str("timeZone")).ok()?.as_string()
}
