//! Whoever is called into a conversation sees that one beyond their reach: by a note, by an invitation, by having opened it.

use model::{
    Refusal,
    agent::{Density, Reach, Role},
    conversation::Folder,
    view::View,
};

use crate::{
    Case, case,
    common::{chat_form, refused, ticket, words},
    contract, limit, of,
};

contract!(who_is_called_in_a_note_sees_that_one, |ground| async {
    let Case { shop, rui, foreign, .. } = case(&ground, Reach::Own).await;
    let other = ticket(&shop.marta, "Another secret", of(&shop.marta)).await;
    shop.marta.note(foreign.clone(), words("Ask Rui, or rui@acme.test")).await.unwrap();
    assert!(!rui.sees(&foreign).await.unwrap(), "an address calls nobody");
    let head = rui.roster().await.unwrap().head;
    let mut inbox = rui.list_inbox(View::default()).await.unwrap();
    shop.marta.note(foreign.clone(), words("@rui, do you know?")).await.unwrap();
    for told in rui.told_since(head).await.unwrap().unwrap() {
        inbox.apply(&told, rui.id());
    }
    assert_eq!(inbox.rows.iter().filter(|row| row.line.id == foreign).count(), 1, "it comes to his list at once");
    assert_eq!(inbox.tally("all"), 2);
    rui.reply(foreign.clone(), words("I do")).await.unwrap();
    assert_eq!(rui.search(model::search::Asked::new("tag:hidden")).await.unwrap().total, 1);
    assert!(!rui.sees(&other).await.unwrap(), "and no other");
    // as long as it is there
    shop.marta.move_to(vec![foreign.clone()], Folder::Trash).await.unwrap();
    shop.marta.delete(vec![foreign.clone()]).await.unwrap();
    assert_eq!(refused(rui.open_thread(foreign).await), Refusal::NotFound);
    assert_eq!(ground.number("select count(*) from called").await, 0);
});

contract!(who_takes_a_name_like_anothers_is_not_called_for_them, |ground| async {
    let Case { shop, rui, foreign, .. } = case(&ground, Reach::Own).await;
    rui.change_profile("Marta Costa", None, Density::Comfortable).await.unwrap();
    for text in ["@Marta Lima, only you", "@marta, and you", "@Marta Lima: not @Rui"] {
        shop.marta.note(foreign.clone(), words(text)).await.unwrap();
        assert!(!rui.sees(&foreign).await.unwrap(), "{text}");
    }
    // nor who takes all of it
    rui.change_profile("Marta Lima", None, Density::Comfortable).await.unwrap();
    shop.marta.note(foreign.clone(), words("@Marta Lima?")).await.unwrap();
    assert!(!rui.sees(&foreign).await.unwrap());
    rui.change_profile("Marta Costa", None, Density::Comfortable).await.unwrap();
    shop.marta.note(foreign.clone(), words("@marta costa!")).await.unwrap();
    assert!(rui.sees(&foreign).await.unwrap());
});

contract!(a_note_that_is_changed_calls_as_well, |ground| async {
    let Case { shop, rui, .. } = case(&ground, Reach::Own).await;
    let visitor = ground.visit(&shop.marta).await;
    let chat = visitor.start_chat(chat_form("Hello?")).await.unwrap();
    let note = words("Who knows?");
    shop.marta.note(chat.clone(), note.clone()).await.unwrap();
    assert!(!rui.sees(&chat).await.unwrap());
    shop.marta.edit_message(note.id, "@Rui knows").await.unwrap();
    assert!(rui.sees(&chat).await.unwrap());
});

contract!(who_is_asked_into_a_chat_sees_it_until_they_leave, |ground| async {
    let Case { shop, rui, .. } = case(&ground, Reach::Own).await;
    let visitor = ground.visit(&shop.marta).await;
    let chat = visitor.start_chat(chat_form("Hello?")).await.unwrap();
    shop.marta.reply(chat.clone(), words("Hello!")).await.unwrap();
    assert!(!rui.sees(&chat).await.unwrap());
    shop.marta.invite_to_chat(chat.clone(), rui.id().clone()).await.unwrap();
    assert!(rui.sees(&chat).await.unwrap());
    rui.join_chat(chat.clone()).await.unwrap();
    rui.reply(chat.clone(), words("Here I am")).await.unwrap();
    let head = rui.roster().await.unwrap().head;
    let (mut inbox, mut thread) = (rui.list_inbox(View::default()).await.unwrap(), rui.open_thread(chat.clone()).await.unwrap());
    rui.leave_chat(chat.clone()).await.unwrap();
    for told in rui.told_since(head).await.unwrap().unwrap() {
        inbox.apply(&told, rui.id());
        thread.apply(&told);
    }
    assert!(thread.gone && !inbox.rows.iter().any(|row| row.line.id == chat));
    assert!(!rui.sees(&chat).await.unwrap());
    assert_eq!(inbox, model::inbox::Inbox { head: inbox.head, ..rui.list_inbox(View::default()).await.unwrap() });
});

contract!(who_opens_a_ticket_for_others_still_sees_it, |ground| async {
    let Case { shop, rui, own, .. } = case(&ground, Reach::Own).await;
    let given = ticket(&rui, "For Marta", of(&shop.marta)).await;
    let mine = ticket(&rui, "For me", of(&rui)).await;
    assert!(rui.sees(&given).await.unwrap() && rui.sees(&mine).await.unwrap());
    // what was theirs and goes to others is the others'
    for id in [&own, &mine] {
        rui.assign(vec![id.clone()], of(&shop.marta)).await.unwrap();
        assert!(!rui.sees(id).await.unwrap());
    }
    assert!(rui.sees(&given).await.unwrap());
});

contract!(who_joins_a_chat_of_their_department_has_it, |ground| async {
    let shop = ground.shop().await;
    let rui = limit(&ground, &shop, Reach::Departments).await;
    let (lena, lena_token) = ground.hire(&shop.marta, "Lena Reis", "lena@acme.test", Role::Agent).await;
    shop.marta.set_reach(lena.id().clone(), Reach::Departments).await.unwrap();
    let visitor = ground.visit(&shop.marta).await;
    let chat = visitor.start_chat(chat_form("An invoice, please")).await.unwrap();
    assert!(!rui.sees(&chat).await.unwrap(), "nobody's chat waits for who sees all");
    shop.marta.assign(vec![chat.clone()], model::Assignee::Department(shop.billing.clone())).await.unwrap();
    let lena = ground.agent(&lena_token).await.unwrap_or(lena);
    assert!(rui.sees(&chat).await.unwrap() && !lena.sees(&chat).await.unwrap(), "a department's waits for its agents");
    rui.join_chat(chat.clone()).await.unwrap();
    assert_eq!(rui.open_thread(chat.clone()).await.unwrap().line.assignee, of(&rui));
    rui.transfer_chat(chat.clone(), of(&lena)).await.unwrap();
    assert!(!rui.sees(&chat).await.unwrap() && lena.sees(&chat).await.unwrap());
});
