//! Moments as people read them: how long ago, and exactly. Written alike by server and browser: by the property's
//! zone and a clock that starts where the server's stood.

use leptos::prelude::*;
use model::{
    Language, Moment,
    moment::{DAY, HOUR, MINUTE, Zone},
    text::common,
};

use crate::text::use_language;

/// The clock of the page: the server's when the page was made, then ticking.
#[derive(Clone, Copy)]
pub struct Now(pub RwSignal<Moment>);

/// How long ago, in few words.
pub fn relative(at: Moment, now: Moment, zone: &Zone, language: Language) -> String {
    let ago = now.since(at);
    if (-MINUTE..MINUTE).contains(&ago) {
        return language.say(common::NOW).to_owned();
    }
    if (0..HOUR).contains(&ago) {
        return language.fill(common::MINUTES, &[("m", &(ago / MINUTE).to_string())]);
    }
    let (then, today) = (zone.local(at), zone.local(now));
    let same_day = (then.year, then.month, then.day) == (today.year, today.month, today.day);
    if same_day && ago > 0 {
        return language.fill(common::HOURS, &[("h", &(ago / HOUR).to_string())]);
    }
    if same_day {
        return format!("{:02}:{:02}", then.hour, then.minute);
    }
    let yesterday = zone.local(Moment(now.0 - DAY));
    if (then.year, then.month, then.day) == (yesterday.year, yesterday.month, yesterday.day) {
        return language.say(common::YESTERDAY).to_owned();
    }
    day(at, now, zone, language)
}

/// The day, with its year when that is another one.
pub fn day(at: Moment, now: Moment, zone: &Zone, language: Language) -> String {
    let then = zone.local(at);
    let month = language.say(common::MONTHS).split(' ').nth(usize::from(then.month) - 1).unwrap_or_default();
    if then.year == zone.local(now).year { format!("{} {month}", then.day) } else { format!("{} {month} {}", then.day, then.year) }
}

/// Day and hour in full.
pub fn absolute(at: Moment, zone: &Zone, language: Language) -> String {
    let then = zone.local(at);
    let month = language.say(common::MONTHS).split(' ').nth(usize::from(then.month) - 1).unwrap_or_default();
    format!("{} {month} {}, {:02}:{:02}", then.day, then.year, then.hour, then.minute)
}

/// The moment as machines read it.
pub fn machine(at: Moment) -> String {
    let utc = Zone::default().local(at);
    format!("{:04}-{:02}-{:02}T{:02}:{:02}Z", utc.year, utc.month, utc.day, utc.hour, utc.minute)
}

/// A moment: relative, with the exact one on hover and for machines.
#[component]
pub fn Time(
    /// When.
    at: Moment,
    /// Written in full.
    #[prop(optional)]
    full: bool,
) -> impl IntoView {
    let zone = use_context::<Zone>().unwrap_or_default();
    let now = use_context::<Now>();
    let language = use_language();
    let exact = absolute(at, &zone, language);
    let words = move || match now {
        Some(now) if !full => relative(at, now.0.get(), &zone, language),
        _ => absolute(at, &zone, language),
    };
    view! { <time datetime=machine(at) title=exact>{words}</time> }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: Moment = Moment(1_795_435_200_000_000); // 2026-11-23T12:00:00Z

    fn said(ago: i64) -> String {
        relative(Moment(NOON.0 - ago), NOON, &Zone::default(), Language::English)
    }

    #[test]
    fn time_is_told_in_the_coarsest_words_that_help() {
        assert_eq!(said(10), "now");
        assert_eq!(said(2 * MINUTE), "2 min");
        assert_eq!(said(3 * HOUR), "3 h");
        assert_eq!(said(13 * HOUR), "yesterday");
        assert_eq!(said(3 * DAY), "20 Nov");
        assert_eq!(said(400 * DAY), "19 Oct 2025");
    }
}
