//! Targets: what is due is told with each change, and by time alone.

use model::{
    conversation::{Folder, Priority, Status},
    moment::{HOUR, SECOND},
    target::Targets,
};

use crate::{contract, form, last_said, receive, words};

contract!(what_is_due_keeps_the_law, |ground| async {
    let shop = ground.shop().await;
    let marta = shop.marta.clone();
    let old = marta.open_ticket(form("Of before").check().unwrap()).await.unwrap();
    let targets = Targets { always: true, reply: [Some(240); 5], resolution: [Some(480); 5] };
    step!(ground, shop, "setting targets", marta.set_targets(targets.clone()));
    step!(ground, shop, "targets reaching what is open", ground.clock_tick());
    let a = step!(ground, shop, "opening a ticket", marta.open_ticket(form("Late order").check().unwrap()));
    let address = marta.open_thread(a.clone()).await.unwrap().reply_address;
    ground.clock.pass(HOUR);
    step!(ground, shop, "the customer writing", receive(&ground, "joana@example.com", &address, "Re: Late order", "Well?"));
    ground.clock.pass(3 * HOUR);
    step!(ground, shop, "an answer being due soon", ground.clock_tick());
    step!(ground, shop, "answering", marta.reply(a.clone(), words("Tomorrow")));
    let said = last_said(&marta, &a).await;
    step!(ground, shop, "taking it back", marta.undo(said));
    step!(ground, shop, "another priority", marta.set_priority(vec![a.clone()], Priority::Lowest));
    for status in [Status::Pending, Status::Open, Status::Solved, Status::Open] {
        step!(ground, shop, format!("status {status}"), marta.set_status(vec![a.clone(), old.clone()], status));
    }
    ground.clock.pass(7 * HOUR);
    step!(ground, shop, "the resolution being due soon", ground.clock_tick());
    for folder in [Folder::Spam, Folder::Inbox] {
        step!(ground, shop, format!("moving to {folder}"), marta.move_to(vec![a.clone()], folder));
    }
    step!(ground, shop, "changing targets", marta.set_targets(Targets { resolution: [None; 5], ..targets }));
    step!(ground, shop, "the change reaching what is open", ground.clock_tick());
    assert_eq!(crate::common::recounted(&marta).await, crate::common::tallies(&ground, &marta).await);
});
