//! Visits: browsers on a customer's site as their beacons tell of them, and by which rule somebody is there.
//! A visit lives in the memory of a page alone; nothing is kept on the visitor's machine. Knows no clock and no address.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    ConversationId, Moment, Refusal, TriggerId, VisitId, VisitorId, Why,
    address::text_of_field,
    chat::{VISITOR_TEXT_MOST, address_line},
    moment::MINUTE,
    words,
};

/// Somebody who did nothing for so long is idle. The page itself notices.
pub const IDLE_AFTER: i64 = 10 * MINUTE;
/// A visit without action for so long is over.
pub const ENDED_AFTER: i64 = 20 * MINUTE;
/// A page says that it is there every twenty seconds, a hidden one each minute. One that is silent for longer is closed or asleep.
pub const SILENT_AFTER: i64 = 2 * MINUTE;
/// Largest beacon, in bytes.
pub const BEACON_MOST: usize = 8 * 1024;
/// Pages kept of a visit; the first ones stay.
pub const PAGES_MOST: i64 = 200;
/// Visits shown at a time.
pub const VISITS_SHOWN: i64 = 500;

words! {
    /// How somebody is there.
    Stage {
        /// In a chat that an agent is in.
        Served = "served",
        /// At the page.
        Active = "active",
        /// Did nothing for ten minutes.
        Idle = "idle",
        /// Left the site.
        Left = "left",
    }
}

/// What the page says from time to time. What else is in it is not looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Beacon {
    /// Of the page's memory: four numbers of 32 bits.
    pub id: String,
    /// Address of the page.
    pub page: String,
    /// Where it was reached from.
    pub referrer: String,
    /// Whether nothing was moved for ten minutes.
    pub idle: bool,
    /// A trigger that the browser decided, and whose words it just showed. Else what the tab keeps: `quiet` when the words of a
    /// trigger were sent away in it.
    pub trigger: Option<String>,
}

/// A beacon, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sighting {
    /// Which page load says it.
    pub load: VisitId,
    /// Address of the page.
    pub page: String,
    /// Where it was reached from, or empty.
    pub referrer: String,
    /// Whether nothing was moved for ten minutes.
    pub idle: bool,
    /// A trigger whose words were just shown.
    pub trigger: Option<TriggerId>,
    /// Whether triggers are to say nothing.
    pub quiet: bool,
}

impl Beacon {
    /// Checks it; none for what is none.
    pub fn check(&self) -> Option<Sighting> {
        let (page, referrer) = (address_line(&self.page), address_line(&self.referrer));
        let (load, trigger) = (of_page(&self.id)?, self.trigger.as_ref().and_then(|id| id.parse().ok()));
        (!page.is_empty()).then_some(Sighting {
            load,
            page,
            referrer,
            idle: self.idle,
            trigger,
            quiet: self.trigger.as_deref() == Some("quiet"),
        })
    }
}

/// The id of a page load as the page writes it: four numbers of 32 bits with hyphens.
pub fn of_page(text: &str) -> Option<VisitId> {
    let mut bits: u128 = 0;
    let mut parts = 0;
    for part in text.split('-') {
        let plain = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        let number: u32 = part.parse().ok().filter(|_| plain)?;
        (bits, parts) = ((bits << 32) | u128::from(number), parts + 1);
        if parts > 4 {
            return None;
        }
    }
    (parts == 4).then(|| VisitId::from_bits(bits))
}

/// A page that was seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageSeen {
    /// Its address.
    pub page: String,
    /// Since when.
    pub at: Moment,
}

/// A visit, as agents see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Visit {
    /// Identity.
    pub id: VisitId,
    /// The browser, once its window was opened.
    pub visitor: Option<VisitorId>,
    /// The last chat begun in it.
    pub chat: Option<ConversationId>,
    /// Agents in that chat, if it goes on.
    pub served_by: Vec<String>,
    /// Name that was given in a chat, or empty.
    pub name: String,
    /// The page that is open.
    pub page: String,
    /// Where they came from to the site, or empty.
    pub referrer: String,
    /// What the browser says of itself.
    pub browser: String,
    /// Language of the browser, as a tag, or empty.
    pub language: String,
    /// Network address.
    pub address: String,
    /// Country, two letters, when a database of addresses is there.
    pub country: Option<String>,
    /// Visits before this one, as far as the browser is known.
    pub before: i64,
    /// Pages seen.
    pub pages: i64,
    /// Since when.
    pub started_at: Moment,
    /// When it last said something.
    pub seen_at: Moment,
    /// Since when nothing was moved, if nothing is.
    pub idle_at: Option<Moment>,
    /// Words of an agent that the page has not shown yet.
    pub waiting: bool,
}

impl Visit {
    /// How somebody is there at a moment.
    pub fn stage(&self, now: Moment) -> Stage {
        let left = match self.idle_at {
            // what was moved last was moved ten minutes before the page said so
            Some(at) => now.since(at) >= ENDED_AFTER - IDLE_AFTER,
            None => now.since(self.seen_at) >= SILENT_AFTER,
        };
        match (left, self.served_by.is_empty(), self.idle_at) {
            (true, _, _) => Stage::Left,
            (false, false, _) => Stage::Served,
            (false, true, Some(_)) => Stage::Idle,
            (false, true, None) => Stage::Active,
        }
    }

    /// Some letters of its id, for who gave no name.
    pub fn short(&self) -> &str {
        self.id.as_str().get(21..).unwrap_or_default()
    }
}

/// Whether a page load goes on with an earlier visit of the same browser at the same address: it was reached from the page that was open
/// there, and that one was not silent for too long.
pub fn goes_on(page_open: &str, seen_at: Moment, referrer: &str, now: Moment) -> bool {
    let plain = |address: &str| address.split('#').next().unwrap_or_default().to_owned();
    !referrer.is_empty() && plain(page_open) == plain(referrer) && now.since(seen_at) < ENDED_AFTER
}

/// Everybody on the site, as the page is told it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Visits {
    /// Whether beacons are sent at all.
    pub monitor: bool,
    /// Who is there, those who came last first.
    pub visits: Vec<Visit>,
    /// The server's clock.
    pub now: Moment,
}

/// A visit with all that is known of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenedVisit {
    /// The visit.
    pub visit: Visit,
    /// Pages in the order they were seen.
    pub pages: Vec<PageSeen>,
    /// The server's clock.
    pub now: Moment,
}

/// What a page is told in answer to its beacon.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// Of the trigger, or of the words.
    pub id: String,
    /// Words to show beside the launcher, under no language. None: the window opens by itself, and shows them.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub say: BTreeMap<String, String>,
}

impl Answer {
    /// These words, or that the window opens.
    pub fn new(id: &str, text: &str, open: bool) -> Self {
        let say = if open { BTreeMap::new() } else { BTreeMap::from([(String::new(), text.to_owned())]) };
        Self { id: id.into(), say }
    }
}

/// What a window without a chat shows first: what an agent or a trigger said to who had not written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FirstWords {
    /// Name of the agent; none for a trigger.
    pub by: Option<String>,
    /// The trigger, if it was one: the form that begins the chat carries it.
    pub trigger: Option<TriggerId>,
    /// The words.
    pub text: String,
    /// Whether name and e-mail are asked for with them.
    pub asks: bool,
}

/// What a window says of the page around it when it is opened.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Greeting {
    /// Of the page's memory, as in its beacons.
    pub visit: String,
    /// Address of the page.
    pub page: String,
    /// Where it was reached from.
    pub referrer: String,
    /// Language of the browser, as a tag.
    pub language: String,
    /// The trigger whose words opened it, or empty.
    pub trigger: String,
}

/// Words of an agent to somebody who has not written, checked.
pub fn first_words(text: &str) -> Result<String, Refusal> {
    text_of_field("text", text, VISITOR_TEXT_MOST)
}

/// Until when somebody is banned, of the hours that a form offers; zero is for good.
pub fn ban_until(hours: &str, now: Moment) -> Result<Option<Moment>, Refusal> {
    match hours.parse::<u16>() {
        Ok(0) => Ok(None),
        Ok(hours) => Ok(Some(now.plus(i64::from(hours) * crate::moment::HOUR))),
        Err(_) => Err(Refusal::invalid("hours", Why::Unknown)),
    }
}

#[cfg(test)]
mod tests;
