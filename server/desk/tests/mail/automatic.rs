//! Automatic mail (email.md C6–C8): what is written by itself is little, bounded, and never starts a circle.

use desk::{Desk, Settings, db::Place};
use mail::compose::Letter;
use model::{
    Assignee,
    letter::LetterStatus,
    moment::{DAY, HOUR, MINUTE, SECOND},
    property::SetUp,
    ticket::TicketForm,
};

use crate::{
    common::{Ground, JOANA, MAIL_DOMAIN, RUI, browser, set_up_form},
    contract,
    post::{Mail, carry, forwarding, joanas, last, nobody, proven, receive, send, work},
};

/// Acknowledgements that wait or went.
async fn acknowledgements(ground: &Ground) -> i64 {
    while ground.follow_mail().await.unwrap() {}
    ground.number("select count(*) from letter_out where kind = 'acknowledgement'").await
}

contract!(who_opens_a_ticket_is_told_once_a_day_and_only_where_it_is_wanted, |ground| async {
    let shop = ground.shop().await;
    let to = forwarding(&shop).await;
    let mail = |from: &str, subject: &str| Mail::new(from, "support@acme.test", subject, "Buy at https://evil.test");
    receive(&ground, &to, &mail(JOANA.1, "First"), &nobody()).await;
    assert_eq!(acknowledgements(&ground).await, 0, "off by default");
    assert!(shop.rui.set_acknowledges(true).await.is_err(), "admins only");
    shop.marta.set_acknowledges(true).await.unwrap();
    assert!(shop.marta.roster().await.unwrap().property.acknowledges);
    let id = receive(&ground, &to, &mail(JOANA.1, "Win a prize"), &nobody()).await.conversation.unwrap();
    assert_eq!(acknowledgements(&ground).await, 1);
    let letters = ground.postbox().lease(9).await.unwrap();
    let letter = &letters.iter().find(|one| one.letter.to.address == JOANA.1).expect("to Joana").letter;
    let whole = format!("{} {} {}", letter.subject, letter.text, letter.html);
    assert!(!whole.contains("prize") && !whole.contains("evil.test"), "no word of who wrote: {whole}");
    assert!(letter.headers.iter().any(|(name, value)| name == "Auto-Submitted" && value == "auto-replied"));
    let address = shop.marta.open_thread(id.clone()).await.unwrap().reply_address;
    assert_eq!(letter.reply_to.address, address, "an answer to it goes into the ticket");
    // an answer, a second ticket of the day, a machine, an automatic answer, an agent: nothing
    receive(&ground, &address, &mail(JOANA.1, "Re: Win a prize"), &nobody()).await;
    receive(&ground, &to, &mail(JOANA.1, "Third"), &nobody()).await;
    receive(&ground, &to, &mail("news@list.example", "News").header("Precedence: bulk"), &nobody()).await;
    receive(&ground, &to, &mail("away@x.example", "Away").header("Auto-Submitted: auto-replied"), &nobody()).await;
    receive(&ground, &to, &mail(RUI, "Fwd: Help"), &proven()).await;
    receive(&ground, &to, &mail(&address, "To ourselves"), &nobody()).await;
    assert_eq!(acknowledgements(&ground).await, 1 + 1, "and one to Rui, who wrote as anybody");
    ground.clock.pass(DAY + HOUR);
    receive(&ground, &to, &mail(JOANA.1, "Fourth"), &nobody()).await;
    assert_eq!(acknowledgements(&ground).await, 3);
    shop.marta.set_acknowledges(false).await.unwrap();
    receive(&ground, &to, &mail("other@x.example", "Fifth"), &nobody()).await;
    assert_eq!(acknowledgements(&ground).await, 3);
});

contract!(many_forged_senders_get_one_letter_each, |ground| async {
    // somebody uses us to write to others: a thousand mails in the names of twenty victims
    let shop = ground.shop().await;
    shop.marta.set_acknowledges(true).await.unwrap();
    let to = forwarding(&shop).await;
    for n in 0..1_000 {
        let victim = Mail::new(&format!("victim{}@people.example", n % 20), "support@acme.test", &format!("Offer {n}"), "Cheap");
        carry(&ground.desk, &[&to], victim.raw()).await;
        if n % 100 == 99 {
            work(&ground.desk, &nobody()).await;
            while ground.follow_mail().await.unwrap() {}
            ground.clock.pass(20 * MINUTE);
        }
    }
    work(&ground.desk, &nobody()).await;
    assert_eq!(acknowledgements(&ground).await, 20);
    assert_eq!(ground.number("select count(*) from letter_out where recipient like 'victim%'").await, 20);
});

contract!(copies_and_words_to_others_are_limited_in_a_ticket, |ground| async {
    let shop = ground.shop().await;
    let (id, address) = joanas(&ground, &shop).await;
    shop.marta.assign(vec![id.clone()], Assignee::Agent(shop.rui.id().clone())).await.unwrap();
    shop.marta.add_participant(id.clone(), "paulo@example.net".parse().unwrap()).await.unwrap();
    for n in 0..12 {
        receive(&ground, &address, &Mail::new(JOANA.1, &address, "Re: Late order", &format!("Number {n}")), &nobody()).await;
        ground.clock.pass(20 * SECOND);
        while ground.follow_mail().await.unwrap() {}
    }
    let letters = last(&shop, &id).await.letters;
    for email in [RUI, "paulo@example.net"] {
        let state = letters.iter().find(|letter| letter.to == email).expect(email);
        assert_eq!(state.status, LetterStatus::Failed, "the eleventh within ten minutes is not sent");
        assert!(state.why.as_deref().unwrap().contains("within 10 minutes"), "{state:?}");
    }
    assert_eq!(ground.number("select count(*) from letter_out where status = 'waiting' and kind in ('copy', 'forward')").await, 20);
    // an agent's own words go out all the same
    shop.marta.reply(id.clone(), crate::post::words("Enough!")).await.unwrap();
    assert!(send(&ground).await.iter().any(|due| due.letter.to.address == JOANA.1));
});

contract!(a_ceiling_holds_over_everything_that_nobody_typed_and_admins_see_it, |ground| async {
    let mut settings = ground.settings().clone();
    settings.ticket_limits.letters = 5;
    let shop = ground.shop().await;
    let desk = Desk::open(settings).await.unwrap();
    shop.marta.set_acknowledges(true).await.unwrap();
    assert_eq!(shop.marta.overview().await.unwrap().ceiling_at, None);
    let to = forwarding(&shop).await;
    for n in 0..7 {
        receive(&desk, &to, &Mail::new(&format!("p{n}@people.example"), "support@acme.test", "Hello", "Hello"), &nobody()).await;
    }
    while desk.follow_mail().await.unwrap() {}
    assert_eq!(ground.number("select count(*) from letter_out where kind = 'acknowledgement'").await, 5);
    assert_eq!(shop.marta.overview().await.unwrap().ceiling_at, Some(ground.clock.now()));
    ground.clock.pass(61 * MINUTE);
    receive(&desk, &to, &Mail::new("later@people.example", "support@acme.test", "Hello", "Hello"), &nobody()).await;
    while desk.follow_mail().await.unwrap() {}
    assert_eq!(ground.number("select count(*) from letter_out where kind = 'acknowledgement'").await, 6);
    ground.clock.pass(DAY);
    assert_eq!(shop.marta.overview().await.unwrap().ceiling_at, None, "a day later it is no news");
    desk.close().await;
});

/// A letter as it goes over the wire.
fn raw(letter: &Letter) -> Vec<u8> {
    let mut mail = Mail::new(&letter.from.address, &letter.to.address, &letter.subject, &letter.text);
    mail.id.clone_from(&letter.message_id);
    mail.reply_to_id = letter.in_reply_to.as_ref().map(|id| format!("<{id}>")).unwrap_or_default();
    mail.headers = letter.headers.iter().map(|(name, value)| format!("{name}: {value}")).collect();
    mail.headers.push(format!("Reply-To: {}", letter.reply_to.address));
    mail.raw()
}

/// Everything one desk owes to the other, carried there and read. Gives how many went.
async fn pass_on(from: &Desk, to: &Desk, domain: &str) -> usize {
    while from.follow_mail().await.unwrap() {}
    let mut went = 0;
    for due in from.postbox().lease(100).await.unwrap() {
        from.postbox().sent(&due.lease, "250 2.0.0 Ok: queued as 1").await.unwrap();
        let recipient = &due.letter.to.address;
        if recipient.ends_with(domain) && to.postbox().accepts(recipient).await.unwrap() {
            carry(to, &[recipient], raw(&due.letter)).await;
            went += 1;
        }
    }
    work(to, &proven()).await;
    went
}

contract!(two_recados_that_write_to_each_other_stop, |ground| async {
    const OTHER: &str = "mail.other.test";
    let shop = ground.shop().await;
    let folder = tempfile::tempdir().unwrap();
    let settings = Settings {
        place: Place::Sqlite(folder.path().join("recado.db")),
        data: folder.path().to_owned(),
        mail_domain: OTHER.into(),
        ..ground.settings().clone()
    };
    let there = Desk::open(settings).await.unwrap();
    let token = there.set_up(SetUp { email: "olga@other.test".into(), property: "Other Shop".into(), ..set_up_form() }, browser()).await;
    let olga = there.agent(&token.unwrap()).await.unwrap();
    // both acknowledge, and each has the other as a customer, in copy and under its own assignee's address
    shop.marta.set_acknowledges(true).await.unwrap();
    olga.set_acknowledges(true).await.unwrap();
    let (ours, theirs) = (forwarding(&shop).await, olga.roster().await.unwrap().property.forwarding_address);
    assert!(ours.ends_with(MAIL_DOMAIN) && theirs.ends_with(OTHER));
    for (agent, to) in [(&shop.marta, &theirs), (&olga, &ours)] {
        let form = TicketForm {
            email: to.clone(),
            subject: "Are you there?".into(),
            text: "Hello".into(),
            cc: "somebody@else.example".into(),
            ..TicketForm::default()
        };
        agent.open_ticket(form.check().unwrap()).await.unwrap();
    }
    let (mut went, mut quiet) = (0, 0);
    for _ in 0..60 {
        ground.clock.pass(20 * SECOND);
        let round = pass_on(&ground.desk, &there, OTHER).await + pass_on(&there, &ground.desk, MAIL_DOMAIN).await;
        went += round;
        quiet = if round == 0 { quiet + 1 } else { 0 };
    }
    assert!(quiet > 50, "still writing: {went} letters");
    assert!((2..=8).contains(&went), "{went} letters");
    assert_eq!(ground.number("select count(*) from conversation").await, 2, "one of ours, one of theirs");
    there.close().await;
    drop(folder);
});
