//! Days of the calendar, and ranges of them.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::moment::{Local, civil, days};

/// A day of the calendar, as days since 1970-01-01.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Day(pub i64);

impl Day {
    /// The day of a date.
    pub fn of(year: i64, month: u8, day: u8) -> Self {
        Self(days(year, month, day))
    }

    /// Its midnight on a wall clock.
    pub fn local(self) -> Local {
        let (year, month, day) = civil(self.0);
        Local { year, month, day, hour: 0, minute: 0 }
    }

    /// Some days later, or earlier.
    #[must_use]
    pub const fn plus(self, more: i64) -> Self {
        Self(self.0.saturating_add(more))
    }

    /// First day of its month, or of one some months later or earlier.
    #[must_use]
    pub fn month(self, more: i64) -> Self {
        let at = self.local();
        let months = at.year * 12 + i64::from(at.month) - 1 + more;
        Self::of(months.div_euclid(12), u8::try_from(months.rem_euclid(12) + 1).unwrap_or(1), 1)
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = self.local();
        write!(f, "{:04}-{:02}-{:02}", at.year, at.month, at.day)
    }
}

impl FromStr for Day {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let mut parts = text.splitn(3, '-');
        let mut next = || parts.next().ok_or(());
        let (year, month, day) = (next()?, next()?, next()?);
        let day = Self::of(
            // up to the year before the last that has dates: the day after is one as well
            year.parse().ok().filter(|year| (1970..=9_998).contains(year)).ok_or(())?,
            month.parse().map_err(drop)?,
            day.parse().map_err(drop)?,
        );
        // what is no date is another one when it is written
        if day.to_string() == text { Ok(day) } else { Err(()) }
    }
}

/// Days from one to another, both with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Range {
    /// The first.
    pub from: Day,
    /// The last.
    pub until: Day,
}

impl Range {
    /// How many.
    pub const fn len(self) -> i64 {
        self.until.0 - self.from.0 + 1
    }

    /// Whether there is none.
    pub const fn is_empty(self) -> bool {
        self.until.0 < self.from.0
    }

    /// Each.
    pub fn days(self) -> impl Iterator<Item = Day> {
        (self.from.0..=self.until.0).map(Day)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_reads_back_and_nothing_else_is_one() {
        for text in ["2026-11-27", "2024-02-29", "1999-12-31"] {
            assert_eq!(text.parse::<Day>().map(|day| day.to_string()), Ok(text.to_owned()));
        }
        for text in ["2026-02-29", "2026-13-01", "2026-1-1", "26-01-01", "", "2026-11", "2026-11-27x", "9999-12-31"] {
            assert!(text.parse::<Day>().is_err(), "{text}");
        }
    }

    #[test]
    fn months_follow_each_other() {
        let day: Day = "2026-01-31".parse().unwrap();
        assert_eq!([day.month(0), day.month(1), day.month(-1)].map(|day| day.to_string()), ["2026-01-01", "2026-02-01", "2025-12-01"]);
    }
}
