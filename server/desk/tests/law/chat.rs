//! The law for chats: two agents look at their screens, the visitor and a neighbour at their windows, and a stranger at another
//! property's. The neighbour and the stranger are told nothing of the chat.

use desk::{Agent, Sender, Visitor};
use model::{
    AgentId, Assignee, ConversationId, Language, MessageId, TriggerId,
    agent::Presence,
    chat::{ChatForm, Rating},
    conversation::Folder,
    message::MessageKind,
    moment::{MINUTE, SECOND},
    rule::Conditions,
    ticket::TicketForm,
    trigger::{Action, Deed, Kind, Trigger},
    visit::Beacon,
    visitor::{Identity, SiteEvent},
    widget::{Field, FieldKind, Widget},
};

use crate::{
    common::{Ground, JOANA, KENJI, Shop, chat_form, details, picture, recounted, said, sign, tallies, words},
    contract, receive,
    screens::{Glass, Screens},
};

/// Everybody who looks.
struct People {
    ground: Ground,
    shop: Shop,
    visitor: Visitor,
    neighbour: Visitor,
    stranger: Visitor,
}

impl People {
    async fn come(ground: &Ground) -> Self {
        let shop = ground.shop().await;
        let (olga, _) = ground.other_shop(&shop).await;
        let (visitor, _) = ground.visit_from(&shop.marta, "198.51.100.4").await;
        let (neighbour, _) = ground.visit_from(&shop.marta, "198.51.100.5").await;
        let (stranger, _) = ground.visit_from(&olga, "198.51.100.6").await;
        let other = neighbour.start_chat(chat_form("I am somebody else")).await.unwrap();
        // answered, so that nothing happens there by itself
        shop.rui.reply(other, words("Hello neighbour")).await.unwrap();
        Self { ground: ground.clone(), shop, visitor, neighbour, stranger }
    }

    /// Opens everything, runs a step, compares.
    async fn step<T>(&self, what: &str, step: impl Future<Output = desk::Result<T>>) -> T {
        let connected: Vec<AgentId> = vec![self.shop.marta.id().clone()];
        let screens = (Box::new(Screens::open(&self.shop.marta).await), Box::new(Screens::open(&self.shop.rui).await));
        let own = Glass::open(&self.visitor, &connected).await;
        let others = [Glass::open(&self.neighbour, &connected).await, Glass::open(&self.stranger, &connected).await];
        self.ground.clock.pass(SECOND);
        let given = step.await.unwrap_or_else(|error| panic!("{what}: {error}"));
        Box::pin(screens.0.compare(&format!("{what} (Marta looking)"))).await;
        Box::pin(screens.1.compare(&format!("{what} (Rui looking)"))).await;
        own.compare(&format!("{what} (the visitor looking)")).await;
        assert_eq!(tallies(&self.ground, &self.shop.marta).await, recounted(&self.shop.marta).await, "the counters after {what}");
        for glass in others {
            for told in glass.compare(&format!("{what} (somebody else looking)")).await {
                assert_eq!((told.about, told.messages.len(), told.guest), (None, 0, None), "told to others: {what}");
            }
        }
        given
    }
}

async fn last_said(agent: &Agent, id: &ConversationId) -> MessageId {
    let thread = agent.open_thread(id.clone()).await.unwrap();
    thread.messages.iter().rev().find(|message| message.kind == MessageKind::Said).unwrap().id.clone()
}

contract!(every_verb_of_a_chat_keeps_the_law, |ground| async {
    let people = People::come(&ground).await;
    let (marta, rui, visitor) = (people.shop.marta.clone(), people.shop.rui.clone(), people.visitor.clone());
    let chat = people.step("beginning a chat", visitor.start_chat(chat_form("Is the jacket true to size?"))).await;
    people.step("answering", rui.reply(chat.clone(), words("It runs **large**"))).await;
    people.step("a picture", rui.change_picture(picture(200))).await;
    people.step("saying more", visitor.say(chat.clone(), said("Thank you"))).await;
    people.step("a file that is not sent yet", visitor.attach("size.txt", "text/plain", b"42".to_vec())).await;
    people.step("noting", marta.note(chat.clone(), words("A regular"))).await;
    people.step("inviting", rui.invite_to_chat(chat.clone(), marta.id().clone())).await;
    people.step("joining by writing", marta.reply(chat.clone(), words("Hello, Marta here"))).await;
    let own = last_said(&marta, &chat).await;
    people.step("editing", marta.edit_message(own.clone(), "Hello, this is *Marta*")).await;
    people.step("reading", visitor.mark_read(chat.clone(), own.clone())).await;
    people.step("withdrawing", marta.withdraw_message(own)).await;
    people.step("leaving", rui.leave_chat(chat.clone())).await;
    people.step("another picture, after leaving", rui.change_picture(picture(50))).await;
    people.step("transferring", marta.assign(vec![chat.clone()], Assignee::Department(people.shop.billing.clone()))).await;
    people.step("joining again", rui.join_chat(chat.clone())).await;
    people.step("giving it away", rui.transfer_chat(chat.clone(), Assignee::Agent(marta.id().clone()))).await;
    people.step("giving it to a department", marta.transfer_chat(chat.clone(), Assignee::Department(people.shop.billing.clone()))).await;
    let line = rui.open_thread(chat.clone()).await.unwrap().line;
    assert_eq!(line.assignee, Assignee::Department(people.shop.billing.clone()));
    people.step("joining without a word", rui.join_chat(chat.clone())).await;
    people.step("attributes", visitor.set_attributes([("plan".into(), "gold".into())].into())).await;
    people.step("who the site says they are", visitor.introduce(details(("Jo", "")))).await;
    let event = SiteEvent { name: "added-to-cart".into(), ..SiteEvent::default() };
    people.step("an event of the site", visitor.tell_event(chat.clone(), event)).await;
    people.step("a tag of the site", visitor.tag("Big Spender")).await;
    people.step("taking it off", visitor.untag("big-spender")).await;
    people.step("details", visitor.leave_details(chat.clone(), details(JOANA))).await;
    people.step("going away", rui.set_presence(Presence::Away)).await;
    people.step("back by a touch", rui.touch()).await;
    people.step("online", rui.set_presence(Presence::Online)).await;
    people
        .step("away by itself", async {
            ground.clock.pass(11 * MINUTE);
            rui.rest().await
        })
        .await;
    people.step("online by a touch", rui.touch()).await;
    people.step("no picture any more", rui.remove_picture()).await;
    people.step("rating", visitor.rate(chat.clone(), Rating::Good, "Quick")).await;
    people.step("rating anew", visitor.rate(chat.clone(), Rating::Bad, "Too quick")).await;
    people.step("asking for the transcript", visitor.ask_transcript(chat.clone(), "")).await;
    people.step("the mail reader", ground.follow_mail()).await;
    people.step("ending", marta.end_chat(chat.clone())).await;
    let second = people.step("words after the end", visitor.say(chat.clone(), said("One more thing"))).await;
    assert_ne!(second, chat);
    ground.clock.pass(6 * MINUTE);
    people.step("missing it", ground.miss_unanswered_chats()).await;
    people.step("answering who is about to go", marta.reply(second.clone(), words("A moment"))).await;
    people.step("the visitor away", visitor.leave()).await;
    ground.clock.pass(20 * SECOND);
    people.step("mailing what they did not see", ground.mail_unseen_answers()).await;
    people.step("its letter, later", ground.follow_mail()).await;
    people.step("answering by mail", rui.reply(second.clone(), words("Here is the answer"))).await;
    let mailed = last_said(&rui, &second).await;
    people.step("taking it back", rui.undo(mailed)).await;
    people.step("answering by mail again", rui.reply(second.clone(), words("Here is the better answer"))).await;
    people.step("its letters", ground.follow_mail()).await;
    ground.clock.pass(20 * SECOND);
    for due in ground.postbox().lease(10).await.unwrap() {
        people.step("a letter sent", ground.postbox().sent(&due.lease, "250 2.0.0 Ok")).await;
    }
    let address = ground.keys().ticket_address(marta.property().as_str(), second.as_str());
    Box::pin(people.step("the visitor answers by mail", receive(&ground, JOANA.1, &address, "Re: Your chat", "Thank you by mail"))).await;
    let form = TicketForm {
        name: JOANA.0.into(),
        email: JOANA.1.into(),
        subject: "Sleeves".into(),
        text: "Our workshop answers here.".into(),
        chat: second.to_string(),
        transcript: true,
        ..TicketForm::default()
    };
    let ticket = Box::pin(people.step("a ticket from the chat", marta.open_ticket(form.check().unwrap()))).await;
    people.step("taking the ticket back", marta.undo(last_said(&marta, &ticket).await)).await;
    let (key, secret) = (marta.widget().await.unwrap().0, marta.identity_secret().await.unwrap());
    let expires = ground.clock.now().0 / SECOND + 600;
    let identity = Identity {
        id: "c-17".into(),
        name: "Kenji Sato".into(),
        email: KENJI.1.into(),
        expires,
        nonce: "n".repeat(20),
        ..Identity::default()
    };
    people.step("proving who they are", visitor.identify(sign(&secret, &key, identity))).await;
    for folder in [Folder::Spam, Folder::Inbox, Folder::Trash] {
        people.step(&format!("moving to {folder}"), marta.move_to(vec![second.clone()], folder)).await;
    }
    people.step("deleting for ever", marta.delete(vec![second.clone()])).await;
    let third = people.step("leaving a message", visitor.leave_message(chat_form("Nobody is here"))).await;
    people.step("its letter", ground.follow_mail()).await;
    people.step("the visitor ends it", visitor.end_chat(third.clone())).await;
});

contract!(who_writes_first_keeps_the_law, |ground| async {
    let people = People::come(&ground).await;
    let (marta, rui, visitor) = (people.shop.marta.clone(), people.shop.rui.clone(), people.visitor.clone());
    people.step("wanting beacons", marta.set_monitor(true)).await;
    let action = |deed, value: &str| Action { deed, value: value.into() };
    let billing = people.shop.billing.as_str();
    let rescue = Trigger {
        id: TriggerId::new(),
        name: "Rescue".into(),
        kind: Kind::Rescue,
        on: true,
        after: 30,
        conditions: Conditions::default(),
        actions: vec![
            action(Deed::Say, "A moment"),
            action(Deed::Tag, "waited"),
            action(Deed::Department, billing),
            action(Deed::Note, "Waited"),
        ],
        pause: None,
    };
    people.step("keeping a trigger", marta.save_trigger(rescue.clone())).await;
    let (key, _) = marta.widget().await.unwrap();
    let page = Beacon { id: "1-2-3-4".into(), page: "https://acme.test/".into(), ..Beacon::default() };
    let sender = Sender { address: "198.51.100.4".into(), ..Sender::default() };
    ground.see_visit(&key, page.check().unwrap(), sender).await.unwrap();
    let visit = marta.list_visits().await.unwrap().visits.remove(0).id;
    people.step("words that wait", rui.start_chat_with(visit.clone(), "Can I help?")).await;
    let form = ChatForm { visit: "1-2-3-4".into(), ..chat_form("Yes") };
    let chat = people.step("a chat that begins with them", visitor.start_chat(form)).await;
    people.step("ending it", rui.end_chat(chat)).await;
    let second = people.step("writing first to a known browser", rui.start_chat_with(visit.clone(), "One more thing")).await.unwrap();
    people.step("and again", marta.start_chat_with(visit, "Me too")).await;
    people.step("ending that", rui.end_chat(second.clone())).await;
    people.step("words after the end", visitor.say(second, said("Hello?"))).await;
    ground.clock.pass(MINUTE);
    people.step("the rescuer", ground.run_due_triggers()).await;
    people.step("forgetting the trigger", marta.delete_trigger(rescue.id)).await;
});

contract!(what_every_visitor_sees_keeps_the_law, |ground| async {
    let people = People::come(&ground).await;
    let marta = people.shop.marta.clone();
    let field = Field { kind: FieldKind::Department, key: String::new(), label: String::new(), required: false };
    let widget = Widget { before_chat: vec![field], rescue_after: Some(30), ..Widget::default() };
    Box::pin(people.step("changing the widget", marta.set_widget(widget))).await;
    let workshop = people.step("a new department", marta.create_department("Workshop", "", vec![])).await;
    people.step("renaming it", marta.change_department(workshop, "Repairs", "", vec![])).await;
    people.step("being invisible", marta.set_presence(Presence::Invisible)).await;
    people.step("renaming the property", marta.change_property("Loja Nova", Language::Portuguese, "America/Sao_Paulo")).await;
    people.step("attributes before a chat", people.visitor.set_attributes([("plan".into(), "gold".into())].into())).await;
});
