//! The words in which mail servers say that a mail did not arrive: codes, phrases, the names of daemons.
//! Knows only text; patterns are linear (no look-around, no back-reference).

use std::sync::LazyLock;

use regex::{Regex, RegexSet};

static STATUS: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"(?:^|[^\d.])([245]\.\d{1,3}\.\d{1,3})(?:$|[^\d.]|\.(?:\D|$))").ok());
static CODE: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"(?m)(?:^|[\s:(#>])([45][0-5]\d)(?:[ -]|: )[^\d\s]").ok());

/// Status codes of RFC 3463 in a text; `5.1.1` but not an address of the internet.
pub fn statuses(text: &str) -> Vec<String> {
    let Some(pattern) = STATUS.as_ref() else { return Vec::new() };
    pattern.captures_iter(text).take(20).map(|captures| captures[1].to_owned()).collect()
}

/// The first status code that says something, else the first.
pub fn status(text: &str) -> Option<String> {
    let found = statuses(text);
    found.iter().find(|status| !status.ends_with(".0.0")).or(found.first()).cloned()
}

/// A status made of a bare reply code: 550 → 5.0.0.
pub fn code_status(text: &str) -> Option<String> {
    let captures = CODE.as_ref()?.captures(text)?;
    Some(if captures[1].starts_with('4') { "4.0.0".to_owned() } else { "5.0.0".to_owned() })
}

/// Where the report's own words end and the returned mail begins.
pub fn own_words(text: &str) -> (&str, &str) {
    static RETURNED: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(
            r"(?im)^[ \t>*#=-]*(?:(?:this is a|below (?:this line )?is a|here is a|enclosed is a) copy of (?:the|your) (?:message|e-?mail)|(?:the |your )?(?:original|returned|undelivered|rejected|unsent) (?:message|mail)(?: (?:follows|headers?|headers? follows?|text|body|below|is (?:attached|included|below)[^\n]{0,60}))?[ \t:.*=<>-]*\r?$|(?:message )?headers? (?:of the message )?follows?\b|unsent message below|received: (?:from|by) |return-path: ?<)",
        )
        .ok()
    });
    let start = RETURNED.as_ref().and_then(|pattern| pattern.find(text)).map_or(text.len(), |hit| hit.start());
    text.split_at(start)
}

/// The line that tells most: one with a code, else one with a known phrase.
pub fn line(own_words: &str) -> Option<String> {
    let lines = || own_words.lines().map(str::trim).filter(|line| !line.is_empty()).take(500);
    let chosen = lines()
        .find(|line| status(line).is_some() && code_status(line).is_some())
        .or_else(|| lines().find(|line| status(line).is_some() || code_status(line).is_some()))
        .or_else(|| lines().find(|line| FAILURE.as_ref().is_some_and(|set| set.is_match(&line.to_lowercase()))))?;
    Some(chosen.chars().take(1000).collect())
}

/// Whether an address or a display name belongs to a mail system.
pub fn is_daemon(address: &str) -> bool {
    let local = address.split('@').next().unwrap_or_default().to_lowercase();
    let local: String = local.chars().filter(char::is_ascii_alphanumeric).collect();
    matches!(
        local.as_str(),
        "mailerdaemon" | "maildaemon" | "postmaster" | "maildeliverysystem" | "maildeliverysubsystem" | "mailadmin" | "maileradmin"
    ) || local.starts_with("mailerdaemon")
}

/// Whether a display name is one of a mail system.
pub fn is_daemon_name(name: &str) -> bool {
    let name = name.to_lowercase();
    ["mail delivery s", "mailer-daemon", "mailer daemon", "mail administrator", "delivery subsystem", "mail delivery service"]
        .iter()
        .any(|known| name.contains(known))
}

static SUBJECT: LazyLock<Option<RegexSet>> = LazyLock::new(|| {
    RegexSet::new([
        r"^(?:undeliver(?:able|ed)|unzustellbar|non remis|no se puede entregar|onbestelbaar|não é possível entregar|non recapitabile|imposs[ií]vel entregar)\b",
        r"^(?:fwd: |re: )?returned mail\b",
        r"^(?:mail |message |e-?mail )?delivery (?:status notification|notification|failure|failed|report|problem|error|delayed|incomplete|unsuccessful)",
        r"^(?:mail|message|e-?mail) (?:delivery (?:failed|failure|delayed|error|problem|unsuccessful)|could not be delivered|not delivered|system error|undeliverable)",
        r"^(?:failure notice|mail failure)\b",
        r"^delivery to .{0,80} (?:failed|delayed)",
        r"^(?:nondeliverable|non-?delivery|undelivered) (?:mail|message|notification|report)",
        r"^warning: (?:could not send|message|mail) .{0,60}(?:delayed|still|hours)",
        r"^(?:could not send message|unable to deliver|rejected mail|mail error|user unknown|system error|dsn:)",
        r"^(?:benachrichtung|benachrichtigung) +zum +\+?\S*bermittlungsstatus",
        r"^(?:заявка не доставлена|недоставленное сообщение|配信できませんでした|メール配信エラー|退信|系统退信|邮件退信)",
    ])
    .ok()
});

/// Whether a subject is that of a report of failure or delay.
pub fn is_report_subject(subject: &str) -> bool {
    let folded = subject.trim().trim_start_matches(['*', '[', ' ', '<']).to_lowercase().replace("  ", " ").replace('\t', " ");
    SUBJECT.as_ref().is_some_and(|set| set.is_match(&folded))
}

static FAILURE: LazyLock<Option<RegexSet>> = LazyLock::new(|| {
    RegexSet::new([
        r"(?:could|can) ?not be (?:delivered|sent|forwarded)",
        r"(?:was|were|has been|have been) (?:not delivered|undeliverable|rejected|returned|refused)",
        r"\bundeliver(?:able|ed)\b",
        r"(?:delivery|message) (?:has |to .{1,120} )?failed",
        r"unable to (?:deliver|relay)|failed to deliver|permanent (?:fatal )?error|delivery (?:failure|status)|did not reach",
        r"(?:user|recipient|mailbox|address|account|host|domain) (?:is )?(?:unknown|not found|unavailable|disabled|full|does not exist|doesn't exist|rejected)",
        r"no such (?:user|mailbox|recipient|address|domain|host|person)",
        r"(?:over|exceed\w*) (?:the |its |his )?(?:quota|storage|size)|mailbox (?:is )?full|quota exceeded",
        r"(?:unknown|invalid|bad) (?:user|recipient|address|mailbox|local part|host|domain)",
        r"i (?:wasn't|was not|am sorry|couldn't)|giving up on|giving it up",
        r"\b(?:smtp|mail) (?:error|server)\b.{0,80}\b[45]\d\d\b",
        r"nicht zugestellt|nicht übermittelt|non (?:è stato|remis)|no se (?:pudo|ha podido) entregar|não (?:pôde|foi) (?:ser )?entreg",
    ])
    .ok()
});

/// Whether a text speaks of a mail that did not arrive.
pub fn speaks_of_failure(text: &str) -> bool {
    let start: String = text.chars().take(20_000).collect::<String>().to_lowercase();
    status(&start).is_some() || FAILURE.as_ref().is_some_and(|set| set.is_match(&start))
}

/// What happened, when no field says it.
pub fn action(subject: Option<&str>, status: Option<&str>, words: &str) -> &'static str {
    let subject = subject.unwrap_or_default().to_lowercase();
    let start: String = words.chars().take(4000).collect::<String>().to_lowercase();
    let is_delay = subject.contains("delay")
        || subject.starts_with("warning")
        || start.contains("will continue to try")
        || start.contains("will retry")
        || start.contains("you do not need to resend");
    match status.map(|status| status.as_bytes()[0]) {
        Some(b'2') => "delivered",
        _ if is_delay => "delayed",
        _ => "failed",
    }
}

static DEAD: LazyLock<Option<RegexSet>> = LazyLock::new(|| {
    RegexSet::new([
        r"(?:user|recipient|addressee|account|mailbox|address|alias|e-?mail) (?:\S{1,120} )?(?:is |was |account )?(?:unknown|not found|does ?n[o']t exist|not exist|is invalid|no longer (?:available|valid|in use|active|exists?)|not known|undefined|not listed|unrouteable|not recognized)",
        r"no (?:such )?(?:user|recipient|mailbox|account|address|person|subscriber)\b(?: here| by that name)?",
        r"(?:unknown|invalid|nonexistent|non-existent|unrouteable|undeliverable|bad destination) (?:user|recipient|mailbox|address|account|local[- ]?part|e-?mail address|domain|host)",
        r"(?:does not|doesn't|do not) (?:have an account|exist|have a \S+ account)|not (?:a valid|an active) (?:user|mailbox|recipient|address)|not our customer|no account by that name",
        r"(?:host|domain|name)(?: or domain)?(?: name)? (?:\S{1,80} )?(?:not found|unknown|does not exist|doesn't exist|invalid|lookup failed|service error)|no (?:such|known) (?:host|domain)|nxdomain|host unknown|unknown host|domain must exist",
        r"(?:couldn't|could not|cannot|can't) find (?:any|a) (?:host|recipient|user|mailbox)|not listed in (?:the )?(?:domino|public|directory)|recipient ?not ?found|not found in (?:the )?directory|unknown or illegal (?:alias|user)|(?:delivery|user) ?(?:userid|id): \S+|見つかりません|is not accepting|not accepting (?:network|any) (?:messages|mail)",
        r"(?:has moved|user not local|null ?mx|does not accept (?:any )?(?:mail|e-?mail)|recipient address rejected: (?:user|unknown|undeliverable))",
    ])
    .ok()
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
/// little, the words must say it.
pub fn is_dead_address(status: Option<&str>, said: &str, words: &str) -> bool {
    let fold = |text: &str| text.chars().take(4000).collect::<String>().to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ");
    let said = fold(said);
    let is_alive = ALIVE.as_ref().is_some_and(|set| set.is_match(&said));
    let says_dead = |text: &str| DEAD.as_ref().is_some_and(|set| set.is_match(text));
    match status {
        Some(status) if status.starts_with('4') || status.starts_with('2') => false,
        Some("5.1.1" | "5.1.2" | "5.1.3" | "5.1.6" | "5.1.10" | "5.1.351" | "5.4.4" | "5.7.27") => !is_alive || says_dead(&said),
        Some("5.4.1") if said.contains("recipient address rejected: access denied") => true,
        _ if is_alive => false,
        Some("5.0.0" | "5.1.0" | "5.4.0" | "5.4.1" | "5.4.14" | "5.5.0" | "5.2.1" | "5.3.0" | "5.7.1" | "5.2.0" | "5.3.2") | None => {
            says_dead(&said) || (status.is_none() && says_dead(&fold(words)))
        }
        Some(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_is_told_from_an_address_of_the_internet() {
        assert_eq!(status("550 5.1.1 unknown").as_deref(), Some("5.1.1"));
        assert_eq!(status("host 4.2.2.1 said"), None);
        assert_eq!(status("Status: 5.0.0 … (#5.7.1)").as_deref(), Some("5.7.1"));
        assert_eq!(code_status("said: 450 try later").as_deref(), Some("4.0.0"));
        assert_eq!(code_status("you owe 550 euros"), Some("5.0.0".to_owned()));
    }

    #[test]
    fn every_pattern_compiles() {
        assert!(STATUS.is_some() && CODE.is_some() && ALIVE.is_some() && SUBJECT.is_some() && FAILURE.is_some() && DEAD.is_some());
    }

    #[test]
    fn subjects_of_reports_are_known() {
        for subject in [
            "Undelivered Mail Returned to Sender",
            "Delivery Status Notification (Failure)",
            "failure notice",
            "Mail delivery failed: returning message to sender",
            "Returned mail: see transcript for details",
        ] {
            assert!(is_report_subject(subject), "{subject}");
        }
        for subject in ["Delivery of my order", "Question", "Re: invoice returned"] {
            assert!(!is_report_subject(subject), "{subject}");
        }
    }
}
