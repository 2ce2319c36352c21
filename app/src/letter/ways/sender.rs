//! Who letters are from: an address of one's own, the name, the signature; and whether DNS vouches for the address.

use leptos::prelude::*;
use model::{
    sender::{Sender, SenderName},
    text::{common, ways as texts},
};

use crate::{
    text::{fill, t},
    ui::{Act, Chip, CopyText, Form, SelectField, Submit, TextAreaField, TextField, Tone},
};

/// The form, and what has become of the address.
#[component]
pub fn SenderCard(sender: Sender, change: Act) -> impl IntoView {
    let Sender { address, name, signature, proven, record } = sender;
    let names = [(SenderName::Via, texts::NAME_VIA), (SenderName::Property, texts::NAME_PROPERTY)];
    let names = names.map(|(name, text)| (name.word().to_owned(), t(text).to_owned())).to_vec();
    let state = (!address.is_empty()).then(|| {
        let waits = (!proven).then(|| {
            let record = record.map(|record| {
                view! {
                    <CopyText text=record.name label=t(texts::DKIM_NAME_COPY)/>
                    <CopyText text=record.value label=t(texts::DKIM_VALUE_COPY) block=true/>
                }
            });
            view! { <p class="hint">{fill(texts::SENDER_WAITS_HINT, &[("address", &address)])}</p>{record} }
        });
        let (says, tone) = if proven { (texts::SENDER_PROVEN, Tone::Good) } else { (texts::SENDER_WAITS, Tone::Warm) };
        view! { <div class="sender-state"><Chip tone>{t(says)}</Chip>{waits}</div> }
    });
    view! {
        <section class="card" aria-labelledby="sender">
            <h2 id="sender">{t(texts::SENDER)}</h2>
            <Form action=change key="sender">
                <TextField name="address" label=t(texts::SENDER_ADDRESS) value=address placeholder="support@example.com" hint=t(texts::SENDER_ADDRESS_HINT)/>
                {state}
                <SelectField name="name" label=t(texts::SENDER_NAME) value=name.word() options=names/>
                <TextAreaField name="signature" label=t(texts::SIGNATURE) value=signature hint=t(texts::SIGNATURE_HINT)/>
                <div class="actions"><Submit>{t(common::SAVE)}</Submit></div>
            </Form>
        </section>
    }
}
