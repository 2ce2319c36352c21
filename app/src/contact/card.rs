//! What is known of a contact, and the form that changes it in place.

use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};
use model::{
    roster::Roster,
    text::{common, contact as texts},
    view::escape,
};

use super::{address, api::ChangeContact, fields::ContactFields, known::Known, merge::Merges, page::PageState};
use crate::{
    roster::use_roster,
    text::{fill, t},
    ui::{Act, Avatar, Glyph, Icon, Menu, Time, each, on_done, use_toasts},
};

/// The facts.
#[component]
pub fn Facts(state: PageState, name: Memo<String>) -> impl IntoView {
    let (profile, opened) = (state.profile, state.opened);
    let (id, created_at) = profile.with_untracked(|profile| (profile.card.contact.id.clone(), profile.card.contact.created_at));
    let (export, admin) = (format!("/contacts/{id}/person.zip"), use_roster().with_untracked(Roster::admin));
    let place = move |more: &'static str| {
        let id = id.clone();
        Signal::derive(move || address::contact(&id, opened.tab.get(), more))
    };
    let (closed, edit, merge, erase) = (place(""), place("edit=1"), place("merge=1"), place("erase=1"));
    let change = Act::new::<ChangeContact>();
    let (toasts, saved, navigate) = (use_toasts(), t(common::SAVED), use_navigate());
    on_done(change, move |()| {
        toasts.say(saved);
        navigate(&closed.get_untracked(), NavigateOptions { replace: true, scroll: false, ..NavigateOptions::default() });
    });
    let compose = move || {
        let to = profile.with(|profile| profile.emails.first().cloned())?;
        let named = profile.with(|profile| escape(&profile.card.contact.name));
        Some(format!("/inbox?compose=1&to={}&name={named}", escape(&to)))
    };
    let write = t(texts::COMPOSE);
    let organisation =
        Memo::new(move |_| profile.with(|profile| (profile.card.organisation_id.clone(), profile.card.organisation.clone())));
    let whose = move || {
        let (id, name) = organisation.get();
        id.map(|id| view! { <a href=format!("/organisations/{id}")>{name}</a> })
    };
    view! {
        <section class="card contact-card" aria-label=t(texts::FACTS)>
            <header class="contact-card-head">
                {move || view! { <Avatar name=name.get() large=true/> }}
                <div>
                    <h1 class="page-title" tabindex="-1">{move || name.get()}</h1>
                    <p class="contact-organisation">{whose}</p>
                </div>
                <a class="icon-button" hidden=move || opened.editing.get() href=move || merge.get() aria-label=t(texts::MERGE)><Icon glyph=Glyph::People/></a>
                <a class="icon-button" hidden=move || opened.editing.get() href=move || edit.get() aria-label=fill(texts::EDIT, &[("name", &name.get_untracked())])><Icon glyph=Glyph::Pencil/></a>
            </header>
            {move || if opened.editing.get() {
                let known = profile.with_untracked(|profile| (profile.card.clone(), profile.emails.clone()));
                view! { <ContactFields action=change known=Some(known) closed/> }.into_any()
            } else {
                view! { <Reached state/> }.into_any()
            }}
            <Known state/>
            <div class="contact-acts">
                {move || compose().map(|href| view! { <a class="button" href=href><Icon glyph=Glyph::Envelope/>{write}</a> })}
                {admin.then(|| view! {
                    <Menu class="button dots" label=t(texts::PERSON) right=true button=|| view! { <Icon glyph=Glyph::Dots/> }>
                        <a class="menu-item" href=export rel="external" download=""><Icon glyph=Glyph::File/>{t(texts::EXPORT_PERSON)}</a>
                        <a class="menu-item bad" href=move || erase.get()><Icon glyph=Glyph::Trash/>{t(texts::ERASE)}</a>
                    </Menu>
                })}
            </div>
            <dl class="facts">
                <dt>{t(texts::FIRST_SEEN)}</dt><dd><Time at=created_at full=true/></dd>
                <dt>{t(texts::LAST_SEEN)}</dt><dd>{move || view! { <Time at=profile.with(|profile| profile.card.last_at)/> }}</dd>
            </dl>
            <Merges state/>
        </section>
    }
}

/// How they are reached.
#[component]
fn Reached(state: PageState) -> impl IntoView {
    let profile = state.profile;
    let emails = move || profile.with(|profile| profile.emails.clone());
    let phones = move || profile.with(|profile| profile.card.phones.clone());
    let nothing = Memo::new(move |_| profile.with(|profile| profile.emails.is_empty() && profile.card.phones.is_empty()));
    let none = t(texts::NOT_REACHED);
    view! {
        <ul class="contact-reached">
            {each(emails, Clone::clone, |email| view! { <li><Icon glyph=Glyph::Envelope/><a href=format!("mailto:{email}")>{email.clone()}</a></li> })}
            {each(phones, Clone::clone, |phone| view! { <li><Icon glyph=Glyph::Phone/><a href=format!("tel:{}", dialled(&phone))>{phone.clone()}</a></li> })}
        </ul>
        <Show when=move || nothing.get()><p class="hint">{none}</p></Show>
    }
}

/// A telephone number as it is dialled.
fn dialled(phone: &str) -> String {
    phone.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect()
}
