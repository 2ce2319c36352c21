//! Tokens of programs that hand mails over: made, shown once with the line that uses them, revoked.

use leptos::prelude::*;
use model::{mailbox::IngestToken, text::ways as texts};

use crate::{
    text::{fill, t},
    ui::{Act, CopyText, Form, Hidden, Submit, TextField, Time},
};

/// All of them, and a form for a further one.
#[component]
pub fn Tokens(tokens: Vec<IngestToken>, public_url: String, make: Act, revoke: Act) -> impl IntoView {
    let rows = tokens.into_iter().map(|token| view! { <li class="way"><Row token revoke/></li> });
    let (once, copy, copy_line) = (t(texts::TOKEN_ONCE), t(texts::TOKEN_COPY), t(texts::LINE_COPY));
    let secret = move || make.answer::<String>().and_then(Result::ok);
    let shown = move || {
        let secret = secret()?;
        let line = format!("curl --fail --data-binary @mail.eml -H 'Authorization: Bearer {secret}' '{public_url}/ingest/raw'");
        Some(view! {
            <div class="made" role="status">
                <p>{once}</p>
                <CopyText text=secret label=copy/>
                <CopyText text=line label=copy_line block=true/>
            </div>
        })
    };
    view! {
        <section class="card" aria-labelledby="tokens">
            <h2 id="tokens">{t(texts::TOKENS)}</h2>
            <p class="hint">{t(texts::TOKENS_HINT)}</p>
            <ul class="ways">{rows.collect_view()}</ul>
            {shown}
            <Form action=make empties=true>
                <TextField name="name" label=t(texts::TOKEN_NAME) hint=t(texts::TOKEN_NAME_HINT)/>
                <div class="actions"><Submit class="button">{t(texts::TOKEN_MAKE)}</Submit></div>
            </Form>
        </section>
    }
}

#[component]
fn Row(token: IngestToken, revoke: Act) -> impl IntoView {
    let id = token.id.to_string();
    let key = id.clone();
    let label = fill(texts::REVOKE_LABEL, &[("name", &token.name)]);
    let used = match token.used_at {
        Some(at) => view! { {t(texts::USED)}" "<Time at/> }.into_any(),
        None => t(texts::UNUSED).into_any(),
    };
    view! {
        <div class="row-line">
            <div class="row-main">
                <b>{token.name}</b>
                <span class="hint">{token.made_by}" · "<Time at=token.created_at full=true/>" · "{used}</span>
            </div>
            <div class="row-acts">
                <Form action=revoke class="inline" key>
                    <Hidden name="token" value=id/>
                    <Submit class="button small" label>{t(texts::REVOKE)}</Submit>
                </Form>
            </div>
        </div>
    }
}
