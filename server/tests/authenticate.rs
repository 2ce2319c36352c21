//! Who is believed to be the sender (email.md C9), against a DNS server of our own: DKIM, SPF and DMARC, aligned or not, forged or not.

#[path = "common/dns.rs"]
mod dns;

use data_encoding::HEXLOWER;
use desk::postbox::{Proof, Taken};
use dns::dns;
use mail_auth::{
    common::{crypto::Ed25519Key, headers::HeaderWriter as _},
    dkim::DkimSigner,
};
use model::LetterInId;
use server::mail::authenticate::{Authenticator, Trusted};

/// The first key pair of RFC 8032 section 7.1.
const SEED: &str = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";
const PUBLIC: &str = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";

const RECORDS: &[(&str, &str)] = &[
    ("k._domainkey.signed.example", "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="),
    ("k._domainkey.evil.example", "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="),
    ("sent.example", "v=spf1 ip4:192.0.2.0/24 -all"),
    ("evil.example", "v=spf1 ip4:192.0.2.0/24 -all"),
    ("strict.example", "v=spf1 ip4:192.0.2.0/24 -all"),
    ("news.strict.example", "v=spf1 ip4:192.0.2.0/24 -all"),
    ("_dmarc.strict.example", "v=DMARC1; p=reject; aspf=s; adkim=s"),
];

fn sign(domain: &str, raw: &str) -> String {
    let bytes = |hex: &str| HEXLOWER.decode(hex.as_bytes()).expect("hex");
    let key = Ed25519Key::from_seed_and_public_key(&bytes(SEED), &bytes(PUBLIC)).expect("a key");
    let signature =
        DkimSigner::from_key(key).domain(domain).selector("k").headers(["From", "Subject"]).sign(raw.as_bytes()).expect("signed");
    format!("{}{raw}", signature.to_header())
}

fn mail(from: &str) -> String {
    format!("From: {from}\r\nSubject: Hello\r\nMessage-ID: <1@x.example>\r\n\r\nWords\r\n")
}

async fn prove(authenticator: &Authenticator, raw: String, mail_from: &str, peer: &str) -> Proof {
    let understood = mail::understand(raw.as_bytes(), &mail::Own::default()).expect("understood");
    let taken = Taken {
        id: LetterInId::new(),
        property: None,
        raw: raw.into_bytes(),
        mail_from: mail_from.into(),
        rcpt_to: vec![],
        peer: peer.into(),
        helo: "mx.example".into(),
    };
    authenticator.prove(&taken, &understood).await
}

#[tokio::test(flavor = "multi_thread")]
async fn only_an_aligned_proof_counts() {
    let authenticator =
        Authenticator::new(true, Some(dns(RECORDS.iter().copied()).await), None, "in.example.com").expect("an authenticator");
    for (what, raw, mail_from, peer, passed) in [
        ("signed by its own domain", sign("signed.example", &mail("ana@signed.example")), "x@relay.example", "127.0.0.1", true),
        (
            "signed, and changed after",
            sign("signed.example", &mail("ana@signed.example")).replace("Words", "Other words"),
            "x@relay.example",
            "127.0.0.1",
            false,
        ),
        ("signed by another domain", sign("evil.example", &mail("ana@signed.example")), "x@evil.example", "192.0.2.1", false),
        ("sent by its own machine", mail("ana@sent.example"), "ana@sent.example", "192.0.2.1", true),
        ("sent by another machine", mail("ana@sent.example"), "ana@sent.example", "198.51.100.1", false),
        ("sent by another domain's machine", mail("ana@sent.example"), "x@evil.example", "192.0.2.1", false),
        ("handed over by a neighbour: SPF says nothing", mail("ana@sent.example"), "ana@sent.example", "10.0.0.1", false),
        ("strictly aligned", mail("ana@strict.example"), "ana@strict.example", "192.0.2.1", true),
        ("aligned, but not as strictly as the domain asks", mail("ana@strict.example"), "ana@news.strict.example", "192.0.2.1", false),
        ("two authors", mail("ana@sent.example, eve@evil.example"), "ana@sent.example", "192.0.2.1", false),
        ("two Froms", format!("From: eve@evil.example\r\n{}", mail("ana@sent.example")), "ana@sent.example", "192.0.2.1", false),
        (
            "an Authentication-Results of somebody",
            format!("Authentication-Results: mx.ours.example; dmarc=pass header.from=unknown.example\r\n{}", mail("ana@unknown.example")),
            "x@unknown.example",
            "192.0.2.1",
            false,
        ),
    ] {
        let proof = prove(&authenticator, raw, mail_from, peer).await;
        assert_eq!(proof.passed, passed, "{what}: {proof:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn our_own_mail_server_is_believed_and_nobody_else() {
    let trusted = Trusted { id: "mx.ours.example".into(), peers: vec!["127.0.0.0/8".parse().expect("a network")] };
    let authenticator = Authenticator::new(false, None, Some(trusted), "in.example.com").expect("an authenticator");
    let passes = "Authentication-Results: mx.ours.example; dmarc=pass header.from=example.com";
    for (header, peer, passed) in [
        (passes, "127.0.0.1", true),
        (passes, "::ffff:127.0.0.1", true),
        // fetched from a mailbox
        (passes, "imap.example.com", true),
        // anybody can write its name: who else delivers by SMTP is no mail server of ours, in a private network either
        (passes, "203.0.113.9", false),
        (passes, "172.17.0.1", false),
        ("Authentication-Results: mx.theirs.example; dmarc=pass header.from=example.com", "127.0.0.1", false),
        ("Authentication-Results: mx.ours.example; dmarc=fail header.from=example.com", "127.0.0.1", false),
        ("X-Nothing: here", "127.0.0.1", false),
        // what a stranger calls himself stands quoted in what our server says of him
        (
            "Authentication-Results: mx.ours.example; spf=pass smtp.mailfrom=\"a; dkim=pass header.d=example.com x\"@evil.example",
            "127.0.0.1",
            false,
        ),
        // two programs of ours, one of which knows nothing; OpenDKIM speaks of the key between
        (
            "Authentication-Results: mx.ours.example; dmarc=none header.from=example.com\r\n\
             Authentication-Results: mx.ours.example;\r\n\tdkim=pass (2048-bit key; unprotected) header.d=example.com",
            "127.0.0.1",
            true,
        ),
        // the second one came with the mail
        (
            "Received: from x by mx.ours.example\r\nAuthentication-Results: mx.ours.example; spf=none\r\n\
             Received: from y by x\r\nAuthentication-Results: mx.ours.example; dkim=pass header.d=example.com",
            "127.0.0.1",
            false,
        ),
    ] {
        let proof = prove(&authenticator, format!("{header}\r\n{}", mail("ana@example.com")), "x@example.com", peer).await;
        assert_eq!(proof.passed, passed, "{header} from {peer}: {proof:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn where_our_own_mail_server_finds_no_pass_the_signature_is_checked_here_and_its_machine_says_nothing() {
    let trusted = Trusted { id: "mx.ours.example".into(), peers: vec!["192.0.2.0/24".parse().expect("a network")] };
    let authenticator =
        Authenticator::new(true, Some(dns(RECORDS.iter().copied()).await), Some(trusted), "in.example.com").expect("an authenticator");
    let none = "Authentication-Results: mx.ours.example; dmarc=none";
    for (what, raw, mail_from, passed) in [
        ("signed", sign("signed.example", &mail("ana@signed.example")), "x@relay.example", true),
        ("signed by another", sign("evil.example", &mail("ana@signed.example")), "x@evil.example", false),
        ("brought by our server, which the domain lets send", mail("ana@sent.example"), "ana@sent.example", false),
    ] {
        let proof = prove(&authenticator, format!("{none}\r\n{raw}"), mail_from, "192.0.2.1").await;
        assert_eq!(proof.passed, passed, "{what}: {proof:?}");
    }
}
