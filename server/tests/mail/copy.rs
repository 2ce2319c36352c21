//! A customer's HTML mail with a picture in it, in over SMTP, out to the agent: what another program's parser makes of the copy.

use std::{io::Write as _, process::Stdio};

use model::{moment::SECOND, ticket::TicketForm};
use serde_json::{Value, json};
use server::mail::{authenticate::Authenticator, smtp_out::SmtpOut, worker::Worker};

use super::{common::World, listener, relay, say, wait};

/// Reads a mail with Python's own library; prints its tree, its forms, and its files with their bytes.
const LOOK: &str = r#"
import email, email.policy, json, sys, hashlib
mail = email.message_from_bytes(sys.stdin.buffer.read(), policy=email.policy.default)
def tree(part):
    return [part.get_content_type(), [tree(inner) for inner in part.iter_parts()]] if part.is_multipart() else part.get_content_type()
body = lambda kind: mail.get_body((kind,)).get_content()
leaf = lambda part: {"cid": part["Content-ID"], "name": part.get_filename(), "place": part.get_content_disposition(), "hex": part.get_content().hex()}
files = [leaf(part) for part in mail.walk() if part.get_filename()]
print(json.dumps({"tree": tree(mail), "text": body("plain"), "html": body("html"), "files": files, "defects": [str(d) for p in mail.walk() for d in p.defects],
    "reply_to": mail["Reply-To"], "automatic": mail["Auto-Submitted"]}))
"#;

/// The mail as its reader's program has it.
#[expect(clippy::disallowed_methods, reason = "the reader is another program")]
fn looked_at(mail: &str) -> Value {
    let python = std::env::var_os("RECADO_PYTHON").unwrap_or_else(|| "python3".into());
    let mut child = std::process::Command::new(python)
        .args(["-c", LOOK])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("python3");
    child.stdin.take().expect("piped").write_all(mail.as_bytes()).expect("read");
    let done = child.wait_with_output().expect("it ends");
    serde_json::from_slice(&done.stdout).unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&done.stderr)))
}

/// A picture of one dot.
const DOT: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

#[tokio::test(flavor = "multi_thread")]
async fn an_html_mail_with_a_picture_reaches_the_agent_as_one() {
    let (world, token) = World::founded(&[("RECADO_MAIL_UNDO_SECONDS", "0")]).await;
    let agent = world.agent(&token).await;
    let form = TicketForm {
        email: "ana@example.com".into(),
        subject: "Lamp".into(),
        text: "It left today.".into(),
        assignee: model::Assignee::Agent(agent.id().clone()).to_string(),
        ..TicketForm::default()
    };
    let ticket = agent.open_ticket(form.check().expect("a form")).await.expect("opened");
    let address = agent.open_thread(ticket).await.expect("a thread").reply_address;
    let smtp = listener(&world).await;
    let mail = format!(
        "From: Ana <ana@example.com>\r\nTo: {address}\r\nSubject: Re: Lamp\r\nMessage-ID: <1@example.com>\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/related; boundary=r\r\n\r\n--r\r\nContent-Type: text/html; charset=utf-8\r\n\r\n\
         <p>Olá, <b>veja</b>: <img src=\"cid:dot@ana\" alt=\"dot\"></p><blockquote type=\"cite\">It left today.</blockquote>\r\n\
         --r\r\nContent-Type: image/png\r\nContent-ID: <dot@ana>\r\nContent-Disposition: inline; filename=dot.png\r\n\
         Content-Transfer-Encoding: base64\r\n\r\n{DOT}\r\n--r--\r\n."
    );
    let rcpt = format!("RCPT TO:<{address}>");
    assert_eq!(say(smtp, &["EHLO x", "MAIL FROM:<ana@example.com>", &rcpt, "DATA", &mail, "QUIT"]).await.last().unwrap(), "221");
    let authenticator = Authenticator::new(false, None, None, "in.example.com").expect("an authenticator");
    tokio::spawn(Worker::new(world.desk.clone(), authenticator, world.closing.subscribe()).run());
    let (relay, noted) = relay("gone@", "550 5.1.1 no such user").await;
    tokio::spawn(SmtpOut::new(world.desk.clone(), Some(relay), world.closing.subscribe()).run());
    let copy = wait(|| async {
        world.later(SECOND);
        while world.desk.follow_mail().await.expect("followed") {}
        noted.lock().expect("noted").iter().find(|mail| mail.contains("\r\nTo: Founder <founder@a.example>")).cloned()
    })
    .await;
    // as it was before dots at the beginning of lines were doubled for the wire
    let seen = looked_at(&copy.strip_suffix(".\r\n").expect("a final dot").replace("\r\n..", "\r\n."));
    assert_eq!(seen["tree"], json!(["multipart/alternative", ["text/plain", ["multipart/related", ["text/html", "image/png"]]]]), "{copy}");
    assert_eq!((&seen["defects"], &seen["reply_to"].as_str().is_some_and(|to| to.contains(&address))), (&json!([]), &true));
    assert_eq!(seen["automatic"], "auto-generated");
    let (text, html) = (seen["text"].as_str().expect("text"), seen["html"].as_str().expect("html"));
    assert!(html.contains("Olá, <b>veja</b>: <img") && text.contains("Olá, veja:"), "{html}\n{text}");
    assert!(!html.contains("It left today") && !text.contains("It left today"), "{html}\n{text}");
    let files = seen["files"].as_array().expect("files");
    let (picture, bytes) = (&files[0], data_encoding::BASE64.decode(DOT.as_bytes()).expect("base64"));
    assert_eq!((files.len(), &picture["name"], &picture["place"]), (1, &json!("dot.png"), &json!("inline")));
    assert_eq!(picture["hex"], data_encoding::HEXLOWER.encode(&bytes));
    let cid = picture["cid"].as_str().expect("a Content-ID").trim_matches(['<', '>']);
    assert!(html.contains(&format!("src=\"cid:{cid}\"")), "{cid}: {html}");
}
