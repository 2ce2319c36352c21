//! One letter of ours, as its reader sees it: on white paper, in a frame that runs nothing.

use leptos::{ev, html, prelude::*};
use leptos_router::hooks::use_params_map;
use model::{
    LetterId, Refusal,
    letter::{LetterRead, LetterStatus},
    text::{common, email as texts},
};

use super::{
    api::{ResendLetter, read_letter},
    kind, status_out,
};
use crate::{
    error::Result,
    text::t,
    ui::{Act, Chip, Form, Glyph, Hidden, Icon, PageTitle, Submit, Time, loaded},
};

/// The page of a letter.
#[component]
pub fn LetterPage() -> impl IntoView {
    let params = use_params_map();
    let resend = Act::new::<ResendLetter>();
    let id = move || params.with(|params| params.get("letter").unwrap_or_default());
    let letter = Resource::new(move || (id(), resend.version().get()), |(id, _)| open(id));
    loaded(letter, move |letter| view! { <Letter letter resend/> })
}

async fn open(id: String) -> Result<LetterRead> {
    match id.parse::<LetterId>() {
        Ok(id) => read_letter(id).await,
        Err(_) => Err(Refusal::NotFound.into()),
    }
}

#[component]
fn Letter(letter: LetterRead, resend: Act) -> impl IntoView {
    let LetterRead { letter, from, reply_to, text, attachments, .. } = letter;
    let (status, tone) = status_out(letter.state.status);
    let id = letter.state.id.to_string();
    let key = id.clone();
    let raw = format!("/letters/{id}/raw");
    let frame = format!("/letters/{id}/html");
    let paper = NodeRef::<html::Iframe>::new();
    // It may have been loaded before the wasm was there.
    Effect::new(move || {
        fit(paper);
        let handle = window_event_listener(ev::resize, move |_| fit(paper));
        on_cleanup(move || handle.remove());
    });
    let again = matches!(letter.state.status, LetterStatus::Failed | LetterStatus::Bounced | LetterStatus::Kept);
    let conversation = letter.conversation.map(|id| view! { <a class="button" href=format!("/inbox/{id}")>{t(texts::OPEN_TICKET)}</a> });
    view! {
        <p class="back"><a href="/admin/email"><Icon glyph=Glyph::ArrowLeft/>{t(texts::EMAIL)}</a></p>
        <PageTitle text=letter.subject/>
        <section class="card letter-page">
            <dl class="facts">
                <dt>{t(texts::FROM)}</dt><dd>{from}</dd>
                <dt>{t(texts::TO)}</dt><dd>{letter.state.to}</dd>
                <dt>{t(texts::REPLY_TO)}</dt><dd>{reply_to}</dd>
                <dt>{t(texts::WRITTEN)}</dt><dd><Time at=letter.created_at full=true/>" · "{t(kind(letter.state.kind))}</dd>
                <dt>{t(texts::STATE)}</dt>
                <dd>
                    <Chip tone>{t(status)}</Chip>
                    {letter.next_at.map(|at| view! { <span class="hint">{t(texts::NEXT_TRY)}" "<Time at full=true/></span> })}
                    {letter.state.why.map(|why| view! { <span class="why">{why}</span> })}
                </dd>
                {(!attachments.is_empty()).then(|| view! {
                    <dt>{t(texts::ATTACHMENTS)}</dt>
                    <dd>{attachments.into_iter().map(|name| view! { <Chip><Icon glyph=Glyph::Attach/>{name}</Chip> }).collect_view()}</dd>
                })}
            </dl>
            <iframe node_ref=paper class="paper" sandbox="allow-same-origin allow-popups" title=t(texts::AS_READ) src=frame on:load=move |_| fit(paper)></iframe>
            <details class="more">
                <summary>{t(texts::TEXT_PART)}</summary>
                <pre class="letter-text">{text}</pre>
            </details>
            <div class="actions">
                {conversation}
                {again.then(|| view! {
                    <Form action=resend class="inline" key>
                        <Hidden name="letter" value=id/>
                        <Submit>{t(texts::SEND_AGAIN)}</Submit>
                    </Form>
                })}
                <a class="button" href=raw rel="external" download="">{t(texts::RAW)}</a>
                <a class="button" href="/admin/email">{t(common::BACK)}</a>
            </div>
        </section>
    }
}

/// Makes the paper as high as its letter.
fn fit(paper: NodeRef<html::Iframe>) {
    let Some(paper) = paper.get_untracked() else { return };
    let height = paper.content_document().and_then(|page| page.body()).map(|body| body.offset_height());
    if let Some(height) = height.filter(|height| *height > 0) {
        // Fails only for a malformed value.
        let _ = web_sys::HtmlElement::style(&paper).set_property("height", &format!("{}px", height + 2));
    }
}
