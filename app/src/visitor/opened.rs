//! One visit with all that is known of it: pages seen, facts, the form that writes first, and the ban.

use leptos::prelude::*;
use model::{ConversationId, rule::path_of, text::visitor as texts, visit::OpenedVisit};

use super::{
    api::{StartChatWith, open_visit},
    ban::{BanVisitor, Whose},
    called, fresh,
    page::Asked,
    stage_word,
};
use crate::{
    text::{t, use_language},
    ui::{Act, Chip, Form, Glyph, Hidden, Icon, Submit, TextAreaField, Time, each, on_done, use_toasts},
};

/// The panel.
#[component]
pub fn Opened(opened: OpenedVisit, asked: Memo<Asked>) -> impl IntoView {
    let visit = opened.visit.clone();
    let (id, name) = (visit.id.clone(), called(&visit));
    let label = name.clone();
    let now = RwSignal::new(opened);
    let asking = id.clone();
    fresh::every(fresh::OFTEN, move || {
        let id = asking.clone();
        leptos::task::spawn_local(async move {
            if let Ok(fresh) = open_visit(id).await {
                now.try_set(fresh);
            }
        });
    });
    let away = move || Asked { visit: None, ..asked.get() }.address();
    let (known, language) = (visit.visitor.is_some(), use_language());
    view! {
        <section class="card visit-opened" aria-label=label>
            <header class="visit-head">
                <h2>{name}</h2>
                {move || { let (word, tone) = now.with(|one| stage_word(one.visit.stage(one.now))); view! { <Chip tone>{language.say(word)}</Chip> } }}
                <a class="icon-button" href=away aria-label=t(texts::CLOSE)><Icon glyph=Glyph::Close/></a>
            </header>
            <Facts now/>
            <Chat now/>
            <WriteFirst id=id.clone()/>
            <Pages now/>
            <BanVisitor whose=Whose::Visit(id) known address=visit.address/>
        </section>
    }
}

#[component]
fn Facts(now: RwSignal<OpenedVisit>) -> impl IntoView {
    let language = use_language();
    let visit = Memo::new(move |_| now.with(|one| one.visit.clone()));
    let first = visit.get_untracked();
    let from = first.referrer.clone();
    view! {
        <dl class="facts">
            <dt>{t(texts::PAGE)}</dt>
            <dd>{move || { let page = visit.get().page; view! { <a href=page.clone() rel="noopener noreferrer" target="_blank">{page.clone()}</a> } }}</dd>
            <dt>{t(texts::FROM)}</dt>
            <dd>{if from.is_empty() { t(texts::DIRECTLY).into_any() } else { view! { <a href=from.clone() rel="noopener noreferrer" target="_blank">{from.clone()}</a> }.into_any() }}</dd>
            <dt>{t(texts::BROWSER)}</dt>
            <dd>{model::browser::called(&first.browser)}</dd>
            {(!first.language.is_empty()).then(|| view! { <dt>{t(texts::LANGUAGE)}</dt><dd>{first.language.clone()}</dd> })}
            {first.country.clone().map(|country| view! { <dt>{t(texts::COUNTRY)}</dt><dd>{country}</dd> })}
            <dt>{t(texts::ADDRESS)}</dt>
            <dd>{move || visit.get().address}</dd>
            <dt>{t(texts::VISIT_COUNT)}</dt>
            <dd>{move || language.count(texts::VISITS, visit.get().before + 1)}</dd>
            <dt>{t(texts::HERE_SINCE)}</dt>
            <dd><Time at=first.started_at full=true/></dd>
        </dl>
    }
}

/// The chat of the visit, and who is in it.
#[component]
fn Chat(now: RwSignal<OpenedVisit>) -> impl IntoView {
    let language = use_language();
    let chat = Memo::new(move |_| now.with(|one| (one.visit.chat.clone(), one.visit.served_by.clone())));
    move || {
        let (chat, served) = chat.get();
        let served = (!served.is_empty()).then(|| language.fill(texts::SERVED_BY, &[("names", &served.join(", "))]));
        chat.map(|chat| {
            view! {
                <p class="visit-chat">
                    <a class="button small" href=format!("/inbox/{chat}")><Icon glyph=Glyph::Chat/>{language.say(texts::OPEN_CHAT)}</a>
                    {served.map(|served| view! { <span class="hint">{served}</span> })}
                </p>
            }
        })
    }
}

#[component]
fn WriteFirst(id: model::VisitId) -> impl IntoView {
    let write = Act::new::<StartChatWith>();
    let toasts = use_toasts();
    let (sent, open) = (t(texts::SENT), t(texts::OPEN_CHAT));
    on_done(write, move |()| toasts.say(sent));
    let chat = move || write.answer::<Option<ConversationId>>().and_then(Result::ok).flatten();
    view! {
        <Form action=write key=id.to_string() empties=true>
            <h3>{t(texts::WRITE_FIRST)}</h3>
            <Hidden name="visit" value=id.to_string()/>
            <TextAreaField name="text" label=t(texts::MESSAGE) rows=2 hint=t(texts::WRITE_FIRST_HINT)/>
            <div class="actions">
                <Submit>{t(texts::SEND)}</Submit>
                {move || chat().map(|chat| view! { <a class="button" href=format!("/inbox/{chat}")>{open}</a> })}
            </div>
        </Form>
    }
}

#[component]
fn Pages(now: RwSignal<OpenedVisit>) -> impl IntoView {
    let pages = move || now.with(|one| one.pages.iter().rev().cloned().collect::<Vec<_>>());
    let count = Memo::new(move |_| now.with(|one| one.visit.pages));
    let language = use_language();
    view! {
        <details class="more" open=true>
            <summary>{move || format!("{}: {}", language.say(texts::PAGES_SEEN), language.count(texts::PAGES, count.get()))}</summary>
            <ol class="visit-pages">
                {each(pages, |seen| (seen.at, seen.page.clone()), |seen| view! {
                    <li><span title=seen.page.clone()>{path_of(&seen.page).to_owned()}</span><Time at=seen.at/></li>
                })}
            </ol>
        </details>
    }
}
