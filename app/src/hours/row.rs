//! Rows of the form of hours: a span of a weekday, a closed day. Each goes in the page; without script its button sends the form.

use leptos::{ev, prelude::*};
use model::{
    hours::Holiday,
    hours_form::{YEARLY, minutes},
    text::hours as texts,
};

use super::sentence::weekday;
use crate::{
    text::{fill, t, use_language},
    ui::{Glyph, Icon, focus_on, problem_of, use_mend},
};

/// The word of a day that is closed once.
const ONCE: &str = "once";

/// A span as it is typed.
#[derive(Clone)]
pub struct Span {
    /// Monday is 0.
    pub day: usize,
    /// When it begins.
    pub from: String,
    /// When it ends.
    pub to: String,
}

/// A closed day as it is typed.
#[derive(Clone, Default)]
pub struct Closed {
    /// Which one.
    pub date: String,
    /// `yearly` or `once`.
    pub every: String,
}

/// In which years a day is closed.
pub const fn holiday_every(day: &Holiday) -> &'static str {
    if day.year.is_some() { ONCE } else { YEARLY }
}

/// A weekday and its name.
#[derive(Clone, Copy)]
pub struct Day {
    /// Monday is 0.
    pub day: usize,
    /// Its name in the language of the page.
    pub name: &'static str,
}

impl Day {
    /// For a component's body.
    pub fn new(day: usize) -> Self {
        Self { day, name: weekday(day, use_language()) }
    }
}

/// Rows, each with a number that stays its own.
pub struct Table<T: 'static> {
    /// In the order in which they are sent.
    pub rows: RwSignal<Vec<(usize, T)>>,
}

impl<T> Clone for Table<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Table<T> {}

impl<T: Clone + Send + Sync + 'static> Table<T> {
    /// Begins with these.
    pub fn new(rows: Vec<T>) -> Self {
        Self { rows: RwSignal::new(rows.into_iter().enumerate().collect()) }
    }

    /// Where a row stands now: a refusal names it so.
    pub fn at(self, id: usize) -> usize {
        self.rows.with(|rows| rows.iter().position(|(other, _)| *other == id).unwrap_or_default())
    }

    /// Puts a row behind the last one that goes before it; gives its number.
    pub fn put(self, row: T, before: impl Fn(&T) -> bool) -> usize {
        let id = self.rows.with_untracked(|rows| rows.iter().map(|(id, _)| id + 1).max().unwrap_or_default());
        self.rows.update(|rows| {
            let at = rows.iter().rposition(|(_, other)| before(other)).map_or(0, |at| at + 1);
            rows.insert(at, (id, row));
        });
        id
    }

    /// Takes a row away.
    pub fn drop(self, id: usize) {
        self.rows.update(|rows| rows.retain(|(other, _)| *other != id));
    }
}

/// A span.
#[component]
pub fn SpanRow(
    /// Its own number.
    id: usize,
    /// What it begins with.
    span: Span,
    /// Of which day.
    name: Day,
    /// All of them.
    spans: Table<Span>,
) -> impl IntoView {
    let (from, to) = (RwSignal::new(span.from.clone()), RwSignal::new(span.to.clone()));
    let over = Memo::new(move |_| match (minutes(&from.get()), minutes(&to.get())) {
        (Some(from), Some(to)) => to != 0 && to < from,
        _ => false,
    });
    let place = move |field: &'static str| move || format!("{field}-{}", spans.at(id));
    let (wrong_from, wrong_to) = (problem_of(place("from")), problem_of(place("to")));
    let about = format!("span-{id}-about");
    let label = |text| fill(text, &[("day", name.name)]);
    let mend = use_mend();
    let remove = move |event: ev::MouseEvent| {
        event.prevent_default();
        mend();
        spans.drop(id);
        focus_on(format!("#add-{}", name.day));
    };
    let next_day = t(texts::NEXT_DAY);
    view! {
        <li class="span" data-row=id.to_string() class:refused=move || wrong_from.get().or(wrong_to.get()).is_some()>
            <input type="hidden" name="day[]" value=name.day.to_string()/>
            <input class="input" type="time" name="from[]" value=span.from aria-label=label(texts::FROM) data-field=place("from")
                aria-describedby=about.clone() aria-invalid=move || wrong_from.get().map(|_| "true") on:input=move |event| from.set(event_target_value(&event))/>
            <span aria-hidden="true">"–"</span>
            <input class="input" type="time" name="to[]" value=span.to aria-label=label(texts::TO) data-field=place("to")
                aria-describedby=about.clone() aria-invalid=move || wrong_to.get().map(|_| "true") on:input=move |event| to.set(event_target_value(&event))/>
            <button type="submit" class="icon-button" name="act" value=move || format!("remove {}", spans.at(id)) aria-label=label(texts::REMOVE) on:click=remove>
                <Icon glyph=Glyph::Close/>
            </button>
            <span class="about" id=about>
                {move || over.get().then(|| view! { <span class="hint">{next_day}</span> })}
                {move || wrong_from.get().or(wrong_to.get()).map(|text| view! { <span class="problem">{text}</span> })}
            </span>
        </li>
    }
}

/// A closed day.
#[component]
pub fn ClosedRow(
    /// Its own number.
    id: usize,
    /// What it begins with.
    day: Closed,
    /// All of them.
    closed: Table<Closed>,
) -> impl IntoView {
    let place = move || format!("date-{}", closed.at(id));
    let problem = problem_of(place);
    let about = format!("closed-{id}-about");
    let mend = use_mend();
    let remove = move |event: ev::MouseEvent| {
        event.prevent_default();
        mend();
        closed.drop(id);
        focus_on("#add-holiday".to_owned());
    };
    view! {
        <li class="span" data-closed=id.to_string() class:refused=move || problem.get().is_some()>
            <input class="input" type="date" name="date[]" value=day.date aria-label=t(texts::DATE) data-field=place
                aria-describedby=about.clone() aria-invalid=move || problem.get().map(|_| "true")/>
            <select class="input" name="every[]" aria-label=t(texts::EVERY)>
                <option value=YEARLY>{t(texts::YEARLY)}</option>
                <option value=ONCE selected=day.every == ONCE>{t(texts::ONCE)}</option>
            </select>
            <button type="submit" class="icon-button" name="act" value=move || format!("forget {}", closed.at(id)) aria-label=t(texts::FORGET) on:click=remove>
                <Icon glyph=Glyph::Close/>
            </button>
            <span class="about" id=about>{move || problem.get().map(|text| view! { <span class="problem">{text}</span> })}</span>
        </li>
    }
}
