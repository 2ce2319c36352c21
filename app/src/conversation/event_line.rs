//! A recorded change as one line of text.

use model::{
    Language,
    chat::Rating,
    message::{Author, Happening},
    moment::Zone,
    text::{conversation as text, rule},
};

use super::words::{folder_word, priority_word, status_word};
use crate::ui::absolute;

/// What happened and who did it, in words.
pub fn said(happening: &Happening, author: &Author, zone: &Zone, language: Language) -> String {
    let who = match author {
        Author::Contact { name, .. } if name.is_empty() => language.say(text::VISITOR),
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
        Happening::AgentJoined => fill(text::HAPPENED_AGENT_JOINED, "", ""),
        Happening::AgentLeft => fill(text::HAPPENED_AGENT_LEFT, "", ""),
        Happening::AgentInvited { name } => fill(text::HAPPENED_AGENT_INVITED, "name", name),
        Happening::Missed => language.say(text::HAPPENED_MISSED).to_owned(),
        Happening::Ended => fill(text::HAPPENED_ENDED, "", ""),
        Happening::Rated { rating } => fill(
            match rating {
                Rating::Good => text::HAPPENED_RATED_GOOD,
                Rating::Neutral => text::HAPPENED_RATED_NEUTRAL,
                Rating::Bad => text::HAPPENED_RATED_BAD,
            },
            "",
            "",
        ),
        Happening::DetailsAsked => fill(text::HAPPENED_DETAILS_ASKED, "", ""),
        Happening::DetailsLeft { email, .. } => fill(text::HAPPENED_DETAILS_LEFT, "email", email),
        Happening::TranscriptAsked { email } => fill(text::HAPPENED_TRANSCRIPT_ASKED, "email", email),
        Happening::SiteEvent { name, detail } if detail.is_empty() => fill(text::HAPPENED_SITE_EVENT, "event", name),
        Happening::SiteEvent { name, detail } => fill(text::HAPPENED_SITE_EVENT, "event", &[name, " · ", detail].concat()),
        Happening::TicketOpened { number, .. } => fill(text::HAPPENED_TICKET_OPENED, "number", &number.to_string()),
        Happening::RuleRan { name, .. } => language.fill(rule::HAPPENED, &[("name", name)]),
        // told with a link and the way back, by a line of its own
        Happening::Shifted { .. } => String::new(),
        Happening::Bounced { email, why } => language.fill(text::HAPPENED_BOUNCED, &[("email", email), ("why", why)]),
    }
}
