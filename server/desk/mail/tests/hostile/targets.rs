//! The readers of foreign bytes, as `main.rs` throws mutated bytes at them: no panic, nothing lost, nothing unsafe shown.
//! Each takes bytes alone, so that a fuzzer may call it just as well.

use mail::{
    Own, Unreadable, address, charset, forward, html, quote,
    reply_address::Keys,
    results, sanitise,
    session::{Limits, Outcome, Session, rehearse},
    tnef, transfer,
};

/// Characters that the splitter itself uses as marks.
const MARKS: std::ops::RangeInclusive<char> = '\u{e000}'..='\u{e004}';

fn letters(text: &str) -> usize {
    text.chars().filter(|c| c.is_alphanumeric()).count()
}

/// A whole mail.
pub fn parse(bytes: &[u8]) {
    let own = Own { domain: "in.shop.example".into(), loop_mark: Some("mark".into()) };
    let read = match mail::understand(bytes, &own) {
        Ok(read) => read,
        Err(Unreadable::Empty) => {
            assert!(bytes.trim_ascii().is_empty(), "only nothing is empty");
            return;
        }
        Err(fault) => panic!("{fault}"),
    };
    assert!(serde_json::to_string(&read).is_ok(), "what is understood can be told");
    assert!(read.class.is_some() && !read.facts.key.is_empty(), "each mail has its kind and its key");
    assert!(!read.reply_text.trim().is_empty() || read.text.trim().is_empty(), "a mail with words shows some");
    assert!(!read.subject.contains(['\r', '\n']), "a subject is one line");
    let mut names = std::collections::HashSet::new();
    for file in &read.attachments {
        assert!(!file.name.is_empty() && file.name.len() <= 220, "a name of reasonable length: {:?}", file.name);
        assert!(!file.name.contains(['\r', '\n', '/', '\\', '\0']), "a name that is safe: {:?}", file.name);
        assert!(names.insert(file.name.to_lowercase()), "a name of its own: {:?}", file.name);
    }
    if let Some(page) = &read.html {
        assert_eq!(*page, sanitise::kept(page), "clean HTML stays as it is");
    }
}

/// A body, as text and as a page.
pub fn split(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let halves = quote::split(&text, None);
    assert!(!halves.reply.trim().is_empty() || text.chars().all(|c| c.is_whitespace() || MARKS.contains(&c)), "something is new");
    if !text.contains(|c| MARKS.contains(&c)) {
        let kept = letters(&halves.reply) + halves.quoted.as_deref().map_or(0, letters);
        assert_eq!(kept, letters(&text), "nothing is lost between the halves");
    }
    let page = quote::split("", Some(&text));
    let both = quote::split(&html::text(&text), Some(&text));
    assert!(page.reply.len() + both.reply.len() < 100 + text.len() * 64, "a page does not grow without bound");
    for subject in ["", "Fwd: x", "Re: x"] {
        if let Some(found) = forward::find(subject, &text) {
            assert!(letters(&found.text) <= letters(&text), "a forward is part of its mail");
        }
    }
}

/// Addresses and the tokens in them, and what is said of who wrote them.
pub fn addresses(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let keys = Keys::new("in.shop.example", b"a secret of tests");
    for mailbox in address::list(&text) {
        assert!(mailbox.address.contains('@'), "an address has its sign: {mailbox:?}");
        let _ = (address::is_valid(&mailbox.address), address::organisation(&mailbox.address), keys.read(&mailbox.address));
    }
    for name in ["x", "0198c5b1c2d3e4f5a6b7c8d9e"] {
        let own = keys.ticket_address("p", name);
        assert_eq!(keys.read(&own), keys.read(&own.to_uppercase()), "case says nothing");
    }
    let most = text.split(';').count();
    assert!(results::read(&text).len() < most, "as many results as statements, and the first is none");
    let _ = (keys.read(&text), keys.read_message_id(&text), keys.read_ticket_reference(&text), address::tidy(&text));
}

/// What a mail wraps: encodings, charsets, Outlook's own format.
pub fn wrapped(bytes: &[u8]) {
    for encoding in ["base64", "quoted-printable", "x-uuencode", "7bit"] {
        assert!(transfer::decode(bytes, encoding).len() <= bytes.len() + 16, "decoding does not grow: {encoding}");
    }
    let _ = (transfer::uuencoded(bytes), tnef::read(bytes));
    let _ = tnef::read(&[&[0x78, 0x9f, 0x3e, 0x22, 1, 0][..], bytes].concat());
    for label in [None, Some("utf-8"), Some("iso-2022-jp"), Some("utf-7"), Some("cp437")] {
        let _ = charset::decode(bytes, label);
    }
    let _ = charset::words(&String::from_utf8_lossy(bytes));
}

/// What bounds the sessions here: little, so that each bound is met.
const LIMITS: Limits = Limits { size: 200, recipients: 3, mistakes: 5 };

/// A conversation with a client; the first byte says how it is cut.
pub fn session(bytes: &[u8]) {
    let Some((first, bytes)) = bytes.split_first() else { return };
    let begin = |offers_tls| Session::new("in.shop.example", LIMITS, offers_tls);
    let whole = rehearse(&mut begin(false), bytes, usize::MAX, Outcome::Yes);
    let cut = rehearse(&mut begin(false), bytes, usize::from(*first), Outcome::Yes);
    assert_eq!(whole, cut, "the same answers however it is cut");
    // with STARTTLS what came in clear behind it is thrown away, so that cuts matter
    let secured = rehearse(&mut begin(true), bytes, usize::from(*first), Outcome::Yes);
    for talk in [&whole, &secured] {
        for mail in &talk.stored {
            let bare = mail.raw.iter().enumerate().any(|(at, byte)| *byte == b'\n' && (at == 0 || mail.raw[at - 1] != b'\r'));
            assert!(mail.raw.len() <= LIMITS.size && !bare, "no mail above its limit, and none with a smuggled one in it");
            assert!(!mail.rcpt_to.is_empty() && mail.rcpt_to.len() <= LIMITS.recipients, "recipients, and not too many");
            assert!(mail.rcpt_to.iter().all(|address| address.starts_with("here")), "none that is not ours");
        }
        for line in talk.said.split_inclusive("\r\n") {
            assert!(line.len() >= 6 && line.as_bytes()[..3].iter().all(u8::is_ascii_digit) && line.ends_with("\r\n"), "{line:?}");
            assert_eq!(line.matches(['\r', '\n']).count(), 2, "nothing of theirs breaks a line of ours: {line:?}");
        }
    }
    for outcome in [Outcome::Unknown, Outcome::Later, Outcome::Full] {
        assert!(rehearse(&mut begin(false), bytes, usize::MAX, outcome).stored.is_empty(), "what is not stored is not taken");
    }
}
