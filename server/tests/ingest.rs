//! `POST /ingest/raw`: only who has a token, only for the token's property, taken once, and told what is wrong.

mod common;

use axum::http::Method;
use common::{Answer, World};

const MAIL: &str = "From: Ana <ana@example.com>\r\nTo: shop@example.com\r\nSubject: Hello\r\nMessage-ID: <1@example.com>\r\n\r\nWords\r\n";

async fn hand_over(world: &World, query: &str, token: &str, mail: &str) -> Answer {
    let bearer = format!("Bearer {token}");
    let headers = [("authorization", bearer.as_str()), ("content-type", "message/rfc822")];
    world.ask(Method::POST, &format!("/ingest/raw{query}"), &headers, mail.to_owned()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_a_token_hands_mails_over_and_each_is_taken_once() {
    let (world, founder) = World::with_founder().await;
    let admin = world.agent(&founder).await;
    let token = admin.make_ingest_token("Mailgun").await.expect("a token");
    for wrong in ["", "recado_in_nothing", &token.to_uppercase(), &format!("{token}x")] {
        let answer = hand_over(&world, "", wrong, MAIL).await;
        assert_eq!((answer.status.as_u16(), answer.header("www-authenticate")), (401, "Bearer"), "{wrong}");
    }
    let first = hand_over(&world, "?from=bounce%2Bana@example.com", &token, MAIL).await;
    assert_eq!(first.status.as_u16(), 200, "{}", first.text);
    let letters = admin.list_letters_in(None, "").await.expect("letters");
    assert_eq!(letters.len(), 1, "committed before the answer");
    let raw = String::from_utf8(admin.open_raw(letters[0].id.clone()).await.expect("raw")).expect("text");
    assert!(raw.starts_with("Return-Path: <bounce+ana@example.com>\r\nReceived: from (") && raw.ends_with(MAIL), "{raw}");
    // again, and many at once
    let again = futures::future::join_all((0..8).map(|_| hand_over(&world, "", &token, MAIL))).await;
    for answer in &again {
        assert_eq!((answer.status.as_u16(), &answer.text), (200, &first.text));
    }
    assert_eq!(admin.list_letters_in(None, "").await.expect("letters").len(), 1);
    let tokens = admin.list_ingest_tokens().await.expect("tokens");
    assert!(tokens[0].used_at.is_some());
    admin.revoke_ingest_token(tokens[0].id.clone()).await.expect("revoked");
    assert_eq!(hand_over(&world, "", &token, MAIL).await.status.as_u16(), 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_reaches_its_own_property_alone() {
    let (world, founder) = World::with_founder().await;
    let admin = world.agent(&founder).await;
    let own = admin.overview().await.expect("an overview").forwarding_address;
    let (other, _) = world.second_property(&founder, "B").await;
    let foreign = world.agent(&other).await.overview().await.expect("an overview").forwarding_address;
    let token = admin.make_ingest_token("Pipe").await.expect("a token");
    assert_eq!(hand_over(&world, &format!("?rcpt={own}"), &token, MAIL).await.status.as_u16(), 200);
    for unknown in [foreign.as_str(), "nobody@in.example.com", "postmaster@in.example.com", "a@elsewhere.example"] {
        let answer = hand_over(&world, &format!("?rcpt={own}&rcpt={unknown}"), &token, MAIL).await;
        assert_eq!(answer.status.as_u16(), 422, "{unknown}: {}", answer.text);
    }
    assert!(world.agent(&other).await.list_letters_in(None, "").await.expect("letters").is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_mail_or_too_large_is_refused() {
    let (world, founder) = World::founded(&[("RECADO_MAIL_MAX_SIZE", "3")]).await;
    let token = world.agent(&founder).await.make_ingest_token("Pipe").await.expect("a token");
    for (query, mail, status) in [
        ("", String::new(), 400),
        ("?to=x", MAIL.to_owned(), 400),
        ("?from=%0d%0aX", MAIL.to_owned(), 400),
        ("", format!("{MAIL}{}", "x".repeat(3 << 20)), 413),
        ("", format!("{MAIL}{}", "x".repeat(2 << 20)), 200),
    ] {
        assert_eq!(hand_over(&world, query, &token, &mail).await.status.as_u16(), status, "{query}");
    }
    let cookie = format!("recado={founder}");
    let signed_in = world.ask(Method::POST, "/ingest/raw", &[("cookie", &cookie)], MAIL.to_owned()).await;
    assert_eq!(signed_in.status.as_u16(), 401, "a cookie is no token");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_that_does_not_say_who_sends_has_not_said_that_nobody_does() {
    let (world, founder) = World::with_founder().await;
    let admin = world.agent(&founder).await;
    let token = admin.make_ingest_token("Pipe").await.expect("a token");
    let mail = |id: &str, subject: &str| {
        MAIL.replace("1@example.com", id)
            .replace("Hello", subject)
            .replace("Message-ID", "In-Reply-To: <0@example.com>\r\nMessage-ID")
            .replace("Words", "I still wait for 450 euros")
    };
    let classes = async |query: &str, id: &str, subject: &str| {
        assert_eq!(hand_over(&world, query, &token, &mail(id, subject)).await.status.as_u16(), 200, "{query}");
        let raw = admin.open_raw(admin.list_letters_in(None, "").await.expect("letters")[0].id.clone()).await.expect("raw");
        mail::understand(&raw, &mail::Own::default()).expect("understood").class
    };
    for (n, subject) in ["Re: Hello", "Delivery problem"].into_iter().enumerate() {
        assert_eq!(classes("", &format!("{n}a@example.com"), subject).await, Some(mail::Class::Human), "{subject}");
        assert_eq!(classes("?from=ana@example.com", &format!("{n}b@example.com"), subject).await, Some(mail::Class::Human), "{subject}");
    }
    assert_eq!(
        classes("?from=", "c@example.com", "Re: Hello").await,
        Some(mail::Class::AutoReply),
        "sent by nobody in answer to something"
    );
    assert_eq!(classes("?from=", "d@example.com", "Delivery problem").await, Some(mail::Class::Bounce));
}
