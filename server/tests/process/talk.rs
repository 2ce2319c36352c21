//! Chats between visitors and agents that go on while something breaks, and what both sides have to have seen when all is over: what was
//! acknowledged is there, once; nothing else is; and both sides saw the same in the same order.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use model::MessageId;
use sqlx::Row as _;
use tokio::{task::JoinSet, time::sleep};

use super::{
    Dice, Recado,
    browser::Browser,
    chat::{Person, Seen},
    quantile,
};

/// Longest wait until everybody has seen everything.
const SEEN: Duration = Duration::from_mins(1);
/// Settings of a Recado whose visitors may do as much as they like.
pub fn unlimited() -> [(&'static str, String); 2] {
    [("RECADO_VISITORS_LIMITS", "0".to_owned()), ("RECADO_HTTP_TRUSTED_PROXIES", "127.0.0.1/32".to_owned())]
}

/// What those who write know: only ever added to.
#[derive(Default)]
pub struct Record {
    /// Messages sent at least once, with when and in which chat.
    pub sent: HashMap<String, (Instant, String)>,
    /// Those that were acknowledged, and when.
    pub acknowledged: HashMap<String, Instant>,
    /// Of each person, in the order they wrote.
    pub written: BTreeMap<u64, Vec<String>>,
    pub again: usize,
}

/// Chats, with everybody who writes and follows.
pub struct Talk {
    pub record: Arc<Mutex<Record>>,
    /// Each chat, and what its visitor saw.
    pub windows: Vec<(String, Arc<Seen>)>,
    /// What each agent's tab saw.
    pub tabs: Vec<Arc<Seen>>,
    /// The agents.
    pub agents: Vec<Person>,
    /// The visitor of each chat.
    pub visitors: Vec<Person>,
    /// Memory of the process before the lines were opened, in MiB.
    pub memory: f64,
    ending: Arc<AtomicBool>,
    writers: JoinSet<()>,
    followers: JoinSet<()>,
    begun: Instant,
}

/// The widget's key, as its admin page shows it.
pub async fn key(recado: &Recado) -> String {
    recado.rows("select key from widget").await[0].get(0)
}

/// How a talk goes.
pub struct Plan {
    /// Where everybody is reached once all has begun.
    pub port: u16,
    pub chats: u64,
    pub agents: u64,
    /// How long each person waits between two words, in milliseconds; none when nobody writes by themselves.
    pub pause: Option<(u64, u64)>,
    /// How long a line that broke waits at most before it is opened again, in milliseconds.
    pub back: u64,
}

impl Talk {
    /// Begins.
    pub async fn begin(recado: &Recado, plan: Plan) -> Self {
        let founder = Browser::set_up(recado.http).await;
        let key = key(recado).await;
        let mut talk = Self {
            record: Arc::default(),
            windows: vec![],
            tabs: vec![],
            agents: vec![],
            visitors: vec![],
            memory: 0.0,
            ending: Arc::default(),
            writers: JoinSet::new(),
            followers: JoinSet::new(),
            begun: Instant::now(),
        };
        let mut people = vec![Person::agent(founder)];
        for _ in 1..plan.agents {
            people.push(Person::agent(Browser::sign_in(recado.http).await));
        }
        // before there is anything to see: from further back than a tab is told it would have to load all anew
        for (which, agent) in (0..).zip(&people) {
            let seen = Seen::from(0);
            talk.tabs.push(seen.clone());
            talk.followers.spawn(agent.by(plan.port).follow(seen, plan.back, which));
        }
        for number in 0..plan.chats {
            let address = format!("10.{}.{}.{}", number >> 16 & 255, number >> 8 & 255, number & 255);
            let (visitor, chat, first) = Person::visitor(Browser::at(recado.http, &address), &key, "0").await;
            let (mut record, now) = (talk.record.lock().unwrap_or_else(PoisonError::into_inner), Instant::now());
            record.sent.insert(first.clone(), (now, chat.clone()));
            record.acknowledged.insert(first.clone(), now);
            record.written.insert(2 * number, vec![first]);
            drop(record);
            talk.visitors.push(visitor.by(plan.port));
            talk.windows.push((chat, Seen::from(0)));
        }
        talk.memory = recado.memory("VmRSS");
        for (number, (visitor, (chat, seen))) in (0..).zip(talk.visitors.iter().zip(&talk.windows)) {
            talk.followers.spawn(visitor.clone().follow(seen.clone(), plan.back, 1_000 + number));
            let agent = &people[usize::try_from(number % plan.agents).unwrap_or(0)];
            let Some(pause) = plan.pause else { continue };
            for (writer, person) in [(2 * number, visitor.clone()), (2 * number + 1, agent.by(plan.port))] {
                talk.writers.spawn(write(person, writer, chat.clone(), pause, talk.record.clone(), talk.ending.clone()));
            }
        }
        talk.begun = Instant::now();
        talk.agents = people.iter().map(|agent| agent.by(plan.port)).collect();
        talk
    }

    /// An agent says something in a chat.
    pub async fn say(&self, which: usize, text: &str, dice: &mut Dice) {
        let ((chat, _), id) = (&self.windows[which], MessageId::new().to_string());
        let hold = || self.record.lock().unwrap_or_else(PoisonError::into_inner);
        hold().sent.insert(id.clone(), (Instant::now(), chat.clone()));
        let again = self.agents[0].insist(chat, &id, text, dice).await;
        let mut record = hold();
        record.again += again;
        record.acknowledged.insert(id, Instant::now());
    }

    /// Lets everybody finish what they have begun; comes back when all has been seen by both sides, or is late.
    pub async fn end(&mut self) -> Duration {
        self.ending.store(true, Ordering::SeqCst);
        while let Some(ended) = self.writers.join_next().await {
            ended.expect("nobody gives up");
        }
        let lasted = self.begun.elapsed();
        let wanted = self.record.lock().unwrap_or_else(PoisonError::into_inner).acknowledged.len();
        let waiting = Instant::now();
        let all = || {
            self.windows.iter().map(|(_, seen)| seen.count()).sum::<usize>() >= wanted
                && self.tabs.iter().all(|seen| seen.count() >= wanted)
        };
        while !all() && waiting.elapsed() < SEEN {
            sleep(Duration::from_millis(50)).await;
        }
        self.followers.abort_all();
        while let Some(ended) = self.followers.join_next().await {
            // one that saw a number twice panicked
            assert!(ended.is_ok() || ended.is_err_and(|error| error.is_cancelled()), "a line told something twice, or out of order");
        }
        lasted
    }

    /// Compares what was sent, acknowledged, stored and seen.
    pub async fn judge(&self, name: &str, recado: &Recado, lasted: Duration) {
        let record = std::mem::take(&mut *self.record.lock().unwrap_or_else(PoisonError::into_inner));
        let mut stored: HashMap<String, Vec<String>> = HashMap::new();
        for row in recado.rows("select id, conversation from message where kind = 'said' order by seq, place").await {
            stored.entry(row.get("conversation")).or_default().push(row.get("id"));
        }
        let there: BTreeSet<&String> = stored.values().flatten().collect();
        let lost = record.acknowledged.keys().filter(|id| !there.contains(id)).count();
        let strange = there.iter().filter(|id| !record.sent.contains_key(**id)).count();
        let doubled = stored.values().map(Vec::len).sum::<usize>() - there.len();
        let (mut missed, mut other_order, mut latencies) = (0, 0, vec![]);
        let lines = self
            .windows
            .iter()
            .map(|(chat, seen)| (chat, seen))
            .chain(self.windows.iter().flat_map(|(chat, _)| self.tabs.iter().map(move |seen| (chat, seen))));
        for (chat, seen) in lines {
            let order = seen.order();
            let brought = order.get(chat).map(Vec::as_slice).unwrap_or_default();
            let ids: Vec<&String> = brought.iter().map(|(id, _)| id).collect();
            let wanted: Vec<&String> = stored.get(chat).into_iter().flatten().collect();
            missed += wanted.iter().filter(|id| !ids.contains(id)).count();
            other_order += usize::from(ids != wanted);
            latencies.extend(brought.iter().filter_map(|(id, at)| Some(at.saturating_duration_since(record.sent.get(id)?.0))));
        }
        let place: HashMap<&String, usize> =
            stored.values().flat_map(|ids| ids.iter().enumerate().map(|(place, id)| (id, place))).collect();
        let misordered = record.written.values().filter(|own| !own.is_sorted_by_key(|id| place.get(id))).count();
        #[expect(clippy::cast_precision_loss, reason = "a figure for people")]
        let rate = record.acknowledged.len() as f64 / lasted.as_secs_f64();
        println!(
            "{name} {:?}: {} chats, {} messages acknowledged in {:.0} s ({rate:.0}/s), sent again {}, lines opened {}; lost {lost}, doubled {doubled}, strange {strange}, \
             missed {missed}, other orders {other_order}, misordered {misordered}; sent to seen p50 {:.0} ms p99 {:.0} ms",
            recado.base,
            self.windows.len(),
            record.acknowledged.len(),
            lasted.as_secs_f64(),
            record.again,
            self.windows.iter().map(|(_, seen)| seen).chain(&self.tabs).map(|seen| seen.opened.load(Ordering::SeqCst)).sum::<usize>(),
            quantile(&mut latencies, 0.5).as_secs_f64() * 1e3,
            quantile(&mut latencies, 0.99).as_secs_f64() * 1e3,
        );
        assert_eq!(record.acknowledged.len(), record.sent.len(), "each was sent until it was acknowledged");
        assert_eq!((lost, doubled, strange), (0, 0, 0), "lost, doubled, strange");
        assert_eq!((missed, other_order, misordered), (0, 0, 0), "missed, seen in another order, out of their writer's order");
        assert!(recado.faults().is_empty(), "{:#?}", recado.faults());
    }
}

/// Writes message after message; each until it is acknowledged.
async fn write(person: Person, writer: u64, chat: String, (least, most): (u64, u64), record: Arc<Mutex<Record>>, ending: Arc<AtomicBool>) {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    let mut dice = Dice::new(8_000_000 + writer);
    while !ending.load(Ordering::SeqCst) {
        let (id, text) = (MessageId::new().to_string(), format!("word {}", NEXT.fetch_add(1, Ordering::SeqCst)));
        {
            let mut record = record.lock().unwrap_or_else(PoisonError::into_inner);
            record.sent.insert(id.clone(), (Instant::now(), chat.clone()));
            record.written.entry(writer).or_default().push(id.clone());
        }
        let again = person.insist(&chat, &id, &text, &mut dice).await;
        {
            let mut record = record.lock().unwrap_or_else(PoisonError::into_inner);
            record.again += again;
            record.acknowledged.insert(id, Instant::now());
        }
        sleep(dice.millis(least, most)).await;
    }
}
