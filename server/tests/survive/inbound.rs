//! T-03: mail servers deliver on several lines and send again what got no 250, while Recado is killed; some hang up before it.
//! Everything answered with 250 is in a ticket exactly once, whole; nothing is there that nobody sent.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use sqlx::Row as _;
use tokio::{task::JoinSet, time::sleep};

use crate::{
    Kills, kills, pause,
    process::{
        Base, Dice, Recado,
        browser::Browser,
        mail::{Mail, token},
        quantile, reached,
        wire::Wire,
    },
};

/// Lines at once.
const PEERS: u64 = 6;
/// So many of a hundred mails are sent a first time without waiting for the 250.
const IMPATIENT: u64 = 5;
/// Longest wait until all is filed: what a killed reader held comes back after its lease of a minute.
const FILED: Duration = Duration::from_mins(4);

/// What the peers know: only ever added to.
#[derive(Default)]
struct Record {
    /// Tokens that were sent at least in part, with the size of their file.
    sent: BTreeMap<String, Option<usize>>,
    /// Tokens that were answered with 250, and when.
    acknowledged: BTreeMap<String, Instant>,
    bytes: usize,
    /// Times a mail had to be sent again.
    again: usize,
    /// From the final dot to the 250.
    waits: Vec<Duration>,
}

/// A stream of mails.
#[derive(Clone)]
struct Stream {
    port: u16,
    to: Arc<str>,
    next: Arc<AtomicU64>,
    ending: Arc<AtomicBool>,
    record: Arc<Mutex<Record>>,
}

impl Stream {
    /// Delivers mail after mail; each until it is taken.
    async fn deliver(self, peer: u64) {
        let (mut wire, mut dice) = (None, Dice::new(2_000_000 + peer));
        while !self.ending.load(Ordering::SeqCst) {
            let mail = Mail::of(self.next.fetch_add(1, Ordering::SeqCst));
            self.record.lock().unwrap().sent.insert(mail.token.clone(), mail.file);
            if dice.roll(1, 100) <= IMPATIENT
                && let Some(line) = wire.take()
            {
                let _ = Wire::abandon(line, "person@peer.example", &self.to, &mail.raw).await;
            }
            while !self.once(&mut wire, &mail).await {
                wire = None;
                self.record.lock().unwrap().again += 1;
                sleep(dice.millis(20, 120)).await;
            }
            sleep(dice.millis(20, 200)).await;
        }
    }

    async fn once(&self, wire: &mut Option<Wire>, mail: &Mail) -> bool {
        let line = match wire {
            Some(line) => line,
            None => match Wire::open(self.port).await {
                Ok(opened) => wire.insert(opened),
                Err(_) => return false,
            },
        };
        let Ok(waited) = line.send("person@peer.example", &self.to, &mail.raw).await else { return false };
        let mut record = self.record.lock().unwrap();
        record.acknowledged.insert(mail.token.clone(), Instant::now());
        record.bytes += mail.raw.len();
        record.waits.push(waited);
        true
    }
}

async fn mails_survive(base: Base) {
    let mut recado = Recado::started(base, &[]).await;
    let to = Browser::set_up(recado.http).await.forwarding().await;
    let stream = Stream { port: recado.smtp, to: to.into(), next: Arc::default(), ending: Arc::default(), record: Arc::default() };
    let (begun, mut peers) = (Instant::now(), JoinSet::new());
    for peer in 0..PEERS {
        peers.spawn(stream.clone().deliver(peer));
    }
    let (mut done, mut dice) = (Kills::default(), Dice::new(3_000_000));
    for _ in 0..kills() {
        pause(&mut dice, 300, 2_500).await;
        done.one(&mut recado).await;
    }
    pause(&mut dice, 500, 1_000).await;
    stream.ending.store(true, Ordering::SeqCst);
    while let Some(ended) = peers.join_next().await {
        ended.expect("no peer gives up");
    }
    let streamed = begun.elapsed();
    recado.until_none("select count(*) from letter_in where status = 'new'", FILED).await;
    let record = std::mem::take(&mut *stream.record.lock().unwrap());
    judge(&recado, record, &done, streamed).await;
}

/// What is there, by token: tickets, and the size of the file.
async fn stored(recado: &Recado) -> BTreeMap<String, Vec<(String, Option<i64>)>> {
    let mut stored: BTreeMap<String, Vec<(String, Option<i64>)>> = BTreeMap::new();
    let query = "select m.body, m.conversation, (select max(a.size) from attachment a where a.property = m.property and a.message = m.id) as file from message m where m.kind = 'said'";
    for row in recado.rows(query).await {
        let known = token(row.get("body")).unwrap_or("nobody's").to_owned();
        stored.entry(known).or_default().push((row.get("conversation"), row.get("file")));
    }
    stored
}

async fn judge(recado: &Recado, mut record: Record, done: &Kills, streamed: Duration) {
    let stored = stored(recado).await;
    let sent: BTreeSet<&String> = record.sent.keys().collect();
    let lost: Vec<&String> = record.acknowledged.keys().filter(|token| !stored.contains_key(*token)).collect();
    let doubled: Vec<&String> = stored.iter().filter(|(_, places)| places.len() != 1).map(|(token, _)| token).collect();
    let strange: Vec<&String> = stored.keys().filter(|token| !sent.contains(token)).collect();
    let file = |token: &String| record.sent.get(token).copied().flatten().map(|size| i64::try_from(size).unwrap_or(i64::MAX));
    let broken: Vec<&String> =
        stored.iter().filter(|(token, places)| places.iter().any(|(_, size)| *size != file(token))).map(|(token, _)| token).collect();
    let tickets: BTreeSet<&String> = stored.values().flatten().map(|(ticket, _)| ticket).collect();
    let failed = recado.number("select count(*) from letter_in where status = 'failed'").await;
    let copies = recado.number("select count(*) from letter_in where status = 'logged'").await;
    let times: Vec<Instant> = record.acknowledged.values().copied().collect();
    #[expect(clippy::cast_precision_loss, reason = "a figure for people")]
    let rate = (times.len() as f64 / streamed.as_secs_f64(), record.bytes as f64 / 1e6);
    println!(
        "T-03 {:?}: {} kills, {} mails ({:.1} MB) answered with 250 in {:.0} s ({:.0}/s), sent again {}, copies recognised {copies}, failed {failed}, lost {}, doubled {}; \
         restart p95 {:.2} s, kill to first 250 p95 {:.2} s, final dot to 250 p50 {:.0} ms p99 {:.0} ms",
        recado.base,
        done.at.len(),
        times.len(),
        rate.1,
        streamed.as_secs_f64(),
        rate.0,
        record.again,
        lost.len(),
        doubled.len(),
        quantile(&mut done.starts.clone(), 0.95).as_secs_f64(),
        quantile(&mut done.until_first(&times), 0.95).as_secs_f64(),
        quantile(&mut record.waits, 0.5).as_secs_f64() * 1e3,
        quantile(&mut record.waits, 0.99).as_secs_f64() * 1e3,
    );
    let waited = quantile(&mut record.waits, 0.99);
    reached("T-03: from the final dot to 250, p99", waited, Duration::from_millis(100));
    assert!(times.len() > 20 * done.at.len().min(5), "hardly anything was sent");
    assert_eq!(record.acknowledged.len(), record.sent.len(), "each was sent until it was taken");
    assert_eq!((&lost, &doubled, &strange, &broken), (&vec![], &vec![], &vec![], &vec![]), "lost, doubled, strange, broken");
    assert_eq!(tickets.len(), stored.len(), "each mail has a ticket of its own");
    assert_eq!(failed, 0, "none failed");
    assert!(recado.faults().is_empty(), "{:#?}", recado.faults());
}

#[tokio::test(flavor = "multi_thread")]
async fn mails_answered_with_250_survive_kill_9_on_sqlite() {
    mails_survive(Base::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn mails_answered_with_250_survive_kill_9_on_postgres() {
    mails_survive(Base::Postgres).await;
}
