//! How many mails come in and go out in a second: from SMTP to ticket, and from a reply to the relay. The same mails are sent to a bare
//! sink in the same run, so that the figure can be compared with what this machine does without Recado.

use std::time::{Duration, Instant};

use tokio::{task::JoinSet, time::sleep};

use crate::{
    Figures, float,
    process::{Recado, browser::Browser, chat::function, mail::Mail, quantile, relay::Relay, wire::Wire},
    processor,
};

/// Recipients of one ticket, the requester included: as many as a ticket may have in copy, and one.
const RECIPIENTS: u64 = 21;
/// Longest wait for the end.
const PATIENCE: Duration = Duration::from_mins(10);

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

fn rate(number: u64, time: Duration) -> f64 {
    float(usize::try_from(number).unwrap_or(0)) / time.as_secs_f64().max(1e-6)
}

/// Mails in: until the last 250, and until the last one is in its ticket.
pub async fn measure_in(recado: &Recado, mails: u64, lines: u64) -> Figures {
    let founder = Browser::set_up(recado.http).await;
    let to = founder.forwarding().await;
    let sink = Relay::start(0).await;
    let (bare, _) = pour(sink.port, "x@sink.example", mails, lines).await;
    let before = processor(recado);
    let begun = Instant::now();
    let (taken, mut waits) = pour(recado.smtp, &to, mails, lines).await;
    recado.until_none("select count(*) from letter_in where status = 'new'", PATIENCE).await;
    let filed = begun.elapsed();
    let cost = processor(recado) - before;
    let tickets = recado.number("select count(*) from letter_in where status = 'filed' and conversation is not null").await;
    Figures(
        "mail-in",
        vec![
            ("mails/s to a bare sink", rate(mails, bare)),
            ("mails/s until the last 250", rate(mails, taken)),
            ("mails/s until the last one is in its ticket", rate(mails, filed)),
            ("dot to 250 ms p50", quantile(&mut waits, 0.5).as_secs_f64() * 1e3),
            ("dot to 250 ms p99", quantile(&mut waits, 0.99).as_secs_f64() * 1e3),
            ("server CPU ms per mail", cost / float(usize::try_from(mails).unwrap_or(1))),
            ("mails", float(usize::try_from(mails).unwrap_or(0))),
            ("in tickets", float(usize::try_from(tickets).unwrap_or(0))),
        ],
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
        seen = relay.copies().len() as u64;
    }
    let copies = relay.copies();
    let (first, last) = (copies.iter().map(|copy| copy.dot).min(), copies.iter().map(|copy| copy.dot).max());
    let time = first.zip(last).map_or(Duration::ZERO, |(first, last)| last - first);
    recado.until_none("select count(*) from letter_out where status = 'waiting'", PATIENCE).await;
    Figures(
        "mail-out",
        vec![
            ("letters/s to a fast relay", rate(letters, time)),
            ("seconds from the first to the last", time.as_secs_f64()),
            ("server CPU ms per letter", (processor(recado) - before) / float(usize::try_from(letters).unwrap_or(1))),
            ("letters", float(usize::try_from(letters).unwrap_or(0))),
            ("copies", float(copies.len())),
        ],
    )
}
