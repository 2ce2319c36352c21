//! Reads one mailbox, for good: what came since the last look, after any outage, in the order it came; then waits for more. A mail
//! that cannot be fetched is passed over after three tries and counted; it stops no other. The place is kept after what was taken or is
//! known to be gone, so that a mail may be fetched twice and is never left out; twice fetched, it is known by its bytes.

use std::time::Duration;

use async_imap::types::Fetch;
use desk::{
    Desk, Error as DeskError,
    postbox::{Fetching, Place},
};
use futures::TryStreamExt as _;
use model::{
    Moment,
    mailbox::{MailboxFault, MailboxTrouble},
    moment::{DAY, MINUTE},
};
use tokio::time::timeout;

use super::{
    Manner,
    line::{Open, fault, open, wrong},
    wait::wait,
};

/// Mails whose size and date are asked for at once, and after which the place is kept.
const BATCH: usize = 50;
/// Tries before a mail is passed over.
const TRIES: u32 = 3;
/// Longest pause between tries to connect.
const LONGEST: Duration = Duration::from_mins(5);
/// Longest time for one mail to come.
const MAIL_TIME: Duration = Duration::from_mins(5);

/// How far a server's clock may be behind ours.
const SKEW: i64 = 2 * MINUTE;

/// Why a visit ended.
enum End {
    /// The mailbox cannot be read; admins see why.
    Fault(MailboxFault),
    /// Ours to mend; it is tried again.
    Desk(DeskError),
}

impl From<MailboxFault> for End {
    fn from(fault: MailboxFault) -> Self {
        Self::Fault(fault)
    }
}

impl From<DeskError> for End {
    fn from(error: DeskError) -> Self {
        Self::Desk(error)
    }
}

/// The reader of one mailbox.
pub struct Reader {
    desk: Desk,
    mailbox: Fetching,
    manner: Manner,
    /// The mail that is being fetched, and how often that was tried.
    trying: (u32, u32),
    failures: u32,
}

/// A mail as it is listed.
struct Listed {
    uid: u32,
    size: usize,
    came: Option<Moment>,
}

impl Reader {
    /// Of a mailbox.
    pub fn new(desk: Desk, mailbox: Fetching, manner: Manner) -> Self {
        Self { desk, mailbox, manner, trying: (0, 0), failures: 0 }
    }

    /// Reads until it is dropped.
    pub async fn run(mut self) {
        loop {
            match self.visit().await {
                End::Fault(fault) => {
                    tracing::warn!(mailbox = %self.mailbox.id, trouble = %fault.trouble, said = %fault.said, "a mailbox cannot be read; it is tried again");
                    if let Err(error) = self.desk.postbox().cannot_read(&self.mailbox, fault).await {
                        tracing::error!(%error, "that a mailbox cannot be read could not be written down");
                    }
                }
                End::Desk(error) => {
                    tracing::error!(mailbox = %self.mailbox.id, %error, "a mail could not be taken from a mailbox; it is tried again");
                }
            }
            let pause = self.manner.pause.saturating_mul(1 << self.failures.min(10)).min(LONGEST);
            self.failures += 1;
            tokio::time::sleep(pause).await;
        }
    }

    /// Connects, and reads until something is wrong.
    async fn visit(&mut self) -> End {
        let Some(account) = self.mailbox.account.clone() else { return fault(MailboxTrouble::Sealed, "").into() };
        let mut open = match open(&account, self.manner.ca_file.as_deref()).await {
            Ok(open) => open,
            Err(fault) => return fault.into(),
        };
        let validity = open.folder.uid_validity.unwrap_or(0);
        if self.mailbox.uid_validity != Some(validity) {
            // every mail has another number now, or none was seen yet
            self.mailbox.uid_validity = Some(validity);
            self.mailbox.last_uid = 0;
        }
        loop {
            if let Err(end) = self.catch_up(&mut open).await {
                return end;
            }
            self.failures = 0;
            if let Err(fault) = wait(&mut open, self.manner.poll).await {
                return fault.into();
            }
        }
    }

    /// Takes everything that came since the last look.
    async fn catch_up(&mut self, open: &mut Open) -> Result<(), End> {
        let asked = match since(self.mailbox.since) {
            Some(day) => format!("UID {}:* SINCE {day}", self.mailbox.last_uid.saturating_add(1)),
            None => format!("UID {}:*", self.mailbox.last_uid.saturating_add(1)),
        };
        let mut uids: Vec<u32> = open.search(&asked).await?.into_iter().filter(|uid| *uid > self.mailbox.last_uid).collect();
        uids.sort_unstable();
        for batch in uids.chunks(BATCH) {
            let mut place = self.place();
            let listed = self.list(open, batch).await?;
            for uid in batch {
                let taken = match listed.iter().find(|mail| mail.uid == *uid) {
                    Some(mail) => self.take(open, mail, &mut place).await,
                    None => self.take_alone(open, *uid, &mut place).await,
                };
                if taken.is_err() && place.last_uid > self.mailbox.last_uid {
                    self.keep(place).await?;
                }
                taken?;
                place.last_uid = *uid;
            }
            self.keep(place).await?;
        }
        if uids.is_empty() {
            self.keep(self.place()).await?;
        }
        Ok(())
    }

    fn place(&self) -> Place {
        Place { uid_validity: self.mailbox.uid_validity.unwrap_or(0), last_uid: self.mailbox.last_uid, fetched: 0, passed_over: 0 }
    }

    async fn keep(&mut self, place: Place) -> Result<(), End> {
        self.desk.postbox().came_to(&self.mailbox, place).await?;
        self.mailbox.last_uid = place.last_uid;
        Ok(())
    }

    /// Size and date of mails, in the order of their numbers. Those that are gone meanwhile are left out, as are those that are refused.
    async fn list(&self, open: &mut Open, uids: &[u32]) -> Result<Vec<Listed>, MailboxFault> {
        let set = uids.iter().map(u32::to_string).collect::<Vec<_>>().join(",");
        let fetched = fetch(open, &set, "(UID RFC822.SIZE INTERNALDATE)").await?;
        let mut all: Vec<Listed> = fetched
            .iter()
            .filter_map(|mail| {
                let came = mail.internal_date().map(|at| Moment(at.timestamp_micros()));
                Some(Listed { uid: mail.uid?, size: mail.size.and_then(|size| usize::try_from(size).ok()).unwrap_or(0), came })
            })
            .filter(|mail| uids.contains(&mail.uid))
            .collect();
        all.sort_by_key(|mail| mail.uid);
        Ok(all)
    }

    async fn take(&mut self, open: &mut Open, listed: &Listed, place: &mut Place) -> Result<(), End> {
        if listed.came.is_some_and(|came| came.plus(SKEW) < self.mailbox.since) {
            return Ok(());
        }
        if listed.size > self.manner.max_size || self.tries(listed.uid) >= TRIES {
            self.pass_over(listed.uid, listed.size, place);
            return Ok(());
        }
        let fetched = fetch(open, &listed.uid.to_string(), "(UID BODY.PEEK[])").await.inspect_err(|_| self.trying.1 += 1)?;
        let Some(raw) = fetched.iter().filter(|mail| mail.uid == Some(listed.uid)).find_map(Fetch::body) else {
            return self.miss(open, listed.uid, place).await;
        };
        let id = self.desk.postbox().fetched(&self.mailbox, raw.to_vec()).await?;
        tracing::info!(%id, mailbox = %self.mailbox.id, uid = listed.uid, size = raw.len(), "a mail was fetched");
        place.fetched += 1;
        Ok(())
    }

    /// One that was found and not listed with the others, which the server may have refused for another's sake.
    async fn take_alone(&mut self, open: &mut Open, uid: u32, place: &mut Place) -> Result<(), End> {
        match self.list(open, &[uid]).await?.pop() {
            Some(listed) => self.take(open, &listed, place).await,
            None => self.miss(open, uid, place).await,
        }
    }

    /// A mail did not come: it was deleted meanwhile, or is tried again.
    async fn miss(&mut self, open: &mut Open, uid: u32, place: &mut Place) -> Result<(), End> {
        if self.tries(uid) >= TRIES {
            self.pass_over(uid, 0, place);
            return Ok(());
        }
        self.trying.1 += 1;
        if open.search(&format!("UID {uid}")).await?.contains(&uid) {
            return Err(fault(MailboxTrouble::Answer, "the server finds a mail and does not give it").into());
        }
        Ok(())
    }

    /// How often a mail was tried in vain.
    fn tries(&mut self, uid: u32) -> u32 {
        if self.trying.0 != uid {
            self.trying = (uid, 0);
        }
        self.trying.1
    }

    fn pass_over(&self, uid: u32, size: usize, place: &mut Place) {
        tracing::warn!(mailbox = %self.mailbox.id, uid, size, "a mail cannot be fetched; it stays in its mailbox");
        place.passed_over += 1;
    }
}

/// What the server gives of it: the library does not tell an answer that ends with NO, or not at all, from one that ends with OK.
async fn fetch(open: &mut Open, set: &str, what: &str) -> Result<Vec<Fetch>, MailboxFault> {
    let all = async { open.line.uid_fetch(set, what).await?.try_collect::<Vec<_>>().await };
    timeout(MAIL_TIME, all).await.map_err(|_| fault(MailboxTrouble::Silence, ""))?.map_err(|error| wrong(&error))
}

/// The day before a moment as a search names it, because days begin elsewhere at other hours. None: from the beginning.
fn since(moment: Moment) -> Option<String> {
    if moment.0 <= 0 {
        return None;
    }
    let stamp = jiff::Timestamp::from_microsecond(moment.0.saturating_sub(DAY)).ok()?;
    Some(stamp.to_zoned(jiff::tz::TimeZone::UTC).strftime("%-d-%b-%Y").to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_begins_a_day_before() {
        assert_eq!(since(Moment(1_795_435_200_000_000)).as_deref(), Some("22-Nov-2026"));
        assert_eq!(since(Moment(0)), None);
    }
}
