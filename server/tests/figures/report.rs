//! One report.

use model::report::Report;

use super::{World, call, each};
use crate::process::{Base, browser::Browser};

/// Reports of one figure.
const REPORTS: u32 = 100;

async fn ask(browser: &Browser, period: &str, by: &str) -> Report {
    let json = format!(r#"{{"asked":{{"period":"{period}","by":"{by}"}}}}"#);
    serde_json::from_str(&call(browser, "load_report", &json).await.text).expect("a report")
}

async fn of_conversations(base: Base, count: u32) {
    let world = World::new(base, count - count / 5, count / 5).await;
    let (facts, days) =
        (world.recado.number("select count(*) from report_fact").await, world.recado.number("select count(*) from report_day").await);
    println!("{}, {facts} facts, {days} sums of days", world.name);
    for period in ["7", "30", "90", "366"] {
        for by in ["agent", "department", "tag", "channel"] {
            let cost = world.cost(REPORTS, || async { drop(ask(&world.browser, period, by).await) }).await;
            let fresh = ask(&world.browser, period, by).await.figures.fresh;
            println!("  {cost}  {period} days by {by}: {fresh} new conversations");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "figures of a release build, to be read by people; see main.rs"]
async fn figures() {
    each(of_conversations).await;
}
