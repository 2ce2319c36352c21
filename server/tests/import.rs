//! `recado import` as an operator runs it, beside a server that runs: looked at first, taken in, taken in again, and what cannot be taken.

mod process;

use std::{fs, path::Path, time::Duration};

use process::{Base, Recado};

const PASSWORD: &str = "correct horse battery";

const INBOX: &str = "From joana@example.com Mon Mar  2 12:00:00 2026
From: Joana <joana@example.com>
To: support@shop.example
Subject: Late order
Message-ID: <1@example.com>
Date: Mon, 2 Mar 2026 12:00:00 +0000

Where is my lamp?

>From here it looks late.

From joana@example.com Wed Mar  4 12:00:00 2026
From: Joana <joana@example.com>
To: support@shop.example
Subject: Re: Late order
Message-ID: <3@example.com>
In-Reply-To: <2@shop.example>
References: <1@example.com> <2@shop.example>
Date: Wed, 4 Mar 2026 12:00:00 +0000

Thank you!
";
const SENT: &str = "From: Shop <support@shop.example>
To: joana@example.com
Subject: Re: Late order
Message-ID: <2@shop.example>
In-Reply-To: <1@example.com>
Date: Tue, 3 Mar 2026 12:00:00 +0000

It left today.
";
const CHATS: &str = r#"{ "chats": [
  { "id": "c1", "type": "chat", "visitor": { "name": "Ana", "email": "ana@example.com" }, "messages": [
    { "sender": { "t": "v", "n": "Ana" }, "type": "msg", "msg": "Hello?", "time": "2026-03-05T10:00:00.000Z" },
    { "sender": { "t": "a", "n": "Somebody" }, "type": "msg", "msg": "Hi!", "time": "2026-03-05T10:01:00.000Z" } ] },
  { "id": "c2", "type": "chat", "messages": [ { "sender": { "t": "v" }, "msg": "When?", "time": "soon" } ] }
] }"#;

async fn counts(recado: &Recado) -> (i64, i64) {
    (recado.number("select count(*) from conversation").await, recado.number("select count(*) from message").await)
}

fn write(folder: &Path, name: &str, text: &str) -> String {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().expect("a folder")).expect("made");
    fs::write(&path, text).expect("written");
    path.display().to_string()
}

async fn beside_a_server(base: Base) {
    let mut recado = Recado::new(base, &[]).await;
    recado.run(&["seed", "--tickets", "1", "--chats", "0", "--password", PASSWORD]).await;
    recado.start().await;
    let folder = tempfile::tempdir().expect("a folder");
    let inbox = write(folder.path(), "Inbox.mbox", INBOX);
    write(folder.path(), "Maildir/cur/1772539200.M1.host:2,S", SENT);
    write(folder.path(), "Maildir/cur/1772539201.M2.host:2,ST", "Subject: trash\n\nx");
    let maildir = folder.path().join("Maildir").display().to_string();
    let chats = write(folder.path(), "export/chats.json", CHATS);
    let before = counts(&recado).await;

    let (property, ours) = ("Aurora Furniture", "support@shop.example");
    recado.run(&["import", "mbox", &inbox, "--property", property, "--dry-run"]).await;
    assert_eq!(counts(&recado).await, before, "a look changes nothing");
    assert!(recado.log().contains("would be taken in     2"), "{}", recado.log());
    for _ in 0..2 {
        // the answer of the team comes from elsewhere, and between
        recado.run(&["import", "mbox", &inbox, "--ours", ours]).await;
        recado.run(&["import", "maildir", &maildir, "--ours", ours]).await;
        assert_eq!(counts(&recado).await, (before.0 + 1, before.1 + 3), "once");
    }
    // a chat that cannot be told is refused with its place, the other one is in
    for _ in 0..2 {
        let said = recado.fails(&["import", "tawk", &format!("{}/export", folder.path().display()), "--open-since", "2026-01-01"]).await;
        assert!(said.contains(&format!("{chats}, chats[1]: `chat.messages[0].time` is missing")), "{said}");
    }
    assert_eq!(counts(&recado).await, (before.0 + 2, before.1 + 6), "its end is told as well");
    assert!(recado.log().contains("here already          1"));
    // the readers of the server that runs have seen it, and nobody was written to
    for reader in [
        "select count(*) from log_head h left join reader_cursor c on c.property = h.property and c.reader = 'mail' where coalesce(c.seq, 0) < h.seq",
        "select count(*) from log_head h left join reader_cursor c on c.property = h.property and c.reader = 'search' where coalesce(c.seq, 0) < h.seq",
        "select count(*) from log_head h left join reader_cursor c on c.property = h.property and c.reader = 'report' where coalesce(c.seq, 0) < h.seq",
    ] {
        recado.until_none(reader, Duration::from_secs(20)).await;
    }
    let posted = "select count(*) from letter_out where recipient in ('joana@example.com', 'ana@example.com')";
    assert_eq!(recado.number(posted).await, 0);
    assert_eq!(recado.number("select count(*) from message where body like '%From here%' and body not like '%>From%'").await, 1);
    for wrong in [&["import", "mbox", "nowhere.mbox"][..], &["import", "mbox", &chats], &["import", "tawk", &chats, "--property", "Other"]]
    {
        recado.fails(wrong).await;
    }
    assert_eq!(recado.faults(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn archives_come_in_beside_a_server_on_sqlite() {
    beside_a_server(Base::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn archives_come_in_beside_a_server_on_postgres() {
    beside_a_server(Base::Postgres).await;
}
