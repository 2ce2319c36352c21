//! Ways in and out as admins set them up: mailboxes elsewhere, programs with tokens, addresses that nothing is sent to.

use desk::postbox::{Incoming, Place, Proof};
use model::{
    MailboxId, Refusal, TokenId,
    letter::{LetterInStatus, LetterStatus},
    mailbox::{MailboxDraft, MailboxFault, MailboxForm, MailboxTls, MailboxTrouble},
    moment::{HOUR, SECOND},
    sender::SenderForm,
};

use crate::common::{JOANA, refused};
use crate::contract;
use crate::post::*;

/// A mailbox elsewhere.
pub fn mailbox() -> MailboxDraft {
    let form = MailboxForm {
        host: "imap.example.com".into(),
        tls: "implicit".into(),
        user: "shop".into(),
        password: "pässword".into(),
        ..MailboxForm::default()
    };
    form.check().unwrap()
}

contract!(a_mailbox_is_kept_with_its_password_sealed, |ground| async {
    let shop = ground.shop().await;
    let id = shop.marta.save_mailbox(mailbox()).await.unwrap();
    let reading = ground.postbox().mailboxes().await.unwrap();
    assert_eq!((reading.len(), &reading[0].id, reading[0].last_uid), (1, &id, 0));
    assert_eq!(reading[0].account.as_ref().unwrap().password, "pässword");
    let kept: String = sqlx::Row::get(&sqlx::query("select password from mailbox").fetch_one(ground.db().read()).await.unwrap(), 0);
    assert!(!kept.contains("pässword") && kept.len() > 40, "{kept}");
    // without the key of the data folder nobody can open it
    let file = ground.settings().data.join("secret.key");
    let key = std::fs::read(&file).unwrap();
    std::fs::remove_file(&file).unwrap();
    assert_eq!(ground.postbox().mailboxes().await.unwrap()[0].account, None);
    std::fs::write(&file, key).unwrap();
    assert_eq!(refused(shop.rui.save_mailbox(mailbox()).await), Refusal::Forbidden);
    assert_eq!(refused(shop.rui.list_mailboxes().await), Refusal::Forbidden);
    let (olga, _) = ground.other_shop(&shop).await;
    assert_eq!(refused(olga.remove_mailbox(id.clone()).await), Refusal::NotFound);
    assert_eq!(refused(olga.save_mailbox(MailboxDraft { id: Some(id.clone()), ..mailbox() }).await), Refusal::NotFound);
    assert!(olga.list_mailboxes().await.unwrap().is_empty());
    shop.marta.remove_mailbox(id.clone()).await.unwrap();
    assert!(ground.postbox().mailboxes().await.unwrap().is_empty());
    assert_eq!(refused(shop.marta.remove_mailbox(MailboxId::new()).await), Refusal::NotFound);
});

contract!(reading_goes_on_where_it_was_and_begins_anew_with_another_folder, |ground| async {
    let shop = ground.shop().await;
    let id = shop.marta.save_mailbox(mailbox()).await.unwrap();
    let reading = ground.postbox().mailboxes().await.unwrap().remove(0);
    ground.postbox().came_to(&reading, Place { uid_validity: 7, last_uid: 40, fetched: 3, passed_over: 1 }).await.unwrap();
    ground.postbox().came_to(&reading, Place { uid_validity: 7, last_uid: 41, fetched: 1, passed_over: 0 }).await.unwrap();
    let listed = shop.marta.list_mailboxes().await.unwrap().remove(0);
    assert_eq!((listed.fetched, listed.left, listed.fault, listed.seen_at), (4, 1, None, Some(ground.clock.now())));
    let fault = MailboxFault { trouble: MailboxTrouble::Password, said: "Authentication failed.".into() };
    ground.postbox().cannot_read(&reading, fault.clone()).await.unwrap();
    assert_eq!(shop.marta.list_mailboxes().await.unwrap()[0].fault, Some(fault));
    // another password: the place stays, the trouble is forgotten, and whoever read with the old one is not heard any more
    let other = MailboxDraft { id: Some(id.clone()), password: Some("other".into()), ..mailbox() };
    shop.marta.save_mailbox(other).await.unwrap();
    ground.postbox().came_to(&reading, Place { uid_validity: 7, last_uid: 99, fetched: 1, passed_over: 0 }).await.unwrap();
    let now = ground.postbox().mailboxes().await.unwrap().remove(0);
    assert_eq!((now.uid_validity, now.last_uid), (Some(7), 41));
    assert_eq!(now.account.as_ref().unwrap().password, "other");
    assert_eq!(shop.marta.list_mailboxes().await.unwrap()[0].fault, None);
    ground.clock.pass(HOUR);
    let folder = MailboxDraft { id: Some(id), password: None, folder: "Support".into(), ..mailbox() };
    shop.marta.save_mailbox(folder).await.unwrap();
    let now = ground.postbox().mailboxes().await.unwrap().remove(0);
    assert_eq!((now.uid_validity, now.last_uid, now.since), (None, 0, ground.clock.now()));
    assert_eq!(now.account.unwrap().password, "other", "an empty field keeps it");
    // but it is told to no other server than the one it was given for
    let mine = MailboxDraft { id: Some(now.id), password: None, folder: "Support".into(), ..mailbox() };
    for elsewhere in [
        MailboxDraft { host: "imap.elsewhere.example".into(), ..mine.clone() },
        MailboxDraft { port: 1143, ..mine.clone() },
        MailboxDraft { tls: MailboxTls::None, ..mine.clone() },
        MailboxDraft { user: "somebody".into(), ..mine.clone() },
    ] {
        let missing = Refusal::invalid("password", model::Why::Required);
        assert_eq!(refused(shop.marta.try_mailbox(elsewhere.clone()).await), missing);
        assert_eq!(refused(shop.marta.save_mailbox(elsewhere).await), missing);
    }
});

contract!(a_mail_fetched_twice_is_one_mail_and_becomes_a_ticket, |ground| async {
    let shop = ground.shop().await;
    shop.marta.save_mailbox(mailbox()).await.unwrap();
    let reading = ground.postbox().mailboxes().await.unwrap().remove(0);
    let raw = Mail::new(JOANA.1, "support@shop.example", "Late order", "Where is it?").raw();
    let first = ground.postbox().fetched(&reading, raw.clone()).await.unwrap();
    assert_eq!(ground.postbox().fetched(&reading, raw.clone()).await.unwrap(), first);
    let filed = work(&ground, &Proof::default()).await;
    assert_eq!((filed.len(), filed[0].status), (1, LetterInStatus::Filed));
    assert_eq!(ground.postbox().fetched(&reading, raw).await.unwrap(), first, "also when it is in its ticket");
    assert!(work(&ground, &Proof::default()).await.is_empty());
});

contract!(a_token_hands_mails_to_its_own_property_until_it_is_revoked, |ground| async {
    let shop = ground.shop().await;
    let token = shop.marta.make_ingest_token(" Mailgun ").await.unwrap();
    assert_eq!(refused(shop.rui.make_ingest_token("Mine").await), Refusal::Forbidden);
    assert_eq!(refused(shop.marta.make_ingest_token(" ").await).field(), Some("name"));
    let kept: String = sqlx::Row::get(&sqlx::query("select digest from ingest_token").fetch_one(ground.db().read()).await.unwrap(), 0);
    assert!(!token.contains(&kept) && kept.len() == 64);
    assert!(ground.postbox().feeder("recado_in_x").await.unwrap().is_none());
    let feeder = ground.postbox().feeder(&token).await.unwrap().unwrap();
    let mail = |rcpt_to: &[String]| Incoming {
        raw: Mail { id: "1@mail.test".into(), ..Mail::new(JOANA.1, "support@shop.example", "Late order", "Where is it?") }.raw(),
        mail_from: String::new(),
        rcpt_to: rcpt_to.to_vec(),
        helo: String::new(),
        peer: String::new(),
        tls: true,
    };
    let first = ground.postbox().hand_over(&feeder, mail(&[]), b"Received: one\r\n").await.unwrap();
    assert_eq!(ground.postbox().hand_over(&feeder, mail(&[]), b"Received: two\r\n").await.unwrap(), first);
    let (olga, _) = ground.other_shop(&shop).await;
    let foreign = olga.overview().await.unwrap().forwarding_address;
    assert_eq!(refused(ground.postbox().hand_over(&feeder, mail(&[foreign]), b"").await), Refusal::NotFound);
    assert_eq!(work(&ground, &Proof::default()).await.len(), 1);
    let listed = shop.marta.list_ingest_tokens().await.unwrap().remove(0);
    assert_eq!((listed.name.as_str(), listed.used_at), ("Mailgun", Some(ground.clock.now())));
    assert_eq!(refused(olga.revoke_ingest_token(listed.id.clone()).await), Refusal::NotFound);
    assert_eq!(refused(shop.marta.revoke_ingest_token(TokenId::new()).await), Refusal::NotFound);
    shop.marta.revoke_ingest_token(listed.id).await.unwrap();
    assert!(ground.postbox().feeder(&token).await.unwrap().is_none());
});

contract!(an_address_that_does_not_exist_is_listed_and_lifted, |ground| async {
    let shop = ground.shop().await;
    let (id, _) = joanas(&ground, &shop).await;
    shop.marta.reply(id.clone(), words("Hello")).await.unwrap();
    for due in due(&ground).await {
        ground.postbox().failed(&due.lease, "550 5.1.1 No such user").await.unwrap();
    }
    let listed = shop.marta.list_suppressed().await.unwrap();
    assert_eq!((listed.len(), listed[0].email.as_str(), listed[0].since), (1, JOANA.1, ground.clock.now()));
    assert_eq!(refused(shop.rui.list_suppressed().await), Refusal::Forbidden);
    let (olga, _) = ground.other_shop(&shop).await;
    assert_eq!(refused(olga.lift_suppressed(listed[0].email.clone()).await), Refusal::NotFound);
    shop.marta.reply(id.clone(), words("Are you there?")).await.unwrap();
    assert!(send(&ground).await.is_empty(), "nothing is sent there");
    assert_eq!(last(&shop, &id).await.letters.remove(0).status, LetterStatus::Failed);
    shop.marta.lift_suppressed(listed[0].email.clone()).await.unwrap();
    assert!(shop.marta.list_suppressed().await.unwrap().is_empty());
    shop.marta.reply(id, words("And now?")).await.unwrap();
    assert_eq!(send(&ground).await.len(), 1);
});

contract!(letters_to_busy_domains_are_left_out, |ground| async {
    let shop = ground.shop().await;
    let (id, _) = joanas(&ground, &shop).await;
    shop.marta.reply(id, words("Hello")).await.unwrap();
    while ground.follow_mail().await.unwrap() {}
    ground.clock.pass(HOUR);
    let domain = JOANA.1.rsplit_once('@').unwrap().1.to_owned();
    assert!(ground.postbox().lease_beside(5, &[domain]).await.unwrap().is_empty());
    assert_eq!(ground.postbox().lease_beside(5, &["elsewhere.example".into()]).await.unwrap().len(), 1);
});

contract!(signatures_stand_below_words_to_customers_and_an_unproven_sender_is_not_used, |ground| async {
    let shop = ground.shop().await;
    let (id, address) = joanas(&ground, &shop).await;
    let form = SenderForm { address: "support@shop.example".into(), name: "property".into(), signature: "Aurora, open 9 to 5".into() };
    let (sender, name, signature) = form.check().unwrap();
    assert_eq!(refused(shop.rui.change_sender(sender.clone(), name, signature.clone()).await), Refusal::Forbidden);
    shop.marta.change_sender(sender, name, signature).await.unwrap();
    let kept = shop.marta.sender().await.unwrap();
    assert_eq!((kept.address.as_str(), kept.proven), ("support@shop.example", false), "nobody vouches for it here");
    shop.rui.change_signature("Rui, support").await.unwrap();
    assert_eq!((shop.rui.signature().await.unwrap().as_str(), shop.marta.signature().await.unwrap().as_str()), ("Rui, support", ""));
    shop.rui.reply(id.clone(), words("On its way")).await.unwrap();
    let letter = send(&ground).await.remove(0).letter;
    assert!(letter.text.contains("On its way\n\n-- \nRui, support\n\nAurora, open 9 to 5"), "{}", letter.text);
    assert!(letter.html.contains("Rui, support"));
    assert_eq!((letter.from.address.as_str(), letter.reply_to.address.as_str()), (address.as_str(), address.as_str()));
    assert!(letter.from.name.as_deref().is_some_and(|name| !name.contains("Rui")));
    // once DNS vouches for it, letters to customers are from it and are answered to the ticket
    ground
        .db()
        .write(|tx| {
            Box::pin(async move { Ok(sqlx::query("update property set sender_proven_at = 1").execute(tx.conn()).await.map(|_| ())?) })
        })
        .await
        .unwrap();
    shop.marta.reply(id, words("It has come")).await.unwrap();
    let letters = send(&ground).await;
    let letter = &letters.iter().find(|due| due.letter.to.address == JOANA.1).unwrap().letter;
    assert_eq!((letter.from.address.as_str(), letter.reply_to.address.as_str()), ("support@shop.example", address.as_str()));
    assert!(letter.envelope_from.ends_with(ground.keys().domain()));
});

contract!(of_several_processes_one_reads_a_mailbox, |ground| async {
    let shop = ground.shop().await;
    let postbox = ground.postbox();
    let read_by = async |process: &str| postbox.mailboxes_of(process).await.unwrap().len();
    shop.marta.save_mailbox(mailbox()).await.unwrap();
    let asking = (0..8).map(|n| {
        let desk = ground.desk.clone();
        tokio::spawn(async move { desk.postbox().mailboxes_of(&format!("process {n}")).await.unwrap().len() })
    });
    let held: usize = futures::future::join_all(asking).await.into_iter().map(Result::unwrap).sum();
    assert_eq!(held, 1, "all asked at once");
    let holder = ground.text("select held_by from mailbox").await;
    // it holds it as long as it asks, and does not write each time
    for _ in 0..60 {
        ground.clock.pass(2 * SECOND);
        assert_eq!((read_by(&holder).await, read_by("another").await), (1, 0));
    }
    let mut bell = ground.db().bell().any();
    bell.mark_unchanged();
    assert_eq!((read_by(&holder).await, read_by("another").await), (1, 0));
    assert!(!bell.has_changed().unwrap(), "asking wakes nobody");
    // it died: half a minute later another one goes on, and the first reads no more should it come back
    ground.clock.pass(31 * SECOND);
    assert_eq!((read_by("another").await, read_by(&holder).await), (1, 0));
    // it ended as it should: at once
    postbox.let_go_of_mailboxes("another").await.unwrap();
    assert_eq!((read_by(&holder).await, read_by("another").await), (1, 0));
});
