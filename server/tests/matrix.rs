//! Who may call what (quality.md section 3.1): every registered server function × {nobody, another property's admin, agent, admin}
//! × {own, foreign, random id}. A function without a row fails. What is foreign is answered exactly as what is not there.

mod common;
#[path = "common/made.rs"]
mod made;

use std::collections::BTreeSet;

use axum::http::StatusCode;
use common::{PASSWORD, World, browser, functions};
use model::{
    AgentId, AttachmentId, ConversationId, DepartmentId, InvitationId, LetterId, LetterInId, MessageId, PropertyId, SessionId, TriggerId,
    VisitId,
    agent::Role,
    ticket::{ReplyForm, TicketForm},
};

use made::{chat, file_all, held, mail, ticket, trigger, visit};

/// Who may.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum May {
    Anybody,
    Agents,
    Admins,
    /// By the cookie of the widget's key; `window.rs` has them act.
    Visitors,
}

/// What its id names.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Id {
    None,
    Conversation,
    Trashed,
    Message,
    Held,
    Letter,
    LetterIn,
    Confirmation,
    Agent,
    Department,
    Session,
    Invitation,
    Property,
    Visit,
    Chat,
    Trigger,
}

use {Id as I, May::*};

/// Name, who may, what the id names, body with `{id}` in it.
const ROWS: &[(&str, May, Id, &str)] = &[
    ("ask_vacant", Anybody, I::None, "{}"),
    ("begin_set_up", Anybody, I::None, "{}"),
    ("set_up", Anybody, I::None, "name=X&email=x%40x.example&password=correct+horse+battery&property=X&language=en&time_zone=UTC"),
    ("sign_in", Anybody, I::None, "email=nobody%40x.example&password=wrong+wrong+wrong"),
    ("open_invitation", Anybody, I::None, r#"{"link":"nothing"}"#),
    ("accept_invitation", Anybody, I::None, "link=nothing&name=X&password=correct+horse+battery"),
    ("choose_theme", Anybody, I::None, "theme=dark"),
    ("sign_out", Agents, I::None, ""),
    ("load_roster", Agents, I::None, "{}"),
    ("list_sessions", Agents, I::None, "{}"),
    ("end_session", Agents, I::Session, "session={id}"),
    ("change_password", Agents, I::None, "old_password=correct+horse+battery&password=correct+horse+battery"),
    ("change_profile", Agents, I::None, "name=Somebody&language=en"),
    ("switch_property", Agents, I::Property, "property={id}"),
    (
        "list_inbox",
        Agents,
        I::None,
        r#"{"view":{"folder":"inbox","kind":null,"status":"open","assignee":null,"department":null,"priority":null,"urgent":false,"missed":false,"tag":null,"sort":"newest"}}"#,
    ),
    (
        "list_more",
        Agents,
        I::Conversation,
        r#"{"view":{"folder":"inbox","kind":null,"status":"open","assignee":null,"department":null,"priority":null,"urgent":false,"missed":false,"tag":null,"sort":"newest"},"after":{"major":0,"minor":0,"id":"{id}"}}"#,
    ),
    ("open_conversation", Agents, I::Conversation, r#"{"conversation":"{id}"}"#),
    ("list_earlier", Agents, I::Conversation, r#"{"conversation":"{id}","before":1}"#),
    ("open_ticket", Agents, I::None, "form[email]=ana%40example.com&form[subject]=Hello&form[text]=Words"),
    ("send_reply", Agents, I::Conversation, "conversation={id}&form[text]=Words"),
    ("write_note", Agents, I::Conversation, "conversation={id}&form[text]=Words"),
    ("undo_message", Agents, I::Message, "message={id}"),
    ("approve_message", Agents, I::Held, "message={id}"),
    ("set_status", Agents, I::Conversation, "conversation={id}&status=solved"),
    ("set_priority", Agents, I::Conversation, "conversation={id}&priority=high"),
    ("assign_conversation", Agents, I::Conversation, "conversation={id}&assignee=nobody"),
    ("tag_conversation", Agents, I::Conversation, "conversation={id}&tag=refund"),
    ("untag_conversation", Agents, I::Conversation, "conversation={id}&tag=refund"),
    ("snooze_conversation", Agents, I::Conversation, "conversation={id}&until=4102444800000000"),
    ("move_conversation", Agents, I::Conversation, "conversation={id}&folder=spam"),
    ("delete_conversation", Agents, I::Trashed, "conversation={id}"),
    ("add_participant", Agents, I::Conversation, "conversation={id}&email=cc%40example.com"),
    ("remove_participant", Agents, I::Conversation, "conversation={id}&email=cc%40example.com"),
    ("mark_read", Agents, I::Conversation, "conversation={id}"),
    ("save_draft", Agents, I::Conversation, r#"{"place":{"Reply":"{id}"},"draft":{"form":{"text":"x"},"attachments":[]}}"#),
    ("load_draft", Agents, I::Conversation, r#"{"place":{"Reply":"{id}"}}"#),
    ("resend_letter", Agents, I::Letter, "letter={id}"),
    ("list_letters_out", Admins, I::None, r#"{"before":null,"search":""}"#),
    ("list_letters_in", Admins, I::None, r#"{"before":null,"search":""}"#),
    ("read_letter", Admins, I::Letter, r#"{"letter":"{id}"}"#),
    ("reread_letter", Admins, I::LetterIn, "letter={id}"),
    ("load_overview", Admins, I::None, "{}"),
    ("dismiss_confirmation", Admins, I::Confirmation, "letter={id}"),
    ("invite_agent", Admins, I::None, "email=new%40people.example&role=agent"),
    ("list_invitations", Admins, I::None, "{}"),
    ("withdraw_invitation", Admins, I::Invitation, "invitation={id}"),
    ("set_role", Admins, I::Agent, "agent={id}&role=agent"),
    ("disable_agent", Admins, I::Agent, "agent={id}"),
    ("enable_agent", Admins, I::Agent, "agent={id}"),
    ("create_department", Admins, I::None, "name=Fresh"),
    ("change_department", Admins, I::Department, "department={id}&name=Other"),
    ("delete_department", Admins, I::Department, "department={id}"),
    ("change_property", Admins, I::None, "name=A&language=en&time_zone=UTC"),
    ("create_property", Admins, I::None, "name=Another&language=en&time_zone=UTC"),
    ("renew_forwarding_address", Admins, I::None, ""),
    ("list_visits", Agents, I::None, "{}"),
    ("count_visits", Agents, I::None, "{}"),
    ("open_visit", Agents, I::Visit, r#"{"visit":"{id}"}"#),
    ("start_chat_with", Agents, I::Visit, "visit={id}&text=Hello"),
    ("ban_visit", Agents, I::Visit, "visit={id}&who=address&hours=1"),
    ("ban_from_chat", Agents, I::Chat, "conversation={id}&who=visitor&hours=1"),
    ("set_monitor", Admins, I::None, "on=true"),
    ("list_triggers", Admins, I::None, "{}"),
    ("save_trigger", Admins, I::None, SOME_TRIGGER),
    ("try_trigger", Admins, I::None, SOME_TRIGGER),
    ("switch_trigger", Admins, I::Trigger, "trigger={id}&on=false"),
    ("move_trigger", Admins, I::Trigger, "trigger={id}&down=true"),
    ("delete_trigger", Admins, I::Trigger, "trigger={id}"),
    // who comes by a widget's key begins a visit with these; there is no such key
    ("open_window", Anybody, I::None, "at[key]=nothing"),
    ("greet_window", Anybody, I::None, "at[key]=nothing&greeting[visit]=1-2-3-4"),
    ("begin_chat", Anybody, I::None, "at[key]=nothing&form[said][text]=Hello"),
    ("leave_message", Anybody, I::None, "at[key]=nothing&form[said][text]=Hello&form[details][email]=a%40x.example"),
    ("identify_visitor", Anybody, I::None, "at[key]=nothing&who[id]=1"),
    ("set_visitor_attributes", Anybody, I::None, "at[key]=nothing&given[plan]=gold"),
    ("tag_visitor", Anybody, I::None, "at[key]=nothing&tag=vip"),
    ("untag_visitor", Anybody, I::None, "at[key]=nothing&tag=vip"),
    ("log_out_visitor", Anybody, I::None, "at[key]=nothing"),
    ("say_words", Visitors, I::None, "at[key]={key}&chat={chat}&form[text]=Hello"),
    ("leave_details", Visitors, I::None, "at[key]={key}&chat={chat}&form[email]=a%40x.example"),
    ("rate_chat", Visitors, I::None, "at[key]={key}&chat={chat}&rating=good"),
    ("finish_chat", Visitors, I::None, "at[key]={key}&chat={chat}"),
    ("ask_transcript", Visitors, I::None, "at[key]={key}&chat={chat}&email=a%40x.example"),
    ("read_chat", Visitors, I::None, "at[key]={key}&chat={chat}"),
    ("list_earlier_words", Visitors, I::None, "at[key]={key}&before=1"),
    ("pop_out", Visitors, I::None, "at[key]={key}"),
];

/// A trigger that says hello on any page.
const SOME_TRIGGER: &str = "form[name]=Hello&form[kind]=any_page&form[actions][0][deed]=say&form[actions][0][value]=Hello";

/// A property with one of everything.
struct Side {
    admin: String,
    agent: String,
    property: PropertyId,
}

impl Side {
    async fn new(world: &World, admin: String, name: &str) -> Self {
        let agent = world.invite(&admin, &format!("Agent{name}"), Role::Agent).await;
        let property = world.agent(&admin).await.property().clone();
        Self { admin, agent, property }
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
            I::Trashed => {
                let id = ticket(&actor).await;
                actor.move_to(vec![id.clone()], model::conversation::Folder::Trash).await.expect("moved");
                id.to_string()
            }
            I::Message => {
                let conversation = ticket(&actor).await;
                let words = ReplyForm { text: "Words".into(), ..ReplyForm::default() }.check().expect("words");
                let message = words.id.clone();
                actor.reply(conversation, words).await.expect("said");
                message.to_string()
            }
            I::Held => held(world, &admin).await,
            I::Letter => {
                let letters = admin.list_letters_out(None, "").await.expect("letters");
                letters[0].state.id.to_string()
            }
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
            I::Invitation => {
                admin.invite_agent(&format!("{}@people.example", InvitationId::new()), Role::Agent).await.expect("invited");
                admin.list_invitations().await.expect("invitations").pop().expect("one").id.to_string()
            }
            I::Property => self.property.to_string(),
            I::Visit => visit(world, &admin).await,
            I::Chat => chat(world, &admin).await,
            I::Trigger => trigger(&admin).await,
        }
    }
}

fn random(id: Id) -> String {
    match id {
        I::None => String::new(),
        I::Conversation | I::Trashed => ConversationId::new().to_string(),
        I::Message | I::Held => MessageId::new().to_string(),
        I::Letter => LetterId::new().to_string(),
        I::LetterIn | I::Confirmation => LetterInId::new().to_string(),
        I::Agent => AgentId::new().to_string(),
        I::Department => DepartmentId::new().to_string(),
        I::Session => SessionId::new().to_string(),
        I::Invitation => InvitationId::new().to_string(),
        I::Property => PropertyId::new().to_string(),
        I::Visit => VisitId::new().to_string(),
        I::Chat => ConversationId::new().to_string(),
        I::Trigger => TriggerId::new().to_string(),
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
                assert!(status == 200 || status == 409, "{name} by {role:?}: {status} {}", answer.text);
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
    for (path, own) in [("/attachments/{id}", file.to_string()), ("/raw/{id}", letter_in), ("/letters/{id}/html", letter)] {
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
