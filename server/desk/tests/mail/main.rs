//! Mail as stories: what comes in and where it is filed, who is written to, and what never happens.

#[path = "../common/mod.rs"]
mod common;

mod bounce;
mod confirmation;
mod corpus;
mod forward;
mod limit;
mod once;
mod outbox;
mod people;
mod post;
mod receive;
mod send;
mod ways;
