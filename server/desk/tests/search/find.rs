//! What is found, in which order, and how it is marked.

use model::{
    Assignee,
    conversation::{Folder, Priority, Status},
    moment::{DAY, MINUTE},
    search::{Asked, Operator, Problem, Whence, Wrong},
};

use crate::{
    common::{JOANA, KENJI, chat_form, words},
    contract, newest, search, settle, sorted, subjects, ticket, told,
};

contract!(words_are_found_wherever_they_stand, |ground| async {
    let shop = ground.shop().await;
    let (marta, rui) = (&shop.marta, &shop.rui);
    let late = ticket(marta, JOANA, "Onde está a encomenda?", "A **poltrona** não chegou.", "").await;
    ticket(marta, KENJI, "Invoice", "Please send it to Kyōto.", "").await;
    rui.note(late.clone(), words("He called the depot at Großmarkthalle.")).await.unwrap();
    let visitor = ground.visit(marta).await;
    visitor.start_chat(chat_form("Do you ship Łukasz lamps?")).await.unwrap();
    settle(&ground).await;
    for (text, who) in [
        ("poltrona", &["Onde está a encomenda?"][..]),
        ("ESTA", &["Onde está a encomenda?"]),
        ("não", &["Onde está a encomenda?"]),
        ("nao", &["Onde está a encomenda?"]),
        ("grossmarkt", &["Onde está a encomenda?"]),
        ("kyoto", &["Invoice"]),
        ("joana", &["Onde está a encomenda?"]),
        ("kenji@example.org", &["Invoice"]),
        ("#1", &["Onde está a encomenda?"]),
        ("lukasz", &[""]),
        // the beginning of a word is enough for the last one alone
        ("encom", &["Onde está a encomenda?"]),
        ("encom poltrona", &[]),
        ("poltrona encom", &["Onde está a encomenda?"]),
        // both have to stand in one conversation, in whichever of its words
        ("poltrona depot", &["Onde está a encomenda?"]),
        ("poltrona invoice", &[]),
        ("\"called the depot\"", &["Onde está a encomenda?"]),
        ("\"the called depot\"", &[]),
        // no quotation reaches from one text into the next
        ("\"chegou he\"", &[]),
        ("\"encomenda joana\"", &[]),
        ("invoice -kyoto", &[]),
        ("send -poltrona", &["Invoice"]),
        ("nothing-like-it", &[]),
        ("!?", &[]),
        ("", &[]),
    ] {
        assert_eq!(sorted(marta, text).await, who, "{text}");
    }
});

contract!(operators_ask_of_the_line, |ground| async {
    let shop = ground.shop().await;
    let (marta, rui) = (&shop.marta, &shop.rui);
    let (a, b, c, d) = (
        ticket(marta, JOANA, "Armchair A", "late", "refund").await,
        ticket(marta, JOANA, "Armchair B", "late", "refund, vip").await,
        ticket(marta, KENJI, "Armchair C", "late", "").await,
        ticket(marta, KENJI, "Armchair D", "late", "").await,
    );
    rui.assign(vec![a.clone()], Assignee::Agent(rui.id().clone())).await.unwrap();
    rui.assign(vec![b.clone()], Assignee::Department(shop.billing.clone())).await.unwrap();
    rui.set_priority(vec![b.clone()], Priority::High).await.unwrap();
    rui.set_status(vec![c.clone()], Status::Solved).await.unwrap();
    rui.move_to(vec![d.clone()], Folder::Spam).await.unwrap();
    settle(&ground).await;
    for (text, who) in [
        ("assignee:me", &["Armchair A"][..]),
        ("assignee:rui", &["Armchair A"]),
        ("assignee:\"Rui Alves\"", &["Armchair A"]),
        ("assignee:nobody", &["Armchair C"]),
        ("-assignee:me", &["Armchair B", "Armchair C"]),
        ("dept:bill", &["Armchair B"]),
        ("department:Billing", &["Armchair B"]),
        ("tag:refund", &["Armchair A", "Armchair B"]),
        ("tag:#Refund", &["Armchair A", "Armchair B"]),
        ("tag:refund -tag:vip", &["Armchair A"]),
        ("tag:vip tag:nothing", &["Armchair B"]),
        ("status:solved", &["Armchair C"]),
        ("status:open", &["Armchair A", "Armchair B"]),
        ("status:solved status:open", &["Armchair A", "Armchair B", "Armchair C"]),
        ("priority:high", &["Armchair B"]),
        ("is:urgent", &["Armchair B"]),
        ("from:joana", &["Armchair A", "Armchair B"]),
        ("from:joana@example.com status:open", &["Armchair A", "Armchair B"]),
        ("-from:joana", &["Armchair C"]),
        ("from:nobody", &[]),
        ("is:ticket is:chat", &["Armchair A", "Armchair B", "Armchair C"]),
        ("is:missed", &[]),
        ("has:attachment", &[]),
        ("in:spam", &["Armchair D"]),
        ("in:all", &["Armchair A", "Armchair B", "Armchair C", "Armchair D"]),
        ("in:spam in:inbox -in:inbox", &["Armchair D"]),
        // with words, whichever of the two is rarer
        ("late tag:vip", &["Armchair B"]),
        ("armchair from:kenji", &["Armchair C"]),
        ("armchair -is:ticket", &[]),
        ("nothing tag:vip", &[]),
        ("late in:spam", &["Armchair D"]),
    ] {
        assert_eq!(sorted(rui, text).await, who, "{text}");
    }
});

contract!(days_are_the_propertys, |ground| async {
    let shop = ground.shop().await;
    ticket(&shop.marta, JOANA, "First", "late", "").await;
    ground.clock.pass(3 * DAY);
    ticket(&shop.marta, JOANA, "Second", "late", "").await;
    settle(&ground).await;
    // it is the 26th of November 2026 now
    for (text, who) in [
        ("before:today", &["First"][..]),
        ("after:yesterday", &["Second"]),
        ("before:2026-11-24", &["First"]),
        ("after:2026-11-24", &["Second"]),
        ("after:2026-11-23 before:2026-11-24", &["First"]),
        ("after:2026", &["First", "Second"]),
        ("before:2026-11", &[]),
        ("late after:2026-11-26", &["Second"]),
    ] {
        assert_eq!(sorted(&shop.marta, text).await, who, "{text}");
    }
});

contract!(what_fits_best_is_first_and_the_newest_if_one_wants, |ground| async {
    let shop = ground.shop().await;
    let marta = &shop.marta;
    ticket(marta, JOANA, "Broken lamp", "It fell.", "").await;
    ground.clock.pass(MINUTE);
    ticket(marta, JOANA, "A question", "The lamp is broken, what now?", "").await;
    ground.clock.pass(MINUTE);
    ticket(marta, JOANA, "Another question", "My broken lamp needs a lampshade.", "").await;
    ground.clock.pass(MINUTE);
    ticket(marta, JOANA, "Lampshades", "Broken ones?", "").await;
    settle(&ground).await;
    // in the subject; then one behind the other; then both; then only as a beginning
    let best = subjects(marta, "broken lamp").await;
    assert_eq!(best, ["Broken lamp", "Another question", "A question", "Lampshades"]);
    assert_eq!(newest(marta, "broken lamp").await, ["Lampshades", "Another question", "A question", "Broken lamp"]);
    // of two that fit alike the newer one
    ground.clock.pass(300 * DAY);
    ticket(marta, JOANA, "Broken lamp again", "It fell.", "").await;
    settle(&ground).await;
    assert_eq!(subjects(marta, "fell").await, ["Broken lamp again", "Broken lamp"]);
});

contract!(hits_are_marked_as_text_and_told_where_they_stand, |ground| async {
    let shop = ground.shop().await;
    let (marta, rui) = (&shop.marta, &shop.rui);
    let id = ticket(marta, JOANA, "<b>Späte</b> Lampe", "First words.", "").await;
    rui.note(id, words("Ask the **spate** of <script>alert(1)</script> letters")).await.unwrap();
    settle(&ground).await;
    let hit = search(marta, "spate").await.hits.remove(0);
    assert_eq!(told(&hit.subject), "<b>[Späte]</b> Lampe");
    assert_eq!(told(&hit.snippet), "Ask the [spate] of <script>alert(1)</script> letters");
    assert_eq!(hit.whence, Whence::Noted);
    let hit = search(marta, "first").await.hits.remove(0);
    assert_eq!((told(&hit.snippet).as_str(), &hit.whence), ("[First] words.", &Whence::Said));
    let found = search(marta, "joa").await;
    assert_eq!(told(&found.hits[0].who), "[Joana] Prado");
    assert_eq!(found.hits[0].whence, Whence::Last);
    assert_eq!(told(&found.people[0].name), "[Joana] Prado");
    assert_eq!(told(&found.people[0].email), "[joana]@example.com");
    assert_eq!(found.total, 1);
    assert!(search(marta, "joa status:open").await.people.is_empty(), "operators ask for conversations");
});

contract!(pages_follow_one_another_and_end, |ground| async {
    let shop = ground.shop().await;
    for n in 0..30 {
        ticket(&shop.marta, JOANA, &format!("Number {n}"), "late", "").await;
        ground.clock.pass(MINUTE);
    }
    settle(&ground).await;
    let mut all = vec![];
    for skip in [0, 25, 50] {
        let found = shop.marta.search(Asked { skip, ..Asked::new("late") }).await.unwrap();
        assert_eq!((found.total, found.bounded), (30, false));
        all.extend(found.hits.into_iter().map(|hit| hit.line.subject));
    }
    assert_eq!(all.len(), 30);
    assert_eq!((all[0].as_str(), all[29].as_str()), ("Number 29", "Number 0"));
    assert_eq!(shop.marta.search(Asked { brief: true, ..Asked::new("late") }).await.unwrap().hits.len(), model::search::BRIEF);
});

contract!(what_is_not_understood_is_left_out_and_said_at_its_place, |ground| async {
    let shop = ground.shop().await;
    ticket(&shop.marta, JOANA, "Late order", "late", "").await;
    settle(&ground).await;
    for (text, hits, from, to, why) in [
        ("late status:bogus", 1, 5, 17, Wrong::Unknown(Operator::Status)),
        ("assignee:zoe late", 1, 0, 12, Wrong::Unknown(Operator::Assignee)),
        ("in:merged late", 1, 0, 9, Wrong::Unknown(Operator::In)),
        ("late tag:", 1, 5, 9, Wrong::Empty(Operator::Tag)),
        ("late before:tomorrowish", 1, 5, 23, Wrong::NotADay),
        ("late after:2026-13-01", 1, 5, 21, Wrong::NotADay),
        ("\"late order", 1, 0, 11, Wrong::Open),
        ("-late", 0, 0, 5, Wrong::OnlyNot),
        ("status:bogus", 0, 0, 12, Wrong::Unknown(Operator::Status)),
    ] {
        let found = search(&shop.marta, text).await;
        assert_eq!(found.problems, [Problem { from, to, why }], "{text}");
        assert_eq!(found.hits.len(), hits, "{text}");
    }
});
