//! Chats: what only a chat has, as agents see it, and the forms by which a visitor begins one.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    AgentId, AttachmentId, ConversationId, DepartmentId, MessageId, Moment, Refusal, TriggerId, VisitId, VisitorId, Why,
    address::{line_of_field, text_of_field},
    ticket::check_attachments,
    visit,
    visitor::{Details, DetailsForm, Guest, SITE_EVENTS_MOST, SiteEvent},
    widget::{Field, FieldKind},
    words,
};

words! {
    /// How a visitor found a chat.
    Rating {
        /// Good.
        Good = "good",
        /// Neither.
        Neutral = "neutral",
        /// Bad.
        Bad = "bad",
    }
}

/// An agent's place in a chat.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seat {
    /// Whose.
    pub agent: AgentId,
    /// When somebody asked them in.
    pub invited_at: Option<Moment>,
    /// When they came.
    pub joined_at: Option<Moment>,
    /// When they went; none while they are in it.
    pub left_at: Option<Moment>,
}

/// A question of the form before a chat, and what was answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// As it was asked.
    pub question: String,
    /// As it was answered.
    pub answer: String,
}

/// A ticket made from a chat.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkedTicket {
    /// Identity.
    pub id: ConversationId,
    /// Number.
    pub number: i64,
}

/// What only a chat has, as agents see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chat {
    /// Whose it is.
    pub visitor: VisitorId,
    /// What is known of them.
    pub guest: Guest,
    /// What the site says of them.
    pub attributes: BTreeMap<String, String>,
    /// Language of their page, as a tag.
    pub language: String,
    /// What their browser says of itself.
    pub browser: String,
    /// Country of their address, two letters, when a database of addresses is there.
    pub country: Option<String>,
    /// Which visit of theirs it began in, 1 for the first; none where pages do not tell of visits.
    pub visits: Option<i64>,
    /// Page it was begun on.
    pub page: String,
    /// Where they came from to the site.
    pub referrer: String,
    /// What they answered before it.
    pub answers: Vec<Answer>,
    /// Agents in it, asked into it, or gone, by when they came.
    pub seats: Vec<Seat>,
    /// How it was.
    pub rating: Option<Rating>,
    /// What they said to that, or empty.
    pub comment: String,
    /// When an agent first said something.
    pub answered_at: Option<Moment>,
    /// When nobody had answered in time; the line's `missed` is over once somebody did.
    pub missed_at: Option<Moment>,
    /// When the visitor said where an answer reaches them.
    pub rescued_at: Option<Moment>,
    /// When it was over.
    pub ended_at: Option<Moment>,
    /// Up to when the visitor has read it.
    pub read_at: Option<Moment>,
    /// Tickets made from it, by number.
    pub tickets: Vec<LinkedTicket>,
}

/// Most characters of a visitor's message.
pub const VISITOR_TEXT_MOST: u32 = 5_000;
/// Most characters of the comment to a rating.
pub const COMMENT_MOST: u32 = 1_000;
/// Most characters of an answer before a chat.
const ANSWER_MOST: u32 = 500;
/// Most characters kept of a page's address.
const PAGE_MOST: usize = 500;

/// Something a visitor wants to say, as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SayForm {
    /// Id of the message to be, made by the browser; empty when the form was sent without it.
    pub id: String,
    /// Text.
    pub text: String,
    /// Uploaded files; with some, the text may be empty.
    pub attachments: Vec<AttachmentId>,
    /// What the site told while there was no chat; it goes with words that begin one.
    pub events: Vec<SiteEvent>,
}

/// Something a visitor says, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Saying {
    /// Identity, by the browser.
    pub id: MessageId,
    /// Text.
    pub text: String,
    /// Files.
    pub attachments: Vec<AttachmentId>,
    /// What the site told before, should they begin a chat.
    pub events: Vec<SiteEvent>,
}

impl SayForm {
    /// Checks every field.
    pub fn check(&self) -> Result<Saying, Refusal> {
        let id = if self.id.is_empty() { MessageId::new() } else { self.id.parse().map_err(|_| Refusal::Conflict)? };
        check_attachments(&self.attachments)?;
        let text = match text_of_field("text", &self.text, VISITOR_TEXT_MOST) {
            Err(Refusal::Invalid { why: Why::Required, .. }) if !self.attachments.is_empty() => String::new(),
            text => text?,
        };
        let events = self.events.iter().skip(self.events.len().saturating_sub(SITE_EVENTS_MOST)).cloned().collect();
        Ok(Saying { id, text, attachments: self.attachments.clone(), events })
    }
}

/// The form that begins a chat, as typed; or the one that leaves a message when nobody is there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ChatForm {
    /// Id of the chat to be, made by the browser.
    pub id: String,
    /// First words.
    pub said: SayForm,
    /// Name, address, telephone.
    pub details: DetailsForm,
    /// The same as the site says them, without proof.
    pub site: DetailsForm,
    /// Id of a department, or empty.
    pub department: String,
    /// Answers to own questions, by the key of their field.
    pub answers: BTreeMap<String, String>,
    /// Address of the page.
    pub page: String,
    /// Where the visitor came from.
    pub referrer: String,
    /// Id of the visit as the page knows it, or empty.
    pub visit: String,
    /// Id of the trigger whose words led to it, or empty.
    pub trigger: String,
}

/// A chat about to begin, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChatDraft {
    /// Identity, by the browser.
    pub id: ConversationId,
    /// First words.
    pub said: Saying,
    /// What the visitor says of themselves.
    pub details: Details,
    /// Whom it is for.
    pub department: Option<DepartmentId>,
    /// Answers to own questions, in the form's order.
    pub answers: Vec<Answer>,
    /// Page.
    pub page: String,
    /// Where they came from.
    pub referrer: String,
    /// The visit it is begun in, if the page told one.
    pub visit: Option<VisitId>,
    /// The trigger whose words led to it.
    pub trigger: Option<TriggerId>,
}

impl ChatForm {
    /// Checks the form before a chat: what is known of the visitor is not asked again.
    pub fn check(&self, fields: &[Field], guest: &Guest) -> Result<ChatDraft, Refusal> {
        let details = self.details.check()?.or(self.site.claimed(guest));
        let mut answers = vec![];
        for field in fields {
            let answer = match field.kind {
                FieldKind::Name => details.name.clone() + &guest.name,
                FieldKind::Email => details.email.as_ref().map(ToString::to_string).unwrap_or_default() + &guest.email,
                FieldKind::Phone => details.phone.clone() + &guest.phone,
                FieldKind::Department => self.department.clone(),
                FieldKind::Question => self.answers.get(&field.key).cloned().unwrap_or_default(),
            };
            if answer.trim().is_empty() {
                if field.required {
                    return Err(Refusal::Invalid { field: field.key.clone().into(), why: Why::Required });
                }
            } else if field.kind == FieldKind::Question {
                let answer = line_of_field("answers", &answer, ANSWER_MOST)
                    .map_err(|_| Refusal::Invalid { field: field.key.clone().into(), why: Why::TooLong(ANSWER_MOST) })?;
                answers.push(Answer { question: field.label.clone(), answer });
            }
        }
        self.draft(details, answers)
    }

    /// Checks the form that leaves a message: an address must be given, or known.
    pub fn check_offline(&self, guest: &Guest) -> Result<ChatDraft, Refusal> {
        let details = if guest.email.is_empty() { self.details.check_with_address()? } else { self.details.check()? };
        self.draft(details.or(self.site.claimed(guest)), vec![])
    }

    fn draft(&self, details: Details, answers: Vec<Answer>) -> Result<ChatDraft, Refusal> {
        let department = match self.department.trim() {
            "" => None,
            id => Some(id.parse().map_err(|_| Refusal::invalid("department", Why::Unknown))?),
        };
        Ok(ChatDraft {
            id: if self.id.is_empty() { ConversationId::new() } else { self.id.parse().map_err(|_| Refusal::Conflict)? },
            said: self.said.check()?,
            details,
            department,
            answers,
            page: address_line(&self.page),
            referrer: address_line(&self.referrer),
            visit: visit::of_page(&self.visit),
            trigger: self.trigger.parse().ok(),
        })
    }
}

/// An address of the web as it may be shown as a link: cut, and nothing but http.
pub(crate) fn address_line(text: &str) -> String {
    let text: String = text.trim().chars().filter(|c| !c.is_control()).take(PAGE_MOST).collect();
    if text.starts_with("https://") || text.starts_with("http://") { text } else { String::new() }
}

/// What a visitor says to their rating, checked.
pub fn comment(text: &str) -> Result<String, Refusal> {
    if text.trim().is_empty() { Ok(String::new()) } else { text_of_field("comment", text, COMMENT_MOST) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(kind: FieldKind, key: &str) -> Field {
        Field { kind, key: key.into(), label: "Order number?".into(), required: true }
    }

    fn form() -> ChatForm {
        ChatForm { said: SayForm { text: "Hello".into(), ..SayForm::default() }, ..ChatForm::default() }
    }

    #[test]
    fn what_is_required_is_asked_for_unless_it_is_known() {
        let fields = [field(FieldKind::Email, "email"), field(FieldKind::Question, "order")];
        assert_eq!(form().check(&fields, &Guest::default()).unwrap_err().field(), Some("email"));
        let guest = Guest { email: "ana@example.com".into(), ..Guest::default() };
        assert_eq!(form().check(&fields, &guest).unwrap_err().field(), Some("order"));
        let answered = ChatForm { answers: [("order".into(), " 17 ".into()), ("other".into(), "x".into())].into(), ..form() };
        let draft = answered.check(&fields, &guest).unwrap();
        assert_eq!(draft.answers, [Answer { question: "Order number?".into(), answer: "17".into() }]);
    }

    #[test]
    fn a_message_left_wants_an_address() {
        assert_eq!(form().check_offline(&Guest::default()).unwrap_err().field(), Some("email"));
        assert!(form().check_offline(&Guest { email: "ana@example.com".into(), ..Guest::default() }).is_ok());
    }

    #[test]
    fn a_page_is_an_address_of_the_web() {
        assert_eq!(address_line(" https://shop.example/a?b "), "https://shop.example/a?b");
        assert_eq!(address_line("javascript:alert(1)"), "");
    }

    #[test]
    fn a_file_needs_no_words() {
        let form = SayForm { attachments: vec![AttachmentId::new()], ..SayForm::default() };
        assert_eq!(form.check().unwrap().text, "");
        assert!(SayForm::default().check().is_err());
        let zero = SayForm { text: "a\0b".into(), ..SayForm::default() };
        assert_eq!(zero.check().unwrap().text, "ab");
    }
}
