//! All mail of a property, out and in, as its admins read it.

mod api;
mod list;
mod page;
mod ways;

pub use list::LettersPage;
pub use page::LetterPage;

use model::{
    Text,
    letter::{LetterIn, LetterInStatus, LetterKind, LetterStatus},
    text::email as texts,
};

use crate::ui::Tone;

/// How far a letter has come, in words and colour.
const fn status_out(status: LetterStatus) -> (Text, Tone) {
    match status {
        LetterStatus::Waiting => (texts::WAITING, Tone::Warm),
        LetterStatus::Kept => (texts::KEPT, Tone::Fresh),
        LetterStatus::Sent => (texts::SENT, Tone::Good),
        LetterStatus::Failed => (texts::FAILED, Tone::Bad),
        LetterStatus::Bounced => (texts::BOUNCED, Tone::Bad),
    }
}

/// What became of a mail received, in words and colour.
const fn status_in(letter: &LetterIn) -> (Text, Tone) {
    match letter.status {
        // looked at already, and there is a reason why it is not done
        LetterInStatus::New if letter.why.is_some() => (texts::WAITING, Tone::Warm),
        LetterInStatus::New => (texts::NEW, Tone::Warm),
        LetterInStatus::Filed => (texts::FILED, Tone::Good),
        LetterInStatus::Logged => (texts::LOGGED, Tone::Plain),
        LetterInStatus::Failed => (texts::NOT_UNDERSTOOD, Tone::Bad),
    }
}

/// Why a letter was written.
const fn kind(kind: LetterKind) -> Text {
    match kind {
        LetterKind::Reply => texts::KIND_REPLY,
        LetterKind::Forward => texts::KIND_FORWARD,
        LetterKind::Copy => texts::KIND_COPY,
        LetterKind::Invitation => texts::KIND_INVITATION,
        LetterKind::Acknowledgement => texts::KIND_ACKNOWLEDGEMENT,
        LetterKind::Transcript => texts::KIND_TRANSCRIPT,
        LetterKind::Rule => texts::KIND_RULE,
    }
}
