//! The list of who is on the site.

use leptos::prelude::*;
use model::{
    Moment,
    rule::path_of,
    text::visitor as texts,
    visit::{Visit, Visits},
};

use super::{called, page::Asked, stage_word};
use crate::{
    text::{fill, t, use_language},
    ui::{Avatar, Chip, Empty, Glyph, Time, each},
};

/// The list.
#[component]
pub fn List(now: RwSignal<Visits>, asked: Memo<Asked>) -> impl IntoView {
    let shown = move || {
        let stage = asked.get().stage;
        now.with(|all| {
            let wanted = |visit: &&Visit| stage.is_none_or(|stage| visit.stage(all.now) == stage);
            all.visits.iter().filter(wanted).map(|visit| (visit.clone(), all.now)).collect::<Vec<_>>()
        })
    };
    let none = Memo::new(move |_| shown().is_empty());
    let language = use_language();
    let why = move || {
        let (title, hint) = if asked.get().stage.is_some() { (texts::NONE_SO, "") } else { (texts::NONE, language.say(texts::NONE_HINT)) };
        view! { <Empty glyph=Glyph::People title=language.say(title) hint/> }
    };
    // what changes the row makes it anew; that somebody is still there does not
    let key = |(visit, now): &(Visit, Moment)| {
        (
            visit.id.clone(),
            visit.stage(*now),
            visit.page.clone(),
            visit.pages,
            visit.chat.clone(),
            visit.served_by.clone(),
            visit.name.clone(),
            visit.waiting,
        )
    };
    view! {
        <section class="card flush">
            <ul class="rows visits">
                {each(shown, key, move |(visit, now)| view! { <Row visit now asked/> })}
            </ul>
            {move || none.get().then(why)}
        </section>
    }
}

/// The host of an address.
pub fn host_of(address: &str) -> String {
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
    rest.split('/').next().unwrap_or_default().trim_start_matches("www.").to_owned()
}

#[component]
fn Row(visit: Visit, now: Moment, asked: Memo<Asked>) -> impl IntoView {
    let language = use_language();
    let (word, tone) = stage_word(visit.stage(now));
    let name = called(&visit);
    let id = visit.id.clone();
    let (here, href) = (id.clone(), move || Asked { visit: Some(id.clone()), ..asked.get() }.address());
    let current = move || (asked.get().visit.as_ref() == Some(&here)).then_some("true");
    let from = if visit.referrer.is_empty() { t(texts::DIRECTLY).to_owned() } else { host_of(&visit.referrer) };
    let country = visit.country.clone().map(|country| format!("{country} · ")).unwrap_or_default();
    let about =
        format!("{country}{} · {from} · {}", model::browser::called(&visit.browser), language.count(texts::VISITS, visit.before + 1));
    let served = (!visit.served_by.is_empty()).then(|| fill(texts::SERVED_BY, &[("names", &visit.served_by.join(", "))]));
    view! {
        <li class="row-line visit-line" aria-current=current>
            <Avatar name=name.clone()/>
            <div class="row-main">
                <a class="visit-name" href=href><b>{name}</b></a>
                <span class="hint">{about}</span>
                {served.map(|served| view! { <span class="hint">{served}</span> })}
                {visit.waiting.then(|| view! { <span class="hint">{t(texts::WAITING)}</span> })}
            </div>
            <div class="visit-page">
                <span title=visit.page.clone()>{path_of(&visit.page).to_owned()}</span>
                <span class="hint">{language.count(texts::PAGES, visit.pages)}</span>
            </div>
            <Chip tone>{t(word)}</Chip>
            <Time at=visit.started_at/>
            {visit.chat.map(|chat| view! { <a class="button small" href=format!("/inbox/{chat}")>{t(texts::CHAT)}</a> })}
        </li>
    }
}
