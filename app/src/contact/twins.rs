//! Contacts who may be one person: a dialog above the list, with what they have in common.

use leptos::prelude::*;
use model::{
    Text,
    contact::{
        list::Asked,
        merge::{Common, Twins},
        profile::Tab,
    },
    text::contact as texts,
};

use super::{
    address,
    api::{DismissTwins, list_twins},
    merge::Who,
};
use crate::{
    text::{t, use_language},
    ui::{Act, BareForm, Chip, Empty, Glyph, PageDialog, loaded},
};

const fn common_word(common: Common) -> Text {
    match common {
        Common::Mailbox => texts::SAME_MAILBOX,
        Common::Phone => texts::SAME_PHONE,
        Common::Name => texts::SAME_NAME,
    }
}

/// The dialog.
#[component]
pub fn TwinsDialog(
    /// What is asked for of the list below.
    asked: Memo<Asked>,
) -> impl IntoView {
    let language = use_language();
    let dismiss = Act::new::<DismissTwins>();
    let all = Resource::new(move || dismiss.version().get(), |_| list_twins());
    let closed = Signal::derive(move || address::list(&asked.get(), ""));
    let shown = move |all: Vec<Twins>| {
        if all.is_empty() {
            return view! { <Empty glyph=Glyph::Check title=language.say(texts::NO_TWINS) hint=language.say(texts::NO_TWINS_HINT)/> }
                .into_any();
        }
        view! { <ul class="twins">{all.into_iter().map(|twins| view! { <li><Pair twins dismiss/></li> }).collect_view()}</ul> }.into_any()
    };
    view! {
        <PageDialog title=t(texts::TWINS) closed class="dialog contact-merge-dialog">
            <div class="dialog-body stack">
                <p class="hint">{t(texts::TWINS_HINT)}</p>
                {loaded(all, shown)}
            </div>
        </PageDialog>
    }
}

#[component]
fn Pair(twins: Twins, dismiss: Act) -> impl IntoView {
    let language = use_language();
    let Twins { one, other, why } = twins;
    let ids = (one.contact.id.to_string(), other.contact.id.to_string());
    let href = address::contact(&one.contact.id, Tab::Timeline, &format!("merge=1&other={}", ids.1));
    view! {
        <div class="twins-two">
            <span class="row-line"><Who card=one/></span>
            <span class="row-line"><Who card=other/></span>
        </div>
        <div class="twins-acts">
            {why.into_iter().map(|common| view! { <Chip>{language.say(common_word(common))}</Chip> }).collect_view()}
            <a class="button small" href=href>{language.say(texts::COMPARE)}</a>
            <BareForm action=dismiss>
                <input type="hidden" name="contact" value=ids.0.clone()/>
                <input type="hidden" name="other" value=ids.1/>
                <button class="button small">{language.say(texts::NOT_THE_SAME)}</button>
            </BareForm>
        </div>
    }
}
