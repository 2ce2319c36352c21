//! A contact's page: the timeline in parts, notes, and what agents change.

use model::{
    Assignee, ContactId, NoteId, Refusal, Why,
    contact::{
        list::Asked,
        profile::{Passed, Profile, Tab},
    },
    message::MessageKind,
    moment::{MINUTE, SECOND},
    ticket::TicketForm,
    visit::{Beacon, Greeting},
};

use crate::{
    change,
    common::{JOANA, chat_form, details, refused, said, ticket, words},
    contract, make,
};

async fn of(agent: &desk::Agent, email: &str) -> ContactId {
    agent.list_contacts(Asked::new(email, "")).await.unwrap().cards.remove(0).contact.id
}

/// What was said, newest first.
fn told(profile: &Profile) -> Vec<String> {
    let text = |what: &Passed| match what {
        Passed::Words(words) if words.kind != MessageKind::Happened => Some(words.text.clone()),
        Passed::Words(_) => None,
        Passed::Visit(stay) => Some(format!("visit of {}", stay.page)),
    };
    profile.entries.iter().filter_map(|entry| text(&entry.what)).collect()
}

contract!(the_timeline_joins_chats_tickets_and_visits_newest_first, |ground| async {
    let shop = ground.shop().await;
    let marta = &shop.marta;
    marta.set_monitor(true).await.unwrap();
    let late = ticket(marta, "Late order", Assignee::Nobody).await;
    ground.clock.pass(MINUTE);
    // Joana comes to the site, and chats
    let (key, _) = marta.widget().await.unwrap();
    let beacon = Beacon { id: "1-2-3-4".into(), page: "https://acme.test/jackets".into(), ..Beacon::default() };
    ground.see_visit(&key, beacon.check().unwrap(), desk::Sender::default()).await.unwrap();
    ground.clock.pass(MINUTE);
    let visitor = ground.visit(marta).await;
    ground.greet(&key, &Greeting { visit: "1-2-3-4".into(), ..Greeting::default() }, Some(&visitor)).await.unwrap();
    let chat = visitor.start_chat(chat_form("Is it here?")).await.unwrap();
    ground.clock.pass(SECOND);
    visitor.leave_details(chat.clone(), details(JOANA)).await.unwrap();
    ground.clock.pass(SECOND);
    marta.reply(chat.clone(), words("Tomorrow.")).await.unwrap();
    ground.clock.pass(SECOND);
    marta.note(late.clone(), words("She chats as well.")).await.unwrap();

    let joana = of(marta, JOANA.1).await;
    let profile = marta.open_contact(joana.clone(), Tab::Timeline).await.unwrap();
    assert_eq!(
        told(&profile),
        ["She chats as well.", "Tomorrow.", "Is it here?", "visit of https://acme.test/jackets", "About Late order."]
    );
    assert!(profile.entries.windows(2).all(|two| two[0].at >= two[1].at));
    assert_eq!((profile.counts.chats, profile.counts.tickets), (1, 1));
    assert_eq!(profile.lines.len(), 2);
    let chats = marta.open_contact(joana.clone(), Tab::Chats).await.unwrap();
    assert_eq!(chats.lines.iter().map(|line| &line.id).collect::<Vec<_>>(), [&chat]);
    let tickets = marta.open_contact(joana.clone(), Tab::Tickets).await.unwrap();
    assert_eq!(tickets.lines.iter().map(|line| &line.id).collect::<Vec<_>>(), [&late]);
    // words of a ticket that went into another one's are in the other's timeline
    let form = TicketForm { email: "kenji@example.org".into(), subject: "Other".into(), text: "Mine".into(), ..TicketForm::default() };
    let other = marta.open_ticket(form.check().unwrap()).await.unwrap();
    let number = marta.open_thread(other).await.unwrap().line.number.unwrap();
    marta.merge_ticket(late, number).await.unwrap();
    let profile = marta.open_contact(joana.clone(), Tab::Timeline).await.unwrap();
    assert!(!told(&profile).contains(&"About Late order.".to_owned()), "{:?}", told(&profile));
    assert_eq!(profile.counts.tickets, 0);
    let kenji = marta.open_contact(of(marta, "kenji").await, Tab::Timeline).await.unwrap();
    assert!(told(&kenji).contains(&"About Late order.".to_owned()));
});

contract!(everything_comes_once_however_many_parts_the_timeline_has, |ground| async {
    let shop = ground.shop().await;
    let marta = &shop.marta;
    let (a, b) = (ticket(marta, "One", Assignee::Nobody).await, ticket(marta, "Two", Assignee::Nobody).await);
    for n in 0..140 {
        let id = if n % 3 == 0 { &a } else { &b };
        marta.note(id.clone(), words(&format!("Note {n}"))).await.unwrap();
        if n % 5 == 0 {
            ground.clock.pass(SECOND);
        }
    }
    let joana = of(marta, JOANA.1).await;
    let mut profile = marta.open_contact(joana.clone(), Tab::Timeline).await.unwrap();
    let mut parts = 1;
    while let Some(after) = profile.more.clone() {
        let part = marta.list_contact_more(joana.clone(), Tab::Timeline, after).await.unwrap();
        let (before, came) = (profile.entries.len(), part.entries.len());
        profile.extend(part);
        assert_eq!(profile.entries.len(), before + came, "each comes once");
        parts += 1;
    }
    assert!(parts >= 3, "{parts}");
    assert_eq!(told(&profile).len(), 142);
    assert!(profile.entries.windows(2).all(|two| (two[0].at, &two[0].id) > (two[1].at, &two[1].id)));
});

contract!(an_address_belongs_to_one_contact_and_decides_whose_a_mail_is, |ground| async {
    let shop = ground.shop().await;
    let marta = &shop.marta;
    let ana = make(marta, "Ana", "Acme", "ana@home.example\nana@work.example", "+351 912 000 118").await.unwrap();
    let opened = marta.open_contact(ana.clone(), Tab::Timeline).await.unwrap();
    assert_eq!(opened.emails, ["ana@home.example", "ana@work.example"]);
    assert_eq!((opened.card.organisation.as_str(), opened.card.phones.as_slice()), ("Acme", &["+351 912 000 118".to_owned()][..]));
    // a ticket to the second address is hers
    let form = TicketForm { email: "Ana@Work.example".into(), subject: "Hello".into(), text: "Words".into(), ..TicketForm::default() };
    let id = marta.open_ticket(form.check().unwrap()).await.unwrap();
    let thread = marta.open_thread(id).await.unwrap();
    assert_eq!(thread.line.contact.id, ana);
    assert_eq!((thread.card.organisation.as_str(), thread.emails.len()), ("Acme", 2));
    // nobody else can have it
    let taken = Refusal::Taken { field: "emails".into() };
    assert_eq!(refused(make(marta, "Bea", "", "ana@work.example", "").await), taken);
    let bea = make(marta, "Bea", "", "bea@x.example", "").await.unwrap();
    assert_eq!(refused(change(marta, &bea, "Bea", "bea@x.example\nana@home.example", "").await), taken);
    assert_eq!(marta.open_contact(bea.clone(), Tab::Timeline).await.unwrap().emails, ["bea@x.example"], "nothing of it is kept");
    // given up, it is free
    change(marta, &ana, "Ana", "ana@home.example", "").await.unwrap();
    change(marta, &bea, "Bea", "ana@work.example\nbea@x.example", "").await.unwrap();
    assert_eq!(marta.open_contact(bea, Tab::Timeline).await.unwrap().card.contact.email, "ana@work.example");
    assert_eq!(refused(marta.open_contact(ContactId::new(), Tab::Timeline).await), Refusal::NotFound);
});

contract!(notes_are_for_agents_and_change_by_their_author_or_an_admin, |ground| async {
    let shop = ground.shop().await;
    let (marta, rui) = (&shop.marta, &shop.rui);
    let ana = make(marta, "Ana", "", "", "112").await.unwrap();
    marta.note_contact(ana.clone(), "Prefers mornings\n").await.unwrap();
    ground.clock.pass(SECOND);
    rui.note_contact(ana.clone(), "Very kind").await.unwrap();
    let notes = marta.open_contact(ana.clone(), Tab::Notes).await.unwrap().notes;
    assert_eq!(notes.iter().map(|note| note.text.as_str()).collect::<Vec<_>>(), ["Very kind", "Prefers mornings"]);
    let (ruis, martas) = (notes[0].id.clone(), notes[1].id.clone());
    assert_eq!(refused(rui.change_contact_note(martas.clone(), "Mine now").await), Refusal::Forbidden);
    assert_eq!(refused(rui.delete_contact_note(martas.clone()).await), Refusal::Forbidden);
    assert_eq!(refused(rui.note_contact(ana.clone(), " ").await), Refusal::invalid("text", Why::Required));
    rui.change_contact_note(ruis.clone(), "Very, very kind").await.unwrap();
    marta.delete_contact_note(martas).await.unwrap();
    let notes = marta.open_contact(ana.clone(), Tab::Timeline).await.unwrap().notes;
    assert_eq!(notes.len(), 1);
    assert!(notes[0].text == "Very, very kind" && notes[0].edited_at.is_some());
    marta.delete_contact_note(ruis).await.unwrap();
    assert_eq!(refused(marta.delete_contact_note(NoteId::new()).await), Refusal::NotFound);
    let (olga, _) = ground.other_shop(&shop).await;
    assert_eq!(refused(olga.note_contact(ana, "Spying").await), Refusal::NotFound);
});

contract!(what_agents_noted_of_a_visitor_stays_when_they_turn_out_to_be_somebody_known, |ground| async {
    let shop = ground.shop().await;
    let marta = &shop.marta;
    ticket(marta, "Late order", Assignee::Nobody).await;
    let visitor = ground.visit(marta).await;
    let chat = visitor.start_chat(chat_form("Hello")).await.unwrap();
    let unnamed = marta.open_thread(chat.clone()).await.unwrap().line.contact.id;
    marta.note_contact(unnamed.clone(), "In a hurry").await.unwrap();
    visitor.leave_details(chat.clone(), details(JOANA)).await.unwrap();
    let joana = of(marta, JOANA.1).await;
    assert_eq!(marta.open_thread(chat).await.unwrap().line.contact.id, joana);
    let left = marta.open_contact(unnamed, Tab::Timeline).await.unwrap();
    assert_eq!(left.notes.len(), 1);
    assert!(left.entries.is_empty() && left.counts.chats == 0);
    let profile = marta.open_contact(joana, Tab::Timeline).await.unwrap();
    assert_eq!(told(&profile), ["Hello", "About Late order."]);
    // nobody who was only a visitor, and of whom nothing is noted, is left behind
    let other = ground.visit_from(marta, "198.51.100.9").await.0;
    let chat = other.start_chat(chat_form("Hi")).await.unwrap();
    let unnamed = marta.open_thread(chat.clone()).await.unwrap().line.contact.id;
    other.say(chat.clone(), said("It is me")).await.unwrap();
    other.leave_details(chat, details(JOANA)).await.unwrap();
    assert_eq!(refused(marta.open_contact(unnamed, Tab::Timeline).await), Refusal::NotFound);
});
