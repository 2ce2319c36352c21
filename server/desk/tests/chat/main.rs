//! Live chat as stories: who comes in, what is said and to whom it goes, what becomes of it, and who learns nothing.

#[path = "../common/mod.rs"]
mod common;

mod bounds;
mod docs;
mod door;
mod event;
mod flood;
mod forged;
mod gone;
mod letters;
mod settings;
mod story;
mod ticket;
mod trigger;
mod unseen;
mod visit;

use desk::{Agent, Desk};
use mail::compose::Letter;
use model::{ConversationId, thread::Thread};
use sqlx::Row as _;

/// A conversation as an agent sees it.
async fn thread(agent: &Agent, id: &ConversationId) -> Thread {
    agent.open_thread(id.clone()).await.expect("a conversation")
}

/// Letters of a kind in the outbox, in the order they were written; the mail reader has read on.
async fn letters(desk: &Desk, kind: &'static str) -> Vec<Letter> {
    while desk.follow_mail().await.expect("followed") {}
    let rows = sqlx::query("select letter from letter_out where kind = $1 order by created_at, id")
        .bind(kind)
        .fetch_all(desk.db().read())
        .await
        .expect("letters");
    rows.iter().map(|row| serde_json::from_str(row.get(0)).expect("a letter")).collect()
}
