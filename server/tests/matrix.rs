//! Who may call what (quality.md section 3.1): every registered server function × {nobody, another property's admin, agent, admin}
//! × {own, foreign, random id}. A function without a row fails. What is foreign is answered exactly as what is not there; and so is, to
//! an agent who sees a part alone, what they do not see.

#[path = "matrix/audit.rs"]
mod audit;
mod common;
#[path = "matrix/limited.rs"]
mod limited;
#[path = "matrix/made.rs"]
mod made;
#[path = "matrix/out.rs"]
mod out;
#[path = "matrix/random.rs"]
mod random;
#[path = "matrix/rows.rs"]
mod rows;
#[path = "common/site.rs"]
mod site;

use std::collections::BTreeSet;

use axum::http::StatusCode;
use common::{PASSWORD, World, browser, functions};
use desk::postbox::Incoming;
use made::{mailbox, organisation};
use model::{
    AgentId, AttachmentId, BanId, BatchId, ContactId, ConversationId, DepartmentId, InvitationId, LetterInId, MessageId, PropertyId,
    PushId, ViewId,
    agent::{Reach, Role},
    ban::Banned,
    batch::{BatchForm, Change, Of},
    canned_response::CannedForm,
    notify::PushForm,
    ticket::{ReplyForm, TicketForm},
};
use random::random;
use rows::{
    Id::{self, self as I},
    May::{self, *},
    ROWS,
};
use site::{rule, trigger, visit};

/// A property with one of everything.
struct Side {
    admin: String,
    agent: String,
    property: PropertyId,
}

impl Side {
    async fn new(world: &World, admin: String, name: &str) -> Self {
        let property = world.agent(&admin).await.property().clone();
        Self { agent: world.invite(&admin, &format!("Agent{name}"), Role::Agent).await, admin, property }
    }

    /// A body with this property's widget in it, and a chat that is nobody's.
    async fn widget(&self, world: &World, template: &str) -> String {
        let (key, _) = world.agent(&self.admin).await.widget().await.expect("a widget");
        template.replace("{key}", &key).replace("{chat}", ConversationId::new().as_str())
    }

    /// A fresh thing of this property, made so that `by` may act on it.
    async fn make(&self, world: &World, id: Id, by: &str) -> String {
        let admin = world.agent(&self.admin).await;
        let actor = world.agent(by).await;
        let actor = if actor.property() == &self.property { actor } else { admin.clone() };
        match id {
            I::None => String::new(),
            I::Conversation => ticket(&actor).await.to_string(),
            I::Pair => format!("{}&ticket={}", ticket(&actor).await, number(&actor).await),
            I::Wrong => format!("{}&ticket={}", said(&actor).await, number(&actor).await),
            I::Shift => site::shift(&actor, said(&actor).await, number(&actor).await).await,
            I::Trashed => {
                let id = ticket(&actor).await;
                actor.move_to(vec![id.clone()], model::conversation::Folder::Trash).await.expect("moved");
                id.to_string()
            }
            I::Message => said(&actor).await.to_string(),
            I::Held => held(world, &admin).await,
            I::Letter => admin.list_letters_out(None, "").await.expect("letters")[0].state.id.to_string(),
            I::LetterIn => mail(world, &admin, "stranger@example.com", "Hello").await.to_string(),
            I::Confirmation => {
                let id = mail(world, &admin, "noreply@provider.example", "(#123456) Confirm mail forwarding").await;
                file_all(world).await;
                id.to_string()
            }
            I::Agent => {
                let token = world.invite(&self.admin, &format!("X{}", &AgentId::new().to_string()[10..]), Role::Agent).await;
                world.agent(&token).await.id().to_string()
            }
            I::Department => {
                admin.create_department(&format!("D{}", DepartmentId::new()), "", vec![]).await.expect("a department").to_string()
            }
            I::Session => {
                let token = world.desk.sign_in(actor.email(), PASSWORD, browser()).await.expect("signed in");
                world.agent(&token).await.session().to_string()
            }
            I::Passkey => site::passkey(world, &actor).await,
            I::Invitation => {
                admin.invite_agent(&format!("{}@people.example", InvitationId::new()), Role::Agent, Reach::All).await.expect("invited");
                admin.list_invitations().await.expect("invitations").pop().expect("one").id.to_string()
            }
            I::Property => self.property.to_string(),
            I::Visit => visit(world, &admin).await,
            I::Trigger => trigger(&admin).await,
            I::Rule => rule(&admin).await,
            I::Chat => world.chat(&admin).await.to_string(),
            I::Invited => format!("{}&agent={}", world.chat(&admin).await, admin.id()),
            I::Said => {
                let chat = world.chat(&admin).await;
                let words = ReplyForm { text: "Words".into(), ..ReplyForm::default() }.check().expect("words");
                let message = words.id.clone();
                actor.reply(chat, words).await.expect("said");
                message.to_string()
            }
            I::Push => {
                let endpoint = format!("https://push.example/{}", PushId::new());
                let form = PushForm { endpoint, p256dh: "B".repeat(87), auth: "a".repeat(22) };
                actor.subscribe_push(form.check().expect("a form")).await.expect("subscribed").to_string()
            }
            I::Canned => {
                let shortcut = BanId::new().to_string();
                let form = CannedForm { scope: "own".into(), shortcut, text: "Words".into(), ..CannedForm::default() };
                let canned = form.check(actor.id()).expect("a canned response");
                actor.save_canned_response(canned.clone()).await.expect("saved");
                canned.id.to_string()
            }
            I::Mailbox => mailbox(&admin).await,
            I::Token => {
                admin.make_ingest_token("Mailgun").await.expect("a token");
                admin.list_ingest_tokens().await.expect("tokens").pop().expect("one").id.to_string()
            }
            I::Contact => contact(&admin, &actor).await.to_string(),
            I::ContactNote => {
                let contact = contact(&admin, &actor).await;
                actor.note_contact(contact.clone(), "Kind").await.expect("noted");
                let notes = actor.open_contact(contact, model::contact::profile::Tab::Notes).await.expect("a contact").notes;
                notes.iter().max_by_key(|note| note.id.clone()).expect("a note").id.to_string()
            }
            I::ContactMerge => contact_merge(&actor).await,
            I::Import => {
                admin.bring_contacts("people.csv", b"Name,E-mail\nAna,ana@x.example\n".to_vec()).await.expect("a table").to_string()
            }
            I::Archive => made::archive(&admin).await,
            I::DeadAddress => made::dead_address(world, &admin).await,
            I::Segment => made::segment(&actor).await,
            I::Organisation => organisation(&actor).await,
            I::Batch => {
                let form = BatchForm { id: BatchId::new(), change: Change::Tag("late".into()), of: Of::These(vec![ticket(&actor).await]) };
                actor.begin_batch(form).await.expect("begun").id.to_string()
            }
            I::View => {
                let view = model::view::View::default();
                // of their own: what nobody else may touch
                actor.save_view(ViewId::new().as_str(), view, false).await.expect("a view").to_string()
            }
            I::Ban => {
                let network = Banned::Network("192.0.2.7".parse().expect("an address"));
                admin.ban(network, "", None).await.expect("banned").to_string()
            }
        }
    }
}

/// The contact of a ticket that `actor` opens.
async fn contact(admin: &desk::Agent, actor: &desk::Agent) -> ContactId {
    admin.open_thread(ticket(actor).await).await.expect("a thread").line.contact.id
}

/// A contact goes into another. Neither wrote: who did may be being erased.
async fn contact_merge(actor: &desk::Agent) -> String {
    let form = model::contact::form::ContactForm { name: "Bea".into(), phones: "112".into(), ..Default::default() };
    let facts = form.check().expect("a form");
    let goes = actor.create_contact(facts.clone()).await.expect("made");
    let (stays, choice) = (actor.create_contact(facts).await.expect("made"), model::contact::merge::Choice::new("", "", "", vec![]));
    let merge = actor.merge_contacts(stays.clone(), goes, choice).await.expect("merged");
    format!("contact={stays}&merge={merge}")
}

async fn ticket(agent: &desk::Agent) -> ConversationId {
    let form = TicketForm {
        email: "ana@example.com".into(),
        subject: "Hello".into(),
        text: "Words".into(),
        cc: "cc@example.com".into(),
        ..TicketForm::default()
    };
    agent.open_ticket(form.check().expect("a form")).await.expect("opened")
}

/// The last words of a ticket.
async fn said(agent: &desk::Agent) -> MessageId {
    let conversation = ticket(agent).await;
    let words = ReplyForm { text: "Words".into(), ..ReplyForm::default() }.check().expect("words");
    let message = words.id.clone();
    agent.reply(conversation, words).await.expect("said");
    message
}

/// The number of another ticket.
async fn number(agent: &desk::Agent) -> i64 {
    let other = ticket(agent).await;
    agent.open_thread(other).await.expect("a thread").line.number.expect("a number")
}

async fn mail(world: &World, admin: &desk::Agent, from: &str, subject: &str) -> LetterInId {
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
async fn held(world: &World, admin: &desk::Agent) -> String {
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

async fn file_all(world: &World) {
    while let Some(taken) = world.desk.postbox().next().await.expect("the postbox") {
        let understood = mail::understand(&taken.raw, &mail::Own::of(world.desk.keys())).expect("understood");
        world.desk.postbox().file(&taken, understood, desk::postbox::Proof::default()).await.expect("filed");
    }
}

fn body(template: &str, id: &str) -> String {
    template.replace("{id}", id)
}

async fn two_sides() -> (World, Side, Side) {
    let (world, founder) = World::with_founder().await;
    let (in_b, _) = world.second_property(&founder, "B").await;
    let (admin_a, admin_b) = (world.invite(&founder, "AdminA", Role::Admin).await, world.invite(&in_b, "AdminB", Role::Admin).await);
    let a = Side::new(&world, admin_a, "A").await;
    let b = Side::new(&world, admin_b, "B").await;
    (world, a, b)
}

#[test]
fn every_server_function_has_its_row() {
    let known: BTreeSet<String> = ROWS.iter().map(|row| row.0.to_owned()).collect();
    let registered: BTreeSet<String> = functions().into_iter().map(|(name, _)| name).collect();
    assert!(registered.len() > 20, "the functions are not registered: {registered:?}");
    let without: Vec<&String> = registered.difference(&known).collect();
    let gone: Vec<&String> = known.difference(&registered).collect();
    assert!(without.is_empty() && gone.is_empty(), "without a row: {without:?}; rows without a function: {gone:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_signed_in_may_nothing_but_come_in() {
    let (world, a, _) = two_sides().await;
    for (name, path) in functions() {
        let (_, may, id, template) = row(&name);
        let own = a.make(&world, id, &a.admin).await;
        let template = a.widget(&world, template).await;
        for id in [own, random(id)] {
            let answer = world.call(path, None, &body(&template, &id)).await;
            if may == Anybody {
                assert!(![401, 403, 500, 503].contains(&answer.status.as_u16()), "{name}: {} {}", answer.status, answer.text);
            } else {
                assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{name}: {}", answer.text);
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_foreign_is_answered_as_what_is_not_there() {
    let (world, a, b) = two_sides().await;
    for (name, path) in functions() {
        let (_, may, id, template) = row(&name);
        if id == I::None {
            continue;
        }
        let callers = if may == Admins { vec![&a.admin, &b.admin] } else { vec![&a.admin, &a.agent, &b.agent] };
        for caller in callers {
            let other = if world.agent(caller).await.property() == &a.property { &b } else { &a };
            let foreign = other.make(&world, id, &other.agent).await;
            let nothing = random(id);
            let (one, two) = (
                world.call(path, Some(caller), &body(template, &foreign)).await,
                world.call(path, Some(caller), &body(template, &nothing)).await,
            );
            assert_eq!((one.status, one.text.replace(&foreign, "ID")), (two.status, two.text.replace(&nothing, "ID")), "{name}");
            let refused = [404, 422].contains(&one.status.as_u16());
            // a draft's place is the agent's own: a foreign one is an empty place like any other
            let empty = ["list_more", "load_draft", "save_draft"].contains(&name.as_str()) && one.status == 200;
            assert!(refused || empty, "{name}: {} {}", one.status, one.text);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn agents_and_admins_may_what_is_theirs_and_no_more() {
    let (world, a, _) = two_sides().await;
    let mut all = functions();
    // ends every other session of its caller
    all.sort_by_key(|(name, _)| name == "change_password");
    for (name, path) in all {
        let (_, may, id, template) = row(&name);
        for (role, caller) in [(May::Agents, &a.agent), (May::Admins, &a.admin)] {
            let email = world.agent(caller).await.email().to_owned();
            // a session of its own: some of these end it
            let token = world.desk.sign_in(&email, PASSWORD, browser()).await.expect("signed in");
            // who made a property looks at it from then on
            world.agent(&token).await.switch_property(a.property.clone()).await.expect("switched");
            let own = a.make(&world, id, &token).await;
            let template = a.widget(&world, template).await;
            let answer = world.call(path, Some(&token), &body(&template, &own)).await;
            let status = answer.status.as_u16();
            if may == Visitors {
                assert_eq!(status, 401, "{name} by {role:?}: an agent is no visitor: {}", answer.text);
            } else if may == Admins && role == Agents {
                assert_eq!(status, 403, "{name} by an agent: {}", answer.text);
                let nothing = world.call(path, Some(&token), &body(&template, &random(id))).await;
                assert_eq!(nothing.status, 403, "{name} by an agent, random id");
            } else if may != Anybody {
                // what the person's own app or device shows is shown by it alone
                let done =
                    [200, 409].contains(&status) || (status == 422 && ["confirm_second_step", "add_passkey"].contains(&name.as_str()));
                assert!(done, "{name} by {role:?}: {status} {}", answer.text);
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn files_and_mails_are_foreign_to_others_too() {
    let (world, a, b) = two_sides().await;
    let file = world.agent(&a.admin).await.attach("x.txt", "text/plain", b"words".to_vec()).await.expect("a file").id;
    let letter_in = a.make(&world, I::LetterIn, &a.admin).await;
    let letter = a.make(&world, I::Letter, &a.admin).await;
    let ticket = a.make(&world, I::Conversation, &a.admin).await;
    let table = a.make(&world, I::Import, &a.admin).await;
    for (path, own) in [
        ("/attachments/{id}", file.to_string()),
        ("/raw/{id}", letter_in),
        ("/letters/{id}/html", letter),
        ("/export/{id}.json", ticket.clone()),
        ("/export/{id}.eml", ticket),
        ("/contacts/import/{id}", table),
    ] {
        let mine = world.get(&body(path, &own), Some(&a.admin)).await;
        assert_eq!(mine.status, StatusCode::OK, "{path}: {}", mine.text);
        assert_eq!(world.get(&body(path, &own), None).await.status, StatusCode::UNAUTHORIZED, "{path}");
        let (foreign, nothing) = (
            world.get(&body(path, &own), Some(&b.admin)).await,
            world.get(&body(path, AttachmentId::new().as_str()), Some(&b.admin)).await,
        );
        assert_eq!((foreign.status, &foreign.text), (StatusCode::NOT_FOUND, &nothing.text), "{path}");
        assert_eq!(world.get(&body(path, "../../etc"), Some(&a.admin)).await.status, StatusCode::NOT_FOUND);
    }
}

fn row(name: &str) -> (&'static str, May, Id, &'static str) {
    *ROWS.iter().find(|row| row.0 == name).unwrap_or_else(|| panic!("{name} has no row"))
}
