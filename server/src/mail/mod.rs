//! The wires of mail: bytes move here and nothing is decided. What a mail means is `mail`'s, what follows from it is `desk`'s.

pub mod authenticate;
pub mod dkim;
mod hold;
pub mod imap;
pub mod line;
pub mod render;
mod room;
pub mod smtp_in;
pub mod smtp_out;
pub mod socket;
pub mod worker;
pub mod world;
