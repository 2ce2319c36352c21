//! Says what is configured and what is wrong, for a person at a terminal. Looks and asks; mends nothing, changes nothing.

use std::{path::Path, time::Duration};

use desk::{Clock, db::Db};
use model::moment::SECOND;

use crate::{
    command::say,
    config::Config,
    mail::line::{Trouble, Wire},
    serve::{name_of_database, place},
};

/// Below this the disk is nearly full.
const FREE_LEAST: u64 = 512 * 1024 * 1024;

/// What was found.
enum Found {
    Well(String),
    Warning(String),
    Wrong(String),
}

use Found::{Warning, Well, Wrong};

/// Looks at everything; fails when something is wrong.
pub async fn doctor(config: Config) -> Result<(), String> {
    let mut found = vec![settings(&config)];
    found.extend(database(&config).await);
    found.extend([mail_in(&config).await, mail_out(&config).await, disk(&config.data), site(&config), cookie(&config)]);
    report(&found)
}

fn report(found: &[Found]) -> Result<(), String> {
    let mut wrong = 0;
    for one in found {
        match one {
            Well(text) => say!("  ok     {text}"),
            Warning(text) => say!("  note   {text}"),
            Wrong(text) => {
                wrong += 1;
                say!("  WRONG  {text}");
            }
        }
    }
    match wrong {
        0 => Ok(()),
        1 => Err("one thing is wrong".into()),
        many => Err(format!("{many} things are wrong")),
    }
}

fn settings(config: &Config) -> Found {
    let file = config.file.as_ref().map_or_else(|| "no file, environment and defaults".to_owned(), |file| file.display().to_string());
    Well(format!("Settings   {file}; people open {}", config.public_url))
}

/// The database as it is: neither made nor brought forward here.
async fn database(config: &Config) -> Vec<Found> {
    let name = name_of_database(config);
    if config.database_url.is_none() && !config.sqlite_file().exists() {
        return vec![Warning(format!("Database   {name} is not there yet: the first start makes it"))];
    }
    match Db::open(&place(config), Clock::wall()).await {
        Ok(db) => {
            let found = look(config, &db, &name).await.unwrap_or_else(|error| vec![Wrong(format!("Database   {name}: {error}"))]);
            db.close().await;
            found
        }
        Err(error) => vec![Wrong(format!("Database   {name} cannot be opened: {error}"))],
    }
}

async fn look(config: &Config, db: &Db, name: &str) -> desk::Result<Vec<Found>> {
    let facts = desk::schema_facts(db).await?;
    let text =
        format!("Database   {} {}, {name}, {} MB, {} migrations", facts.kind, facts.version, facts.bytes / 1_000_000, facts.migrations);
    let clock = clock(db).await;
    if facts.unknown > 0 {
        return Ok(vec![Wrong(format!("{text}, {} of them of a newer Recado: start that one, not this", facts.unknown)), clock]);
    }
    if facts.pending > 0 {
        return Ok(vec![Warning(format!("{text}; the next start adds {}", facts.pending)), clock]);
    }
    let set_up = if desk::vacant(db).await? {
        Warning(format!("Set-up     nobody is here yet: the first one to open {} becomes its admin", config.public_url))
    } else {
        Well("Set-up     done".into())
    };
    let audit = match desk::check_audit(db).await? {
        Ok(entries) => Well(format!("Audit log  {entries} entries, each as it was written")),
        Err(which) => Wrong(format!("Audit log  {which} was changed or taken away by hand. Look for the last backup in which it is whole")),
    };
    Ok(vec![Well(text), set_up, clock, audit])
}

/// A database on another machine has a clock of its own; tokens and leases suffer when the two differ.
async fn clock(db: &Db) -> Found {
    match desk::database_clock(db).await {
        Ok(there) => {
            let skew = Clock::wall().now().since(there).abs() / SECOND;
            if skew > 5 {
                Wrong(format!("Clock      {skew} s away from the database's: set both by NTP"))
            } else {
                Well("Clock      agrees with the database's".into())
            }
        }
        Err(error) => Wrong(format!("Clock      the database's is not known: {error}")),
    }
}

async fn mail_in(config: &Config) -> Found {
    let Some(address) = config.mail.smtp_listen else {
        return match config.mail.listens() {
            Some(places) => Well(format!("Mail in    LMTP at {places} for {}", config.mail.domain)),
            None => Warning("Mail in    off: mail.smtp_listen is empty".into()),
        };
    };
    let tls = if config.mail.tls.is_some() { "STARTTLS" } else { "no STARTTLS" };
    let domain = &config.mail.domain;
    let connected = tokio::time::timeout(Duration::from_secs(3), tokio::net::TcpStream::connect(address)).await;
    let state = match connected {
        Ok(Ok(_)) => "somebody listens there",
        _ => "nobody listens there now (Recado is not running)",
    };
    let text = format!("Mail in    SMTP at {address} for {domain}, {tls}; {state}");
    if std::path::Path::new(domain).extension().is_some_and(|ending| ending == "localhost") {
        Warning(format!("{text}. Set mail.domain before real mail comes"))
    } else {
        Well(text)
    }
}

async fn mail_out(config: &Config) -> Found {
    let Some(relay) = &config.mail.relay else {
        return Warning("Mail out   no relay: letters are kept, and read under Admin → E-mail. Set mail.relay.host".into());
    };
    crate::tls::prepare();
    let name = format!("{}:{}", relay.host, relay.port);
    match Wire::open(relay, &config.mail.domain).await {
        Ok(wire) => {
            wire.close().await;
            Well(format!("Mail out   {name} takes our letters ({:?})", relay.tls))
        }
        Err(Trouble::Channel(why)) => Wrong(format!("Mail out   {name} refuses us: {why}. Look at mail.relay.tls, user and password")),
        Err(Trouble::Away(why) | Trouble::Later(why) | Trouble::Slower(why) | Trouble::Never(why)) => Wrong(format!("Mail out   {why}")),
    }
}

/// The data folder may not be there yet: then the disk it will be on.
fn disk(data: &Path) -> Found {
    let data = std::path::absolute(data).unwrap_or_else(|_| data.to_owned());
    let there = data.ancestors().find(|folder| folder.exists()).unwrap_or(&data);
    match rustix::fs::statvfs(there) {
        Ok(facts) => {
            let free = facts.f_bavail.saturating_mul(facts.f_frsize);
            let text = format!("Disk       {} MB free in {}", free / 1_000_000, data.display());
            if free < FREE_LEAST { Wrong(format!("{text}: mail will be refused when it is full")) } else { Well(text) }
        }
        Err(error) => Wrong(format!("Disk       {}: {error}", data.display())),
    }
}

fn site(config: &Config) -> Found {
    if config.site.join("pkg").is_dir() {
        Well(format!("Site       {}", config.site.display()))
    } else {
        Warning(format!("Site       {} holds no pkg folder: pages work as plain forms only", config.site.display()))
    }
}

fn cookie(config: &Config) -> Found {
    if config.https() {
        return Well("Cookies    __Host-, over https".into());
    }
    Warning("Cookies    over plain http: fine on this machine or in a network you trust. For others set public_url to https, with a proxy or http.tls_certificate".into())
}
