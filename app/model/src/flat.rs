//! Reads enums that are written with a tag: all their fields are optional, the tag says which are there. serde's own way puts
//! the whole value into a buffer first, which is many times as much code in the browser's wasm.

use serde::Deserialize;

use crate::{
    AgentId, ContactId, ConversationId, Moment, RuleId, ShiftId,
    chat::Rating,
    message::{Author, Happening},
    shift::How,
};

/// An `Author` as it is written.
#[derive(Deserialize)]
pub struct FlatAuthor {
    who: String,
    id: Option<String>,
    name: Option<String>,
}

impl TryFrom<FlatAuthor> for Author {
    type Error = String;

    fn try_from(flat: FlatAuthor) -> Result<Self, String> {
        let (id, name) = (flat.id.unwrap_or_default(), flat.name.unwrap_or_default());
        match flat.who.as_str() {
            "agent" => Ok(Self::Agent { id: id.parse::<AgentId>().map_err(|_| unknown(&id))?, name }),
            "contact" => Ok(Self::Contact { id: id.parse::<ContactId>().map_err(|_| unknown(&id))?, name }),
            "system" => Ok(Self::System),
            other => Err(unknown(other)),
        }
    }
}

/// A `Happening` as it is written.
#[derive(Deserialize)]
pub struct FlatHappening {
    what: String,
    to: Option<String>,
    until: Option<Moment>,
    tag: Option<String>,
    name: Option<String>,
    email: Option<String>,
    why: Option<String>,
    detail: Option<String>,
    number: Option<i64>,
    conversation: Option<ConversationId>,
    rating: Option<Rating>,
    rule: Option<RuleId>,
    how: Option<How>,
    out: Option<bool>,
    shift: Option<ShiftId>,
    undone_by: Option<String>,
}

impl TryFrom<FlatHappening> for Happening {
    type Error = String;

    fn try_from(flat: FlatHappening) -> Result<Self, String> {
        let FlatHappening {
            what,
            to,
            until,
            tag,
            name,
            email,
            why,
            detail,
            number,
            conversation,
            rating,
            rule,
            how,
            out,
            shift,
            undone_by,
        } = flat;
        let word = || to.clone().unwrap_or_default();
        let missing = || format!("`{what}` lacks a field");
        let (tag, name, email) = (tag.unwrap_or_default(), name.unwrap_or_default(), email.unwrap_or_default());
        Ok(match what.as_str() {
            "status" => Self::Status { to: word().parse().map_err(|()| missing())? },
            "snoozed" => Self::Snoozed { until: until.ok_or_else(missing)? },
            "woke" => Self::Woke,
            "reopened" => Self::Reopened,
            "priority" => Self::Priority { to: word().parse().map_err(|()| missing())? },
            "assigned" => Self::Assigned { to },
            "tagged" => Self::Tagged { tag },
            "untagged" => Self::Untagged { tag },
            "joined" => Self::Joined { email },
            "left" => Self::Left { email },
            "moved" => Self::Moved { to: word().parse().map_err(|()| missing())? },
            "follows" => Self::Follows { number: number.ok_or_else(missing)?, conversation: conversation.ok_or_else(missing)? },
            "bounced" => Self::Bounced { email, why: why.unwrap_or_default() },
            "agent_joined" => Self::AgentJoined,
            "agent_left" => Self::AgentLeft,
            "agent_invited" => Self::AgentInvited { name },
            "missed" => Self::Missed,
            "ended" => Self::Ended,
            "rated" => Self::Rated { rating: rating.ok_or_else(missing)? },
            "details_asked" => Self::DetailsAsked,
            "details_left" => Self::DetailsLeft { name, email },
            "transcript_asked" => Self::TranscriptAsked { email },
            "site_event" => Self::SiteEvent { name, detail: detail.unwrap_or_default() },
            "ticket_opened" => Self::TicketOpened { number: number.ok_or_else(missing)?, conversation: conversation.ok_or_else(missing)? },
            "rule_ran" => Self::RuleRan { rule: rule.ok_or_else(missing)?, name, why: why.unwrap_or_default() },
            "shifted" => Self::Shifted {
                how: how.ok_or_else(missing)?,
                out: out.unwrap_or_default(),
                number: number.ok_or_else(missing)?,
                conversation: conversation.ok_or_else(missing)?,
                shift: shift.ok_or_else(missing)?,
                undone_by,
            },
            other => return Err(unknown(other)),
        })
    }
}

fn unknown(word: &str) -> String {
    format!("unknown: `{word}`")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conversation::{Folder, Priority, Status};

    #[test]
    fn what_is_written_reads_back() {
        let (email, number, conversation) = (String::from("a@b.example"), 7, ConversationId::new());
        let all = [
            Happening::Status { to: Status::Pending },
            Happening::Snoozed { until: Moment(5) },
            Happening::Woke,
            Happening::Reopened,
            Happening::Priority { to: Priority::High },
            Happening::Assigned { to: Some("Ana".into()) },
            Happening::Assigned { to: None },
            Happening::Tagged { tag: "x".into() },
            Happening::Untagged { tag: "x".into() },
            Happening::Joined { email: email.clone() },
            Happening::Left { email: email.clone() },
            Happening::Moved { to: Folder::Spam },
            Happening::Follows { number, conversation: conversation.clone() },
            Happening::Bounced { email: email.clone(), why: "full".into() },
            Happening::AgentJoined,
            Happening::AgentLeft,
            Happening::AgentInvited { name: "Rui".into() },
            Happening::Missed,
            Happening::Ended,
            Happening::Rated { rating: Rating::Good },
            Happening::DetailsAsked,
            Happening::DetailsLeft { name: "Ana".into(), email: email.clone() },
            Happening::TranscriptAsked { email },
            Happening::SiteEvent { name: "added-to-cart".into(), detail: "sku: LJ-38".into() },
            Happening::TicketOpened { number, conversation: conversation.clone() },
            Happening::RuleRan { rule: RuleId::new(), name: "Refunds".into(), why: "en\nTag is x".into() },
            Happening::Shifted { how: How::Split, out: true, number, conversation, shift: ShiftId::new(), undone_by: Some("Ana".into()) },
        ];
        for one in all {
            let text = serde_json::to_string(&one).unwrap();
            assert_eq!(serde_json::from_str::<Happening>(&text).unwrap(), one, "{text}");
        }
        for author in [
            Author::Agent { id: AgentId::new(), name: "Ana".into() },
            Author::Contact { id: ContactId::new(), name: "Rui".into() },
            Author::System,
        ] {
            let text = serde_json::to_string(&author).unwrap();
            assert_eq!(serde_json::from_str::<Author>(&text).unwrap(), author, "{text}");
        }
    }

    #[test]
    fn what_is_unknown_or_lacks_a_field_is_refused() {
        for text in [r#"{"what":"sung"}"#, r#"{"what":"status"}"#, r#"{"what":"status","to":"asleep"}"#, r#"{"what":"rated"}"#, "{}"] {
            assert!(serde_json::from_str::<Happening>(text).is_err(), "{text}");
        }
        for text in [r#"{"who":"nobody"}"#, r#"{"who":"agent","id":"x","name":"y"}"#] {
            assert!(serde_json::from_str::<Author>(text).is_err(), "{text}");
        }
    }
}
