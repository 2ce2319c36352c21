//! Our signature, checked by another implementation (dkimpy): it holds for what a relay was given, and for nothing that was changed.

use std::{io::Write as _, process::Stdio, sync::Arc};

use model::{agent::Role, letter::LetterStatus};
use server::mail::{
    dkim::{Dkim, make},
    smtp_out::SmtpOut,
};

use super::{common::World, letter_to, relay, state_of, wait};

/// Verifies a mail against the record that is given for any name.
const VERIFY: &str = "import sys, dkim\nprint(dkim.verify(sys.stdin.buffer.read(), dnsfunc=lambda name, timeout=5: sys.argv[1].encode()))";

/// Whether dkimpy believes it; none when it is not installed. In CI that is a failure.
#[expect(clippy::disallowed_methods, reason = "the other implementation is another program")]
fn verified(mail: &str, record: &str) -> Option<bool> {
    let python = std::env::var_os("RECADO_PYTHON").unwrap_or_else(|| "python3".into());
    let mut child = std::process::Command::new(python)
        .args(["-c", VERIFY, record])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("python3");
    // who lacks the module has hung up already
    let _ = child.stdin.take().expect("piped").write_all(mail.as_bytes());
    let done = child.wait_with_output().expect("it ends");
    match String::from_utf8_lossy(&done.stdout).trim() {
        "True" => Some(true),
        "False" => Some(false),
        _ => {
            let said = String::from_utf8_lossy(&done.stderr).into_owned();
            assert!(said.contains("No module named"), "{said}");
            assert!(std::env::var_os("CI").is_none(), "dkimpy is missing: apt-get install python3-dkim");
            None
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_implementation_believes_the_signature_of_what_the_relay_was_given() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("dkim.key");
    make(&file).expect("a key");
    let dkim = Arc::new(Dkim::load(&file, "recado", "in.example.com").expect("a key"));
    let (world, token) = World::founded(&[("RECADO_MAIL_DKIM_KEY_FILE", &file.display().to_string())]).await;
    let (relay, noted) = relay("gone@", "550 5.1.1 no such user").await;
    tokio::spawn(SmtpOut::new(world.desk.clone(), Some(relay), world.closing.subscribe()).signing(Some(dkim.clone())).run());
    letter_to(&world, &token, "ana@example.com").await;
    wait(|| async { state_of(&world, &token, "ana@example.com").await.filter(|state| state.status == LetterStatus::Sent) }).await;
    let mails = noted.lock().expect("noted").clone();
    let mail = mails.iter().find(|mail| mail.contains("To: ana@example.com")).expect("the letter");
    let mail = mail.strip_suffix(".\r\n").expect("a final dot");
    assert!(mail.starts_with("DKIM-Signature: "), "{mail}");
    // an admin can look at it as it went, and nobody else
    let letters = world.agent(&token).await.list_letters_out(None, "ana@example.com").await.expect("letters");
    let path = format!("/letters/{}/raw", letters[0].state.id);
    let shown = world.get(&path, Some(&token)).await;
    assert_eq!((shown.status.as_u16(), shown.header("content-type")), (200, "message/rfc822"));
    assert_eq!(shown.text.trim_end(), mail.trim_end(), "byte for byte, but for the end of the last line");
    let rui = world.invite(&token, "Rui", Role::Agent).await;
    assert_eq!(world.get(&path, Some(&rui)).await.status.as_u16(), 403);
    assert_eq!(world.get(&path, None).await.status.as_u16(), 401);
    let record = &dkim.record().value;
    let Some(believed) = verified(mail, record) else {
        eprintln!("skipped: dkimpy is not installed (apt-get install python3-dkim)");
        return;
    };
    assert!(believed, "{mail}");
    for (from, to) in
        [("Subject: Hello", "Subject: Hallo"), ("multipart/alternative", "multipart/mixed"), ("From: ", "From: x@evil.example\r\nFrom: ")]
    {
        assert!(mail.contains(from), "{from}");
        assert_eq!(verified(&mail.replacen(from, to, 1), record), Some(false), "{to}");
    }
}
