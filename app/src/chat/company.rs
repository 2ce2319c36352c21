//! Who of us is in a chat, and two plain forms: one asks a colleague in, one gives the chat away.

use leptos::prelude::*;
use model::{AgentId, Assignee, roster::Roster, text::chat as text};

use super::{
    acts::use_chat_acts,
    facts::{fact, is_in, sits},
};
use crate::{
    conversation::{About, assignee_choices, use_thread},
    live::use_live,
    text::{t, use_language},
    ui::{BareForm, Glyph, Icon, Menu, each},
};

/// The agents in a chat, and the menus.
#[component]
pub fn Company() -> impl IntoView {
    let (thread, roster, language) = (use_thread(), use_live().roster(), use_language());
    let over = fact(thread, |chat| chat.ended_at.is_some());
    let seats = fact(thread, |chat| chat.seats.clone());
    let names = move || {
        let here = |roster: &Roster| {
            let seats = seats.get().into_iter().filter(|seat| sits(seat) || seat.joined_at.is_none());
            seats.filter_map(|seat| Some((roster.agent(&seat.agent)?.name.clone(), sits(&seat)))).collect::<Vec<_>>()
        };
        roster.with(here)
    };
    view! {
        <ul class="seats" aria-label=t(text::SEATS)>
            {each(names, Clone::clone, move |(name, sits)| view! {
                <li class="chip" class:asked=!sits>
                    <Icon glyph=Glyph::User/>
                    {if sits { name } else { language.fill(text::ASKED, &[("name", &name)]) }}
                </li>
            })}
        </ul>
        {move || (!over.get()).then(|| view! { <InviteMenu/><TransferMenu/> })}
    }
}

#[component]
fn InviteMenu() -> impl IntoView {
    let (thread, live, acts) = (use_thread(), use_live(), use_chat_acts());
    let id = thread.with_untracked(|thread| thread.line.id.clone());
    let (me, none) = (live.me(), t(text::NO_COLLEAGUE));
    let seats = Memo::new(move |_| thread.with(|thread| thread.chat.clone()));
    let choices = move || {
        let inside = |agent: &AgentId| seats.with(|chat| chat.as_ref().is_some_and(|chat| is_in(chat, agent)));
        let all = live.roster().with(|roster| roster.people.agents.clone());
        let mut all = all.into_iter().filter(|agent| agent.disabled_at.is_none() && agent.id != me && !inside(&agent.id)).peekable();
        if all.peek().is_none() {
            return view! { <p class="menu-none">{none}</p> }.into_any();
        }
        all.map(|agent| view! { <button class="menu-item" name="agent" value=agent.id.to_string()>{agent.name}</button> })
            .collect_view()
            .into_any()
    };
    view! {
        <div class="chip-menu chip">
            <Menu class="chip-button" button=move || view! { "+ "{t(text::INVITE)} }>
                <BareForm action=acts.invite><About id/>{choices}</BareForm>
            </Menu>
        </div>
    }
}

#[component]
fn TransferMenu() -> impl IntoView {
    let (thread, live, acts, language) = (use_thread(), use_live(), use_chat_acts(), use_language());
    let id = thread.with_untracked(|thread| thread.line.id.clone());
    let me = Assignee::Agent(live.me());
    let choices = move || {
        let all = live.roster().with(|roster| assignee_choices(roster, language));
        let others = all.into_iter().filter(|(who, _)| *who != me && *who != Assignee::Nobody);
        others.map(|(who, says)| view! { <button class="menu-item" name="assignee" value=who.to_string()>{says}</button> }).collect_view()
    };
    view! {
        <div class="chip-menu chip">
            <Menu class="chip-button" button=move || view! { {t(text::TRANSFER)}<Icon glyph=Glyph::ChevronDown/> }>
                <p class="menu-none">{t(text::TRANSFER_HINT)}</p>
                <BareForm action=acts.transfer><About id/>{choices}</BareForm>
            </Menu>
        </div>
    }
}
