//! Triggers, as admins keep them: the list with its counters, and the editor.

mod api;
mod editor;
mod page;

use model::{
    Text,
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
