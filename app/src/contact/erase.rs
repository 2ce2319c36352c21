//! Erasing a person: what goes and what stays, the name that is typed to confirm it, how far it has come, and what went.

use std::time::Duration;

use leptos::prelude::*;
use model::{
    ContactId,
    contact::erasure::{Erasing, Erasure, Gone},
    text::{common, contact as texts},
};

use super::{
    address::{self, Opened},
    api::{EraseContact, open_erasure},
};
use crate::{
    text::{fill, t, use_language},
    ui::{Act, Form, Hidden, PageDialog, Submit, TextField, loaded, on_done},
};

/// How often a moving erasure is looked at.
const LOOK: Duration = Duration::from_millis(800);

/// The dialog. It stands beside the page of the contact, which goes meanwhile.
#[component]
pub fn EraseDialog(
    /// Who.
    contact: ContactId,
    /// What the address bar says.
    opened: Opened,
) -> impl IntoView {
    let erase = Act::new::<EraseContact>();
    let (looks, id, here) = (RwSignal::new(0_u32), contact.clone(), contact.clone());
    let look = move || _ = looks.try_update(|looks| *looks = looks.wrapping_add(1));
    on_done(erase, move |()| look());
    let erasing = Resource::new(
        move || looks.get(),
        move |_| {
            let contact = contact.clone();
            async move { open_erasure(contact).await }
        },
    );
    // whether it has ended, once it began. Not asked of the resource: what waits for that outside of the dialog's body takes the dialog
    // out of the page meanwhile, and it comes back as one that is not modal
    let begun = RwSignal::new(None::<bool>);
    Effect::new(move || {
        if begun.get() == Some(false) {
            set_timeout(look, LOOK);
        }
    });
    let closed = Signal::derive(move || match begun.get() {
        Some(_) => String::from("/contacts"),
        None => address::contact(&here, opened.tab.get(), ""),
    });
    view! {
        <PageDialog title=t(texts::ERASE) closed class="dialog">
            {loaded(erasing, move |erasing: Erasing| {
                begun.set(erasing.begun.as_ref().map(|begun| begun.done));
                match erasing.begun {
                    Some(begun) => view! { <Begun begun contact=id.clone()/> }.into_any(),
                    None => view! { <Confirm erasing erase contact=id.clone() closed/> }.into_any(),
                }
            })}
        </PageDialog>
    }
}

/// What goes, what stays, and the word for it.
#[component]
fn Confirm(erasing: Erasing, erase: Act, contact: ContactId, closed: Signal<String>) -> impl IntoView {
    let language = use_language();
    let export = format!("/contacts/{contact}/person.zip");
    view! {
        <Form action=erase class="form dialog-body" key=contact.to_string()>
            <Hidden name="contact" value=contact.to_string()/>
            <p>{language.say(texts::ERASE_GOES)}</p>
            <Counts gone=erasing.there/>
            <p>{language.say(texts::ERASE_STAYS)}</p>
            <p class="hint">{language.say(texts::ERASE_LATER)}</p>
            <TextField name="confirm" label=fill(texts::ERASE_CONFIRM, &[("name", &erasing.confirm)])/>
            <div class="actions">
                <Submit class="button danger">{language.say(texts::ERASE_BUTTON)}</Submit>
                <a class="button" href=export rel="external" download="">{language.say(texts::EXPORT_PERSON)}</a>
                <a class="button" href=move || closed.get()>{language.say(common::CANCEL)}</a>
            </div>
        </Form>
    }
}

/// How far it is, or what went.
#[component]
fn Begun(begun: Erasure, contact: ContactId) -> impl IntoView {
    let language = use_language();
    let Erasure { done, total, looked, gone } = begun;
    let says = if done { language.say(texts::ERASE_DONE) } else { language.say(texts::ERASE_RUNNING) };
    view! {
        <div class="dialog-body stack">
            <p role="status">{says}</p>
            {(!done).then(|| view! {
                <progress class="contact-import-progress" max=(total + 1).to_string() value=looked.to_string() aria-label=says></progress>
                <p class="hint">{language.say(texts::IMPORT_AWAY)}</p>
                <p><a class="button small" href=format!("/contacts/{contact}?erase=1")>{language.say(texts::IMPORT_LOOK)}</a></p>
            })}
            <Counts gone/>
            {done.then(|| view! {
                <p class="hint">{language.say(texts::ERASE_REPORT)}</p>
                <p><a class="button primary" href="/contacts">{language.say(common::CLOSE)}</a></p>
            })}
        </div>
    }
}

#[component]
fn Counts(gone: Gone) -> impl IntoView {
    let language = use_language();
    let rows = gone.all().iter().map(|(kind, n)| view! { <li><b>{*n}</b><span>{language.count(kind.text(), *n)}</span></li> });
    view! { <ul class="contact-import-counts">{rows.collect_view()}</ul> }
}
