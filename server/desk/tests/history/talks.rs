//! What another program kept whole: chats that are over, tickets, who spoke in them; long ones; reports of the days they were held on.

use desk::history::{Outcome, Past, Said, Voice};
use model::{
    Moment,
    conversation::{Kind, Status},
    message::{Author, Happening},
    moment::MINUTE,
    report::{Asked, By, Day, Period},
};

use crate::{
    common::{JOANA, Shop},
    contract, history, lines, nothing_follows, on, said, thread,
};

fn team(name: &str, email: &str) -> Voice {
    Voice::Team { name: name.into(), email: email.into() }
}

fn words(minute: i64, by: Voice, text: &str) -> Said {
    Said { at: on(3, 2).plus(minute * MINUTE), by, text: text.into(), noted: false }
}

fn chat(key: &str, said: Vec<Said>) -> Past {
    Past {
        key: key.into(),
        kind: Kind::Chat,
        subject: String::new(),
        name: JOANA.0.into(),
        email: JOANA.1.into(),
        phone: "+351 912 000 118".into(),
        country: Some("PT".into()),
        page: "https://acme.test/lamps".into(),
        said,
    }
}

async fn figures(shop: &Shop, month: i8, day: i8) -> (i64, i64, i64, i64) {
    let day: Day = jiff::civil::date(2026, month, day).to_string().parse().unwrap();
    let report = shop.marta.report(Asked { period: Period::own(day, day), by: By::Agent }).await.unwrap();
    (report.figures.fresh, report.figures.solved, report.figures.answered, report.figures.missed)
}

contract!(a_chat_of_another_program_is_one_that_is_over, |ground| async {
    let shop = ground.shop().await;
    let history = history(&ground, None).await;
    let talk = vec![
        words(3, team("Former Colleague", ""), "I look."),
        words(0, Voice::Customer, "Is the lamp there?"),
        words(2, team("rui alves", ""), "A moment."),
        Said { noted: true, ..words(4, team("", "MARTA@acme.test"), "She asked before.") },
        words(5, Voice::Customer, " "),
    ];
    assert!(!history.knows("tawk:chat:1").await.unwrap());
    let outcome = history.conversation(chat("tawk:chat:1", talk.clone())).await.unwrap();
    let Outcome::Opened(id) = outcome else { panic!("{outcome:?}") };
    let opened = thread(&shop, &id).await;
    let names =
        [(JOANA.0, "Is the lamp there?"), ("Rui Alves", "A moment."), ("Former Colleague", "I look."), ("Marta Lima", "She asked before.")];
    assert_eq!(said(&opened), names.map(|(name, text)| (name.to_owned(), text.to_owned())));
    assert_eq!(
        (opened.line.kind, opened.line.status, opened.line.missed, opened.line.waiting_since),
        (Kind::Chat, Status::Solved, false, None)
    );
    assert_eq!((opened.line.created_at, opened.line.last_at), (on(3, 2), on(3, 2).plus(4 * MINUTE)));
    assert!(matches!(opened.messages.last().unwrap().happened, Some(Happening::Ended)));
    let own = opened.chat.unwrap();
    assert_eq!(
        (own.page.as_str(), own.country.as_deref(), own.guest.phone.as_str()),
        ("https://acme.test/lamps", Some("PT"), "+351 912 000 118")
    );
    assert_eq!((own.answered_at, own.missed_at, own.ended_at), (Some(on(3, 2).plus(2 * MINUTE)), None, Some(on(3, 2).plus(4 * MINUTE))));
    assert_eq!(
        own.seats.iter().map(|seat| &seat.agent).collect::<Vec<_>>(),
        [shop.rui.id(), shop.marta.id()],
        "who is no agent has no seat"
    );

    // the one who is no agent is the same one each time
    let again = chat("tawk:chat:2", vec![words(0, Voice::Customer, "Hello?"), words(1, team("former colleague ", ""), "Yes?")]);
    let Outcome::Opened(second) = history.conversation(again.clone()).await.unwrap() else { panic!() };
    let author = |messages: &[model::message::Message], at: usize| match &messages[at].author {
        Author::Agent { id, .. } => id.clone(),
        other => panic!("{other:?}"),
    };
    assert_eq!(author(&opened.messages, 2), author(&thread(&shop, &second).await.messages, 1));
    assert!(history.knows("tawk:chat:1").await.unwrap());
    assert_eq!(history.conversation(chat("tawk:chat:1", talk)).await.unwrap(), Outcome::Known);
    assert_eq!(history.conversation(again).await.unwrap(), Outcome::Known);
    let silent = chat("tawk:chat:3", vec![words(0, Voice::Customer, "\n")]);
    assert!(matches!(history.conversation(silent).await.unwrap(), Outcome::Left(_)));
    // nobody answered this one; its visitor gave no address that is one
    let missed = Past { email: "none".into(), name: String::new(), ..chat("tawk:chat:4", vec![words(9, Voice::Customer, "Anybody?")]) };
    let Outcome::Opened(missed) = history.conversation(missed).await.unwrap() else { panic!() };
    let missed = thread(&shop, &missed).await;
    assert_eq!((missed.line.missed, missed.line.status, missed.line.contact.email.as_str()), (true, Status::Solved, ""));
    assert!(missed.participants.is_empty() && missed.chat.unwrap().missed_at.is_some());
    nothing_follows(&ground, &shop).await;
    assert_eq!(ground.number("select count(*) from event where what = 'history_imported'").await, 3, "one for each");
    // reports count it on its day
    while ground.follow_report().await.unwrap() {}
    assert_eq!(figures(&shop, 3, 2).await, (3, 3, 2, 1));
    assert_eq!(figures(&shop, 11, 23).await, (0, 0, 0, 0));
});

contract!(a_ticket_of_another_program_is_a_closed_one, |ground| async {
    let shop = ground.shop().await;
    let history = history(&ground, None).await;
    let ticket = Past {
        kind: Kind::Ticket,
        subject: "Refund \0 please".into(),
        ..chat("tawk:ticket:7", vec![words(0, Voice::Customer, "I want it back."), words(60, team("Rui Alves", ""), "Done.")])
    };
    let Outcome::Opened(id) = history.conversation(ticket.clone()).await.unwrap() else { panic!() };
    let opened = thread(&shop, &id).await;
    assert_eq!((opened.line.number, opened.line.subject.as_str(), opened.line.status), (Some(1), "Refund please", Status::Closed));
    assert_eq!(opened.participants.iter().map(|one| one.email.as_str()).collect::<Vec<_>>(), [JOANA.1]);
    assert!(opened.chat.is_none());
    let young = history_since(&ground).await;
    let Outcome::Opened(id) = young.conversation(Past { key: "tawk:ticket:8".into(), ..ticket.clone() }).await.unwrap() else { panic!() };
    assert_eq!(thread(&shop, &id).await.line.status, Status::Pending);
    let future = Past { key: "tawk:ticket:9".into(), said: ticket.said[..1].to_vec(), ..ticket };
    let Outcome::Opened(id) = young.conversation(future).await.unwrap() else { panic!() };
    assert_eq!(thread(&shop, &id).await.line.status, Status::Open);
    nothing_follows(&ground, &shop).await;
});

async fn history_since(ground: &crate::common::Ground) -> desk::history::History {
    history(ground, Some(on(3, 1))).await
}

contract!(a_long_one_is_read_to_its_beginning, |ground| async {
    let shop = ground.shop().await;
    let history = history(&ground, None).await;
    let by = |n: i64| if n % 2 == 0 { Voice::Customer } else { team("Rui Alves", "") };
    let talk: Vec<Said> = (0..230).map(|n| words(n, by(n), &format!("word {n}"))).collect();
    let Outcome::Opened(id) = history.conversation(chat("tawk:chat:1", talk)).await.unwrap() else { panic!() };
    let mut thread = thread(&shop, &id).await;
    while thread.earlier {
        let first: i64 = thread.messages.first().expect("messages are shown").seq;
        let (earlier, more) = shop.marta.list_earlier(id.clone(), first).await.unwrap();
        assert!(!earlier.is_empty());
        thread.prepend(earlier, more);
    }
    let texts: Vec<String> = said(&thread).into_iter().map(|(_, text)| text).collect();
    assert_eq!(texts, (0..230).map(|n| format!("word {n}")).collect::<Vec<_>>());
    assert_eq!(lines(&shop).await.len(), 1);
    let moments: Vec<Moment> = thread.messages.iter().map(|message| message.at).collect();
    assert!(moments.is_sorted());
    nothing_follows(&ground, &shop).await;
});
