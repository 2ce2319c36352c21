//! Who sets what an agent sees, from when it counts, and what is told of it.

use model::{
    AgentId, Refusal,
    agent::{Reach, Role},
    audit::{self, Act},
    view::View,
};

use crate::{
    case,
    common::{PASSWORD, browser, follows, refused},
    contract, limit,
};

contract!(an_admin_limits_an_agent_and_it_is_written_down, |ground| async {
    let shop = ground.shop().await;
    let rui = shop.rui.id().clone();
    follows(&shop.marta, shop.marta.set_reach(rui.clone(), Reach::Departments)).await;
    let roster = shop.marta.roster().await.unwrap();
    let known = roster.agent(&rui).unwrap();
    assert!(known.reach == Reach::Departments && known.is_limited());
    let log = shop.marta.list_audit(audit::Asked::default(), None).await.unwrap().entries;
    let entry = &log[0];
    assert_eq!((entry.act, entry.before.as_str(), entry.after.as_str()), (Act::ReachChanged, "all", "departments"));
    // again, and nothing happens
    let head = shop.marta.roster().await.unwrap().head;
    shop.marta.set_reach(rui.clone(), Reach::Departments).await.unwrap();
    assert_eq!(shop.marta.roster().await.unwrap().head, head);
    assert_eq!(refused(shop.rui.set_reach(rui, Reach::All).await), Refusal::Forbidden);
    assert_eq!(refused(shop.marta.set_reach(AgentId::new(), Reach::Own).await), Refusal::NotFound);
    let (olga, _) = ground.other_shop(&shop).await;
    assert_eq!(refused(olga.set_reach(shop.rui.id().clone(), Reach::All).await), Refusal::NotFound);
});

contract!(who_is_invited_limited_comes_limited, |ground| async {
    let shop = ground.shop().await;
    shop.marta.invite_agent("lena@acme.test", Role::Agent, Reach::Own).await.unwrap();
    assert_eq!(shop.marta.list_invitations().await.unwrap()[0].reach, Reach::Own);
    let link = ground.link_for("lena@acme.test").await;
    let token = ground.accept_invitation(&link, "Lena Reis", PASSWORD, browser()).await.unwrap();
    let lena = ground.agent(&token).await.unwrap();
    assert!(lena.is_limited());
    assert!(lena.list_inbox(View::default()).await.unwrap().rows.is_empty());
});

contract!(an_admin_sees_all_whatever_is_said_of_them, |ground| async {
    let case = case(&ground, Reach::Own).await;
    let (shop, rui) = (&case.shop, case.rui);
    shop.marta.set_role(rui.id().clone(), Role::Admin).await.unwrap();
    let rui = ground.agent(&shop.rui_token).await.unwrap();
    assert!(!rui.is_limited() && rui.sees(&case.foreign).await.unwrap());
    assert!(!rui.roster().await.unwrap().limited());
    shop.marta.set_role(rui.id().clone(), Role::Agent).await.unwrap();
    let rui = ground.agent(&shop.rui_token).await.unwrap();
    assert!(rui.is_limited() && !rui.sees(&case.foreign).await.unwrap());
    let rui = limit(&ground, shop, Reach::All).await;
    assert!(rui.sees(&case.foreign).await.unwrap());
});
