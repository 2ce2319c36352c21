//! What the words of a refusing server mean for the address: whether it is dead, and which status says most.
//! Knows text only. When in doubt an address lives: to call a living one dead costs a customer's mail.

use std::sync::LazyLock;

use regex::{Regex, RegexSet};

use crate::failure;

/// Words of a refusal that are looked at.
const LONGEST: usize = 4000;

/// How much a status says: nothing (`5.0.0`), what kind (`5.1.0`), only that time ran out (`4.4.7`), or why.
fn weight(status: &str) -> u8 {
    match status {
        _ if status.ends_with(".0.0") => 0,
        _ if status.ends_with(".0") => 1,
        "4.4.7" | "5.4.7" => 2,
        _ => 3,
    }
}

/// The status that says most: the report's own, else one in the words of the server that refused, else in the report's.
pub(crate) fn exact_status(own: Option<String>, said: &str, words: &str) -> Option<String> {
    let better = |best: Option<String>, text: &str, is_fit: &dyn Fn(&str) -> bool| {
        failure::statuses(text).into_iter().filter(|status| is_fit(status)).fold(best, |best, status| match best {
            Some(best) if weight(&best) >= weight(&status) => Some(best),
            _ => Some(status),
        })
    };
    let best = better(own, said, &|_| true);
    let best = match best.as_deref().map(weight) {
        None | Some(0) => better(best, words, &|_| true),
        // Time ran out: the words may say of what, but not turn a delay into a refusal.
        Some(2) => better(best, words, &|status| status.starts_with('4')),
        Some(_) => best,
    };
    best.or_else(|| failure::code_status(said)).or_else(|| failure::code_status(words))
}

/// The command of SMTP that was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Command {
    /// The greeting, or the sender.
    Before,
    /// `RCPT TO`: this address.
    Recipient,
    /// The mail itself: the address had been taken.
    Data,
}

static COMMAND: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?:in reply to|after|response to|>>>|smtp command|command:|progress was) ?(?:an? |the |end of |initial |pipelined |sending )*(mail from|rcpt to|rcpt|mail|data|ehlo|helo|connect|message body|\. )|(does not like recipient|\[rcpt_to\]|said \d{3} for rcpt to)|(failed after i sent the message|\[data\])",
    )
    .ok()
});

/// The last command that the folded words name.
fn command(words: &str) -> Option<Command> {
    let captures = COMMAND.as_ref()?.captures_iter(words).take(200).last()?;
    if captures.get(2).is_some() {
        return Some(Command::Recipient);
    }
    let Some(said) = captures.get(1) else { return Some(Command::Data) };
    Some(match said.as_str().trim() {
        "rcpt to" | "rcpt" => Command::Recipient,
        "data" | "message body" | "." => Command::Data,
        _ => Command::Before,
    })
}

/// Words for an address that is not there.
static UNKNOWN: LazyLock<Option<RegexSet>> = LazyLock::new(|| {
    RegexSet::new([
        r"(?:user|recipient|addressee|account|mailbox|address|alias|e-?mail) (?:\S{1,120} )?(?:is |was |account )?(?:unknown|not found|does ?n[o']t exist|not exist|is invalid|no longer (?:available|valid|in use|active|exists?)|not known|undefined|not listed|unrouteable|not recognized)",
        r"no (?:such )?(?:user|recipient|mailbox|account|address|person|subscriber)\b(?: here| by that name)?",
        r"(?:unknown|invalid|nonexistent|non-existent|unrouteable|undeliverable|bad destination) (?:user|recipient|mailbox|address|account|local[- ]?part|e-?mail address)",
        r"(?:does not|doesn't|do not) (?:have an account|exist|have a \S+ account)|not (?:a valid|an active) (?:user|mailbox|recipient|address)|not our customer|no account by that name",
        r"(?:couldn't|could not|cannot|can't) find (?:any|a) (?:recipient|user|mailbox)|not listed in (?:the )?(?:domino|public|directory)|recipient ?not ?found|not found in (?:the )?directory|unknown or illegal (?:alias|user)|(?:delivery|user) ?(?:userid|id): \S+|見つかりません",
        r"user not local|recipient address rejected: (?:user|unknown|undeliverable)",
    ])
    .ok()
});

/// Words for a place that is not there: of the address, unless they answer to the mail (then of its sender).
static NOWHERE: LazyLock<Option<RegexSet>> = LazyLock::new(|| {
    RegexSet::new([
        r"(?:host|domain|name)(?: or domain)?(?: name)? (?:\S{1,80} )?(?:not found|unknown|does not exist|doesn't exist|invalid|lookup failed|service error)|no (?:such|known) (?:host|domain)|nxdomain|(?:unknown|invalid) (?:host|domain)|domain must exist",
        r"(?:couldn't|could not|cannot|can't) find (?:any|a) host",
    ])
    .ok()
});

/// Words for somebody who has moved away, and for a place that takes no mail.
static GONE: LazyLock<Option<RegexSet>> = LazyLock::new(|| {
    RegexSet::new([
        r"has moved|null ?mx|does not accept (?:any )?(?:mail|e-?mail)|is not accepting|not accepting (?:network|any) (?:messages|mail)",
        r"(?:does not|doesn't) have an? (?:\S{1,80} )?account",
    ])
    .ok()
});

/// Words of the report about a mailbox that is there and closed for now.
static LOCKED: LazyLock<Option<RegexSet>> = LazyLock::new(|| {
    RegexSet::new([r"account is (?:disabled|locked|suspended)|not enough (?:disk )?space|disk quota|mailbox is full"]).ok()
});

/// Words of a refusal that passes, or that is about the sender: such an address lives.
static ALIVE: LazyLock<Option<RegexSet>> = LazyLock::new(|| {
    RegexSet::new([
        r"(?:mailbox|inbox|quota|storage)[^.]{0,60}(?:full|exceed|over)|over ?quota|too (?:many|large|big|much)|insufficient",
        r"\bspf\b|\bdkim\b|\bdmarc\b|spam|blacklist|blocklist|blocked|open relay|access denied|relay(?:ing)? (?:not|denied)|not allowed|policy",
        r"temporar|try again|later|timed? ?out|locked|suspend|disabled|inactive|malformed or unexpected name server",
    ])
    .ok()
});

/// Whether the address is dead: its status may say so, and its words must not say otherwise; where the status says
/// little, the words must say it, and in answer to the address rather than to the mail.
pub(crate) fn is_dead_address(status: Option<&str>, said: &str, words: &str) -> bool {
    let matches = |set: &LazyLock<Option<RegexSet>>, text: &str| set.as_ref().is_some_and(|set| set.is_match(text));
    let (said, words) = (fold(said), fold(words));
    if status.is_some_and(|status| status.starts_with(['4', '2'])) || matches(&LOCKED, &words) {
        return false;
    }
    let command = command(&said).or_else(|| command(&words));
    let is_at_recipient = command == Some(Command::Recipient);
    if said.contains("recipient address rejected: access denied") && (is_at_recipient || matches!(status, None | Some("5.4.1"))) {
        return true;
    }
    let is_alive = matches(&ALIVE, &said);
    let own = if status.is_none() { words.as_str() } else { "" };
    let is_gone = matches(&GONE, &said) || matches(&GONE, own);
    let is_unknown = matches(&UNKNOWN, &said) || matches(&UNKNOWN, own);
    let is_nowhere = command.is_none_or(|command| command == Command::Recipient) && (matches(&NOWHERE, &said) || matches(&NOWHERE, own));
    match status.unwrap_or("5.0.0") {
        "5.1.1" | "5.1.2" | "5.1.3" | "5.1.6" | "5.1.10" | "5.1.351" | "5.7.27" => !is_alive || is_gone || is_nowhere || is_unknown,
        "5.4.4" => !is_alive,
        _ if is_alive => false,
        "5.0.0" | "5.1.0" | "5.4.0" | "5.4.1" | "5.4.14" | "5.5.0" => {
            is_gone || is_nowhere || (is_unknown && command.is_none_or(|_| is_at_recipient))
        }
        // These say that it was something else; the words are believed when they answered to the address.
        "5.2.0" | "5.2.1" | "5.3.0" | "5.3.2" | "5.7.1" => is_gone || is_nowhere || (is_unknown && is_at_recipient),
        _ => false,
    }
}

fn fold(text: &str) -> String {
    text.chars().take(LONGEST).collect::<String>().to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_compiles() {
        assert!(COMMAND.is_some() && UNKNOWN.is_some() && GONE.is_some() && NOWHERE.is_some() && LOCKED.is_some() && ALIVE.is_some());
    }

    #[test]
    fn the_status_that_says_most_is_taken() {
        let exact = |own: Option<&str>, said: &str, words: &str| exact_status(own.map(str::to_owned), said, words);
        assert_eq!(exact(Some("5.1.1"), "550 5.7.1 no", "").as_deref(), Some("5.1.1"));
        assert_eq!(exact(Some("5.0.0"), "5.1.0 - Other error 550-'5.2.2 full'", "").as_deref(), Some("5.2.2"));
        assert_eq!(exact(Some("4.4.7"), "450 4.7.1 come back later", "").as_deref(), Some("4.7.1"));
        assert_eq!(exact(Some("4.4.7"), "", "once it was 5.1.1").as_deref(), Some("4.4.7"));
        assert_eq!(exact(None, "said: 451 busy", "").as_deref(), Some("4.0.0"));
        assert_eq!(exact(None, "", "nothing"), None);
    }

    #[test]
    fn an_unknown_address_is_dead_only_when_the_address_was_refused() {
        for (status, said, words, dead) in [
            (Some("5.1.1"), "550 5.1.1 user unknown", "", true),
            (Some("5.1.1"), "550 5.1.1 mailbox full", "", false),
            (Some("5.0.0"), "550 User unknown", "in reply to\n RCPT TO command", true),
            (Some("5.0.0"), "550 User unknown", "(in reply to end of DATA command)", false),
            (Some("5.0.0"), "550 User unknown", ">>> DATA\n<<< 550 User unknown", false),
            (Some("5.0.0"), "550 No such user here", "", true),
            (Some("5.7.1"), "550 5.7.1 User unknown", "", false),
            (Some("5.1.0"), "553 5.1.0 shop.example does not exist", "after MAIL FROM:<us@shop.example>", false),
            (Some("4.2.2"), "452 4.2.2 user unknown", "", false),
            (None, "", "The recipient has moved away", true),
            (Some("5.1.1"), "550 5.1.1 user unknown", "Not enough disk space", false),
        ] {
            assert_eq!(is_dead_address(status, said, words), dead, "{status:?} {said:?} {words:?}");
        }
    }
}
