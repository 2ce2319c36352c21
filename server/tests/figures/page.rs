//! Memory, start, and the pages that agents open all day.

use std::time::Duration;

use sqlx::Row as _;

use super::{World, answered, call, each};
use crate::process::{Base, Recado, quantile};

/// Requests of one figure.
const REQUESTS: u32 = 500;

async fn of_tickets(base: Base, tickets: u32) {
    let mut world = World::new(base, tickets, 0).await;
    let mut starts = vec![];
    for _ in 0..5 {
        world.recado.kill().await;
        starts.push(world.recado.start().await);
    }
    // of six messages in each world, so that pages of the same size are compared
    let six = "select c.id from conversation c where c.folder = 'inbox' and c.kind = 'ticket' \
               and (select count(*) from message m where m.property = c.property and m.conversation = c.id) = 6 order by c.last_at desc limit 1";
    let rows = world.recado.rows(six).await;
    let id: &str = rows.first().expect("a ticket").get("id");
    let (page, asked) = (format!("/inbox/{id}"), format!(r#"{{"conversation":"{id}"}}"#));
    let view = format!(r#"{{"view":{}}}"#, serde_json::to_string(&model::view::View::default()).expect("a view"));
    println!(
        "{}: start {:.0} ms (median of 5), memory {:.0} MiB afterwards",
        world.name,
        quantile(&mut starts, 0.5).as_secs_f64() * 1e3,
        world.recado.memory("VmRSS")
    );
    for (name, path) in [("the Inbox", "/inbox"), ("a ticket's page", page.as_str())] {
        let get = || async { drop(answered(path, world.browser.get(path).await.expect("an answer"))) };
        println!("  {}  {name}", world.cost(REQUESTS, get).await);
    }
    for (name, json) in [("list_inbox", &view), ("open_conversation", &asked)] {
        println!("  {}  {name}", world.cost(REQUESTS, || async { drop(call(&world.browser, name, json).await) }).await);
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "figures of a release build, to be read by people; see main.rs"]
async fn figures() {
    let recado = Recado::started(Base::Sqlite, &[]).await;
    let fresh = recado.memory("VmRSS");
    tokio::time::sleep(Duration::from_secs(10)).await;
    println!("fresh SQLite database: {fresh:.1} MiB after the start, {:.1} MiB after 10 idle seconds", recado.memory("VmRSS"));
    drop(recado);
    each(of_tickets).await;
}
