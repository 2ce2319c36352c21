//! What is asked of a report, as the address bar says it.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use super::{By, Day, Range};

/// Most days of a report.
pub const DAYS_MOST: i64 = 366;
/// The days of a report that asks for none.
const USUAL: i64 = 30;

/// Which days. As text: `30`, `2026-11`, `2026-11-01..2026-11-15`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Period {
    /// Today and the days before it, so many in all.
    Last(i64),
    /// The month that begins on a day.
    Month(Day),
    /// Days of one's own.
    Own(Range),
}

impl Default for Period {
    fn default() -> Self {
        Self::Last(USUAL)
    }
}

impl Period {
    /// Days from one to another, in whichever order they were said; of too many the last ones.
    pub fn own(from: Day, until: Day) -> Self {
        let (from, until) = (from.min(until), from.max(until));
        Self::Own(Range { from: from.max(until.plus(1 - DAYS_MOST)), until })
    }

    /// Its days. The month that goes on ends today.
    pub fn range(self, today: Day) -> Range {
        match self {
            Self::Last(n) => Range { from: today.plus(1 - n), until: today },
            Self::Month(first) => {
                let last = first.month(1).plus(-1);
                Range { from: first, until: if (first..=last).contains(&today) { today } else { last } }
            }
            Self::Own(range) => range,
        }
    }

    /// What it is compared with: as many days before it; of a month the one before, as far as it has come.
    pub fn before(self, today: Day) -> Range {
        let range = self.range(today);
        match self {
            Self::Month(first) => {
                let whole = range.until == first.month(1).plus(-1);
                let last = first.plus(-1);
                let from = first.month(-1);
                Range { from, until: if whole { last } else { last.min(from.plus(range.len() - 1)) } }
            }
            Self::Last(_) | Self::Own(_) => Range { from: range.from.plus(-range.len()), until: range.from.plus(-1) },
        }
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Last(n) => write!(f, "{n}"),
            Self::Month(first) => f.write_str(&first.to_string()[..7]),
            Self::Own(range) => write!(f, "{}..{}", range.from, range.until),
        }
    }
}

impl FromStr for Period {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        if let Some((from, until)) = text.split_once("..") {
            return Ok(Self::own(from.parse()?, until.parse()?));
        }
        if text.len() == 7 {
            return format!("{text}-01").parse().map(Self::Month);
        }
        text.parse().ok().filter(|n| (1..=DAYS_MOST).contains(n)).map(Self::Last).ok_or(())
    }
}

impl TryFrom<String> for Period {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, &'static str> {
        text.parse().map_err(|()| "no period")
    }
}

impl From<Period> for String {
    fn from(period: Period) -> Self {
        period.to_string()
    }
}

/// What is asked of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// Which days.
    pub period: Period,
    /// By what they are told apart.
    pub by: By,
}

impl Default for Asked {
    fn default() -> Self {
        Self { period: Period::default(), by: By::Agent }
    }
}

impl Asked {
    /// From the pairs of an address: what is nothing is as if it were not there. Two dates come before a period.
    pub fn from_pairs<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let (mut asked, mut from, mut until) = (Self::default(), None, None);
        for (name, value) in pairs {
            match name {
                "period" => asked.period = value.parse().unwrap_or(asked.period),
                "by" => asked.by = value.parse().unwrap_or(asked.by),
                "from" => from = value.parse().ok(),
                "until" => until = value.parse().ok(),
                _ => {}
            }
        }
        if let (Some(from), Some(until)) = (from, until) {
            asked.period = Period::own(from, until);
        }
        asked
    }

    /// The same as an address says it.
    pub fn to_query(self) -> String {
        let period = match self.period {
            Period::Own(range) => format!("from={}&until={}", range.from, range.until),
            period => format!("period={period}"),
        };
        format!("{period}&by={}", self.by)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    fn range(from: &str, until: &str) -> Range {
        Range { from: day(from), until: day(until) }
    }

    #[test]
    fn a_period_is_compared_with_the_one_before_it() {
        let today = day("2026-11-27");
        for (text, is, before) in [
            ("7", range("2026-11-21", "2026-11-27"), range("2026-11-14", "2026-11-20")),
            // as far as the month has come
            ("2026-11", range("2026-11-01", "2026-11-27"), range("2026-10-01", "2026-10-27")),
            ("2026-03", range("2026-03-01", "2026-03-31"), range("2026-02-01", "2026-02-28")),
            ("2026-11-02..2026-11-03", range("2026-11-02", "2026-11-03"), range("2026-10-31", "2026-11-01")),
        ] {
            let period: Period = text.parse().unwrap();
            assert_eq!((period.range(today), period.before(today)), (is, before), "{text}");
            assert_eq!(period.to_string(), text);
        }
        let short = Period::Month(day("2026-03-01"));
        assert_eq!(short.before(day("2026-03-30")), range("2026-02-01", "2026-02-28"));
    }

    #[test]
    fn an_address_reads_back_and_nonsense_is_the_usual() {
        for query in ["period=90&by=tag", "period=2026-10&by=channel", "from=2026-11-01&until=2026-11-03&by=department"] {
            let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
            assert_eq!(Asked::from_pairs(pairs).to_query(), query);
        }
        assert_eq!(Asked::from_pairs([("period", "0"), ("by", "moon"), ("from", "2026-11-01")]), Asked::default());
        assert_eq!(Asked::from_pairs([("until", "2026-01-01"), ("from", "2026-11-01")]).period.range(Day(0)).len(), 305);
        let long = Asked::from_pairs([("from", "1980-01-01"), ("until", "2026-11-01")]).period.range(Day(0));
        assert_eq!((long.len(), long.until), (DAYS_MOST, day("2026-11-01")));
    }
}
