//! The figures of a period, each beside that of the period before; and those of today.

use leptos::prelude::*;
use model::{
    Language, Text,
    report::{Figures, Report, Span, lasted},
    text::report as texts,
};

use crate::text::{count, fill, t, use_language};

/// A figure in words, and how it compares.
struct Figure {
    name: Text,
    value: String,
    more: String,
    compared: String,
}

/// How a number compares with that of before.
fn compared(now: i64, before: i64, said: &str, language: Language) -> String {
    if before == 0 {
        return if now == 0 { String::new() } else { language.say(texts::FROM_NOTHING).to_owned() };
    }
    let change = (now - before) * 100 / before;
    let text = match change {
        0 => return language.say(texts::SAME).to_owned(),
        1.. => texts::UP,
        _ => texts::DOWN,
    };
    let arrow = if change > 0 { "▲" } else { "▼" };
    format!("{arrow} {}", language.fill(text, &[("change", &format!("{} %", change.abs())), ("before", said)]))
}

fn number(name: Text, now: i64, before: i64, language: Language) -> Figure {
    Figure { name, value: now.to_string(), more: String::new(), compared: compared(now, before, &before.to_string(), language) }
}

fn time(name: Text, now: Span, before: Span, language: Language) -> Figure {
    if now.n == 0 {
        return Figure { name, value: "–".into(), more: language.say(texts::NONE_YET).to_owned(), compared: String::new() };
    }
    Figure {
        name,
        value: lasted(now.median, language),
        more: format!("{}, {} {}", language.say(texts::MEDIAN), language.say(texts::P90), lasted(now.p90, language)),
        compared: if before.n == 0 {
            String::new()
        } else {
            compared(now.median, before.median, &lasted(before.median, language), language)
        },
    }
}

/// A share of a hundred, and what it was.
fn share(name: Text, now: Option<i64>, more: String, before: Option<i64>, language: Language) -> Figure {
    let percent = |share: i64| format!("{share} %");
    let before = before.map(|before| language.fill(texts::BEFORE, &[("before", &percent(before))]));
    Figure { name, value: now.map_or_else(|| "–".into(), percent), more, compared: before.unwrap_or_default() }
}

/// All figures of a report.
#[component]
pub fn FigureCards(report: Report) -> impl IntoView {
    let (now, before, language) = (report.figures, report.earlier, use_language());
    let decided = now.answered + now.missed;
    let of_chats = |n: i64| fill(texts::OF_CHATS, &[("n", &n.to_string()), ("all", &decided.to_string())]);
    let satisfaction = if now.rated() == 0 { t(texts::NONE_YET).to_owned() } else { count(texts::SATISFACTION_HINT, now.rated()) };
    let all = [
        number(texts::NEW, now.fresh, before.fresh, language),
        number(texts::SOLVED, now.solved, before.solved, language),
        time(texts::REPLY, now.reply, before.reply, language),
        time(texts::SOLUTION, now.solution, before.solution, language),
        share(texts::ANSWERED, now.answered_share(), of_chats(now.answered), before.answered_share(), language),
        number(texts::MISSED, now.missed, before.missed, language),
        share(texts::SATISFACTION, now.satisfaction(), satisfaction, before.satisfaction(), language),
    ];
    let cards = all.into_iter().map(|figure| {
        let Figure { name, value, more, compared } = figure;
        view! {
            <div class="card figure">
                <dt class="hint">{t(name)}</dt>
                <dd><b>{value}</b></dd>
                {(!more.is_empty()).then(|| view! { <dd class="hint">{more}</dd> })}
                {(!compared.is_empty()).then(|| view! { <dd class="hint">{compared}</dd> })}
            </div>
        }
    });
    view! { <dl class="figures report-figures">{cards.collect_view()}</dl> }
}

/// The figures of today, in few words; each leads to its report.
#[component]
pub fn Today(
    /// What was counted today.
    figures: Figures,
) -> impl IntoView {
    let language = use_language();
    let span = |span: Span| if span.n == 0 { "–".to_owned() } else { lasted(span.median, language) };
    let decided = figures.answered + figures.missed;
    let satisfaction = figures.satisfaction().map_or_else(|| "–".to_owned(), |share| format!("{share} %"));
    let all = [
        (texts::NEW, figures.fresh.to_string()),
        (texts::SOLVED, figures.solved.to_string()),
        (texts::REPLY, span(figures.reply)),
        (texts::ANSWERED, fill(texts::OF_CHATS, &[("n", &figures.answered.to_string()), ("all", &decided.to_string())])),
        (texts::SATISFACTION, satisfaction),
    ];
    let lines = all.map(|(name, value)| view! { <dt>{t(name)}</dt><dd>{value}</dd> });
    view! {
        <section class="card" aria-labelledby="today">
            <h2 id="today">{t(texts::TODAY)}</h2>
            <dl class="facts">{lines.collect_view()}</dl>
            <p><a href="/reports?period=7">{t(texts::SEE_REPORTS)}</a></p>
        </section>
    }
}
