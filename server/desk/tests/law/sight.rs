//! The law for who sees a part of the property: what comes into sight, what leaves it, and all that happens out of it.

use model::{
    Assignee, BatchId,
    agent::Reach,
    batch::{BatchForm, Change, Of},
    conversation::{Folder, Priority, Status},
    moment::SECOND,
    ticket::TicketForm,
    view::View,
};

use crate::{
    common::{chat_form, said},
    contract, form, limited,
    screens::Screens,
    words,
};

contract!(what_comes_into_sight_and_leaves_it_keeps_the_law, |ground| async {
    let shop = ground.shop().await;
    let marta = shop.marta.clone();
    let [lena, otto] = limited(&ground, &shop).await;
    let hidden = marta.open_ticket(TicketForm { assignee: "nobody".into(), ..form("Late order") }.check().unwrap()).await.unwrap();
    let ids = vec![hidden.clone()];
    let urgent = View { urgent: true, ..View::default() };
    step!(ground, shop, "saving a view", marta.save_view("Urgent", urgent.clone(), true));
    step!(ground, shop, "his own", otto.save_view("Urgent of mine", urgent, false));
    let to = |agent: &desk::Agent| Assignee::Agent(agent.id().clone());
    for assignee in [to(&otto), to(&lena), Assignee::Department(shop.billing.clone()), to(&marta), to(&otto)] {
        step!(ground, shop, format!("assigning {assignee}"), marta.assign(ids.clone(), assignee.clone()));
        step!(ground, shop, "replying", marta.reply(hidden.clone(), words("Any news?")));
        step!(ground, shop, "priority", marta.set_priority(ids.clone(), Priority::High));
        step!(ground, shop, "tagging", marta.tag(ids.clone(), "late".into()));
        step!(ground, shop, "and back", marta.untag(ids.clone(), "late".into()));
        step!(ground, shop, "and back", marta.set_priority(ids.clone(), Priority::Low));
    }
    step!(ground, shop, "giving it away himself", otto.assign(ids.clone(), to(&marta)));
    step!(ground, shop, "calling him in a note", marta.note(hidden.clone(), words("@Otto, and you?")));
    step!(ground, shop, "solving", otto.set_status(ids.clone(), Status::Solved));
    step!(ground, shop, "opening it again", marta.set_status(ids.clone(), Status::Open));
    let given = step!(
        ground,
        shop,
        "opening a ticket for others",
        otto.open_ticket(TicketForm { assignee: to(&marta).to_string(), ..form("A gift") }.check().unwrap())
    );
    let own = step!(ground, shop, "opening his own", otto.open_ticket(form("A chair").check().unwrap()));
    let all = Of::These(vec![hidden.clone(), given.clone(), own.clone()]);
    let several = BatchForm { id: BatchId::new(), change: Change::Assign(to(&lena)), of: all };
    let id = several.id.clone();
    step!(ground, shop, "giving several away", otto.begin_batch(several));
    step!(ground, shop, "taking them back", otto.undo_batch(id));
    let number = otto.open_thread(given.clone()).await.unwrap().line.number.unwrap();
    step!(ground, shop, "merging", otto.merge_ticket(own.clone(), number));
    for folder in [Folder::Spam, Folder::Trash] {
        step!(ground, shop, format!("moving to {folder}"), marta.move_to(vec![hidden.clone(), given.clone()], folder));
    }
    step!(ground, shop, "deleting for ever", marta.delete(vec![hidden]));
});

contract!(chats_that_come_and_go_keep_the_law, |ground| async {
    let shop = ground.shop().await;
    let marta = shop.marta.clone();
    let [lena, otto] = limited(&ground, &shop).await;
    let visitor = ground.visit(&marta).await;
    let chat = step!(ground, shop, "a chat of nobody's", visitor.start_chat(chat_form("Hello?")));
    step!(ground, shop, "assigning the department", marta.assign(vec![chat.clone()], Assignee::Department(shop.billing.clone())));
    step!(ground, shop, "the visitor writing", visitor.say(chat.clone(), said("An invoice, please")));
    step!(ground, shop, "joining", lena.join_chat(chat.clone()));
    step!(ground, shop, "inviting", lena.invite_to_chat(chat.clone(), otto.id().clone()));
    step!(ground, shop, "answering", otto.reply(chat.clone(), words("Here it is")));
    let made = TicketForm { chat: chat.to_string(), assignee: "nobody".into(), ..form("The invoice") };
    let ticket = step!(ground, shop, "making a ticket", lena.open_ticket(made.check().unwrap()));
    step!(ground, shop, "leaving", otto.leave_chat(chat.clone()));
    step!(ground, shop, "transferring", lena.transfer_chat(chat.clone(), Assignee::Agent(marta.id().clone())));
    step!(ground, shop, "ending", marta.end_chat(chat.clone()));
    step!(ground, shop, "trashing the ticket", marta.move_to(vec![ticket.clone()], Folder::Trash));
    step!(ground, shop, "deleting it", marta.delete(vec![ticket]));
});

contract!(who_is_limited_while_looking_loads_all_anew, |ground| async {
    let shop = ground.shop().await;
    let marta = shop.marta.clone();
    let [lena, otto] = limited(&ground, &shop).await;
    marta.open_ticket(TicketForm { assignee: "nobody".into(), ..form("Late order") }.check().unwrap()).await.unwrap();
    step!(ground, shop, "the limit of one", marta.set_reach(otto.id().clone(), Reach::Departments));
    step!(ground, shop, "another limit", marta.set_reach(lena.id().clone(), Reach::Own));
    step!(ground, shop, "a new department", marta.create_department("Workshop", "", vec![otto.id().clone(), lena.id().clone()]));
    let otto = Screens::open(&limited(&ground, &shop).await[1]).await;
    marta.set_reach(lena.id().clone(), Reach::All).await.unwrap();
    otto.compare("what changed for somebody else").await;
});
