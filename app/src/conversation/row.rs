//! One row of the list, of a fixed height: who, what about, the last words, and where it stands.

use leptos::prelude::*;
use model::{
    AgentId, Assignee, ConversationId, Language,
    conversation::{Kind, Line, Priority, Status},
    event::People,
    inbox,
    text::conversation as text,
};

use super::{
    use_address,
    words::{called, priority_said, priority_tone, status_tone, status_word},
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
    let (address, live, language) = (use_address(), use_live(), use_language());
    let id = row.line.id.clone();
    let open = Memo::new(move |_| address.open.with(|open| open.as_ref() == Some(&id)));
    let name = called(&row.line.contact, language);
    let names = live.roster().with_untracked(|roster| Names::of(&row.line, &roster.people, &roster.me, language));
    let (several, id, unread) = (use_several(), row.line.id.clone(), row.unread());
    let (target, this) = (id.clone(), id.clone());
    view! {
        <li class="row" class:open=move || open.get() class:unread=unread class:picked=move || several.has(&this)>
            <a class="row-link" href=move || address.conversation(&target) data-row=id.to_string() aria-current=move || open.get().then_some("true")>
                <RowBody row names/>
            </a>
            <PickBox id name/>
        </li>
    }
}

/// Who of us is named at a row.
pub struct Names {
    /// Who wrote the last words, if one of us did.
    by: Option<String>,
    /// The department it is assigned to, if it is to one.
    department: Option<String>,
}

impl Names {
    /// As they are called among the people of the conversation's property.
    pub fn of(line: &Line, people: &People, me: &AgentId, language: Language) -> Self {
        let by = line.preview_by.as_ref().and_then(|agent| {
            if agent == me {
                return Some(language.say(text::YOU).to_owned());
            }
            people.agents.iter().find(|one| one.id == *agent).and_then(|one| one.name.split_whitespace().next().map(str::to_owned))
        });
        let department = match &line.assignee {
            Assignee::Department(id) => {
                let known = people.departments.iter().find(|one| one.id == *id).map(|one| one.name.as_str());
                Some(format!("→ {}", known.unwrap_or(language.say(text::SOMEBODY_GONE))))
            }
            _ => None,
        };
        Self { by, department }
    }
}

/// What stands in a row.
#[component]
pub fn RowBody(
    /// What it shows.
    row: inbox::Row,
    /// Who of us is named.
    names: Names,
    /// A mark before the others.
    #[prop(optional, into)]
    mark: Option<ViewFn>,
) -> impl IntoView {
    let unread = row.unread();
    let Names { by, department } = names;
    let line = row.line;
    let chat = line.kind == Kind::Chat;
    let name = called(&line.contact, use_language());
    let preview = by.map_or_else(|| line.preview.clone(), |by| format!("{by}: {}", line.preview));
    view! {
        <span class="row-dot">{unread.then(|| view! { <span class="visually-hidden">{t(text::UNREAD)}</span> })}</span>
        <Avatar name=name.clone()/>
        <span class="row-middle">
            <span class="row-who">
                {chat.then(|| view! { <Here chat=line.id.clone()/> })}
                <b>{name}</b>
                {line.number.map(|number| view! { <span class="row-number">{format!("#{number}")}</span> })}
            </span>
            {if chat {
                view! { <Last chat=line.id.clone() preview/> }.into_any()
            } else {
                let subject = if line.subject.is_empty() { line.preview.clone() } else { line.subject.clone() };
                view! { <span class="row-subject">{subject}</span><span class="row-preview">{preview}</span> }.into_any()
            }}
            <span class="row-chips">{mark.map(|mark| mark.run())}<RowChips line=line.clone() department/></span>
        </span>
        <span class="row-time"><Time at=line.last_at/></span>
    }
}

/// The last words of a chat, or those that its visitor writes just now.
#[component]
fn Last(chat: ConversationId, preview: String) -> impl IntoView {
    let writes = typed(chat);
    view! { <span class="row-last">{move || writes.get().unwrap_or_else(|| preview.clone())}</span> }
}

#[component]
fn RowChips(line: Line, department: Option<String>) -> impl IntoView {
    let language = use_language();
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
