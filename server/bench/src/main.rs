//! Measures chat and mail over the real binary, which it starts as a child with a folder of its own: what visitors and agents notice, and what it
//! costs the machine. Prints one line of JSON and a table; judges only that nothing was missed. Build it with what it measures:
//! `cargo build --release -p server -p bench && target/release/recado-bench chat`.

mod chat;
mod flood;
mod mail;
#[path = "../../tests/process/mod.rs"]
mod process;
mod sockets;

use std::fmt::Write as _;

use clap::{Parser, Subcommand};
use desk::db::Place;
use process::{Base, Recado, relay::Relay, talk::unlimited};

/// What is measured, on which database.
#[derive(Parser)]
#[command(name = "recado-bench", about = "Measures chat and mail over the real binary")]
struct Arguments {
    /// PostgreSQL by its address; `own` starts one for this. SQLite without it.
    #[arg(long, global = true)]
    postgres: Option<String>,
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Visitors and agents write at a steady rate, whether earlier words arrived or not.
    Chat {
        /// Chats, each with its visitor's window open.
        #[arg(long, default_value_t = 200)]
        sockets: u64,
        /// Messages a second, of visitors and agents in turn.
        #[arg(long, default_value_t = 100)]
        rate: u64,
        /// How long.
        #[arg(long, default_value_t = 20)]
        seconds: u64,
    },
    /// Many windows are open, are cut at once, and come back.
    Sockets {
        /// How many.
        #[arg(long, default_value_t = 5_000)]
        count: u64,
        /// How often they are cut.
        #[arg(long, default_value_t = 3)]
        cuts: u64,
    },
    /// An agent works, alone and while visitors do as much as they can.
    Flood {
        /// Visitors' connections that ask without a pause.
        #[arg(long, default_value_t = 64)]
        connections: u64,
        /// How long, each time.
        #[arg(long, default_value_t = 15)]
        seconds: u32,
    },
    /// Mails come in as fast as they are taken, until each is in its ticket.
    MailIn {
        /// How many.
        #[arg(long, default_value_t = 3_000)]
        mails: u64,
        /// Lines at once.
        #[arg(long, default_value_t = 16)]
        lines: u64,
        /// Tickets that are there before: no shop is new, and a database knows what it holds.
        #[arg(long, default_value_t = 5_000)]
        tickets: u64,
    },
    /// Letters go out to a relay that takes each at once.
    MailOut {
        /// Tickets that are opened, each with 21 recipients.
        #[arg(long, default_value_t = 100)]
        tickets: u64,
    },
}

#[tokio::main]
async fn main() {
    let arguments = Arguments::parse();
    let postgres = arguments.postgres.as_deref();
    let database = if postgres == Some("own") { process::durable_postgres() } else { None };
    let figures = match arguments.what {
        What::Chat { sockets, rate, seconds } => {
            chat::measure(&started(postgres, &unlimited()).await, database, (sockets, rate, seconds)).await
        }
        What::Sockets { count, cuts } => sockets::measure(&started(postgres, &unlimited()).await, count, cuts).await,
        What::Flood { connections, seconds } => {
            let [_, proxies] = unlimited();
            flood::measure(&started(postgres, &[proxies]).await, connections, seconds).await
        }
        What::MailIn { mails, lines, tickets } => {
            let many = ("RECADO_MAIL_CONNECTIONS_PER_ADDRESS", (lines + 1).to_string());
            let mut recado = made(postgres, &[many]).await;
            mail::seed(&recado, tickets).await;
            recado.start().await;
            mail::measure_in(&recado, mails, lines).await
        }
        What::MailOut { tickets } => {
            let relay = Relay::start(0).await;
            let through = [
                ("RECADO_MAIL_RELAY_HOST", "127.0.0.1".to_owned()),
                ("RECADO_MAIL_RELAY_PORT", relay.port.to_string()),
                ("RECADO_MAIL_RELAY_TLS", "none".to_owned()),
            ];
            mail::measure_out(&started(postgres, &through).await, &relay, tickets).await
        }
    };
    figures.print(postgres.map_or("SQLite", |_| "PostgreSQL"));
}

async fn started(postgres: Option<&str>, settings: &[(&str, String)]) -> Recado {
    let mut recado = made(postgres, settings).await;
    recado.start().await;
    recado
}

/// Not started yet.
async fn made(postgres: Option<&str>, settings: &[(&str, String)]) -> Recado {
    match postgres {
        None => Recado::new(Base::Sqlite, settings).await,
        Some("own") => Recado::new(Base::Postgres, settings).await,
        Some(address) => {
            let all: Vec<_> = settings.iter().cloned().chain([("DATABASE_URL", address.to_owned())]).collect();
            let mut recado = Recado::new(Base::Sqlite, &all).await;
            recado.database = Place::Postgres(address.to_owned());
            recado
        }
    }
}

/// Ticks of /proc's processor times in a second: always 100 on Linux, as programs see it.
const TICKS: f64 = 100.0;

/// Numbers of `/proc/…/stat` from the state on: the third field is the first here.
fn stat(process: &str) -> Vec<f64> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    // the name before it may hold anything
    let after = stat.rsplit_once(')').map_or("", |(_, after)| after);
    after.split_whitespace().map(|text| text.parse().unwrap_or(0.0)).collect()
}

/// Processor time of one process so far, in milliseconds; with that of its children that ended, if these count.
fn spent(process: &str, children: bool) -> f64 {
    stat(process).iter().skip(11).take(if children { 4 } else { 2 }).sum::<f64>() * 1_000.0 / TICKS
}

/// Processor time of the server so far, in milliseconds.
fn processor(recado: &Recado) -> f64 {
    spent(&recado.pid().to_string(), false)
}

/// Processor time so far of everybody who takes part, in milliseconds.
#[derive(Clone, Copy)]
struct Spent {
    server: f64,
    /// PostgreSQL, if it was started for this.
    database: f64,
    /// This program: clients are no part of what is measured, but take their time from the same machine.
    clients: f64,
}

impl Spent {
    fn now(recado: &Recado, database: Option<u32>) -> Self {
        let of_database = |first: u32| {
            let all = std::fs::read_dir("/proc").into_iter().flatten().filter_map(|entry| entry.ok()?.file_name().into_string().ok());
            let backends = all.filter(|process| stat(process).get(1).is_some_and(|parent| (parent - f64::from(first)).abs() < 0.5));
            spent(&first.to_string(), true) + backends.map(|process| spent(&process, false)).sum::<f64>()
        };
        Self { server: processor(recado), database: database.map_or(0.0, of_database), clients: spent("self", false) }
    }

    /// Since then, for each of so many.
    fn each(self, since: Self, many: usize) -> Self {
        let each = |now: f64, then: f64| (now - then) / float(many.max(1));
        Self {
            server: each(self.server, since.server),
            database: each(self.database, since.database),
            clients: each(self.clients, since.clients),
        }
    }
}

/// A number of things as one that can be divided.
#[expect(clippy::cast_precision_loss, reason = "a figure for people")]
fn float(number: usize) -> f64 {
    number as f64
}

/// Named figures in their order.
struct Figures(&'static str, Vec<(&'static str, f64)>);

impl Figures {
    fn print(&self, base: &str) {
        let Self(what, figures) = self;
        let mut json = format!("{{\"bench\":\"{what}\",\"base\":\"{base}\"");
        for (name, value) in figures {
            let _ = write!(json, ",\"{}\":{value:.3}", name.replace(", ", " ").replace(' ', "_"));
        }
        println!("{json}}}");
        println!("{what}, {base}");
        for (name, value) in figures {
            println!("  {name:<44}{value:>12.2}");
        }
    }
}
