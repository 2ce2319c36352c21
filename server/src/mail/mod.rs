//! The wires of mail: bytes move here and nothing is decided. What a mail means is `mail`'s, what follows from it is `desk`'s.

pub mod authenticate;
mod hold;
pub mod line;
pub mod render;
pub mod session;
pub mod smtp_in;
pub mod smtp_out;
pub mod worker;
