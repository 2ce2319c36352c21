//! What an agent notices of visitors who do as much as they can: the same work, alone and in a flood of requests and windows from
//! many addresses, with the usual limits.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use model::{ConversationId, MessageId};
use tokio::{
    task::JoinSet,
    time::{sleep, sleep_until},
};

use crate::{
    Figures, float,
    process::{
        Dice, Recado,
        browser::Browser,
        chat::{Person, function},
        quantile,
        talk::key,
    },
    processor,
};

/// An agent asks so often in a second.
const RATE: u64 = 10;

pub async fn measure(recado: &Recado, connections: u64, seconds: u64) -> Figures {
    let founder = Arc::new(Browser::set_up(recado.http).await);
    let key = key(recado).await;
    let (visitor, chat, _) = Person::visitor(Browser::at(recado.http, "10.200.0.1"), &key, "Hello").await;
    let mut alone = work(&founder, &chat, seconds).await;
    let (over, asked, taken) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
    let mut flood = JoinSet::new();
    for number in 0..connections {
        flood.spawn(pour(recado.http, key.clone(), number, over.clone(), (asked.clone(), taken.clone())));
    }
    sleep(Duration::from_secs(2)).await;
    let before = processor(recado);
    let mut flooded = work(&founder, &chat, seconds).await;
    let busy = (processor(recado) - before) / float(usize::try_from(seconds).unwrap_or(1)) / 10.0;
    over.store(true, Ordering::SeqCst);
    flood.abort_all();
    while flood.join_next().await.is_some() {}
    drop(visitor);
    let millis = |waits: &mut [Duration], share| quantile(waits, share).as_secs_f64() * 1e3;
    let count = |number: &AtomicU64| float(usize::try_from(number.load(Ordering::SeqCst)).unwrap_or(0));
    Figures(
        "flood",
        vec![
            ("agent's reads alone ms p50", millis(&mut alone.0, 0.5)),
            ("agent's reads alone ms p99", millis(&mut alone.0, 0.99)),
            ("agent's replies alone ms p50", millis(&mut alone.1, 0.5)),
            ("agent's replies alone ms p99", millis(&mut alone.1, 0.99)),
            ("agent's reads in the flood ms p50", millis(&mut flooded.0, 0.5)),
            ("agent's reads in the flood ms p99", millis(&mut flooded.0, 0.99)),
            ("agent's replies in the flood ms p50", millis(&mut flooded.1, 0.5)),
            ("agent's replies in the flood ms p99", millis(&mut flooded.1, 0.99)),
            ("visitors' requests", count(&asked)),
            ("of them taken", count(&taken)),
            ("server CPU % of one core in the flood", busy),
        ],
    )
}

/// Reads the Inbox and replies in turn at a steady rate; gives how long each took from its moment.
async fn work(founder: &Arc<Browser>, chat: &str, seconds: u64) -> (Vec<Duration>, Vec<Duration>) {
    let view = format!(r#"{{"view":{}}}"#, serde_json::to_string(&model::view::View::default()).expect("a view"));
    let (begun, mut asking) = (Instant::now(), JoinSet::new());
    for number in 0..RATE * seconds {
        let at = begun + Duration::from_micros(number * 1_000_000 / RATE);
        sleep_until(at.into()).await;
        let (founder, chat, view) = (founder.clone(), chat.to_owned(), view.clone());
        asking.spawn(async move {
            let replies = number % 2 == 1;
            let answer = if replies {
                let id = MessageId::new().to_string();
                let fields = [("conversation", chat.as_str()), ("form[id]", &id), ("form[text]", "On its way"), ("form[status]", "")];
                founder.send(function("send_reply"), &fields).await
            } else {
                founder.call(function("list_inbox"), &view).await
            };
            let answer = answer.expect("an answer");
            assert_eq!(answer.status, 200, "{}", answer.text);
            (replies, at.elapsed())
        });
    }
    let (mut reads, mut writes) = (vec![], vec![]);
    while let Some(done) = asking.join_next().await {
        let (replies, waited) = done.expect("an answer");
        if replies { writes.push(waited) } else { reads.push(waited) }
    }
    (reads, writes)
}

/// Asks without a pause, each time from another address: begins chats, asks for the script and the page.
async fn pour(port: u16, key: String, number: u64, over: Arc<AtomicBool>, (asked, taken): (Arc<AtomicU64>, Arc<AtomicU64>)) {
    let mut dice = Dice::new(number);
    while !over.load(Ordering::SeqCst) {
        let address = format!("10.{}.{}.{}", number % 200, dice.roll(0, 255), dice.roll(1, 250));
        let browser = Browser::at(port, &address);
        for _ in 0..20 {
            let (chat, message) = (ConversationId::new().to_string(), MessageId::new().to_string());
            let fields = [
                ("at[key]", key.as_str()),
                ("at[lang]", "en"),
                ("form[id]", &chat),
                ("form[said][id]", &message),
                ("form[said][text]", "Buy now"),
            ];
            let answer = browser.send(function("begin_chat"), &fields).await;
            asked.fetch_add(1, Ordering::SeqCst);
            taken.fetch_add(u64::from(answer.is_ok_and(|answer| answer.status == 200)), Ordering::SeqCst);
        }
    }
}
