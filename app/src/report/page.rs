//! The page of reports. The address bar says which days, and by what they are told apart.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use model::{
    report::{Asked, Report},
    roster::Roster,
    text::report as texts,
};

use super::{api::load_report, days::ByDay, figures::FigureCards, hours::Hours, parts::Parts, period::Periods};
use crate::{
    roster::use_roster,
    text::{fill, t},
    ui::{Empty, Glyph, PageTitle, loaded},
};

/// The address of a report.
pub fn address(asked: Asked) -> String {
    format!("/reports?{}", asked.to_query())
}

/// The page.
#[component]
pub fn ReportsPage() -> impl IntoView {
    if use_roster().with_untracked(Roster::limited) {
        return view! {
            <main class="page reports">
                <PageTitle text=t(texts::REPORTS)/>
                <section class="card"><Empty glyph=Glyph::Chart title=t(texts::LIMITED) hint=t(texts::LIMITED_HINT)/></section>
            </main>
        }
        .into_any();
    }
    let query = use_query_map();
    let asked = Memo::new(move |_| query.with(|query| Asked::from_pairs(query.into_iter().map(|(name, value)| (name.as_ref(), value)))));
    let report = Resource::new(move || asked.get(), load_report);
    view! {
        <main class="page reports">
            <PageTitle text=t(texts::REPORTS)/>
            {loaded(report, |report| view! { <Board report/> })}
        </main>
    }
    .into_any()
}

#[component]
fn Board(report: Report) -> impl IntoView {
    let (admin, zone) = use_roster().with_untracked(|roster| (Roster::admin(roster), roster.property.time_zone.clone()));
    let nothing = report.hours.iter().flatten().all(|n| *n == 0) && report.parts.is_empty();
    view! {
        <Periods report=report.clone()/>
        {report.counting.then(|| view! { <p class="card banner" role="status">{t(texts::COUNTING)}</p> })}
        <FigureCards report=report.clone()/>
        {if nothing {
            view! { <section class="card"><Empty glyph=Glyph::Chart title=t(texts::NOTHING) hint=t(texts::NOTHING_HINT)/></section> }.into_any()
        } else {
            view! {
                <ByDay report=report.clone()/>
                <Hours report=report.clone()/>
                <Parts report/>
            }
            .into_any()
        }}
        <p class="hint">{fill(texts::ZONE_HINT, &[("zone", &zone)])}" "{t(texts::HALF_HINT)}" "{(!admin).then(|| t(texts::OWN_ONLY))}</p>
    }
}
