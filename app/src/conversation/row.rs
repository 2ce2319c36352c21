//! One row of the list, of a fixed height: who, what about, the last words, and where it stands.

use leptos::prelude::*;
use model::{
    Assignee,
    conversation::{Kind, Line, Priority, Status},
    inbox,
    text::conversation as text,
};

use super::{
    use_address,
    words::{assignee_name, called, priority_said, priority_tone, status_tone, status_word},
};
use crate::{
    chat::{Here, Waiting, typed},
    live::use_live,
    several::{PickBox, use_several},
    target::DueClock,
    text::{count, t, use_language},
    ui::{Avatar, Chip, Glyph, Icon, Time, Tone},
};

/// Tags a row has room for.
const TAGS: usize = 2;

/// A row.
#[component]
pub fn Row(
    /// What it shows.
    row: inbox::Row,
) -> impl IntoView {
    let address = use_address();
    let unread = row.unread();
    let line = row.line;
    let id = line.id.clone();
    let open = Memo::new(move |_| address.open.with(|open| open.as_ref() == Some(&id)));
    let chat = line.kind == Kind::Chat;
    let name = called(&line.contact, use_language());
    let target = line.id.clone();
    let (several, this) = (use_several(), line.id.clone());
    view! {
        <li class="row" class:open=move || open.get() class:unread=unread class:picked=move || several.has(&this)>
            <a class="row-link" href=move || address.conversation(&target) data-row=line.id.to_string() aria-current=move || open.get().then_some("true")>
                <span class="row-dot">{unread.then(|| view! { <span class="visually-hidden">{t(text::UNREAD)}</span> })}</span>
                <Avatar name=name.clone()/>
                <span class="row-middle">
                    <span class="row-who">
                        {chat.then(|| view! { <Here chat=line.id.clone()/> })}
                        <b>{name.clone()}</b>
                        {line.number.map(|number| view! { <span class="row-number">{format!("#{number}")}</span> })}
                    </span>
                    {if chat {
                        view! { <Last line=line.clone()/> }.into_any()
                    } else {
                        let subject = if line.subject.is_empty() { line.preview.clone() } else { line.subject.clone() };
                        view! { <span class="row-subject">{subject}</span><span class="row-preview">{preview(&line)}</span> }.into_any()
                    }}
                    <span class="row-chips"><RowChips line=line.clone()/></span>
                </span>
                <span class="row-time"><Time at=line.last_at/></span>
            </a>
            <PickBox id=line.id name/>
        </li>
    }
}

/// The last words, with who of us wrote them.
fn preview(line: &Line) -> String {
    let (follower, language) = (use_live(), use_language());
    let by = line.preview_by.as_ref().and_then(|agent| {
        if *agent == follower.me() {
            return Some(language.say(text::YOU).to_owned());
        }
        follower
            .roster()
            .with_untracked(|roster| roster.agent(agent).and_then(|agent| agent.name.split_whitespace().next().map(str::to_owned)))
    });
    by.map_or_else(|| line.preview.clone(), |by| format!("{by}: {}", line.preview))
}

/// The last words of a chat, or those that its visitor writes just now.
#[component]
fn Last(line: Line) -> impl IntoView {
    let (last, writes) = (preview(&line), typed(line.id));
    view! { <span class="row-last">{move || writes.get().unwrap_or_else(|| last.clone())}</span> }
}

#[component]
fn RowChips(line: Line) -> impl IntoView {
    let (roster, language) = (use_live().roster(), use_language());
    let department = matches!(line.assignee, Assignee::Department(_))
        .then(|| format!("→ {}", roster.with_untracked(|roster| assignee_name(roster, &line.assignee, language))));
    let files = count(text::FILES, line.attachments);
    let over = line.tags.len().saturating_sub(TAGS);
    // of a chat that goes on is said how long it waits; that it is open is plain
    let going_on = line.kind == Kind::Chat && line.status == Status::Open && !line.missed;
    view! {
        {(!going_on).then(|| view! { <Chip tone=status_tone(line.status)>{t(status_word(line.status))}</Chip> })}
        {line.due.map(|due| view! { <DueClock due/> })}
        {line.waiting_since.filter(|_| going_on).map(|since| view! { <Waiting since/> })}
        {(line.priority != Priority::Medium).then(|| view! { <Chip tone=priority_tone(line.priority)>{priority_said(line.priority, language)}</Chip> })}
        {line.missed.then(|| view! { <Chip tone=Tone::Warm>{t(text::MISSED)}</Chip> })}
        {line.from_chat.then(|| view! { <Chip>{t(text::FROM_CHAT)}</Chip> })}
        {department.map(|department| view! { <Chip>{department}</Chip> })}
        {line.tags.into_iter().take(TAGS).map(|tag| view! { <Chip>{tag}</Chip> }).collect_view()}
        {(over > 0).then(|| view! { <Chip>{format!("+{over}")}</Chip> })}
        {(line.attachments > 0).then(|| view! { <Chip><Icon glyph=Glyph::Attach/><span aria-hidden="true">{line.attachments}</span><span class="visually-hidden">{files}</span></Chip> })}
    }
}
