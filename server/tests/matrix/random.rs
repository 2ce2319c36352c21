//! Ids of what is not there, for each kind of thing that the matrix asks about.

use model::{
    AgentId, BanId, BatchId, CannedResponseId, ContactId, ConversationId, DepartmentId, ImportId, InvitationId, LetterId, LetterInId,
    MailboxId, MergeId, MessageId, NoteId, OrganisationId, PasskeyId, PropertyId, PushId, RuleId, SegmentId, SessionId, ShiftId, TokenId,
    TriggerId, ViewId, VisitId,
};

use crate::rows::Id::{self, self as I};

/// An id that nothing has.
pub fn random(id: Id) -> String {
    match id {
        I::None => String::new(),
        I::Conversation | I::Trashed | I::Chat => ConversationId::new().to_string(),
        I::Pair => format!("{}&ticket=1", ConversationId::new()),
        I::Wrong => format!("{}&ticket=1", MessageId::new()),
        I::Shift => ShiftId::new().to_string(),
        I::Invited => format!("{}&agent={}", ConversationId::new(), AgentId::new()),
        I::Message | I::Held | I::Said => MessageId::new().to_string(),
        I::Letter => LetterId::new().to_string(),
        I::LetterIn | I::Confirmation => LetterInId::new().to_string(),
        I::Agent => AgentId::new().to_string(),
        I::Department => DepartmentId::new().to_string(),
        I::Session => SessionId::new().to_string(),
        I::Passkey => PasskeyId::new().to_string(),
        I::Visit => VisitId::new().to_string(),
        I::Trigger => TriggerId::new().to_string(),
        I::Rule => RuleId::new().to_string(),
        I::Invitation => InvitationId::new().to_string(),
        I::Property => PropertyId::new().to_string(),
        I::Push => PushId::new().to_string(),
        I::Canned => CannedResponseId::new().to_string(),
        I::Ban => BanId::new().to_string(),
        I::Mailbox => MailboxId::new().to_string(),
        I::Token => TokenId::new().to_string(),
        I::Contact => ContactId::new().to_string(),
        I::ContactNote => NoteId::new().to_string(),
        I::ContactMerge => format!("contact={}&merge={}", ContactId::new(), MergeId::new()),
        I::Import | I::Archive => ImportId::new().to_string(),
        I::Segment => SegmentId::new().to_string(),
        I::DeadAddress => format!("{}@gone.example", LetterId::new()),
        I::Organisation => OrganisationId::new().to_string(),
        I::Batch => BatchId::new().to_string(),
        I::View => ViewId::new().to_string(),
    }
}
