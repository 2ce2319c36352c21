//! The commands of the binary, as a person at a terminal has them: what they print, how they end, what they leave alone.

#[path = "process/mod.rs"]
mod process;

use process::{Base, Recado, browser::Browser};
use serde_json::{Value, json};

/// A mail with everything that is told apart.
const MAIL: &str = "From: Joana Prado <joana@example.com>\r\n\
To: Shop <help@in.example.com>\r\n\
Cc: paulo@example.com\r\n\
Reply-To: joana.home@example.com\r\n\
Subject: Re: The armchair\r\n\
Message-ID: <m1@example.com>\r\n\
In-Reply-To: <m0@example.com>\r\n\
References: <mz@example.com> <m0@example.com>\r\n\
Date: Fri, 27 Nov 2026 10:00:00 +0100\r\n\
MIME-Version: 1.0\r\n\
Content-Type: multipart/mixed; boundary=b\r\n\
\r\n\
--b\r\n\
Content-Type: text/plain; charset=utf-8\r\n\
\r\n\
It has a scratch.\r\n\
\r\n\
On Thu, 26 Nov 2026, Shop wrote:\r\n\
> How is it?\r\n\
--b\r\n\
Content-Type: image/png; name=scratch.png\r\n\
Content-ID: <pic@x>\r\n\
Content-Disposition: inline; filename=scratch.png\r\n\
Content-Transfer-Encoding: base64\r\n\
\r\n\
aGVsbG8=\r\n\
--b--\r\n";

/// A report that an address is not there (RFC 3464).
const BOUNCE: &str = "From: Mail Delivery Subsystem <mailer-daemon@example.com>\r\n\
To: shop@in.example.com\r\n\
Subject: Undelivered Mail Returned to Sender\r\n\
Auto-Submitted: auto-replied\r\n\
MIME-Version: 1.0\r\n\
Content-Type: multipart/report; report-type=delivery-status; boundary=r\r\n\
\r\n\
--r\r\n\
Content-Type: text/plain\r\n\
\r\n\
It could not be delivered.\r\n\
--r\r\n\
Content-Type: message/delivery-status\r\n\
\r\n\
Reporting-MTA: dns; mx.example.com\r\n\
\r\n\
Final-Recipient: rfc822; nobody@example.com\r\n\
Action: failed\r\n\
Status: 5.1.1\r\n\
Diagnostic-Code: smtp; 550 5.1.1 no such user\r\n\
--r--\r\n";

const FORWARDED: &str = "From: Marta <marta@shop.example>\r\n\
To: help@in.example.com\r\n\
Subject: Fwd: A question\r\n\
Content-Type: text/plain; charset=utf-8\r\n\
\r\n\
See below.\r\n\
\r\n\
---------- Forwarded message ---------\r\n\
From: Joana Prado <joana@example.com>\r\n\
Date: Fri, 27 Nov 2026 at 10:00\r\n\
Subject: A question\r\n\
To: Marta <marta@shop.example>\r\n\
\r\n\
Do you have it in blue?\r\n";

async fn explained(recado: &Recado, mail: &str) -> Value {
    let said = recado.ask(&["mail", "explain"], mail.as_bytes()).await;
    assert!(said.well, "{said:?}");
    serde_json::from_str(&said.out).expect("JSON")
}

#[tokio::test]
async fn a_mail_is_explained_with_no_database() {
    let recado = Recado::new(Base::Sqlite, &[]).await;
    assert_eq!(
        explained(&recado, MAIL).await,
        json!({
            "from": "joana@example.com", "from_name": "Joana Prado", "to": ["help@in.example.com"], "cc": ["paulo@example.com"],
            "reply_to": "joana.home@example.com", "subject": "Re: The armchair", "message_id": "m1@example.com",
            "in_reply_to": "m0@example.com", "references": ["mz@example.com", "m0@example.com"], "date": "2026-11-27T10:00:00+01:00",
            "class": "human", "text": "It has a scratch.\n\nOn Thu, 26 Nov 2026, Shop wrote:\n> How is it?", "html": null,
            "reply_text": "It has a scratch.", "quoted_text": "On Thu, 26 Nov 2026, Shop wrote:\n> How is it?",
            "attachments": [{
                "name": "scratch.png", "type": "image/png", "size": 5, "cid": "pic@x", "inline": true,
                "sha256": "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824",
            }],
            "bounce": null, "forwarded": null,
        })
    );
    let bounce = explained(&recado, BOUNCE).await;
    assert_eq!(bounce["class"], "bounce");
    assert_eq!(
        bounce["bounce"],
        json!({
            "recipients": ["nobody@example.com"], "status": "5.1.1", "action": "failed", "diagnostic": "550 5.1.1 no such user", "hard": true,
        })
    );
    let forwarded = explained(&recado, FORWARDED).await;
    assert_eq!(
        forwarded["forwarded"],
        json!({
            "from": "joana@example.com", "from_name": "Joana Prado", "to": ["marta@shop.example"], "cc": [], "subject": "A question",
            "text": "Do you have it in blue?",
        })
    );
    let nothing = recado.ask(&["mail", "explain"], b"").await;
    assert!(!nothing.well && nothing.out.is_empty() && nothing.err.contains("the mail is empty"), "{nothing:?}");
    // bytes that are no mail are understood as far as they go
    let noise: Vec<u8> = (0..=255).cycle().take(5_000).collect();
    assert!(recado.ask(&["mail", "explain"], &noise).await.well);
    let left = std::fs::read_dir(recado.folder()).expect("the folder").map(|entry| entry.expect("an entry").file_name());
    assert_eq!(left.filter(|name| name != "log.txt").collect::<Vec<_>>(), Vec::<std::ffi::OsString>::new(), "it left something behind");
}

/// Lines of `recado doctor` that begin with a word.
fn lines<'a>(said: &'a process::Said, mark: &str) -> Vec<&'a str> {
    said.out.lines().filter_map(|line| line.trim().strip_prefix(mark)).map(str::trim).collect()
}

async fn doctor_says_what_is_wrong(base: Base) {
    let mut recado = Recado::new(base, &[("RECADO_MAIL_RELAY_HOST", "127.0.0.1".into()), ("RECADO_MAIL_RELAY_PORT", "1".into())]).await;
    // before the first start: it looks, and makes nothing
    let said = recado.ask(&["doctor"], b"").await;
    assert!(!said.well, "the relay is not there: {said:?}");
    assert_eq!(lines(&said, "WRONG").len(), 1, "{said:?}");
    assert!(lines(&said, "WRONG")[0].contains("127.0.0.1:1"), "{said:?}");
    let note = if base == Base::Sqlite { "the first start makes it" } else { "the next start adds" };
    assert!(lines(&said, "note").iter().any(|line| line.starts_with("Database") && line.contains(note)), "{said:?}");
    assert!(said.err.contains("one thing is wrong"), "{said:?}");
    assert!(!said.out.contains("postgres:postgres@"), "{said:?}");
    match base {
        Base::Sqlite => assert!(!recado.folder().join("recado.db").exists(), "it made a database"),
        Base::Postgres => assert_eq!(recado.number("select count(to_regclass('migration'))").await, 0, "it made tables"),
    }

    // at work
    recado.start().await;
    Browser::set_up(recado.http).await;
    let said = recado.ask(&["doctor"], b"").await;
    let well = lines(&said, "ok");
    for part in ["Settings", "Database", "Set-up     done", "Clock", "Audit log", "Mail in", "Disk"] {
        assert!(well.iter().any(|line| line.starts_with(part)), "{part} is not well: {said:?}");
    }
    assert!(well.iter().any(|line| line.contains("somebody listens there")), "{said:?}");
    recado.kill().await;

    // what was changed by hand is told, one by one
    let db = recado.open_database().await;
    for (text, told) in [
        ("update audit set name = 'Eve'", "was changed or taken away by hand"),
        ("insert into migration (name, digest, applied_at) values ('9999_later', '', 0)", "1 of them of a newer Recado"),
    ] {
        db.write(move |tx| Box::pin(async move { Ok(sqlx::query(text).execute(tx.conn()).await.map(drop)?) })).await.expect("changed");
        let said = recado.ask(&["doctor"], b"").await;
        assert!(!said.well && lines(&said, "WRONG").iter().any(|line| line.contains(told)), "{text}: {said:?}");
    }
    db.close().await;
}

#[tokio::test]
async fn doctor_says_what_is_wrong_on_sqlite() {
    doctor_says_what_is_wrong(Base::Sqlite).await;
}

#[tokio::test]
async fn doctor_says_what_is_wrong_on_postgres() {
    doctor_says_what_is_wrong(Base::Postgres).await;
}

#[tokio::test]
async fn doctor_names_a_database_that_is_away_without_its_password() {
    let recado = Recado::new(Base::Sqlite, &[("DATABASE_URL", "postgres://me:canary@127.0.0.1:1/recado".into())]).await;
    let said = recado.ask(&["doctor"], b"").await;
    assert!(!said.well && lines(&said, "WRONG").iter().any(|line| line.contains("postgres://me@127.0.0.1:1/recado")), "{said:?}");
    assert!(!format!("{said:?}").contains("canary"), "{said:?}");
}

#[tokio::test]
async fn what_is_no_setting_is_named_with_the_nearest_one() {
    let recado = Recado::new(Base::Sqlite, &[("RECADO_MAIL_SMPT_LISTEN", "127.0.0.1:25".into())]).await;
    for command in ["doctor", "serve", "seed"] {
        let said = recado.ask(&[command], b"").await;
        assert!(!said.well && said.err.contains("the nearest one is RECADO_MAIL_SMTP_LISTEN"), "{said:?}");
    }
    let recado = Recado::new(Base::Sqlite, &[]).await;
    std::fs::write(recado.folder().join("recado.toml"), "[mail]\nundoo = 5\n").expect("written");
    let said = recado.ask(&["doctor"], b"").await;
    assert!(!said.well && said.err.contains("undoo") && said.err.contains("mail.undo"), "{said:?}");
}

#[tokio::test]
async fn help_has_examples_and_the_printed_settings_are_settings() {
    let recado = Recado::new(Base::Sqlite, &[]).await;
    let help = recado.ask(&["--help"], b"").await;
    assert!(help.well && help.out.contains("Examples:") && help.out.contains("recado mail explain < mail.eml"), "{help:?}");
    let settings = recado.ask(&["config"], b"").await;
    std::fs::write(recado.folder().join("recado.toml"), &settings.out).expect("written");
    let said = recado.ask(&["doctor"], b"").await;
    assert!(said.well, "{said:?}");
    assert!(lines(&said, "ok")[0].contains("recado.toml"), "{said:?}");
    let unknown = recado.ask(&["serv"], b"").await;
    assert!(!unknown.well && unknown.err.contains("serve"), "{unknown:?}");
}

#[tokio::test]
async fn a_key_is_made_once_and_who_is_nobody_is_named() {
    let recado = Recado::new(Base::Sqlite, &[]).await;
    let [first, second] = [recado.ask(&["mail", "dkim-key"], b"").await, recado.ask(&["mail", "dkim-key"], b"").await];
    let record = |said: &process::Said| said.out.lines().filter(|line| line.contains("v=DKIM1")).map(str::to_owned).collect::<Vec<_>>();
    assert!(first.well && second.well && !record(&first).is_empty(), "{first:?}");
    assert_eq!(record(&first), record(&second));
    assert!(first.out.starts_with("A key was made") && second.out.starts_with("The key is there already"), "{second:?}");
    let nobody = recado.ask(&["reset-second-step", "eve@shop.example"], b"").await;
    assert!(!nobody.well && nobody.err.contains("no agent signs in as eve@shop.example"), "{nobody:?}");
}
