//! Days that a view of the Inbox asks for: those on which the last words of a conversation came. Knows no clock: which moments they are
//! the desk says, by the property's.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{
    Moment,
    report::{DAYS_MOST, Day},
};

/// Which days. As text: `7`, `2026-11-01..2026-11-15`, `2026-11-01..`, `..2026-11-15`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Days {
    /// Today and the days before it, so many in all; 1 to [`DAYS_MOST`].
    Last(i64),
    /// From a day on, up to a day, or both; each with it.
    Own(Option<Day>, Option<Day>),
}

impl Days {
    /// Days from one to another, in whichever order they were said; none when neither was.
    pub fn own(from: Option<Day>, until: Option<Day>) -> Option<Self> {
        match (from, until) {
            (None, None) => None,
            (Some(from), Some(until)) => Some(Self::Own(Some(from.min(until)), Some(from.max(until)))),
            one => Some(Self::Own(one.0, one.1)),
        }
    }

    /// The first and the last of them. Nothing is said after today.
    pub fn ends(self, today: Day) -> (Option<Day>, Option<Day>) {
        match self {
            Self::Last(n) => (Some(today.plus(1 - n)), None),
            Self::Own(from, until) => (from, until),
        }
    }
}

impl fmt::Display for Days {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let said = |day: &Option<Day>| day.map(|day| day.to_string()).unwrap_or_default();
        match self {
            Self::Last(n) => write!(f, "{n}"),
            Self::Own(from, until) => write!(f, "{}..{}", said(from), said(until)),
        }
    }
}

impl FromStr for Days {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let day = |text: &str| if text.is_empty() { Ok(None) } else { text.parse().map(Some) };
        match text.split_once("..") {
            Some((from, until)) => Self::own(day(from)?, day(until)?).ok_or(()),
            None => text.parse().ok().filter(|n| (1..=DAYS_MOST).contains(n)).map(Self::Last).ok_or(()),
        }
    }
}

impl TryFrom<String> for Days {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, &'static str> {
        text.parse().map_err(|()| "no days")
    }
}

impl From<Days> for String {
    fn from(days: Days) -> Self {
        days.to_string()
    }
}

/// The moments that days are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Within {
    /// From this moment on, if not from the beginning.
    pub from: Option<Moment>,
    /// Before this moment, if there is an end.
    pub until: Option<Moment>,
}

impl Within {
    /// Whether a moment is one of them.
    pub fn holds(self, at: Moment) -> bool {
        self.from.is_none_or(|from| at >= from) && self.until.is_none_or(|until| at < until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    #[test]
    fn days_read_back_and_nothing_else_is_any() {
        for text in ["1", "366", "2026-11-01..2026-11-15", "2026-11-01..", "..2026-11-15"] {
            assert_eq!(text.parse::<Days>().map(|days| days.to_string()), Ok(text.to_owned()));
        }
        for text in ["", "0", "367", "-1", "..", "2026-11-01", "2026-11-31..", "2026-11-01..soon", "7d"] {
            assert_eq!(text.parse::<Days>(), Err(()), "{text}");
        }
        assert_eq!("2026-11-15..2026-11-01".parse::<Days>().map(|days| days.to_string()), Ok("2026-11-01..2026-11-15".to_owned()));
    }

    #[test]
    fn seven_days_are_today_and_the_six_before() {
        assert_eq!(Days::Last(7).ends(day("2026-11-28")), (Some(day("2026-11-22")), None));
        assert_eq!(Days::Last(1).ends(day("2026-11-28")), (Some(day("2026-11-28")), None));
        let until = Days::own(None, Some(day("2026-11-15"))).unwrap();
        assert_eq!(until.ends(day("2026-11-28")), (None, Some(day("2026-11-15"))));
    }

    #[test]
    fn the_end_is_no_more_one_of_them() {
        let within = Within { from: Some(Moment(2)), until: Some(Moment(4)) };
        assert_eq!([1, 2, 3, 4].map(|at| within.holds(Moment(at))), [false, true, true, false]);
        assert!(Within::default().holds(Moment(i64::MIN)));
    }
}
