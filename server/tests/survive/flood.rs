//! A flood of visitors does no harm to agents: what an agent waits for in it, beside what they waited for just before.

use std::time::Duration;

use crate::process::{
    Base, Recado, at_most,
    flood::{Work, flood},
    quantile,
    talk::unlimited,
};

/// Visitors' connections that ask without a pause.
const CONNECTIONS: u32 = 32;
/// How long an agent works, each time, in seconds.
const SECONDS: u32 = 8;
/// How many times as long an agent may wait in the flood, half of the time, and the slowest of a hundred times: in a release build (2 and
/// 5 of replies on SQLite). Any build, beside whatever, serves each of the connections twice before at most: a debug one came to 29.
const TIMES: [(f64, f64); 2] = [(0.5, 8.0), (0.99, 12.0)];
/// Below this nobody notices, in milliseconds; a wait of a millisecond may well become one of ten.
const UNNOTICED: f64 = 50.0;

async fn visitors_do_no_harm(base: Base) {
    let [_, proxies] = unlimited();
    let recado = Recado::started(base, &[proxies]).await;
    let mut flood = flood(&recado, CONNECTIONS.into(), SECONDS).await;
    let agents = u64::try_from(flood.flooded.reads.len() + flood.flooded.replies.len()).unwrap_or(0);
    println!(
        "flood {base:?}: {} requests of visitors, {} taken, {} of an agent; {:.0} ms of the processor a second",
        flood.asked, flood.taken, agents, flood.busy
    );
    assert!(flood.asked > agents, "it was no flood");
    #[expect(clippy::cast_precision_loss, reason = "a share")]
    let taken = 100.0 * flood.taken as f64 / flood.asked as f64;
    // a debug build beside other tests is too slow to be asked for more than it lets in
    at_most("of a hundred requests of visitors, let in", taken, 50.0);
    for (share, times) in TIMES {
        for (what, of) in [("reads", reads as fn(&mut Work) -> &mut [Duration]), ("replies", replies)] {
            let millis = |waits: &mut [Duration]| quantile(waits, share).as_secs_f64() * 1e3;
            let (alone, flooded) = (millis(of(&mut flood.alone)), millis(of(&mut flood.flooded)));
            println!("  {what}, {share}: {alone:.1} ms alone, {flooded:.1} in the flood");
            at_most(&format!("{what} of an agent in the flood, ms, {share}"), flooded, (times * alone).max(UNNOTICED));
            let most = (f64::from(2 * CONNECTIONS) * alone).max(UNNOTICED);
            assert!(share > 0.5 || flooded <= most, "{what} of an agent: {flooded:.1} ms in the flood, {alone:.1} alone");
        }
    }
    assert!(recado.faults().is_empty(), "{:#?}", recado.faults());
}

fn reads(work: &mut Work) -> &mut [Duration] {
    &mut work.reads
}

fn replies(work: &mut Work) -> &mut [Duration] {
    &mut work.replies
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_of_visitors_does_agents_no_harm_on_sqlite() {
    visitors_do_no_harm(Base::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_of_visitors_does_agents_no_harm_on_postgres() {
    visitors_do_no_harm(Base::Postgres).await;
}
