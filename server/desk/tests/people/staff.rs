//! Roles, and who may enter.

use model::{
    AgentId, Language, Refusal, Why,
    agent::{Density, Role},
};

use crate::{
    common::{PASSWORD, RUI, browser, follows, refused},
    contract,
};

contract!(a_role_is_changed_by_an_admin, |desk| async {
    let shop = desk.shop().await;
    assert_eq!(refused(shop.rui.set_role(shop.rui.id().clone(), Role::Admin).await), Refusal::Forbidden);
    follows(&shop.rui, shop.marta.set_role(shop.rui.id().clone(), Role::Admin)).await;
    let rui = desk.agent(&shop.rui_token).await.unwrap();
    assert_eq!(rui.role(), Role::Admin);
    follows(&rui, rui.set_role(shop.marta.id().clone(), Role::Agent)).await;
    // Marta's actor was made while she was an admin; the desk knows better
    assert_eq!(refused(shop.marta.set_role(shop.rui.id().clone(), Role::Agent).await), Refusal::Forbidden);
    assert_eq!(refused(rui.set_role(AgentId::new(), Role::Agent).await), Refusal::NotFound);
});

contract!(the_last_admin_stays, |desk| async {
    let shop = desk.shop().await;
    let marta = shop.marta.id().clone();
    assert_eq!(refused(shop.marta.set_role(marta.clone(), Role::Agent).await), Refusal::LastAdmin);
    assert_eq!(refused(shop.marta.disable_agent(marta.clone()).await), Refusal::LastAdmin);
    shop.marta.set_role(shop.rui.id().clone(), Role::Admin).await.unwrap();
    shop.marta.disable_agent(shop.rui.id().clone()).await.unwrap();
    assert_eq!(refused(shop.marta.disable_agent(marta).await), Refusal::LastAdmin);
});

contract!(of_two_admins_who_disable_each_other_one_stays, |desk| async {
    let shop = desk.shop().await;
    for _ in 0..4 {
        shop.marta.set_role(shop.rui.id().clone(), Role::Admin).await.unwrap();
        let rui = desk.agent(&shop.rui_token).await.unwrap();
        let (one, two) = tokio::join!(shop.marta.disable_agent(rui.id().clone()), rui.disable_agent(shop.marta.id().clone()));
        assert!(one.is_ok() != two.is_ok());
        assert_eq!(desk.number("select count(*) from membership where role = 'admin' and disabled_at is null").await, 1);
        let (first, second) = if one.is_ok() { (&shop.marta, &rui) } else { (&rui, &shop.marta) };
        assert_eq!(refused(second.enable_agent(second.id().clone()).await), Refusal::SignedOut);
        first.enable_agent(second.id().clone()).await.unwrap();
    }
});

contract!(who_is_disabled_is_out_at_once_and_may_come_back, |desk| async {
    let shop = desk.shop().await;
    let rui = shop.rui.id().clone();
    follows(&shop.marta, shop.marta.disable_agent(rui.clone())).await;
    assert_eq!(refused(desk.agent(&shop.rui_token).await), Refusal::SignedOut);
    assert_eq!(refused(desk.sign_in(RUI, PASSWORD, browser()).await), Refusal::WrongPassword);
    let roster = shop.marta.roster().await.unwrap();
    assert_eq!(roster.agent(&rui).unwrap().disabled_at, Some(desk.clock.now()));
    // doing it again changes nothing and tells nobody
    shop.marta.disable_agent(rui.clone()).await.unwrap();
    assert_eq!(shop.marta.roster().await.unwrap().head, roster.head);
    follows(&shop.marta, shop.marta.enable_agent(rui)).await;
    desk.agent(&shop.rui_token).await.unwrap();
    desk.sign_in(RUI, PASSWORD, browser()).await.unwrap();
});

contract!(who_is_disabled_goes_on_in_another_property, |desk| async {
    let shop = desk.shop().await;
    let (olga, _) = desk.other_shop(&shop).await;
    desk.clock.pass(1);
    olga.invite_agent(RUI, Role::Agent, model::agent::Reach::All).await.unwrap();
    desk.accept_invitation(&desk.link_for(RUI).await, "", PASSWORD, browser()).await.unwrap();
    shop.marta.disable_agent(shop.rui.id().clone()).await.unwrap();
    let rui = desk.agent(&shop.rui_token).await.unwrap();
    assert_eq!(rui.property(), olga.property());
    assert_eq!(refused(rui.switch_property(shop.marta.property().clone()).await), Refusal::NotFound);
    assert_eq!(rui.roster().await.unwrap().properties.len(), 1);
});

contract!(somebody_of_another_property_is_not_found, |desk| async {
    let shop = desk.shop().await;
    let (olga, _) = desk.other_shop(&shop).await;
    let foreign = shop.rui.id().clone();
    for outcome in
        [olga.set_role(foreign.clone(), Role::Admin).await, olga.disable_agent(foreign.clone()).await, olga.enable_agent(foreign).await]
    {
        assert_eq!(refused(outcome), Refusal::NotFound);
    }
    let roster = olga.roster().await.unwrap();
    assert!(roster.people.agents.iter().all(|agent| agent.email != RUI));
});

contract!(a_profile_is_changed_by_its_owner_and_seen_in_every_property, |desk| async {
    let shop = desk.shop().await;
    let (olga, _) = desk.other_shop(&shop).await;
    assert_eq!(
        refused(shop.marta.change_profile(&"x".repeat(81), None, Density::Comfortable).await),
        Refusal::invalid("name", Why::TooLong(80))
    );
    follows(&shop.marta, shop.marta.change_profile("Marta  Sousa", Some(Language::Portuguese), Density::Compact)).await;
    assert_eq!(shop.marta.roster().await.unwrap().language, Language::Portuguese);
    assert_eq!(shop.rui.roster().await.unwrap().language, Language::English);
    let density = |roster: model::roster::Roster| roster.density();
    assert_eq!(density(shop.marta.roster().await.unwrap()), Density::Compact);
    assert_eq!(density(shop.rui.roster().await.unwrap()), Density::Comfortable);
    follows(&olga, shop.marta.change_profile("Marta Lopes", None, Density::Compact)).await;
    assert!(olga.roster().await.unwrap().people.agents.iter().any(|agent| agent.name == "Marta Lopes"));
    assert_eq!(desk.agent(&shop.marta_token).await.unwrap().name(), "Marta Lopes");
});
