//! What clients say to a listener, in any order and cut anywhere, thrown at the session.

use proptest::{collection::vec, num, proptest, sample::select};

use super::{targets, throw};

/// What there is to say.
const SAID: [&str; 27] = [
    "EHLO x\r\n",
    "LHLO x\r\n",
    "HELO x\r\n",
    "MAIL FROM:<a@b.example>\r\n",
    "MAIL FROM:<>\r\n",
    "MAIL FROM:<a@b.example> SIZE=9 BODY=8BITMIME SMTPUTF8\r\n",
    "RCPT TO:<here@c.example>\r\n",
    "RCPT TO:<here2@c.example>\r\n",
    "RCPT TO:<gone@c.example>\r\n",
    "DATA\r\n",
    "RSET\r\n",
    "NOOP\r\n",
    "QUIT\r\n",
    "VRFY a\r\n",
    "STARTTLS\r\n",
    "AUTH PLAIN AGEAYg==\r\n",
    "BDAT 5 LAST\r\n",
    "words\r\n",
    ".",
    "..\r\n",
    "\r\n.\r\n",
    "\n.\n",
    "\r",
    "\n",
    "\0",
    "\u{e9}\r\n",
    "MAIL FROM:<a@b.example>\r\nRCPT TO:<here@c.example>\r\nDATA\r\nSubject: x\r\n\r\nwords\r\n.\r\n",
];

/// Whole conversations, each with the byte before it that says how it is cut.
fn dialogs() -> Vec<Vec<u8>> {
    let whole = [
        "EHLO x\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<here@c.example>\r\nDATA\r\nSubject: x\r\n\r\n..dot\r\n.\r\nQUIT\r\n",
        "LHLO x\r\nMAIL FROM:<>\r\nRCPT TO:<here@c.example>\r\nRCPT TO:<gone@c.example>\r\nRCPT TO:<here2@c.example>\r\nDATA\r\nx\r\n.\r\nRSET\r\n",
        "EHLO x\r\nSTARTTLS\r\nEHLO x\r\nMAIL FROM:<a@b.example> SIZE=300\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<here@c.example>\r\nDATA\r\n\n.\n\r\n.\r\n",
    ];
    whole
        .iter()
        .map(|text| [b"\x07", text.as_bytes()].concat())
        .chain(SAID.iter().map(|text| [b"\x01", text.as_bytes()].concat()))
        .collect()
}

#[test]
fn mutated_conversations_are_answered() {
    throw(targets::session, &dialogs(), 0xbf58_476d_1ce4_e5b9);
}

proptest! {
    #[test]
    fn any_bytes_are_answered_alike_however_they_are_cut(bytes in vec(num::u8::ANY, 0..600)) {
        targets::session(&bytes);
    }

    #[test]
    fn any_order_of_what_clients_say_is_answered_alike(said in vec(select(SAID.to_vec()), 0..30), piece in 1u8..20) {
        targets::session(&[&[piece], said.concat().as_bytes()].concat());
    }
}
