//! History comes in while people look: every list, conversation and contact that shows it.

use desk::history::{Past, Said, Voice, Wanted};
use mail::Own;
use model::{
    Moment,
    conversation::Kind,
    moment::{DAY, SECOND},
};

use crate::{common::JOANA, contract, form};

fn raw(from: &str, id: &str, answers: &str) -> Vec<u8> {
    format!(
        "From: {from}\r\nTo: x@y.example\r\nSubject: Long ago\r\nMessage-ID: <{id}@x>\r\nIn-Reply-To: <{answers}@x>\r\n\r\nWords {id}\r\n"
    )
    .into_bytes()
}

contract!(history_that_comes_in_keeps_the_law, |ground| async {
    let shop = ground.shop().await;
    let marta = shop.marta.clone();
    step!(ground, shop, "opening a ticket", marta.open_ticket(form("Late order").check().unwrap()));
    let history = ground.history(Wanted { open_since: Some(ground.clock.now().plus(-30 * DAY)), ..Wanted::default() }).await.unwrap();
    let take = async |from: &str, id: &str, answers: &str, at: Moment| {
        let raw = raw(from, id, answers);
        let understood = mail::understand(&raw, &Own::of(ground.keys())).unwrap();
        history.mail(raw, understood, at).await
    };
    let ago = |days: i64| ground.clock.now().plus(-days * DAY);
    step!(ground, shop, "a mail of an archive", take(JOANA.1, "1", "0", ago(60)));
    step!(ground, shop, "another one in it", take(JOANA.1, "2", "1", ago(20)));
    step!(ground, shop, "one between the two", take("rui@acme.test", "3", "1", ago(40)));
    step!(ground, shop, "one of somebody new", take("ana@x.example", "4", "0", ago(2)));
    let said = |minute: i64, by: Voice| Said { at: ago(5).plus(minute * 60 * SECOND), by, text: format!("Word {minute}"), noted: false };
    let past = Past {
        key: "x:1".into(),
        kind: Kind::Chat,
        subject: String::new(),
        name: "Joana".into(),
        email: JOANA.1.into(),
        phone: String::new(),
        country: None,
        page: String::new(),
        said: (0..30)
            .map(|n| said(n, if n == 3 { Voice::Team { name: "Rui Alves".into(), email: String::new() } } else { Voice::Customer }))
            .collect(),
    };
    step!(ground, shop, "a chat of another program", history.conversation(past.clone()));
    let ticket = Past { key: "x:2".into(), kind: Kind::Ticket, subject: "A refund".into(), email: "joan.prager@x.example".into(), ..past };
    step!(ground, shop, "a ticket of another program", history.conversation(ticket));
    assert_eq!(crate::common::recounted(&marta).await, crate::common::tallies(&ground, &marta).await);
});
