//! Triggers, as admins keep them: the list with its counters, and the editor.

mod api;
mod editor;
mod page;
mod rows;

use model::{
    Text,
    rule::{Subject, Test},
    text::trigger as texts,
    trigger::{Deed, Kind},
};

pub use page::TriggersPage;

const fn kind_word(kind: Kind) -> Text {
    match kind {
        Kind::Page => texts::KIND_PAGE,
        Kind::AnyPage => texts::KIND_ANY_PAGE,
        Kind::Rescue => texts::KIND_RESCUE,
        Kind::Opened => texts::KIND_OPENED,
        Kind::Advanced => texts::KIND_ADVANCED,
    }
}

const fn subject_word(subject: Subject) -> Text {
    match subject {
        Subject::Page => texts::ON_PAGE,
        Subject::Seconds => texts::ON_SECONDS,
        Subject::Visits => texts::ON_VISITS,
        Subject::Country => texts::ON_COUNTRY,
        Subject::Referrer => texts::ON_REFERRER,
        Subject::Language => texts::ON_LANGUAGE,
        Subject::Hour => texts::ON_HOUR,
        Subject::Attribute => texts::ON_ATTRIBUTE,
    }
}

const fn test_word(test: Test) -> Text {
    match test {
        Test::Is => texts::IS,
        Test::IsNot => texts::IS_NOT,
        Test::Like => texts::LIKE,
        Test::Contains => texts::CONTAINS,
        Test::Lacks => texts::LACKS,
        Test::AtLeast => texts::AT_LEAST,
        Test::AtMost => texts::AT_MOST,
        Test::Between => texts::BETWEEN,
    }
}

const fn deed_word(deed: Deed) -> Text {
    match deed {
        Deed::Say => texts::SAY,
        Deed::AskDetails => texts::ASK_DETAILS,
        Deed::Department => texts::SET_DEPARTMENT,
        Deed::Tag => texts::TAG,
        Deed::Note => texts::NOTE,
        Deed::Invite => texts::INVITE,
    }
}
