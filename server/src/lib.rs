//! PROCESS: configuration, router, cookies, sockets, mail wires. Moves bytes and starts things; what may be done is `desk`'s,
//! what a person sees is `app`'s.

// the types of pages nest as deep as their views
#![recursion_limit = "512"]

pub mod background;
pub mod closing;
pub mod command;
pub mod config;
pub mod country;
pub mod doctor;
pub mod extract;
pub mod import;
pub mod mail;
pub mod pdf;
pub mod push;
pub mod seed;
pub mod serve;
pub mod tls;
pub mod web;
