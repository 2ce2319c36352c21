//! Readers: who follows the log from a number. Each keeps its place in `reader_cursor` and moves it in the transaction of what
//! it does, so that an event has its effect exactly once, whoever dies in between. A reader knows the log; the log knows no reader.

mod acknowledge;
mod chat;
mod letter;
mod limit;
mod mail;
mod page;
mod place;
mod push;
mod recipient;
mod report;
mod rule;
mod search;

pub(crate) use place::{forget, of as place_of, put};
pub(crate) use rule::{RULES, of_rule, tells_status};
