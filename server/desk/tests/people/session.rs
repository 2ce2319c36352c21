//! Set-up, sign-in, sessions and passwords.

use desk::Browser;
use model::{
    Refusal, Why,
    agent::Role,
    moment::{DAY, MINUTE, SECOND},
    property::SetUp,
};

use crate::{
    common::{self, MARTA, PASSWORD, RUI, browser, refused, set_up_form},
    contract,
};

contract!(an_empty_desk_is_set_up_once, |desk| async {
    assert!(desk.vacant().await.unwrap());
    let token = desk.set_up(set_up_form(), browser()).await.unwrap();
    assert!(!desk.vacant().await.unwrap());
    let marta = desk.agent(&token).await.unwrap();
    assert_eq!((marta.name(), marta.email(), marta.role()), ("Marta Lima", MARTA, Role::Admin));
    let roster = marta.roster().await.unwrap();
    assert_eq!((roster.property.name.as_str(), roster.zone.name.as_str(), roster.head), ("Acme Shop", "Europe/Lisbon", 1));
    let (local, domain) = roster.property.forwarding_address.split_once('@').unwrap();
    assert_eq!((local.len(), &local[..10], domain), (20, "acme-shop-", common::MAIL_DOMAIN));
    assert_eq!(desk.number("select next from ticket_number").await, 1);
    let again = SetUp { email: "other@acme.test".into(), ..set_up_form() };
    assert_eq!(refused(desk.set_up(again, browser()).await), Refusal::LinkGone);
});

contract!(of_two_set_ups_at_once_one_wins, |desk| async {
    let form = |email: &str| SetUp { email: email.into(), ..set_up_form() };
    let elsewhere = desk.another_desk().await;
    let (one, two) = tokio::join!(desk.set_up(form("one@acme.test"), browser()), elsewhere.set_up(form("two@acme.test"), browser()));
    assert!(one.is_ok() != two.is_ok());
    assert_eq!(refused(if one.is_ok() { two } else { one }), Refusal::LinkGone);
    for table in ["select count(*) from agent", "select count(*) from property", "select count(*) from session"] {
        assert_eq!(desk.number(table).await, 1, "{table}");
    }
    elsewhere.close().await;
});

contract!(a_set_up_names_the_first_wrong_field, |desk| async {
    let good = set_up_form();
    for (field, form) in [
        ("name", SetUp { name: " ".into(), ..good.clone() }),
        ("email", SetUp { email: "marta".into(), ..good.clone() }),
        ("password", SetUp { password: "short".into(), ..good.clone() }),
        ("property", SetUp { property: "x".repeat(61), ..good.clone() }),
        ("language", SetUp { language: "tlh".into(), ..good.clone() }),
    ] {
        assert_eq!(refused(desk.set_up(form, browser()).await).field(), Some(field));
    }
    assert!(desk.vacant().await.unwrap());
    let token = desk.set_up(SetUp { time_zone: "Mars/Olympus".into(), ..good }, browser()).await.unwrap();
    assert_eq!(desk.agent(&token).await.unwrap().roster().await.unwrap().zone.name, "UTC");
});

contract!(who_is_unknown_is_answered_like_who_is_wrong, |desk| async {
    desk.shop().await;
    assert_eq!(refused(desk.sign_in(MARTA, "not the password", browser()).await), Refusal::WrongPassword);
    assert_eq!(refused(desk.sign_in("nobody@acme.test", PASSWORD, browser()).await), Refusal::WrongPassword);
    assert_eq!(refused(desk.sign_in(MARTA, "x".repeat(100_000).as_str(), browser()).await), Refusal::WrongPassword);
    assert_eq!(refused(desk.sign_in("' or 1=1 --", PASSWORD, browser()).await), Refusal::WrongPassword);
    let token = desk.sign_in("  Marta@ACME.test ", PASSWORD, browser()).await.unwrap();
    assert_eq!(desk.agent(&token).await.unwrap().email(), MARTA);
});

contract!(who_is_unknown_takes_as_long_as_who_is_wrong, |desk| async {
    desk.shop().await;
    let mut least = [u128::MAX; 2];
    for _ in 0..8 {
        desk.clock.pass(5 * MINUTE);
        for (place, email) in [MARTA, "nobody@acme.test"].into_iter().enumerate() {
            let started = std::time::Instant::now();
            assert_eq!(refused(desk.sign_in(email, "not the password", browser()).await), Refusal::WrongPassword);
            least[place] = least[place].min(started.elapsed().as_micros());
        }
    }
    // the least of eight: other tests run beside this one
    let (known, unknown) = (least[0], least[1]);
    assert!(known < unknown * 2 && unknown < known * 2, "known {known} µs, unknown {unknown} µs");
});

contract!(failures_of_an_account_bring_a_delay_that_grows, |desk| async {
    desk.shop().await;
    for _ in 0..5 {
        assert_eq!(refused(desk.sign_in(RUI, "wrong", browser()).await), Refusal::WrongPassword);
    }
    assert_eq!(refused(desk.sign_in(RUI, PASSWORD, browser()).await), Refusal::TooMany { retry: 1 });
    desk.clock.pass(SECOND);
    assert_eq!(refused(desk.sign_in(RUI, "wrong", browser()).await), Refusal::WrongPassword);
    assert_eq!(refused(desk.sign_in(RUI, PASSWORD, browser()).await), Refusal::TooMany { retry: 2 });
    // somebody else at the same address is not held up, and the right password starts anew
    desk.sign_in(MARTA, PASSWORD, browser()).await.unwrap();
    desk.clock.pass(2 * SECOND);
    desk.sign_in(RUI, PASSWORD, browser()).await.unwrap();
    assert_eq!(refused(desk.sign_in(RUI, "wrong", browser()).await), Refusal::WrongPassword);
    desk.sign_in(RUI, PASSWORD, browser()).await.unwrap();
});

contract!(a_stranger_who_tries_all_the_time_keeps_nobody_out, |desk| async {
    let shop = desk.shop().await;
    let stranger = || Browser { address: "203.0.113.66".into(), ..browser() };
    // on another network than the owner, second for second
    for _ in 0..600 {
        desk.clock.pass(SECOND);
        refused(desk.sign_in(RUI, "wrong", stranger()).await);
    }
    assert!(matches!(refused(desk.sign_in(RUI, PASSWORD, stranger()).await), Refusal::TooMany { retry } if retry > 100));
    desk.sign_in(RUI, PASSWORD, browser()).await.unwrap();
    // nor from changing it
    refused(desk.sign_in(RUI, "wrong", stranger()).await);
    shop.rui.change_password(PASSWORD, "another long one").await.unwrap();
    assert!(matches!(refused(desk.sign_in(RUI, "another long one", stranger()).await), Refusal::TooMany { .. }));
});

contract!(many_networks_that_try_one_account_are_held_up_for_seconds, |desk| async {
    desk.shop().await;
    let from = |n: usize| Browser { address: format!("203.0.113.{}", n / 4), ..browser() };
    for n in 0..100 {
        assert_eq!(refused(desk.sign_in(RUI, "wrong", from(n)).await), Refusal::WrongPassword);
    }
    for retry in [1, 2, 4, 8, 10, 10] {
        assert_eq!(refused(desk.sign_in(RUI, PASSWORD, browser()).await), Refusal::TooMany { retry });
        desk.clock.pass(i64::from(retry) * SECOND);
        assert_eq!(refused(desk.sign_in(RUI, "wrong", from(1_000)).await), Refusal::WrongPassword);
    }
    desk.clock.pass(10 * SECOND);
    desk.sign_in(RUI, PASSWORD, browser()).await.unwrap();
});

contract!(failures_of_an_address_bring_a_delay_for_every_account, |desk| async {
    desk.shop().await;
    let from = |address: &str| Browser { address: address.into(), ..browser() };
    for n in 0..30 {
        let email = format!("guess{n}@acme.test");
        assert_eq!(refused(desk.sign_in(&email, "wrong", from("2001:db8::1")).await), Refusal::WrongPassword);
    }
    assert_eq!(refused(desk.sign_in(MARTA, PASSWORD, from("2001:db8::2")).await), Refusal::TooMany { retry: 1 });
    desk.sign_in(MARTA, PASSWORD, from("2001:db8:0:1::1")).await.unwrap();
});

contract!(tries_at_the_same_moment_are_counted_before_they_are_verified, |desk| async {
    desk.shop().await;
    let tries = (0..25).map(|_| desk.sign_in(MARTA, "wrong", browser()));
    let answers: Vec<_> = futures::future::join_all(tries).await.into_iter().map(refused).collect();
    assert_eq!(answers.iter().filter(|answer| **answer == Refusal::WrongPassword).count(), 5);
    assert_eq!(answers.iter().filter(|answer| matches!(answer, Refusal::TooMany { .. })).count(), 20);
});

contract!(a_session_ends_thirty_days_after_it_was_last_used, |desk| async {
    let shop = desk.shop().await;
    for _ in 0..3 {
        desk.clock.pass(20 * DAY);
        desk.agent(&shop.marta_token).await.unwrap();
    }
    assert_eq!(refused(desk.agent(&shop.rui_token).await), Refusal::SignedOut);
    desk.clock.pass(30 * DAY);
    assert_eq!(refused(desk.agent(&shop.marta_token).await), Refusal::SignedOut);
});

contract!(a_session_is_marked_as_seen_once_a_minute, |desk| async {
    let shop = desk.shop().await;
    let made = desk.clock.now();
    let seen = async || desk.agent(&shop.marta_token).await.unwrap().list_sessions().await.unwrap()[0].seen_at;
    desk.clock.pass(MINUTE - 1);
    assert_eq!(seen().await, made);
    desk.clock.pass(1);
    assert_eq!(seen().await, desk.clock.now());
});

contract!(a_secret_is_stored_nowhere, |desk| async {
    let shop = desk.shop().await;
    assert_eq!(shop.marta_token.len(), 52);
    let stored = desk.text("select token from session order by id limit 1").await;
    assert!(stored.len() == 64 && !stored.contains(&shop.marta_token));
    let password = desk.text("select password from agent order by id limit 1").await;
    // as cheap as tests have it; that the usual cost is OWASP's is a test beside the code
    assert!(password.starts_with("$argon2id$v=19$m=64,t=1,p=1$"), "{password}");
    assert_eq!(refused(desk.agent(&stored).await), Refusal::SignedOut);
    assert_eq!(refused(desk.agent("").await), Refusal::SignedOut);
});

contract!(sessions_are_listed_and_ended_by_their_owner_alone, |desk| async {
    let shop = desk.shop().await;
    desk.clock.pass(MINUTE);
    let phone =
        desk.sign_in(MARTA, PASSWORD, Browser { name: "Phone ".repeat(100), address: "198.51.100.9".into(), holds: None }).await.unwrap();
    let sessions = shop.marta.list_sessions().await.unwrap();
    assert_eq!(
        sessions.iter().map(|session| (session.address.as_str(), session.current)).collect::<Vec<_>>(),
        [("198.51.100.9", false), ("192.0.2.7", true)]
    );
    assert_eq!(sessions[0].browser.chars().count(), 200);
    assert_eq!(refused(shop.rui.end_session(sessions[0].id.clone()).await), Refusal::NotFound);
    desk.agent(&phone).await.unwrap();
    shop.marta.end_session(sessions[0].id.clone()).await.unwrap();
    assert_eq!(refused(desk.agent(&phone).await), Refusal::SignedOut);
    shop.marta.sign_out().await.unwrap();
    assert_eq!(refused(desk.agent(&shop.marta_token).await), Refusal::SignedOut);
});

contract!(signing_in_takes_the_place_of_the_session_that_the_browser_held, |desk| async {
    let shop = desk.shop().await;
    let elsewhere = desk.sign_in(MARTA, PASSWORD, browser()).await.unwrap();
    // Rui signs in where Marta still was
    let rui = desk.sign_in(RUI, PASSWORD, Browser { holds: Some(shop.marta_token.clone()), ..browser() }).await.unwrap();
    assert_eq!(refused(desk.agent(&shop.marta_token).await), Refusal::SignedOut);
    desk.agent(&elsewhere).await.unwrap();
    desk.agent(&shop.rui_token).await.unwrap();
    // a wrong password, or a secret that is none, ends nobody
    let wrong = Browser { holds: Some(rui.clone()), ..browser() };
    assert_eq!(refused(desk.sign_in(MARTA, "not hers at all", wrong).await), Refusal::WrongPassword);
    desk.agent(&rui).await.unwrap();
    desk.sign_in(MARTA, PASSWORD, Browser { holds: Some(String::new()), ..browser() }).await.unwrap();
    desk.agent(&elsewhere).await.unwrap();
});

contract!(a_new_password_ends_the_other_sessions, |desk| async {
    let shop = desk.shop().await;
    let phone = desk.sign_in(MARTA, PASSWORD, browser()).await.unwrap();
    assert_eq!(refused(shop.marta.change_password("not mine", "another long one").await), Refusal::WrongPassword);
    assert_eq!(refused(shop.marta.change_password(PASSWORD, "short").await), Refusal::invalid("password", Why::TooShort(10)));
    shop.marta.change_password(PASSWORD, "another long one").await.unwrap();
    assert_eq!(refused(desk.agent(&phone).await), Refusal::SignedOut);
    desk.agent(&shop.marta_token).await.unwrap();
    desk.agent(&shop.rui_token).await.unwrap();
    assert_eq!(refused(desk.sign_in(MARTA, PASSWORD, browser()).await), Refusal::WrongPassword);
    desk.sign_in(MARTA, "another long one", browser()).await.unwrap();
});

contract!(a_stolen_session_cannot_guess_the_password, |desk| async {
    let shop = desk.shop().await;
    for _ in 0..5 {
        assert_eq!(refused(shop.rui.change_password("a guess", "another long one").await), Refusal::WrongPassword);
    }
    assert_eq!(refused(shop.rui.change_password(PASSWORD, "another long one").await), Refusal::TooMany { retry: 1 });
});
