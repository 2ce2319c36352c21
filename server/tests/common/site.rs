//! Somebody on a property's site, a trigger of it, a passkey of an agent, made for a test.

use model::{
    MessageId, PasskeyId,
    message::Happening,
    rule::{ActionForm, RuleForm},
    trigger::TriggerForm,
    visit::Beacon,
};

use crate::common::World;

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

/// A trigger that says hello on any page.
pub async fn trigger(admin: &desk::Agent) -> String {
    let action = ActionForm { deed: "say".into(), value: "Hello".into(), ..ActionForm::default() };
    let form = TriggerForm { name: "Hello".into(), kind: "any_page".into(), actions: vec![action], ..TriggerForm::default() };
    let trigger = form.read().expect("a trigger");
    let id = trigger.id.to_string();
    admin.save_trigger(trigger).await.expect("kept");
    id
}

/// A rule that puts a tag on what is new.
pub async fn rule(admin: &desk::Agent) -> String {
    let action = ActionForm { deed: "tag".into(), value: "new".into(), ..ActionForm::default() };
    let form = RuleForm { name: "New".into(), when: "created".into(), on: "off".into(), actions: vec![action], ..RuleForm::default() };
    let rule = form.read().expect("a rule");
    let id = rule.id.to_string();
    admin.save_rule(rule).await.expect("kept");
    id
}

/// A message moved into another ticket.
pub async fn shift(agent: &desk::Agent, message: MessageId, number: i64) -> String {
    let there = agent.move_message(message, number).await.expect("moved");
    let told = agent.open_thread(there).await.expect("a thread").messages.into_iter().filter_map(|message| message.happened);
    let mut shift =
        told.filter_map(|happened| if let Happening::Shifted { shift, .. } = happened { Some(shift.to_string()) } else { None });
    shift.next_back().expect("told")
}

/// A passkey of somebody's; the device itself is not needed to take it away.
pub async fn passkey(world: &World, agent: &desk::Agent) -> String {
    let (passkey, owner) = (PasskeyId::new(), agent.id().to_string());
    let id = passkey.to_string();
    let made = world.desk.db().write(move |tx| {
        Box::pin(async move {
            sqlx::query(
                "insert into passkey (id, agent, credential, algorithm, public_key, counter, name, created_at) values ($1, $2, $1, -7, '', 0, 'Phone', 0)",
            )
            .bind(id)
            .bind(owner)
            .execute(tx.conn())
            .await?;
            Ok(())
        })
    });
    made.await.expect("a passkey");
    passkey.to_string()
}
