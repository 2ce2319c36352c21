//! Search: what is found and what is not, in which order, what is marked, and what hostile questions do.

#[path = "../common/mod.rs"]
mod common;

mod file;
mod find;
mod hostile;
mod note;
mod sieve;
mod vanish;

use common::Ground;
use desk::Agent;
use model::{
    moment::SECOND,
    search::{Asked, Found, Order, Piece},
    ticket::TicketForm,
};

/// Lets every word that was said be found.
pub(crate) async fn settle(ground: &Ground) {
    for _ in 0..2 {
        while ground.follow_search().await.expect("followed") {}
        // a long document waits a while
        ground.clock.pass(10 * SECOND);
    }
    while ground.follow_search().await.expect("followed") {}
}

/// What is found, best first.
pub(crate) async fn search(agent: &Agent, text: &str) -> Found {
    agent.search(Asked::new(text)).await.expect("an answer")
}

/// Subjects of the conversations that are found, best first.
pub(crate) async fn subjects(agent: &Agent, text: &str) -> Vec<String> {
    search(agent, text).await.hits.into_iter().map(|hit| hit.line.subject).collect()
}

/// The same, sorted.
pub(crate) async fn sorted(agent: &Agent, text: &str) -> Vec<String> {
    let mut all = subjects(agent, text).await;
    all.sort();
    all
}

/// The same, newest first.
pub(crate) async fn newest(agent: &Agent, text: &str) -> Vec<String> {
    let asked = Asked { order: Order::Newest, ..Asked::new(text) };
    agent.search(asked).await.expect("an answer").hits.into_iter().map(|hit| hit.line.subject).collect()
}

/// Pieces with their hits in brackets.
pub(crate) fn told(pieces: &[Piece]) -> String {
    pieces.iter().map(|piece| if piece.hit { format!("[{}]", piece.text) } else { piece.text.clone() }).collect()
}

/// A ticket for somebody.
pub(crate) async fn ticket(by: &Agent, (name, email): (&str, &str), subject: &str, text: &str, tags: &str) -> model::ConversationId {
    let form = TicketForm {
        name: name.into(),
        email: email.into(),
        subject: subject.into(),
        text: text.into(),
        tags: tags.into(),
        assignee: "nobody".into(),
        ..TicketForm::default()
    };
    by.open_ticket(form.check().expect("a good form")).await.expect("a ticket")
}
