//! The clock of a ticket: what is due next, in how long or since when. Small, since each row of the Inbox has one.

use leptos::prelude::*;
use model::{
    Language, Moment, Text,
    moment::{DAY, HOUR, MINUTE, Zone},
    target::{Due, Owed},
    text::{common, target as texts},
};

use crate::{
    text::use_language,
    ui::{Now, absolute, machine},
};

/// A length of time in the coarsest unit that helps; less than a minute is one.
fn span(time: i64, language: Language) -> String {
    let (text, name, n): (Text, _, _) = if time < HOUR {
        (common::MINUTES, "m", (time / MINUTE).max(1))
    } else if time < 2 * DAY {
        (common::HOURS, "h", time / HOUR)
    } else {
        (texts::DAYS, "d", time / DAY)
    };
    language.fill(text, &[(name, &n.to_string())])
}

/// What is due, in how long, or since when it is overdue.
fn said(due: Due, now: Moment, language: Language) -> String {
    let left = due.at.since(now);
    let text = match (due.what, left > 0) {
        (Owed::Reply, true) => texts::REPLY_DUE,
        (Owed::Reply, false) => texts::REPLY_OVERDUE,
        (Owed::Resolution, true) => texts::RESOLUTION_DUE,
        (Owed::Resolution, false) => texts::RESOLUTION_OVERDUE,
    };
    language.fill(text, &[("time", &span(left.abs(), language))])
}

/// The clock, counting; the exact moment on hover and for machines.
#[component]
pub fn DueClock(
    /// What is due.
    due: Due,
) -> impl IntoView {
    let (zone, language, now) = (use_context::<Zone>().unwrap_or_default(), use_language(), use_context::<Now>());
    let now = move || now.map(|now| now.0.get()).unwrap_or_default();
    let class = move || match (due.at <= now(), due.soon) {
        (true, _) => "chip due bad",
        (false, true) => "chip due warm",
        (false, false) => "chip due",
    };
    view! { <time class=class datetime=machine(due.at) title=absolute(due.at, &zone, language)>{move || said(due, now(), language)}</time> }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: Moment = Moment(1_795_435_200_000_000);

    fn says(what: Owed, left: i64, language: Language) -> String {
        said(Due { what, at: NOON.plus(left), soon: true }, NOON, language)
    }

    #[test]
    fn the_clock_says_what_is_due_and_when() {
        use Language::English;
        assert_eq!(says(Owed::Reply, 2 * HOUR + MINUTE, English), "Reply due in 2 h");
        assert_eq!(says(Owed::Reply, 12 * MINUTE, English), "Reply due in 12 min");
        assert_eq!(says(Owed::Reply, 1, English), "Reply due in 1 min");
        assert_eq!(says(Owed::Resolution, 30 * HOUR, English), "Resolution due in 30 h");
        assert_eq!(says(Owed::Resolution, 3 * DAY, English), "Resolution due in 3 d");
    }

    #[test]
    fn what_is_overdue_is_said_in_words() {
        assert_eq!(says(Owed::Reply, 0, Language::English), "Reply overdue by 1 min");
        assert_eq!(says(Owed::Resolution, -5 * DAY, Language::English), "Resolution overdue by 5 d");
        assert_eq!(says(Owed::Reply, -HOUR, Language::Portuguese), "Resposta atrasada há 1 h");
    }
}
