//! T-12: an outbox full of letters, sent by two processes side by side (by one on SQLite, which has one), each of them killed again and
//! again. Every letter arrives; a copy is made only of one whose 250 was on its way when its sender died. `RECADO_LETTERS=20000` and
//! `RECADO_KILLS=20` make the run long.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use desk::db::{Place, Tx};
use model::{ConversationId, LetterId};
use sqlx::Row as _;

use crate::{
    Kills, number, pause,
    process::{
        Base, Dice, Recado,
        browser::Browser,
        relay::{Copy, Relay},
    },
};

/// Letters that one process has on their way at most.
const SENDERS: usize = 10;
/// Domains they go to: few are on their way to one.
const DOMAINS: u64 = 7;
/// Longest wait of a letter for its 250, in milliseconds.
const SLOWEST: u64 = 20;
/// Longest wait for the whole outbox.
const PATIENCE: Duration = Duration::from_mins(20);
/// How long after its 250 a letter may still be taken for unsent, and how late the relay may read what was on its way.
const GRACE: Duration = Duration::from_secs(3);

/// Fills the outbox while nobody looks: copies of one letter that was written by a person, each to somebody else.
async fn fill(recado: &Recado, letters: u64) {
    let db = recado.open_database().await;
    db.write(move |tx| Box::pin(copy(tx, letters))).await.expect("filled");
}

async fn copy(tx: &mut Tx, letters: u64) -> desk::Result<()> {
    let row = sqlx::query("select id, letter from letter_out where kind = 'reply' limit 1").fetch_one(tx.conn()).await?;
    let (pattern, json): (String, String) = (row.get("id"), row.get("letter"));
    for letter in 0..letters {
        let to = format!("person{letter}@peer{}.example", letter % DOMAINS);
        sqlx::query(
            "insert into letter_out (id, property, conversation, message, kind, recipient, domain, subject, mail_id, letter, status, attempts, created_at, next_at, until_at, leased_until) \
             select $1, property, conversation, message, kind, $2, $3, subject, mail_id, $4, 'waiting', 0, created_at, next_at, until_at, 0 from letter_out where id = $5",
        )
        .bind(LetterId::new().as_str())
        .bind(&to)
        .bind(format!("peer{}.example", letter % DOMAINS))
        .bind(json.replace("customer@peer.example", &to))
        .bind(&pattern)
        .execute(tx.conn())
        .await?;
    }
    Ok(())
}

async fn letters_survive(base: Base) {
    let (letters, kills) = (number("RECADO_LETTERS", 240), number("RECADO_KILLS", 4));
    let relay = Relay::start(SLOWEST).await;
    let mut settings = vec![
        ("RECADO_MAIL_RELAY_HOST", "127.0.0.1".to_owned()),
        ("RECADO_MAIL_RELAY_PORT", relay.port.to_string()),
        ("RECADO_MAIL_RELAY_TLS", "none".to_owned()),
        ("RECADO_MAIL_UNDO_SECONDS", "0".to_owned()),
    ];
    let mut one = Recado::started(base, &settings).await;
    let founder = Browser::set_up(one.http).await;
    let action = founder.action("/inbox?compose=1", "open_ticket").await;
    let id = ConversationId::new().to_string();
    let fields = [
        ("form[id]", id.as_str()),
        ("form[email]", "customer@peer.example"),
        ("form[subject]", "Your parcels"),
        ("form[text]", "They are on their way."),
    ];
    assert_eq!(founder.send(&action, &fields).await.expect("an answer").status, 200);
    one.until_none("select count(*) - 1 from letter_out where kind = 'reply' and status = 'sent'", Duration::from_secs(20)).await;
    one.kill().await;
    fill(&one, letters).await;
    let mut processes = vec![];
    if base == Base::Postgres {
        let Place::Postgres(address) = &one.database else { unreachable!("a PostgreSQL") };
        settings.push(("DATABASE_URL", address.clone()));
        processes.push(Recado::new(base, &settings).await);
    }
    processes.insert(0, one);
    for process in &mut processes {
        process.start().await;
    }
    let (begun, mut done, mut dice) = (Instant::now(), Kills::default(), Dice::new(12_000_000));
    for kill in 0..kills {
        // spread over the work, however fast the machine is: each falls among letters on their way
        let share = usize::try_from(letters * (kill + 1) / (kills + 1)).expect("a number");
        while relay.count() < share {
            tokio::time::sleep(Duration::from_millis(5)).await;
            assert!(begun.elapsed() < PATIENCE, "the outbox does not become empty");
        }
        pause(&mut dice, 0, 150).await;
        let _ = tokio::time::timeout(Duration::from_secs(5), relay.in_the_gap()).await;
        let which = usize::try_from(kill).expect("a number") % processes.len();
        done.one(&mut processes[which]).await;
    }
    let first = &processes[0];
    let last = first.number("select max(leased_at) from letter_out").await;
    while first.number("select count(*) from letter_out where status = 'waiting' and leased_until = 0").await > 0 {
        tokio::time::sleep(Duration::from_millis(100)).await;
        assert!(begun.elapsed() < PATIENCE, "the outbox does not become empty");
    }
    // what a killed sender held comes back after its lease of a minute: here it is over at once; those of who lives have gone meanwhile
    tokio::time::sleep(Duration::from_secs(1)).await;
    let db = first.open_database().await;
    let end = db.write(move |tx| {
        Box::pin(async move {
            let held = "update letter_out set leased_until = 1 where status = 'waiting' and leased_at <= $1";
            sqlx::query(held).bind(last).execute(tx.conn()).await?;
            Ok(())
        })
    });
    end.await.expect("ended");
    first.until_none("select count(*) from letter_out where status = 'waiting'", Duration::from_mins(2)).await;
    let took = begun.elapsed();
    tokio::time::sleep(Duration::from_millis(SLOWEST)).await;
    let copies = relay.copies();
    judge(&copies, letters, &done, base, took);
    for process in &processes {
        assert!(process.faults().is_empty(), "{:#?}", process.faults());
    }
}

fn judge(copies: &[Copy], letters: u64, done: &Kills, base: Base, took: Duration) {
    let mut arrived: BTreeMap<&str, Vec<&Copy>> = BTreeMap::new();
    for copy in copies.iter().filter(|copy| copy.recipient.starts_with("person")) {
        arrived.entry(&copy.recipient).or_default().push(copy);
    }
    let lost = usize::try_from(letters).expect("a number") - arrived.len();
    let (mut in_the_gap, mut without_a_crash) = (0, vec![]);
    for (to, copies) in &arrived {
        for pair in copies.windows(2) {
            assert!(pair[0].raw == pair[1].raw, "the copies to {to} differ");
            let end = pair[0].answered.unwrap_or(pair[0].dot) + GRACE;
            if done.at.iter().any(|kill| *kill + GRACE >= pair[0].dot && *kill <= end) {
                in_the_gap += 1;
            } else {
                without_a_crash.push(*to);
            }
        }
    }
    println!(
        "T-12 {base:?}: {letters} letters, {} kills, {:.1} s; lost {lost}, sent twice {}, and {in_the_gap} whose 250 was on its way when their sender died",
        done.at.len(),
        took.as_secs_f64(),
        without_a_crash.len(),
    );
    assert_eq!((lost, &without_a_crash), (0, &vec![]), "lost, sent twice");
    assert!(in_the_gap <= SENDERS * done.at.len(), "more copies than letters on their way");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_outbox_survives_kill_9_on_sqlite() {
    letters_survive(Base::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_outbox_survives_kill_9_of_two_processes_on_postgres() {
    letters_survive(Base::Postgres).await;
}
