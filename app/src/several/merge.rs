//! Merging the tickets that are picked: one stays, the others go into it, each by the same verb as a single one, each to be undone
//! where it is told.

use leptos::{prelude::*, task::spawn_local};
use leptos_router::{NavigateOptions, hooks::use_navigate};
use model::{
    ConversationId,
    conversation::{Kind, Line},
    text::{several as text, shift},
};

use super::use_several;
use crate::{
    conversation::{called, use_address},
    error::Error,
    shift::merge_ticket,
    text::{t, use_language},
    ui::{Dialog, Glyph, Icon, Time},
};

/// Most tickets that are merged at once.
const MOST: usize = 20;

/// The dialog.
#[component]
pub fn MergeDialog(
    /// Whether it is open.
    open: RwSignal<bool>,
) -> impl IntoView {
    view! { <Dialog open title=t(text::MERGE_TITLE)>{move || open.get().then(|| view! { <Choose open/> })}</Dialog> }
}

#[component]
fn Choose(open: RwSignal<bool>) -> impl IntoView {
    let (several, address, language, navigate) = (use_several(), use_address(), use_language(), use_navigate());
    let (busy, problem) = (RwSignal::new(false), RwSignal::new(None::<Error>));
    let ids = several.ids();
    let mut lines: Vec<Line> = several.list().with_untracked(|inbox| {
        inbox.rows.iter().filter(|row| ids.binary_search(&row.line.id).is_ok()).map(|row| row.line.clone()).collect()
    });
    lines.sort_by_key(|line| line.created_at);
    if lines.iter().any(|line| line.kind != Kind::Ticket) || lines.len() > MOST {
        return view! { <div class="dialog-body"><p>{language.fill(text::MERGE_TICKETS_ONLY, &[("n", &MOST.to_string())])}</p></div> }
            .into_any();
    }
    let stays = RwSignal::new(lines.first().map(|line| (line.id.clone(), line.number.unwrap_or_default())));
    let merge = move |_| {
        let Some((into, number)) = stays.get_untracked().filter(|_| !busy.get_untracked()) else { return };
        let (others, navigate) = (ids.iter().filter(|id| **id != into).cloned().collect::<Vec<ConversationId>>(), navigate.clone());
        busy.set(true);
        spawn_local(async move {
            for id in others {
                if let Err(error) = merge_ticket(id, number.to_string()).await {
                    problem.try_set(Some(error));
                    busy.try_set(false);
                    return;
                }
            }
            open.try_set(false);
            several.clear();
            navigate(&address.conversation(&into), NavigateOptions::default());
        });
    };
    let choices = lines.into_iter().map(|line| {
        let this = (line.id.clone(), line.number.unwrap_or_default());
        let same = this.clone();
        view! {
            <label class="merge-choice">
                <input type="radio" name="stays" prop:checked=move || stays.with(|stays| stays.as_ref() == Some(&same)) on:change=move |_| stays.set(Some(this.clone()))/>
                <span>
                    <b>{format!("#{} ", line.number.unwrap_or_default())}{line.subject.clone()}</b>
                    <span class="hint">{called(&line.contact, language)}" · "<Time at=line.created_at/></span>
                </span>
            </label>
        }
    });
    view! {
        <div class="dialog-body stack">
            <fieldset class="merge-choices">
                <legend>{t(text::MERGE_STAYS)}</legend>
                {choices.collect_view()}
            </fieldset>
            <p class="hint">{t(shift::MERGE_HINT)}</p>
            <div role="alert">{move || problem.get().map(|error| view! { <p class="several-problem"><Icon glyph=Glyph::Alert/>{error.say(language)}</p> })}</div>
            <div class="dialog-acts">
                <button type="button" class="button primary" aria-busy=move || busy.get().then_some("true") on:click=merge>{t(shift::MERGE_BUTTON)}</button>
            </div>
        </div>
    }
    .into_any()
}
