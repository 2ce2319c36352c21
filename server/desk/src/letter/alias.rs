//! Relays that put a Message-ID of their own in place of ours, and say which: answers will name it. Knows the wording of replies.

use crate::postbox::mail_key;

/// The id under which the relay's reply says it sends the mail on, if it is one that answers will name.
pub(super) fn alias(reply: &str, domain: &str) -> Option<String> {
    let words = reply.split_whitespace().map(|word| word.trim_matches(|c: char| "<>()[];,=".contains(c)));
    let mut candidates = words.filter(|word| word.len() <= 250 && word.is_ascii());
    candidates.find_map(|word| {
        if let Some((local, at)) = word.rsplit_once('@') {
            return (!local.is_empty() && at.contains('.') && at != domain).then(|| mail_key(word));
        }
        // Amazon SES: `250 Ok 0100018a…-000000`, sent on as that @REGION.amazonses.com
        let pieces: Vec<&str> = word.split('-').collect();
        let long = pieces.len() == 7 && pieces[0].len() == 16 && pieces[6].len() == 6;
        (long && pieces.iter().all(|piece| piece.bytes().all(|byte| byte.is_ascii_hexdigit())))
            .then(|| mail_key(&format!("{word}@amazonses.com")))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_relays_own_id_is_found_in_its_reply() {
        let ses = "250 Ok 0100018c4e5f6a7b-1a2b3c4d-5e6f-7a8b-9c0d-1e2f3a4b5c6d-000000";
        assert_eq!(
            alias(ses, "in.example.com").as_deref(),
            Some("0100018c4e5f6a7b-1a2b3c4d-5e6f-7a8b-9c0d-1e2f3a4b5c6d-000000@amazonses.com")
        );
        assert_eq!(alias("250 2.0.0 Ok: queued as <X1@relay.example>", "in.example.com").as_deref(), Some("X1@relay.example"));
        assert_eq!(alias("250 2.0.0 Ok: queued as 4F2C1A", "in.example.com"), None);
    }
}
