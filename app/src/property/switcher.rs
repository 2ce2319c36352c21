//! The switcher at the top right: which property one is in, and the others one belongs to.

use leptos::prelude::*;
use leptos_router::hooks::use_location;
use model::text::property as texts;

use super::api::SwitchProperty;
use crate::{
    roster::use_roster,
    text::{t, use_language},
    ui::{Act, Form, Glyph, Icon, Menu, on_done, open_page},
};

/// Where the conversations of all properties are.
const EVERYWHERE: &str = "/everywhere";

/// The switcher.
#[component]
pub fn PropertySwitcher() -> impl IntoView {
    let (roster, path, language) = (use_roster(), use_location().pathname, use_language());
    let switch = Act::new::<SwitchProperty>();
    on_done(switch, |()| open_page("/inbox"));
    let wide = Memo::new(move |_| path.with(|path| path == EVERYWHERE));
    let (all, settings, new, yours) = (t(texts::EVERYWHERE), t(texts::SETTINGS), t(texts::NEW), t(texts::YOUR_PROPERTIES));
    let name = move || if wide.get() { all.to_owned() } else { roster.with(|roster| roster.property.name.clone()) };
    let others = move || {
        roster.with(|roster| {
            let here = (!wide.get()).then(|| roster.property.id.clone());
            roster
                .properties
                .iter()
                .map(|(id, name)| view! { <Choice id=id.to_string() name=name.clone() here=Some(id) == here.as_ref()/> })
                .collect_view()
        })
    };
    let several = move || roster.with(|roster| roster.properties.len() > 1);
    let admin = move || roster.with(model::roster::Roster::admin);
    let menu = move || {
        let label = language.fill(texts::SWITCHER, &[("name", &untrack(name))]);
        let button = move || view! { <span class="dot"></span><span class="property-name">{name}</span><Icon glyph=Glyph::ChevronDown/> };
        view! {
            <Menu class="pill" label right=true button>
                <p class="menu-head"><b>{yours}</b></p>
                {move || several().then(|| view! {
                    <a class="menu-item" href=EVERYWHERE aria-current=move || wide.get().then_some("page")>
                        <span class="menu-mark">{move || wide.get().then(|| view! { <Icon glyph=Glyph::Check/> })}</span>
                        {all}
                    </a>
                })}
                <Form action=switch class="menu-form">{others}</Form>
                {move || admin().then(|| view! {
                    <hr/>
                    <a class="menu-item" href="/admin/settings"><Icon glyph=Glyph::Gear/>{settings}</a>
                    <a class="menu-item" href="/admin/settings#new"><Icon glyph=Glyph::Plus/>{new}</a>
                })}
            </Menu>
        }
    };
    // drawn anew where it says something else
    move || {
        wide.track();
        menu().into_any()
    }
}

/// One property; sending the form by its button switches to it.
#[component]
fn Choice(id: String, name: String, here: bool) -> impl IntoView {
    view! {
        <button type="submit" class="menu-item" name="property" value=id aria-current=here.then_some("true")>
            <span class="menu-mark">{here.then(|| view! { <Icon glyph=Glyph::Check/> })}</span>
            {name}
        </button>
    }
}
