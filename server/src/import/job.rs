//! Archives that admins brought: gone through by the same importers as the command's, first to look and then to take in. How far it is
//! is written down every few pieces, so that it goes on after a restart; a piece that is met twice is known the second time.

use std::{
    fs,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use desk::{
    Desk, Fault,
    history::{History, Outcome, Turn},
};
use model::history::{Form, Stage, Tally};
use tokio::time::{Instant, sleep};

use super::{archive::Place, date, json_files, mail, maildir, mbox, read_json, talk, unpack};
use crate::closing::Closing;

/// How often it is told how far it is.
const OFTEN: Duration = Duration::from_millis(700);
/// And while nothing can be told but that it goes on.
const SELDOM: Duration = Duration::from_secs(10);
/// A file that nobody names is of an upload that broke, or of one that goes on.
const LEFT: Duration = Duration::from_hours(24);

/// What an archive holds.
enum Found {
    Mails(Vec<Place>, usize),
    Talks(Vec<PathBuf>, usize),
}

/// Goes through the archive that waits longest, to its end. False when none waits. `most` is how large one may be, in MiB.
pub async fn follow(desk: Desk, most: u32, closing: Closing) -> desk::Result<bool> {
    let Some(turn) = desk.take_archive().await? else { return Ok(false) };
    let file = desk.archive(&turn.archive.id);
    let folder = file.with_extension("d");
    let gone = Job { desk, turn, closing, told: Instant::now(), file, folder: folder.clone() }.go(u64::from(most) << 22).await;
    drop(tokio::fs::remove_dir_all(folder).await);
    gone.map(|()| true)
}

/// Takes away files that no archive names: a process died, or an upload broke.
pub async fn tidy(desk: Desk) {
    let Ok(wanted) = desk.wanted_archives().await else { return };
    let Ok(entries) = fs::read_dir(desk.settings().data.join("archives")) else { return };
    let now = SystemTime::UNIX_EPOCH + Duration::from_micros(u64::try_from(desk.clock().now().0).unwrap_or(0));
    for path in entries.filter_map(|entry| Some(entry.ok()?.path())) {
        let named = wanted.iter().any(|id| path.file_stem().is_some_and(|stem| stem == id.as_str()));
        let age = fs::metadata(&path).and_then(|known| known.modified()).ok().and_then(|at| now.duration_since(at).ok());
        if !named && age.is_some_and(|age| age > LEFT) {
            drop(if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) });
        }
    }
}

struct Job {
    desk: Desk,
    turn: Turn,
    closing: Closing,
    told: Instant,
    file: PathBuf,
    folder: PathBuf,
}

impl Job {
    async fn go(mut self, most: u64) -> desk::Result<()> {
        if self.turn.archive.stage == Stage::Checking {
            // half a look says nothing
            (self.turn.archive.looked, self.turn.archive.tally) = (0, Tally::default());
        }
        let (file, folder, form) = (self.file.clone(), self.folder.clone(), self.turn.archive.form);
        let reading = tokio::task::spawn_blocking(move || read(&file, form, &folder, most));
        let Some(found) = self.hold(reading).await? else { return Ok(()) };
        let history = self.turn.history().await?;
        let whole = match found.map_err(|_| Fault::Closed)? {
            Err(why) => return self.turn.end(Some(why)).await,
            Ok(Found::Mails(places, discarded)) => self.mails(&history, places, discarded).await?,
            Ok(Found::Talks(files, total)) => self.talks(&history, &files, total).await?,
        };
        if whole { self.turn.end(None).await } else { Ok(()) }
    }

    /// Waits for what cannot tell how far it is. None when the turn is lost.
    async fn hold<T>(&self, work: impl Future<Output = T>) -> desk::Result<Option<T>> {
        tokio::pin!(work);
        loop {
            tokio::select! {
                done = &mut work => return Ok(Some(done)),
                () = sleep(SELDOM) => if !self.turn.tell().await? { return Ok(None) },
            }
        }
    }

    /// True at the end of all; false when the turn is lost or given back.
    async fn mails(&mut self, history: &History, mut places: Vec<Place>, discarded: usize) -> desk::Result<bool> {
        // what answers comes behind what it answers
        places.sort_by_key(|place| date(history, place));
        if self.begin(places.len()) {
            self.turn.archive.tally.leave(super::DISCARDED, i64::try_from(discarded).unwrap_or(i64::MAX));
        }
        let (dry, looked) = (self.dry(), self.looked());
        for place in places.iter().skip(looked) {
            if !self.goes_on().await? {
                return Ok(false);
            }
            let outcome = mail(&self.desk, history, place, dry).await;
            let at = place.at;
            let whole = self.name(&place.file);
            self.count(outcome, || if at > 0 { format!("{whole}, byte {at}") } else { whole });
        }
        Ok(true)
    }

    async fn talks(&mut self, history: &History, files: &[PathBuf], total: usize) -> desk::Result<bool> {
        self.begin(total);
        let (dry, looked) = (self.dry(), self.looked());
        let mut n = 0;
        for file in files {
            let (path, name) = (file.clone(), self.name(file));
            let reading = tokio::task::spawn_blocking(move || read_json(&path));
            let Some(read) = self.hold(reading).await? else { return Ok(false) };
            let items = match read.map_err(|_| Fault::Closed)? {
                Ok(items) => items,
                Err(why) => vec![(String::new(), Err(why))],
            };
            for (place, item) in items {
                n += 1;
                if n <= looked {
                    continue;
                }
                if !self.goes_on().await? {
                    return Ok(false);
                }
                let outcome = talk(history, item, dry).await;
                self.count(outcome, || if place.is_empty() { name.clone() } else { format!("{name}, {place}") });
            }
        }
        Ok(true)
    }

    fn dry(&self) -> bool {
        self.turn.archive.stage == Stage::Checking
    }

    fn looked(&self) -> usize {
        usize::try_from(self.turn.archive.looked).unwrap_or(0)
    }

    /// How many there are. True when nothing was looked at yet.
    fn begin(&mut self, total: usize) -> bool {
        self.turn.archive.total = i64::try_from(total).unwrap_or(i64::MAX);
        self.turn.archive.looked == 0
    }

    /// Tells how far it is, from time to time. False when it does not go on here.
    async fn goes_on(&mut self) -> desk::Result<bool> {
        if *self.closing.borrow() {
            self.turn.leave().await?;
            return Ok(false);
        }
        if self.told.elapsed() < OFTEN {
            return Ok(true);
        }
        self.told = Instant::now();
        self.turn.tell().await
    }

    fn count(&mut self, outcome: Result<Option<Outcome>, String>, place: impl FnOnce() -> String) {
        let archive = &mut self.turn.archive;
        archive.looked += 1;
        match outcome {
            Ok(None) => archive.tally.would += 1,
            Ok(Some(Outcome::Opened(_))) => archive.tally.opened += 1,
            Ok(Some(Outcome::Added(_))) => archive.tally.added += 1,
            Ok(Some(Outcome::Known)) => archive.tally.know(place),
            Ok(Some(Outcome::Left(why))) => archive.tally.leave(why, 1),
            Err(why) => archive.tally.refuse(place, &why),
        }
    }

    /// What a file is called, as the one who brought it knows it.
    fn name(&self, file: &Path) -> String {
        file.strip_prefix(&self.folder).map_or_else(|_| self.turn.archive.name.clone(), |inside| inside.display().to_string())
    }
}

fn read(file: &Path, form: Form, folder: &Path, most: u64) -> Result<Found, String> {
    // what a process left that died
    drop(fs::remove_dir_all(folder));
    let paths = unpack::lay_out(file, form, folder, most)?;
    if form == Form::Tawk {
        let mut files = vec![];
        for path in &paths {
            json_files(path, &mut files).map_err(|error| error.to_string())?;
        }
        // one that cannot be read counts once, to be told of
        let total = files.iter().map(|file| read_json(file).map_or(1, |items| items.len())).sum();
        return Ok(Found::Talks(files, total));
    }
    let find = if form == Form::Mbox { mbox::find } else { maildir::find };
    let (mut places, mut discarded) = (vec![], 0);
    for path in &paths {
        let found = find(path).map_err(|error| error.to_string())?;
        places.extend(found.places);
        discarded += found.discarded;
    }
    Ok(Found::Mails(places, discarded))
}
