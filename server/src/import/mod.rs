//! `recado import`: takes in what was said elsewhere, beside a running server or without one. Reads archives piece by piece, tells how far
//! it is, and goes on over what cannot be taken: that is told with its place, and makes the command end with 1.

mod archive;
mod job;
mod maildir;
mod mbox;
mod progress;
mod tawk;
mod unpack;

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use clap::{Args, Subcommand};
use desk::{
    Desk, Error,
    history::{History, Outcome, Wanted},
};
use model::Moment;

pub use job::{follow, tidy};
pub use unpack::form_of;

use self::{
    archive::{Found, Place},
    progress::Progress,
};
use crate::{config::Config, mail::worker, serve::open};

/// Why a mail of the trash or a draft is left where it is.
const DISCARDED: &str = "thrown away or never sent, in the program that wrote the archive";
/// Most bytes of a file of JSON.
const JSON_MOST: u64 = 256 << 20;

const MBOX: &str = "Examples:
  recado import mbox Inbox.mbox Sent.mbox --property Shop --dry-run    what would be taken in
  recado import mbox Inbox.mbox Sent.mbox --property Shop --ours support@shop.example --open-since 2026-11-01

Name all files of one mailbox at once: answers are put behind what they answer by the dates of all of them.";
const MAILDIR: &str = "Examples:
  recado import maildir ~/Maildir ~/Maildir/.Sent --property Shop --dry-run
  recado import maildir ~/Maildir ~/Maildir/.Sent --property Shop --ours support@shop.example

A folder's folders are named by themselves. Mails in the trash (T) and drafts (D) are left where they are.";
const TAWK: &str = "Examples:
  recado import tawk chats.json tickets.json --property Shop --dry-run
  recado import tawk exported-folder --property Shop --open-since 2026-11-01

Files of a folder are read if their names end with .json. Contacts come as CSV: Contacts → Import.";

/// Where from.
#[derive(Subcommand)]
pub enum Source {
    /// Mails in files of the form mbox, as Thunderbird, Gmail Takeout and mutt write them.
    #[command(after_help = MBOX)]
    Mbox(Mails),
    /// Mails in folders of the form Maildir.
    #[command(after_help = MAILDIR)]
    Maildir(Mails),
    /// Chats and tickets of tawk.to, as JSON.
    #[command(after_help = TAWK)]
    Tawk(Common),
}

/// What all are asked.
#[derive(Args)]
pub struct Common {
    /// Files or folders.
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Name or id of the property. Default: the only one.
    #[arg(long, value_name = "NAME|ID")]
    property: Option<String>,
    /// Change nothing; tell what would be taken in.
    #[arg(long)]
    dry_run: bool,
    /// Leave conversations open whose last words are of this day (UTC) or younger. Default: all are closed.
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
    open_since: Option<Moment>,
}

/// What is asked of mails besides.
#[derive(Args)]
pub struct Mails {
    #[command(flatten)]
    common: Common,
    /// An address that the team wrote from, besides those of its agents; may be said several times.
    #[arg(long, value_name = "ADDRESS")]
    ours: Vec<String>,
}

/// Midnight at the beginning of a day.
fn day(text: &str) -> Result<Moment, String> {
    let day: jiff::civil::Date = text.parse().map_err(|_| format!("`{text}` is no day; write it as 2026-11-01"))?;
    let at = jiff::tz::TimeZone::UTC.to_timestamp(day.at(0, 0, 0, 0)).map_err(|error| error.to_string())?;
    Ok(Moment(at.as_microsecond()))
}

/// Takes it in.
pub async fn import(config: Config, source: Source) -> Result<(), String> {
    let desk = open(&config).await?;
    let done = of(&desk, source).await;
    desk.close().await;
    done
}

async fn of(desk: &Desk, source: Source) -> Result<(), String> {
    match source {
        Source::Mbox(mails) => take_mails(desk, mails, "mbox", mbox::find).await,
        Source::Maildir(mails) => take_mails(desk, mails, "Maildir", maildir::find).await,
        Source::Tawk(common) => take_talks(desk, common).await,
    }
}

/// The history that it goes into.
async fn begin(desk: &Desk, common: &Common, ours: Vec<String>, form: &str) -> Result<History, String> {
    let names: Vec<String> = common.paths.iter().filter_map(|path| Some(path.file_name()?.to_string_lossy().into_owned())).collect();
    let wanted = Wanted {
        property: common.property.clone(),
        open_since: common.open_since,
        ours,
        source: format!("{form}: {}", names.join(", ")).chars().take(200).collect(),
    };
    let history = desk.history(wanted).await.map_err(|error| match (error, &common.property) {
        (Error::Refused(_), Some(name)) => format!("no property, or more than one, is called `{name}`; `--property` takes an id as well"),
        (Error::Refused(_), None) => "say which property it is for: --property NAME".to_owned(),
        (Error::Fault(fault), _) => fault.to_string(),
    })?;
    if !common.dry_run {
        history.begin().await.map_err(|error| error.to_string())?;
    }
    Ok(history)
}

async fn take_mails(desk: &Desk, mails: Mails, form: &str, find: fn(&Path) -> io::Result<Found>) -> Result<(), String> {
    let Mails { common, ours } = mails;
    let (mut places, mut discarded) = (vec![], 0);
    for path in &common.paths {
        let found = find(path).map_err(|error| format!("{}: {error}", path.display()))?;
        places.extend(found.places);
        discarded += found.discarded;
    }
    let history = begin(desk, &common, ours, form).await?;
    // what answers comes behind what it answers
    places.sort_by_key(|place| date(&history, place));
    let mut progress = Progress::new("mails", places.len(), common.dry_run);
    progress.leave_all(DISCARDED, discarded);
    for place in &places {
        match mail(desk, &history, place, common.dry_run).await {
            Ok(outcome) => progress.count(outcome),
            Err(why) => progress.refuse(&place.to_string(), &why),
        }
        progress.step();
    }
    progress.end(history.property_name())
}

/// When a mail was written, or else kept.
fn date(history: &History, place: &Place) -> Option<Moment> {
    [place.date, place.kept].into_iter().flatten().find_map(|at| history.dated(at))
}

/// What became of a mail; none when it would be taken and is not, since nothing is to be changed.
async fn mail(desk: &Desk, history: &History, place: &Place, dry: bool) -> Result<Option<Outcome>, String> {
    let raw = place.read()?;
    let at = date(history, place).ok_or("nothing tells when it was written")?;
    let understood = worker::understand(worker::Mind::default(), raw.clone(), worker::own(desk)).await?;
    let outcome = if dry { history.look(understood).await } else { history.mail(raw, understood, at).await.map(Some) };
    outcome.map_err(|error| error.to_string())
}

async fn take_talks(desk: &Desk, common: Common) -> Result<(), String> {
    let mut files = vec![];
    for path in &common.paths {
        json_files(path, &mut files).map_err(|error| format!("{}: {error}", path.display()))?;
    }
    let history = begin(desk, &common, vec![], "tawk.to").await?;
    let mut progress = Progress::new("files", files.len(), common.dry_run);
    for file in &files {
        match read_json(file) {
            Ok(items) => {
                for (place, item) in items {
                    let place = format!("{}, {place}", file.display());
                    match talk(&history, item, common.dry_run).await {
                        Ok(outcome) => progress.count(outcome),
                        Err(why) => progress.refuse(&place, &why),
                    }
                }
            }
            Err(why) => progress.refuse(&file.display().to_string(), &why),
        }
        progress.step();
    }
    progress.end(history.property_name())
}

async fn talk(history: &History, item: Result<serde_json::Value, String>, dry: bool) -> Result<Option<Outcome>, String> {
    let mut past = match tawk::conversation(&item?) {
        Ok(past) => past,
        Err(tawk::Wrong::Left(why)) => return Ok(Some(Outcome::Left(why))),
        Err(wrong) => return Err(wrong.to_string()),
    };
    for said in &mut past.said {
        said.at = history.dated(said.at).ok_or("a time of it lies before 1980")?;
    }
    let outcome = if dry {
        history.knows(&past.key).await.map(|known| known.then_some(Outcome::Known))
    } else {
        history.conversation(past).await.map(Some)
    };
    outcome.map_err(|error| error.to_string())
}

fn json_files(path: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    if !path.is_dir() {
        fs::metadata(path)?;
        files.push(path.to_owned());
        return Ok(());
    }
    let mut inside = fs::read_dir(path)?.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()?;
    inside.sort();
    for path in inside {
        if path.is_dir() || path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("json")) {
            json_files(&path, files)?;
        }
    }
    Ok(())
}

fn read_json(path: &Path) -> Result<Vec<tawk::Item>, String> {
    let cannot = |error: io::Error| format!("it cannot be read: {error}");
    if fs::metadata(path).map_err(cannot)?.len() > JSON_MOST {
        return Err(format!("it is larger than {} MB: export less at once", JSON_MOST >> 20));
    }
    Ok(tawk::items(&fs::read(path).map_err(cannot)?))
}
