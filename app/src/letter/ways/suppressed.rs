//! Addresses that nothing is sent to, because mail to them came back; lifted one by one.

use leptos::prelude::*;
use model::{mailbox::Suppressed, text::ways as texts};

use crate::{
    text::{fill, t},
    ui::{Act, Form, Hidden, Submit, Time},
};

/// All of them.
#[component]
pub fn SuppressedList(suppressed: Vec<Suppressed>, lift: Act) -> impl IntoView {
    let none = suppressed.is_empty();
    let rows = suppressed.into_iter().map(|one| view! { <li class="way"><Row one lift/></li> });
    view! {
        <section class="card" aria-labelledby="suppressed">
            <h2 id="suppressed">{t(texts::SUPPRESSED)}</h2>
            <p class="hint">{t(if none { texts::SUPPRESSED_NONE } else { texts::SUPPRESSED_HINT })}</p>
            {(!none).then(|| view! { <ul class="ways">{rows.collect_view()}</ul> })}
        </section>
    }
}

#[component]
fn Row(one: Suppressed, lift: Act) -> impl IntoView {
    let (email, key) = (one.email.clone(), one.email.clone());
    let label = fill(texts::LIFT_LABEL, &[("email", &one.email)]);
    view! {
        <div class="row-line">
            <div class="row-main">
                <b>{one.email}</b>
                <span class="hint">{(!one.name.is_empty()).then(|| format!("{} · ", one.name))}{t(texts::SINCE)}" "<Time at=one.since full=true/></span>
            </div>
            <div class="row-acts">
                <Form action=lift class="inline" key>
                    <Hidden name="email" value=email/>
                    <Submit class="button small" label>{t(texts::LIFT)}</Submit>
                </Form>
            </div>
        </div>
    }
}
