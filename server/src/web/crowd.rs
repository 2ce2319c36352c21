//! How many windows are open: of all visitors together, so that a flood leaves room for agents, and of each network address.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
};

use super::peer;

/// Windows of one network address (of a /64 with IPv6): of a whole office behind one.
const ADDRESS_MOST: u32 = 200;
/// Windows of one visitor.
const VISITOR_MOST: u32 = 10;

/// Counts open windows.
pub struct Crowd {
    /// Most of all together: three quarters of what the process may open, the rest is for agents, the database and mail.
    most: usize,
    address_most: u32,
    visitor_most: usize,
    open: Mutex<(usize, HashMap<IpAddr, u32>)>,
}

/// A window's place; free again when it is dropped.
pub struct Place {
    crowd: Arc<Crowd>,
    address: Option<IpAddr>,
}

impl Crowd {
    /// `times`: of the usual numbers; none for any number.
    pub fn new(times: Option<u32>) -> Self {
        let files = rustix::process::getrlimit(rustix::process::Resource::Nofile).current;
        let most = files.map_or(usize::MAX, |files| usize::try_from(files / 4 * 3).unwrap_or(usize::MAX));
        let grown = |usual: u32| times.map_or(u32::MAX, |times| usual.saturating_mul(times));
        let visitor_most = usize::try_from(grown(VISITOR_MOST)).unwrap_or(usize::MAX);
        Self { most, address_most: grown(ADDRESS_MOST), visitor_most, open: Mutex::default() }
    }

    /// Most windows of one visitor.
    pub const fn visitor_most(&self) -> usize {
        self.visitor_most
    }

    /// A place for a window from an address; none when there are too many.
    pub fn enter(self: &Arc<Self>, address: Option<IpAddr>) -> Option<Place> {
        let address = address.map(peer::network);
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if open.0 >= self.most {
            return None;
        }
        if let Some(address) = address {
            let count = open.1.entry(address).or_default();
            if *count >= self.address_most {
                return None;
            }
            *count += 1;
        }
        open.0 += 1;
        Some(Place { crowd: self.clone(), address })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self.crowd.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.0 -= 1;
        if let Some(address) = self.address
            && let Some(count) = open.1.get_mut(&address)
        {
            *count -= 1;
            if *count == 0 {
                open.1.remove(&address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_so_many_windows_and_they_are_free_again() {
        let crowd = Arc::new(Crowd::new(Some(1)));
        let at = |text: &str| crowd.enter(Some(text.parse().expect("an address")));
        let mut places: Vec<_> = (0..ADDRESS_MOST).map(|n| at(&format!("2001:db8::{n:x}")).expect("a place")).collect();
        assert!(at("2001:db8::ffff").is_none(), "a /64 is one address");
        assert!(at("2001:db8:0:1::1").is_some() && at("192.0.2.1").is_some());
        places.pop();
        assert!(at("2001:db8::ffff").is_some());
        drop(places);
        assert_eq!(crowd.open.lock().expect("unlocked").1.len(), 0);
    }
}
