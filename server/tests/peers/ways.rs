//! The other ways: by LMTP over a socket in the file system, from a mailbox by IMAP, an agent's own program, and a report that comes back.

use std::path::{Path, PathBuf};

use model::{
    letter::LetterStatus,
    mailbox::MailboxForm,
    message::{Author, Happening},
};
use tokio::net::UnixListener;

use crate::{
    CUSTOMERS, GONE, Street, WORDS, Way,
    clients::{Answer, CLIENTS},
    dovecot::PASSWORD,
    lines,
};

/// Where postfix finds Recado in the file system.
pub fn socket(folder: &Path) -> PathBuf {
    folder.join("lmtp.sock")
}

/// Listens there; postfix is another user, and may come in.
pub fn bind(file: &Path) -> UnixListener {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(file.parent().expect("a folder"), std::fs::Permissions::from_mode(0o755)).expect("its permissions");
    server::mail::socket::bind(file).expect("a socket")
}

#[tokio::test(flavor = "multi_thread")]
async fn postfix_hands_over_by_lmtp_and_each_recipient_has_an_answer_of_its_own() {
    let Some(street) = Street::open(Way::Lmtp).await else { return };
    let me = format!("ana@{CUSTOMERS}");
    let ticket = street.write_to(&me, "Hello", "We look into it.").await;
    let letter = street.read("ana", 1).await;
    let raw = CLIENTS[0].1(&Answer { read: &letter, from: &me, words: WORDS, id: "lmtp.1@customer.example" });
    street.send(&me, &letter.reply_to, &raw, false).await;
    assert_eq!(lines(&street.words(&ticket, 2).await[1].text), lines(WORDS));
    assert!(street.relay.log().contains("lmtp"), "{}", street.relay.log());
    // whom nobody knows is refused, and postfix tells the sender
    street.send(&me, "nobody-here@in.example.com", "Subject: Hello\n\nIs somebody there?\n", false).await;
    for _ in 0..100 {
        if street.relay.log().contains("status=bounced") {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    panic!("{}", street.relay.log());
}

#[tokio::test(flavor = "multi_thread")]
async fn mail_of_customers_is_fetched_from_a_mailbox_that_postfix_fills() {
    let Some(street) = Street::open(Way::Smtp).await else { return };
    let form = MailboxForm {
        host: "127.0.0.1".into(),
        port: street.mailboxes.port.to_string(),
        tls: "none".into(),
        user: "shop".into(),
        password: PASSWORD.into(),
        ..MailboxForm::default()
    };
    street.agent.save_mailbox(form.check().expect("a form")).await.expect("kept");
    let (me, shop) = (format!("ana@{CUSTOMERS}"), format!("shop@{CUSTOMERS}"));
    let first = format!("From: Ana <{me}>\nTo: {shop}\nSubject: Where is it?\nMessage-ID: <imap.1@{CUSTOMERS}>\n\nI wait since Monday.\n");
    street.send(&me, &shop, &first, false).await;
    let mut ticket = None;
    for _ in 0..150 {
        ticket = street.agent.list_inbox(model::view::View::default()).await.expect("an Inbox").rows.pop();
        if ticket.is_some() {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    let ticket = ticket.unwrap_or_else(|| panic!("no ticket\n{}\n{}", street.relay.log(), street.mailboxes.log())).line.id;
    assert_eq!(street.words(&ticket, 1).await[0].text, "I wait since Monday.");
    street.reply(&ticket, "It comes tomorrow.").await;
    let answer = street.read("ana", 1).await;
    assert!(answer.dkim && answer.in_reply_to == format!("<imap.1@{CUSTOMERS}>"), "{answer:?}");
    // each program answers to the mailbox instead, as one does that knows the shop by its own address: found by what it refers to
    for (number, (name, client)) in CLIENTS.iter().enumerate() {
        let words = format!("{WORDS}\nPeça {number}");
        let raw = client(&Answer { read: &answer, from: &me, words: &words, id: &format!("{name}.imap@{CUSTOMERS}") });
        street.send(&me, &shop, &raw.replace(&answer.reply_to, &shop), false).await;
        let all = street.words(&ticket, number + 3).await;
        assert_eq!(lines(&all[number + 2].text), lines(&words), "{name}");
    }
    assert_eq!(street.tickets().await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_answers_from_their_own_program_under_the_signature_of_their_domain() {
    let Some(street) = Street::open(Way::Smtp).await else { return };
    let me = format!("ana@{CUSTOMERS}");
    let ticket = street.write_to(&me, "Hello", "We look into it.").await;
    let letter = street.read("ana", 1).await;
    let outlook = CLIENTS.iter().find(|(name, _)| *name == "outlook").expect("Outlook").1;
    let answer = |id: &str, words: &str| outlook(&Answer { read: &letter, from: "Founder <founder@a.example>", words, id });
    street.send("founder@a.example", &letter.reply_to, &answer("agent.1@a.example", "It is found."), true).await;
    let words = street.words(&ticket, 2).await;
    assert!(matches!(words[1].author, Author::Agent { .. }), "{:?}", words[1]);
    assert_eq!((words[1].text.as_str(), words[1].mark), ("It is found.", None));
    let mailed = street.read("ana", 2).await;
    assert!(mailed.dkim && mailed.text.contains("It is found.") && !mailed.text.contains("Enviada em"), "{mailed:?}");
    // without a signature anybody could have written it: it waits for an agent
    street.send("founder@a.example", &letter.reply_to, &answer("agent.2@a.example", "Send me the card's number."), false).await;
    let held = street.words(&ticket, 3).await;
    assert_eq!(held[2].mark, Some(model::message::Mark::Unverified));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_postfix_cannot_deliver_comes_back_to_the_letter() {
    let Some(street) = Street::open(Way::Smtp).await else { return };
    let ticket = street.write_to(&format!("who@{GONE}"), "Hello", "Are you there?").await;
    let mut told = None;
    for _ in 0..150 {
        let thread = street.agent.open_thread(ticket.clone()).await.expect("a thread");
        told = thread.messages.iter().find_map(|message| match &message.happened {
            Some(Happening::Bounced { email, why }) => Some((email.clone(), why.clone(), thread.messages[0].letters[0].status)),
            _ => None,
        });
        if told.is_some() {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    let (email, why, status) = told.unwrap_or_else(|| panic!("nothing came back\n{}", street.relay.log()));
    assert_eq!((email.as_str(), status), ("who@gone.example", LetterStatus::Bounced));
    assert!(why.contains("5.1.1"), "{why}");
    assert_eq!(street.tickets().await, 1, "a report opens nothing");
    assert_eq!(street.agent.list_suppressed().await.expect("a list").len(), 1, "nothing more goes there by itself");
}
