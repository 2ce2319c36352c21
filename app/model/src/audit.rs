//! The audit log: who changed settings, came in, took something out or deleted it; what it was before and after; from where.
//! Holds no secret and no words of a conversation.

use serde::{Deserialize, Serialize};

use crate::{AgentId, Moment, Text, report::Day, text::audit as texts, words};

words! {
    /// What an entry is about, to filter by.
    Area {
        /// Who came in, and who was not let in.
        SignIn = "sign_in",
        /// Agents, their roles, invitations.
        People = "people",
        /// Departments.
        Department = "department",
        /// The property itself.
        Property = "property",
        /// The widget.
        Widget = "widget",
        /// Hours of opening.
        Hours = "hours",
        /// Targets.
        Target = "target",
        /// Triggers.
        Trigger = "trigger",
        /// Rules.
        Rule = "rule",
        /// Shortcuts of all.
        Shortcut = "shortcut",
        /// Ways in and out of mail.
        Mail = "mail",
        /// Bans.
        Ban = "ban",
        /// Customers' data as a whole.
        Contact = "contact",
        /// What was taken out.
        Export = "export",
        /// What was deleted for ever.
        Deletion = "deletion",
    }
}

words! {
    /// What was done.
    Act {
        /// Came in by the password.
        SignedIn = "signed_in",
        /// Came in by a passkey.
        PasskeyUsed = "passkey_used",
        /// Was not let in: a wrong password.
        SignInRefused = "sign_in_refused",
        /// Was not let in: the right password, and a wrong code.
        SecondStepRefused = "second_step_refused",
        /// Was not let in: a passkey that does not count.
        PasskeyRefused = "passkey_refused",
        /// Chose another password.
        PasswordChanged = "password_changed",
        /// Signs in with a second step from now on.
        SecondStepBegun = "second_step_begun",
        /// Signs in without it.
        SecondStepEnded = "second_step_ended",
        /// Made a passkey.
        PasskeyAdded = "passkey_added",
        /// Took a passkey away.
        PasskeyRemoved = "passkey_removed",
        /// Asked for other recovery codes.
        RecoveryCodesRenewed = "recovery_codes_renewed",
        /// Set up this Recado.
        SetUp = "set_up",
        /// Asked somebody in.
        Invited = "invited",
        /// Took an invitation back.
        InvitationWithdrawn = "invitation_withdrawn",
        /// Came by an invitation.
        Joined = "joined",
        /// Gave themselves another name.
        Renamed = "renamed",
        /// Gave somebody another role.
        RoleChanged = "role_changed",
        /// Let somebody see all of the property, or a part.
        ReachChanged = "reach_changed",
        /// Closed the property to somebody.
        Disabled = "disabled",
        /// Opened it to somebody again.
        Enabled = "enabled",
        /// Made a department.
        DepartmentMade = "department_made",
        /// Changed a department.
        DepartmentChanged = "department_changed",
        /// Took a department away.
        DepartmentDeleted = "department_deleted",
        /// Made a property.
        PropertyMade = "property_made",
        /// Changed the property's settings.
        PropertyChanged = "property_changed",
        /// Gave it another forwarding address.
        ForwardingRenewed = "forwarding_renewed",
        /// Changed the widget.
        WidgetChanged = "widget_changed",
        /// Changed the hours of opening.
        HoursChanged = "hours_changed",
        /// Changed how soon tickets are to be answered and solved.
        TargetsChanged = "targets_changed",
        /// Made another secret for identities.
        SecretRenewed = "secret_renewed",
        /// Made or changed a trigger.
        TriggerSaved = "trigger_saved",
        /// Switched a trigger on or off.
        TriggerSwitched = "trigger_switched",
        /// Gave a trigger another place.
        TriggerMoved = "trigger_moved",
        /// Deleted a trigger.
        TriggerDeleted = "trigger_deleted",
        /// Made or changed a rule.
        RuleSaved = "rule_saved",
        /// Switched a rule on or off.
        RuleSwitched = "rule_switched",
        /// Gave a rule another place.
        RuleMoved = "rule_moved",
        /// Deleted a rule.
        RuleDeleted = "rule_deleted",
        /// Kept a shortcut for others.
        ShortcutSaved = "shortcut_saved",
        /// Deleted a shortcut of others.
        ShortcutDeleted = "shortcut_deleted",
        /// Changed who letters are from.
        SenderChanged = "sender_changed",
        /// Made or changed a mailbox that is read.
        MailboxSaved = "mailbox_saved",
        /// Had a mailbox read no more.
        MailboxRemoved = "mailbox_removed",
        /// Made a token for a program.
        TokenMade = "token_made",
        /// Let a token in no more.
        TokenRevoked = "token_revoked",
        /// Sends to an address again.
        AddressLifted = "address_lifted",
        /// Had a mail read again.
        MailReread = "mail_reread",
        /// Put a forwarding's confirmation away.
        ConfirmationDismissed = "confirmation_dismissed",
        /// Banned somebody.
        Banned = "banned",
        /// Lifted a ban.
        BanLifted = "ban_lifted",
        /// Took customers in from a table.
        ContactsImported = "contacts_imported",
        /// Took in what was said elsewhere.
        HistoryImported = "history_imported",
        /// Had an archive taken in no further.
        HistoryStopped = "history_stopped",
        /// Took customers out as a table.
        ContactsExported = "contacts_exported",
        /// Deleted an organisation; its contacts stay.
        OrganisationDeleted = "organisation_deleted",
        /// Took a conversation out.
        Exported = "exported",
        /// Took a report out.
        ReportExported = "report_exported",
        /// Took this log out.
        AuditExported = "audit_exported",
        /// Took out all that is kept of one person.
        PersonExported = "person_exported",
        /// Took out everything of the property.
        PropertyExported = "property_exported",
        /// Deleted a conversation for ever.
        Deleted = "deleted",
        /// Has a person erased.
        ErasureBegun = "erasure_begun",
        /// A person is erased: how many of what went.
        PersonErased = "person_erased",
    }
}

impl Act {
    /// What it is about.
    pub const fn area(self) -> Area {
        match self {
            Self::SignedIn
            | Self::PasskeyUsed
            | Self::PasskeyRefused
            | Self::PasskeyAdded
            | Self::PasskeyRemoved
            | Self::SignInRefused
            | Self::SecondStepRefused
            | Self::PasswordChanged
            | Self::SecondStepBegun
            | Self::SecondStepEnded
            | Self::RecoveryCodesRenewed => Area::SignIn,
            Self::SetUp
            | Self::Invited
            | Self::InvitationWithdrawn
            | Self::Joined
            | Self::Renamed
            | Self::RoleChanged
            | Self::ReachChanged
            | Self::Disabled
            | Self::Enabled => Area::People,
            Self::DepartmentMade | Self::DepartmentChanged | Self::DepartmentDeleted => Area::Department,
            Self::PropertyMade | Self::PropertyChanged | Self::ForwardingRenewed => Area::Property,
            Self::WidgetChanged | Self::SecretRenewed => Area::Widget,
            Self::HoursChanged => Area::Hours,
            Self::TargetsChanged => Area::Target,
            Self::TriggerSaved | Self::TriggerSwitched | Self::TriggerMoved | Self::TriggerDeleted => Area::Trigger,
            Self::RuleSaved | Self::RuleSwitched | Self::RuleMoved | Self::RuleDeleted => Area::Rule,
            Self::ShortcutSaved | Self::ShortcutDeleted => Area::Shortcut,
            Self::SenderChanged
            | Self::MailboxSaved
            | Self::MailboxRemoved
            | Self::TokenMade
            | Self::TokenRevoked
            | Self::AddressLifted
            | Self::MailReread
            | Self::ConfirmationDismissed => Area::Mail,
            Self::Banned | Self::BanLifted => Area::Ban,
            Self::ContactsImported | Self::HistoryImported | Self::HistoryStopped | Self::ContactsExported | Self::OrganisationDeleted => {
                Area::Contact
            }
            Self::Exported | Self::ReportExported | Self::AuditExported | Self::PersonExported | Self::PropertyExported => Area::Export,
            Self::Deleted | Self::ErasureBegun | Self::PersonErased => Area::Deletion,
        }
    }
}

/// What an area is called.
pub const fn area_word(area: Area) -> Text {
    match area {
        Area::SignIn => texts::AREA_SIGN_IN,
        Area::People => texts::AREA_PEOPLE,
        Area::Department => texts::AREA_DEPARTMENT,
        Area::Property => texts::AREA_PROPERTY,
        Area::Widget => texts::AREA_WIDGET,
        Area::Hours => texts::AREA_HOURS,
        Area::Target => texts::AREA_TARGET,
        Area::Trigger => texts::AREA_TRIGGER,
        Area::Rule => texts::AREA_RULE,
        Area::Shortcut => texts::AREA_SHORTCUT,
        Area::Mail => texts::AREA_MAIL,
        Area::Ban => texts::AREA_BAN,
        Area::Contact => texts::AREA_CONTACT,
        Area::Export => texts::AREA_EXPORT,
        Area::Deletion => texts::AREA_DELETION,
    }
}

/// What an act is called.
pub const fn word_of(act: Act) -> Text {
    match act {
        Act::SignedIn => texts::SIGNED_IN,
        Act::PasskeyUsed => texts::PASSKEY_USED,
        Act::PasskeyRefused => texts::PASSKEY_REFUSED,
        Act::PasskeyAdded => texts::PASSKEY_ADDED,
        Act::PasskeyRemoved => texts::PASSKEY_REMOVED,
        Act::SignInRefused => texts::SIGN_IN_REFUSED,
        Act::SecondStepRefused => texts::SECOND_STEP_REFUSED,
        Act::PasswordChanged => texts::PASSWORD_CHANGED,
        Act::SecondStepBegun => texts::SECOND_STEP_BEGUN,
        Act::SecondStepEnded => texts::SECOND_STEP_ENDED,
        Act::RecoveryCodesRenewed => texts::RECOVERY_CODES_RENEWED,
        Act::SetUp => texts::SET_UP,
        Act::Invited => texts::INVITED,
        Act::InvitationWithdrawn => texts::INVITATION_WITHDRAWN,
        Act::Joined => texts::JOINED,
        Act::Renamed => texts::RENAMED,
        Act::RoleChanged => texts::ROLE_CHANGED,
        Act::ReachChanged => texts::REACH_CHANGED,
        Act::Disabled => texts::DISABLED,
        Act::Enabled => texts::ENABLED,
        Act::DepartmentMade => texts::DEPARTMENT_MADE,
        Act::DepartmentChanged => texts::DEPARTMENT_CHANGED,
        Act::DepartmentDeleted => texts::DEPARTMENT_DELETED,
        Act::PropertyMade => texts::PROPERTY_MADE,
        Act::PropertyChanged => texts::PROPERTY_CHANGED,
        Act::ForwardingRenewed => texts::FORWARDING_RENEWED,
        Act::WidgetChanged => texts::WIDGET_CHANGED,
        Act::HoursChanged => texts::HOURS_CHANGED,
        Act::TargetsChanged => texts::TARGETS_CHANGED,
        Act::SecretRenewed => texts::SECRET_RENEWED,
        Act::TriggerSaved => texts::TRIGGER_SAVED,
        Act::TriggerSwitched => texts::TRIGGER_SWITCHED,
        Act::TriggerMoved => texts::TRIGGER_MOVED,
        Act::TriggerDeleted => texts::TRIGGER_DELETED,
        Act::RuleSaved => texts::RULE_SAVED,
        Act::RuleSwitched => texts::RULE_SWITCHED,
        Act::RuleMoved => texts::RULE_MOVED,
        Act::RuleDeleted => texts::RULE_DELETED,
        Act::ShortcutSaved => texts::SHORTCUT_SAVED,
        Act::ShortcutDeleted => texts::SHORTCUT_DELETED,
        Act::SenderChanged => texts::SENDER_CHANGED,
        Act::MailboxSaved => texts::MAILBOX_SAVED,
        Act::MailboxRemoved => texts::MAILBOX_REMOVED,
        Act::TokenMade => texts::TOKEN_MADE,
        Act::TokenRevoked => texts::TOKEN_REVOKED,
        Act::AddressLifted => texts::ADDRESS_LIFTED,
        Act::MailReread => texts::MAIL_REREAD,
        Act::ConfirmationDismissed => texts::CONFIRMATION_DISMISSED,
        Act::Banned => texts::BANNED,
        Act::BanLifted => texts::BAN_LIFTED,
        Act::ContactsImported => texts::CONTACTS_IMPORTED,
        Act::HistoryImported => texts::HISTORY_IMPORTED,
        Act::HistoryStopped => texts::HISTORY_STOPPED,
        Act::ContactsExported => texts::CONTACTS_EXPORTED,
        Act::OrganisationDeleted => texts::ORGANISATION_DELETED,
        Act::Exported => texts::EXPORTED,
        Act::ReportExported => texts::REPORT_EXPORTED,
        Act::AuditExported => texts::AUDIT_EXPORTED,
        Act::PersonExported => texts::PERSON_EXPORTED,
        Act::PropertyExported => texts::PROPERTY_EXPORTED,
        Act::Deleted => texts::DELETED,
        Act::ErasureBegun => texts::ERASURE_BEGUN,
        Act::PersonErased => texts::PERSON_ERASED,
    }
}

/// One entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Its number in the property: 1, 2, 3.
    pub n: i64,
    /// When.
    pub at: Moment,
    /// Who, as far as it is known.
    pub agent: Option<AgentId>,
    /// Their name at that time.
    pub name: String,
    /// What.
    pub act: Act,
    /// Of whom or what.
    pub subject: String,
    /// What is another now, as it was: a line each.
    pub before: String,
    /// And as it is since.
    pub after: String,
    /// Where from.
    pub address: String,
}

/// A place in the log, to go on from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// When.
    pub at: Moment,
    /// Which of that moment.
    pub n: i64,
}

/// What is asked of the log.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// Of one person alone.
    pub agent: Option<AgentId>,
    /// About one thing alone.
    pub area: Option<Area>,
    /// Not before this day.
    pub from: Option<Day>,
    /// Not after this day.
    pub until: Option<Day>,
}

impl Asked {
    /// From the pairs of an address: what is nothing is as if it were not there.
    pub fn from_pairs<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let mut asked = Self::default();
        for (name, value) in pairs {
            match name {
                "agent" => asked.agent = value.parse().ok(),
                "area" => asked.area = value.parse().ok(),
                "from" => asked.from = value.parse().ok(),
                "until" => asked.until = value.parse().ok(),
                _ => {}
            }
        }
        asked
    }

    /// The same as an address says it.
    pub fn to_query(&self) -> String {
        let pairs = [
            ("agent", self.agent.as_ref().map(ToString::to_string)),
            ("area", self.area.map(|area| area.to_string())),
            ("from", self.from.map(|day| day.to_string())),
            ("until", self.until.map(|day| day.to_string())),
        ];
        let pairs = pairs.into_iter().filter_map(|(name, value)| value.map(|value| format!("{name}={value}")));
        pairs.collect::<Vec<_>>().join("&")
    }
}

/// A part of the log, newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Its entries.
    pub entries: Vec<Entry>,
    /// Where it goes on, if it does.
    pub more: Option<Place>,
}

#[cfg(test)]
mod tests;
