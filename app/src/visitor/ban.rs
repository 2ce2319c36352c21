//! The form that bans a visitor, from the page of visitors and from a chat.

use leptos::prelude::*;
use model::{ConversationId, VisitId, text::visitor as texts};

use super::api::{BanFromChat, BanVisit};
use crate::{
    text::t,
    ui::{Act, Form, Hidden, SelectField, Submit, TextField, on_done, use_toasts},
};

/// Who is to be banned.
#[derive(Clone)]
pub enum Whose {
    /// The browser of a visit.
    Visit(VisitId),
    /// The visitor of a chat.
    Chat(ConversationId),
}

/// The form, folded away until it is wanted.
#[component]
pub fn BanVisitor(
    /// Who.
    whose: Whose,
    /// The browser is known, and can be banned itself.
    known: bool,
    /// The address as it is said, when it is known here.
    #[prop(optional, into)]
    address: String,
) -> impl IntoView {
    let (ban, name, id) = match whose {
        Whose::Visit(id) => (Act::new::<BanVisit>(), "visit", id.to_string()),
        Whose::Chat(id) => (Act::new::<BanFromChat>(), "conversation", id.to_string()),
    };
    let toasts = use_toasts();
    let done = t(texts::BANNED);
    on_done(ban, move |()| toasts.say(done));
    let by_address = ("address".to_owned(), crate::text::fill(texts::BAN_ADDRESS, &[("address", &address)]).trim().to_owned());
    let browser = known.then(|| ("visitor".to_owned(), t(texts::BAN_BROWSER).to_owned()));
    let whom: Vec<_> = browser.into_iter().chain([by_address]).collect();
    let first = whom[0].0.clone();
    let times = [("1", texts::BAN_HOUR), ("24", texts::BAN_DAY), ("168", texts::BAN_WEEK), ("0", texts::BAN_EVER)];
    let times = times.map(|(hours, text)| (hours.to_owned(), t(text).to_owned())).to_vec();
    view! {
        <details class="more ban">
            <summary class="danger">{t(texts::BAN)}</summary>
            <Form action=ban key=id.clone()>
                <Hidden name value=id.clone()/>
                <SelectField name="who" label=t(texts::BAN_WHOM) value=first options=whom/>
                <TextField name="network" label=t(texts::BAN_NETWORK) hint=t(texts::BAN_NETWORK_HINT)/>
                <SelectField name="hours" label=t(texts::BAN_FOR) value="24" options=times/>
                <TextField name="reason" label=t(texts::BAN_REASON)/>
                <div class="actions"><Submit class="button danger">{t(texts::BAN_NOW)}</Submit></div>
            </Form>
        </details>
    }
}
