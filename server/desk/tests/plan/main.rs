//! What the databases do for each question the desk asks often: no big table is read from end to end, nothing is sorted but what
//! a page holds or what belongs to one thing. The questions are those the desk really sends, heard while it works.
//! 20,000 conversations: SQLite plans without looking at sizes, and PostgreSQL decides the same from there on (100,000 were tried;
//! `RECADO_TEST_COPIES=50` tries them again).

mod archive;
mod chat;
#[path = "../common/mod.rs"]
mod common;
mod ear;
mod everywhere;
mod organisation;
#[path = "../mail/post.rs"]
#[expect(dead_code, reason = "the stories of mail use all of it")]
mod post;
mod postgres;
mod rule;
mod sight;
mod sqlite;
mod target;
mod views;
mod visit;
mod walk;
mod world;

use common::{Base, Ground};
use desk::Desk;
use ear::Heard;

/// Tables that grow with what happens.
const BIG: [&str; 37] = [
    "conversation",
    "conversation_tag",
    "message",
    "event",
    "participant",
    "read_mark",
    "mail_id",
    "contact",
    "contact_address",
    "contact_word",
    "contact_tag",
    "contact_attribute",
    "contact_sign",
    "contact_twin",
    "contact_merge",
    "contact_merge_part",
    "contact_note",
    "contact_note_word",
    "dead_address",
    "organisation",
    "organisation_domain",
    "letter_out",
    "letter_in",
    "visitor",
    "chat",
    "visit",
    "visit_load",
    "visit_page",
    "visit_word",
    "trigger_run",
    "trigger_due",
    "search_doc",
    "search_word",
    "batch_line",
    "report_fact",
    "report_day",
    "audit",
];

/// What is wrong with the plans of what was heard.
async fn wrongs(ground: &Ground, heard: &[Heard]) -> Vec<String> {
    match ground.base {
        Base::Sqlite => sqlite::wrongs(ground, heard).await,
        Base::Postgres => postgres::wrongs(heard),
    }
}

/// The desk, on connections that tell their plans.
async fn told(ground: &Ground) -> Desk {
    if ground.base == Base::Postgres {
        postgres::tell_plans(ground).await;
    }
    ground.another_desk().await
}

contract!(each_question_reads_no_more_than_it_needs, |ground| async {
    let world = world::make(&ground).await;
    let desk = told(&ground).await;
    let heard = ear::listen(ground.base, Box::pin(walk::everything(&ground, &desk, &world))).await;
    assert!(heard.len() > 300, "only {} statements were heard", heard.len());
    let wrong = wrongs(&ground, &heard).await;
    assert!(wrong.is_empty(), "{} of {} statements:\n\n{}", wrong.len(), heard.len(), wrong.join("\n\n"));

    // and a plan that is bad is seen
    let drop = ["drop index conversation_waiting", "drop index conversation_kind_waiting", "drop index conversation_assignee_waiting"];
    let drops = ground.db().write(move |tx| {
        Box::pin(async move {
            for text in drop {
                sqlx::query(text).execute(tx.conn()).await?;
            }
            Ok(())
        })
    });
    drops.await.unwrap();
    let heard = ear::listen(ground.base, walk::waiting(&desk, &world)).await;
    assert!(!wrongs(&ground, &heard).await.is_empty(), "nothing was wrong without an index");
    desk.close().await;
});
