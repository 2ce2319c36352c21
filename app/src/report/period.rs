//! Which days a report is of: the usual ones as links, others by two dates.

use leptos::prelude::*;
use model::{
    Language,
    report::{Asked, Day, Period, Range, Report},
    text::{common, report as texts},
};

use super::page::address;
use crate::text::{count, fill, t, use_language};

/// Days that are usual.
const USUAL: [i64; 3] = [7, 30, 90];

/// A day in few words.
pub fn day_words(day: Day, language: Language) -> String {
    let at = day.local();
    let month = language.say(common::MONTHS).split(' ').nth(usize::from(at.month) - 1).unwrap_or_default();
    format!("{} {month}", at.day)
}

/// Days from one to another, with the year.
fn range_words(range: Range, language: Language) -> String {
    let (from, until) = (day_words(range.from, language), day_words(range.until, language));
    let (first, last) = (range.from.local().year, range.until.local().year);
    match (range.from == range.until, first == last) {
        (true, _) => format!("{until} {last}"),
        (false, true) => format!("{from} – {until} {last}"),
        (false, false) => format!("{from} {first} – {until} {last}"),
    }
}

/// The choice, what is chosen, and what it is compared with.
#[component]
pub fn Periods(report: Report) -> impl IntoView {
    let (asked, language) = (report.asked, use_language());
    let link = |period: Period, text: String| {
        let href = address(Asked { period, ..asked });
        view! { <a href=href aria-current=(asked.period == period).then_some("true")>{text}</a> }
    };
    let own = matches!(asked.period, Period::Own(_));
    let compared = fill(texts::COMPARED, &[("days", &range_words(report.before, language))]);
    view! {
        <div class="report-head">
            <nav class="segments" aria-label=t(texts::PERIOD)>
                {USUAL.map(|n| link(Period::Last(n), count(texts::DAYS_SHORT, n))).collect_view()}
                {link(Period::Month(report.today.month(0)), t(texts::THIS_MONTH).to_owned())}
                {link(Period::Month(report.today.month(-1)), t(texts::LAST_MONTH).to_owned())}
            </nav>
            <details class="own-days" open=own>
                <summary class="button">{t(texts::OWN_DAYS)}</summary>
                <form class="own-days-form" method="get" action="/reports">
                    <label>{t(texts::FROM)}<input class="input" type="date" name="from" required value=report.range.from.to_string()/></label>
                    <label>{t(texts::UNTIL)}<input class="input" type="date" name="until" required value=report.range.until.to_string()/></label>
                    <input type="hidden" name="by" value=asked.by.word()/>
                    <button type="submit" class="button primary">{t(texts::SHOW)}</button>
                </form>
            </details>
            <p class="report-days"><b>{range_words(report.range, language)}</b>" "<span class="hint">{compared}</span></p>
        </div>
    }
}
