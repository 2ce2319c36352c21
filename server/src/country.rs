//! The country of an address, by a database file on this machine (`visitors.country_database`, in `MaxMind`'s format). Asks nobody
//! else. Without a file no country is known.

use std::{fmt, net::IpAddr, path::Path, sync::Arc};

use maxminddb::{PathElement, Reader};

/// What tells countries.
#[derive(Clone)]
pub struct Countries(Arc<Reader<Vec<u8>>>);

impl fmt::Debug for Countries {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Countries").field(&self.0.metadata().database_type).finish()
    }
}

impl Countries {
    /// Reads a file whole, and looks whether it is what it should be.
    pub fn read(path: &Path) -> Result<Self, String> {
        let reader = Reader::open_readfile(path).map_err(|error| format!("cannot be read as a database of addresses: {error}"))?;
        Ok(Self(Arc::new(reader)))
    }

    /// The country of an address, two letters in upper case.
    pub fn of(&self, address: &str) -> Option<String> {
        let address: IpAddr = address.parse().ok()?;
        let found = self.0.lookup(address.to_canonical()).ok()?;
        let path = |name| [PathElement::Key(name), PathElement::Key("iso_code")];
        let code =
            ["country", "registered_country"].into_iter().find_map(|name| found.decode_path::<String>(&path(name)).ok().flatten())?;
        (code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_alphabetic())).then(|| code.to_uppercase())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A text, a map's head, and a number in the format's data section (`MaxMind` DB 2.0).
    fn text(of: &str) -> Vec<u8> {
        [&[0x40 | u8::try_from(of.len()).expect("short")], of.as_bytes()].concat()
    }

    fn map(pairs: &[(&str, Vec<u8>)]) -> Vec<u8> {
        let mut bytes = vec![0xe0 | u8::try_from(pairs.len()).expect("few")];
        for (key, value) in pairs {
            bytes.extend(text(key));
            bytes.extend(value);
        }
        bytes
    }

    fn number(of: u32) -> Vec<u8> {
        [&[0xc4], of.to_be_bytes().as_slice()].concat()
    }

    /// A database of IPv4 addresses in which those whose first bit is set lie in a country, and the others nowhere.
    fn database(country: &[u8]) -> Vec<u8> {
        // one node: its left record says that nothing is there (1), its right one points to the data section's begin (1 + 16)
        let tree = [0, 0, 1, 0, 0, 17];
        let two = |of: u8| vec![0xa1, of];
        let metadata = map(&[
            ("node_count", number(1)),
            ("record_size", two(24)),
            ("ip_version", two(4)),
            ("database_type", text("Country")),
            ("languages", vec![0x00, 0x04]),
            ("binary_format_major_version", two(2)),
            ("binary_format_minor_version", two(0)),
            ("build_epoch", vec![0x01, 0x02, 1]),
            ("description", map(&[])),
        ]);
        [tree.as_slice(), &[0; 16], country, b"\xab\xcd\xefMaxMind.com", &metadata].concat()
    }

    fn read(bytes: &[u8]) -> Result<Countries, String> {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("country.mmdb");
        std::fs::write(&path, bytes).expect("written");
        Countries::read(&path)
    }

    #[test]
    fn an_address_lies_in_its_country_or_nowhere() {
        let portugal = map(&[("country", map(&[("iso_code", text("PT"))]))]);
        let countries = read(&database(&portugal)).expect("a database");
        assert_eq!(countries.of("198.51.100.4").as_deref(), Some("PT"));
        assert_eq!(countries.of("::ffff:198.51.100.4").as_deref(), Some("PT"));
        for nowhere in ["10.0.0.1", "2001:db8::1", "nonsense", ""] {
            assert_eq!(countries.of(nowhere), None, "{nowhere}");
        }
        let strange = map(&[("registered_country", map(&[("iso_code", text("<b>"))]))]);
        assert_eq!(read(&database(&strange)).expect("a database").of("198.51.100.4"), None);
    }

    #[test]
    fn what_is_no_such_database_is_said_at_the_start() {
        assert!(read(b"nothing of the kind").is_err());
    }
}
