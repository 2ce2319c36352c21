//! Admin → Hours: around the clock or by the week, closed days, and what that means right now.

use leptos::{ev, prelude::*};
use leptos_router::hooks::use_query_map;
use model::{
    DepartmentId,
    department::Department,
    hours::{Holiday, Hours},
    hours_form::{ALWAYS, AS_PROPERTY, BY_DAY, HoursForm, clock, date},
    moment::Zone,
    text::{common, hours as texts},
    widget::{Installed, Widget},
};

use super::{
    api::SetHours,
    row::{Closed, ClosedRow, Day, Span, SpanRow, Table, holiday_every},
    sentence::OpenNow,
};
use crate::{
    roster::use_roster,
    text::{fill, t},
    ui::{
        Act, DefaultSubmit, Form, Glyph, Hidden, Icon, Now, PageTitle, Submit, each, focus_on, loaded, on_done, problem_of, typed_all,
        typed_in, use_mend, use_toasts,
    },
    widget::load_widget,
};

/// The page of the opening hours.
#[component]
pub fn HoursPage() -> impl IntoView {
    let done = use_query_map().with_untracked(|query| query.get_str("done") == Some("saved"));
    let installed = Resource::new(|| (), |()| load_widget());
    let asked: Option<DepartmentId> = use_query_map().with_untracked(|query| query.get_str("department").and_then(|id| id.parse().ok()));
    let departments = use_roster().with_untracked(|roster| roster.people.departments.clone());
    let department = asked.filter(|id| departments.iter().any(|one| one.id == *id));
    let whose = (!departments.is_empty()).then(|| view! { <Whose departments chosen=department.clone()/> });
    view! {
        <PageTitle text=t(texts::HOURS)/>
        {done.then(|| view! { <p class="done" role="status">{t(common::SAVED)}</p> })}
        {whose}
        {loaded(installed, move |installed: Installed| view! { <Board widget=installed.widget department=department.clone()/> })}
    }
}

/// Whose hours: the property's, or those of a department. Each is a page loaded anew, with what was saved.
#[component]
fn Whose(departments: Vec<Department>, chosen: Option<DepartmentId>) -> impl IntoView {
    let property = use_roster().with_untracked(|roster| roster.property.name.clone());
    let all = departments.into_iter().map(|one| (format!("/admin/hours?department={}", one.id), one.name, Some(one.id)));
    let links = std::iter::once(("/admin/hours".to_owned(), property, None)).chain(all).map(|(href, name, id)| {
        let current = (id == chosen).then_some("page");
        view! { <a class="button small" href=href rel="external" aria-current=current>{name}</a> }
    });
    view! {
        <nav class="whose" aria-label=t(texts::WHOSE)>{links.collect_view()}</nav>
        <p class="hint">{t(texts::DEPARTMENTS_HINT)}</p>
    }
}

#[component]
fn Board(widget: Widget, department: Option<DepartmentId>) -> impl IntoView {
    let own = department.as_ref().is_none_or(|id| widget.department_hours.iter().any(|(known, _)| known == id));
    let hours = department.as_ref().map_or(&widget.hours, |id| widget.hours_of(id)).clone();
    let saved = RwSignal::new(hours.clone());
    let typed = StoredValue::new(hours.clone());
    let set = Act::new::<SetHours>();
    let (toasts, done) = (use_toasts(), t(common::SAVED));
    on_done(set, move |()| {
        toasts.say(done);
        saved.set(typed.get_value());
    });
    let sent = move |event: ev::SubmitEvent| {
        let Some(form) = typed_in(&event).map(|typed| form_of(&typed)) else { return };
        let hours = if form.open == AS_PROPERTY { Ok(widget.hours.clone()) } else { form.check() };
        if let Ok(hours) = hours {
            typed.set_value(hours);
        }
    };
    let zone = use_context::<Zone>().unwrap_or_default();
    view! {
        <div class="columns">
            <section class="card hours" aria-label=t(texts::HOURS) on:submit:capture=sent>
                <Form action=set><Fields hours own department/></Form>
            </section>
            <section class="card" aria-labelledby="now">
                <h2 id="now">{t(texts::NOW)}</h2>
                <OpenNow hours=saved/>
                <p class="hint">{t(texts::HINT)}</p>
                <p class="hint">{fill(texts::ZONE, &[("zone", &zone.name)])}" "<a href="/admin/settings">{t(texts::CHANGE_ZONE)}</a></p>
            </section>
        </div>
    }
}

/// What stands in the form.
fn form_of(typed: &dyn Fn(&str) -> Vec<String>) -> HoursForm {
    HoursForm {
        department: typed("department").pop().unwrap_or_default(),
        open: typed("open").pop().unwrap_or_default(),
        day: typed("day[]"),
        from: typed("from[]"),
        to: typed("to[]"),
        date: typed("date[]"),
        every: typed("every[]"),
        act: String::new(),
    }
}

/// The rows as they were typed, when the page came back refused; else as they are saved, and one more if it was asked for.
fn begin(hours: &Hours, year: i64) -> (Vec<Span>, Vec<Closed>) {
    let zip = |one: &str, two: &str| typed_all(one).unwrap_or_default().into_iter().zip(typed_all(two).unwrap_or_default());
    if let Some(days) = typed_all("day[]") {
        let spans = days.into_iter().zip(zip("from[]", "to[]"));
        let spans = spans.filter_map(|(day, (from, to))| Some(Span { day: day.parse().ok()?, from, to })).collect();
        return (spans, zip("date[]", "every[]").map(|(date, every)| Closed { date, every }).collect());
    }
    let add = use_query_map().with_untracked(|query| query.get("add")).unwrap_or_default();
    let mut spans = vec![];
    for (day, of_day) in hours.days.iter().enumerate() {
        spans.extend(of_day.iter().map(|span| Span { day, from: clock(span.from), to: clock(span.to) }));
        if add == day.to_string() {
            spans.push(Span { day, from: String::new(), to: String::new() });
        }
    }
    let closed = |day: &Holiday| Closed { date: date(day, year), every: holiday_every(day).to_owned() };
    let mut closed: Vec<Closed> = hours.holidays.iter().map(closed).collect();
    if add == "holiday" {
        closed.push(Closed::default());
    }
    (spans, closed)
}

#[component]
fn Fields(hours: Hours, own: bool, department: Option<DepartmentId>) -> impl IntoView {
    let zone = use_context::<Zone>().unwrap_or_default();
    let year = use_context::<Now>().map_or(2026, |now| zone.local(now.0.get_untracked()).year);
    let (spans, closed) = begin(&hours, year);
    let (spans, closed) = (Table::new(spans), Table::new(closed));
    let kept = if !own {
        AS_PROPERTY
    } else if hours.always {
        ALWAYS
    } else {
        BY_DAY
    };
    let open = typed_all("open").and_then(|mut typed| typed.pop()).unwrap_or_else(|| kept.to_owned());
    let choice = |word: &'static str, text| {
        view! { <label class="check"><input type="radio" name="open" value=word checked=open == word/><span>{t(text)}</span></label> }
    };
    let as_property = department.is_some().then(|| choice(AS_PROPERTY, texts::AS_PROPERTY));
    let problem = problem_of(|| "days".to_owned());
    view! {
        <DefaultSubmit/>
        {department.map(|id| view! { <Hidden name="department" value=id.to_string()/> })}
        <div role="radiogroup" aria-label=t(texts::HOURS)>
            {as_property}
            {choice(ALWAYS, texts::ALWAYS)}
            {choice(BY_DAY, texts::BY_DAY)}
        </div>
        <div class="week">
            {(0..7).map(|day| view! { <Weekday day spans/> }).collect_view()}
            {move || problem.get().map(|text| view! { <p class="problem" role="alert">{text}</p> })}
        </div>
        <ClosedDays closed/>
        <div class="actions"><Submit>{t(common::SAVE)}</Submit></div>
    }
}

#[component]
fn Weekday(day: usize, spans: Table<Span>) -> impl IntoView {
    let of_day = move || spans.rows.with(|rows| rows.iter().filter(|(_, span)| span.day == day).cloned().collect::<Vec<_>>());
    let none = Memo::new(move |_| of_day().is_empty());
    let name = Day::new(day);
    let closed = t(texts::CLOSED);
    let mend = use_mend();
    let add = move |event: ev::MouseEvent| {
        event.prevent_default();
        mend();
        let id = spans.put(Span { day, from: String::new(), to: String::new() }, |other| other.day <= day);
        focus_on(format!("[data-row='{id}'] input[type=time]"));
    };
    view! {
        <fieldset class="weekday">
            <legend class="legend">{name.name}</legend>
            <ul class="spans">{each(of_day, |(id, _)| *id, move |(id, span)| view! { <SpanRow id span name spans/> })}</ul>
            {move || none.get().then(|| view! { <span class="hint shut">{closed}</span> })}
            <button type="submit" class="icon-button" name="act" value=format!("add {day}") id=format!("add-{day}") title=t(texts::ADD)
                aria-label=fill(texts::ADD_ON, &[("day", name.name)]) on:click=add><Icon glyph=Glyph::Plus/></button>
        </fieldset>
    }
}

#[component]
fn ClosedDays(closed: Table<Closed>) -> impl IntoView {
    let none = Memo::new(move |_| closed.rows.with(Vec::is_empty));
    let (nothing, mend) = (t(texts::NO_HOLIDAYS), use_mend());
    let problem = problem_of(|| "holidays".to_owned());
    let add = move |event: ev::MouseEvent| {
        event.prevent_default();
        mend();
        let id = closed.put(Closed::default(), |_| true);
        focus_on(format!("[data-closed='{id}'] input[type=date]"));
    };
    view! {
        <fieldset>
            <legend class="legend">{t(texts::HOLIDAYS)}</legend>
            <p class="hint">{t(texts::HOLIDAYS_HINT)}</p>
            <ul class="closed-days">{each(move || closed.rows.get(), |(id, _)| *id, move |(id, day)| view! { <ClosedRow id day closed/> })}</ul>
            {move || none.get().then(|| view! { <p class="hint">{nothing}</p> })}
            {move || problem.get().map(|text| view! { <p class="problem" role="alert">{text}</p> })}
            <button type="submit" class="button small" name="act" value="add holiday" id="add-holiday" on:click=add><Icon glyph=Glyph::Plus/>{t(texts::ADD_HOLIDAY)}</button>
        </fieldset>
    }
}
