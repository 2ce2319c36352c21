//! T-03 with a mail as large as Recado takes: 25 MB, cut off once, taken, killed before it is read, read, shown, and its file byte for byte
//! what was sent. Memory is that of a few such mails, whatever happens.

use std::time::Duration;

use data_encoding::BASE64;

use crate::process::{
    Base, Recado,
    browser::Browser,
    mail::{Mail, token},
    wire::Wire,
};

/// Bytes of the file; with base64 and its line ends some hundred KB below the limit of 25 MiB.
const FILE: u64 = 18_900_000;
/// Most memory that the process may hold at once, MiB, a debug build's 110 among them: what came in, what is understood, its file.
const MEMORY_MOST: f64 = 256.0;
/// Longest wait for the ticket: the lease of a reader that was killed is a minute.
const FILED: Duration = Duration::from_mins(3);

async fn a_mail_of_25_megabytes(base: Base) {
    let mut recado = Recado::started(base, &[]).await;
    let browser = Browser::set_up(recado.http).await;
    let to = browser.forwarding().await;
    let empty = recado.memory("VmHWM");
    let mail = Mail::with_file(7, FILE);
    assert!(mail.raw.len() > 25_000_000 && mail.raw.len() < 25 << 20, "{}", mail.raw.len());
    // a peer that hangs up before the answer, and comes again
    let _ = Wire::abandon(Wire::open(recado.smtp).await.expect("a line"), "person@peer.example", &to, &mail.raw).await;
    let mut wire = Wire::open(recado.smtp).await.expect("a line");
    let waited = wire.send("person@peer.example", &to, &mail.raw).await.expect("250");
    let taking = recado.memory("VmHWM");
    recado.kill().await;
    recado.start().await;
    recado.until_none("select count(*) from letter_in where status = 'new'", FILED).await;
    let reading = recado.memory("VmHWM");
    let row = recado
        .rows(
            "select m.conversation, m.body, a.id, a.name from message m join attachment a on a.property = m.property and a.message = m.id",
        )
        .await;
    assert_eq!(row.len(), 1, "one ticket with one file, however often it came");
    let text = |name: &str| sqlx::Row::get::<String, _>(&row[0], name);
    assert_eq!(token(&text("body")), Some(mail.token.as_str()));
    let page = browser.get(&format!("/inbox/{}", text("conversation"))).await.expect("a page");
    assert!(page.status == 200 && page.text.contains(&text("name")) && page.text.contains(&mail.token), "it is shown");
    let file = browser.bytes(&format!("/attachments/{}", text("id"))).await.expect("the file");
    let sent = BASE64.decode(mail.encoded.replace("\r\n", "").as_bytes()).expect("base64");
    assert!(file.len() == mail.file.expect("a file") && file == sent, "byte for byte");
    let shown = recado.memory("VmHWM");
    println!(
        "{base:?}: {} bytes, final dot to 250 {waited:?}; memory at most: empty {empty:.0} MiB, taken {taking:.0}, read {reading:.0}, shown {shown:.0}",
        mail.raw.len()
    );
    assert!(taking.max(shown) < MEMORY_MOST, "{taking:.0} and {shown:.0} MiB");
    assert!(recado.faults().is_empty(), "{:#?}", recado.faults());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_of_25_megabytes_survives_kill_9_whole_on_sqlite() {
    a_mail_of_25_megabytes(Base::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_of_25_megabytes_survives_kill_9_whole_on_postgres() {
    a_mail_of_25_megabytes(Base::Postgres).await;
}
