//! Things of a property, made for a test: a ticket, mails, somebody whose page tells of them, somebody's chat, a trigger.

use desk::postbox::Incoming;
use model::{
    ConversationId, LetterInId, MessageId,
    chat::{ChatForm, SayForm},
    ticket::TicketForm,
    trigger::{ActionForm, TriggerForm},
    visit::Beacon,
};

use crate::common::World;

/// A ticket of an agent.
pub async fn ticket(agent: &desk::Agent) -> ConversationId {
    let form = TicketForm {
        email: "ana@example.com".into(),
        subject: "Hello".into(),
        text: "Words".into(),
        cc: "cc@example.com".into(),
        ..TicketForm::default()
    };
    agent.open_ticket(form.check().expect("a form")).await.expect("opened")
}

/// A mail to a property.
pub async fn mail(world: &World, admin: &desk::Agent, from: &str, subject: &str) -> LetterInId {
    let to = admin.overview().await.expect("an overview").forwarding_address;
    let raw =
        format!("From: <{from}>\r\nTo: <{to}>\r\nSubject: {subject}\r\nMessage-ID: <{}@example.com>\r\n\r\nHello\r\n", LetterInId::new());
    let incoming = Incoming {
        raw: raw.into_bytes(),
        mail_from: from.into(),
        rcpt_to: vec![to],
        helo: "x".into(),
        peer: "192.0.2.1".into(),
        tls: false,
    };
    world.desk.postbox().take(incoming).await.expect("taken")
}

/// A message that claims to be the admin's and could not prove it.
pub async fn held(world: &World, admin: &desk::Agent) -> String {
    let conversation = ticket(admin).await;
    let to = admin.open_thread(conversation.clone()).await.expect("a thread").reply_address;
    let raw = format!(
        "From: <{}>\r\nTo: <{to}>\r\nSubject: Re: Hello\r\nMessage-ID: <{}@example.com>\r\n\r\nForged\r\n",
        admin.email(),
        MessageId::new()
    );
    let incoming = Incoming {
        raw: raw.clone().into_bytes(),
        mail_from: admin.email().into(),
        rcpt_to: vec![to],
        helo: "x".into(),
        peer: "192.0.2.1".into(),
        tls: false,
    };
    world.desk.postbox().take(incoming).await.expect("taken");
    file_all(world).await;
    let thread = admin.open_thread(conversation).await.expect("a thread");
    thread.messages.iter().rev().find(|message| message.mark.is_some()).expect("held").id.to_string()
}

/// Files what has come.
pub async fn file_all(world: &World) {
    while let Some(taken) = world.desk.postbox().next().await.expect("the postbox") {
        let understood = mail::understand(&taken.raw, &mail::Own::of(world.desk.keys())).expect("understood");
        world.desk.postbox().file(&taken.id, understood, desk::postbox::Proof::default()).await.expect("filed");
    }
}

/// Somebody on the site.
pub async fn visit(world: &World, admin: &desk::Agent) -> String {
    admin.set_monitor(true).await.expect("switched on");
    let (key, _) = admin.widget().await.expect("a widget");
    // the last digits of an id are random: a page load and an address of their own
    let id = MessageId::new();
    let part = |from: usize| u32::from_str_radix(&id.as_str()[from..from + 3], 36).expect("digits");
    let page = Beacon { id: format!("1-{}-{}-{}", part(13), part(16), part(19)), page: "https://a.example/".into(), ..Beacon::default() };
    let sender = desk::Sender { address: format!("2001:db8:{:x}:{:x}::1", part(16), part(19)), ..desk::Sender::default() };
    let seen = page.check().expect("a beacon");
    let load = seen.load.to_string();
    world.desk.see_visit(&key, seen, sender).await.expect("seen");
    load
}

/// Somebody's chat.
pub async fn chat(world: &World, admin: &desk::Agent) -> String {
    let (key, _) = admin.widget().await.expect("a widget");
    let id = MessageId::new();
    let address = format!("2001:db9:{:x}::1", u32::from_str_radix(&id.as_str()[19..22], 36).expect("digits"));
    let arrival = desk::Arrival { address: address.clone(), ..desk::Arrival::default() };
    let token = world.desk.begin_visit(&key, arrival).await.expect("let in");
    let visitor = world.desk.visitor(&token, &address).await.expect("a visitor");
    let said = SayForm { text: "Hello".into(), ..SayForm::default() };
    visitor.start_chat(ChatForm { said, ..ChatForm::default() }).await.expect("begun").to_string()
}

/// A trigger that says hello on any page.
pub async fn trigger(admin: &desk::Agent) -> String {
    let action = ActionForm { deed: "say".into(), value: "Hello".into(), ..ActionForm::default() };
    let form = TriggerForm { name: "Hello".into(), kind: "any_page".into(), actions: vec![action], ..TriggerForm::default() };
    let trigger = form.read().expect("a trigger");
    let id = trigger.id.to_string();
    admin.save_trigger(trigger).await.expect("kept");
    id
}
