//! A person who left something in every place there is; each of it holds `canary`, and a word of its own before. And Kenji, whose words
//! are his own.

use std::collections::BTreeMap;

use model::{
    ContactId, ConversationId,
    ban::Banned,
    chat::Rating,
    contact::{form::ContactForm, import::Column, list::Asked, merge::Choice},
    draft::{Draft, DraftPlace},
    moment::SECOND,
    ticket::{ReplyForm, TicketForm},
    visitor::DetailsForm,
};

use crate::{
    common::{Ground, Shop, chat_form, said, words},
    post::{self, Mail},
};

/// Her address.
pub const EMAIL: &str = "email.canary@x.example";
/// Her name.
pub const NAME: &str = "Nachtname Canary";

/// What there is.
pub struct World {
    pub shop: Shop,
    pub person: ContactId,
    /// Kenji's ticket, in which she wrote too.
    pub shared: ConversationId,
    /// Kenji's own ticket.
    pub own: ConversationId,
}

/// Everything by which a part of her is found in an export: all of it stands in the database before.
pub const PARTS: [&str; 30] = [
    "nachtname canary",
    "email.canary@x.example",
    "merged.canary@x.example",
    "mergedcanary",
    "organisationcanary",
    "attributecanary",
    "tagcanary",
    "notecanary",
    "sitecanary",
    "pagecanary",
    "referrercanary",
    "visitcanary",
    "firstcanary",
    "chatcanary",
    "filenamecanary",
    "smallfilecanary",
    "largefilecanary",
    "unsentcanary",
    "commentcanary",
    "subjectcanary",
    "mailcanary",
    "headercanary",
    "answercanary",
    "junkcanary",
    "sharedcanary",
    "importcanary",
    "reasoncanary",
    "+351 912 000 118",
    "198.51.100.4",
    "liftedcanary",
];

/// All of it.
pub async fn make(ground: &Ground) -> World {
    let shop = ground.shop().await;
    let marta = &shop.marta;
    let person = chats(ground, &shop).await;
    mails(ground, &shop).await;
    let own = kenji(ground, &shop, "kenjialone").await;
    let shared = shared(ground, &shop).await;
    known(ground, &shop, &person).await;
    let list = marta.list_contacts(Asked::default()).await.unwrap();
    assert_eq!(list.cards.len(), 2, "{:?}", list.cards.iter().map(|card| card.contact.called()).collect::<Vec<_>>());
    settle(ground).await;
    World { shop, person, shared, own }
}

/// Readers and the clock have done what is to be done.
pub async fn settle(ground: &Ground) {
    for _ in 0..4 {
        ground.clock.pass(11 * SECOND);
        while ground.follow_mail().await.unwrap() {}
        while ground.follow_search().await.unwrap() {}
        while ground.follow_report().await.unwrap() {}
        ground.clock_tick().await.unwrap();
        while ground.read_file().await.unwrap() {}
    }
}

/// A browser: visits, a chat with files, a rating; who she is.
async fn chats(ground: &Ground, shop: &Shop) -> ContactId {
    let visitor = ground.visit(&shop.marta).await;
    visitor.set_attributes(BTreeMap::from([("Level".to_owned(), "sitecanary".to_owned())])).await.unwrap();
    let small = visitor.attach("filenamecanary.txt", "text/plain", b"smallfilecanary".to_vec()).await.unwrap();
    let large = visitor.attach("large.txt", "text/plain", format!("{} largefilecanary", "x".repeat(100_000)).into_bytes()).await.unwrap();
    visitor.attach("unsentcanary.txt", "text/plain", b"unsent".to_vec()).await.unwrap();
    let mut form = chat_form("firstcanary");
    (form.page, form.referrer) = ("https://acme.test/pagecanary".into(), "https://search.example/referrercanary".into());
    let chat = visitor.start_chat(form).await.unwrap();
    let mut files = said("chatcanary");
    files.attachments = vec![small.id, large.id];
    visitor.say(chat.clone(), files).await.unwrap();
    shop.rui.reply(chat.clone(), words("What size?")).await.unwrap();
    visitor
        .leave_details(chat.clone(), DetailsForm { name: NAME.into(), email: EMAIL.into(), phone: "+351 912 000 118".into() })
        .await
        .unwrap();
    visitor.rate(chat.clone(), Rating::Good, "commentcanary").await.unwrap();
    let id = shop.marta.open_thread(chat.clone()).await.unwrap().chat.unwrap().visitor;
    shop.marta.ban(Banned::Visitor(id), "reasoncanary", None).await.unwrap();
    ground
        .db()
        .write(|tx| {
            Box::pin(async move {
                sqlx::query(
                    "insert into visit (property, id, visitor, page, referrer, browser, language, address, earlier, pages, started_at, page_at, seen_at, carried) \
                     select property, 'visit', id, 'https://acme.test/visitcanary', '', '', 'en', '198.51.100.4', 0, 1, created_at, created_at, created_at, '{}' from visitor",
                )
                .execute(tx.conn())
                .await?;
                Ok(())
            })
        })
        .await
        .unwrap();
    shop.marta.open_thread(chat).await.unwrap().line.contact.id
}

/// A ticket by mail with an answer, and a mail that is no ticket.
async fn mails(ground: &Ground, shop: &Shop) {
    let forwarding = post::forwarding(shop).await;
    let from = format!("{NAME} <{EMAIL}>");
    let mail = Mail::new(&from, "support@acme.test", "subjectcanary", "mailcanary").header("X-Thing: headercanary");
    let ticket = post::receive(ground, &forwarding, &mail, &post::nobody()).await.conversation.unwrap();
    shop.rui.reply(ticket.clone(), words("Dear canary, answercanary.")).await.unwrap();
    post::send(ground).await;
    let mut draft = Draft::default();
    draft.form.text = "draftcanary".into();
    shop.rui.save_draft(DraftPlace::Reply(ticket), draft).await.unwrap();
    let away = Mail::new(&from, "support@acme.test", "junkcanary", "I am away.").header("Auto-Submitted: auto-replied");
    // one of no ticket of ours: it is a ticket by itself, or none
    post::receive(ground, &forwarding, &away, &post::nobody()).await;
}

/// A ticket of Kenji's.
async fn kenji(ground: &Ground, shop: &Shop, text: &str) -> ConversationId {
    let mail = Mail::new("Kenji Sato <kenji@example.org>", "support@acme.test", "Kenji asks", text);
    post::receive(ground, &post::forwarding(shop).await, &mail, &post::nobody()).await.conversation.unwrap()
}

/// A ticket of Kenji's that she is in copy of, answers, and is quoted in.
async fn shared(ground: &Ground, shop: &Shop) -> ConversationId {
    let ticket = kenji(ground, shop, "kenjikeeps").await;
    shop.marta.add_participant(ticket.clone(), EMAIL.parse().unwrap()).await.unwrap();
    shop.rui.reply(ticket.clone(), words("ruikeeps")).await.unwrap();
    post::send(ground).await;
    let address = shop.marta.open_thread(ticket.clone()).await.unwrap().reply_address;
    let hers = Mail::new(&format!("{NAME} <{EMAIL}>"), &address, "Re: Kenji asks", "sharedcanary");
    assert_eq!(post::receive(ground, &address, &hers, &post::proven()).await.conversation, Some(ticket.clone()));
    let quoting = format!("kenjianswers\r\n\r\nOn Mon, {NAME} <{EMAIL}> wrote:\r\n> sharedcanary\r\n");
    let mut his = Mail::new("Kenji Sato <kenji@example.org>", &address, "Re: Kenji asks", &quoting);
    his.cc = EMAIL.into();
    assert_eq!(post::receive(ground, &address, &his, &post::proven()).await.conversation, Some(ticket.clone()));
    post::send(ground).await;
    shop.marta.reply(ticket.clone(), ReplyForm { text: "martakeeps".into(), ..ReplyForm::default() }.check().unwrap()).await.unwrap();
    post::send(ground).await;
    ticket
}

/// What agents say of her, note, bring in a table and merge; and what the audit log tells.
async fn known(ground: &Ground, shop: &Shop, person: &ContactId) {
    let marta = &shop.marta;
    let emails = format!("{EMAIL}\nlifted.canary@x.example");
    let form = ContactForm { name: NAME.into(), organisation: "Organisationcanary".into(), emails, phones: "+351 912 000 118".into() };
    marta.change_contact(person.clone(), form.check().unwrap(), None).await.unwrap();
    marta.tag_contact(person.clone(), "tagcanary").await.unwrap();
    marta.set_contact_attribute(person.clone(), "Plan", "attributecanary").await.unwrap();
    marta.note_contact(person.clone(), "notecanary liftedcanary").await.unwrap();
    let form = ContactForm { name: "Mergedcanary".into(), emails: "merged.canary@x.example".into(), ..ContactForm::default() };
    let other = marta.create_contact(form.check().unwrap()).await.unwrap();
    marta.merge_contacts(person.clone(), other, Choice::new("stays", "stays", "stays", vec![])).await.unwrap();
    ground
        .db()
        .write(|tx| {
            Box::pin(async move {
                sqlx::query("insert into dead_address (property, email, since_at) select property, email, 1 from contact where email = $1")
                    .bind(EMAIL)
                    .execute(tx.conn())
                    .await?;
                Ok(())
            })
        })
        .await
        .unwrap();
    marta.lift_suppressed(EMAIL.into()).await.unwrap();
    let table = format!("Name,E-mail,City\n{NAME},{EMAIL},importcanary\nKenji Sato,kenji@example.org,Kyoto\n");
    let import = marta.bring_contacts("people.csv", table.into_bytes()).await.unwrap();
    marta.check_contact_import(import, vec![Column::Name, Column::Email, Column::Skip]).await.unwrap();
    while ground.follow_contact_imports().await.unwrap() {}
    let form = TicketForm { email: EMAIL.into(), subject: "To her".into(), ..TicketForm::default() };
    let draft = Draft { form, ..Draft::default() };
    shop.rui.save_draft(DraftPlace::Ticket, draft).await.unwrap();
}
