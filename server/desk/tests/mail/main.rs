//! Mail as stories: what comes in and where it is filed, who is written to, and what never happens.

#[path = "../common/mod.rs"]
mod common;

mod automatic;
mod bounce;
mod bugs;
mod confirmation;
mod copy;
mod corpus;
mod forward;
mod limit;
mod once;
mod outbox;
mod people;
mod post;
mod rate;
mod receive;
mod send;
mod shift;
mod thread;
mod ways;
