//! T-04: agents answer tickets and send again what was not acknowledged, while Recado is killed, every second time between a letter's
//! final dot and its 250. Each reply is there once, each letter arrived; copies only from that gap, with the same Message-ID and bytes.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use model::{ConversationId, MessageId};
use sqlx::Row as _;
use tokio::{
    task::JoinSet,
    time::{sleep, timeout},
};

use crate::{
    Kills, kills, pause,
    process::{
        Base, Dice, Recado,
        browser::Browser,
        mail::token,
        relay::{Copy, Relay},
    },
};

/// Agents' browsers at once, and tickets they answer.
const BROWSERS: u64 = 4;
const TICKETS: u64 = 8;
/// Letters on their way at once: each kill can make so many copies.
const SENDERS: usize = 4;
/// Longest wait of a letter for its 250, in milliseconds.
const SLOWEST: u64 = 400;
/// How long after a 250 its letter may still be taken for unsent: the time to write it down.
const GRACE: Duration = Duration::from_secs(3);
/// How late the relay may read what was on its way.
const LATE: Duration = Duration::from_millis(500);

/// What the browsers know: only ever added to.
#[derive(Default)]
struct Record {
    /// Ids of replies that were sent at least once, with their tokens.
    sent: BTreeMap<String, String>,
    /// Ids of replies that were acknowledged, and when.
    acknowledged: BTreeMap<String, Instant>,
    again: usize,
}

/// A stream of replies.
#[derive(Clone)]
struct Stream {
    action: Arc<str>,
    tickets: Arc<[String]>,
    next: Arc<AtomicU64>,
    ending: Arc<AtomicBool>,
    record: Arc<Mutex<Record>>,
}

impl Stream {
    /// Answers ticket after ticket; each reply until it is acknowledged.
    async fn answer(self, browser: Browser, which: u64) {
        let mut dice = Dice::new(5_000_000 + which);
        while !self.ending.load(Ordering::SeqCst) {
            let number = self.next.fetch_add(1, Ordering::SeqCst);
            let (id, token) = (MessageId::new().to_string(), format!("token-{number:08}"));
            let text = format!(
                "{token}\n\nThe parcel is on its **way**: {}",
                "we looked again. ".repeat(usize::try_from(dice.roll(1, 200)).unwrap_or(1))
            );
            let ticket = &self.tickets[usize::try_from(number % TICKETS).unwrap_or(0)];
            self.record.lock().unwrap().sent.insert(id.clone(), token);
            let fields = [("conversation", ticket.as_str()), ("form[id]", &id), ("form[text]", &text), ("form[status]", "")];
            loop {
                match browser.send(&self.action, &fields).await {
                    Ok(answer) if answer.status == 200 => break,
                    Ok(answer) => assert!(answer.status >= 500, "{}: {}", answer.status, answer.text),
                    Err(_) => {}
                }
                self.record.lock().unwrap().again += 1;
                sleep(dice.millis(20, 120)).await;
            }
            self.record.lock().unwrap().acknowledged.insert(id, Instant::now());
            sleep(dice.millis(200, 500)).await;
        }
    }
}

async fn replies_survive(base: Base) {
    let relay = Relay::start(SLOWEST).await;
    let settings = [
        ("RECADO_MAIL_RELAY_HOST", "127.0.0.1".to_owned()),
        ("RECADO_MAIL_RELAY_PORT", relay.port.to_string()),
        ("RECADO_MAIL_RELAY_TLS", "none".to_owned()),
    ];
    let mut recado = Recado::started(base, &settings).await;
    let founder = Browser::set_up(recado.http).await;
    let tickets = open_tickets(&founder).await;
    let action = founder.action(&format!("/inbox/{}", tickets[0]), "send_reply").await;
    let stream =
        Stream { action: action.into(), tickets: tickets.into(), next: Arc::default(), ending: Arc::default(), record: Arc::default() };
    let (begun, mut browsers) = (Instant::now(), JoinSet::new());
    for which in 0..BROWSERS {
        browsers.spawn(stream.clone().answer(Browser::sign_in(recado.http).await, which));
    }
    let done = kill_all(&mut recado, &relay).await;
    stream.ending.store(true, Ordering::SeqCst);
    while let Some(ended) = browsers.join_next().await {
        ended.expect("no browser gives up");
    }
    let streamed = begun.elapsed();
    // what a killed sender held comes back after its lease of a minute
    recado.until_none("select count(*) from letter_out where status = 'waiting'", Duration::from_mins(2)).await;
    // the relay may have read a last copy whose 250 nobody waits for any more
    sleep(Duration::from_millis(SLOWEST)).await;
    let record = std::mem::take(&mut *stream.record.lock().unwrap());
    judge(&recado, &record, &relay.copies(), &done, streamed).await;
}

/// Kills, first while replies come in and their letters wait to leave, then while letters leave as well.
async fn kill_all(recado: &mut Recado, relay: &Relay) -> Kills {
    let (mut done, mut dice) = (Kills::default(), Dice::new(6_000_000));
    for number in 0..kills() {
        pause(&mut dice, 500, 4_500).await;
        if number % 2 == 1 {
            let _ = timeout(Duration::from_secs(15), relay.in_the_gap()).await;
        }
        done.one(recado).await;
    }
    pause(&mut dice, 500, 1_000).await;
    done
}

async fn open_tickets(founder: &Browser) -> Vec<String> {
    let action = founder.action("/inbox?compose=1", "open_ticket").await;
    let mut tickets = vec![];
    for number in 0..TICKETS {
        let id = ConversationId::new().to_string();
        let (email, cc, subject) =
            (format!("customer{number}@peer.example"), format!("colleague{number}@peer.example"), format!("Parcel {number}"));
        let fields = [
            ("form[id]", id.as_str()),
            ("form[email]", &email),
            ("form[cc]", &cc),
            ("form[subject]", &subject),
            ("form[text]", "We look into it."),
        ];
        let answer = founder.send(&action, &fields).await.expect("an answer");
        assert_eq!(answer.status, 200, "{}", answer.text);
        tickets.push(id);
    }
    tickets
}

/// Where a letter's copies lie.
type Letters<'a> = BTreeMap<(&'a str, &'a str), Vec<&'a Copy>>;

async fn judge(recado: &Recado, record: &Record, copies: &[Copy], done: &Kills, streamed: Duration) {
    let acknowledged: Vec<Instant> = record.acknowledged.values().copied().collect();
    println!(
        "T-04 {:?}: {} kills, {} replies acknowledged in {:.0} s, sent again {}; kill to first reply at most {:.2} s",
        recado.base,
        done.at.len(),
        acknowledged.len(),
        streamed.as_secs_f64(),
        record.again,
        done.until_first(&acknowledged).iter().max().copied().unwrap_or_default().as_secs_f64(),
    );
    judge_replies(recado, record).await;
    judge_letters(recado, copies, done).await;
    assert!(acknowledged.len() > 10 * done.at.len().min(10), "hardly anything was sent");
    assert!(recado.faults().is_empty(), "{:#?}", recado.faults());
}

/// Each reply is there once, under its own id.
async fn judge_replies(recado: &Recado, record: &Record) {
    let mut stored: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for row in recado.rows("select id, body from message where kind = 'said' and channel = 'web'").await {
        if let Some(token) = token(row.get("body")) {
            stored.entry(token.to_owned()).or_default().push(row.get("id"));
        }
    }
    let is_stored = |id: &String| stored.get(&record.sent[id]).is_some_and(|ids| ids.contains(id));
    let missing: Vec<&String> = record.acknowledged.keys().filter(|id| !is_stored(id)).collect();
    let doubled: Vec<&String> = stored.iter().filter(|(_, ids)| ids.len() != 1).map(|(token, _)| token).collect();
    println!("T-04 {:?}: replies missing {}, doubled {}", recado.base, missing.len(), doubled.len());
    assert_eq!((&missing, &doubled), (&vec![], &vec![]), "missing, doubled");
    assert_eq!(record.acknowledged.len(), record.sent.len(), "each was sent until it was acknowledged");
    let said = recado.number("select count(*) from message where kind = 'said'").await;
    assert_eq!(said, i64::try_from(record.sent.len()).unwrap() + i64::try_from(TICKETS).unwrap(), "nothing is there that nobody said");
}

/// Each message's two letters arrived, and nothing else did.
async fn judge_letters(recado: &Recado, copies: &[Copy], done: &Kills) {
    let mut letters: Letters = BTreeMap::new();
    for copy in copies {
        letters.entry((&copy.mail_id, &copy.recipient)).or_default().push(copy);
    }
    let rows = recado.rows("select mail_id, recipient, status from letter_out where message is not null").await;
    let owed: BTreeSet<(String, String)> = rows.iter().map(|row| (row.get("mail_id"), row.get("recipient"))).collect();
    let unsent: Vec<&(String, String)> = owed.iter().filter(|(id, to)| !letters.contains_key(&(id.as_str(), to.as_str()))).collect();
    let strange: Vec<_> = letters.keys().filter(|(id, to)| !owed.contains(&((*id).to_owned(), (*to).to_owned()))).collect();
    let extra = copies.len() - letters.len();
    println!("T-04 {:?}: {} letters, {} never arrived, {extra} further copies", recado.base, owed.len(), unsent.len());
    assert_eq!(owed.len(), rows.len(), "one Message-ID for each letter");
    let said = recado.number("select count(*) from message where kind = 'said'").await;
    assert_eq!(owed.len(), 2 * usize::try_from(said).unwrap(), "two letters for each message: requester and copy");
    assert!(rows.iter().all(|row| row.get::<&str, _>("status") == "sent"), "each letter was sent");
    assert_eq!((&unsent, &strange), (&vec![], &vec![]), "letters that never arrived, letters nobody owed");
    judge_copies(&letters, done);
    assert!(extra <= SENDERS * done.at.len(), "more copies than letters on their way");
}

/// A further copy is the same to the byte, and the one before it was in the gap when the process died.
fn judge_copies(letters: &Letters, done: &Kills) {
    for ((id, to), copies) in letters {
        for pair in copies.windows(2) {
            assert!(pair[0].raw == pair[1].raw, "the copies of {id} to {to} differ");
            let (dot, end) = (pair[0].dot, pair[0].answered.unwrap_or(pair[0].dot + Duration::from_millis(SLOWEST)) + GRACE);
            let seconds = |kill: &Instant| if *kill < dot { -(dot - *kill).as_secs_f64() } else { (*kill - dot).as_secs_f64() };
            let kills: Vec<f64> = done.at.iter().map(seconds).collect();
            // the relay may read a final dot that was on its way when its sender died
            let crashed = done.at.iter().any(|kill| *kill + LATE >= dot && *kill <= end);
            assert!(
                crashed,
                "{id} to {to} was sent twice without a crash: {:?} after the dot the 250, kills at {kills:?}",
                pair[0].answered.map(|at| at - dot)
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn replies_survive_kill_9_on_sqlite() {
    replies_survive(Base::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn replies_survive_kill_9_on_postgres() {
    replies_survive(Base::Postgres).await;
}
