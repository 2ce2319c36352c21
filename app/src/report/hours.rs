//! When conversations begin: a table of weekdays and hours, the fuller the deeper its colour. The numbers stand in it.

use leptos::prelude::*;
use model::{
    report::{Report, csv::Sheet},
    text::report as texts,
};

use super::{chart::Download, days::file};
use crate::text::t;

/// The deepest colour, in parts of a hundred: the numbers can still be read on it.
const DEEPEST: i64 = 50;

/// The table.
#[component]
pub fn Hours(report: Report) -> impl IntoView {
    let most = report.hours.iter().flatten().copied().max().unwrap_or(0).max(1);
    let heads = (0..24).map(|hour| view! { <th scope="col">{format!("{hour:02}")}</th> }).collect_view();
    let rows = t(texts::WEEKDAYS).split(' ').zip(report.hours).map(|(name, hours)| {
        let cells = hours.into_iter().map(|n| {
            let heat = format!("--heat:{}%", (n * DEEPEST + most - 1) / most);
            view! { <td class:none={n == 0} style=heat>{n.to_string()}</td> }
        });
        view! { <tr><th scope="row">{name}</th>{cells.collect_view()}</tr> }
    });
    view! {
        <section class="card" aria-labelledby="by-hour">
            <h2 id="by-hour">{t(texts::BY_HOUR)}</h2>
            <p class="hint">{t(texts::BY_HOUR_HINT)}</p>
            <div class="scroll" role="region" aria-labelledby="by-hour" tabindex="0">
                <table class="heat"><thead><tr><th scope="col">{t(texts::WEEKDAY)}</th>{heads}</tr></thead><tbody>{rows.collect_view()}</tbody></table>
            </div>
            <div class="chart-foot"><Download file=file(Sheet::Hours, report.asked)/></div>
        </section>
    }
}
