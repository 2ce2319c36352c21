//! Hears each statement that is sent, and each plan that PostgreSQL tells, as they are logged. Judges nothing.

use std::{
    collections::BTreeMap,
    future::Future,
    sync::{
        Mutex, Once,
        atomic::{AtomicBool, Ordering},
    },
};

use tracing::{
    Event, Metadata, Subscriber,
    field::{Field, Visit},
    span::{Attributes, Id, Record},
    subscriber::Interest,
};

use crate::common::Base;

/// A statement that was sent, and PostgreSQL's plans of it.
#[derive(Clone)]
pub struct Heard {
    /// Its text.
    pub text: String,
    /// How often it was sent.
    pub times: usize,
    /// How it was run, each time: JSON of `auto_explain`.
    pub plans: Vec<String>,
}

struct Ear;

static ONCE: Once = Once::new();
static LISTENING: [AtomicBool; 2] = [AtomicBool::new(false), AtomicBool::new(false)];
static STATEMENTS: Mutex<[BTreeMap<String, Heard>; 2]> = Mutex::new([BTreeMap::new(), BTreeMap::new()]);

/// Statements to PostgreSQL, by sqlx.
const STATEMENT: &str = "sqlx::query";
const NOTICE: &str = "sqlx::postgres::notice";

/// Everything sent to a database while something is done.
pub async fn listen(base: Base, doing: impl Future<Output = ()>) -> Vec<Heard> {
    ONCE.call_once(|| tracing::subscriber::set_global_default(Ear).expect("nobody else listens"));
    let mine = &LISTENING[base as usize];
    mine.store(true, Ordering::SeqCst);
    doing.await;
    mine.store(false, Ordering::SeqCst);
    let mut all = STATEMENTS.lock().expect("heard");
    std::mem::take(&mut all[base as usize]).into_values().collect()
}

/// Which database is sent what is logged there.
fn base(target: &str) -> Option<Base> {
    match target {
        desk::db::SQLITE_LOG => Some(Base::Sqlite),
        STATEMENT | NOTICE => Some(Base::Postgres),
        _ => None,
    }
}

impl Subscriber for Ear {
    fn register_callsite(&self, _: &'static Metadata<'static>) -> Interest {
        Interest::sometimes()
    }

    fn enabled(&self, of: &Metadata<'_>) -> bool {
        base(of.target()).is_some_and(|base| LISTENING[base as usize].load(Ordering::SeqCst))
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let target = event.metadata().target();
        let Some(base) = base(target) else { return };
        let mut words = Words::default();
        event.record(&mut words);
        let mut all = STATEMENTS.lock().expect("heard");
        let all = &mut all[base as usize];
        // a plan names its statement itself, and comes before the statement has ended
        if target != NOTICE {
            let text = if words.statement.trim().is_empty() { words.summary } else { words.statement.trim().to_owned() };
            all.entry(text.clone()).or_insert(Heard { text, times: 0, plans: vec![] }).times += 1;
        } else if let Some((_, plan)) = words.message.split_once("plan:\n") {
            let json: serde_json::Value = serde_json::from_str(plan).expect("a plan in JSON");
            let text = json["Query Text"].as_str().expect("a statement").trim().to_owned();
            all.entry(text.clone()).or_insert(Heard { text, times: 0, plans: vec![] }).plans.push(plan.to_owned());
        }
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

#[derive(Default)]
struct Words {
    summary: String,
    statement: String,
    message: String,
}

impl Words {
    fn put(&mut self, field: &Field, value: &str) {
        match field.name() {
            "summary" => value.clone_into(&mut self.summary),
            "statement" | "db.statement" => value.clone_into(&mut self.statement),
            "message" => value.clone_into(&mut self.message),
            _ => {}
        }
    }
}

impl Visit for Words {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.put(field, value);
    }

    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        self.put(field, &format!("{value:?}"));
    }
}
