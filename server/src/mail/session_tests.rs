use super::*;

const LIMITS: Limits = Limits { size: 200, recipients: 3, mistakes: 5 };

/// Feeds bytes in pieces of a size; recipients `here@…` are ours, mails are stored. Gives what was said and stored.
fn talk(session: &mut Session, text: &str, piece: usize) -> (String, Vec<Envelope>) {
    let (mut said, mut stored) = (String::new(), vec![]);
    for piece in text.as_bytes().chunks(piece) {
        let mut bytes = piece.iter();
        while let Some(mut step) = session.feed(&mut bytes) {
            loop {
                step = match step {
                    Step::Recipient(address) => {
                        session.recipient(if address.starts_with("here") { Outcome::Yes } else { Outcome::Unknown })
                    }
                    Step::Store(envelope) => {
                        stored.push(envelope);
                        session.stored(Outcome::Yes, "id")
                    }
                    Step::Say(text) | Step::Secure(text) => {
                        said.push_str(&text);
                        break;
                    }
                    Step::Close(text) => {
                        said.push_str(&text);
                        return (said, stored);
                    }
                };
            }
        }
    }
    (said, stored)
}

fn codes(said: &str) -> Vec<&str> {
    said.lines().filter(|line| line.as_bytes().get(3) == Some(&b' ')).map(|line| &line[..3]).collect()
}

fn session() -> Session {
    Session::new("in.example.com", LIMITS, false)
}

const OPEN: &str = "EHLO there\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<here@in.example.com>\r\nDATA\r\n";

#[test]
fn a_mail_is_taken_whole_however_it_is_cut() {
    let text = format!("{OPEN}Subject: x\r\n\r\n..dot\r\nend\r\n.\r\nQUIT\r\n");
    for piece in [1, 2, 3, 7, 1000] {
        let (said, stored) = talk(&mut session(), &text, piece);
        assert_eq!(codes(&said), ["250", "250", "250", "354", "250", "221"], "{piece}");
        assert_eq!(stored.len(), 1);
        assert_eq!(stored[0].raw, b"Subject: x\r\n\r\n.dot\r\nend\r\n", "{piece}");
        assert_eq!((stored[0].mail_from.as_str(), stored[0].rcpt_to.len()), ("a@b.example", 1));
    }
}

#[test]
fn a_mail_may_be_nothing_but_the_dot() {
    let (said, stored) = talk(&mut session(), &format!("{OPEN}.\r\nQUIT\r\n"), 1000);
    assert_eq!(codes(&said), ["250", "250", "250", "354", "250", "221"]);
    assert_eq!(stored[0].raw, b"");
}

#[test]
fn a_bare_line_feed_ends_nothing_and_is_refused() {
    for end in ["\n.\n", "\n.\r\n", "\r.\r", "\r\n.\n"] {
        let smuggled = format!("{OPEN}one{end}MAIL FROM:<evil@b.example>\r\nRCPT TO:<here@in.example.com>\r\nDATA\r\ntwo\r\n.\r\n");
        let (said, stored) = talk(&mut session(), &smuggled, 1000);
        assert!(stored.len() <= 1 && stored.iter().all(|mail| mail.mail_from == "a@b.example"), "{end:?}");
        assert!(end == "\r.\r" || codes(&said).last() == Some(&"550"), "{end:?}: {said}");
    }
}

#[test]
fn an_unknown_recipient_is_refused_and_there_is_no_mail_without_one() {
    let (said, stored) = talk(&mut session(), "EHLO x\r\nMAIL FROM:<>\r\nRCPT TO:<elsewhere@b.example>\r\nDATA\r\n", 1000);
    assert_eq!(codes(&said), ["250", "250", "550", "503"]);
    assert!(said.contains("550 5.1.1") && stored.is_empty());
}

#[test]
fn what_is_too_large_is_refused_before_and_after_it_came() {
    let (said, _) = talk(&mut session(), "EHLO x\r\nMAIL FROM:<a@b.example> SIZE=201\r\n", 1000);
    assert_eq!(codes(&said), ["250", "552"]);
    let large = format!("{OPEN}{}\r\n.\r\nNOOP\r\n", "x".repeat(500));
    for piece in [1, 64, 10_000] {
        let (said, stored) = talk(&mut session(), &large, piece);
        assert_eq!(codes(&said), ["250", "250", "250", "354", "552", "250"], "{piece}");
        assert!(stored.is_empty());
    }
}

#[test]
fn too_many_recipients_and_mistakes_have_an_end() {
    let many = (0..4).map(|n| format!("RCPT TO:<here{n}@in.example.com>")).collect::<Vec<_>>().join("\r\n") + "\r\n";
    let (said, _) = talk(&mut session(), &format!("EHLO x\r\nMAIL FROM:<a@b.example>\r\n{many}"), 1000);
    assert_eq!(codes(&said), ["250", "250", "250", "250", "250", "452"]);
    let (said, _) = talk(&mut session(), &"VRFY root\r\n".repeat(20), 1000);
    assert!(said.ends_with("421 4.7.0 Too many mistakes\r\n"));
    assert_eq!(codes(&said).iter().filter(|code| **code == "502").count(), 6);
    let (said, _) = talk(&mut session(), &format!("EHLO {}\r\n", "x".repeat(9000)), 100);
    assert!(said.contains("421"), "{said}");
}

#[test]
fn the_order_of_commands_is_kept() {
    for wrong in [
        "MAIL FROM:<a@b.example>\r\n",
        "EHLO x\r\nRCPT TO:<here@x.example>\r\n",
        "EHLO x\r\nDATA\r\n",
        "EHLO x\r\nMAIL FROM:<a@b.example>\r\nMAIL FROM:<a@b.example>\r\n",
    ] {
        let (said, _) = talk(&mut session(), wrong, 1000);
        assert_eq!(codes(&said).last(), Some(&"503"), "{wrong}");
    }
}

#[test]
fn tls_is_offered_once_and_forgets_what_was_said() {
    let mut session = Session::new("in.example.com", LIMITS, true);
    let (said, _) = talk(&mut session, "EHLO there\r\nMAIL FROM:<a@b.example>\r\nSTARTTLS\r\n", 1000);
    assert!(said.contains("250-STARTTLS\r\n") && said.ends_with("220 2.0.0 Begin TLS\r\n"));
    session.secured();
    assert!(session.secure() && session.helo().is_empty());
    let (said, _) = talk(&mut session, "MAIL FROM:<a@b.example>\r\nEHLO there\r\nSTARTTLS\r\n", 1000);
    assert!(!said.contains("250-STARTTLS"));
    assert_eq!(codes(&said), ["503", "250", "502"]);
    assert_eq!(session.protocol(), "ESMTPS");
}
