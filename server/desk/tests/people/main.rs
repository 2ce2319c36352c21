//! The doors and the people: who may come in, and who may change whom.

#[path = "../common/mod.rs"]
mod common;

#[path = "../common/authenticator.rs"]
mod authenticator;
mod department;
mod invitation;
mod passkey;
mod picture;
mod property;
mod second_step;
mod session;
mod staff;
