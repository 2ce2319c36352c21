//! A whole conversation without a socket: bytes go in, in pieces of any size, and what would be said comes out. For tests and for
//! fuzzing: what a listener does with the steps of a session, and nothing else.

use super::{Envelope, Outcome, Session, Step};

/// What came of a conversation.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Rehearsed {
    /// Everything said, the greeting left out.
    pub said: String,
    /// The mails that were taken.
    pub stored: Vec<Envelope>,
    /// Whether we hung up.
    pub closed: bool,
}

/// Feeds a session with bytes, cut into pieces of a size. Recipients whose address begins with `here` are ours; each mail is
/// stored with `outcome`. STARTTLS succeeds at once and throws away what was in the same piece, as the listener does.
pub fn rehearse(session: &mut Session, bytes: &[u8], piece: usize, outcome: Outcome) -> Rehearsed {
    let mut rehearsed = Rehearsed::default();
    for piece in bytes.chunks(piece.max(1)) {
        let mut bytes = piece.iter();
        while let Some(step) = session.feed(&mut bytes) {
            match answer(session, step, outcome, &mut rehearsed.stored) {
                Step::Say(text) => rehearsed.said.push_str(&text),
                Step::Secure(text) => {
                    rehearsed.said.push_str(&text);
                    session.secured();
                    break;
                }
                Step::Close(text) => {
                    rehearsed.said.push_str(&text);
                    rehearsed.closed = true;
                    return rehearsed;
                }
                Step::Recipient(_) | Step::Store(_) => {}
            }
        }
    }
    rehearsed
}

fn answer(session: &mut Session, step: Step, outcome: Outcome, stored: &mut Vec<Envelope>) -> Step {
    match step {
        Step::Recipient(address) => session.recipient(if address.starts_with("here") { Outcome::Yes } else { Outcome::Unknown }),
        Step::Store(envelope) => {
            if outcome == Outcome::Yes {
                stored.push(envelope);
            }
            session.stored(outcome, "id")
        }
        other => other,
    }
}
