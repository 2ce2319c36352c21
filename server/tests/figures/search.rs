//! One search, of the dialog and of the page.

use model::search::{Asked, Found};

use super::{World, call, each};
use crate::process::{Base, browser::Browser};

/// Searches of one figure.
const SEARCHES: u32 = 200;

async fn ask(browser: &Browser, text: &str, brief: bool) -> Found {
    let json = format!(r#"{{"asked":{}}}"#, serde_json::to_string(&Asked { brief, ..Asked::new(text) }).expect("JSON"));
    serde_json::from_str(&call(browser, "search_for", &json).await.text).expect("what was found")
}

async fn of_tickets(base: Base, tickets: u32) {
    let world = World::new(base, tickets, 0).await;
    println!("{}, {} messages", world.name, world.recado.number("select count(*) from message").await);
    for (name, text) in [
        ("a rare word", "zirbelkiefer"),
        ("a common word", "order"),
        ("two common words", "order hello"),
        ("a quotation", "\"two weeks ago\""),
        ("the beginning of a word", "deliv"),
        ("the beginning of many", "re"),
        ("a number", "#997"),
        ("an operator with a common word", "order assignee:me"),
        ("a rare operator with a common word", "order tag:vip priority:highest"),
        ("an operator with a rare word", "walnut status:open"),
        ("operators alone", "status:open assignee:me"),
        ("operators that no index has", "-tag:refund has:attachment after:2020-01-01"),
        ("a customer", "from:ana status:solved"),
        ("nothing", "wordthatnobodysaid"),
    ] {
        for brief in [true, false] {
            let cost = world.cost(SEARCHES, || async { drop(ask(&world.browser, text, brief).await) }).await;
            let found = ask(&world.browser, text, brief).await;
            let (shown, total) = (found.hits.len(), found.total);
            println!("  {cost}  {name}: {text:?} ({shown} of {total}{})", if found.bounded { "+" } else { "" });
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "figures of a release build, to be read by people; see main.rs"]
async fn figures() {
    each(of_tickets).await;
}
