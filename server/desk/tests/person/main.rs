//! One person: all that is kept of them is handed out, and all of it goes; what others wrote stays, and nobody else loses a word.

#[path = "../common/mod.rs"]
mod common;

mod alike;
mod dump;
mod erase;
mod export;
#[path = "../mail/post.rs"]
#[expect(dead_code, reason = "the stories of mail use all of it")]
mod post;
mod property;
mod world;
