//! A report told apart: a line for each agent, department, tag or channel.

use leptos::prelude::*;
use model::{
    Text,
    report::{Asked, By, Figures, Report, Span, csv::Sheet, lasted},
    text::report as texts,
};

use super::{chart::Download, days::file, page::address};
use crate::{
    roster::use_roster,
    text::{t, use_language},
};

const fn words(by: By) -> (Text, Text) {
    match by {
        By::Agent => (texts::BY_AGENT, texts::AGENT_HINT),
        By::Department => (texts::BY_DEPARTMENT, texts::DEPARTMENT_HINT),
        By::Tag => (texts::BY_TAG, texts::TAG_HINT),
        By::Channel => (texts::BY_CHANNEL, texts::CHANNEL_HINT),
    }
}

/// The choice by what, and the lines.
#[component]
pub fn Parts(report: Report) -> impl IntoView {
    let (asked, language, roster) = (report.asked, use_language(), use_roster());
    let most = report.parts.iter().map(|part| part.figures.fresh).max().unwrap_or(0).max(1);
    let links = By::ALL.iter().map(|by| {
        let href = format!("{}#apart", address(Asked { by: *by, ..asked }));
        view! { <a href=href aria-current=(*by == asked.by).then_some("true")>{t(words(*by).0)}</a> }
    });
    let links = links.collect_view();
    let time = move |span: Span| if span.n == 0 { "–".to_owned() } else { lasted(span.median, language) };
    let rows = report.parts.iter().map(|part| {
        let figures: Figures = part.figures;
        let name = roster.with_untracked(|roster| report.name(&part.part, roster, language));
        let long = format!("--long:{}%", figures.fresh * 100 / most);
        let satisfaction = figures.satisfaction().map_or_else(|| "–".to_owned(), |share| format!("{share} %"));
        view! {
            <tr>
                <th scope="row">{name}</th>
                <td class="long" style=long>{figures.fresh.to_string()}</td>
                <td>{figures.solved.to_string()}</td>
                <td>{time(figures.reply)}</td>
                <td>{time(figures.solution)}</td>
                <td>{figures.answered.to_string()}</td>
                <td>{figures.missed.to_string()}</td>
                <td>{satisfaction}</td>
            </tr>
        }
    });
    let rows = rows.collect_view();
    let heads =
        [texts::NAME, texts::NEW_SHORT, texts::SOLVED, texts::REPLY, texts::SOLUTION, texts::ANSWERED, texts::MISSED, texts::SATISFACTION];
    view! {
        <section class="card" aria-labelledby="apart">
            <h2 id="apart">{t(texts::APART)}</h2>
            <p class="hint">{t(words(asked.by).1)}</p>
            <nav class="segments" aria-label=t(texts::APART)>{links}</nav>
            <div class="scroll" role="region" aria-labelledby="apart" tabindex="0">
                <table class="numbers parts">
                    <thead><tr>{heads.map(|text| view! { <th scope="col">{t(text)}</th> }).collect_view()}</tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
            <div class="chart-foot"><Download file=file(Sheet::Parts, asked)/></div>
        </section>
    }
}
