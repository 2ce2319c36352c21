//! Moments as the window writes them. Knows the words of the state and a zone; asks no clock.

use model::{
    Moment,
    moment::{Local, MINUTE},
    text::window::place as texts,
};

use crate::{number::digits, state::State};

/// Entries further apart than this have the time between them.
const PAUSE: i64 = 30 * MINUTE;

fn hour(at: Local) -> String {
    let two = |n: u8| [if n < 10 { "0" } else { "" }, &digits(n.into())].concat();
    [two(at.hour), two(at.minute)].join(":")
}

/// Days from today; negative for days that were.
fn days(state: &State, at: Moment) -> i64 {
    let (then, today) = (state.zone.local(at), state.zone.local(state.now));
    (-8..=8)
        .find(|more| {
            let day = today.plus_days(*more);
            (day.year, day.month, day.day) == (then.year, then.month, then.day)
        })
        .unwrap_or(99)
}

fn date(state: &State, words: model::text::Place, at: Local) -> String {
    let (day, month, year) = (digits(at.day.into()), digits(at.month.into()), digits(at.year));
    state.fill(words, &[("day", &day), ("month", &month), ("year", &year), ("time", &hour(at))])
}

/// When it opens next.
pub fn back(state: &State, opens_at: Moment) -> String {
    let at = state.zone.local(opens_at);
    match days(state, opens_at) {
        0 => state.fill(texts::BACK_TODAY, &[("time", &hour(at))]),
        1 => state.fill(texts::BACK_TOMORROW, &[("time", &hour(at))]),
        2..=6 => {
            let weekdays = state.say(texts::WEEKDAYS);
            let day = weekdays.split('|').nth(at.weekday()).unwrap_or_default();
            state.fill(texts::BACK_DAY, &[("day", day), ("time", &hour(at))])
        }
        _ => date(state, texts::BACK_DATE, at),
    }
}

/// What stands above an entry, if it is the first one or comes after a pause.
pub fn above(state: &State, before: Option<Moment>, at: Moment) -> Option<String> {
    if before.is_some_and(|before| at.since(before) < PAUSE) {
        return None;
    }
    let local = state.zone.local(at);
    Some(match days(state, at) {
        0 => state.fill(texts::TODAY, &[("time", &hour(local))]),
        -1 => state.fill(texts::YESTERDAY, &[("time", &hour(local))]),
        _ => date(state, texts::ON_DATE, local),
    })
}
