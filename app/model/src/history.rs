//! Archives of other programs that are taken in: what they are, how far each has come, and what became of what is in them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    ImportId, Moment, PropertyId, Refusal, Text, Why, address::EmailAddress, moment::DAY, report::Day, text::data as texts, words,
};

/// Most addresses that a team wrote from.
pub const OURS_MOST: usize = 50;
/// Cases of each kind that are kept to be shown.
pub const CASES_MOST: usize = 10;
/// Archives that are listed.
pub const LISTED: i64 = 20;

words! {
    /// What an archive is.
    Form {
        /// Mails behind each other in one file.
        Mbox = "mbox",
        /// Folders of mails.
        Maildir = "maildir",
        /// Chats and tickets of tawk.to.
        Tawk = "tawk",
    }
}

words! {
    /// How far it has come.
    Stage {
        /// Each piece is looked at; nothing is taken in.
        Checking = "checking",
        /// Each piece was looked at.
        Checked = "checked",
        /// Pieces are taken in.
        Running = "running",
        /// All pieces were taken in, or known to be none.
        Done = "done",
        /// Somebody stopped it.
        Stopped = "stopped",
        /// It cannot be read.
        Failed = "failed",
    }
}

impl Stage {
    /// Whether something is done by itself now.
    pub const fn moves(self) -> bool {
        matches!(self, Self::Checking | Self::Running)
    }
}

/// What became of what was looked at, or would.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Tally {
    /// Those that would be taken in.
    pub would: i64,
    /// Conversations that came to be.
    pub opened: i64,
    /// Those that went into one that was there.
    pub added: i64,
    /// Those that are here already.
    pub known: i64,
    /// Those that cannot be taken in.
    pub refused: i64,
    /// Those that are nothing to be taken in, by why.
    pub left: BTreeMap<String, i64>,
    /// The first of those that are here already, and of those that cannot be taken in.
    pub cases: Vec<Case>,
}

/// Something of an archive that is not taken in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Case {
    /// Where it is.
    pub place: String,
    /// Why it cannot be taken in; none: it is here already.
    pub why: Option<String>,
}

impl Tally {
    /// Some are nothing to be taken in, for one reason.
    pub fn leave(&mut self, why: &str, n: i64) {
        if n > 0 {
            *self.left.entry(why.to_owned()).or_default() += n;
        }
    }

    /// One is here already.
    pub fn know(&mut self, place: impl FnOnce() -> String) {
        self.known += 1;
        self.keep(place, None);
    }

    /// One cannot be taken in.
    pub fn refuse(&mut self, place: impl FnOnce() -> String, why: &str) {
        self.refused += 1;
        self.keep(place, Some(why.chars().take(300).collect()));
    }

    fn keep(&mut self, place: impl FnOnce() -> String, why: Option<String>) {
        if self.cases.iter().filter(|case| case.why.is_some() == why.is_some()).count() < CASES_MOST {
            self.cases.push(Case { place: place(), why });
        }
    }
}

/// An archive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Archive {
    /// Identity.
    pub id: ImportId,
    /// Name of the file.
    pub name: String,
    /// Its bytes.
    pub size: i64,
    /// What it is.
    pub form: Form,
    /// Who brought it.
    pub by: String,
    /// When.
    pub at: Moment,
    /// Addresses that the team wrote from.
    pub ours: Vec<String>,
    /// Conversations whose last words are not older stay open.
    pub open_since: Option<Moment>,
    /// How far it has come.
    pub stage: Stage,
    /// Its pieces, as soon as they are counted.
    pub total: i64,
    /// Pieces that were looked at.
    pub looked: i64,
    /// What became of them.
    pub tally: Tally,
    /// Why it cannot be read.
    pub why: String,
}

/// What the page of archives shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Archives {
    /// The newest ones, newest first.
    pub all: Vec<Archive>,
    /// Largest archive that is taken, in MiB.
    pub most: u32,
}

/// What is asked of an archive, as it is typed.
#[derive(Clone, Debug, Default)]
pub struct ArchiveForm {
    /// The property that the page was made for.
    pub property: String,
    /// Addresses that the team wrote from.
    pub ours: String,
    /// The day on which conversations stay open; empty for none.
    pub open_since: String,
}

/// The same, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wishes {
    /// The property that the page was made for.
    pub property: PropertyId,
    /// Addresses that the team wrote from.
    pub ours: Vec<String>,
    /// Conversations whose last words are not older stay open.
    pub open_since: Option<Moment>,
}

impl ArchiveForm {
    /// Checks what was typed.
    pub fn check(&self) -> Result<Wishes, Refusal> {
        let parts = self.ours.split(|c: char| c == ',' || c == ';' || c.is_whitespace()).filter(|part| !part.is_empty());
        let ours = parts
            .map(|part| EmailAddress::of_field("ours", part).map(|address| address.as_str().to_lowercase()))
            .collect::<Result<Vec<_>, _>>()?;
        if ours.len() > OURS_MOST {
            return Err(Refusal::invalid("ours", Why::TooMany(50)));
        }
        let open_since = match self.open_since.trim() {
            "" => None,
            day => Some(Moment(day.parse::<Day>().map_err(|()| Refusal::invalid("open_since", Why::NotADay))?.0 * DAY)),
        };
        let property = self.property.parse().map_err(|_| Refusal::NotFound)?;
        Ok(Wishes { property, ours, open_since })
    }
}

/// A reason in the reader's language, as far as it is one of those that are often.
pub fn reason(language: crate::Language, why: &str) -> String {
    const KNOWN: [Text; 8] = [
        texts::LEFT_DISCARDED,
        texts::LEFT_OWN,
        texts::LEFT_REPORT,
        texts::LEFT_AUTOMATIC,
        texts::LEFT_SILENT,
        texts::LEFT_TRANSCRIPT,
        texts::WHY_UNDATED,
        texts::WHY_OLD,
    ];
    let known = KNOWN.into_iter().find(|text| crate::Language::English.say(*text) == why);
    known.map_or(why, |text| language.say(text)).to_owned()
}
