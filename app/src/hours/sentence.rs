//! One sentence that says whether it is open now, and until when or from when on.

use leptos::prelude::*;
use model::{
    Language, Moment,
    hours::Hours,
    moment::{Local, Zone},
    text::hours as texts,
};

use crate::{
    text::use_language,
    ui::{Now, day},
};

/// Days that are called by the name of their weekday.
const WEEK: i64 = 6;

/// The sentence.
pub fn sentence(hours: &Hours, now: Moment, zone: &Zone, language: Language) -> String {
    let say = |text| language.say(text).to_owned();
    if hours.open(now, zone) {
        let Some(end) = hours.next_closing(now, zone) else { return say(texts::OPEN_ALWAYS) };
        let (here, there) = (zone.local(now), zone.local(end));
        return match (there.minutes(), ahead(here, there)) {
            (0, Some(1)) => say(texts::OPEN_UNTIL_MIDNIGHT),
            (_, Some(0)) => language.fill(texts::OPEN_UNTIL, &[("time", &clock(there))]),
            _ => language.fill(texts::OPEN_UNTIL_DAY, &[("day", &name(end, now, zone, language)), ("time", &clock(there))]),
        };
    }
    match hours.next_opening(now, zone) {
        Some(begin) => {
            let day = name(begin, now, zone, language);
            language.fill(texts::CLOSED_UNTIL, &[("day", &day), ("time", &clock(zone.local(begin)))])
        }
        None => say(texts::CLOSED_LONG),
    }
}

fn clock(at: Local) -> String {
    format!("{:02}:{:02}", at.hour, at.minute)
}

/// How many days lie between, if it is less than a week.
fn ahead(here: Local, there: Local) -> Option<i64> {
    let date = |at: Local| (at.year, at.month, at.day);
    (0..=WEEK).find(|more| date(here.plus_days(*more)) == date(there))
}

/// What a day is called from here.
fn name(at: Moment, now: Moment, zone: &Zone, language: Language) -> String {
    match ahead(zone.local(now), zone.local(at)) {
        Some(0) => language.say(texts::TODAY).to_owned(),
        Some(1) => language.say(texts::TOMORROW).to_owned(),
        Some(_) => weekday(zone.local(at).weekday(), language).to_owned(),
        None => day(at, now, zone, language),
    }
}

/// The name of a weekday, Monday is 0.
pub fn weekday(day: usize, language: Language) -> &'static str {
    language.say(texts::WEEKDAYS).split(' ').nth(day).unwrap_or_default()
}

/// The sentence, true as time passes, with a dot that says it by colour.
#[component]
pub fn OpenNow(
    /// The hours.
    #[prop(into)]
    hours: Signal<Hours>,
) -> impl IntoView {
    let zone = use_context::<Zone>().unwrap_or_default();
    let now = use_context::<Now>().map(|now| now.0);
    let language = use_language();
    let now = move || now.map(|now| now.get()).unwrap_or_default();
    let says = {
        let zone = zone.clone();
        Memo::new(move |_| hours.with(|hours| (hours.open(now(), &zone), sentence(hours, now(), &zone, language))))
    };
    view! {
        <p class="open-now" role="status">
            <span class="dot" class:shut=move || !says.get().0 aria-hidden="true"></span>
            {move || says.get().1}
        </p>
    }
}

#[cfg(test)]
mod tests {
    use model::{
        hours::{Holiday, Span},
        moment::{DAY, HOUR, MINUTE},
    };

    use super::*;

    /// Monday, 23 November 2026, 12:00 UTC.
    const NOON: Moment = Moment(1_795_435_200_000_000);

    fn said(hours: &Hours, now: Moment) -> String {
        sentence(hours, now, &Zone::default(), Language::English)
    }

    #[test]
    fn it_says_until_when_and_from_when_on() {
        let mut hours = Hours { always: false, ..Hours::default() };
        hours.days[0] = vec![Span { from: 540, to: 1080 }];
        hours.days[4] = vec![Span { from: 1320, to: 120 }, Span { from: 480, to: 1440 - 120 }];
        assert_eq!(said(&hours, NOON), "Open now, until 18:00.");
        assert_eq!(said(&hours, NOON.plus(-4 * HOUR)), "Closed; opens today at 09:00.");
        assert_eq!(said(&hours, NOON.plus(7 * HOUR)), "Closed; opens Friday at 08:00.");
        assert_eq!(said(&hours, NOON.plus(3 * DAY)), "Closed; opens tomorrow at 08:00.");
        assert_eq!(said(&hours, NOON.plus(4 * DAY)), "Open now, until tomorrow at 02:00.");
        let portuguese = sentence(&hours, NOON.plus(5 * DAY), &Zone::default(), Language::Portuguese);
        assert_eq!(portuguese, "Fechado; abre segunda-feira às 09:00.");
        hours.holidays = vec![Holiday { year: None, month: 11, day: 27 }, Holiday { year: None, month: 11, day: 30 }];
        hours.days[4].clear();
        assert_eq!(said(&hours, NOON.plus(DAY)), "Closed; opens 7 Dec at 09:00.");
    }

    #[test]
    fn what_never_ends_or_never_begins_is_said_so() {
        assert_eq!(said(&Hours::default(), NOON), "Open now, around the clock.");
        assert_eq!(said(&Hours { always: false, ..Hours::default() }, NOON), "Closed; it does not open within two months.");
        let mut late = Hours { always: false, ..Hours::default() };
        late.days[0] = vec![Span { from: 600, to: 1440 }];
        assert_eq!(said(&late, NOON.plus(11 * HOUR + 59 * MINUTE)), "Open now, until midnight.");
    }
}
