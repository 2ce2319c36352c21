//! Opening hours, and the rule by which a widget is online, away or offline. Knows wall clocks by a zone it is given;
//! who is connected is said to it.

mod working;

use serde::{Deserialize, Serialize};

use crate::{
    Moment, Refusal, Why,
    agent::Presence,
    moment::{Local, Zone},
    words,
};

words! {
    /// What a widget says of a property right now.
    State {
        /// Somebody answers.
        Online = "online",
        /// Somebody is there, and not at the desk.
        Away = "away",
        /// Closed, or nobody is there: messages can be left.
        Offline = "offline",
    }
}

/// A part of a day, in minutes since midnight. One that does not end after it begins goes over midnight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// It is open from this minute on.
    pub from: u16,
    /// And closed from this minute on; 1440 is the end of the day.
    pub to: u16,
}

/// A day that is closed, whatever weekday it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holiday {
    /// Of this year only, or of every year.
    pub year: Option<i64>,
    /// 1–12.
    pub month: u8,
    /// 1–31.
    pub day: u8,
}

/// When a property is open, on the wall clock of its zone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Hours {
    /// Around the clock, but for holidays; `days` is not looked at then.
    pub always: bool,
    /// Spans of each weekday, Monday first.
    pub days: [Vec<Span>; 7],
    /// Closed days.
    pub holidays: Vec<Holiday>,
}

impl Default for Hours {
    fn default() -> Self {
        Self { always: true, days: Default::default(), holidays: vec![] }
    }
}

/// Minutes of a day.
const DAY: u16 = 24 * 60;
/// Most spans of a day.
const SPANS_MOST: u32 = 6;
/// Most holidays.
const HOLIDAYS_MOST: u32 = 100;
/// Days that are looked through for the next opening: longer holidays have no next one.
const AHEAD: i64 = 60;

impl Span {
    const fn over_midnight(self) -> bool {
        self.to <= self.from
    }
}

impl Hours {
    /// Whether it is open at a moment.
    pub fn open(&self, now: Moment, zone: &Zone) -> bool {
        let (today, yesterday) = (zone.local(now), zone.local(now).plus_days(-1));
        let minute = today.minutes();
        if self.always {
            return !self.closed(today);
        }
        let begun = |span: &Span| minute >= span.from && (span.over_midnight() || minute < span.to);
        let left_over = |span: &Span| span.over_midnight() && minute < span.to;
        self.spans(today).iter().any(begun) || self.spans(yesterday).iter().any(left_over)
    }

    /// When it opens next, if it is closed and opens within two months.
    pub fn next_opening(&self, now: Moment, zone: &Zone) -> Option<Moment> {
        if self.open(now, zone) {
            return None;
        }
        let today = Local { hour: 0, minute: 0, ..zone.local(now) };
        (0..=AHEAD).map(|more| today.plus_days(more)).find_map(|day| {
            let at = |minute: u16| {
                let (hour, minute) = (u8::try_from(minute / 60).unwrap_or(0), u8::try_from(minute % 60).unwrap_or(0));
                zone.moment(Local { hour, minute, ..day })
            };
            self.openings(day).into_iter().map(at).filter(|opening| *opening > now).min()
        })
    }

    /// When it closes next, if it is open and closes within two months.
    pub fn next_closing(&self, now: Moment, zone: &Zone) -> Option<Moment> {
        if !self.open(now, zone) {
            return None;
        }
        let today = Local { hour: 0, minute: 0, ..zone.local(now) };
        (-1..=AHEAD).map(|more| today.plus_days(more)).find_map(|day| {
            let wall = |minute: u16| {
                let (later, minute) = (i64::from(minute / DAY), minute % DAY);
                let (hour, minute) = (u8::try_from(minute / 60).unwrap_or(0), u8::try_from(minute % 60).unwrap_or(0));
                zone.moment(Local { hour, minute, ..day.plus_days(later) })
            };
            // a span ends, or a holiday begins
            let ends = self.spans(day).iter().map(|span| wall(if span.over_midnight() { span.to + DAY } else { span.to }));
            let begins = self.always.then(|| wall(0));
            ends.chain(begins).filter(|end| *end > now && !self.open(*end, zone)).min()
        })
    }

    /// Minutes of a day at which it opens.
    fn openings(&self, day: Local) -> Vec<u16> {
        match self.always {
            true if self.closed(day) => vec![],
            true => vec![0],
            false => self.spans(day).iter().map(|span| span.from).collect(),
        }
    }

    fn spans(&self, day: Local) -> &[Span] {
        if self.closed(day) { &[] } else { &self.days[day.weekday()] }
    }

    fn closed(&self, day: Local) -> bool {
        self.holidays.iter().any(|one| one.month == day.month && one.day == day.day && one.year.is_none_or(|year| year == day.year))
    }

    /// Refuses spans and days that are none.
    pub fn check(&self) -> Result<(), Refusal> {
        for spans in &self.days {
            if spans.len() > SPANS_MOST as usize {
                return Err(Refusal::invalid("days", Why::TooMany(SPANS_MOST)));
            }
            if spans.iter().any(|span| span.from >= DAY || span.to > DAY || span.from == span.to) {
                return Err(Refusal::invalid("days", Why::Unknown));
            }
        }
        if self.holidays.len() > HOLIDAYS_MOST as usize {
            return Err(Refusal::invalid("holidays", Why::TooMany(HOLIDAYS_MOST)));
        }
        // the 29th of February of every year is a day; that of 2027 is none
        let there = |one: &Holiday| {
            let day = Local { year: one.year.unwrap_or(2028), month: one.month, day: one.day, hour: 0, minute: 0 };
            (1..=12).contains(&one.month) && (1..=31).contains(&one.day) && day.plus_days(0) == day
        };
        if self.holidays.iter().all(there) { Ok(()) } else { Err(Refusal::invalid("holidays", Why::Unknown)) }
    }
}

/// What a widget says: never online with nobody there, unless the property says so, and never outside its hours.
pub fn state(open: bool, online_with_nobody: bool, connected: &[Presence]) -> State {
    if !open {
        return State::Offline;
    }
    if online_with_nobody || connected.contains(&Presence::Online) {
        return State::Online;
    }
    if connected.contains(&Presence::Away) { State::Away } else { State::Offline }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::moment::{HOUR, MINUTE, SECOND};

    /// Lisbon in 2026: clocks go ahead on 29 March and back on 25 October, each at 01:00 UTC.
    fn lisbon() -> Zone {
        let offsets = vec![(Moment(0), 0), (Moment(1_774_746_000 * SECOND), 3600), (Moment(1_792_890_000 * SECOND), 0)];
        Zone { name: "Europe/Lisbon".into(), offsets }
    }

    fn at(month: u8, day: u8, hour: u8, minute: u8) -> Moment {
        lisbon().moment(Local { year: 2026, month, day, hour, minute })
    }

    fn weekdays() -> Hours {
        let office = vec![Span { from: 9 * 60, to: 12 * 60 }, Span { from: 13 * 60, to: 18 * 60 }];
        let mut days: [Vec<Span>; 7] = std::array::from_fn(|day| if day < 5 { office.clone() } else { vec![] });
        days[4].push(Span { from: 22 * 60, to: 2 * 60 });
        let holidays = vec![Holiday { year: None, month: 12, day: 25 }, Holiday { year: Some(2026), month: 11, day: 24 }];
        Hours { always: false, days, holidays }
    }

    #[test]
    fn a_day_has_several_spans() {
        // 2026-11-23 is a Monday
        for (hour, minute, open) in [(8, 59, false), (9, 0, true), (11, 59, true), (12, 0, false), (13, 0, true), (18, 0, false)] {
            assert_eq!(weekdays().open(at(11, 23, hour, minute), &lisbon()), open, "{hour}:{minute:02}");
        }
        assert!(!weekdays().open(at(11, 22, 10, 0), &lisbon()), "Sunday");
    }

    #[test]
    fn a_span_over_midnight_ends_on_the_next_day() {
        // Friday 27 November, 22:00 to 02:00
        for (day, hour, open) in [(27, 21, false), (27, 22, true), (28, 0, true), (28, 1, true), (28, 2, false), (29, 1, false)] {
            assert_eq!(weekdays().open(at(11, day, hour, 0), &lisbon()), open, "{day} {hour}:00");
        }
        let hours = Hours { holidays: vec![Holiday { year: None, month: 11, day: 27 }], ..weekdays() };
        assert!(!hours.open(at(11, 28, 1, 0), &lisbon()), "what would have begun on a holiday");
        let hours = Hours { holidays: vec![Holiday { year: None, month: 11, day: 28 }], ..weekdays() };
        assert!(hours.open(at(11, 28, 1, 0), &lisbon()), "what began before a holiday goes on");
    }

    #[test]
    fn a_holiday_is_closed_in_its_year_or_in_every_year() {
        assert!(!weekdays().open(at(11, 24, 10, 0), &lisbon()));
        assert!(!weekdays().open(at(12, 25, 10, 0), &lisbon()));
        let always = Hours { always: true, ..weekdays() };
        assert!(always.open(at(11, 22, 3, 0), &lisbon()) && !always.open(at(12, 25, 10, 0), &lisbon()));
    }

    #[test]
    fn hours_follow_the_wall_clock_over_a_change() {
        // Monday 30 March, the day after clocks went ahead: 09:00 is 08:00 UTC
        let nine = Moment(1_774_746_000 * SECOND).plus(31 * HOUR);
        assert!(weekdays().open(nine, &lisbon()) && !weekdays().open(nine.plus(-MINUTE), &lisbon()));
        // Monday 26 October, after they went back: 09:00 is 09:00 UTC
        let nine = Moment(1_792_890_000 * SECOND).plus(32 * HOUR);
        assert!(weekdays().open(nine, &lisbon()) && !weekdays().open(nine.plus(-MINUTE), &lisbon()));
        // the hour that comes twice, early on Sunday 25 October, is open both times
        let mut hours = weekdays();
        hours.days[6] = vec![Span { from: 60, to: 120 }];
        let twice = Moment(1_792_890_000 * SECOND);
        assert!(hours.open(twice.plus(-30 * MINUTE), &lisbon()) && hours.open(twice.plus(30 * MINUTE), &lisbon()));
        assert!(!hours.open(twice.plus(HOUR), &lisbon()));
    }

    #[test]
    fn the_next_opening_skips_closed_days() {
        let next = |now| weekdays().next_opening(now, &lisbon());
        assert_eq!(next(at(11, 23, 10, 0)), None, "open");
        assert_eq!(next(at(11, 23, 12, 30)), Some(at(11, 23, 13, 0)));
        assert_eq!(next(at(11, 23, 19, 0)), Some(at(11, 25, 9, 0)), "Tuesday is a holiday");
        assert_eq!(next(at(11, 28, 12, 0)), Some(at(11, 30, 9, 0)), "a weekend");
        let never = Hours { always: false, ..Hours::default() };
        assert_eq!(never.next_opening(at(11, 23, 10, 0), &lisbon()), None);
    }

    #[test]
    fn the_next_closing_is_the_first_moment_after_which_nobody_is_there() {
        let next = |now| weekdays().next_closing(now, &lisbon());
        assert_eq!(next(at(11, 23, 12, 30)), None, "closed");
        assert_eq!(next(at(11, 23, 10, 0)), Some(at(11, 23, 12, 0)));
        assert_eq!(next(at(11, 28, 1, 0)), Some(at(11, 28, 2, 0)), "begun yesterday");
        assert_eq!(next(at(11, 27, 23, 0)), Some(at(11, 28, 2, 0)));
        let mut joined = weekdays();
        joined.days[0].push(Span { from: 12 * 60, to: 13 * 60 });
        assert_eq!(joined.next_closing(at(11, 23, 10, 0), &lisbon()), Some(at(11, 23, 18, 0)), "one span goes on into the next");
        let always = Hours { always: true, ..weekdays() };
        assert_eq!(always.next_closing(at(11, 23, 10, 0), &lisbon()), Some(at(11, 24, 0, 0)), "a holiday");
        assert_eq!(Hours::default().next_closing(at(11, 23, 10, 0), &lisbon()), None, "around the clock");
    }

    #[test]
    fn nobody_there_is_never_online_unless_the_property_says_so() {
        use Presence::{Away, Invisible, Online};
        let (day, night) = (at(11, 23, 10, 0), at(11, 23, 3, 0));
        let say = |now, nobody, connected: &[Presence]| state(weekdays().open(now, &lisbon()), nobody, connected);
        assert_eq!(say(day, false, &[]), State::Offline);
        assert_eq!(say(day, false, &[Invisible]), State::Offline);
        assert_eq!(say(day, false, &[Away, Invisible]), State::Away);
        assert_eq!(say(day, false, &[Away, Online]), State::Online);
        assert_eq!(say(day, true, &[]), State::Online);
        assert_eq!(say(night, true, &[Online]), State::Offline);
    }

    #[test]
    fn what_is_no_span_and_no_day_is_refused() {
        assert_eq!(weekdays().check(), Ok(()));
        let with = |span| {
            let mut hours = weekdays();
            hours.days[0].push(span);
            hours.check().map_err(|refusal| refusal.field().map(str::to_owned))
        };
        assert_eq!(with(Span { from: 0, to: DAY }), Ok(()));
        for span in [Span { from: 600, to: 600 }, Span { from: DAY, to: 60 }, Span { from: 0, to: DAY + 1 }] {
            assert_eq!(with(span), Err(Some("days".into())), "{span:?}");
        }
        for (year, month, day, fits) in [(None, 2, 29, true), (Some(2027), 2, 29, false), (None, 13, 1, false), (None, 4, 31, false)] {
            let hours = Hours { holidays: vec![Holiday { year, month, day }], ..Hours::default() };
            assert_eq!(hours.check().is_ok(), fits, "{year:?}-{month}-{day}");
        }
    }
}
