use super::*;

const LIMITS: Limits = Limits { size: 200, recipients: 3, mistakes: 5 };

/// Feeds bytes in pieces of a size. Gives what was said and stored.
fn talk(session: &mut Session, text: &str, piece: usize) -> (String, Vec<Envelope>) {
    let Rehearsed { said, stored, .. } = rehearse(session, text.as_bytes(), piece, Outcome::Yes);
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

/// Found by the fuzzer: one that came at once was a mistake, and one that came in pieces the end.
#[test]
fn a_line_that_is_too_long_ends_it_however_it_is_cut() {
    for (length, code) in [(2_046, "500 5.5.1"), (2_047, "500 5.5.6"), (5_000, "500 5.5.6"), (100_000, "500 5.5.6")] {
        let text = format!("{}\r\nNOOP\r\n", "x".repeat(length));
        for piece in [1, 7, 4_096, usize::MAX] {
            let rehearsed = rehearse(&mut session(), text.as_bytes(), piece, Outcome::Yes);
            assert_eq!((&rehearsed.said[..9], rehearsed.closed), (code, code == "500 5.5.6"), "{length} in {piece}");
        }
    }
    // it is the line that counts, not the conversation
    let (said, _) = talk(&mut session(), &"NOOP\r\n".repeat(1_000), 100);
    assert_eq!(codes(&said).len(), 1_000);
}

/// Found by the fuzzer: a command that had a line feed inside was read on over it when both lines came at once.
#[test]
fn a_command_ends_with_its_line() {
    for (line, code) in [("RCPT TO\n:<here@in.example.com>\r\n", "500"), ("MAIL\nFROM:<evil@b.example>\r\n", "501"), ("RSET\n\r\n", "250")]
    {
        let all =
            [1, 5, usize::MAX].map(|piece| talk(&mut session(), &format!("EHLO x\r\nMAIL FROM:<a@b.example>\r\n{line}DATA\r\n"), piece));
        assert!(all.iter().all(|(said, stored)| *said == all[0].0 && stored.is_empty()), "{line:?}: {all:?}");
        assert_eq!(codes(&all[0].0)[2], code, "{line:?}");
        assert_eq!(codes(&all[0].0).last(), Some(&"503"), "no recipient was heard: {line:?}");
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
    // what follows STARTTLS in the same piece came in clear, and is thrown away
    let injected = "EHLO there\r\nMAIL FROM:<a@b.example>\r\nSTARTTLS\r\nEHLO evil\r\nMAIL FROM:<evil@b.example>\r\n";
    let (said, _) = talk(&mut session, injected, 1000);
    assert!(said.contains("250-STARTTLS\r\n") && said.ends_with("220 2.0.0 Begin TLS\r\n"));
    assert!(session.secure() && session.helo().is_empty());
    let (said, _) = talk(&mut session, "MAIL FROM:<a@b.example>\r\nEHLO there\r\nSTARTTLS\r\n", 1000);
    assert!(!said.contains("250-STARTTLS"));
    assert_eq!(codes(&said), ["503", "250", "502"]);
    assert_eq!(session.protocol(), "ESMTPS");
}

#[test]
fn lmtp_answers_each_recipient() {
    let begin = "LHLO there\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<here@in.example.com>\r\nRCPT TO:<nobody@in.example.com>\r\nRCPT TO:<here2@in.example.com>\r\nRCPT TO:<here@in.example.com>\r\nDATA\r\n";
    let mut session = session();
    let (said, stored) = talk(&mut session, &format!("{begin}Subject: x\r\n\r\nwords\r\n.\r\nNOOP\r\n"), 7);
    // three were accepted, one of them twice: as many answers come behind the mail
    assert_eq!(codes(&said), ["250", "250", "250", "550", "250", "250", "354", "250", "250", "250", "250"]);
    assert_eq!(stored[0].rcpt_to, ["here@in.example.com", "here2@in.example.com"]);
    assert_eq!(session.protocol(), "LMTP");
    for (mail, code) in [("x\ny\r\n.\r\n".to_owned(), "550"), (format!("{}\r\n.\r\n", "x".repeat(500)), "552")] {
        let (said, stored) = talk(&mut self::session(), &format!("{begin}{mail}NOOP\r\n"), 1000);
        assert_eq!(codes(&said)[7..], [code, code, code, "250"], "{said}");
        assert!(stored.is_empty());
    }
    // the count begins anew with each mail
    let twice = format!("{begin}one\r\n.\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<here@in.example.com>\r\nDATA\r\ntwo\r\n.\r\n");
    assert_eq!(codes(&talk(&mut self::session(), &twice, 1000).0)[10..], ["250", "250", "354", "250"]);
}

#[test]
fn what_cannot_be_stored_is_refused_for_now() {
    for (outcome, code) in [(Outcome::Later, "451 4.3.0"), (Outcome::Full, "452 4.3.1")] {
        let rehearsed = rehearse(&mut session(), format!("{OPEN}words\r\n.\r\n").as_bytes(), 1000, outcome);
        assert!(rehearsed.said.contains(code) && rehearsed.stored.is_empty(), "{}", rehearsed.said);
    }
}

#[test]
fn a_mail_for_which_there_is_no_memory_is_read_to_its_end_and_refused_for_now() {
    let mut session = session();
    talk(&mut session, &format!("{OPEN}half of"), 1000);
    assert!(session.held() >= 7);
    session.give_up();
    assert_eq!(session.held(), 0);
    let (said, stored) = talk(&mut session, " a mail\r\nMAIL FROM:<evil@b.example>\r\n.\r\nNOOP\r\n", 3);
    assert_eq!(codes(&said), ["452", "250"]);
    assert!(stored.is_empty());
}
