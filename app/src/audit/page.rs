//! Admin → Audit log: who did what, when, from where; what was before and is after. Filtered and paged by the address bar.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use model::{
    Moment,
    audit::{Area, Asked, Entry, Part, Place, area_word, word_of},
    roster::Roster,
    text::audit as texts,
};

use super::api::list_audit;
use crate::{
    roster::use_roster,
    text::t,
    ui::{Chip, Empty, Glyph, Icon, PageTitle, Time, loaded},
};

/// The page of a part of the log.
fn address(asked: &Asked, after: Option<Place>) -> String {
    let after = after.map(|after| format!("after={}.{}", after.at.0, after.n));
    let parts = [Some(asked.to_query()).filter(|query| !query.is_empty()), after];
    let query = parts.into_iter().flatten().collect::<Vec<_>>().join("&");
    if query.is_empty() { "/admin/audit".into() } else { format!("/admin/audit?{query}") }
}

fn place(text: &str) -> Option<Place> {
    let (at, n) = text.split_once('.')?;
    Some(Place { at: Moment(at.parse().ok()?), n: n.parse().ok()? })
}

/// The page.
#[component]
pub fn AuditPage() -> impl IntoView {
    let query = use_query_map();
    let asked = Memo::new(move |_| {
        query.with(|query| {
            let pairs = query.into_iter().map(|(name, value)| (name.as_ref(), value));
            (Asked::from_pairs(pairs), query.get_str("after").and_then(place))
        })
    });
    let part = Resource::new(move || asked.get(), |(asked, after)| list_audit(asked, after));
    view! {
        <PageTitle text=t(texts::AUDIT_LOG)/>
        <p class="hint audit-hint">{t(texts::HINT)}</p>
        {move || view! { <Filters asked=asked.get().0/> }}
        {loaded(part, move |part: Part| {
            let (asked, after) = asked.get_untracked();
            view! { <List part asked after/> }
        })}
    }
}

/// A plain form: it works without script as well.
#[component]
fn Filters(asked: Asked) -> impl IntoView {
    let agents = use_roster().with_untracked(|roster: &Roster| roster.people.agents.clone());
    let agents = agents.into_iter().map(|agent| {
        let selected = asked.agent.as_ref() == Some(&agent.id);
        view! { <option value=agent.id.to_string() selected=selected>{agent.name}</option> }
    });
    let areas = Area::ALL
        .iter()
        .map(|area| view! { <option value=area.word() selected={asked.area == Some(*area)}>{t(area_word(*area))}</option> });
    let day = |day: Option<model::report::Day>| day.map(|day| day.to_string()).unwrap_or_default();
    let filtered = asked != Asked::default();
    let list = format!("/audit.csv?{}", asked.to_query());
    view! {
        <form class="audit-filters" method="get" action="/admin/audit">
            <label>{t(texts::PERSON)}<select class="input" name="agent"><option value="">{t(texts::ANYBODY)}</option>{agents.collect_view()}</select></label>
            <label>{t(texts::KIND)}<select class="input" name="area"><option value="">{t(texts::ANYTHING)}</option>{areas.collect_view()}</select></label>
            <label>{t(texts::FROM)}<input class="input" type="date" name="from" value=day(asked.from)/></label>
            <label>{t(texts::UNTIL)}<input class="input" type="date" name="until" value=day(asked.until)/></label>
            <button type="submit" class="button primary">{t(texts::FILTER)}</button>
            {filtered.then(|| view! { <a class="button" href="/admin/audit">{t(texts::CLEAR)}</a> })}
            <a class="download" href=list rel="external" download=""><Icon glyph=Glyph::ArrowDown/>{t(texts::DOWNLOAD)}</a>
        </form>
    }
}

#[component]
fn List(part: Part, asked: Asked, after: Option<Place>) -> impl IntoView {
    if part.entries.is_empty() {
        return view! { <section class="card"><Empty glyph=Glyph::List title=t(texts::NONE) hint=t(texts::NONE_HINT)/></section> }
            .into_any();
    }
    let newest = after.is_some().then(|| address(&asked, None));
    let earlier = part.more.map(|more| address(&asked, Some(more)));
    view! {
        <section class="card flush"><ul class="rows">{part.entries.into_iter().map(|entry| view! { <Row entry/> }).collect_view()}</ul></section>
        <nav class="pager" aria-label=t(texts::PAGES)>
            {newest.map(|newest| view! { <a class="button" href=newest>{t(texts::NEWEST)}</a> })}
            {earlier.map(|earlier| view! { <a class="button" href=earlier>{t(texts::EARLIER)}</a> })}
        </nav>
    }
    .into_any()
}

#[component]
fn Row(entry: Entry) -> impl IntoView {
    let Entry { at, name, act, subject, before, after, address, .. } = entry;
    let who = if name.is_empty() { t(texts::UNKNOWN).to_owned() } else { name };
    let from = if address.is_empty() { who } else { format!("{who} · {address}") };
    let sides = if before.is_empty() || after.is_empty() {
        // nothing to tell it from
        let said = format!("{before}{after}");
        (!said.is_empty()).then(|| view! { <span class="audit-said">{said}</span> }.into_any())
    } else {
        let side = |name: &'static str, said: String| view! { <div><dt>{name}</dt><dd>{said}</dd></div> };
        Some(view! { <dl class="audit-sides">{side(t(texts::BEFORE), before)}{side(t(texts::AFTER), after)}</dl> }.into_any())
    };
    view! {
        <li class="row-line audit-line">
            <div class="row-main">
                <span><b>{t(word_of(act))}</b>{(!subject.is_empty()).then(|| format!(" · {subject}"))}</span>
                <span class="hint">{from}</span>
                {sides}
            </div>
            <Chip>{t(area_word(act.area()))}</Chip>
            <Time at/>
        </li>
    }
}
