//! Until when a conversation can be sent to sleep: in a few hours, tomorrow, next week, a day of one's own.
//! The hours are those of the property's wall clock.

use leptos::{ev, prelude::*};
use model::{
    Moment,
    moment::{DAY, HOUR, Local, Zone},
    text::conversation as text,
};

use super::{
    acts::{About, use_acts},
    api::SnoozeConversation,
    header::use_thread,
};
use crate::{
    live::use_live,
    text::t,
    ui::{BareForm, Glyph, Icon},
};

/// Hour at which a sleeping conversation wakes in the morning.
const MORNING: u8 = 9;
/// Length of the shortest sleep.
const LATER: i64 = 3 * HOUR;

/// Nine o'clock, some days from now.
fn morning(now: Moment, zone: &Zone, days: i64) -> Moment {
    let day = zone.local(now.plus(days * DAY));
    zone.moment(Local { hour: MORNING, minute: 0, ..day })
}

/// Days until the next Monday; 1970-01-01 was a Thursday.
fn days_to_monday(now: Moment, zone: &Zone) -> i64 {
    let local = zone.local(now);
    let midnight = Zone::default().moment(Local { hour: 0, minute: 0, ..local });
    let weekday = (midnight.0.div_euclid(DAY) + 3).rem_euclid(7);
    7 - weekday
}

/// A day typed as `2026-11-24`, at nine.
fn typed_day(day: &str, zone: &Zone) -> Option<Moment> {
    let mut parts = day.splitn(3, '-');
    let (year, month, day) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    ((1..=12).contains(&month) && (1..=31).contains(&day)).then(|| zone.moment(Local { year, month, day, hour: MORNING, minute: 0 }))
}

/// The choices.
#[component]
pub fn SnoozeChoices() -> impl IntoView {
    let (thread, acts, live) = (use_thread(), use_acts(), use_live());
    let id = thread.with_untracked(|thread| thread.line.id.clone());
    let zone = live.roster().with_untracked(|roster| roster.zone.clone());
    let (now, at) = (live.now(), zone.clone());
    let choices = move || {
        let now = now.get();
        [now.plus(LATER), morning(now, &at, 1), morning(now, &at, days_to_monday(now, &at))]
    };
    let says = [t(text::SNOOZE_LATER), t(text::SNOOZE_TOMORROW), t(text::SNOOZE_MONDAY)];
    let (own, day) = (id.clone(), RwSignal::new(None::<Moment>));
    // sent by its button: a date half typed is a date too, and none that was meant
    let choose = move |event: ev::SubmitEvent| {
        event.prevent_default();
        if let Some(until) = day.get_untracked() {
            acts.snooze.dispatch(&SnoozeConversation { conversation: own.clone(), until });
        }
    };
    let typed = move |event| day.set(typed_day(&event_target_value(&event), &zone));
    view! {
        <BareForm action=acts.snooze>
            <About id/>
            {move || choices().into_iter().zip(says).map(|(until, says)| view! {
                <button class="menu-item" name="until" value=until.0.to_string()><Icon glyph=Glyph::Snooze/>{says}</button>
            }).collect_view()}
        </BareForm>
        <form class="menu-row" on:submit=choose>
            <label for="snooze-day" data-stay="">{t(text::SNOOZE_DAY)}</label>
            <input class="input" id="snooze-day" type="date" data-stay="" on:input=typed/>
            <button class="button small" disabled=move || day.with(Option::is_none)>{t(text::SNOOZE)}</button>
        </form>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MONDAY: Moment = Moment(1_795_435_200_000_000); // 2026-11-23T12:00:00Z

    #[test]
    fn a_week_from_monday_is_monday() {
        assert_eq!(days_to_monday(MONDAY, &Zone::default()), 7);
        assert_eq!(days_to_monday(MONDAY.plus(6 * DAY), &Zone::default()), 1);
    }

    #[test]
    fn tomorrow_begins_at_nine() {
        let local = Zone::default().local(morning(MONDAY, &Zone::default(), 1));
        assert_eq!((local.day, local.hour, local.minute), (24, 9, 0));
    }

    #[test]
    fn a_typed_day_is_read_and_nonsense_is_not() {
        assert_eq!(typed_day("2026-11-24", &Zone::default()), Some(morning(MONDAY, &Zone::default(), 1)));
        assert_eq!(typed_day("2026-13-24", &Zone::default()), None);
        assert_eq!(typed_day("", &Zone::default()), None);
    }
}
