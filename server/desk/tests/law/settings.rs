//! The law for what is set and for who is there: names, addresses, signatures, views, what is saved and what is banned.

use model::{
    CannedResponseId, Language,
    agent::Density,
    ban::Banned,
    canned_response::{CannedResponse, Scope},
    contact::{form::ContactForm, list::Asked},
    moment::SECOND,
    sender::SenderName,
};

use crate::{
    common::{JOANA, PASSWORD, browser},
    contract, form,
};

contract!(settings_and_people_keep_the_law, |ground| async {
    let shop = ground.shop().await;
    let (marta, rui) = (shop.marta.clone(), shop.rui.clone());
    let a = marta.open_ticket(form("Late order").check().unwrap()).await.unwrap();
    let joana = marta.open_thread(a.clone()).await.unwrap().line.contact.id;
    step!(ground, shop, "a name of one's own", rui.change_profile("Rui Tavares Neto", Some(Language::Portuguese), Density::Compact));
    step!(ground, shop, "a signature of one's own", rui.change_signature("Rui, at your service"));
    step!(ground, shop, "the property's", marta.change_sender(None, SenderName::Property, "Acme".into()));
    step!(ground, shop, "another forwarding address", marta.renew_forwarding_address());
    step!(ground, shop, "acknowledging mails", marta.set_acknowledges(true));
    step!(ground, shop, "watching visitors", marta.set_monitor(true));
    marta.invite_agent("new@acme.test", model::agent::Role::Agent, model::agent::Reach::All).await.unwrap();
    let invitation = marta.list_invitations().await.unwrap().remove(0).id;
    step!(ground, shop, "taking an invitation back", marta.withdraw_invitation(invitation));
    let canned = CannedResponse { id: CannedResponseId::new(), scope: Scope::Property, shortcut: "hi".into(), text: "Hello {name}".into() };
    step!(ground, shop, "saving a text", marta.save_canned_response(canned.clone()));
    step!(ground, shop, "deleting it", marta.delete_canned_response(canned.id));
    let segment = step!(ground, shop, "saving a segment", marta.save_segment("VIP", Asked::default()));
    step!(ground, shop, "deleting the segment", marta.delete_segment(segment));
    let ban = step!(ground, shop, "banning", marta.ban(Banned::of_field("who", "203.0.113.9").unwrap(), "Insults", None));
    step!(ground, shop, "lifting the ban", rui.lift_ban(ban));
    let twin = ContactForm { name: "Joana Prado".into(), emails: "joana@other.example".into(), ..ContactForm::default() };
    let twin = marta.create_contact(twin.check().unwrap()).await.unwrap();
    step!(ground, shop, "saying that two are not one", rui.dismiss_twins(joana, twin));
    marta.invite_agent("zoe@acme.test", model::agent::Role::Admin, model::agent::Reach::All).await.unwrap();
    let link = ground.link_for("zoe@acme.test").await;
    step!(ground, shop, "somebody who comes in", ground.accept_invitation(&link, "Zoe Lang", PASSWORD, browser()));
    let (nina, _) = ground.hire(&marta, "Nina Costa", "nina@acme.test", model::agent::Role::Agent).await;
    step!(ground, shop, "an agent who may not come in", marta.disable_agent(nina.id().clone()));
    step!(ground, shop, "and may again", marta.enable_agent(nina.id().clone()));
});

contract!(a_letter_that_is_tried_again_and_who_logs_out_keep_the_law, |ground| async {
    let shop = ground.shop().await;
    let marta = shop.marta.clone();
    marta.open_ticket(form("Late order").check().unwrap()).await.unwrap();
    ground.clock.pass(20 * SECOND);
    ground.follow_mail().await.unwrap();
    let due = ground.postbox().lease(10).await.unwrap().remove(0);
    ground.postbox().failed(&due.lease, "550 5.1.1 no such user").await.unwrap();
    step!(ground, shop, "trying a letter again", marta.retry_letter(due.lease.id.clone()));
    let visitor = ground.visit(&marta).await;
    let chat = visitor.start_chat(crate::common::chat_form("Hello")).await.unwrap();
    visitor.leave_details(chat, crate::common::details(JOANA)).await.unwrap();
    step!(ground, shop, "a visitor who logs out", visitor.log_out());
});
