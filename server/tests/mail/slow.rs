//! Relays that take their time: a letter under way stays its sender's, and a domain that asks for patience gets it.

use std::time::Duration;

use model::{letter::LetterStatus, moment::SECOND};
use server::mail::smtp_out::SmtpOut;

use super::{common::World, letter_to, relay, slow_relay, state_of, wait};

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_under_way_for_longer_than_its_lease_is_sent_by_one_sender_once() {
    let (world, token) = World::with_founder().await;
    let (relay, noted) = slow_relay(Duration::from_secs(24)).await;
    let senders: Vec<_> =
        (0..2).map(|_| tokio::spawn(SmtpOut::new(world.desk.clone(), Some(relay.clone()), world.closing.subscribe()).run())).collect();
    letter_to(&world, &token, "ana@example.com").await;
    // the relay has it and says nothing yet; the lease of a minute is renewed after a quarter of it. The clock runs ahead, so that
    // without the renewal it would end before the relay answers
    wait(|| async { (!noted.lock().expect("noted").is_empty()).then_some(()) }).await;
    world.later(40 * SECOND);
    tokio::time::sleep(Duration::from_secs(17)).await;
    world.later(40 * SECOND);
    let sent =
        wait(|| async { state_of(&world, &token, "ana@example.com").await.filter(|state| state.status != LetterStatus::Waiting) }).await;
    assert_eq!((sent.status, sent.attempts), (LetterStatus::Sent, 1), "{sent:?}");
    assert_eq!(noted.lock().expect("noted").len(), 1);
    world.closing.send_replace(true);
    for sender in senders {
        sender.await.expect("it ends");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_domain_that_asks_for_patience_slows_only_itself() {
    let (world, token) = World::with_founder().await;
    let (relay, noted) = relay("busy@slow.example", "421 4.7.0 too many letters from you").await;
    tokio::spawn(SmtpOut::new(world.desk.clone(), Some(relay), world.closing.subscribe()).run());
    letter_to(&world, &token, "busy@slow.example").await;
    let state = |email: &'static str| {
        let (world, token) = (&world, &token);
        async move { state_of(world, token, email).await.expect("a letter") }
    };
    wait(|| async { Some(state("busy@slow.example").await).filter(|state| state.why.is_some()) }).await;
    letter_to(&world, &token, "ana@slow.example").await;
    letter_to(&world, &token, "ben@quick.example").await;
    wait(|| async { Some(state("ben@quick.example").await).filter(|state| state.status == LetterStatus::Sent) }).await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!((state("ana@slow.example").await.status, state("ana@slow.example").await.attempts), (LetterStatus::Waiting, 0));
    world.later(65 * SECOND);
    wait(|| async { Some(state("ana@slow.example").await).filter(|state| state.status == LetterStatus::Sent) }).await;
    assert_eq!(noted.lock().expect("noted").len(), 2);
}
