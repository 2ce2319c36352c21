//! A person erased: nothing of them stays in any table, index or file; nothing of others goes.

use desk::{Desk, check_audit};
use model::{
    ContactId, Refusal, Why,
    audit::{self, Act},
    contact::{
        erasure::{Erasure, Kind},
        form::ContactForm,
        list::Asked,
        merge::Choice,
        profile::Tab,
    },
    conversation::Folder,
    message::{Author, MessageKind},
    moment::{DAY, HOUR, SECOND},
    search,
};

use crate::{
    common::{self, Ground, KENJI, chat_form, refused, said, words},
    contract, dump,
    post::{self, Mail},
    world::{self, EMAIL, NAME, World},
};

/// To the end of it.
pub async fn follow(desk: &Desk) -> usize {
    let mut steps = 0;
    while desk.follow_erasures().await.unwrap() {
        steps += 1;
        assert!(steps < 2_000, "it does not end");
    }
    steps
}

pub async fn begun(world: &World) -> Erasure {
    world.shop.marta.open_erasure(world.person.clone()).await.unwrap().begun.expect("begun")
}

/// Contents that nobody names go within some hours.
async fn sweep(ground: &Ground) {
    for _ in 0..4 {
        ground.clock.pass(2 * HOUR);
        while ground.sweep_blobs().await.unwrap() {}
    }
}

pub async fn erase(world: &World) {
    world.shop.marta.erase_contact(world.person.clone(), &NAME.to_lowercase()).await.unwrap();
}

contract!(nothing_of_a_person_stays, |ground| async {
    let world = world::make(&ground).await;
    let marta = &world.shop.marta;
    assert!(!dump::holding(&ground, "canary").await.is_empty());
    erase(&world).await;
    follow(&ground).await;
    world::settle(&ground).await;
    ground.clock.pass(3 * DAY);
    world::settle(&ground).await;
    sweep(&ground).await;
    let left = dump::holding(&ground, "canary").await;
    assert!(
        left.is_empty(),
        "{} rows hold something of her:\n{}",
        left.len(),
        left.iter().map(|row| row.chars().take(600).collect::<String>()).collect::<Vec<_>>().join("\n\n")
    );
    for part in ["912 000 118", "351912000118"] {
        assert!(dump::holding(&ground, part).await.is_empty(), "{part}");
    }

    // the report: how many of what, and nothing of whom
    let gone = begun(&world).await;
    assert!(gone.done, "{gone:?}");
    let told = marta.list_audit(audit::Asked::default(), None).await.unwrap().entries;
    let report = told.iter().find(|entry| entry.act == Act::PersonErased).expect("a report");
    assert_eq!((report.subject.as_str(), report.name.as_str()), (world.person.as_str(), "Marta Lima"));
    for (kind, least) in [
        (Kind::Conversation, 2),
        (Kind::Message, 1),
        (Kind::File, 3),
        (Kind::Mail, 3),
        (Kind::Letter, 2),
        (Kind::Note, 1),
        (Kind::Table, 1),
        (Kind::Visit, 1),
        (Kind::Visitor, 1),
    ] {
        let counted = gone.gone.all().iter().find(|(known, _)| *known == kind).map_or(0, |(_, n)| *n);
        assert!(counted >= least, "{kind}: {counted}");
        assert!(report.after.contains(&format!("{}: {counted}", kind.word())), "{}", report.after);
    }
    assert!(check_audit(ground.db()).await.unwrap().is_ok());

    // the list, the page and search know nobody
    assert_eq!(marta.list_contacts(Asked::default()).await.unwrap().cards.len(), 1);
    assert_eq!(refused(marta.open_contact(world.person.clone(), Tab::Timeline).await), Refusal::NotFound);
    for text in ["sharedcanary", "mailcanary", "sharedcan", "nachtname"] {
        let found = marta.search(search::Asked::new(text)).await.unwrap();
        assert_eq!((found.total, found.people.len()), (0, 0), "{text}");
    }
    // whoever resumes from the beginning reads every event
    assert!(!marta.told_since(0).await.unwrap().expect("no gap").is_empty());
    assert_eq!(common::recounted(marta).await, common::tallies(&ground, marta).await);
});

contract!(what_others_wrote_stays, |ground| async {
    let world = world::make(&ground).await;
    let marta = &world.shop.marta;
    let own = marta.open_thread(world.own.clone()).await.unwrap();
    erase(&world).await;
    follow(&ground).await;
    world::settle(&ground).await;
    // his own ticket lost nothing
    let after = marta.open_thread(world.own.clone()).await.unwrap();
    assert_eq!((after.messages, after.participants), (own.messages, own.participants));
    // in the one that both wrote in, her words are a mark, and everybody else's are there
    let shared = marta.open_thread(world.shared.clone()).await.unwrap();
    let said: Vec<(&str, &str)> = shared
        .messages
        .iter()
        .filter(|message| message.kind == MessageKind::Said)
        .map(|message| {
            let name = match &message.author {
                Author::Agent { name, .. } | Author::Contact { name, .. } => name.as_str(),
                Author::System => "",
            };
            (name, message.text.trim())
        })
        .collect();
    assert_eq!(
        said,
        [
            ("Kenji Sato", "kenjikeeps"),
            ("Rui Alves", "ruikeeps"),
            ("Erased person", "(erased)"),
            ("Kenji Sato", "kenjianswers"),
            ("Marta Lima", "martakeeps")
        ]
    );
    assert!(shared.messages.iter().all(|message| message.quoted.is_none()));
    assert_eq!(shared.participants.iter().map(|one| one.email.as_str()).collect::<Vec<_>>(), [KENJI.1]);
    assert_eq!((shared.line.contact.email.as_str(), shared.line.subject.as_str()), (KENJI.1, "Kenji asks"));
    let found = marta.search(search::Asked::new("kenjianswers")).await.unwrap();
    assert_eq!(found.total, 1);
    // the next answer goes to him alone
    marta.reply(world.shared.clone(), words("And more")).await.unwrap();
    let letters = post::send(&ground).await;
    let to = post::to(&letters);
    assert!(to.contains(&KENJI.1) && !to.contains(&EMAIL), "{to:?}");
});

contract!(a_ticket_that_was_hers_becomes_theirs_who_wrote_in_it, |ground| async {
    let shop = ground.shop().await;
    let (ticket, address) = post::joanas(&ground, &shop).await;
    shop.marta.add_participant(ticket.clone(), KENJI.1.parse().unwrap()).await.unwrap();
    shop.marta.reply(ticket.clone(), words("Kenji looks after it.")).await.unwrap();
    post::send(&ground).await;
    let his = Mail::new(&format!("{} <{}>", KENJI.0, KENJI.1), &address, "Re: Late order", "kenjikeeps");
    post::receive(&ground, &address, &his, &post::proven()).await;
    let joana = shop.marta.open_thread(ticket.clone()).await.unwrap().line.contact.id;
    shop.marta.erase_contact(joana, common::JOANA.1).await.unwrap();
    follow(&ground).await;
    let thread = shop.marta.open_thread(ticket).await.unwrap();
    assert_eq!((thread.line.contact.email.as_str(), thread.line.subject.as_str()), (KENJI.1, "(erased)"));
    assert!(thread.messages.iter().any(|message| message.text.trim() == "kenjikeeps"));
    assert!(thread.messages.iter().all(|message| !message.text.contains("Where is it?")));
    assert!(dump::holding(&ground, "joana").await.iter().all(|row| !row.contains("message:") && !row.contains("participant:")));
});

contract!(it_goes_on_after_a_restart_and_no_step_is_done_twice, |ground| async {
    let world = world::make(&ground).await;
    erase(&world).await;
    for _ in 0..3 {
        assert!(ground.follow_erasures().await.unwrap());
    }
    assert!(!begun(&world).await.done);
    let (one, other) = (ground.another_desk().await, ground.another_desk().await);
    // one may lose a race for a row, and takes the step again
    let run = async |desk: &Desk| {
        for _ in 0..2_000 {
            if let Ok(false) = desk.follow_erasures().await {
                return;
            }
        }
        panic!("it does not end");
    };
    tokio::join!(run(&one), run(&other));
    let gone = begun(&world).await;
    assert!(gone.done);
    let conversations = gone.gone.all().iter().find(|(kind, _)| *kind == Kind::Conversation).map(|(_, n)| *n);
    assert_eq!(conversations, Some(3), "{gone:?}");
    let told = world.shop.marta.list_audit(audit::Asked::default(), None).await.unwrap().entries;
    assert_eq!(told.iter().filter(|entry| entry.act == Act::PersonErased).count(), 1);
    one.close().await;
    other.close().await;
    // asked once more it is done already
    world.shop.marta.erase_contact(world.person.clone(), "whatever").await.unwrap();
    assert_eq!(follow(&ground).await, 0);
});

contract!(who_writes_again_is_somebody_new, |ground| async {
    let world = world::make(&ground).await;
    let marta = &world.shop.marta;
    erase(&world).await;
    // a mail that comes while it is going on goes as well, or is somebody new's
    ground.follow_erasures().await.unwrap();
    let mail = Mail::new(&format!("{NAME} <{EMAIL}>"), "support@acme.test", "Meanwhile", "betweencanary");
    post::receive(&ground, &post::forwarding(&world.shop).await, &mail, &post::nobody()).await;
    follow(&ground).await;
    let mail = Mail::new(&format!("{NAME} <{EMAIL}>"), "support@acme.test", "Hello again", "Hello");
    let ticket = post::receive(&ground, &post::forwarding(&world.shop).await, &mail, &post::nobody()).await.conversation.unwrap();
    let thread = marta.open_thread(ticket).await.unwrap();
    assert_ne!(thread.line.contact.id, world.person);
    assert!(thread.others.is_empty(), "{:?}", thread.others);
    sweep(&ground).await;
    assert!(dump::holding(&ground, "betweencanary").await.is_empty());
    // her browser has to begin anew
    assert_eq!(ground.number("select count(*) from visitor").await, 0);
    let again = ground.visit(marta).await;
    let chat = again.start_chat(chat_form("Hello")).await.unwrap();
    again.say(chat, said("It is me")).await.unwrap();
});

contract!(nobody_goes_into_or_out_of_a_person_who_is_being_erased, |ground| async {
    let world = world::make(&ground).await;
    let marta = &world.shop.marta;
    let kenji = marta.open_thread(world.own.clone()).await.unwrap().line.contact.id;
    erase(&world).await;
    assert!(ground.follow_erasures().await.unwrap());
    for (stays, goes) in [(&world.person, &kenji), (&kenji, &world.person)] {
        let choice = Choice::new("stays", "stays", "stays", vec![]);
        assert_eq!(refused(marta.merge_contacts(stays.clone(), goes.clone(), choice).await.map(drop)), Refusal::BeingErased);
    }
    let merge = marta.open_contact(world.person.clone(), Tab::Timeline).await.unwrap().merges.remove(0).id;
    assert_eq!(refused(marta.undo_contact_merge(merge).await), Refusal::BeingErased);
    let form = ContactForm { name: NAME.into(), emails: "another@x.example".into(), ..ContactForm::default() };
    assert_eq!(refused(marta.change_contact(world.person.clone(), form.check().unwrap(), None).await), Refusal::BeingErased);
    follow(&ground).await;
    assert!(begun(&world).await.done);
    assert_eq!(marta.open_thread(world.own.clone()).await.unwrap().line.contact.id, kenji);
    // and who is there goes on being changed
    let form = ContactForm { name: "Kenji S.".into(), emails: KENJI.1.into(), ..ContactForm::default() };
    marta.change_contact(kenji, form.check().unwrap(), None).await.unwrap();
});

contract!(only_admins_erase_and_only_who_they_name, |ground| async {
    let world = world::make(&ground).await;
    let (marta, rui) = (&world.shop.marta, &world.shop.rui);
    assert_eq!(refused(rui.erase_contact(world.person.clone(), NAME).await), Refusal::Forbidden);
    assert_eq!(refused(rui.open_erasure(world.person.clone()).await), Refusal::Forbidden);
    for typed in ["", "Kenji Sato", "canary"] {
        assert_eq!(refused(marta.erase_contact(world.person.clone(), typed).await), Refusal::invalid("confirm", Why::NotTheSame));
    }
    let (olga, _) = ground.other_shop(&world.shop).await;
    assert_eq!(refused(olga.erase_contact(world.person.clone(), NAME).await), Refusal::NotFound);
    assert_eq!(refused(olga.open_erasure(world.person.clone()).await), Refusal::NotFound);
    assert_eq!(refused(marta.erase_contact(ContactId::new(), NAME).await), Refusal::NotFound);
    let asked = marta.open_erasure(world.person.clone()).await.unwrap();
    assert_eq!((asked.confirm.as_str(), asked.begun), (NAME, None));
    assert_eq!(asked.there.all().first(), Some(&(Kind::Conversation, 3)));
    assert_eq!(follow(&ground).await, 0);
    // of who has neither name nor address, four digits
    let visitor = ground.visit(marta).await;
    let chat = visitor.start_chat(chat_form("Hi")).await.unwrap();
    let nobody = marta.open_thread(chat).await.unwrap().line.contact;
    marta.erase_contact(nobody.id.clone(), &nobody.digits().to_string()).await.unwrap();
    follow(&ground).await;
    assert_eq!(refused(marta.open_contact(nobody.id, Tab::Timeline).await), Refusal::NotFound);
});

contract!(what_is_deleted_for_ever_leaves_no_contents, |ground| async {
    let shop = ground.shop().await;
    let (ticket, address) = post::joanas(&ground, &shop).await;
    let long = format!("{} forevergone", "y".repeat(90_000));
    let his = Mail::new(&format!("{} <{}>", common::JOANA.0, common::JOANA.1), &address, "Re: Late order", &long);
    post::receive(&ground, &address, &his, &post::proven()).await;
    shop.marta.move_to(vec![ticket.clone()], Folder::Trash).await.unwrap();
    shop.marta.delete(vec![ticket]).await.unwrap();
    ground.clock.pass(60 * SECOND);
    sweep(&ground).await;
    let left: Vec<String> = dump::holding(&ground, "forevergone").await.into_iter().filter(|row| !row.starts_with("search_")).collect();
    assert!(left.is_empty(), "{left:?}");
    assert_eq!(ground.number("select count(*) from blob where size > 0").await, 0);
});
