//! Sites that may show a property's chat, by their host: `shop.example`, or `*.shop.example` for all below it. Knows no request.

/// Most sites of a property.
pub const SITES_MOST: u32 = 50;
/// Most characters of a host.
const HOST_MOST: usize = 253;

/// The host in an address or an origin, lower case and without its port; empty when there is none.
pub fn host(address: &str) -> String {
    let rest = address.trim().split_once("://").map_or(address.trim(), |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    host.split(':').next().unwrap_or_default().trim_end_matches('.').to_ascii_lowercase()
}

/// A site as somebody types it, with an address around it or without; none for what is no host.
pub fn site(text: &str) -> Option<String> {
    let site = host(text);
    let name = site.strip_prefix("*.").unwrap_or(&site);
    let plain = |label: &str| !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
    (name.len() <= HOST_MOST && name.split('.').all(plain)).then_some(site)
}

/// Whether a host is one of these sites; no sites are all.
pub fn allows(sites: &[String], host: &str) -> bool {
    let is = |site: &String| site == host || site.strip_prefix('*').is_some_and(|end| host.ends_with(end));
    sites.is_empty() || sites.iter().any(is)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_site_is_the_host_of_what_was_typed() {
        for (typed, read) in [
            ("shop.example", Some("shop.example")),
            (" HTTPS://user@Shop.example:8443/a?b#c ", Some("shop.example")),
            ("*.shop.example", Some("*.shop.example")),
            ("localhost:3000", Some("localhost")),
            ("192.0.2.7", Some("192.0.2.7")),
            ("xn--aa-ckb2b.example.", Some("xn--aa-ckb2b.example")),
            ("", None),
            ("*", None),
            ("shop.*", None),
            ("a b.example", None),
            ("shop.example; script-src *", None),
            ("'none'", None),
            ("açaí.example", None),
            ("shop..example", None),
        ] {
            assert_eq!(site(typed).as_deref(), read, "{typed}");
        }
    }

    #[test]
    fn a_site_allows_itself_and_a_star_all_below() {
        let sites = ["shop.example".to_owned(), "*.store.example".to_owned()];
        for (host, is) in [
            ("shop.example", true),
            ("www.shop.example", false),
            ("a.store.example", true),
            ("store.example", false),
            ("evilstore.example", false),
            ("shop.example.evil.example", false),
            ("", false),
        ] {
            assert_eq!(allows(&sites, host), is, "{host}");
        }
        assert!(allows(&[], "anything.example"));
    }
}
