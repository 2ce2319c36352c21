//! Words at a steady rate: each is sent at its moment, whether earlier ones arrived or not, and its wait counts from that moment.

use std::{
    collections::HashMap,
    sync::atomic::Ordering,
    time::{Duration, Instant},
};

use model::MessageId;
use tokio::{
    task::JoinSet,
    time::{sleep, sleep_until},
};

use crate::{
    Figures, Spent, float,
    process::{
        Dice, Recado, quantile,
        talk::{Plan, Talk},
    },
};

/// Longest wait until everything was seen.
const SEEN: Duration = Duration::from_secs(20);

pub async fn measure(recado: &Recado, database: Option<u32>, (sockets, rate, seconds): (u64, u64, u64)) -> Figures {
    let plan = Plan { port: recado.http, chats: sockets, agents: 4, pause: None, back: 500 };
    let talk = Talk::begin(recado, plan).await;
    while !talk.windows.iter().all(|(_, seen)| seen.open.load(Ordering::SeqCst)) {
        sleep(Duration::from_millis(20)).await;
    }
    sleep(Duration::from_secs(2)).await;
    let memory = (recado.memory("VmRSS") - talk.memory) * 1024.0 / float(talk.windows.len());
    let (before, begun) = (Spent::now(recado, database), Instant::now());
    let (mut senders, mut due) = (JoinSet::new(), HashMap::new());
    for number in 0..rate * seconds {
        let at = begun + Duration::from_micros(number * 1_000_000 / rate);
        sleep_until(at.into()).await;
        let which = usize::try_from(number / 2).unwrap_or(0) % talk.windows.len();
        let person = if number % 2 == 0 { &talk.visitors[which] } else { &talk.agents[which % talk.agents.len()] };
        let (person, chat, id) = (person.clone(), talk.windows[which].0.clone(), MessageId::new().to_string());
        due.insert(id.clone(), (at, number % 2 == 0));
        senders.spawn(async move {
            person.insist(&chat, &id, "Is it on its way?", &mut Dice::new(number)).await;
            at.elapsed()
        });
    }
    let mut acknowledged = vec![];
    while let Some(waited) = senders.join_next().await {
        acknowledged.push(waited.expect("a sender"));
    }
    let lasted = begun.elapsed();
    let cost = Spent::now(recado, database).each(before, due.len());
    let mut seen = seen_after(&talk, &due).await;
    let millis = |wait: Duration| wait.as_secs_f64() * 1e3;
    Figures(
        "chat",
        vec![
            ("windows open", float(talk.windows.len())),
            ("messages", float(due.len())),
            ("messages a second", float(due.len()) / lasted.as_secs_f64()),
            ("missed", float(due.len() - seen.len())),
            ("sent to acknowledged ms p50", millis(quantile(&mut acknowledged, 0.5))),
            ("sent to acknowledged ms p99", millis(quantile(&mut acknowledged, 0.99))),
            ("sent to seen ms p50", millis(quantile(&mut seen, 0.5))),
            ("sent to seen ms p99", millis(quantile(&mut seen, 0.99))),
            ("sent to seen ms most", millis(quantile(&mut seen, 1.0))),
            ("server CPU ms per message", cost.server),
            ("PostgreSQL's CPU ms per message", cost.database),
            ("clients' CPU ms per message", cost.clients),
            ("server memory KiB per window", memory),
        ],
    )
}

/// How long after its moment each message was seen at the other side: those of visitors by the first agent, those of agents in the window.
async fn seen_after(talk: &Talk, due: &HashMap<String, (Instant, bool)>) -> Vec<Duration> {
    let begun = Instant::now();
    loop {
        let mut seen = vec![];
        for (lines, of_visitor) in [(vec![&talk.tabs[0]], true), (talk.windows.iter().map(|(_, seen)| seen).collect(), false)] {
            for line in lines {
                let order = line.order();
                let theirs = order.values().flatten().filter_map(|(id, at)| due.get(id).map(|(due, by)| (at, due, *by)));
                seen.extend(theirs.filter(|(_, _, by)| *by == of_visitor).map(|(at, due, _)| at.saturating_duration_since(*due)));
            }
        }
        if seen.len() >= due.len() || begun.elapsed() > SEEN {
            return seen;
        }
        sleep(Duration::from_millis(100)).await;
    }
}
