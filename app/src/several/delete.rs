//! The question before several conversations are deleted for ever.

use leptos::prelude::*;
use model::{
    batch::Change,
    text::{conversation as text, several},
};

use super::{bar::use_deed, use_several};
use crate::{
    text::{t, use_language},
    ui::Dialog,
};

/// The question.
#[component]
pub fn DeleteDialog(
    /// Whether it is asked.
    open: RwSignal<bool>,
) -> impl IntoView {
    let (deed, picked, language) = (use_deed(), use_several(), use_language());
    let how_many = move || match picked.count() {
        Some(n) => language.count(several::PICKED, n),
        None => language.say(several::PICKED_ALL).to_owned(),
    };
    let delete = move |_| {
        open.set(false);
        deed.to_all(Change::Delete);
    };
    view! {
        <Dialog open title=t(text::DELETE_TITLE)>
            <div class="dialog-body">
                <p><b>{how_many}</b></p>
                <p>{t(several::DELETE_TEXT)}</p>
                <div class="dialog-acts">
                    <button type="button" class="button" on:click=move |_| open.set(false)>{t(several::KEEP)}</button>
                    <button type="button" class="button danger" on:click=delete>{t(text::DELETE)}</button>
                </div>
            </div>
        </Dialog>
    }
}
