//! How agents notice: what they choose, the browsers that are told, and who is owed a push, by what, and once.

#[path = "../common/mod.rs"]
mod common;

mod owed;
mod settings;

use common::Ground;
use desk::{Agent, notify::outbox::DuePush};
use model::{PushId, moment::MINUTE, notify::PushForm};

/// A browser of an agent's session is told from now on.
async fn listen(agent: &Agent, name: &str) -> PushId {
    let form = PushForm { endpoint: format!("https://push.example/{name}"), p256dh: "B".repeat(87), auth: "a".repeat(22) };
    agent.subscribe_push(form.check().expect("a good form")).await.expect("subscribed")
}

/// What is due once the reader has read on and a minute has passed, by browser and then tag.
async fn due(ground: &Ground) -> Vec<DuePush> {
    while ground.follow_push().await.expect("followed") {}
    ground.clock.pass(MINUTE);
    let mut due = ground.take_pushes(100).await.expect("taken");
    due.sort_by(|a, b| (&a.endpoint, &a.note.tag).cmp(&(&b.endpoint, &b.note.tag)));
    due
}

fn endpoints(due: &[DuePush]) -> Vec<&str> {
    due.iter().map(|push| push.endpoint.trim_start_matches("https://push.example/")).collect()
}
