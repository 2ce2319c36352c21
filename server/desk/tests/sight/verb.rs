//! What an agent does not see takes no verb of theirs: each is refused as for an id that nothing has, and nothing is changed.

use std::pin::Pin;

use desk::{Agent, Error};
use model::{
    Assignee, BatchId, ConversationId, Refusal,
    agent::Reach,
    batch::{BatchForm, Change, Of},
    conversation::{Folder, Priority, Status},
    message::MessageKind,
    ticket::TicketForm,
};

use crate::{
    Case, case,
    common::{chat_form, refused, ticket, words},
    contract, of,
};

type Verb = (&'static str, fn(Agent, ConversationId) -> Pin<Box<dyn Future<Output = Result<(), Error>> + Send>>);

/// A verb by its name.
macro_rules! verb {
    ($name:literal, |$agent:ident, $id:ident| $verb:expr) => {
        ($name, |$agent, $id| Box::pin(async move { $verb.await.map(drop) }))
    };
}

const VERBS: &[Verb] = &[
    verb!("status", |agent, id| agent.set_status(vec![id], Status::Solved)),
    verb!("priority", |agent, id| agent.set_priority(vec![id], Priority::Highest)),
    verb!("assign", |agent, id| agent.assign(vec![id], Assignee::Agent(agent.id().clone()))),
    verb!("tag", |agent, id| agent.tag(vec![id], "seen".into())),
    verb!("untag", |agent, id| agent.untag(vec![id], "hidden".into())),
    verb!("snooze", |agent, id| agent.snooze(id, model::Moment(4_102_444_800_000_000))),
    verb!("move", |agent, id| agent.move_to(vec![id], Folder::Trash)),
    verb!("delete", |agent, id| agent.delete(vec![id])),
    verb!("read", |agent, id| agent.mark_read(id)),
    verb!("reply", |agent, id| agent.reply(id, words("Hello"))),
    verb!("note", |agent, id| agent.note(id, words("@Rui, look"))),
    verb!("add a participant", |agent, id| agent.add_participant(id, "ana@x.example".parse().expect("an address"))),
    verb!("remove one", |agent, id| agent.remove_participant(id, "ana@x.example".parse().expect("an address"))),
    verb!("merge", |agent, id| agent.merge_ticket(id, 1)),
    verb!("join", |agent, id| agent.join_chat(id)),
    verb!("leave", |agent, id| agent.leave_chat(id)),
    verb!("transfer", |agent, id| agent.transfer_chat(id, Assignee::Agent(agent.id().clone()))),
    verb!("invite", |agent, id| agent.invite_to_chat(id, agent.id().clone())),
    verb!("end", |agent, id| agent.end_chat(id)),
    verb!("ban", |agent, id| agent.ban_from_chat(id, "visitor", "", "", "24")),
    verb!("several", |agent, id| agent.begin_batch(BatchForm {
        id: BatchId::new(),
        change: Change::Tag("seen".into()),
        of: Of::These(vec![id])
    })),
];

contract!(a_verb_on_what_is_not_seen_is_refused_as_on_nothing, |ground| async {
    let Case { shop, rui, own, foreign } = case(&ground, Reach::Own).await;
    let visitor = ground.visit(&shop.marta).await;
    let chat = visitor.start_chat(chat_form("Hello?")).await.unwrap();
    let looked = async || {
        let mut all = vec![];
        for id in [&foreign, &chat] {
            all.push(shop.marta.open_thread(id.clone()).await.unwrap());
        }
        all
    };
    let before = looked().await;
    for (name, verb) in VERBS {
        let nothing = refused(verb(rui.clone(), ConversationId::new()).await);
        for id in [&foreign, &chat] {
            assert_eq!(refused(verb(rui.clone(), id.clone()).await), nothing, "{name}");
        }
        assert_eq!(nothing, Refusal::NotFound, "{name}");
        // nor is one that is seen changed along with one that is not
    }
    assert_eq!(refused(rui.tag(vec![own.clone(), foreign.clone()], "seen".into()).await), Refusal::NotFound);
    assert_eq!(
        looked().await.iter().map(|thread| &thread.line).collect::<Vec<_>>(),
        before.iter().map(|thread| &thread.line).collect::<Vec<_>>()
    );
    assert!(!shop.marta.open_thread(own).await.unwrap().line.tags.contains(&"seen".to_owned()));
});

contract!(words_of_what_is_not_seen_are_not_there, |ground| async {
    let Case { shop, rui, own, foreign } = case(&ground, Reach::Own).await;
    rui.reply(own.clone(), words("Ours")).await.unwrap();
    // his own words, in what was taken from him since
    let id = rui.open_thread(own.clone()).await.unwrap().messages.into_iter().rev().find(|one| one.kind == MessageKind::Said).unwrap().id;
    shop.marta.assign(vec![own.clone()], of(&shop.marta)).await.unwrap();
    let number = shop.marta.open_thread(foreign.clone()).await.unwrap().line.number.unwrap();
    for id in [id, model::MessageId::new()] {
        assert_eq!(refused(rui.undo(id.clone()).await), Refusal::NotFound);
        assert_eq!(refused(rui.approve(id.clone()).await), Refusal::NotFound);
        assert_eq!(refused(rui.edit_message(id.clone(), "Other").await), Refusal::NotFound);
        assert_eq!(refused(rui.withdraw_message(id.clone()).await), Refusal::NotFound);
        assert_eq!(refused(rui.split_ticket(id.clone(), "").await), Refusal::NotFound);
        assert_eq!(refused(rui.move_message(id, number).await), Refusal::NotFound);
    }
});

contract!(a_ticket_that_is_not_seen_is_no_target, |ground| async {
    let Case { shop, rui, own, foreign } = case(&ground, Reach::Own).await;
    let number = shop.marta.open_thread(foreign.clone()).await.unwrap().line.number.unwrap();
    let nothing = refused(rui.merge_ticket(own.clone(), 987_654).await);
    assert_eq!(refused(rui.merge_ticket(own.clone(), number).await), nothing);
    rui.reply(own.clone(), words("One")).await.unwrap();
    let said = rui.open_thread(own.clone()).await.unwrap().messages.into_iter().rev().find(|one| one.kind == MessageKind::Said).unwrap().id;
    assert_eq!(refused(rui.move_message(said, number).await), nothing);
    // two of his own go together
    let other = ticket(&shop.marta, "Another of his", of(&rui)).await;
    let there = rui.open_thread(other.clone()).await.unwrap().line.number.unwrap();
    assert_eq!(rui.merge_ticket(own, there).await.unwrap(), other);
});

contract!(a_chat_that_is_not_seen_makes_no_ticket, |ground| async {
    let Case { shop, rui, .. } = case(&ground, Reach::Own).await;
    let visitor = ground.visit(&shop.marta).await;
    let chat = visitor.start_chat(chat_form("The secret is blue")).await.unwrap();
    for (id, transcript) in [(chat.clone(), true), (chat.clone(), false), (ConversationId::new(), true)] {
        let form = TicketForm {
            email: "joana@example.com".into(),
            subject: "From it".into(),
            text: "Words".into(),
            chat: id.to_string(),
            transcript,
            ..TicketForm::default()
        };
        assert_eq!(refused(rui.open_ticket(form.check().unwrap()).await), Refusal::NotFound, "{transcript}");
    }
    assert_eq!(shop.marta.open_thread(chat).await.unwrap().chat.unwrap().tickets, []);
    assert_eq!(rui.list_inbox(model::view::View::default()).await.unwrap().rows.len(), 1);
});

contract!(a_letter_of_others_is_not_sent_again, |ground| async {
    let Case { shop, rui, foreign, own } = case(&ground, Reach::Own).await;
    while ground.follow_mail().await.unwrap() {}
    let letters = shop.marta.list_letters_out(None, "").await.unwrap();
    let of = |id: &ConversationId| letters.iter().find(|one| one.conversation.as_ref() == Some(id)).expect("a letter").state.id.clone();
    assert_eq!(refused(rui.retry_letter(of(&foreign)).await), Refusal::NotFound);
    assert_eq!(refused(rui.retry_letter(model::LetterId::new()).await), Refusal::NotFound);
    rui.retry_letter(of(&own)).await.unwrap();
});
