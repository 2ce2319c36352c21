//! The figures an admin opens with: whether mail flows, how full the database is, what waits.
//! Knows only figures; where they are counted is the desk's.

use serde::{Deserialize, Serialize};

use crate::{
    ConversationId, LetterInId, Moment,
    moment::{DAY, MINUTE},
    report::Figures,
    words,
};

words! {
    /// The database this Recado keeps everything in.
    Database {
        /// A file beside the program.
        Sqlite = "sqlite",
        /// A server of its own.
        Postgres = "postgres",
    }
}

/// Letters of ours, counted by how far they have come.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LettersOut {
    /// To be sent or tried again.
    pub waiting: i64,
    /// Since when the oldest of them waits.
    pub waiting_since: Option<Moment>,
    /// Kept for reading, because no relay is configured.
    pub kept: i64,
    /// Given up within [`RECENT`].
    pub failed: i64,
    /// Come back within [`RECENT`].
    pub bounced: i64,
    /// Taken by the relay since midnight in the property's zone.
    pub sent_today: i64,
    /// When the last one was written.
    pub last_at: Option<Moment>,
}

/// How far back failures count for health: what was looked after long ago is no news.
pub const RECENT: i64 = 7 * DAY;
/// A letter that waits longer is late: a relay that asks for patience (greylisting) is content by then.
pub const LATE: i64 = 15 * MINUTE;

impl LettersOut {
    /// Since when the oldest letter waits, if that is too long.
    pub fn late_since(&self, now: Moment) -> Option<Moment> {
        self.waiting_since.filter(|since| now.since(*since) > LATE)
    }

    /// Whether letters go out. One that comes back is its recipient's trouble.
    pub fn well(&self, now: Moment) -> bool {
        self.failed == 0 && self.late_since(now).is_none()
    }
}

/// Mails received, counted by what became of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LettersIn {
    /// Where mail is listened for; none: nowhere.
    pub listens: Option<String>,
    /// Mailboxes elsewhere that cannot be read.
    pub unreadable: i64,
    /// Committed and not read yet.
    pub new: i64,
    /// That would open too many tickets at once, and wait.
    pub held: i64,
    /// That could not be understood.
    pub failed: i64,
    /// Received since midnight in the property's zone.
    pub today: i64,
    /// When the last one came.
    pub last_at: Option<Moment>,
}

impl LettersIn {
    /// Whether all that came was understood.
    pub const fn well(&self) -> bool {
        self.failed + self.held + self.unreadable == 0
    }
}

/// A mail provider asks whether a mailbox may be forwarded to us: an admin answers with its code or link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confirmation {
    /// The mail that asks.
    pub id: LetterInId,
    /// Its sender.
    pub sender: String,
    /// Whether the sender's domain vouches for it.
    pub proven: bool,
    /// The mailbox to be forwarded, if the mail names it.
    pub account: Option<String>,
    /// The code to be typed in there.
    pub code: Option<String>,
    /// The link to be opened.
    pub link: Option<String>,
    /// The conversation with the whole mail.
    pub conversation: Option<ConversationId>,
    /// When it came.
    pub at: Moment,
}

impl Confirmation {
    /// Where the link leads: what is said on its button, so that nobody is led astray.
    pub fn host(&self) -> Option<&str> {
        let rest = self.link.as_deref()?.strip_prefix("https://")?;
        rest.split(['/', '?', '#']).next()
    }
}

/// The first page of the admin's part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Overview {
    /// Mail sent or forwarded there becomes a ticket.
    pub forwarding_address: String,
    /// What was counted today.
    pub today: Figures,
    /// Mail out.
    pub letters_out: LettersOut,
    /// Mail in.
    pub letters_in: LettersIn,
    /// Open tickets in the Inbox.
    pub open_tickets: i64,
    /// Agents who may enter.
    pub agents: i64,
    /// Departments.
    pub departments: i64,
    /// Forwardings that wait to be confirmed, newest first.
    pub confirmations: Vec<Confirmation>,
    /// When letters that nobody typed were last not sent because there were too many, if that is no day ago.
    pub ceiling_at: Option<Moment>,
    /// Which database.
    pub database: Database,
    /// Its size in bytes, over all properties.
    pub database_bytes: i64,
    /// The server's clock when this was counted.
    pub now: Moment,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_that_wait_long_or_are_given_up_need_attention() {
        let now = Moment(100 * DAY);
        let waits = |since| LettersOut { waiting: 1, waiting_since: Some(Moment(now.0 - since)), ..LettersOut::default() };
        assert!(waits(MINUTE).well(now));
        assert!(!waits(LATE + 1).well(now));
        assert!(!LettersOut { failed: 1, ..LettersOut::default() }.well(now));
        assert!(LettersOut { bounced: 1, ..LettersOut::default() }.well(now), "a wrong address is its owner's trouble");
    }
}
