//! Says what is configured and what is wrong, for a person at a terminal. Looks and asks; mends nothing, changes nothing.

use std::{path::Path, time::Duration};

use desk::{Desk, db::Db};
use model::{Moment, moment::SECOND};

use crate::{
    command::say,
    config::Config,
    mail::line::{Trouble, Wire},
    serve::{open, without_password},
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
    match open(&config).await {
        Ok(desk) => {
            found.extend(database(&config, &desk).await);
            desk.close().await;
        }
        Err(why) => found.push(Wrong(format!("Database   {why}"))),
    }
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

async fn database(config: &Config, desk: &Desk) -> Vec<Found> {
    let name = config.database_url.as_ref().map_or_else(|| config.sqlite_file().display().to_string(), |url| without_password(url));
    let mut found = vec![match desk::schema_facts(desk.db()).await {
        Ok(facts) => Well(format!(
            "Database   {} {}, {name}, {} MB, {} migrations",
            facts.kind,
            facts.version,
            facts.bytes / 1_000_000,
            facts.migrations
        )),
        Err(error) => Wrong(format!("Database   {name}: {error}")),
    }];
    found.push(match desk.vacant().await {
        Ok(true) => Warning(format!("Set-up     nobody is here yet: the first one to open {} becomes its admin", config.public_url)),
        Ok(false) => Well("Set-up     done".into()),
        Err(error) => Wrong(format!("Set-up     {error}")),
    });
    found.push(clock(desk.db(), desk.clock().now()).await);
    found.push(match desk::check_audit(desk.db()).await {
        Ok(Ok(entries)) => Well(format!("Audit log  {entries} entries, each as it was written")),
        Ok(Err(which)) => {
            Wrong(format!("Audit log  {which} was changed or taken away by hand. Look for the last backup in which it is whole"))
        }
        Err(error) => Wrong(format!("Audit log  {error}")),
    });
    found
}

/// A database on another machine has a clock of its own; tokens and leases suffer when the two differ.
async fn clock(db: &Db, here: Moment) -> Found {
    match desk::database_clock(db).await {
        Ok(there) => {
            let skew = here.since(there).abs() / SECOND;
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

fn disk(data: &Path) -> Found {
    match rustix::fs::statvfs(data) {
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
