//! Who is on a customer's site, made for a property: somebody whose page tells of them, somebody's chat, a trigger.

use model::{
    MessageId,
    chat::{ChatForm, SayForm},
    trigger::{ActionForm, TriggerForm},
    visit::Beacon,
};

use crate::common::World;

/// Somebody on the site.
pub async fn visit(world: &World, admin: &desk::Agent) -> String {
    admin.set_monitor(true).await.expect("switched on");
    let (key, _) = admin.widget().await.expect("a widget");
    let id = u128::from_str_radix(&MessageId::new().as_str()[15..], 36).expect("digits");
    let page = Beacon { id: format!("1-2-{}-{}", (id >> 32) as u32, id as u32), page: "https://a.example/".into(), ..Beacon::default() };
    let sender = desk::Sender { address: format!("2001:db8:{:x}:{:x}::1", (id >> 16) as u16, id as u16), ..desk::Sender::default() };
    let seen = page.check().expect("a beacon");
    let load = seen.load.to_string();
    world.desk.see_visit(&key, seen, sender).await.expect("seen");
    load
}

/// Somebody's chat.
pub async fn chat(world: &World, admin: &desk::Agent) -> String {
    let (key, _) = admin.widget().await.expect("a widget");
    let address =
        format!("2001:db8:{}::1", &MessageId::new().as_str()[21..].bytes().map(|byte| format!("{:x}", byte % 16)).collect::<String>());
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
