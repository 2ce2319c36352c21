//! How many mails come in and go out in a second: from SMTP to ticket, and from a reply to the relay. The same mails are sent to a bare
//! sink in the same run, by the bench and by postfix's `smtp-source`, so that the figure can be compared with what this machine does
//! without Recado.

use std::time::{Duration, Instant};

use tokio::{process::Command, task::JoinSet, time::sleep};

use crate::{
    Figures, float,
    process::{Recado, browser::Browser, chat::function, mail::Mail, quantile, relay::Relay, wire::Wire},
    processor,
};

/// Recipients of one ticket, the requester included: as many as a ticket may have in copy, and one.
const RECIPIENTS: u64 = 21;
/// Letters that Recado has on their way at once.
const SENDERS: u64 = 10;
/// Of the admin of a seeded world.
const PASSWORD: &str = "correct horse battery";
/// Longest wait for the end.
const PATIENCE: Duration = Duration::from_mins(10);

/// How many mails are in tickets.
const FILED: &str = "select count(*) from letter_in where status = 'filed' and conversation is not null";

/// Sends mails over several lines, as fast as they are taken; gives how long that took, and each mail's time from its dot to its 250.
async fn pour(port: u16, to: &str, mails: u64, lines: u64) -> (Duration, Vec<Duration>) {
    let ready: Vec<Mail> = (0..mails).map(Mail::of).collect();
    let (ready, to) = (std::sync::Arc::new(ready), to.to_owned());
    let (begun, mut all) = (Instant::now(), JoinSet::new());
    for line in 0..lines {
        let (ready, to) = (ready.clone(), to.clone());
        all.spawn(async move {
            let mut wire = Wire::open(port).await.expect("a line");
            let mut waits = vec![];
            for at in (line..mails).step_by(usize::try_from(lines).unwrap_or(1)) {
                let mail = &ready[usize::try_from(at).unwrap_or(0)];
                waits.push(wire.send(&format!("person{at}@peer.example"), &to, &mail.raw).await.expect("taken"));
            }
            waits
        });
    }
    let mut waits = vec![];
    while let Some(done) = all.join_next().await {
        waits.extend(done.expect("sent"));
    }
    (begun.elapsed(), waits)
}

/// Mails a second that postfix's own generator of load brings to a port; none where it is not installed. All are from one sender, of four
/// kilobytes, over as many lines.
#[expect(clippy::disallowed_methods, reason = "the generator is another program")]
async fn smtp_source(port: u16, to: &str, mails: u64, lines: u64) -> Option<f64> {
    let (mails_text, lines_text, there) = (mails.to_string(), lines.to_string(), format!("127.0.0.1:{port}"));
    let arguments = ["-d", "-s", &lines_text, "-m", &mails_text, "-l", "4000", "-f", "source@peer.example", "-t", to, &there];
    let begun = Instant::now();
    let ended = ["smtp-source", "/usr/sbin/smtp-source"].into_iter().find_map(|program| Command::new(program).args(arguments).spawn().ok());
    let ended = ended?.wait().await.expect("it ends");
    assert!(ended.success(), "smtp-source: {ended}");
    Some(rate(mails, begun.elapsed()))
}

/// The figures that there are.
fn known<const N: usize>(figures: [(&'static str, Option<f64>); N]) -> impl Iterator<Item = (&'static str, f64)> {
    figures.into_iter().filter_map(|(name, figure)| Some((name, figure?)))
}

fn rate(number: u64, time: Duration) -> f64 {
    float(usize::try_from(number).unwrap_or(0)) / time.as_secs_f64().max(1e-6)
}

/// Makes the world that the mails come into.
pub async fn seed(recado: &Recado, tickets: u64) {
    recado.run(&["seed", "--tickets", &tickets.to_string(), "--chats", &(tickets / 4).to_string(), "--password", PASSWORD]).await;
}

/// Mails in: until the last 250, and until the last one is in its ticket.
pub async fn measure_in(recado: &Recado, mails: u64, lines: u64) -> Figures {
    let admin = Browser::sign_in_as(recado.http, "marta@aurora.example", PASSWORD).await;
    let to = admin.forwarding().await;
    let sink = Relay::start(0).await;
    let (bare, _) = pour(sink.port, "x@sink.example", mails, lines).await;
    let source_to_sink = smtp_source(sink.port, "x@sink.example", mails, lines).await;
    let filed_before = recado.number(FILED).await;
    let before = processor(recado);
    let begun = Instant::now();
    let (taken, mut waits) = pour(recado.smtp, &to, mails, lines).await;
    recado.until_none("select count(*) from letter_in where status = 'new'", PATIENCE).await;
    let filed = begun.elapsed();
    let cost = processor(recado) - before;
    let tickets = recado.number(FILED).await - filed_before;
    let begun = Instant::now();
    let source_to_recado = smtp_source(recado.smtp, &to, mails, lines).await;
    recado.until_none("select count(*) from letter_in where status = 'new'", PATIENCE).await;
    let source_filed = source_to_recado.map(|_| rate(mails, begun.elapsed()));
    let source = [
        ("smtp-source: mails/s to a bare sink", source_to_sink),
        ("smtp-source: mails/s until the last 250", source_to_recado),
        ("smtp-source: mails/s until all are in tickets", source_filed),
    ];
    Figures(
        "mail-in",
        known(source)
            .chain([
                ("mails/s to a bare sink", rate(mails, bare)),
                ("mails/s until the last 250", rate(mails, taken)),
                ("mails/s until the last one is in its ticket", rate(mails, filed)),
                ("dot to 250 ms p50", quantile(&mut waits, 0.5).as_secs_f64() * 1e3),
                ("dot to 250 ms p99", quantile(&mut waits, 0.99).as_secs_f64() * 1e3),
                ("server CPU ms per mail", cost / float(usize::try_from(mails).unwrap_or(1))),
                ("mails", float(usize::try_from(mails).unwrap_or(0))),
                ("in tickets", float(usize::try_from(tickets).unwrap_or(0))),
            ])
            .collect(),
    )
}

/// Letters out to a relay that takes each at once: from the first to the last one.
pub async fn measure_out(recado: &Recado, relay: &Relay, tickets: u64) -> Figures {
    let founder = Browser::set_up(recado.http).await;
    let letters = tickets * RECIPIENTS;
    for ticket in 0..tickets {
        let copies: Vec<String> = (1..RECIPIENTS).map(|n| format!("copy{n}.{ticket}@peer{n}.example")).collect();
        let (email, copies) = (format!("person{ticket}@peer.example"), copies.join(", "));
        let fields = [
            ("form[email]", email.as_str()),
            ("form[subject]", "Your order"),
            ("form[text]", "It is on its way."),
            ("form[cc]", &copies),
            ("form[assignee]", "nobody"),
        ];
        let answer = founder.send(function("open_ticket"), &fields).await.expect("an answer");
        assert_eq!(answer.status, 200, "{}", answer.text);
    }
    let before = processor(recado);
    let begun = Instant::now();
    let mut seen = 0;
    while seen < letters {
        assert!(begun.elapsed() < PATIENCE, "{seen} of {letters} letters came\n{}", recado.log());
        sleep(Duration::from_millis(50)).await;
        seen = relay.count() as u64;
    }
    let copies = relay.copies();
    let (first, last) = (copies.iter().map(|copy| copy.dot).min(), copies.iter().map(|copy| copy.dot).max());
    let time = first.zip(last).map_or(Duration::ZERO, |(first, last)| last - first);
    recado.until_none("select count(*) from letter_out where status = 'waiting'", PATIENCE).await;
    let cost = processor(recado) - before;
    let sink = Relay::start(0).await;
    let source_to_sink = smtp_source(sink.port, "x@sink.example", letters, SENDERS).await;
    Figures(
        "mail-out",
        known([("smtp-source: mails/s to a bare sink", source_to_sink)])
            .chain([
                ("letters/s to a fast relay", rate(letters, time)),
                ("seconds from the first to the last", time.as_secs_f64()),
                ("server CPU ms per letter", cost / float(usize::try_from(letters).unwrap_or(1))),
                ("letters", float(usize::try_from(letters).unwrap_or(0))),
                ("copies", float(copies.len())),
            ])
            .collect(),
    )
}
