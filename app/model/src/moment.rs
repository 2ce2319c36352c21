//! Moments and the zone they are shown in. Times are microseconds UTC; a zone is the few changes of offset
//! that matter, sent with the page, so that server and browser write the same words without a time zone database.

use serde::{Deserialize, Serialize};

/// A moment: microseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Moment(pub i64);

/// Microseconds in a second.
pub const SECOND: i64 = 1_000_000;
/// Microseconds in a minute.
pub const MINUTE: i64 = 60 * SECOND;
/// Microseconds in an hour.
pub const HOUR: i64 = 60 * MINUTE;
/// Microseconds in a day.
pub const DAY: i64 = 24 * HOUR;

impl Moment {
    /// This moment and some microseconds more.
    #[must_use]
    pub const fn plus(self, micros: i64) -> Self {
        Self(self.0.saturating_add(micros))
    }

    /// Microseconds from an earlier moment to this one.
    pub const fn since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }
}

/// A time zone as the page needs it: `(from, offset in seconds)`, ascending; before the first, the first holds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Zone {
    /// IANA name, as chosen in the property's settings.
    pub name: String,
    /// Offsets from UTC and since when they hold.
    pub offsets: Vec<(Moment, i32)>,
}

/// A moment on a wall clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Local {
    /// Year, proleptic Gregorian.
    pub year: i64,
    /// 1–12.
    pub month: u8,
    /// 1–31.
    pub day: u8,
    /// 0–23.
    pub hour: u8,
    /// 0–59.
    pub minute: u8,
}

impl Local {
    /// Day of the week, Monday first: 0–6.
    pub fn weekday(self) -> usize {
        // 1970-01-01 was a Thursday
        usize::try_from((days(self.year, self.month, self.day) + 3).rem_euclid(7)).unwrap_or(0)
    }

    /// The same hour some days later.
    #[must_use]
    pub fn plus_days(self, more: i64) -> Self {
        let (year, month, day) = civil(days(self.year, self.month, self.day) + more);
        Self { year, month, day, ..self }
    }

    /// Minutes since midnight.
    pub fn minutes(self) -> u16 {
        u16::from(self.hour) * 60 + u16::from(self.minute)
    }
}

impl Zone {
    /// The offset from UTC that holds at a moment, in seconds.
    pub fn offset(&self, at: Moment) -> i64 {
        let known = self.offsets.iter().rev().find(|(from, _)| *from <= at).or(self.offsets.first());
        i64::from(known.map_or(0, |(_, offset)| *offset))
    }

    /// When another offset begins to hold after a moment, if that is known.
    pub fn next_change(&self, at: Moment) -> Option<Moment> {
        self.offsets.iter().map(|(from, _)| *from).find(|from| *from > at)
    }

    /// What the wall clock shows at a moment.
    pub fn local(&self, at: Moment) -> Local {
        let seconds = at.0.div_euclid(SECOND) + self.offset(at);
        let (days, rest) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
        let (year, month, day) = civil(days);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0..24 and 0..60")]
        Local { year, month, day, hour: (rest / 3600) as u8, minute: (rest % 3600 / 60) as u8 }
    }

    /// The moment a wall clock shows (the offset that holds at that hour is taken).
    pub fn moment(&self, local: Local) -> Moment {
        let days = days(local.year, local.month, local.day);
        let seconds = days * 86_400 + i64::from(local.hour) * 3600 + i64::from(local.minute) * 60;
        let guess = Moment(seconds * SECOND);
        let once = Moment((seconds - self.offset(guess)) * SECOND);
        Moment((seconds - self.offset(once)) * SECOND)
    }
}

/// Days since 1970-01-01 to year, month, day. Howard Hinnant, "chrono-compatible low-level date algorithms".
pub(crate) fn civil(days: i64) -> (i64, u8, u8) {
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let doe = z.rem_euclid(146_097);
    let yoe = (doe - doe / 1460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let month = if mp < 10 { mp + 3 } else { mp - 9 };
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "1..=31 and 1..=12")]
    let (day, short) = ((doy - (153 * mp + 2) / 5 + 1) as u8, month as u8);
    (yoe + era * 400 + i64::from(month <= 2), short, day)
}

/// The reverse of [`civil`], from the same source.
pub(crate) fn days(year: i64, month: u8, day: u8) -> i64 {
    let y = if month <= 2 { year - 1 } else { year };
    let era = y.div_euclid(400);
    let yoe = y.rem_euclid(400);
    let m = i64::from(month);
    let doy = (153 * (if m > 2 { m - 3 } else { m + 9 }) + 2) / 5 + i64::from(day) - 1;
    era * 146_097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719_468
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn lisbon() -> Zone {
        // the changes of 2026: 29 March and 25 October, 01:00 UTC
        let offsets = vec![(Moment(0), 0), (Moment(1_774_746_000 * SECOND), 3600), (Moment(1_792_890_000 * SECOND), 0)];
        Zone { name: "Europe/Lisbon".into(), offsets }
    }

    #[test]
    fn summer_time_is_an_hour_ahead() {
        let at = lisbon().local(Moment(1_782_864_000 * SECOND)); // 2026-07-01T00:00:00Z
        assert_eq!((at.year, at.month, at.day, at.hour), (2026, 7, 1, 1));
    }

    proptest! {
        #[test]
        fn a_wall_clock_reads_back(seconds in 0i64..4_000_000_000) {
            let zone = Zone { name: "x".into(), offsets: vec![(Moment(0), -10_800)] };
            let at = Moment(seconds / 60 * MINUTE);
            prop_assert_eq!(zone.moment(zone.local(at)), at);
        }
    }
}
