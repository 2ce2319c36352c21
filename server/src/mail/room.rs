//! How much room there is for those who bring mail: connections at once, and the bytes that they hold together.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

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
