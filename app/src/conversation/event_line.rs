//! A recorded change as one line of text.

use model::{
    Language,
    message::{Author, Happening},
    moment::Zone,
    text::conversation as text,
};

use super::words::{folder_word, priority_word, status_word};
use crate::ui::absolute;

/// What happened and who did it, in words.
pub fn said(happening: &Happening, author: &Author, zone: &Zone, language: Language) -> String {
    let who = match author {
        Author::Agent { name, .. } | Author::Contact { name, .. } => name.as_str(),
        Author::System => "Recado",
    };
    let fill = |words, name: &str, value: &str| language.fill(words, &[("who", who), (name, value)]);
    match happening {
        Happening::Status { to } => fill(text::HAPPENED_STATUS, "to", language.say(status_word(*to))),
        Happening::Snoozed { until } => fill(text::HAPPENED_SNOOZED, "until", &absolute(*until, zone, language)),
        Happening::Woke => language.say(text::HAPPENED_WOKE).to_owned(),
        Happening::Reopened => fill(text::HAPPENED_REOPENED, "", ""),
        Happening::Priority { to } => fill(text::HAPPENED_PRIORITY, "to", language.say(priority_word(*to))),
        Happening::Assigned { to: Some(to) } => fill(text::HAPPENED_ASSIGNED, "to", to),
        Happening::Assigned { to: None } => fill(text::HAPPENED_UNASSIGNED, "", ""),
        Happening::Tagged { tag } => fill(text::HAPPENED_TAGGED, "tag", tag),
        Happening::Untagged { tag } => fill(text::HAPPENED_UNTAGGED, "tag", tag),
        Happening::Joined { email } => fill(text::HAPPENED_JOINED, "email", email),
        Happening::Left { email } => fill(text::HAPPENED_LEFT, "email", email),
        Happening::Moved { to } => fill(text::HAPPENED_MOVED, "to", language.say(folder_word(*to))),
        Happening::Follows { number, .. } => fill(text::HAPPENED_FOLLOWS, "number", &number.to_string()),
        Happening::Bounced { email, why } => language.fill(text::HAPPENED_BOUNCED, &[("email", email), ("why", why)]),
    }
}
