//! One's own words in a chat, changed in their place or taken back. Two plain forms behind small buttons.

use leptos::{ev, html, prelude::*};
use model::{
    MessageId,
    text::{chat as text, common},
};
use wasm_bindgen::JsCast;

use super::acts::use_chat_acts;
use crate::{
    text::t,
    ui::{BareForm, Glyph, Icon, Menu, written},
};

/// The buttons, and the form in the words' place.
#[component]
pub fn OwnActs(
    /// Which message.
    id: MessageId,
    /// Its words.
    words: String,
) -> impl IntoView {
    let acts = use_chat_acts();
    let (fold, field) = (NodeRef::<html::Details>::new(), NodeRef::<html::Textarea>::new());
    let before = words.clone();
    let close = move || {
        let Some(fold) = fold.get_untracked().filter(web_sys::HtmlDetailsElement::open) else { return };
        fold.set_open(false);
        if let Some(button) = fold.query_selector("summary").ok().flatten().and_then(|one| one.dyn_into::<web_sys::HtmlElement>().ok()) {
            // Fails only when it cannot take the focus.
            drop(button.focus());
        }
    };
    let give_up = Callback::new(move |()| {
        if let Some(field) = field.get_untracked() {
            field.set_value(&before);
        }
        close();
    });
    let opened = move |_| {
        if let (Some(fold), Some(field)) = (fold.get_untracked(), field.get_untracked())
            && fold.open()
        {
            // Fails only when it cannot take the focus.
            drop(field.focus());
        }
    };
    // words that stayed as they were change nothing here: it closes by the answer
    let version = acts.edit.version();
    Effect::new(move |first: Option<()>| {
        version.track();
        if first.is_some() && acts.edit.refusal().is_none() {
            close();
        }
    });
    let keys = move |event: ev::KeyboardEvent| match event.key().as_str() {
        "Escape" => {
            event.stop_propagation();
            give_up.run(());
        }
        "Enter" if !event.shift_key() && !event.is_composing() => {
            event.prevent_default();
            let form =
                event.target().and_then(|field| field.dyn_into::<web_sys::HtmlTextAreaElement>().ok()).and_then(|field| field.form());
            // Fails only when the form is in no document.
            drop(form.map(|form| form.request_submit()));
        }
        _ => {}
    };
    let (message, same) = (id.to_string(), id.to_string());
    view! {
        <div class="own-acts">
            <details node_ref=fold class="own-edit" on:toggle=opened>
                <summary class="icon-button" aria-label=t(common::EDIT) title=t(common::EDIT)><Icon glyph=Glyph::Pencil/></summary>
                <BareForm action=acts.edit attr:class="own-form">
                    <input type="hidden" name="message" value=message/>
                    <textarea node_ref=field class="input" name="text" rows="3" required=true aria-label=t(text::EDIT_WORDS) on:keydown=keys>{written(words.clone())}</textarea>
                    <div class="own-foot">
                        <button class="button primary small">{t(common::SAVE)}</button>
                        <button type="button" class="button small" on:click=move |_| give_up.run(())>{t(common::CANCEL)}</button>
                    </div>
                </BareForm>
            </details>
            <Menu class="icon-button" label=t(text::WITHDRAW) right=true button=|| view! { <Icon glyph=Glyph::Trash/> }>
                <BareForm action=acts.withdraw>
                    <input type="hidden" name="message" value=same/>
                    <button class="menu-item bad"><Icon glyph=Glyph::Trash/>{t(text::WITHDRAW_NOW)}</button>
                </BareForm>
            </Menu>
        </div>
    }
}
