//! Agents, their place in a property, and the sessions they are signed in with.

use serde::{Deserialize, Serialize};

use crate::{AgentId, InvitationId, Language, Moment, PasskeyId, SessionId, words};

words! {
    /// What an agent may do in a property.
    Role {
        /// Answers customers.
        Agent = "agent",
        /// Runs the property besides.
        Admin = "admin",
    }
}

words! {
    /// What an agent sees of a property, counts and search included. Whoever is called into a conversation sees that one besides: asked
    /// into the chat, called in a note, or who opened the ticket. Admins see all.
    Reach {
        /// Everything.
        All = "all",
        /// What is assigned to one of their departments, or to them.
        Departments = "departments",
        /// What is assigned to them.
        Own = "own",
    }
}

words! {
    /// What an agent chose to be for visitors. Whether they are connected at all is no choice: the sockets know it.
    Presence {
        /// Answers chats.
        Online = "online",
        /// There, and not at the desk.
        Away = "away",
        /// There, and no visitor learns of it.
        Invisible = "invisible",
    }
}

words! {
    /// How much of a conversation a row of the Inbox shows.
    Density {
        /// Four lines.
        Comfortable = "comfortable",
        /// Two lines.
        Compact = "compact",
    }
}

/// An agent as colleagues see them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agent {
    /// Identity, the same in every property.
    pub id: AgentId,
    /// Name shown to colleagues and in letters.
    pub name: String,
    /// Address they sign in with and receive copies at.
    pub email: String,
    /// Role in this property.
    pub role: Role,
    /// What they see of it, as long as they are no admin.
    pub reach: Reach,
    /// The language they chose; none for the property's.
    pub language: Option<Language>,
    /// How much the rows of their Inbox show.
    pub density: Density,
    /// What they chose to be for this property's visitors.
    pub presence: Presence,
    /// Name of their picture, under `/pictures/`; none while they have none.
    pub picture: Option<String>,
    /// Since when they may not enter this property.
    pub disabled_at: Option<Moment>,
}

impl Agent {
    /// Whether they see a part of the property alone.
    pub fn is_limited(&self) -> bool {
        self.role != Role::Admin && self.reach != Reach::All
    }
}

/// A signed-in browser, as its owner sees it listed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// Name of it in the list, not its secret.
    pub id: SessionId,
    /// What the browser says of itself.
    pub browser: String,
    /// Address it signed in from.
    pub address: String,
    /// When it signed in.
    pub created_at: Moment,
    /// When it was last seen, to the minute.
    pub seen_at: Moment,
    /// Whether it is the one that asks.
    pub current: bool,
}

/// How an agent's second step of signing in stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecondStep {
    /// Since when a code of an app can be asked for; none: there is no app.
    pub since: Option<Moment>,
    /// Recovery codes that were not used.
    pub codes: u32,
    /// Whether the property they look at asks it of its agents.
    pub required: bool,
    /// What was made for their app, until a code of it was typed.
    pub enrolment: Option<Enrolment>,
    /// Their passkeys, newest first. One is a second step too.
    pub passkeys: Vec<Passkey>,
    /// Whether there can be passkeys at the address at which this Recado is opened.
    pub able: bool,
}

impl SecondStep {
    /// Whether the password alone lets them in no more.
    pub fn on(&self) -> bool {
        self.since.is_some() || !self.passkeys.is_empty()
    }
}

/// A key that a device or a password manager of theirs keeps, and shows instead of a password.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passkey {
    /// Identity.
    pub id: PasskeyId,
    /// What its owner calls it.
    pub name: String,
    /// When it was made.
    pub created_at: Moment,
    /// When it was last used.
    pub used_at: Option<Moment>,
}

/// What an app is told to make codes by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enrolment {
    /// The secret in base 32, in fours, to be typed.
    pub secret: String,
    /// The same as an address that opens the app on the machine where it is.
    pub address: String,
    /// That address to be scanned.
    pub qr: Qr,
}

/// A QR code (ISO/IEC 18004), without its quiet zone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Qr {
    /// Modules of a side.
    pub side: u32,
    /// The dark ones as a path of SVG, a unit each.
    pub path: String,
}

/// Somebody invited who has not come yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invitation {
    /// Identity (the link's secret is another).
    pub id: InvitationId,
    /// To whom it was mailed.
    pub email: String,
    /// Role they will have.
    pub role: Role,
    /// What they will see, as long as they are no admin.
    pub reach: Reach,
    /// Until when its link works.
    pub expires_at: Moment,
}

/// What an invited person sees before accepting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Welcome {
    /// Property they are invited to.
    pub property: String,
    /// Who invites.
    pub by: String,
    /// Their own address.
    pub email: String,
    /// Whether they have an agent's account already and only sign in.
    pub known: bool,
    /// Language of the property.
    pub language: Language,
}

/// Fewest characters of a password (NIST SP 800-63B section 5.1.1.2 asks for eight at least).
pub const PASSWORD_LEAST: u32 = 10;
/// Most characters of a password.
pub const PASSWORD_MOST: u32 = 200;
/// Most characters of a person's name.
pub const NAME_MOST: u32 = 80;
/// Most megabytes of a picture as it is brought: what a telephone takes fits.
pub const PICTURE_MOST: u32 = 10;
/// Most millions of its pixels: as many are held at once while it is made small.
pub const PICTURE_PIXELS_MOST: u32 = 25;
