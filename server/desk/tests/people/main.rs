//! The doors and the people: who may come in, and who may change whom.

#[path = "../common/mod.rs"]
mod common;

mod department;
mod invitation;
mod property;
mod second_step;
mod session;
mod staff;
