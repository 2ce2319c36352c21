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
    // `host mx said: 550 <a@b>:` goes on in the next line.
    let rest = own_words.split_once(chosen).map_or("", |(_, rest)| rest).lines().skip(1).map(str::trim);
    let mut whole = chosen.to_owned();
    for line in rest.take(2).take_while(|line| !line.is_empty()) {
        if !whole.ends_with(':') {
            break;
        }
        whole.push(' ');
        whole.push_str(line);
    }
    Some(whole.chars().take(1000).collect())
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

/// Whether a text shows the words of a server that refused: a code, not only talk of it.
pub fn refuses(text: &str) -> bool {
    let start = &text[..text.floor_char_boundary(20_000)];
    status(start).is_some() || code_status(start).is_some()
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
        assert!(STATUS.is_some() && CODE.is_some() && SUBJECT.is_some() && FAILURE.is_some());
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
