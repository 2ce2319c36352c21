//! The switcher at the top right: which property one is in, and the others one belongs to.

use leptos::prelude::*;
use model::text::property as texts;

use super::api::SwitchProperty;
use crate::{
    roster::use_roster,
    text::{fill, t},
    ui::{Act, Form, Glyph, Icon, Menu, on_done, open_page},
};

/// The switcher.
#[component]
pub fn PropertySwitcher() -> impl IntoView {
    let roster = use_roster();
    let switch = Act::new::<SwitchProperty>();
    on_done(switch, |()| open_page("/inbox"));
    let name = move || roster.with(|roster| roster.property.name.clone());
    let label = fill(texts::SWITCHER, &[("name", &roster.with_untracked(|roster| roster.property.name.clone()))]);
    let button = move || view! { <span class="dot"></span><span class="property-name">{name}</span><Icon glyph=Glyph::ChevronDown/> };
    let others = move || {
        roster.with(|roster| {
            let here = roster.property.id.clone();
            roster
                .properties
                .iter()
                .map(|(id, name)| view! { <Choice id=id.to_string() name=name.clone() here=*id == here/> })
                .collect_view()
        })
    };
    let admin = move || roster.with(model::roster::Roster::admin);
    let (settings, new) = (t(texts::SETTINGS), t(texts::NEW));
    view! {
        <Menu class="pill" label right=true button>
            <p class="menu-head"><b>{t(texts::YOUR_PROPERTIES)}</b></p>
            <Form action=switch class="menu-form">{others}</Form>
            {move || admin().then(|| view! {
                <hr/>
                <a class="menu-item" href="/admin/settings"><Icon glyph=Glyph::Gear/>{settings}</a>
                <a class="menu-item" href="/admin/settings#new"><Icon glyph=Glyph::Plus/>{new}</a>
            })}
        </Menu>
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
