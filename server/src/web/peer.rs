//! Who is at the other end: the socket's address, or what a proxy of ours says. Nobody else's X-Forwarded-For is believed.

use std::net::{IpAddr, SocketAddr};

use axum::http::HeaderMap;
use ipnet::IpNet;

/// The client's address.
pub fn address(peer: SocketAddr, headers: &HeaderMap, proxies: &[IpNet]) -> IpAddr {
    let ours = |ip: &IpAddr| proxies.iter().any(|network| network.contains(ip));
    let mut ip = peer.ip().to_canonical();
    if !ours(&ip) {
        return ip;
    }
    // from the right: each proxy appends who spoke to it; the first that is no proxy of ours is the client
    let said: Vec<&str> =
        headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(',')).collect();
    for text in said.iter().rev() {
        let Ok(next) = text.trim().parse::<IpAddr>() else { break };
        ip = next.to_canonical();
        if !ours(&ip) {
            break;
        }
    }
    ip
}

/// What counts as one place of the network: an address of IPv4, a /64 of IPv6.
pub fn network(ip: IpAddr) -> IpAddr {
    match ip {
        IpAddr::V4(_) => ip,
        IpAddr::V6(ip) => IpAddr::V6((ip.to_bits() & !u128::from(u64::MAX)).into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(peer: &str, forwarded: &'static str) -> String {
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", axum::http::HeaderValue::from_static(forwarded));
        let proxies = ["127.0.0.1/32".parse().expect("a network"), "10.0.0.0/8".parse().expect("a network")];
        address(SocketAddr::new(peer.parse().expect("an address"), 1), &headers, &proxies).to_string()
    }

    #[test]
    fn only_our_proxies_are_believed() {
        assert_eq!(seen("203.0.113.9", "1.2.3.4"), "203.0.113.9");
        assert_eq!(seen("127.0.0.1", "1.2.3.4"), "1.2.3.4");
        assert_eq!(seen("127.0.0.1", "6.6.6.6, 1.2.3.4, 10.1.1.1"), "1.2.3.4", "what the client itself wrote does not count");
        assert_eq!(seen("::ffff:127.0.0.1", "nonsense"), "127.0.0.1");
    }
}
