//! The command line: what can be asked of `recado`, and in which words it answers. Each command's doing is in its own file.

use std::{
    io::{IsTerminal as _, Read as _, Write as _},
    path::PathBuf,
    process::ExitCode,
};

use clap::{Parser, Subcommand};
use tracing_subscriber::EnvFilter;

use crate::{
    config::{Config, keys, source::Wrong},
    doctor, extract, import, mail, seed, serve,
};

const EXAMPLES: &str = "Examples:
  recado                                       start, and open http://localhost:3000
  RECADO_DATA=/var/lib/recado recado serve     keep everything in another folder
  DATABASE_URL=postgres://me@db/recado recado  on PostgreSQL
  recado doctor                                what is configured, and what is wrong
  recado config > recado.toml                  a file with every setting and its default
  recado mail explain < mail.eml               what Recado understands of a mail
  recado mail dkim-key                         a key to sign letters with, and its DNS record
  recado reset-second-step ana@shop.example    let somebody in who lost app, passkeys and recovery codes
  recado import mbox Inbox.mbox --dry-run      what of an archive would be taken in
  recado seed --tickets 1000 --chats 100       a believable world to look at";

/// Live chat and tickets in one Inbox.
#[derive(Parser)]
#[command(name = "recado", version, after_help = EXAMPLES)]
pub struct Command {
    /// File with settings. Default: the one that `RECADO_CONFIG` names, else recado.toml here or in the data folder.
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    what: Option<What>,
}

#[derive(Subcommand)]
enum What {
    /// Serve pages and mail (what happens when nothing is said).
    Serve,
    /// About single mails.
    Mail {
        #[command(subcommand)]
        what: MailCommand,
    },
    /// Fill the database with a believable world, the same each time.
    Seed(seed::Wanted),
    /// Take in what was said elsewhere: mails of an archive, chats and tickets of tawk.to. Done again, it adds nothing.
    Import {
        #[command(subcommand)]
        source: import::Source,
    },
    /// Say what is configured and what is wrong; ends with 1 when something is.
    Doctor {
        /// Print every setting with its default instead.
        #[arg(long)]
        defaults: bool,
    },
    /// Print a commented file with every setting and its default.
    Config,
    /// Have an agent sign in without the second step, and end their sessions: for who has lost the app and the recovery codes.
    ResetSecondStep {
        /// The address they sign in with.
        email: String,
    },
    /// Write the text of the file on standard input, within limits: the server starts it for files that strangers sent.
    #[command(hide = true)]
    TextOf { kind: extract::Kind },
}

#[derive(Subcommand)]
enum MailCommand {
    /// Print as JSON what Recado understands of the raw mail on standard input.
    Explain,
    /// Make the key that letters are signed with (DKIM), if there is none yet, and print the record that DNS has to show.
    DkimKey,
}

impl Command {
    /// Runs it to its end.
    pub fn run(self) -> ExitCode {
        let file = self.config;
        let config = || Config::load(file.as_deref());
        let done = match self.what.unwrap_or(What::Serve) {
            What::Config | What::Doctor { defaults: true } => print(&keys::example()),
            What::Mail { what: MailCommand::Explain } => explain(),
            What::Mail { what: MailCommand::DkimKey } => config().map_err(|wrong| wrong.to_string()).and_then(|config| dkim_key(&config)),
            What::TextOf { kind } => extract::text_of(kind),
            What::Serve => with(config(), serve::serve),
            What::ResetSecondStep { email } => with(config(), |config| reset_second_step(config, email)),
            What::Seed(wanted) => with(config(), |config| seed::seed(config, wanted)),
            What::Import { source } => with(config(), |config| import::import(config, source)),
            What::Doctor { defaults: false } => with(config(), doctor::doctor),
        };
        match done {
            Ok(()) => ExitCode::SUCCESS,
            Err(why) => {
                if !why.is_empty() {
                    eprintln!("recado: {why}");
                }
                ExitCode::FAILURE
            }
        }
    }
}

/// Starts the runtime and the log, and does it.
fn with<F: Future<Output = Result<(), String>>>(config: Result<Config, Wrong>, doing: impl FnOnce(Config) -> F) -> Result<(), String> {
    let config = config.map_err(|wrong| wrong.to_string())?;
    let filter = EnvFilter::try_new(&config.log).map_err(|error| format!("log: `{}`: {error}", config.log))?;
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .with_target(false)
        .init();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(threads())
        .enable_all()
        .build()
        .map_err(|error| format!("the runtime cannot start: {error}"))?;
    runtime.block_on(doing(config))
}

/// The database works beside the runtime: SQLite in threads of its own, PostgreSQL in processes of its own. One processor is left to
/// it. (Measured on two: a page of 26 queries took 2.8 ms of processor time instead of 4.4, since each answer woke one thread, not two.)
fn threads() -> usize {
    std::thread::available_parallelism().map_or(1, |all| all.get().saturating_sub(1).max(1))
}

/// A line for the person at the terminal; who closed it misses nothing.
macro_rules! say {
    ($($text:tt)*) => { $crate::command::line(&format!($($text)*)) };
}
pub(crate) use say;

/// Prints a line.
pub fn line(text: &str) {
    let _ = writeln!(std::io::stdout(), "{text}");
}

fn print(text: &str) -> Result<(), String> {
    // `recado config | head` closes the pipe: that is no failure
    match std::io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(error.to_string()),
        _ => Ok(()),
    }
}

async fn reset_second_step(config: Config, email: String) -> Result<(), String> {
    let desk = serve::open(&config).await?;
    let known = desk.reset_second_step(&email).await.map_err(|error| error.to_string())?;
    desk.close().await;
    if !known {
        return Err(format!("no agent signs in as {email}"));
    }
    say!("{email} signs in with the password alone now, and is signed out everywhere.");
    Ok(())
}

fn dkim_key(config: &Config) -> Result<(), String> {
    let file = config.dkim_key();
    let made = !file.exists();
    if made {
        mail::dkim::make(&file)?;
    }
    let dkim = mail::dkim::Dkim::load(&file, &config.mail.dkim_selector, &config.mail.domain)?;
    let record = dkim.record();
    let begun = if made { "A key was made" } else { "The key is there already" };
    print(&format!(
        "{begun}: {}\nLetters are signed with it once Recado is started anew. DNS has to show this TXT record:\n\n  name   {}\n  value  {}\n\nThe same for the file of a zone:\n\n{}\n\nAdmin → E-mail → Set-up tells whether it is found.\n",
        file.display(),
        record.name,
        record.value,
        mail::dkim::zone_line(record)
    ))
}

/// The same code as the worker's; no database, and our own mails are known by their form alone.
fn explain() -> Result<(), String> {
    let mut raw = vec![];
    std::io::stdin().read_to_end(&mut raw).map_err(|error| format!("standard input: {error}"))?;
    let own = ::mail::Own { domain: std::env::var("RECADO_MAIL_DOMAIN").unwrap_or_default().to_lowercase(), loop_mark: None };
    let understood = mail::worker::understand_now(&raw, &own)?;
    let json = serde_json::to_string_pretty(&understood).map_err(|error| error.to_string())?;
    print(&format!("{json}\n"))
}
