//! The charts over the days of a report.

use leptos::prelude::*;
use model::{
    report::{Asked, Figures, Report, Span, csv::Sheet},
    text::report as texts,
};

use super::chart::{Chart, Look, Series, Unit};
use crate::text::t;

/// Where a list of a report is as a file.
pub fn file(sheet: Sheet, asked: Asked) -> String {
    format!("/reports/{sheet}.csv?{}", asked.to_query())
}

/// All of them.
#[component]
pub fn ByDay(report: Report) -> impl IntoView {
    let (range, days) = (report.range, report.days);
    let file = file(Sheet::Days, report.asked);
    let series =
        |name: &'static str, look: Look, of: fn(&Figures) -> Option<i64>| Series { name, look, values: days.iter().map(of).collect() };
    let conversations =
        vec![series(t(texts::NEW), Look::Full, |day| Some(day.fresh)), series(t(texts::SOLVED), Look::Line, |day| Some(day.solved))];
    let reply = vec![
        series(t(texts::MEDIAN), Look::Line, |day| said(day.reply, day.reply.median)),
        series(t(texts::P90), Look::Dashed, |day| said(day.reply, day.reply.p90)),
    ];
    let solution = vec![
        series(t(texts::MEDIAN), Look::Line, |day| said(day.solution, day.solution.median)),
        series(t(texts::P90), Look::Dashed, |day| said(day.solution, day.solution.p90)),
    ];
    let chats = vec![
        series(t(texts::ANSWERED), Look::Full, |day| Some(day.answered)),
        series(t(texts::MISSED), Look::Striped, |day| Some(day.missed)),
    ];
    let satisfaction = vec![
        series(t(texts::GOOD), Look::Full, |day| Some(day.good)),
        series(t(texts::NEUTRAL), Look::Hollow, |day| Some(day.neutral)),
        series(t(texts::BAD), Look::Striped, |day| Some(day.bad)),
    ];
    view! {
        <div class="charts">
            <Chart id="by-day" title=t(texts::CONVERSATIONS) range series=conversations unit=Unit::Count file=file.clone()/>
            <Chart id="replies" title=t(texts::REPLY_BY_DAY) hint=t(texts::REPLY_HINT) range series=reply unit=Unit::Time file=file.clone()/>
            <Chart id="solutions" title=t(texts::SOLUTION_BY_DAY) hint=t(texts::SOLUTION_HINT) range series=solution unit=Unit::Time file=file.clone()/>
            <Chart id="chats" title=t(texts::CHATS_BY_DAY) range series=chats unit=Unit::Count file=file.clone()/>
            <Chart id="ratings" title=t(texts::SATISFACTION_BY_DAY) range series=satisfaction unit=Unit::Count file/>
        </div>
    }
}

/// A time, where there is one.
const fn said(of: Span, seconds: i64) -> Option<i64> {
    if of.n == 0 { None } else { Some(seconds) }
}
