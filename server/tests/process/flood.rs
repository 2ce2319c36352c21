//! What an agent notices of visitors who do as much as they can: the same work, alone and in a flood of requests from many addresses, with
//! the usual limits.

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

use super::{
    Dice, Recado,
    browser::Browser,
    chat::{Person, function},
    cpu::Spent,
    talk::key,
};

/// An agent asks so often in a second.
const RATE: u64 = 10;

/// How long an agent waited for each answer, from the moment they asked.
pub struct Work {
    /// Of the Inbox.
    pub reads: Vec<Duration>,
    /// Of replies in a chat.
    pub replies: Vec<Duration>,
}

/// What came of a flood.
pub struct Flood {
    /// The agent's work before.
    pub alone: Work,
    /// The agent's work in it.
    pub flooded: Work,
    /// Requests of visitors.
    pub asked: u64,
    /// Those that were not refused.
    pub taken: u64,
    /// Processor time of Recado in it, milliseconds a second.
    pub busy: f64,
}

/// An agent works for some seconds alone, and for as many while so many connections ask without a pause.
pub async fn flood(recado: &Recado, connections: u64, seconds: u32) -> Flood {
    let founder = Arc::new(Browser::set_up(recado.http).await);
    let key = key(recado).await;
    let (_, chat, _) = Person::visitor(Browser::at(recado.http, "10.200.0.1"), &key, "Hello").await;
    let alone = work(&founder, &chat, seconds).await;
    let (over, asked, taken) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
    let mut pouring = JoinSet::new();
    for number in 0..connections {
        pouring.spawn(pour(recado.http, key.clone(), number, over.clone(), (asked.clone(), taken.clone())));
    }
    sleep(Duration::from_secs(2)).await;
    let spent = Spent::now(recado.pid(), None);
    let flooded = work(&founder, &chat, seconds).await;
    let busy = spent.each(seconds).0;
    over.store(true, Ordering::SeqCst);
    pouring.abort_all();
    while pouring.join_next().await.is_some() {}
    Flood { alone, flooded, asked: asked.load(Ordering::SeqCst), taken: taken.load(Ordering::SeqCst), busy }
}

/// Reads the Inbox and replies in turn at a steady rate.
async fn work(founder: &Arc<Browser>, chat: &str, seconds: u32) -> Work {
    let view = format!(r#"{{"view":{}}}"#, serde_json::to_string(&model::view::View::default()).expect("a view"));
    let (begun, mut asking) = (Instant::now(), JoinSet::new());
    for number in 0..RATE * u64::from(seconds) {
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
    let mut work = Work { reads: vec![], replies: vec![] };
    while let Some(done) = asking.join_next().await {
        let (replies, waited) = done.expect("an answer");
        if replies { work.replies.push(waited) } else { work.reads.push(waited) }
    }
    work
}

/// Begins chats without a pause, each twenty from another address.
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
