//! A "no" that a person can act on. Shown at its field, translated, never logged as an error.
//! Knows nothing of status codes; the screen's side gives them.

use std::{borrow::Cow, fmt};

use serde::{Deserialize, Serialize};

use crate::{
    agent::{PICTURE_MOST, PICTURE_PIXELS_MOST},
    text::{Language, Text, refusal},
};

/// Why something was not done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Refusal {
    /// Nobody is signed in, or no longer.
    SignedOut,
    /// It is not there, or not for this caller: the two answer alike.
    NotFound,
    /// It is there, and this role may not do it.
    Forbidden,
    /// A field's value cannot be taken.
    Invalid {
        /// Name of the field in the form.
        field: Cow<'static, str>,
        /// What is wrong with it.
        why: Why,
    },
    /// Somebody has this value already.
    Taken {
        /// Name of the field in the form.
        field: Cow<'static, str>,
    },
    /// The same id came with other content, or someone else was faster.
    Conflict,
    /// Too many of these for now.
    TooMany {
        /// Seconds until it may be tried again.
        retry: u32,
    },
    /// E-mail and password do not belong together; said alike for unknown people.
    WrongPassword,
    /// The property asks for a second step of signing in, and this agent has none yet.
    SecondStepMissing,
    /// It is asked of nobody by who does without it.
    SecondStepFirst,
    /// The link was used, has expired, or never was.
    LinkGone,
    /// The moment to take it back has passed.
    TooLate,
    /// The last admin cannot be disabled or made an agent.
    LastAdmin,
    /// This person is being erased: who they are changes no more.
    BeingErased,
    /// This visitor may not write here.
    Banned,
    /// The visitor did not agree that something of theirs is kept.
    NoConsent,
    /// What should prove who somebody is does not: said alike for forged, used and expired proofs.
    NotProven,
}

/// What is wrong with a field's value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Why {
    /// It is empty.
    Required,
    /// It is longer than this many characters.
    TooLong(u32),
    /// It is shorter than this many characters.
    TooShort(u32),
    /// It is no e-mail address that can be written to.
    NotAnAddress,
    /// It names nothing that is known here.
    Unknown,
    /// The file is larger than this many megabytes.
    TooLarge(u32),
    /// The moment has passed.
    Past,
    /// More than this many were given.
    TooMany(u32),
    /// It is no colour like `#0b7a53`.
    NotAColour,
    /// It is no network like `192.0.2.0/24`.
    NotANetwork,
    /// It was proven by the site and cannot be said otherwise.
    Proven,
    /// It is no whole number from the one to the other.
    Range(u32, u32),
    /// It is no time of a day like `09:30`.
    NotATime,
    /// It ends when it begins.
    NoTime,
    /// It is no day of the calendar.
    NotADay,
    /// It is not one word.
    NotAWord,
    /// It is no site like `shop.example`.
    NotASite,
    /// It is no telephone number.
    NotAPhone,
    /// It is no domain of addresses.
    NotADomain,
    /// Everybody may have an address of this domain.
    PublicDomain,
    /// The code is none of now, or was used.
    WrongCode,
    /// The passkey is not known here, or what it answered does not count: said alike for forged, used and expired answers.
    WrongPasskey,
    /// It is not what was to be typed.
    NotTheSame,
    /// The file is no picture that can be read.
    NotAPicture,
    /// It is more of the Internet than one ban may close.
    NetworkTooWide,
    /// The picture has more bytes or more pixels than are taken ([`PICTURE_MOST`], [`PICTURE_PIXELS_MOST`]).
    PictureTooLarge,
}

impl Refusal {
    /// A field's value cannot be taken.
    pub const fn invalid(field: &'static str, why: Why) -> Self {
        Self::Invalid { field: Cow::Borrowed(field), why }
    }

    /// The same of a row of a list: `field-2` is in the third row.
    pub fn invalid_row(field: &str, row: usize, why: Why) -> Self {
        Self::Invalid { field: Cow::Owned(format!("{field}-{row}")), why }
    }

    /// The field it is about, if it is about one.
    pub fn field(&self) -> Option<&str> {
        match self {
            Self::Invalid { field, .. } | Self::Taken { field } => Some(field),
            _ => None,
        }
    }

    /// What the person reads.
    pub fn say(&self, language: Language) -> String {
        let plain = |text: Text| language.say(text).to_owned();
        let number = |text: Text, n: u32| language.count(text, i64::from(n));
        match self {
            Self::SignedOut => plain(refusal::SIGNED_OUT),
            Self::NotFound => plain(refusal::NOT_FOUND),
            Self::Forbidden => plain(refusal::FORBIDDEN),
            Self::Taken { .. } => plain(refusal::TAKEN),
            Self::Conflict => plain(refusal::CONFLICT),
            Self::TooMany { retry } => number(refusal::TOO_MANY, *retry),
            Self::WrongPassword => plain(refusal::WRONG_PASSWORD),
            Self::SecondStepMissing => plain(refusal::SECOND_STEP_MISSING),
            Self::SecondStepFirst => plain(refusal::SECOND_STEP_FIRST),
            Self::LinkGone => plain(refusal::LINK_GONE),
            Self::TooLate => plain(refusal::TOO_LATE),
            Self::LastAdmin => plain(refusal::LAST_ADMIN),
            Self::BeingErased => plain(refusal::BEING_ERASED),
            Self::Banned => plain(refusal::BANNED),
            Self::NoConsent => plain(refusal::NO_CONSENT),
            Self::NotProven => plain(refusal::NOT_PROVEN),
            Self::Invalid { why, .. } => match why {
                Why::Required => plain(refusal::REQUIRED),
                Why::TooLong(n) => number(refusal::TOO_LONG, *n),
                Why::TooShort(n) => number(refusal::TOO_SHORT, *n),
                Why::NotAnAddress => plain(refusal::NOT_AN_ADDRESS),
                Why::Unknown => plain(refusal::UNKNOWN),
                Why::TooLarge(n) => number(refusal::TOO_LARGE, *n),
                Why::Past => plain(refusal::PAST),
                Why::TooMany(n) => number(refusal::AT_MOST, *n),
                Why::NotAColour => plain(refusal::NOT_A_COLOUR),
                Why::NotANetwork => plain(refusal::NOT_A_NETWORK),
                Why::Proven => plain(refusal::PROVEN),
                Why::Range(from, to) => language.fill(refusal::RANGE, &[("from", &from.to_string()), ("to", &to.to_string())]),
                Why::NotATime => plain(refusal::NOT_A_TIME),
                Why::NoTime => plain(refusal::NO_TIME),
                Why::NotADay => plain(refusal::NOT_A_DAY),
                Why::NotAWord => plain(refusal::NOT_A_WORD),
                Why::NotASite => plain(refusal::NOT_A_SITE),
                Why::NotAPhone => plain(refusal::NOT_A_PHONE),
                Why::NotADomain => plain(refusal::NOT_A_DOMAIN),
                Why::PublicDomain => plain(refusal::PUBLIC_DOMAIN),
                Why::WrongCode => plain(refusal::WRONG_CODE),
                Why::WrongPasskey => plain(refusal::WRONG_PASSKEY),
                Why::NotTheSame => plain(refusal::NOT_THE_SAME),
                Why::NetworkTooWide => plain(refusal::NETWORK_TOO_WIDE),
                Why::NotAPicture => plain(refusal::NOT_A_PICTURE),
                Why::PictureTooLarge => {
                    let (bytes, pixels) = (PICTURE_MOST.to_string(), PICTURE_PIXELS_MOST.to_string());
                    language.fill(refusal::PICTURE_TOO_LARGE, &[("mb", &bytes), ("mp", &pixels)])
                }
            },
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.say(Language::English))
    }
}

impl std::error::Error for Refusal {}
