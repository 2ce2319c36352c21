//! Admin → Agents: who is here, who is invited, in which role, and who is kept out.

use leptos::prelude::*;
use model::{
    agent::{Agent, Invitation, Reach, Role},
    text::{agent as texts, common},
};

use super::api::{DisableAgent, EnableAgent, InviteAgent, SetReach, SetRole, WithdrawInvitation, list_invitations};
use crate::{
    roster::use_roster,
    text::{fill, t, use_language},
    ui::{
        Act, Avatar, Chip, Empty, Form, Glyph, Hidden, PageTitle, SelectField, Submit, TextField, Tone, day, each, loaded, on_done,
        use_toasts,
    },
};

/// The page of agents.
#[component]
pub fn AgentsPage() -> impl IntoView {
    let invite = Act::new::<InviteAgent>();
    view! {
        <PageTitle text=t(texts::AGENTS)/>
        <div class="columns">
            <div class="stack">
                <Agents/>
                <Invitations invite/>
            </div>
            <Invite invite/>
        </div>
    }
}

fn role_name(role: Role) -> model::Text {
    match role {
        Role::Admin => texts::ROLE_ADMIN,
        Role::Agent => texts::ROLE_AGENT,
    }
}

fn reach_name(reach: Reach) -> model::Text {
    match reach {
        Reach::All => texts::REACH_ALL,
        Reach::Departments => texts::REACH_DEPARTMENTS,
        Reach::Own => texts::REACH_OWN,
    }
}

fn reaches() -> Vec<(String, String)> {
    Reach::ALL.iter().map(|reach| (reach.word().to_owned(), t(reach_name(*reach)).to_owned())).collect()
}

#[component]
fn Invite(invite: Act) -> impl IntoView {
    let toasts = use_toasts();
    let invited = t(texts::INVITED);
    on_done(invite, move |()| toasts.say(invited));
    let roles = [Role::Agent, Role::Admin].map(|role| (role.word().to_owned(), t(role_name(role)).to_owned())).to_vec();
    view! {
        <section class="card" aria-labelledby="invite">
            <h2 id="invite">{t(texts::INVITE)}</h2>
            <p class="hint">{t(texts::INVITE_HINT)}</p>
            <Form action=invite empties=true>
                <TextField name="email" label=t(model::text::session::EMAIL) kind="email"/>
                <SelectField name="role" label=t(texts::ROLE) value=Role::Agent.word() options=roles hint=t(texts::ROLE_HINT)/>
                <SelectField name="reach" label=t(texts::SEES) value=Reach::All.word() options=reaches() hint=t(texts::SEES_HINT)/>
                <div class="actions"><Submit>{t(texts::SEND_INVITATION)}</Submit></div>
            </Form>
        </section>
    }
}

#[component]
fn Agents() -> impl IntoView {
    let roster = use_roster();
    let acts = Acts {
        role: Act::new::<SetRole>(),
        reach: Act::new::<SetReach>(),
        disable: Act::new::<DisableAgent>(),
        enable: Act::new::<EnableAgent>(),
    };
    let agents = move || roster.with(|roster| roster.people.agents.clone());
    let shown = |agent: &Agent| {
        let Agent { id, name, picture, role, reach, disabled_at, .. } = agent;
        (id.clone(), name.clone(), picture.clone(), *role, *reach, *disabled_at)
    };
    view! {
        <section class="card flush" aria-label=t(texts::AGENTS)>
            <ul class="rows">
                {each(agents, shown, move |agent| view! { <AgentRow agent acts/> })}
            </ul>
        </section>
    }
}

/// What can be done to an agent.
#[derive(Clone, Copy)]
struct Acts {
    role: Act,
    reach: Act,
    disable: Act,
    enable: Act,
}

#[component]
fn AgentRow(agent: Agent, acts: Acts) -> impl IntoView {
    let roster = use_roster();
    let me = roster.with_untracked(|roster| roster.me == agent.id);
    let disabled = agent.disabled_at.is_some();
    let id = agent.id.to_string();
    let (other, promote) = match agent.role {
        Role::Admin => (Role::Agent, t(texts::MAKE_AGENT)),
        Role::Agent => (Role::Admin, t(texts::MAKE_ADMIN)),
    };
    let tone = if agent.role == Role::Admin { Tone::Good } else { Tone::Plain };
    let key = id.clone();
    let value = id.clone();
    let entry = if disabled {
        view! { <Form action=acts.enable class="inline" key><Hidden name="agent" value/><Submit class="button small">{t(texts::ENABLE)}</Submit></Form> }.into_any()
    } else {
        view! { <Form action=acts.disable class="inline" key><Hidden name="agent" value/><Submit class="button small">{t(texts::DISABLE)}</Submit></Form> }.into_any()
    };
    let sees = (agent.role != Role::Admin).then(|| view! { <Sees agent=agent.clone() action=acts.reach/> });
    let key = id.clone();
    view! {
        <li class="row-line" class:faded=disabled>
            <Avatar name=agent.name.clone() picture=agent.picture.clone()/>
            <div class="row-main">
                <b>{agent.name}{me.then(|| format!(" ({})", t(texts::YOU)))}</b>
                <span class="hint">{agent.email}</span>
                {sees}
            </div>
            {disabled.then(|| view! { <Chip tone=Tone::Bad>{t(texts::DISABLED)}</Chip> })}
            <Chip tone>{t(role_name(agent.role))}</Chip>
            <div class="row-acts">
                <Form action=acts.role class="inline" key>
                    <Hidden name="agent" value=id/>
                    <Hidden name="role" value=other.word()/>
                    <Submit class="button small">{promote}</Submit>
                </Form>
                {entry}
            </div>
        </li>
    }
}

/// What an agent sees, to be changed.
#[component]
fn Sees(agent: Agent, action: Act) -> impl IntoView {
    let label = format!("{}: {}", agent.name, t(texts::SEES));
    let known = agent.reach;
    let options = reaches().into_iter().map(move |(word, says)| {
        let chosen = word == known.word();
        view! { <option value=word selected=chosen>{says}</option> }
    });
    view! {
        <Form action class="inline sees" key=agent.id.to_string()>
            <Hidden name="agent" value=agent.id.to_string()/>
            <select class="input" name="reach" aria-label=label>{options.collect_view()}</select>
            <Submit class="button small">{t(common::SAVE)}</Submit>
        </Form>
    }
}

#[component]
fn Invitations(invite: Act) -> impl IntoView {
    let withdraw = Act::new::<WithdrawInvitation>();
    let invitations = Resource::new(move || (invite.version().get(), withdraw.version().get()), |_| list_invitations());
    view! {
        <section class="card flush" aria-labelledby="invitations">
            <h2 id="invitations">{t(texts::INVITATIONS)}</h2>
            {loaded(invitations, move |invitations: Vec<Invitation>| {
                if invitations.is_empty() {
                    view! { <Empty glyph=Glyph::Envelope title=t(texts::NO_INVITATIONS)/> }.into_any()
                } else {
                    view! { <ul class="rows">{invitations.into_iter().map(|invitation| view! { <InvitationRow invitation withdraw/> }).collect_view()}</ul> }.into_any()
                }
            })}
        </section>
    }
}

#[component]
fn InvitationRow(invitation: Invitation, withdraw: Act) -> impl IntoView {
    let (zone, now) = use_roster().with_untracked(|roster| (roster.zone.clone(), roster.now));
    let until = fill(texts::VALID_UNTIL, &[("day", &day(invitation.expires_at, now, &zone, use_language()))]);
    let limited = (invitation.role != Role::Admin && invitation.reach != Reach::All).then(|| t(reach_name(invitation.reach)));
    let id = invitation.id.to_string();
    let key = id.clone();
    view! {
        <li class="row-line">
            <Avatar name=invitation.email.clone()/>
            <div class="row-main">
                <b>{invitation.email}</b>
                <span class="hint">{until}{limited.map(|sees| format!(" · {sees}"))}</span>
            </div>
            <Chip>{t(role_name(invitation.role))}</Chip>
            <div class="row-acts">
                <Form action=withdraw class="inline" key>
                    <Hidden name="invitation" value=id/>
                    <Submit class="button small">{t(texts::WITHDRAW)}</Submit>
                </Form>
            </div>
        </li>
    }
}
