//! Mails that others collected, delivered over SMTP to one running server: each is filed, logged or visibly failed, nothing panics,
//! memory stays small; and what became of them agrees, field by field, with what their collectors expect. One command for the table:
//! `cargo test -p server --test corpus -- --nocapture`. Nothing of the corpus is in the project: `RECADO_MAIL_CORPUS` names the folder, else
//! `../shared/mail-corpus`.

mod delivered;
mod field;
#[path = "../process/mod.rs"]
mod process;
mod wanted;
mod wrapped;

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

use process::{Base, Recado, browser::Browser, wire::Wire};
use sqlx::Row as _;
use tokio::task::JoinSet;

/// Lines at once.
const PEERS: usize = 4;
/// Most memory the process may ever hold, in MiB.
const MEMORY_MOST: f64 = 256.0;
/// Longest wait until all is filed.
const FILED: Duration = Duration::from_mins(5);

/// A mail of the corpus: the set it is of, its file, and its bytes as a mail server would send them.
pub struct Sample {
    set: String,
    /// Its file.
    pub path: PathBuf,
    /// With CR LF at the end of each line.
    pub raw: Vec<u8>,
}

/// Where the corpus is.
fn root() -> PathBuf {
    std::env::var_os("RECADO_MAIL_CORPUS")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/mail-corpus"), PathBuf::from)
}

/// Every file that is a whole mail, and the texts and files that are made into one; none when there is no corpus (outside CI).
fn samples() -> Vec<Sample> {
    let root = root();
    if !root.exists() {
        assert!(std::env::var("CI").as_deref() != Ok("true"), "no mail corpus at {}", root.display());
        println!("skipped: no mail corpus at {}", root.display());
        return vec![];
    }
    let (mut folders, mut found) = (vec![root.clone()], vec![]);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder").flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let raw = as_sent(&std::fs::read(&path).expect("a file"));
            if is_mail(&path, &raw) {
                let inside = path
                    .strip_prefix(&root)
                    .expect("inside")
                    .iter()
                    .take(2)
                    .map(|part| part.to_string_lossy().into_owned())
                    .collect::<Vec<_>>();
                found.push(Sample { set: inside.join("/"), path, raw });
            }
        }
    }
    found.extend(wrapped::samples(&root));
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

/// With CR LF at the end of each line, whatever the file has.
fn as_sent(raw: &[u8]) -> Vec<u8> {
    let old = !raw.contains(&b'\n');
    let mut out = Vec::with_capacity(raw.len() + raw.len() / 40);
    for (at, byte) in raw.iter().enumerate() {
        match byte {
            b'\n' if at == 0 || raw[at - 1] != b'\r' => out.extend_from_slice(b"\r\n"),
            b'\r' if old => out.extend_from_slice(b"\r\n"),
            other => out.push(*other),
        }
    }
    out
}

/// By its name, or because it begins with nothing but header fields of a mail.
fn is_mail(path: &Path, raw: &[u8]) -> bool {
    if path.extension().is_some_and(|ending| ["eml", "box", "msg"].iter().any(|known| ending == *known)) {
        return true;
    }
    let text = String::from_utf8_lossy(&raw[..raw.len().min(4096)]).into_owned();
    let head: Vec<&str> = text.split("\r\n").take_while(|line| !line.is_empty()).collect();
    let name = |line: &str| {
        line.split_once(':')
            .map(|(name, _)| name.to_lowercase())
            .filter(|name| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_graphic()))
    };
    let names: Vec<String> = head.iter().filter_map(|line| name(line)).collect();
    let only = head.iter().all(|line| line.starts_with([' ', '\t']) || line.starts_with("From ") || name(line).is_some());
    only && names.len() >= 3 && names.iter().any(|name| ["from", "received", "subject", "return-path"].contains(&name.as_str()))
}

/// What became of the mails of one set.
#[derive(Default)]
struct Fate {
    mails: usize,
    tickets: usize,
    entries: usize,
    /// The same mail came before.
    copies: usize,
    logged: usize,
    failed: usize,
}

async fn every_mail_ends_somewhere(base: Base) {
    let samples = Arc::new(samples());
    if samples.is_empty() {
        return;
    }
    let recado = Recado::started(base, &[]).await;
    let browser = Browser::set_up(recado.http).await;
    let to = browser.forwarding().await;
    let begun = Instant::now();
    deliver(&samples, recado.smtp, &to).await;
    let taken = begun.elapsed();
    recado.until_none("select count(*) from letter_in where status = 'new'", FILED).await;
    let (filed, memory) = (begun.elapsed(), recado.memory("VmHWM"));
    println!(
        "{base:?}: {} mails taken in {:.0} s, filed after {:.0} s, memory at most {memory:.0} MiB",
        samples.len(),
        taken.as_secs_f64(),
        filed.as_secs_f64()
    );
    let fates = fates(&recado, &samples).await;
    print(&fates);
    let whole = fates.values().fold(0, |sum, fate| sum + fate.tickets + fate.entries + fate.copies + fate.logged + fate.failed);
    assert_eq!(whole, samples.len(), "each mail ended once");
    let untold = recado.number("select count(*) from letter_in where status = 'failed' and (why is null or why = '')").await;
    assert_eq!(untold, 0, "a failed mail says why");
    let lost = "select count(*) from letter_in l where l.status = 'filed' and not exists (select 1 from message m where m.property = l.property and m.id = l.message)";
    assert_eq!(recado.number(lost).await, 0, "a filed mail is in its ticket");
    assert!(recado.faults().is_empty(), "{:#?}", recado.faults());
    assert!(memory < MEMORY_MOST, "{memory:.0} MiB");
    let delivered = delivered::of(&recado, &browser, &samples).await;
    wanted::compare(&root(), &samples, &delivered).hold();
}

/// Sends all of them on a few lines; the envelope sender tells the set and the place in the list.
async fn deliver(samples: &Arc<Vec<Sample>>, port: u16, to: &str) {
    let (to, mut peers): (Arc<str>, _) = (to.into(), JoinSet::new());
    for peer in 0..PEERS {
        let (samples, to) = (samples.clone(), to.clone());
        peers.spawn(async move {
            let mut wire = Wire::open(port).await.expect("a line");
            for (place, sample) in samples.iter().enumerate().skip(peer).step_by(PEERS) {
                let sent = wire.send(&format!("{}.{place}@corpus.example", envelope(&sample.set)), &to, &sample.raw).await;
                sent.unwrap_or_else(|error| panic!("{}: {error}", sample.path.display()));
            }
        });
    }
    while let Some(ended) = peers.join_next().await {
        ended.expect("each mail is taken");
    }
}

fn envelope(set: &str) -> String {
    set.replace(|c: char| !c.is_ascii_alphanumeric(), "-")
}

async fn fates(recado: &Recado, samples: &[Sample]) -> BTreeMap<String, Fate> {
    let mut all: BTreeMap<String, Fate> = BTreeMap::new();
    for sample in samples {
        all.entry(envelope(&sample.set)).or_default().mails += 1;
    }
    let query = "select l.mail_from, l.status, coalesce(l.why, '') as why, \
                 (select count(*) from message m join message o on o.property = m.property and o.conversation = m.conversation and o.kind = 'said' and o.seq < m.seq \
                  where m.property = l.property and m.id = l.message) as before \
                 from letter_in l";
    for row in recado.rows(query).await {
        let (set, _) = row.get::<&str, _>("mail_from").rsplit_once('.').and_then(|(before, _)| before.rsplit_once('.')).expect("a set");
        let fate = all.entry(set.to_owned()).or_default();
        let (status, why, before): (&str, &str, i64) = (row.get("status"), row.get("why"), row.get("before"));
        match status {
            "filed" if before == 0 => fate.tickets += 1,
            "filed" => fate.entries += 1,
            "logged" if why.starts_with("duplicate") => fate.copies += 1,
            "logged" => fate.logged += 1,
            "failed" => fate.failed += 1,
            other => panic!("a mail is {other}"),
        }
    }
    all
}

fn print(fates: &BTreeMap<String, Fate>) {
    println!("{:44} {:>6} {:>8} {:>8} {:>7} {:>7} {:>7}", "set", "mails", "tickets", "entries", "copies", "logged", "failed");
    for (set, fate) in fates {
        println!(
            "{set:44} {:>6} {:>8} {:>8} {:>7} {:>7} {:>7}",
            fate.mails, fate.tickets, fate.entries, fate.copies, fate.logged, fate.failed
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_mail_of_the_corpus_ends_somewhere_on_sqlite() {
    every_mail_ends_somewhere(Base::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_mail_of_the_corpus_ends_somewhere_on_postgres() {
    every_mail_ends_somewhere(Base::Postgres).await;
}
