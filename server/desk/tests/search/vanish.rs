//! What is not found any more, and by whom it never was.

use model::{contact::form::ContactForm, conversation::Folder, moment::SECOND};

use crate::{
    common::{Base, Ground, JOANA, KENJI, chat_form, said, words},
    contract, search, settle, sorted, ticket,
};

/// Documents, and rows of the index of words.
async fn documents(ground: &Ground) -> i64 {
    ground.number("select count(*) from search_doc").await
}

contract!(words_that_are_taken_back_or_changed_are_not_found, |ground| async {
    let shop = ground.shop().await;
    let marta = &shop.marta;
    let visitor = ground.visit(marta).await;
    let chat = visitor.start_chat(chat_form("Hello")).await.unwrap();
    let (first, second) = (words("The password is heffalump."), words("It costs elevenpence."));
    marta.reply(chat.clone(), first.clone()).await.unwrap();
    marta.reply(chat.clone(), second.clone()).await.unwrap();
    settle(&ground).await;
    assert_eq!(search(marta, "heffalump").await.total, 1);
    assert_eq!(search(marta, "elevenpence").await.total, 1);
    marta.withdraw_message(first.id).await.unwrap();
    marta.edit_message(second.id, "It costs twelvepence.").await.unwrap();
    settle(&ground).await;
    assert_eq!(search(marta, "heffalump").await.total, 0);
    assert_eq!(search(marta, "elevenpence").await.total, 0);
    assert_eq!(search(marta, "twelvepence").await.total, 1);
    // and in a ticket what is taken back within its moment
    let id = ticket(marta, JOANA, "Order", "Words.", "").await;
    let taken = words("Jabberwock");
    marta.reply(id, taken.clone()).await.unwrap();
    settle(&ground).await;
    ground.clock.pass(-40 * SECOND);
    marta.undo(taken.id).await.unwrap();
    ground.clock.pass(60 * SECOND);
    settle(&ground).await;
    assert_eq!(search(marta, "jabberwock").await.total, 0);
});

contract!(what_is_deleted_for_ever_leaves_the_index_with_it, |ground| async {
    let shop = ground.shop().await;
    let marta = &shop.marta;
    let (gone, stays) = (ticket(marta, JOANA, "Snark", "Boojum", "").await, ticket(marta, KENJI, "Snark hunt", "Bellman", "").await);
    settle(&ground).await;
    assert_eq!(documents(&ground).await, 2);
    marta.move_to(vec![gone.clone()], Folder::Trash).await.unwrap();
    assert_eq!(sorted(marta, "snark").await, ["Snark hunt"], "trash is searched only when it is asked for");
    assert_eq!(sorted(marta, "snark in:trash").await, ["Snark"]);
    marta.delete(vec![gone]).await.unwrap();
    // in the same commit: nobody has to read the log first
    assert_eq!(documents(&ground).await, 1);
    if ground.base == Base::Sqlite {
        assert_eq!(ground.number("select count(*) from search_text_docsize").await, 1);
    }
    assert!(sorted(marta, "boojum in:all").await.is_empty());
    settle(&ground).await;
    assert!(sorted(marta, "boojum in:all").await.is_empty());
    assert_eq!(sorted(marta, "snark in:all").await, ["Snark hunt"]);
    marta.note(stays, words("still found")).await.unwrap();
    settle(&ground).await;
    assert_eq!(sorted(marta, "\"still found\"").await, ["Snark hunt"]);
});

contract!(a_customer_is_found_by_what_they_are_called_now, |ground| async {
    let shop = ground.shop().await;
    let marta = &shop.marta;
    let id = ticket(marta, JOANA, "Order", "Words.", "").await;
    settle(&ground).await;
    assert_eq!(sorted(marta, "prado").await, ["Order"]);
    let contact = marta.open_thread(id).await.unwrap().card.contact.id;
    let form = ContactForm { name: "Joana Silva".into(), organisation: "Acme".into(), emails: JOANA.1.into(), ..ContactForm::default() };
    marta.change_contact(contact, form.check().unwrap(), None).await.unwrap();
    settle(&ground).await;
    assert!(sorted(marta, "prado").await.is_empty());
    assert_eq!(sorted(marta, "silva acme").await, ["Order"]);
});

contract!(words_that_moved_are_found_where_they_are, |ground| async {
    let shop = ground.shop().await;
    let marta = &shop.marta;
    let (from, to) = (ticket(marta, JOANA, "From", "One.", "").await, ticket(marta, JOANA, "To", "Two.", "").await);
    let moved = words("Quidditch");
    marta.reply(from.clone(), moved.clone()).await.unwrap();
    settle(&ground).await;
    assert_eq!(sorted(marta, "quidditch").await, ["From"]);
    let number = marta.open_thread(to).await.unwrap().line.number.unwrap();
    marta.move_message(moved.id, number).await.unwrap();
    settle(&ground).await;
    assert_eq!(sorted(marta, "quidditch").await, ["To"]);
    marta.merge_ticket(from, number).await.unwrap();
    settle(&ground).await;
    assert_eq!(sorted(marta, "one").await, ["To"]);
    assert!(sorted(marta, "from in:all").await.is_empty(), "what was merged is in no list");
});

contract!(nobody_finds_what_is_another_propertys, |ground| async {
    let shop = ground.shop().await;
    let (olga, _) = ground.other_shop(&shop).await;
    ticket(&shop.marta, JOANA, "Vorpal sword", "Snicker-snack", "secret").await;
    let visitor = ground.visit(&shop.marta).await;
    let chat = visitor.start_chat(chat_form("Tulgey wood")).await.unwrap();
    visitor.say(chat, said("Tumtum tree")).await.unwrap();
    ticket(&olga, KENJI, "Own", "Words.", "").await;
    settle(&ground).await;
    for text in [
        "vorpal",
        "sword",
        "snick",
        "tulgey",
        "tumtum",
        "joana",
        "#1 -own",
        "tag:secret",
        "is:chat",
        "from:joana",
        "in:all tag:secret",
        "status:open is:chat",
    ] {
        let found = search(&olga, text).await;
        assert!(found.hits.is_empty() && found.people.is_empty() && found.total == 0, "{text}: {found:?}");
        assert!(found.problems.is_empty(), "{text}");
    }
    assert_eq!(sorted(&olga, "own").await, ["Own"]);
    assert_eq!(olga.list_tags().await.unwrap(), Vec::<String>::new());
    assert_eq!(shop.marta.list_tags().await.unwrap(), ["secret"]);
    // agents of the other are no names here, and not told apart from names that nobody has
    assert_eq!(search(&olga, "assignee:rui").await.problems.len(), 1);
    assert_eq!(sorted(&shop.marta, "tumtum tulgey").await, [""]);
});

contract!(what_there_was_before_the_index_is_found_and_new_words_do_not_wait_for_it, |ground| async {
    let shop = ground.shop().await;
    let marta = &shop.marta;
    for n in 0..20 {
        ticket(marta, JOANA, &format!("Old {n}"), "mimsy", "").await;
        ground.clock.pass(SECOND);
    }
    settle(&ground).await;
    // as the migration leaves it
    let statements = [
        "delete from search_doc",
        "delete from search_word",
        "update search_number set next = 1 where name = 'old'",
        "update search_number set next = (select count(*) + 1 from conversation) where name = 'new'",
        "insert into search_due (property, conversation, due_at) select property, id, last_at - 10000000000000000 from conversation",
    ];
    ground
        .db()
        .write(move |tx| {
            Box::pin(async move {
                for text in statements {
                    sqlx::query(text).execute(tx.conn()).await?;
                }
                Ok(())
            })
        })
        .await
        .unwrap();
    ticket(marta, JOANA, "New", "mimsy", "").await;
    ground.follow_search().await.unwrap();
    assert_eq!(sorted(marta, "mimsy").await, ["New"], "it comes before all that waits");
    settle(&ground).await;
    assert_eq!(search(marta, "mimsy").await.total, 21);
    let last: i64 = ground.number("select max(n) from search_doc").await;
    let new = ground
        .number(
            "select d.n from search_doc d join conversation c on c.property = d.property and c.id = d.conversation where c.subject = 'New'",
        )
        .await;
    assert_eq!(new, last, "what is new stands behind what is old");
});
