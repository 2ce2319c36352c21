//! The address bar of the Inbox: which view, which conversation, whether a ticket is being composed.
//! Every link of the Inbox is written here, so that each works without wasm and can be passed on.

use leptos::prelude::*;
use leptos_router::hooks::{use_location, use_query_map};
use model::{
    ConversationId, MessageId,
    view::{Key, View},
};

/// A form that opens a ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Composing {
    /// *Compose ticket*.
    Ticket,
    /// *Create ticket from this chat*: from the open one.
    FromChat,
}

impl Composing {
    fn of_word(word: &str) -> Self {
        if word == "chat" { Self::FromChat } else { Self::Ticket }
    }
}

/// What is asked for over the open conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked {
    /// What can be done about one message, and why it is there.
    Message(MessageId),
    /// To merge the ticket into another.
    Merge,
}

/// What the address bar says.
#[derive(Clone, Copy)]
pub struct Address {
    /// Where the list itself is.
    list: &'static str,
    /// Filters and order.
    pub view: Memo<View>,
    /// The conversation that is open.
    pub open: Memo<Option<ConversationId>>,
    /// Whether a form that opens a ticket is there, and which.
    pub composing: Memo<Option<Composing>>,
    /// Whether the sheet of saved views is there.
    pub views: Memo<bool>,
    /// Where a list without wasm goes on.
    pub after: Memo<Option<Key>>,
}

impl Address {
    /// Reads the address bar of a list at a path, and gives itself to everything below.
    pub fn provide(list: &'static str) -> Self {
        let (query, location) = (use_query_map(), use_location());
        let open = Memo::new(move |_| {
            location.pathname.with(|path| path.strip_prefix("/inbox/").and_then(|id| id.trim_end_matches('/').parse().ok()))
        });
        let address = Self {
            list,
            view: Memo::new(move |_| query.with(|query| View::from_pairs(query.into_iter().map(|(name, value)| (name.as_ref(), value))))),
            open,
            composing: Memo::new(move |_| query.with(|query| query.get_str("compose").map(Composing::of_word))),
            views: Memo::new(move |_| query.with(|query| query.get_str("views").is_some())),
            after: Memo::new(move |_| query.with(|query| query.get_str("after").and_then(|key| key.parse().ok()))),
        };
        provide_context(address);
        address
    }

    /// A view's list, nothing open.
    pub fn list(self, view: &View) -> String {
        written(self.list.into(), &view.to_query(), "")
    }

    /// Another view, what is open stays open.
    pub fn with_view(self, view: &View) -> String {
        written(self.path(), &view.to_query(), "")
    }

    /// The list after a place, for the link *More*.
    pub fn list_after(self, key: &Key) -> String {
        written(self.list.into(), &self.query(), &format!("after={key}"))
    }

    /// A conversation beside the list as it is.
    pub fn conversation(self, id: &ConversationId) -> String {
        written(format!("/inbox/{id}"), &self.query(), "")
    }

    /// The list as it is, nothing open.
    pub fn closed(self) -> String {
        written(self.list.into(), &self.query(), "")
    }

    /// Where we are, with the form *Compose ticket*.
    pub fn compose(self) -> String {
        written(self.path(), &self.query(), "compose=1")
    }

    /// Where we are, with the form for a ticket from the open chat.
    pub fn compose_from_chat(self) -> String {
        written(self.path(), &self.query(), "compose=chat")
    }

    /// A chat, with the form for a ticket from it.
    pub fn compose_from(self, chat: &ConversationId) -> String {
        written(format!("/inbox/{chat}"), &self.query(), "compose=chat")
    }

    /// Where we are, with the sheet about a message.
    pub fn about(self, id: &MessageId) -> String {
        written(self.path(), &self.query(), &format!("message={id}"))
    }

    /// Where we are, with the sheet to merge the ticket.
    pub fn merging(self) -> String {
        written(self.path(), &self.query(), "merge=1")
    }

    /// Where we are, with the sheet of saved views.
    pub fn viewing(self) -> String {
        written(self.path(), &self.query(), "views=1")
    }

    /// Where we are, without any of these.
    pub fn composed(self) -> String {
        written(self.path(), &self.query(), "")
    }

    /// The chat that the ticket on the form is made from. For what does not follow the address bar.
    pub fn origin(self) -> Option<ConversationId> {
        (self.composing.get_untracked() == Some(Composing::FromChat)).then(|| self.open.get_untracked()).flatten()
    }

    fn query(self) -> String {
        self.view.with(View::to_query)
    }

    /// Where we are, without filters.
    pub fn path(self) -> String {
        self.open.with(|open| open.as_ref().map_or_else(|| self.list.into(), |id| format!("/inbox/{id}")))
    }
}

/// What the address bar of the Inbox says. Ask in a component's body.
pub fn use_address() -> Address {
    expect_context()
}

/// Whether a sheet over the conversation is there, and which. Ask in a component's body.
pub fn use_asked() -> Memo<Option<Asked>> {
    let query = use_query_map();
    Memo::new(move |_| {
        query.with(|query| match query.get_str("message") {
            Some(id) => id.parse().ok().map(Asked::Message),
            None => query.get_str("merge").map(|_| Asked::Merge),
        })
    })
}

fn written(path: String, query: &str, more: &str) -> String {
    let parts: Vec<&str> = [query, more].into_iter().filter(|part| !part.is_empty()).collect();
    if parts.is_empty() { path } else { format!("{path}?{}", parts.join("&")) }
}
