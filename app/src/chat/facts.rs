//! What is read off an opened chat, by whoever shows it.

use leptos::prelude::*;
use model::{
    AgentId,
    chat::{Chat, Seat},
    conversation::{Kind, Line},
    thread::Thread,
};

/// Whether the opened conversation is a chat. Known from its beginning.
pub fn is_chat(thread: RwSignal<Thread>) -> bool {
    thread.with_untracked(|thread| thread.line.kind == Kind::Chat)
}

/// One thing of the opened chat, kept true; its empty value for what is none. Ask in a component's body.
pub fn fact<T: Default + PartialEq + Send + Sync + 'static>(
    thread: RwSignal<Thread>,
    read: impl Fn(&Chat) -> T + Send + Sync + 'static,
) -> Memo<T> {
    Memo::new(move |_| thread.with(|thread| thread.chat.as_ref().map(&read).unwrap_or_default()))
}

/// Whether somebody sits in a chat now.
pub fn sits(seat: &Seat) -> bool {
    seat.joined_at.is_some() && seat.left_at.is_none()
}

/// Whether an agent sits in a chat now.
pub fn is_in(chat: &Chat, agent: &AgentId) -> bool {
    chat.seats.iter().any(|seat| seat.agent == *agent && sits(seat))
}

/// How many other chats there were with the same contact.
pub fn earlier(others: &[Line]) -> i64 {
    i64::try_from(others.iter().filter(|line| line.kind == Kind::Chat).count()).unwrap_or(i64::MAX)
}

/// The path of a page on its site, without what is asked of it.
pub fn path(address: &str) -> &str {
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
    let path = rest.find('/').map_or("/", |at| &rest[at..]);
    path.split(['?', '#']).next().unwrap_or("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_called_by_its_path() {
        assert_eq!(path("https://shop.example/jackets/linen-navy?size=m#top"), "/jackets/linen-navy");
        assert_eq!((path("https://shop.example"), path("https://shop.example/?a=/b")), ("/", "/"));
    }

    #[test]
    fn who_was_asked_or_left_does_not_sit_there() {
        let now = Some(model::Moment(1));
        let seat = Seat { agent: AgentId::new(), invited_at: now, joined_at: None, left_at: None };
        assert!(!sits(&seat));
        assert!(sits(&Seat { joined_at: now, ..seat.clone() }));
        assert!(!sits(&Seat { joined_at: now, left_at: now, ..seat }));
    }
}
