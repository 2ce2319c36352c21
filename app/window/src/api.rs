//! What visitors ask of the server. Each takes where it is asked from; who asks is known by the cookie of that widget alone.
//! A plain form posts to them too and comes back to its page.

use std::collections::BTreeMap;

use leptos::prelude::*;
use model::{
    ConversationId, MessageId,
    chat::{ChatForm, Rating, SayForm},
    visit::{FirstWords, Greeting},
    visitor::{DetailsForm, Identity, SiteEvent},
    window::WindowMessage,
};
use serde::{Deserialize, Serialize};

use crate::{fail::Result, state::Opened};

/// Where a window stands: which widget, in which language.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct At {
    /// The widget's public key.
    pub key: String,
    /// Language of the page, as a tag.
    pub lang: String,
    /// What the page was given to begin a visit with; empty once it began.
    pub pass: String,
    /// Something, if the visitor agreed that something of theirs is kept, or is not asked.
    pub agreed: String,
}

impl At {
    /// As a form sends it.
    pub fn pairs(&self) -> [(&'static str, &str); 4] {
        [("at[key]", &self.key), ("at[lang]", &self.lang), ("at[pass]", &self.pass), ("at[agreed]", &self.agreed)]
    }
}

/// The window as it stands.
#[server]
pub async fn open_window(at: At) -> Result<Opened> {
    crate::caller::show(&at, crate::caller::known(&at).await?.as_ref()).await
}

/// The site's page has greeted the window: what is shown in it before there is a chat.
#[server]
pub async fn greet_window(at: At, #[server(default)] greeting: Greeting) -> Result<Vec<FirstWords>> {
    let visitor = crate::caller::known(&at).await?;
    Ok(crate::caller::greeted(&at, &greeting, visitor.as_ref()).await?)
}

/// Begins a chat with what the form before it asks for; with the first words, the visit begins.
#[server]
pub async fn begin_chat(at: At, form: ChatForm) -> Result<Opened> {
    let visitor = crate::caller::arriving(&at).await?;
    visitor.start_chat(form).await?;
    crate::caller::show(&at, Some(&visitor)).await
}

/// Leaves a message when nobody is there.
#[server]
pub async fn leave_message(at: At, form: ChatForm) -> Result<Opened> {
    let visitor = crate::caller::arriving(&at).await?;
    visitor.leave_message(form).await?;
    crate::caller::show(&at, Some(&visitor)).await
}

/// Says something in a chat, or after it. Gives the chat it stands in.
#[server]
pub async fn say_words(at: At, chat: ConversationId, form: SayForm) -> Result<ConversationId> {
    Ok(crate::caller::visitor(&at).await?.say(chat, form).await?)
}

/// Says where an answer reaches them.
#[server]
pub async fn leave_details(at: At, chat: ConversationId, #[server(default)] form: DetailsForm) -> Result<()> {
    Ok(crate::caller::visitor(&at).await?.leave_details(chat, form).await?)
}

/// Tells something that happened on the site, for the agents.
#[server]
pub async fn tell_event(at: At, chat: ConversationId, #[server(default)] event: SiteEvent) -> Result<()> {
    Ok(crate::caller::visitor(&at).await?.tell_event(chat, event).await?)
}

/// Says how a chat was.
#[server]
pub async fn rate_chat(at: At, chat: ConversationId, rating: Rating, #[server(default)] comment: String) -> Result<()> {
    Ok(crate::caller::visitor(&at).await?.rate(chat, rating, &comment).await?)
}

/// Ends a chat, for both sides.
#[server]
pub async fn finish_chat(at: At, chat: ConversationId) -> Result<()> {
    Ok(crate::caller::visitor(&at).await?.end_chat(chat).await?)
}

/// Wants a chat by mail, at an address or at the one that is known.
#[server]
pub async fn ask_transcript(at: At, chat: ConversationId, #[server(default)] email: String) -> Result<()> {
    Ok(crate::caller::visitor(&at).await?.ask_transcript(chat, &email).await?)
}

/// Has read a chat up to a message.
#[server]
pub async fn read_chat(at: At, chat: ConversationId, message: MessageId) -> Result<()> {
    Ok(crate::caller::visitor(&at).await?.mark_read(chat, message).await?)
}

/// Messages before a number, and whether there are earlier ones.
#[server]
pub async fn list_earlier_words(at: At, before: i64) -> Result<(Vec<WindowMessage>, bool)> {
    Ok(crate::caller::visitor(&at).await?.list_earlier(before).await?)
}

/// The site proves who they are.
#[server]
pub async fn identify_visitor(at: At, #[server(default)] who: Identity) -> Result<Opened> {
    let visitor = crate::caller::arriving(&at).await?;
    visitor.identify(who).await?;
    crate::caller::show(&at, Some(&visitor)).await
}

/// Who the site says they are, without proof, in a chat that has begun: before one, it goes with the first words.
#[server]
pub async fn introduce_visitor(at: At, #[server(default)] who: DetailsForm) -> Result<()> {
    Ok(crate::caller::visitor(&at).await?.introduce(who).await?)
}

/// What the site says of them besides.
#[server]
pub async fn set_visitor_attributes(at: At, #[server(default)] given: BTreeMap<String, String>) -> Result<()> {
    Ok(crate::caller::arriving(&at).await?.set_attributes(given).await?)
}

/// Puts a tag on their chats.
#[server]
pub async fn tag_visitor(at: At, tag: String) -> Result<()> {
    Ok(crate::caller::arriving(&at).await?.tag(&tag).await?)
}

/// Takes a tag off again.
#[server]
pub async fn untag_visitor(at: At, tag: String) -> Result<()> {
    Ok(crate::caller::arriving(&at).await?.untag(&tag).await?)
}

/// Forgets the visitor, in this browser and for good.
#[server]
pub async fn log_out_visitor(at: At) -> Result<()> {
    crate::caller::log_out(&at).await
}

/// The address of a window of its own that shows this chat: it works once, and not for long.
#[server]
pub async fn pop_out(at: At) -> Result<String> {
    crate::caller::pop_out(&at).await
}
