//! How the widget behaves: whether it is online with nobody there, who is asked for consent, what happens to who waits.

use leptos::prelude::*;
use model::{
    text::{common, widget as texts},
    widget::{Consent, Widget},
    widget_form::MannersForm,
};

use super::{api::SetManners, appearance::choice, draft::Draft};
use crate::{
    text::t,
    ui::{Act, CheckField, Form, SelectField, Submit, TextField, on_done, use_toasts},
};

/// Seconds that stand in the field while nobody is asked.
const RESCUE_AFTER: u32 = 60;

/// The card of the behaviour.
#[component]
pub fn Manners(
    /// As it is saved.
    widget: Widget,
    /// As it is being typed.
    draft: Draft,
) -> impl IntoView {
    let set = Act::new::<SetManners>();
    let (toasts, saved) = (use_toasts(), t(common::SAVED));
    on_done(set, move |()| toasts.say(saved));
    let consents = vec![
        choice(Consent::None.word(), texts::CONSENT_NONE),
        choice(Consent::All.word(), texts::CONSENT_ALL),
        choice(Consent::Eu.word(), texts::CONSENT_EU),
    ];
    let seconds = widget.rescue_after.unwrap_or(RESCUE_AFTER).to_string();
    view! {
        <section class="card" aria-labelledby="manners" on:input=move |event| draft.follow(&event, |typed, widget| MannersForm::of(typed).put(widget))>
            <h2 id="manners">{t(texts::MANNERS)}</h2>
            <Form action=set>
                <div>
                    <CheckField name="online_with_nobody" value="on" label=t(texts::ONLINE_WITH_NOBODY) checked=widget.online_with_nobody/>
                    <CheckField name="acknowledge" value="on" label=t(texts::ACKNOWLEDGE) checked=widget.acknowledge/>
                    <CheckField name="rescue" value="on" label=t(texts::RESCUE) checked=widget.rescue_after.is_some()/>
                </div>
                <div class="pairs">
                    <TextField name="rescue_after" label=t(texts::RESCUE_AFTER) value=seconds kind="number" hint=t(texts::RESCUE_HINT)/>
                    <SelectField name="consent" label=t(texts::CONSENT) value=widget.consent.word() options=consents hint=t(texts::CONSENT_HINT)/>
                </div>
                <div class="actions"><Submit>{t(common::SAVE)}</Submit></div>
            </Form>
        </section>
    }
}
