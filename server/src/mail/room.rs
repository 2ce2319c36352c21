//! How much room there is for those who bring mail: connections at once, and the bytes that they hold together.
//! Who has an IPv6 address has as many as they like in its /64: these count as one.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use crate::web::peer::network;

/// Open connections of each address.
pub type Open = Arc<Mutex<HashMap<IpAddr, usize>>>;

/// What one connection adds to the bytes held; given back when dropped.
pub struct Held<'a>(&'a AtomicUsize, usize);

impl<'a> Held<'a> {
    /// It holds none yet.
    pub const fn none(all: &'a AtomicUsize) -> Self {
        Self(all, 0)
    }

    /// It holds so many now; gives how many all hold together.
    pub fn now(&mut self, bytes: usize) -> usize {
        let before = std::mem::replace(&mut self.1, bytes);
        let all = self.0.fetch_add(bytes, Ordering::Relaxed).wrapping_add(bytes);
        self.0.fetch_sub(before, Ordering::Relaxed);
        all.wrapping_sub(before)
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.now(0);
    }
}

/// A place among the connections at once; given back when dropped.
pub struct Place(Open, IpAddr);

impl Place {
    /// One more of an address, when there is room: at once in all, and of each address.
    pub fn take(open: &Open, ip: IpAddr, (all, each): (usize, usize)) -> Option<Self> {
        let ip = network(ip);
        let mut counts = open.lock().unwrap_or_else(PoisonError::into_inner);
        let total: usize = counts.values().sum();
        let mine = counts.entry(ip).or_default();
        if total >= all || *mine >= each {
            if *mine == 0 {
                counts.remove(&ip);
            }
            return None;
        }
        *mine += 1;
        Some(Self(open.clone(), ip))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(mine) = counts.get_mut(&self.1) {
            *mine -= 1;
            if *mine == 0 {
                counts.remove(&self.1);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_one_network_share_their_places() {
        let open = Open::default();
        let take = |ip: &str| Place::take(&open, ip.parse().expect("an address"), (5, 2));
        let held = [take("2001:db8::1"), take("2001:db8::2")];
        assert!(held.iter().all(Option::is_some) && take("2001:db8::3").is_none(), "two of one /64");
        let others = [take("2001:db8:0:1::1"), take("192.0.2.1"), take("192.0.2.2")];
        assert!(others.iter().all(Option::is_some), "others have places of their own");
        assert!(take("192.0.2.3").is_none(), "five in all");
        drop(held);
        assert!(take("2001:db8::3").is_some(), "a place that is given back is free");
    }
}
