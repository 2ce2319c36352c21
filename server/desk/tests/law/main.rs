//! The law: old state + events = fresh state, for every verb and every kind of actor.
//! After each step every screen of two agents, of two more who see a part of the property, and every window of a visitor, that was open
//! before is compared with a fresh one.

#[path = "../common/mod.rs"]
mod common;

mod chat;
mod screens;

use common::{Ground, PASSWORD, Shop, browser};
use desk::{Agent, postbox::Incoming, postbox::Proof};
use model::{
    Assignee, ConversationId, MessageId,
    address::EmailAddress,
    agent::{Reach, Role},
    conversation::{Folder, Priority, Status},
    message::{Happening, Mark, MessageKind},
    moment::{HOUR, SECOND},
    ticket::{TicketForm, Words},
};
use screens::Screens;

/// Opens every screen of both agents, runs a step, compares.
macro_rules! step {
    ($ground:expr, $shop:expr, $what:expr, $step:expr) => {{
        // boxed: many steps are one future, which has to fit on a stack
        let open = Box::pin($crate::open(&$ground, &$shop)).await;
        $ground.clock.pass(SECOND);
        let given = Box::pin($step).await.expect("the step");
        Box::pin($crate::compare(open, $what.to_string())).await;
        given
    }};
}

// after the macro, which it uses
mod contact;
mod follow;
mod history;
mod rule;
mod settings;
mod several;
mod sight;
mod target;

/// Two who see a part: Lena, of Billing, what is the department's and hers; Otto what is his.
async fn limited(ground: &Ground, shop: &Shop) -> [Agent; 2] {
    let mut agents = vec![];
    for (name, email, reach) in [("Lena Reis", "lena@acme.test", Reach::Departments), ("Otto Bell", "otto@acme.test", Reach::Own)] {
        let token = if let Ok(token) = ground.sign_in(email, PASSWORD, browser()).await {
            token
        } else {
            let (agent, token) = ground.hire(&shop.marta, name, email, Role::Agent).await;
            shop.marta.set_reach(agent.id().clone(), reach).await.unwrap();
            if reach == Reach::Departments {
                let all = [&shop.marta, &shop.rui, &agent].map(|agent| agent.id().clone()).to_vec();
                shop.marta.change_department(shop.billing.clone(), "Billing", "Invoices and refunds", all).await.unwrap();
            }
            token
        };
        agents.push(ground.agent(&token).await.unwrap());
    }
    agents.try_into().unwrap_or_else(|_| panic!("two"))
}

/// Every screen of everybody.
async fn open(ground: &Ground, shop: &Shop) -> Vec<(&'static str, Screens)> {
    let [lena, otto] = limited(ground, shop).await;
    let mut all = vec![];
    for (name, agent) in [("Marta", &shop.marta), ("Rui", &shop.rui), ("Lena", &lena), ("Otto", &otto)] {
        all.push((name, Screens::open(agent).await));
    }
    all
}

async fn compare(open: Vec<(&str, Screens)>, what: String) {
    for (name, screens) in open {
        screens.compare(&format!("{what} ({name} looking)")).await;
    }
}

fn form(subject: &str) -> TicketForm {
    TicketForm {
        id: ConversationId::new().to_string(),
        name: "Joana Prado".into(),
        email: "joana@example.com".into(),
        subject: subject.into(),
        text: "Hello **Joana**".into(),
        tags: "refund, vip".into(),
        cc: "paulo@example.com".into(),
        ..TicketForm::default()
    }
}

fn words(text: &str) -> Words {
    Words { id: MessageId::new(), text: text.into(), attachments: vec![], status: None }
}

async fn last_said(agent: &Agent, id: &ConversationId) -> MessageId {
    let thread = agent.open_thread(id.clone()).await.unwrap();
    thread.messages.iter().rev().find(|message| message.kind == MessageKind::Said).unwrap().id.clone()
}

/// A mail arrives, is understood and filed, as the worker does it.
async fn receive(ground: &Ground, from: &str, to: &str, subject: &str, text: &str) -> desk::Result<()> {
    let raw = format!(
        "From: {from}\r\nTo: {to}\r\nSubject: {subject}\r\nMessage-ID: <{}@example.com>\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n",
        MessageId::new()
    );
    let postbox = ground.postbox();
    postbox
        .take(Incoming {
            raw: raw.into_bytes(),
            mail_from: from.into(),
            rcpt_to: vec![to.into()],
            helo: "mx.example.com".into(),
            peer: "192.0.2.1".into(),
            tls: false,
        })
        .await?;
    let taken = postbox.next().await?.expect("a mail to read");
    let understood = mail::understand(&taken.raw, &mail::Own::of(ground.keys())).expect("understood");
    postbox.file(&taken, understood, Proof::default()).await?;
    Ok(())
}

contract!(every_verb_of_an_agent_keeps_the_law, |ground| async {
    let shop = ground.shop().await;
    let (marta, rui) = (shop.marta.clone(), shop.rui.clone());
    let a = step!(ground, shop, "opening a ticket", marta.open_ticket(form("Late order").check().unwrap()));
    let b = step!(
        ground,
        shop,
        "opening another for the same contact",
        marta.open_ticket(TicketForm { priority: "high".into(), assignee: "nobody".into(), ..form("Refund") }.check().unwrap())
    );
    step!(ground, shop, "replying", marta.reply(a.clone(), words("Any news?")));
    let said = last_said(&marta, &a).await;
    step!(ground, shop, "taking the reply back", marta.undo(said));
    step!(ground, shop, "replying and solving", marta.reply(a.clone(), Words { status: Some(Status::Solved), ..words("Done.") }));
    step!(ground, shop, "noting", marta.note(b.clone(), words("The bank failed")));
    step!(ground, shop, "reading", rui.mark_read(a.clone()));
    for status in [Status::Pending, Status::Closed, Status::Open] {
        step!(ground, shop, format!("status {status}"), marta.set_status(vec![a.clone(), b.clone()], status));
    }
    for priority in [Priority::Highest, Priority::Lowest, Priority::High] {
        step!(ground, shop, format!("priority {priority}"), marta.set_priority(vec![a.clone()], priority));
    }
    for assignee in [Assignee::Agent(rui.id().clone()), Assignee::Department(shop.billing.clone()), Assignee::Nobody] {
        step!(ground, shop, format!("assigning {assignee}"), marta.assign(vec![b.clone()], assignee.clone()));
    }
    step!(ground, shop, "tagging", marta.tag(vec![a.clone(), b.clone()], "Bank Error".into()));
    step!(ground, shop, "untagging", marta.untag(vec![a.clone()], "refund".into()));
    step!(ground, shop, "adding a participant", marta.add_participant(a.clone(), "ana@x.example".parse::<EmailAddress>().unwrap()));
    step!(ground, shop, "removing one", marta.remove_participant(a.clone(), "paulo@example.com".parse::<EmailAddress>().unwrap()));
    let until = ground.clock.now().plus(HOUR);
    step!(ground, shop, "snoozing", marta.snooze(a.clone(), until));
    ground.clock.pass(2 * HOUR);
    step!(ground, shop, "waking", ground.clock_tick());
    for folder in [Folder::Spam, Folder::Inbox, Folder::Trash] {
        step!(ground, shop, format!("moving to {folder}"), marta.move_to(vec![b.clone()], folder));
    }
    step!(ground, shop, "deleting for ever", marta.delete(vec![b.clone()]));
    let c = step!(ground, shop, "opening a third", marta.open_ticket(form("By mistake").check().unwrap()));
    let first = last_said(&marta, &c).await;
    step!(ground, shop, "taking the opening back", marta.undo(first));
    let workshop = step!(ground, shop, "a new department", marta.create_department("Workshop", "Repairs", vec![rui.id().clone()]));
    step!(ground, shop, "assigning to it", marta.assign(vec![a.clone()], Assignee::Department(workshop.clone())));
    step!(ground, shop, "changing it", marta.change_department(workshop.clone(), "Workshop 2", "Repairs", vec![]));
    step!(ground, shop, "deleting it", marta.delete_department(workshop));
    step!(ground, shop, "inviting", marta.invite_agent("new@acme.test", model::agent::Role::Agent, model::agent::Reach::All));
    step!(ground, shop, "renaming the property", marta.change_property("Loja Nova", model::Language::Portuguese, "America/Sao_Paulo"));
});

contract!(words_put_into_another_ticket_keep_the_law, |ground| async {
    let shop = ground.shop().await;
    let marta = shop.marta.clone();
    let a = marta.open_ticket(form("Late order").check().unwrap()).await.unwrap();
    let b = marta.open_ticket(TicketForm { email: "kenji@example.org".into(), ..form("Refund") }.check().unwrap()).await.unwrap();
    for text in ["One", "Two", "Three"] {
        marta.reply(a.clone(), words(text)).await.unwrap();
    }
    let number = |id: ConversationId| {
        let marta = marta.clone();
        async move { marta.open_thread(id).await.unwrap().line.number.unwrap() }
    };
    let shift = |id: ConversationId| {
        let marta = marta.clone();
        async move {
            let told = marta.open_thread(id).await.unwrap().messages.into_iter().rev().find_map(|message| message.happened);
            let Some(Happening::Shifted { shift, .. }) = told else { panic!("{told:?}") };
            shift
        }
    };
    let there = number(b.clone()).await;
    let moved = last_said(&marta, &a).await;
    step!(ground, shop, "moving a message", marta.move_message(moved, there));
    let of_move = shift(a.clone()).await;
    step!(ground, shop, "moving it back", shop.rui.undo_shift(of_move));
    let from = last_said(&marta, &a).await;
    let c = step!(ground, shop, "splitting", marta.split_ticket(from, "A part"));
    let of_split = shift(c.clone()).await;
    step!(ground, shop, "putting it together", marta.undo_shift(of_split));
    step!(ground, shop, "merging", marta.merge_ticket(a.clone(), there));
    let of_merge = shift(a.clone()).await;
    step!(ground, shop, "undoing the merge", marta.undo_shift(of_merge));
    assert_eq!(common::recounted(&marta).await, common::tallies(&ground, &marta).await);
});

contract!(mails_and_letters_keep_the_law, |ground| async {
    let shop: Shop = ground.shop().await;
    let marta = shop.marta.clone();
    let a = marta.open_ticket(form("Late order").check().unwrap()).await.unwrap();
    let address = marta.open_thread(a.clone()).await.unwrap().reply_address;
    step!(ground, shop, "the mail reader", ground.follow_mail());
    ground.clock.pass(20 * SECOND);
    let due = ground.postbox().lease(10).await.unwrap();
    assert!(due.len() >= 2, "letters are due: to the requester and in copy");
    for (n, letter) in due.iter().enumerate() {
        if n % 2 == 0 {
            step!(ground, shop, "a letter sent", ground.postbox().sent(&letter.lease, "250 2.0.0 Ok: queued as 4F"));
        } else {
            step!(ground, shop, "a letter failed", ground.postbox().failed(&letter.lease, "550 5.1.1 no such user"));
        }
    }
    marta.set_status(vec![a.clone()], Status::Solved).await.unwrap();
    step!(
        ground,
        shop,
        "the requester answering",
        receive(&ground, "joana@example.com", &address, "Re: Late order", "It is here now, thank you")
    );
    step!(ground, shop, "a stranger answering", receive(&ground, "eve@elsewhere.example", &address, "Re: Late order", "Let me in"));
    let held = marta
        .open_thread(a.clone())
        .await
        .unwrap()
        .messages
        .into_iter()
        .find(|message| message.mark == Some(Mark::Stranger))
        .expect("the stranger's words are held");
    step!(ground, shop, "approving the stranger", marta.approve(held.id));
    let forwarding = marta.roster().await.unwrap().property.forwarding_address;
    step!(ground, shop, "a new mail", receive(&ground, "ana@x.example", &forwarding, "A question", "Do you ship to Spain?"));
});

contract!(every_line_says_what_its_messages_say, |ground| async {
    // the denormalised columns and the counters, recounted from the rows they stand for
    let shop = ground.shop().await;
    let marta = shop.marta.clone();
    for n in 0..6 {
        let id =
            marta.open_ticket(TicketForm { assignee: "nobody".into(), ..form(&format!("Ticket {n}")) }.check().unwrap()).await.unwrap();
        ground.clock.pass(SECOND);
        if n % 2 == 0 {
            marta.reply(id.clone(), words("and another thing")).await.unwrap();
        }
        if n % 3 == 0 {
            marta.set_status(vec![id], Status::Solved).await.unwrap();
        }
    }
    let wrong = ground
        .number(
            "select count(*) from conversation c where c.last_at <> (select max(m.at) from message m where m.property = c.property and m.conversation = c.id and m.kind <> 'happened') \
             or c.seq <> (select max(e.seq) from event e where e.property = c.property and e.conversation = c.id and e.audience = 'agents')",
        )
        .await;
    assert_eq!(wrong, 0);
    let counted = common::tallies(&ground, &marta).await;
    assert_eq!(counted.get("all"), Some(&4));
    assert_eq!(counted.get("assignee:nobody"), Some(&4));
    assert_eq!(counted.get("tag:refund"), Some(&4));
});
