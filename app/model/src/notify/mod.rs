//! How an agent notices: what they want to hear of and when, the browsers that are told while no page is open, and the rule of
//! what deserves a notice (`rule`). Knows no sound, no window and no wire.

mod push;
mod rule;

use serde::{Deserialize, Serialize};

pub use push::{PushBrowser, PushForm, PushNote, PushState, Subscription};
pub use rule::{Notice, Reason, notice};

use crate::{
    Moment, Refusal, Why,
    moment::{DAY, Zone},
};

/// What an agent wants to notice, and how. What is missing has its default.
#[expect(clippy::struct_excessive_bools, reason = "each is one tick of a form")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// Two short tones.
    pub sound: bool,
    /// A notification of the desktop while a page of theirs is open.
    pub desktop: bool,
    /// A chat that nobody is in.
    pub waiting: bool,
    /// Words in what is theirs, their departments', or what they follow.
    pub mine: bool,
    /// A new ticket.
    pub tickets: bool,
    /// Being asked into a chat, or called in a note.
    pub invited: bool,
    /// Whether notifications show who wrote and not what.
    pub hide_words: bool,
    /// When neither sound nor notification comes, in the property's time zone.
    pub quiet: Option<Quiet>,
}

impl Default for Settings {
    fn default() -> Self {
        Self { sound: true, desktop: true, waiting: true, mine: true, tickets: true, invited: true, hide_words: false, quiet: None }
    }
}

/// Hours of the day, as minutes since midnight; over midnight when they end before they begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quiet {
    /// The first quiet minute.
    pub from: u16,
    /// The first one that is not.
    pub to: u16,
}

impl Quiet {
    /// Whether a minute of the day is quiet.
    pub const fn holds(self, minute: u16) -> bool {
        if self.from <= self.to { self.from <= minute && minute < self.to } else { minute >= self.from || minute < self.to }
    }
}

impl Settings {
    /// Whether it is quiet at a moment.
    pub fn is_quiet(&self, zone: &Zone, at: Moment) -> bool {
        self.quiet.is_some_and(|quiet| quiet.holds(zone.local(at).minutes()))
    }

    /// Whether they want to hear of such a thing.
    pub const fn wants(&self, reason: Reason) -> bool {
        match reason {
            Reason::Waiting => self.waiting,
            Reason::Said | Reason::Noted | Reason::Assigned => self.mine,
            Reason::Ticket => self.tickets,
            Reason::Invited | Reason::Mentioned => self.invited,
        }
    }
}

/// The settings as typed: what is not ticked is not sent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SettingsForm {
    /// Names of what is ticked.
    pub on: Vec<String>,
    /// `22:00`
    pub quiet_from: String,
    /// `07:00`
    pub quiet_to: String,
}

impl SettingsForm {
    /// Checks it.
    pub fn check(&self) -> Result<Settings, Refusal> {
        let on = |name: &str| self.on.iter().any(|ticked| ticked == name);
        let quiet = if on("quiet") {
            let quiet = Quiet { from: minute("quiet_from", &self.quiet_from)?, to: minute("quiet_to", &self.quiet_to)? };
            if quiet.from == quiet.to {
                return Err(Refusal::invalid("quiet_to", Why::Unknown));
            }
            Some(quiet)
        } else {
            None
        };
        Ok(Settings {
            sound: on("sound"),
            desktop: on("desktop"),
            waiting: on("waiting"),
            mine: on("mine"),
            tickets: on("tickets"),
            invited: on("invited"),
            hide_words: on("hide_words"),
            quiet,
        })
    }
}

/// `22:00` as minutes since midnight.
fn minute(field: &'static str, text: &str) -> Result<u16, Refusal> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Refusal::invalid(field, Why::Required));
    }
    let read = |part: &str, below: u16| part.parse::<u16>().ok().filter(|n| part.len() == 2 && *n < below);
    text.split_once(':')
        // a browser may send seconds too
        .and_then(|(hour, rest)| Some(read(hour, 24)? * 60 + read(rest.split(':').next()?, 60)?))
        .ok_or_else(|| Refusal::invalid(field, Why::Unknown))
}

/// Minutes since midnight as `22:00`.
pub fn hour_text(minute: u16) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

/// All that the page of settings shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notifying {
    /// What they chose.
    pub settings: Settings,
    /// The key by which a push service knows this Recado: the public one, as a browser takes it.
    pub push_key: String,
    /// Their browsers that are told while no page is open; the one that asks first.
    pub browsers: Vec<PushBrowser>,
}

/// How long what is owed to a browser is worth anything.
pub const WORTH: i64 = DAY;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::moment::{HOUR, MINUTE};

    fn form(on: &[&str], from: &str, to: &str) -> SettingsForm {
        SettingsForm { on: on.iter().map(|name| (*name).to_owned()).collect(), quiet_from: from.into(), quiet_to: to.into() }
    }

    #[test]
    fn what_is_not_ticked_is_off() {
        let settings = form(&["sound", "mine"], "", "").check().unwrap();
        assert!(settings.sound && settings.mine && !settings.desktop && !settings.waiting && settings.quiet.is_none());
    }

    #[test]
    fn quiet_hours_go_over_midnight() {
        let settings = form(&["quiet"], "22:00", "07:30:00").check().unwrap();
        assert_eq!(settings.quiet, Some(Quiet { from: 22 * 60, to: 7 * 60 + 30 }));
        // Lisbon in winter
        let zone = Zone { name: "x".into(), offsets: vec![(Moment(0), 0)] };
        for (minutes, quiet) in [(22 * 60, true), (0, true), (7 * 60 + 29, true), (7 * 60 + 30, false), (21 * 60 + 59, false)] {
            assert_eq!(settings.is_quiet(&zone, Moment(minutes * MINUTE)), quiet, "{minutes}");
        }
        // and the same moment further east is later in the day
        let east = Zone { name: "y".into(), offsets: vec![(Moment(0), 3600)] };
        assert!(settings.is_quiet(&east, Moment(21 * HOUR)) && !settings.is_quiet(&zone, Moment(21 * HOUR)));
    }

    #[test]
    fn an_hour_that_is_none_is_refused_at_its_field() {
        for (from, to, field) in
            [("", "07:00", "quiet_from"), ("24:00", "07:00", "quiet_from"), ("22:00", "7", "quiet_to"), ("22:00", "22:00", "quiet_to")]
        {
            let refused = form(&["quiet"], from, to).check().unwrap_err();
            assert!(matches!(&refused, Refusal::Invalid { field: named, .. } if named == field), "{from} {to}: {refused:?}");
        }
        assert!(form(&[], "nonsense", "").check().is_ok(), "hours that are off are not read");
        assert_eq!(hour_text(7 * 60 + 5), "07:05");
    }
}
