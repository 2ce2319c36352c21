//! A report as lists for a spreadsheet: by day, by hour, told apart. Times in seconds, so that they can be reckoned with.

use super::{Figures, Report};
use crate::{Language, Text, csv::line, roster::Roster, text::report as texts, words};

words! {
    /// Which list.
    Sheet {
        /// A line for each day.
        Days = "days",
        /// A line for each weekday, a column for each hour.
        Hours = "hours",
        /// A line for each agent, department, tag or channel.
        Parts = "parts",
    }
}

impl Sheet {
    /// The list.
    pub fn write(self, report: &Report, roster: &Roster, language: Language) -> String {
        match self {
            Self::Days => {
                let days = report.range.days().zip(&report.days);
                let lines = days.map(|(day, figures)| cells(day.to_string(), figures)).collect::<String>();
                head(texts::DAY, language) + &lines
            }
            Self::Parts => {
                let name = |part: &str| report.name(part, roster, language);
                let lines = report.parts.iter().map(|part| cells(name(&part.part), &part.figures)).collect::<String>();
                head(texts::NAME, language) + &lines
            }
            Self::Hours => {
                let hours = (0..24).map(|hour| format!("{hour:02}:00"));
                let first = line([language.say(texts::WEEKDAY).to_owned()].into_iter().chain(hours));
                let names = language.say(texts::WEEKDAYS).split(' ');
                let lines = names
                    .zip(&report.hours)
                    .map(|(name, hours)| line([name.to_owned()].into_iter().chain(hours.iter().map(ToString::to_string))));
                first + &lines.collect::<String>()
            }
        }
    }
}

/// The names of the columns. Of what is a time, with its unit.
fn head(first: Text, language: Language) -> String {
    let plain = |text| language.say(text).to_owned();
    let time = |of, which| format!("{}: {} ({})", plain(of), plain(which), plain(texts::IN_SECONDS));
    line([
        plain(first),
        plain(texts::NEW),
        plain(texts::SOLVED),
        time(texts::REPLY, texts::MEDIAN),
        time(texts::REPLY, texts::P90),
        time(texts::SOLUTION, texts::MEDIAN),
        time(texts::SOLUTION, texts::P90),
        plain(texts::ANSWERED),
        plain(texts::MISSED),
        plain(texts::GOOD),
        plain(texts::NEUTRAL),
        plain(texts::BAD),
    ])
}

/// A line: what there is none of has an empty cell.
fn cells(first: String, figures: &Figures) -> String {
    let number = |n: i64| n.to_string();
    let time = |of: super::Span, n: i64| if of.n == 0 { String::new() } else { n.to_string() };
    line([
        first,
        number(figures.fresh),
        number(figures.solved),
        time(figures.reply, figures.reply.median),
        time(figures.reply, figures.reply.p90),
        time(figures.solution, figures.solution.median),
        time(figures.solution, figures.solution.p90),
        number(figures.answered),
        number(figures.missed),
        number(figures.good),
        number(figures.neutral),
        number(figures.bad),
    ])
}
