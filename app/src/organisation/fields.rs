//! The form about an organisation: its name, its domains, and what is noted of it.

use leptos::prelude::*;
use model::{
    organisation::Organisation,
    text::{common, organisation as texts},
};

use crate::{
    text::t,
    ui::{Act, Form, Hidden, Submit, TextAreaField, TextField},
};

/// The form: of one that is known, or of a new one.
#[component]
pub fn OrganisationFields(
    /// What it asks for.
    action: Act,
    /// Which is known.
    #[prop(optional_no_strip)]
    known: Option<Organisation>,
    /// The address without the form.
    #[prop(into)]
    closed: Signal<String>,
) -> impl IntoView {
    let id = known.as_ref().map(|known| known.id.to_string());
    let (name, domains, notes) = known.map_or_else(Default::default, |known| (known.name, known.domains.join("\n"), known.notes));
    view! {
        <Form action key=id.clone().unwrap_or_default()>
            {id.map(|id| view! { <Hidden name="organisation" value=id/> })}
            <TextField name="name" label=t(texts::NAME) value=name/>
            <TextAreaField name="domains" label=t(texts::DOMAINS) value=domains rows=3 hint=t(texts::DOMAINS_HINT)/>
            <TextAreaField name="notes" label=t(texts::NOTES) value=notes rows=4 hint=t(texts::NOTES_HINT)/>
            <div class="actions">
                <Submit>{t(common::SAVE)}</Submit>
                <a class="button" href=move || closed.get()>{t(common::CANCEL)}</a>
            </div>
        </Form>
    }
}
