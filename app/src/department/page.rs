//! Admin → Departments: each with its agents, changed in place; and a new one.

use leptos::prelude::*;
use model::{
    department::Department,
    roster::Roster,
    text::{common, department as texts},
};

use super::api::{ChangeDepartment, CreateDepartment, DeleteDepartment};
use crate::{
    roster::use_roster,
    text::{count, t, use_language},
    ui::{Act, Avatar, CheckField, Empty, Form, Glyph, Hidden, PageTitle, Submit, TextAreaField, TextField, each, on_done, use_toasts},
};

/// The page of departments.
#[component]
pub fn DepartmentsPage() -> impl IntoView {
    let roster = use_roster();
    let change = Act::new::<ChangeDepartment>();
    let delete = Act::new::<DeleteDepartment>();
    let toasts = use_toasts();
    let (saved, deleted) = (t(common::SAVED), t(texts::DELETED));
    on_done(change, move |()| toasts.say(saved));
    on_done(delete, move |()| toasts.say(deleted));
    let departments = move || roster.with(|roster| roster.people.departments.clone());
    let none = Memo::new(move |_| roster.with(|roster| roster.people.departments.is_empty()));
    let language = use_language();
    view! {
        <PageTitle text=t(texts::DEPARTMENTS)/>
        <div class="columns">
            <div class="stack">
                {move || none.get().then(|| view! {
                    <section class="card"><Empty glyph=Glyph::People title=language.say(texts::NONE) hint=language.say(texts::NONE_HINT)/></section>
                })}
                {each(departments, |department| (department.id.clone(), department.name.clone(), department.description.clone(), department.agents.clone()), move |department| view! {
                    <DepartmentCard department change delete/>
                })}
            </div>
            <NewDepartment/>
        </div>
    }
}

/// The agents who may belong to a department, as ticks.
#[component]
fn AgentTicks(ticked: Vec<model::AgentId>) -> impl IntoView {
    let agents = use_roster().with_untracked(|roster: &Roster| roster.people.agents.clone());
    let ticks = agents.into_iter().filter(|agent| agent.disabled_at.is_none() || ticked.contains(&agent.id)).map(|agent| {
        let checked = ticked.contains(&agent.id);
        view! { <CheckField name="agents[]" value=agent.id.to_string() label=agent.name checked/> }
    });
    view! {
        <fieldset class="ticks">
            <legend>{t(texts::AGENTS)}</legend>
            {ticks.collect_view()}
        </fieldset>
    }
}

#[component]
fn NewDepartment() -> impl IntoView {
    let create = Act::new::<CreateDepartment>();
    let toasts = use_toasts();
    let created = t(texts::CREATED);
    on_done(create, move |()| toasts.say(created));
    view! {
        <section class="card" aria-labelledby="new">
            <h2 id="new">{t(texts::NEW)}</h2>
            <Form action=create empties=true>
                <TextField name="name" label=t(texts::NAME)/>
                <TextAreaField name="description" label=t(texts::DESCRIPTION) rows=2/>
                <AgentTicks ticked=vec![]/>
                <div class="actions"><Submit>{t(texts::CREATE)}</Submit></div>
            </Form>
        </section>
    }
}

#[component]
fn DepartmentCard(department: Department, change: Act, delete: Act) -> impl IntoView {
    let people = use_roster().with_untracked(|roster| {
        department
            .agents
            .iter()
            .filter_map(|id| roster.agent(id))
            .map(|agent| (agent.name.clone(), agent.picture.clone()))
            .collect::<Vec<_>>()
    });
    let id = department.id.to_string();
    let (key, delete_key, delete_id) = (id.clone(), id.clone(), id.clone());
    let (label, title, about) = (department.name.clone(), department.name.clone(), department.description.clone());
    let members = count(texts::MEMBERS, i64::try_from(people.len()).unwrap_or(i64::MAX));
    view! {
        <section class="card department" aria-label=label>
            <div class="row-line bare">
                <div class="row-main">
                    <h2>{title}</h2>
                    {(!about.is_empty()).then(|| view! { <p class="hint">{about}</p> })}
                </div>
                <span class="hint">{members}</span>
            </div>
            <ul class="people">
                {people.into_iter().map(|(name, picture)| view! { <li><Avatar name=name.clone() picture/>{name}</li> }).collect_view()}
            </ul>
            <details class="more">
                <summary>{t(common::EDIT)}</summary>
                <Form action=change key>
                    <Hidden name="department" value=id/>
                    <TextField name="name" label=t(texts::NAME) value=department.name/>
                    <TextAreaField name="description" label=t(texts::DESCRIPTION) value=department.description rows=2/>
                    <AgentTicks ticked=department.agents/>
                    <div class="actions"><Submit>{t(common::SAVE)}</Submit></div>
                </Form>
                <details class="more">
                    <summary class="danger">{t(texts::DELETE)}</summary>
                    <p class="hint">{t(texts::DELETE_HINT)}</p>
                    <Form action=delete class="inline" key=delete_key>
                        <Hidden name="department" value=delete_id/>
                        <Submit class="button danger">{t(texts::DELETE_NOW)}</Submit>
                    </Form>
                </details>
            </details>
        </section>
    }
}
