//! Time that passes while a property is open: measured, and added to a moment. Walks from day to day on the wall clock, and stops where
//! that one is put ahead or back, so that it says of every minute what [`Hours::open`] says.

use std::ops::ControlFlow;

use super::{DAY as DAY_MINUTES, Hours};
use crate::{
    Moment,
    moment::{DAY, Local, MINUTE, SECOND, Zone, civil},
};

/// How far ahead working time is looked for: what takes longer has no end.
const HORIZON: i64 = 366 * DAY;

impl Hours {
    /// The moment by which some time has passed within these hours; none when they do not come within a year.
    pub fn after(&self, from: Moment, time: i64, zone: &Zone) -> Option<Moment> {
        if time <= 0 {
            return Some(from);
        }
        let (mut left, mut end) = (time, None);
        self.walk(from, from.plus(HORIZON), zone, |begin, until| {
            let here = until.since(begin);
            if left <= here {
                end = Some(begin.plus(left));
                return ControlFlow::Break(());
            }
            left -= here;
            ControlFlow::Continue(())
        });
        end
    }

    /// How much time of these hours lies between two moments, microseconds.
    pub fn between(&self, from: Moment, until: Moment, zone: &Zone) -> i64 {
        let mut sum = 0;
        self.walk(from, until, zone, |begin, end| {
            sum += end.since(begin);
            ControlFlow::Continue(())
        });
        sum
    }

    /// Each time it is open between two moments, in order, none twice.
    fn walk(&self, from: Moment, until: Moment, zone: &Zone, mut each: impl FnMut(Moment, Moment) -> ControlFlow<()>) {
        let mut at = from;
        while at < until {
            let offset = zone.offset(at) * SECOND;
            let day = at.plus(offset).0.div_euclid(DAY);
            let midnight = Moment(day * DAY).plus(-offset);
            let end = midnight.plus(DAY).min(zone.next_change(at).unwrap_or(until)).min(until);
            for (begin, close) in self.minutes_of(day) {
                let (begin, close) = (midnight.plus(begin * MINUTE).max(at), midnight.plus(close * MINUTE).min(end));
                // two spans of a day may overlap
                at = at.max(close);
                if begin < close && each(begin, close).is_break() {
                    return;
                }
            }
            at = end;
        }
    }

    /// The spans of a day (since 1970-01-01) and what is left over from the one before, in minutes since midnight, by their beginning.
    fn minutes_of(&self, day: i64) -> Vec<(i64, i64)> {
        let local = |day: i64| {
            let (year, month, day) = civil(day);
            Local { year, month, day, hour: 0, minute: 0 }
        };
        if self.always {
            return if self.closed(local(day)) { vec![] } else { vec![(0, i64::from(DAY_MINUTES))] };
        }
        let left_over = self.spans(local(day - 1)).iter().filter(|span| span.over_midnight()).map(|span| (0, span.to.into()));
        let begun = self.spans(local(day)).iter().map(|span| {
            let to = if span.over_midnight() { DAY_MINUTES } else { span.to };
            (span.from.into(), to.into())
        });
        let mut all: Vec<(i64, i64)> = left_over.chain(begun).collect();
        all.sort_unstable();
        all
    }
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::*};

    use super::*;
    use crate::{
        hours::{Holiday, Span},
        moment::HOUR,
    };

    /// Lisbon in 2026: clocks go ahead on 29 March and back on 25 October, each at 01:00 UTC.
    const AHEAD: Moment = Moment(1_774_746_000 * SECOND);
    const BACK: Moment = Moment(1_792_890_000 * SECOND);

    fn lisbon() -> Zone {
        Zone { name: "Europe/Lisbon".into(), offsets: vec![(Moment(0), 0), (AHEAD, 3600), (BACK, 0)] }
    }

    fn at(month: u8, day: u8, hour: u8, minute: u8) -> Moment {
        lisbon().moment(Local { year: 2026, month, day, hour, minute })
    }

    fn office() -> Hours {
        let days = std::array::from_fn(|day| {
            if day < 5 { vec![Span { from: 9 * 60, to: 12 * 60 }, Span { from: 13 * 60, to: 18 * 60 }] } else { vec![] }
        });
        Hours { always: false, days, holidays: vec![Holiday { year: Some(2026), month: 11, day: 24 }] }
    }

    #[test]
    fn time_is_added_over_noon_nights_weekends_and_closed_days() {
        let after = |from, time| office().after(from, time, &lisbon());
        assert_eq!(after(at(11, 23, 10, 0), HOUR), Some(at(11, 23, 11, 0)));
        assert_eq!(after(at(11, 23, 10, 0), 2 * HOUR), Some(at(11, 23, 12, 0)), "the end of a span, not the beginning of the next");
        assert_eq!(after(at(11, 23, 11, 0), 2 * HOUR), Some(at(11, 23, 14, 0)));
        assert_eq!(after(at(11, 23, 17, 30), HOUR), Some(at(11, 25, 9, 30)), "Tuesday is a holiday");
        assert_eq!(after(at(11, 27, 20, 0), HOUR), Some(at(11, 30, 10, 0)), "written on Friday night");
        assert_eq!(after(at(11, 28, 3, 0), 0), Some(at(11, 28, 3, 0)), "no time at all");
    }

    #[test]
    fn hours_that_do_not_come_have_no_end() {
        let never = Hours { always: false, ..Hours::default() };
        assert_eq!(never.after(at(11, 23, 10, 0), MINUTE, &lisbon()), None);
        assert_eq!(never.between(at(1, 1, 0, 0), at(12, 31, 0, 0), &lisbon()), 0);
        assert_eq!(Hours::default().after(at(11, 23, 10, 0), 60 * DAY, &lisbon()), Some(at(11, 23, 10, 0).plus(60 * DAY)));
    }

    #[test]
    fn a_night_is_an_hour_shorter_or_longer_when_clocks_change() {
        let mut night = Hours { always: false, ..Hours::default() };
        night.days = std::array::from_fn(|_| vec![Span { from: 22 * 60, to: 6 * 60 }]);
        let of = |month, day| night.between(at(month, day, 22, 0), at(month, day, 22, 0).plus(12 * HOUR), &lisbon());
        assert_eq!((of(3, 27), of(3, 28), of(10, 24)), (8 * HOUR, 7 * HOUR, 9 * HOUR));
        assert_eq!(night.after(at(3, 28, 22, 0), 7 * HOUR, &lisbon()), Some(at(3, 29, 6, 0)));
        assert_eq!(night.after(at(10, 24, 22, 0), 9 * HOUR, &lisbon()), Some(at(10, 25, 6, 0)));
    }

    fn hours() -> impl Strategy<Value = Hours> {
        let span = (0..DAY_MINUTES, 0..=DAY_MINUTES).prop_filter_map("no time", |(from, to)| (from != to).then_some(Span { from, to }));
        let holiday = (3_u8..12, 1_u8..29, any::<bool>()).prop_map(|(month, day, once)| Holiday { year: once.then_some(2026), month, day });
        (any::<bool>(), vec(vec(span, 0..4), 7), vec(holiday, 0..6)).prop_map(|(always, days, holidays)| Hours {
            always,
            days: days.try_into().expect("seven"),
            holidays,
        })
    }

    /// Whole minutes around a change of the clock, and anywhere in the year.
    fn moments() -> impl Strategy<Value = Moment> {
        let around = |change: Moment| (-3 * 24 * 60_i64..3 * 24 * 60).prop_map(move |minutes| change.plus(minutes * MINUTE));
        prop_oneof![
            around(AHEAD),
            around(BACK),
            (0..350 * 24 * 60_i64).prop_map(|minutes| Moment(1_767_225_600 * SECOND).plus(minutes * MINUTE))
        ]
    }

    proptest! {
        #[test]
        fn every_minute_is_measured_as_it_is_open(hours in hours(), from in moments(), minutes in 0..3 * 24 * 60_i64) {
            let open = (0..minutes).filter(|n| hours.open(from.plus(n * MINUTE), &lisbon())).count();
            let measured = hours.between(from, from.plus(minutes * MINUTE), &lisbon());
            prop_assert_eq!(measured, i64::try_from(open).unwrap() * MINUTE);
        }

        #[test]
        fn what_is_added_can_be_measured(hours in hours(), from in moments(), time in 1..20 * DAY) {
            let zone = lisbon();
            match hours.after(from, time, &zone) {
                Some(end) => {
                    prop_assert_eq!(hours.between(from, end, &zone), time);
                    prop_assert!(hours.between(from, end.plus(-1), &zone) < time, "it is the first such moment");
                }
                None => prop_assert!(hours.between(from, from.plus(HORIZON), &zone) < time),
            }
        }

        #[test]
        fn two_steps_come_where_one_does(hours in hours(), from in moments(), one in 1..5 * DAY, two in 1..5 * DAY) {
            let zone = lisbon();
            let between = hours.after(from, one, &zone).and_then(|at| hours.after(at, two, &zone));
            if let (Some(there), Some(at_once)) = (between, hours.after(from, one + two, &zone)) {
                prop_assert_eq!(there, at_once);
            }
        }
    }
}
