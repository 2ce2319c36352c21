//! Bans: visitors, addresses and networks that may not write, for a time or for good.

use std::{fmt, net::IpAddr, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{
    BanId, Moment, Refusal, VisitorId, Why,
    moment::{DAY, HOUR},
    words,
};

/// Addresses that begin alike: `192.0.2.0/24`, or one address alone. An address of IPv4 in its IPv6 form is the same address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Network {
    first: IpAddr,
    bits: u8,
}

/// The text is neither an address nor a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotANetwork;

impl fmt::Display for NotANetwork {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("neither an address nor a network")
    }
}

/// An address as 128 bits with how many of them it has.
fn bits_of(address: IpAddr) -> (u128, u8) {
    match address.to_canonical() {
        IpAddr::V4(four) => (u128::from(four.to_bits()), 32),
        IpAddr::V6(six) => (six.to_bits(), 128),
    }
}

impl Network {
    /// Whether it is one address.
    pub fn is_address(&self) -> bool {
        self.bits == bits_of(self.first).1
    }

    /// Whether it is more of the Internet than one ban may close: more than a /8, or than a /16 of IPv6.
    pub fn is_too_wide(&self) -> bool {
        self.bits < if bits_of(self.first).1 == 32 { 8 } else { 16 }
    }

    /// With a single address of IPv6 its /64: whoever has it has all of that, and takes another as they like (RFC 8981).
    #[must_use]
    pub fn of_one_household(self) -> Self {
        if self.bits == 128 { Self { bits: 64, ..self } } else { self }
    }

    /// Whether an address belongs to it.
    pub fn contains(&self, address: IpAddr) -> bool {
        let ((own, length), (other, of)) = (bits_of(self.first), bits_of(address));
        let rest = u32::from(length - self.bits);
        length == of && (rest == 128 || own >> rest == other >> rest)
    }
}

impl FromStr for Network {
    type Err = NotANetwork;

    fn from_str(text: &str) -> Result<Self, NotANetwork> {
        let (address, bits) = text.trim().split_once('/').map_or((text.trim(), None), |(address, bits)| (address, Some(bits)));
        let first: IpAddr = address.parse().map_err(|_| NotANetwork)?;
        let first = first.to_canonical();
        let (_, length) = bits_of(first);
        let bits = bits.map_or(Ok(length), str::parse).map_err(|_| NotANetwork)?;
        if bits > length { Err(NotANetwork) } else { Ok(Self { first, bits }) }
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_address() { write!(f, "{}", self.first) } else { write!(f, "{}/{}", self.first, self.bits) }
    }
}

impl TryFrom<String> for Network {
    type Error = NotANetwork;
    fn try_from(text: String) -> Result<Self, NotANetwork> {
        text.parse()
    }
}

impl From<Network> for String {
    fn from(network: Network) -> Self {
        network.to_string()
    }
}

/// Who is banned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Banned {
    /// One browser.
    Visitor(VisitorId),
    /// Every browser at these addresses.
    Network(Network),
}

impl Banned {
    /// An address or a network as it is typed into a field.
    pub fn of_field(field: &'static str, text: &str) -> Result<Self, Refusal> {
        text.parse().map(Self::Network).map_err(|_| Refusal::invalid(field, Why::NotANetwork))
    }

    /// Whether it is against this browser, at this address.
    pub fn covers(&self, visitor: Option<&VisitorId>, address: Option<IpAddr>) -> bool {
        match self {
            Self::Visitor(banned) => visitor == Some(banned),
            Self::Network(network) => address.is_some_and(|address| network.contains(address)),
        }
    }
}

/// A ban.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ban {
    /// Identity.
    pub id: BanId,
    /// Who.
    pub who: Banned,
    /// The name that a banned visitor gave, if one was asked for it; or empty.
    pub name: String,
    /// Why, for colleagues; may be empty.
    pub reason: String,
    /// Name of the agent who banned.
    pub by: String,
    /// Until when; none for good.
    pub until: Option<Moment>,
    /// Since when.
    pub created_at: Moment,
}

words! {
    /// How long a ban lasts, as it is offered.
    Lasts {
        /// An hour.
        Hour = "hour",
        /// A day.
        Day = "day",
        /// Thirty days.
        Month = "month",
        /// For good.
        Ever = "ever",
    }
}

impl Lasts {
    /// Until when, from now on; none for good.
    pub const fn until(self, now: Moment) -> Option<Moment> {
        match self {
            Self::Hour => Some(now.plus(HOUR)),
            Self::Day => Some(now.plus(DAY)),
            Self::Month => Some(now.plus(30 * DAY)),
            Self::Ever => None,
        }
    }
}

/// Most characters of a reason.
pub const REASON_MOST: u32 = 300;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_holds_its_own_addresses_only() {
        let holds = |network: &str, address: &str| network.parse::<Network>().unwrap().contains(address.parse().unwrap());
        assert!(holds("192.0.2.0/24", "192.0.2.255") && !holds("192.0.2.0/24", "192.0.3.0"));
        assert!(holds("192.0.2.7", "192.0.2.7") && !holds("192.0.2.7", "192.0.2.8"));
        assert!(holds("192.0.2.7", "::ffff:192.0.2.7"));
        assert!(holds("2001:db8::/32", "2001:db8:ffff::1") && !holds("2001:db8::/32", "2001:db9::1"));
        assert!(holds("0.0.0.0/0", "198.51.100.1") && !holds("0.0.0.0/0", "2001:db8::1"));
        assert!(holds("::/0", "2001:db8::1"));
        let wide = |text: &str| text.parse::<Network>().unwrap().is_too_wide();
        assert!(wide("0.0.0.0/0") && wide("10.0.0.0/7") && wide("::/0") && wide("2001::/15"));
        assert!(!wide("10.0.0.0/8") && !wide("192.0.2.1") && !wide("2001:db8::/16") && !wide("2001:db8::1"));
        let household: Network = "2001:db8::1".parse::<Network>().unwrap().of_one_household();
        assert!(household.contains("2001:db8::ffff".parse().unwrap()) && !household.contains("2001:db8:0:1::1".parse().unwrap()));
    }

    #[test]
    fn a_network_reads_back() {
        for text in ["192.0.2.0/24", "192.0.2.7", "2001:db8::/32", "::1"] {
            assert_eq!(text.parse::<Network>().unwrap().to_string(), text);
        }
        for text in ["", "192.0.2.0/33", "::/129", "192.0.2.0/", "shop.example", "1.2.3.4/-1"] {
            assert!(text.parse::<Network>().is_err(), "{text:?}");
        }
    }
}
