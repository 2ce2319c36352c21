//! One entry of the log: words with their files and letters, a note, or a line about a change.

use leptos::{attr::custom::custom_attribute, either::EitherOf3, prelude::*};
use model::{
    MessageId,
    attachment::{Attachment, size_text},
    message::{Author, Channel, Happening, Mark, Message, MessageKind},
    text::conversation as text,
};

use super::{acts::use_acts, event_line::said, header::use_thread, letters::Letters};
use crate::{
    chat::{Bubble, Comment, TicketLink, is_chat},
    live::use_live,
    rule::RuleLine,
    shift::{AboutMessage, ShiftLine},
    text::{t, use_language},
    ui::{Avatar, BareForm, Glyph, Icon, Time},
};

/// An entry, kept true while its letters travel.
#[component]
pub fn Entry(
    /// Which.
    id: MessageId,
) -> impl IntoView {
    let thread = use_thread();
    let message = Memo::new(move |before: Option<&Option<Message>>| {
        let found = thread.with(|thread| thread.messages.iter().find(|message| message.id == id).cloned());
        // taken back: it stays as it was for the moment until its row goes
        found.or_else(|| before.cloned().flatten())
    });
    let chat = is_chat(thread);
    move || {
        message.get().map(|message| match message.kind {
            MessageKind::Happened => EitherOf3::A(view! { <EventLine message/> }),
            MessageKind::Noted | MessageKind::Said if chat => EitherOf3::B(view! { <Bubble message/> }),
            kind => EitherOf3::C(view! { <Words note=kind == MessageKind::Noted message/> }),
        })
    }
}

#[component]
fn EventLine(message: Message) -> impl IntoView {
    if let Some(happened @ Happening::Shifted { .. }) = message.happened {
        return view! { <ShiftLine happened author=message.author at=message.at/> }.into_any();
    }
    if let Some(happened @ Happening::RuleRan { .. }) = message.happened {
        return view! { <RuleLine happened at=message.at/> }.into_any();
    }
    let (live, language) = (use_live(), use_language());
    let zone = live.roster().with_untracked(|roster| roster.zone.clone());
    let words = message.happened.as_ref().map(|happening| said(happening, &message.author, &zone, language)).unwrap_or_default();
    let happened = message.happened;
    view! {
        <p class="event">{words}" · "<Time at=message.at/>{happened.clone().map(|happened| view! { <TicketLink happened/> })}</p>
        {happened.map(|happened| view! { <Comment happened/> })}
    }
    .into_any()
}

#[component]
fn Words(message: Message, note: bool) -> impl IntoView {
    let name = match &message.author {
        Author::Agent { name, .. } | Author::Contact { name, .. } => name.clone(),
        Author::System => "Recado".into(),
    };
    let picture = use_live().roster().with_untracked(|roster| roster.picture_of(&message.author));
    let grey = message.mark == Some(Mark::AutoReply);
    let held = matches!(message.mark, Some(Mark::Unverified | Mark::Stranger));
    let by = if note {
        Some(t(text::INTERNAL_NOTE))
    } else if grey {
        Some(t(text::AUTO_REPLY))
    } else if message.channel == Channel::Email {
        Some(t(text::BY_EMAIL))
    } else {
        None
    };
    let id = message.id.to_string();
    view! {
        <article class="message" class:note=note class:grey=grey class:held=held data-message=id>
            <Avatar name=name.clone() picture/>
            <div class="message-main">
                <header class="message-head">
                    <b>{name}</b>
                    {by.map(|by| view! { <span>{by}</span> })}
                    <Time at=message.at/>
                    {(!message.letters.is_empty()).then(|| view! { <Letters letters=message.letters.clone()/> })}
                    <AboutMessage id=message.id.clone()/>
                </header>
                {message.mark.filter(|_| held).map(|mark| view! { <Held mark id=message.id.clone()/> })}
                <Body message=message.clone()/>
                <Attachments all=message.attachments.clone()/>
                <Originals message=message.clone()/>
            </div>
        </article>
    }
}

/// Why a message is held, and the way to let it through.
#[component]
pub fn Held(
    /// Why.
    mark: Mark,
    /// Which message.
    id: MessageId,
) -> impl IntoView {
    let acts = use_acts();
    let why = if mark == Mark::Stranger { text::HELD_STRANGER } else { text::HELD_UNVERIFIED };
    view! {
        <div class="held-why">
            <Icon glyph=Glyph::Alert/>
            <p>{t(why)}</p>
            <BareForm action=acts.approve>
                <input type="hidden" name="message" value=id.to_string()/>
                <button class="button small">{t(text::APPROVE)}</button>
            </BareForm>
        </div>
    }
}

/// The words. An agent's Markdown was rendered and cleaned by the server; a mail's text is shown as it is.
#[component]
pub fn Body(
    /// Whose.
    message: Message,
) -> impl IntoView {
    let quoted = message.quoted.filter(|quoted| !quoted.trim().is_empty());
    view! {
        {if message.rendered.is_empty() {
            view! { <div class="body plain">{linked(&message.text)}</div> }.into_any()
        } else {
            view! { <div class="body rich" inner_html=message.rendered></div> }.into_any()
        }}
        {quoted.map(|quoted| view! {
            <details class="quoted">
                <summary>{t(text::QUOTED)}</summary>
                <blockquote>{quoted}</blockquote>
            </details>
        })}
    }
}

/// Text with its web addresses as links.
fn linked(words: &str) -> impl IntoView + use<> {
    let address = |word: &str| (word.starts_with("https://") || word.starts_with("http://")) && word.len() > 10;
    words
        .split_inclusive(char::is_whitespace)
        .map(|piece| {
            let word = piece.trim_end().trim_end_matches(['.', ',', ')', '>', ';', '!', '?']);
            if address(word) {
                let rest = piece[word.len()..].to_owned();
                let (href, word) = (word.to_owned(), word.to_owned());
                view! { <a href=href target="_blank" rel="noopener noreferrer nofollow">{word}</a>{rest} }.into_any()
            } else {
                piece.to_owned().into_any()
            }
        })
        .collect_view()
}

/// Files below the words; pictures show themselves.
#[component]
pub fn Attachments(
    /// Which.
    all: Vec<Attachment>,
) -> impl IntoView {
    let picture = |kind: &str| ["image/png", "image/jpeg", "image/gif", "image/webp"].contains(&kind);
    let shown: Vec<Attachment> = all.into_iter().filter(|one| !one.inline || picture(&one.media_type)).collect();
    (!shown.is_empty()).then(|| {
        view! {
            <ul class="attachments">
                {shown.into_iter().map(|one| {
                    let path = format!("/attachments/{}", one.id);
                    let href = path.clone();
                    view! {
                        <li>
                            <a class="attachment" href=href target="_blank" rel="external">
                                {if picture(&one.media_type) {
                                    view! { <img src=path alt="" loading="lazy"/> }.into_any()
                                } else {
                                    view! { <Icon glyph=Glyph::File/> }.into_any()
                                }}
                                <span>{one.name}</span>
                                <small>{size_text(one.size)}</small>
                            </a>
                        </li>
                    }
                }).collect_view()}
            </ul>
        }
    })
}

/// The mail as it was written, in a frame that runs nothing, and as it came.
#[component]
pub fn Originals(
    /// Which message's.
    message: Message,
) -> impl IntoView {
    let raw = message.letter_in.map(|letter| format!("/raw/{letter}"));
    let (path, frame) = (format!("/mail/{}", message.id), format!("mail-{}", message.id));
    let html = message.html;
    (html || raw.is_some()).then(|| {
        view! {
            <div class="originals">
                {html.then(|| view! {
                    <details class="original">
                        <summary>{t(text::ORIGINAL)}</summary>
                        <p><a href=format!("{path}?remote=1") target=frame.clone()>{t(text::SHOW_PICTURES)}</a></p>
                        <iframe name=frame src=path title=t(text::ORIGINAL) sandbox="allow-same-origin allow-popups allow-popups-to-escape-sandbox" referrerpolicy="no-referrer" {..custom_attribute("loading", "lazy")}></iframe>
                    </details>
                })}
                {raw.map(|raw| view! { <a class="raw" href=raw download="">{t(text::RAW)}</a> })}
            </div>
        }
    })
}
