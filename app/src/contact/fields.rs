//! The form about a contact: who, for whom, and how they are reached.

use leptos::prelude::*;
use model::{
    contact::{Card, form::ContactForm},
    text::{common, contact as texts},
};

use crate::{
    text::t,
    ui::{Act, Form, Hidden, Submit, TextAreaField, TextField},
};

/// The form: of somebody who is known, or of somebody new.
#[component]
pub fn ContactFields(
    /// What it asks for.
    action: Act,
    /// Who is known, with all addresses.
    #[prop(optional_no_strip)]
    known: Option<(Card, Vec<String>)>,
    /// The address without the form.
    #[prop(into)]
    closed: Signal<String>,
) -> impl IntoView {
    let id = known.as_ref().map(|(card, _)| card.contact.id.to_string());
    let (card, emails) = known.map_or((None, vec![]), |(card, emails)| (Some(card), emails));
    let (name, organisation, phones) =
        card.map_or_else(Default::default, |card| (card.contact.name, card.organisation, card.phones.join("\n")));
    let form = ContactForm { name, organisation, emails: emails.join("\n"), phones };
    let seen = serde_json::to_string(&form).unwrap_or_default();
    let ContactForm { name, organisation, emails, phones } = form;
    view! {
        <Form action key=id.clone().unwrap_or_default()>
            {id.map(|id| view! { <Hidden name="contact" value=id/><Hidden name="seen" value=seen/> })}
            <TextField name="name" label=t(texts::NAME) value=name/>
            <TextField name="organisation" label=t(texts::ORGANISATION) value=organisation hint=t(texts::ORGANISATION_HINT)/>
            <TextAreaField name="emails" label=t(texts::EMAILS) value=emails rows=2 hint=t(texts::EMAILS_HINT)/>
            <TextAreaField name="phones" label=t(texts::PHONES) value=phones rows=2 hint=t(texts::PHONES_HINT)/>
            <div class="actions">
                <Submit>{t(common::SAVE)}</Submit>
                <a class="button" href=move || closed.get()>{t(common::CANCEL)}</a>
            </div>
        </Form>
    }
}
