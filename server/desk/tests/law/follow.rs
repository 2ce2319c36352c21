//! The law for who follows what.

use desk::Agent;
use model::{
    Assignee,
    agent::Role,
    conversation::{Folder, Status},
    moment::SECOND,
    ticket::TicketForm,
    view::View,
};

use crate::{common, contract, form, limited, words};

contract!(following_keeps_the_law, |ground| async {
    let shop = ground.shop().await;
    let (marta, rui) = (shop.marta.clone(), shop.rui.clone());
    let (nina, _) = ground.hire(&marta, "Nina Costa", "nina@acme.test", Role::Agent).await;
    let a = marta.open_ticket(form("Late order").check().unwrap()).await.unwrap();
    let b = marta.open_ticket(TicketForm { email: "kenji@example.org".into(), ..form("Refund") }.check().unwrap()).await.unwrap();
    let number = marta.open_thread(b.clone()).await.unwrap().line.number.unwrap();
    step!(ground, shop, "a view of what is followed", marta.save_view("Rui's", View::followed_by(rui.id().clone()), true));
    for agent in [&rui, &nina, &marta] {
        step!(ground, shop, "following", agent.follow(a.clone(), true));
    }
    step!(ground, shop, "following again", rui.follow(a.clone(), true));
    step!(ground, shop, "following another", nina.follow(b.clone(), true));
    let [lena, _] = limited(&ground, &shop).await;
    marta.assign(vec![a.clone()], Assignee::Department(shop.billing.clone())).await.unwrap();
    step!(ground, shop, "who sees a part following", lena.follow(a.clone(), true));
    step!(ground, shop, "losing sight of it", marta.assign(vec![a.clone()], Assignee::Nobody));
    step!(ground, shop, "noting in it", nina.note(a.clone(), words("Look")));
    step!(ground, shop, "solving it", marta.set_status(vec![a.clone()], Status::Solved));
    step!(ground, shop, "throwing it away", marta.move_to(vec![a.clone()], Folder::Trash));
    step!(ground, shop, "restoring it", marta.move_to(vec![a.clone()], Folder::Inbox));
    step!(ground, shop, "following no more", marta.follow(a.clone(), false));
    assert_eq!(common::recounted(&marta).await, counters(&marta).await);
    step!(ground, shop, "merging", marta.merge_ticket(a.clone(), number));
    assert_eq!(marta.open_thread(b.clone()).await.unwrap().line.followers.len(), 3, "Rui, Nina and Lena");
    step!(ground, shop, "an agent who leaves", marta.disable_agent(nina.id().clone()));
    assert_eq!(common::recounted(&marta).await, counters(&marta).await);
    let c = marta.open_ticket(form("By mistake").check().unwrap()).await.unwrap();
    rui.follow(c.clone(), true).await.unwrap();
    marta.move_to(vec![c.clone()], Folder::Trash).await.unwrap();
    step!(ground, shop, "deleting one that is followed for ever", marta.delete(vec![c]));
    assert_eq!(ground.number("select count(*) from follower").await, 4, "Rui and Lena, of both that were merged");
    assert_eq!(common::recounted(&marta).await, counters(&marta).await);
});

/// The counters that an agent looks at: not those of views that others keep for themselves.
async fn counters(agent: &Agent) -> std::collections::BTreeMap<String, i64> {
    agent.list_inbox(View::default()).await.unwrap().tallies
}
