//! A chart over days, drawn as SVG: bars on each other, lines over them. What it says stands in a table as well. Series differ by how
//! they are drawn, not by colour alone.

use std::fmt::Write as _;

use leptos::prelude::*;
use model::{
    Language,
    report::{Range, lasted},
    text::report as texts,
};

use super::period::day_words;
use crate::{
    text::{t, use_language},
    ui::{Glyph, Icon},
};

/// How a series is drawn.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// Full bars.
    Full,
    /// Bars with an outline alone.
    Hollow,
    /// Bars with stripes.
    Striped,
    /// A line.
    Line,
    /// A line of dashes.
    Dashed,
}

impl Look {
    const fn class(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Hollow => "hollow",
            Self::Striped => "striped",
            Self::Line => "line",
            Self::Dashed => "dashed",
        }
    }

    const fn is_line(self) -> bool {
        matches!(self, Self::Line | Self::Dashed)
    }
}

/// A row of numbers with a name; a day without one has none.
pub struct Series {
    /// What it is.
    pub name: &'static str,
    /// How it is drawn.
    pub look: Look,
    /// Day by day.
    pub values: Vec<Option<i64>>,
}

/// What the numbers are.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// How many.
    Count,
    /// How many seconds.
    Time,
}

impl Unit {
    fn say(self, n: i64, language: Language) -> String {
        match self {
            Self::Count => n.to_string(),
            Self::Time => lasted(n, language),
        }
    }

    /// The top of the scale: a plain number that can be halved.
    fn top(self, most: i64) -> i64 {
        const TIMES: [i64; 15] =
            [60, 120, 240, 600, 1_800, 3_600, 7_200, 14_400, 28_800, 43_200, 86_400, 172_800, 345_600, 864_000, 1_728_000];
        if self == Self::Time
            && let Some(top) = TIMES.into_iter().find(|top| *top >= most)
        {
            return top;
        }
        let mut unit = 1;
        loop {
            if let Some(top) = [2, 4, 6, 10].map(|n| n * unit).into_iter().find(|top| *top >= most) {
                return top;
            }
            unit *= 10;
        }
    }
}

const WIDTH: f64 = 600.0;
const HEIGHT: f64 = 150.0;
/// How much of its day a bar takes.
const FILLED: f64 = 0.74;

#[expect(clippy::cast_precision_loss, reason = "numbers of a picture")]
fn up(n: i64, top: i64) -> f64 {
    HEIGHT * n as f64 / top.max(1) as f64
}

#[expect(clippy::cast_precision_loss, reason = "days of a year")]
fn across(day: usize, days: usize) -> f64 {
    WIDTH * (day as f64 + 0.5) / days.max(1) as f64
}

/// The bars of a series, which stand on those below.
fn bars(series: &Series, below: &mut [i64], top: i64) -> String {
    let days = series.values.len();
    let width = (across(1, days) - across(0, days)) * FILLED;
    let mut path = String::new();
    for (day, value) in series.values.iter().enumerate() {
        let n = value.unwrap_or(0);
        if n > 0 {
            let (left, foot, high) = (across(day, days) - width / 2.0, HEIGHT - up(below[day], top), up(n, top));
            // Cannot fail: a text takes all that is written to it.
            let _ = write!(path, "M{left:.1} {foot:.1}v-{high:.1}h{width:.1}v{high:.1}z");
        }
        below[day] += n;
    }
    path
}

/// The line of a series; it breaks off where there is nothing, and a day alone is a dot.
fn line(series: &Series, top: i64) -> String {
    let days = series.values.len();
    let mut path = String::new();
    let mut goes_on = false;
    for (day, value) in series.values.iter().enumerate() {
        if let Some(n) = value {
            let (x, y) = (across(day, days), HEIGHT - up(*n, top));
            // Cannot fail, as above.
            let _ = if goes_on { write!(path, "L{x:.1} {y:.1}") } else { write!(path, "M{x:.1} {y:.1}h.1") };
        }
        goes_on = value.is_some();
    }
    path
}

/// The highest number: of bars, with those below it.
fn most(series: &[Series]) -> i64 {
    let days = series.first().map_or(0, |series| series.values.len());
    let at = |series: &Series, day: usize| series.values.get(day).copied().flatten().unwrap_or(0);
    let stacked = (0..days).map(|day| series.iter().filter(|one| !one.look.is_line()).map(|one| at(one, day)).sum::<i64>());
    let lines = series.iter().filter(|one| one.look.is_line()).flat_map(|one| one.values.iter().flatten().copied());
    stacked.chain(lines).max().unwrap_or(0)
}

/// A chart with its legend, its table and its file.
#[component]
pub fn Chart(
    /// Names it, and its table.
    id: &'static str,
    /// What it shows.
    title: &'static str,
    /// What that means, where it is not plain.
    #[prop(optional)]
    hint: &'static str,
    /// The days.
    range: Range,
    /// What is drawn.
    series: Vec<Series>,
    /// What the numbers are.
    unit: Unit,
    /// Where they are as a file.
    file: String,
) -> impl IntoView {
    let language = use_language();
    let top = unit.top(most(&series));
    let legend = series.iter().map(|one| view! { <li><Key look=one.look chart=id/>{one.name}</li> }).collect_view();
    let stripes = format!("stripes-{id}");
    let mut below = vec![0; usize::try_from(range.len()).unwrap_or(0)];
    let drawn: Vec<_> = series
        .iter()
        .map(|one| {
            let path = if one.look.is_line() { line(one, top) } else { bars(one, &mut below, top) };
            let paint = (one.look == Look::Striped).then(|| format!("url(#{stripes})"));
            view! { <path class=one.look.class() d=path fill=paint></path> }
        })
        .collect();
    let says = |day: usize| {
        let parts = series.iter().filter_map(|one| Some(format!("{} {}", one.name, unit.say((*one.values.get(day)?)?, language))));
        parts.collect::<Vec<_>>().join(", ")
    };
    let tips =
        range.days().enumerate().map(|(day, at)| view! { <span title=format!("{}: {}", day_words(at, language), says(day))></span> });
    let tips = tips.collect_view();
    let middle = model::report::Day(i64::midpoint(range.from.0, range.until.0));
    let heads = series.iter().map(|one| view! { <th scope="col">{one.name}</th> }).collect_view();
    let rows = range.days().enumerate().map(|(day, at)| {
        let cells = series.iter().map(|one| {
            let value = one.values.get(day).copied().flatten();
            view! { <td>{value.map_or_else(|| "–".to_owned(), |n| unit.say(n, language))}</td> }
        });
        view! { <tr><th scope="row">{day_words(at, language)}</th>{cells.collect_view()}</tr> }
    });
    let rows = rows.collect_view();
    view! {
        <section class="card chart" aria-labelledby=id>
            <h2 id=id>{title}</h2>
            {(!hint.is_empty()).then(|| view! { <p class="hint">{hint}</p> })}
            <ul class="series" aria-hidden="true">{legend}</ul>
            <div class="plot">
                <div class="scale" aria-hidden="true"><span>{unit.say(top, language)}</span><span>{unit.say(top / 2, language)}</span><span>"0"</span></div>
                <svg viewBox=format!("0 0 {WIDTH} {HEIGHT}") preserveAspectRatio="none" role="img" aria-labelledby=id>
                    <defs>
                        <pattern id=stripes width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
                            <path class="stripe" d="M0 0v6"></path>
                        </pattern>
                    </defs>
                    <path class="grid" d=format!("M0 .5H{WIDTH}M0 {0}H{WIDTH}M0 {1}H{WIDTH}", HEIGHT / 2.0, HEIGHT - 0.5)></path>
                    {drawn}
                </svg>
                <div class="tips" aria-hidden="true">{tips}</div>
                <div class="days" aria-hidden="true">
                    <span>{day_words(range.from, language)}</span>
                    {(range.len() > 2).then(|| view! { <span>{day_words(middle, language)}</span> })}
                    {(range.len() > 1).then(|| view! { <span>{day_words(range.until, language)}</span> })}
                </div>
            </div>
            <div class="chart-foot">
                <details class="more">
                    <summary>{t(texts::TABLE)}</summary>
                    <div class="scroll" role="region" aria-labelledby=id tabindex="0">
                        <table class="numbers"><thead><tr><th scope="col">{t(texts::DAY)}</th>{heads}</tr></thead><tbody>{rows}</tbody></table>
                    </div>
                </details>
                <Download file/>
            </div>
        </section>
    }
}

/// How a series is drawn, for the legend.
#[component]
fn Key(look: Look, chart: &'static str) -> impl IntoView {
    let path = if look.is_line() { "M0 6h14" } else { "M1 1h12v10H1z" };
    let stripes = format!("key-{chart}");
    let paint = (look == Look::Striped).then(|| format!("url(#{stripes})"));
    let pattern = (look == Look::Striped).then(|| {
        view! {
            <pattern id=stripes width="4" height="4" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
                <path class="stripe" d="M0 0v4"></path>
            </pattern>
        }
    });
    view! { <svg class="key" viewBox="0 0 14 12" aria-hidden="true">{pattern}<path class=look.class() d=path fill=paint></path></svg> }
}

/// The way to a file.
#[component]
pub fn Download(
    /// Its address.
    file: String,
) -> impl IntoView {
    view! { <a class="download" href=file rel="external" download=""><Icon glyph=Glyph::ArrowDown/>{t(texts::DOWNLOAD)}</a> }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn series(look: Look, values: &[Option<i64>]) -> Series {
        Series { name: "x", look, values: values.to_vec() }
    }

    #[test]
    fn the_scale_ends_at_a_plain_number() {
        assert_eq!([0, 1, 2, 3, 5, 9, 11, 61, 250].map(|most| Unit::Count.top(most)), [2, 2, 2, 4, 6, 10, 20, 100, 400]);
        assert_eq!([5, 61, 4_000, 90_000].map(|most| Unit::Time.top(most)), [60, 120, 7_200, 172_800]);
    }

    #[test]
    fn bars_stand_on_each_other_and_lines_break_where_nothing_is() {
        let both = [series(Look::Full, &[Some(2), Some(1)]), series(Look::Hollow, &[Some(3), None]), series(Look::Line, &[Some(4), None])];
        assert_eq!(most(&both), 5);
        let mut below = vec![0, 0];
        bars(&both[0], &mut below, 10);
        assert!(bars(&both[1], &mut below, 10).starts_with("M39.0 120.0v-45.0"));
        assert_eq!(line(&series(Look::Line, &[Some(0), None, Some(10)]), 10), "M100.0 150.0h.1M500.0 0.0h.1");
    }
}
