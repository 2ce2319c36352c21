//! Two contacts that are one person: merged, taken apart, proposed.

use model::{
    Assignee, ContactId, ConversationId, MergeId, Refusal,
    contact::{
        form::ContactForm,
        list::Asked,
        merge::{Choice, Common},
        profile::{Profile, Tab},
    },
    moment::MINUTE,
};

use crate::{
    change,
    common::{JOANA, chat_form, refused, ticket, words},
    contract, make,
};

fn plain() -> Choice {
    Choice::new("stays", "stays", "stays", vec![])
}

async fn open(agent: &desk::Agent, id: &ContactId) -> Profile {
    agent.open_contact(id.clone(), Tab::Timeline).await.unwrap()
}

async fn listed(agent: &desk::Agent, search: &str) -> Vec<String> {
    let all = agent.list_contacts(Asked::new(search, "name")).await.unwrap();
    all.cards.iter().map(|card| card.contact.called().to_owned()).collect()
}

contract!(one_contact_goes_into_another_with_everything_and_comes_back_whole, |ground| async {
    let shop = ground.shop().await;
    let (marta, rui) = (&shop.marta, &shop.rui);
    // Joana with a ticket, a chat, a note; and somebody of the same name by hand
    let late = ticket(marta, "Late order", Assignee::Nobody).await;
    let joana = marta.open_thread(late.clone()).await.unwrap().line.contact.id;
    let visitor = ground.visit(marta).await;
    let chat = visitor.start_chat(chat_form("Is it here?")).await.unwrap();
    visitor.leave_details(chat.clone(), crate::common::details(JOANA)).await.unwrap();
    marta.note_contact(joana.clone(), "Very kind").await.unwrap();
    change(marta, &joana, JOANA.0, JOANA.1, "+351 912 000 118").await.unwrap();
    marta.tag_contact(joana.clone(), "school").await.unwrap();
    marta.set_contact_attribute(joana.clone(), "Plan", "Gold").await.unwrap();
    ground.clock.pass(MINUTE);
    let other = make(marta, "J. Prado Silva", "Escola", "j.prado@escola.example", "912 000 118\n112").await.unwrap();
    marta.tag_contact(other.clone(), "vip").await.unwrap();
    marta.set_contact_attribute(other.clone(), "Plan", "Free").await.unwrap();
    marta.note_contact(other.clone(), "Same as Joana?").await.unwrap();
    let (before, before_other) = (open(marta, &joana).await, open(marta, &other).await);

    let both = marta.compare_contacts(other.clone(), joana.clone()).await.unwrap();
    assert_eq!((both.goes.counts.tickets, both.goes.counts.chats, both.goes.notes), (1, 1, 1));
    let choice = Choice::new("goes", "stays", "stays", vec!["Plan".into()]);
    let merge = marta.merge_contacts(other.clone(), joana.clone(), choice).await.unwrap();
    let one = open(rui, &other).await;
    assert_eq!((one.card.contact.name.as_str(), one.card.organisation.as_str()), (JOANA.0, "Escola"));
    assert_eq!(one.emails, ["j.prado@escola.example", JOANA.1]);
    assert_eq!(one.card.phones, ["912 000 118", "112", "+351 912 000 118"]);
    assert_eq!(one.card.tags.iter().map(|tag| tag.name.as_str()).collect::<Vec<_>>(), ["school", "vip"]);
    assert_eq!(one.card.attributes[0].value, "Gold");
    assert_eq!(one.card.contact.created_at, before.card.contact.created_at, "known since the earlier of the two");
    assert_eq!((one.counts.tickets, one.counts.chats, one.notes.len()), (1, 1, 2));
    assert_eq!(one.entries.len(), before.entries.len());
    assert_eq!(one.merges.iter().map(|merge| merge.called.as_str()).collect::<Vec<_>>(), [JOANA.0]);
    for conversation in [&late, &chat] {
        assert_eq!(rui.open_thread(conversation.clone()).await.unwrap().line.contact.id, other);
    }
    // the one that went is found by nothing, and shown as the other
    assert_eq!(listed(marta, "").await, [JOANA.0]);
    assert_eq!(listed(marta, "prado escola").await, [JOANA.0]);
    assert_eq!(open(marta, &joana).await.card.contact.id, other);
    assert_eq!(refused(marta.note_contact(joana.clone(), "To nobody").await), Refusal::NotFound);
    assert_eq!(refused(marta.tag_contact(joana.clone(), "nobody").await), Refusal::NotFound);
    assert_eq!(refused(change(marta, &joana, "Nobody", "", "").await), Refusal::NotFound);
    // who writes from an address of hers, or goes on with the chat, is the one
    let again = ticket(marta, "Another order", Assignee::Nobody).await;
    assert_eq!(marta.open_thread(again.clone()).await.unwrap().line.contact.id, other);
    visitor.say(chat.clone(), crate::common::said("Hello again")).await.unwrap();

    // something is changed, then they are two again: what was changed since stays, and what came since
    marta.tag_contact(other.clone(), "since").await.unwrap();
    rui.undo_contact_merge(merge.clone()).await.unwrap();
    let (apart, apart_other) = (open(marta, &joana).await, open(marta, &other).await);
    assert_eq!(apart.card.contact, before.card.contact);
    assert_eq!(
        (&apart.card.phones, &apart.card.tags, &apart.card.attributes),
        (&before.card.phones, &before.card.tags, &before.card.attributes)
    );
    assert_eq!((&apart.emails, &apart.notes), (&before.emails, &before.notes));
    assert_eq!((apart.counts.tickets, apart.counts.chats), (1, 1));
    assert_eq!(apart_other.card.contact, before_other.card.contact);
    assert_eq!((&apart_other.card.organisation, &apart_other.card.phones), (&before_other.card.organisation, &before_other.card.phones));
    assert_eq!(apart_other.card.tags.iter().map(|tag| tag.name.as_str()).collect::<Vec<_>>(), ["since", "vip"]);
    assert_eq!((&apart_other.emails, &apart_other.notes), (&before_other.emails, &before_other.notes));
    assert_eq!((apart_other.counts.tickets, apart_other.merges.len()), (1, 0));
    assert_eq!(listed(marta, "joana").await, [JOANA.0]);
    // once more changes nothing
    marta.undo_contact_merge(merge).await.unwrap();
    assert_eq!(open(marta, &joana).await, open(marta, &joana).await);
    marta.reply(again, words("It comes.")).await.unwrap();
});

contract!(what_went_on_since_is_undone_first, |ground| async {
    let shop = ground.shop().await;
    let marta = &shop.marta;
    let mut all = vec![];
    for name in ["Ana Reis", "Bea Reis", "Cid Reis"] {
        all.push(make(marta, name, "", &format!("{}@x.example", &name[..3]), "").await.unwrap());
    }
    let first = marta.merge_contacts(all[1].clone(), all[0].clone(), plain()).await.unwrap();
    let second = marta.merge_contacts(all[2].clone(), all[1].clone(), plain()).await.unwrap();
    assert_eq!(open(marta, &all[0]).await.card.contact.id, all[2], "followed however often");
    assert_eq!(refused(marta.undo_contact_merge(first.clone()).await), Refusal::Conflict);
    assert_eq!(open(marta, &all[2]).await.emails.len(), 3);
    // an address that was taken away meanwhile does not come back
    change(marta, &all[2], "Cid Reis", "cid@x.example\nana@x.example", "").await.unwrap();
    marta.undo_contact_merge(second).await.unwrap();
    let bea = open(marta, &all[1]).await;
    assert_eq!((bea.card.contact.email.as_str(), bea.emails.len()), ("ana@x.example", 1));
    marta.undo_contact_merge(first).await.unwrap();
    assert_eq!(open(marta, &all[0]).await.emails, ["ana@x.example"]);
    assert_eq!(open(marta, &all[1]).await.card.contact.email, "");
    assert_eq!(listed(marta, "reis").await, ["Ana Reis", "Bea Reis", "Cid Reis"]);
});

contract!(nobody_is_merged_with_themselves_or_with_somebody_elsewhere, |ground| async {
    let shop = ground.shop().await;
    let marta = &shop.marta;
    let (ana, bea) = (make(marta, "Ana", "", "", "112").await.unwrap(), make(marta, "Bea", "", "", "113").await.unwrap());
    let (olga, _) = ground.other_shop(&shop).await;
    let hers = make(&olga, "Olga's", "", "", "114").await.unwrap();
    assert_eq!(refused(marta.merge_contacts(ana.clone(), ana.clone(), plain()).await), Refusal::Conflict);
    for (stays, goes) in [(&ana, &hers), (&hers, &ana)] {
        assert_eq!(refused(marta.merge_contacts(stays.clone(), goes.clone(), plain()).await), Refusal::NotFound);
        assert_eq!(refused(marta.compare_contacts(stays.clone(), goes.clone()).await), Refusal::NotFound);
        assert_eq!(refused(marta.dismiss_twins(stays.clone(), goes.clone()).await), Refusal::NotFound);
    }
    let merge = marta.merge_contacts(ana, bea, plain()).await.unwrap();
    assert_eq!(refused(olga.undo_contact_merge(merge).await), Refusal::NotFound);
    assert_eq!(refused(marta.undo_contact_merge(MergeId::new()).await), Refusal::NotFound);
});

contract!(who_may_be_one_person_is_proposed_until_somebody_says_otherwise, |ground| async {
    let shop = ground.shop().await;
    let marta = &shop.marta;
    let proposed = || async {
        let all = marta.list_twins().await.unwrap();
        let mut all: Vec<(String, Vec<Common>)> = all
            .into_iter()
            .map(|twins| {
                let mut names = [twins.one.contact.called().to_owned(), twins.other.contact.called().to_owned()];
                names.sort();
                (names.join(" + "), twins.why)
            })
            .collect();
        all.sort();
        all
    };
    let one = make(marta, "Joana Prates", "", "joana@x.example", "+351 912 000 118").await.unwrap();
    make(marta, "Rui Costa", "", "rui@x.example", "112").await.unwrap();
    assert!(proposed().await.is_empty());
    let two = make(marta, "JOANA PRATES", "", "joana+shop@x.example", "").await.unwrap();
    let three = make(marta, "Joana", "", "j.oana@x.example", "912000118").await.unwrap();
    make(marta, "Joana", "", "other@x.example", "112").await.unwrap();
    assert_eq!(
        proposed().await,
        [
            ("JOANA PRATES + Joana Prates".to_owned(), vec![Common::Mailbox, Common::Name]),
            ("Joana + Joana Prates".to_owned(), vec![Common::Phone]),
        ]
    );
    // two people, whatever is written of them later
    marta.dismiss_twins(two.clone(), one.clone()).await.unwrap();
    change(marta, &two, "Joana Prates", "joana+shop@x.example", "").await.unwrap();
    assert_eq!(proposed().await.len(), 1);
    // what they have in common no more proposes nobody
    change(marta, &three, "Joana", "j.oana@x.example", "912000119").await.unwrap();
    assert!(proposed().await.is_empty());
    change(marta, &three, "Joana", "j.oana@x.example", "00351 912000118").await.unwrap();
    assert_eq!(proposed().await.len(), 1);
    let merge = marta.merge_contacts(one, three, plain()).await.unwrap();
    assert!(proposed().await.is_empty());
    marta.undo_contact_merge(merge).await.unwrap();
    assert_eq!(proposed().await.len(), 1);
    // a switchboard is nobody's own
    for n in 0..8 {
        make(marta, &format!("Clerk {n}"), "", "", "+49 30 4471000").await.unwrap();
    }
    assert!(proposed().await.len() < 12, "{:?}", proposed().await);
    let (olga, _) = ground.other_shop(&shop).await;
    assert!(olga.list_twins().await.unwrap().is_empty());
});

contract!(who_agents_say_they_are_stays_so_whatever_their_browser_does, |ground| async {
    let shop = ground.shop().await;
    let (marta, rui) = (&shop.marta, &shop.rui);
    let visitor = ground.visit(marta).await;
    let chat = visitor.start_chat(chat_form("Hello")).await.unwrap();
    let with = async |chat: &ConversationId| rui.open_thread(chat.clone()).await.unwrap().line.contact;
    let unnamed = with(&chat).await.id;
    change(marta, &unnamed, "Ana R.", "", "").await.unwrap();
    let plan = |plan: &str| std::collections::BTreeMap::from([("plan".to_owned(), plan.to_owned())]);
    visitor.set_attributes(plan("free")).await.unwrap();
    assert_eq!(with(&chat).await.name, "Ana R.", "a name that an agent gave");
    let ana = make(marta, "Ana Reis", "", "ana@x.example", "").await.unwrap();
    let merge = marta.merge_contacts(ana.clone(), unnamed, plain()).await.unwrap();
    visitor.set_attributes(plan("gold")).await.unwrap();
    assert_eq!(with(&chat).await.id, ana);
    visitor.end_chat(chat.clone()).await.unwrap();
    let next = visitor.say(chat.clone(), crate::common::said("And one more thing")).await.unwrap();
    assert_ne!(next, chat);
    assert_eq!(with(&next).await.id, ana);
    // apart again, they leave an address that is known: what was merged once stands in nobody's way
    marta.undo_contact_merge(merge).await.unwrap();
    assert_ne!(with(&chat).await.id, ana);
    visitor.leave_details(chat.clone(), crate::common::details(("Ana", "ana@x.example"))).await.unwrap();
    assert_eq!(with(&chat).await.id, ana);
});

contract!(what_came_in_while_a_form_was_open_stays, |ground| async {
    let shop = ground.shop().await;
    let marta = &shop.marta;
    let ana = make(marta, "Ana", "", "ana@x.example", "").await.unwrap();
    let form = |emails: &str, phones: &str| ContactForm {
        name: "Ana".into(),
        organisation: String::new(),
        emails: emails.into(),
        phones: phones.into(),
    };
    let shown = form("ana@x.example", "");
    change(&shop.rui, &ana, "Ana Reis", "ana@x.example\nana@work.example", "").await.unwrap();
    marta.change_contact(ana.clone(), form("ana@x.example", "112 113").check().unwrap(), Some(shown)).await.unwrap();
    let now = open(marta, &ana).await;
    assert_eq!(
        (now.card.contact.name.as_str(), now.emails, now.card.phones),
        ("Ana Reis", vec!["ana@x.example".to_owned(), "ana@work.example".to_owned()], vec!["112 113".to_owned()])
    );
    let shown = form("ana@x.example\nana@work.example", "112 113");
    marta.change_contact(ana.clone(), form("ana@work.example", "112 113").check().unwrap(), Some(shown)).await.unwrap();
    assert_eq!(open(marta, &ana).await.emails, ["ana@work.example"], "what was shown and is not typed any more goes");
});
