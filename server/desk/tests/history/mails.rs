//! Archives of mail: threads, dates, who spoke; the same again; what is no mail of anybody; what came to Recado itself.

use desk::history::{Outcome, Wanted};
use mail::Own;
use model::{
    Assignee, Moment, Refusal, RuleId, Why,
    audit::Act,
    conversation::{Folder, Kind, Status},
    message::Author,
    moment::{DAY, HOUR},
    rule::{Action, Conditions, Deed, Rule, Since, When},
    search::Asked,
    shift::FactKind,
};

use crate::{
    Old,
    common::{JOANA, KENJI, RUI, refused, ticket},
    contract, history, lines, nothing_follows, on, post, said, take, thread,
};

const ASKS: Old = Old {
    from: "Joana Prado <joana@example.com>",
    to: "support@acme.test",
    id: "1@example.com",
    answers: "",
    subject: "Late order",
    text: "Where is my lamp?",
    at: Moment(0),
};
const ANSWERS: Old = Old {
    from: "Acme Support <support@acme.test>",
    to: "joana@example.com",
    id: "2@acme.test",
    answers: "1@example.com",
    subject: "Re: Late order",
    text: "It left today.",
    at: Moment(0),
};
const THANKS: Old = Old { id: "3@example.com", answers: "2@acme.test", subject: "Re: Late order", text: "Thank you!", ..ASKS };
const WRITES: Old = Old {
    from: "Rui <rui@acme.test>",
    to: "Kenji Sato <kenji@example.org>, marta@acme.test",
    id: "4@acme.test",
    answers: "",
    subject: "Your invoice",
    text: "Here it is.",
    at: Moment(0),
};

contract!(an_archive_becomes_tickets_with_their_threads_once, |ground| async {
    let shop = ground.shop().await;
    shop.marta
        .save_rule(Rule {
            id: RuleId::new(),
            name: "Tags what is new".into(),
            on: true,
            when: When::Created,
            since: Since::Created,
            after: 0,
            conditions: Conditions::default(),
            actions: vec![Action { deed: Deed::Tag, value: "new".into() }],
            stop: false,
        })
        .await
        .unwrap();
    let history = history(&ground, None).await;
    history.begin().await.unwrap();
    let told = shop.marta.list_audit(model::audit::Asked::default(), None).await.unwrap().entries.remove(0);
    assert_eq!((told.act, told.subject.as_str(), told.agent), (Act::HistoryImported, "mbox: Inbox.mbox", None));

    let mails =
        [&Old { at: on(3, 2), ..ASKS }, &Old { at: on(3, 3), ..ANSWERS }, &Old { at: on(3, 4), ..THANKS }, &Old { at: on(2, 1), ..WRITES }];
    let outcomes = take(&ground, &history, &mails).await;
    let [Outcome::Opened(late), Outcome::Added(second), Outcome::Added(third), Outcome::Opened(invoice)] = &outcomes[..] else {
        panic!("{outcomes:?}");
    };
    assert_eq!((late, late), (second, third));
    let late = thread(&shop, late).await;
    assert_eq!((late.line.kind, late.line.status, late.line.folder), (Kind::Ticket, Status::Closed, Folder::Inbox));
    assert_eq!((late.line.created_at, late.line.last_at, late.line.waiting_since), (on(3, 2), on(3, 4), None));
    assert_eq!(
        (late.line.subject.as_str(), late.line.preview.as_str(), late.line.contact.email.as_str()),
        ("Late order", "Thank you!", JOANA.1)
    );
    let spoke = [(JOANA.0, "Where is my lamp?"), ("Acme Support", "It left today."), (JOANA.0, "Thank you!")];
    assert_eq!(said(&late), spoke.map(|(name, text)| (name.to_owned(), text.to_owned())));
    assert_eq!(late.messages.iter().map(|message| message.at).collect::<Vec<_>>(), [on(3, 2), on(3, 3), on(3, 4)]);
    assert!(matches!(late.messages[1].author, Author::Agent { .. }), "the team's other address");
    assert_eq!(late.participants.iter().map(|one| one.email.as_str()).collect::<Vec<_>>(), [JOANA.1]);
    assert_eq!(late.line.contact.created_at, on(3, 2), "they are known since then");
    let invoice = thread(&shop, invoice).await;
    assert_eq!((&invoice.messages[0].author, invoice.line.contact.email.as_str()), (&shop.rui.author(), KENJI.1));
    assert_eq!(lines(&shop).await.iter().map(|line| line.number).collect::<Vec<_>>(), [Some(1), Some(2)], "newest words first");

    // why it is here, and the raw mail
    let facts = shop.marta.explain_message(late.messages[1].id.clone()).await.unwrap();
    let kinds: Vec<_> = facts.iter().map(|fact| fact.kind).collect();
    assert_eq!(kinds, [FactKind::Archived, FactKind::Reference], "{facts:?}");
    let letter = late.messages[1].letter_in.clone().expect("its raw mail");
    let row: (String, String, i64) = sqlx::query_as("select status, message, received_at from letter_in where id = $1")
        .bind(letter.as_str())
        .fetch_one(ground.db().read())
        .await
        .unwrap();
    assert_eq!(row, ("filed".into(), late.messages[1].id.to_string(), on(3, 3).0));

    nothing_follows(&ground, &shop).await;
    while ground.follow_search().await.unwrap() {}
    let found = shop.marta.search(Asked::new("lamp")).await.unwrap();
    assert_eq!(found.hits.len(), 1, "it is found");

    // the same again adds nothing, and what would be taken is told before
    let understood = || mail::understand(&mails[0].raw(), &Own::of(ground.keys())).unwrap();
    assert_eq!(history.look(understood()).await.unwrap(), Some(Outcome::Known));
    let (messages, events) = ("select count(*) from message", "select count(*) from event");
    let before = (ground.number(messages).await, ground.number(events).await);
    assert_eq!(take(&ground, &history, &mails).await, vec![Outcome::Known; 4]);
    assert_eq!((ground.number(messages).await, ground.number(events).await), before);
    let other = Old { id: "9@example.com", text: "Other words", ..ASKS };
    let other = mail::understand(&other.raw(), &Own::of(ground.keys())).unwrap();
    assert_eq!(history.look(other).await.unwrap(), None);
    assert_eq!((ground.number(messages).await, ground.number(events).await), before, "looking changes nothing");
});

contract!(what_comes_later_stands_where_it_was_said, |ground| async {
    let shop = ground.shop().await;
    let history = history(&ground, None).await;
    // the mails received first, those sent in a second run
    let inbox = [&Old { at: on(3, 2), ..ASKS }, &Old { at: on(3, 4), answers: "1@example.com", ..THANKS }];
    let outcomes = take(&ground, &history, &inbox).await;
    let Outcome::Opened(id) = outcomes[0].clone() else { panic!("{outcomes:?}") };
    assert_eq!(take(&ground, &history, &[&Old { at: on(3, 3), ..ANSWERS }]).await, [Outcome::Added(id.clone())]);
    let thread = thread(&shop, &id).await;
    assert_eq!(said(&thread).into_iter().map(|(_, text)| text).collect::<Vec<_>>(), ["Where is my lamp?", "It left today.", "Thank you!"]);
    assert_eq!((thread.line.last_at, thread.line.preview.as_str()), (on(3, 4), "Thank you!"));
    nothing_follows(&ground, &shop).await;
});

contract!(what_came_to_recado_itself_is_not_touched, |ground| async {
    let shop = ground.shop().await;
    let to = post::forwarding(&shop).await;
    let live = post::Mail {
        id: "1@example.com".into(),
        ..post::Mail::new(&format!("{} <{}>", JOANA.0, JOANA.1), &to, "Late order", "Where is it?")
    };
    let live = post::receive(&ground, &to, &live, &post::nobody()).await.conversation.unwrap();
    let before = thread(&shop, &live).await;
    let history = history(&ground, None).await;
    for mail in [Old { at: on(3, 3), ..ANSWERS }, Old { at: on(11, 23), id: "8@acme.test", ..ANSWERS }] {
        let outcomes = take(&ground, &history, &[&mail]).await;
        let Outcome::Opened(id) = &outcomes[0] else { panic!("{outcomes:?}") };
        assert_ne!(*id, live);
        let thread = thread(&shop, id).await;
        assert!(thread.messages[0].happened.is_some(), "it says which one it follows");
        assert_eq!((thread.line.contact.email.as_str(), thread.line.status), (JOANA.1, Status::Closed));
    }
    let after = thread(&shop, &live).await;
    assert_eq!((after.line, after.messages), (before.line, before.messages));
    // a number in a subject is another program's
    let ours = ticket(&shop.marta, "Ours", Assignee::Nobody).await;
    let before = thread(&shop, &ours).await.line;
    assert_eq!(before.number, Some(4));
    let mail = Old { id: "5@example.com", subject: "Re: [#4] old", at: on(1, 5), ..ASKS };
    let outcomes = take(&ground, &history, &[&mail]).await;
    assert!(matches!(&outcomes[0], Outcome::Opened(id) if *id != ours), "{outcomes:?}");
    assert_eq!(thread(&shop, &ours).await.line, before);
});

contract!(young_conversations_stay_open_when_that_is_wanted, |ground| async {
    let shop = ground.shop().await;
    let history = history(&ground, Some(on(11, 20))).await;
    let old = Old { at: on(11, 19), ..WRITES };
    let asked = Old { at: on(11, 21), ..ASKS };
    take(&ground, &history, &[&old, &asked]).await;
    let status = async || lines(&shop).await.into_iter().map(|line| (line.status, line.waiting_since)).collect::<Vec<_>>();
    assert_eq!(status().await, [(Status::Open, Some(on(11, 21))), (Status::Closed, None)]);
    take(&ground, &history, &[&Old { at: on(11, 22), ..ANSWERS }]).await;
    assert_eq!(status().await, [(Status::Pending, None), (Status::Closed, None)]);
    nothing_follows(&ground, &shop).await;
    // it is a ticket as others are: an answer in it is mailed, to the customer alone
    let id = lines(&shop).await[0].id.clone();
    shop.marta.reply(id, post::words("Did it come?")).await.unwrap();
    assert_eq!(post::to(&post::send(&ground).await), [JOANA.1]);
});

contract!(what_is_no_mail_of_anybody_is_left_out, |ground| async {
    let shop = ground.shop().await;
    let history = history(&ground, None).await;
    for (head, why) in [
        ("Auto-Submitted: auto-replied", "an automatic answer to nothing that is here"),
        ("X-Failed-Recipients: x@y.example", "a report of a mail server"),
        (&*format!("X-Recado-Loop: {}", ground.keys().loop_mark()), "a letter of Recado's own"),
    ] {
        let raw = format!("From: a@b.example\r\nTo: support@acme.test\r\nSubject: x\r\n{head}\r\n\r\nHi\r\n").into_bytes();
        let understood = mail::understand(&raw, &Own::of(ground.keys())).unwrap();
        assert_eq!(history.mail(raw, understood, on(3, 1)).await.unwrap(), Outcome::Left(why));
    }
    assert!(lines(&shop).await.is_empty());
    // dates have bounds, and properties names
    let now = ground.clock.now();
    assert_eq!(history.dated(now.plus(DAY)), Some(now), "nothing is of the future");
    assert_eq!((history.dated(Moment(0)), history.dated(on(1, 1))), (None, Some(on(1, 1))));
    let unknown = Refusal::invalid("property", Why::Unknown);
    let of = async |name: Option<&str>| ground.history(Wanted { property: name.map(Into::into), ..Wanted::default() }).await;
    assert_eq!(of(None).await.unwrap().property_name(), "Acme Shop", "the only one");
    assert_eq!(refused(of(Some("Acme")).await), unknown);
    ground.other_shop(&shop).await;
    assert_eq!(refused(of(None).await), unknown, "of two nobody knows which");
    assert_eq!(of(Some(shop.marta.property().as_str())).await.unwrap().property_name(), "Acme Shop");
    // an agent of former times is one still, and another property knows neither them nor the mail
    ground.clock.pass(HOUR);
    shop.marta.disable_agent(shop.rui.id().clone()).await.unwrap();
    let mail = Old { at: on(2, 1), ..WRITES };
    take(&ground, &history, &[&mail]).await;
    assert_eq!(thread(&shop, &lines(&shop).await[0].id).await.messages[0].author, shop.rui.author());
    let there = of(Some("other shop")).await.unwrap();
    assert!(matches!(take(&ground, &there, &[&mail]).await[0], Outcome::Opened(_)), "known in its own property alone");
    assert_eq!(ground.number("select count(*) from contact where email = 'rui@acme.test'").await, 1, "{RUI} is a customer there");
});
