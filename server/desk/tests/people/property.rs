//! Settings of a property, and the properties of an agent.

use model::{Assignee, Language, PropertyId, Refusal, Why, conversation::Priority};

use crate::{
    common::{self, Base, Ground, follows, refused, ticket},
    contract,
};

contract!(settings_are_changed_by_an_admin_and_seen_by_all, |desk| async {
    let shop = desk.shop().await;
    assert_eq!(refused(shop.rui.change_property("Mine", Language::English, "UTC").await), Refusal::Forbidden);
    assert_eq!(refused(shop.marta.change_property("", Language::English, "UTC").await), Refusal::invalid("name", Why::Required));
    assert_eq!(
        refused(shop.marta.change_property("Acme", Language::English, "Europe/Atlantis").await),
        Refusal::invalid("time_zone", Why::Unknown)
    );
    follows(&shop.rui, shop.marta.change_property("Acme Loja", Language::Portuguese, "america/sao_paulo")).await;
    let roster = shop.rui.roster().await.unwrap();
    assert_eq!(
        (roster.property.name.as_str(), roster.language, roster.zone.name.as_str()),
        ("Acme Loja", Language::Portuguese, "America/Sao_Paulo")
    );
    assert_eq!(roster.zone.local(desk.clock.now()).hour, 9);
});

contract!(a_renewed_forwarding_address_takes_the_place_of_the_old_one, |desk| async {
    let shop = desk.shop().await;
    let before = shop.marta.roster().await.unwrap().property.forwarding_address;
    assert_eq!(refused(shop.rui.renew_forwarding_address().await), Refusal::Forbidden);
    follows(&shop.rui, shop.marta.renew_forwarding_address()).await;
    let after = shop.marta.roster().await.unwrap().property.forwarding_address;
    assert!(after != before && after.starts_with("acme-shop-"), "{after}");
});

contract!(a_further_property_is_made_by_an_admin_who_switches_to_it, |desk| async {
    let shop = desk.shop().await;
    assert_eq!(refused(shop.rui.create_property("Mine", Language::English, "UTC").await), Refusal::Forbidden);
    let second = shop.marta.create_property("Second", Language::English, "UTC").await.unwrap();
    assert_eq!(desk.agent(&shop.marta_token).await.unwrap().property(), shop.marta.property());
    shop.marta.switch_property(second.clone()).await.unwrap();
    let there = desk.agent(&shop.marta_token).await.unwrap();
    assert_eq!(there.property(), &second);
    let roster = there.roster().await.unwrap();
    assert_eq!((roster.people.agents.len(), roster.people.departments.len(), roster.properties.len()), (1, 0, 2));
    // somebody else's property answers like one that never was
    assert_eq!(refused(shop.rui.switch_property(second).await), Refusal::NotFound);
    assert_eq!(refused(shop.rui.switch_property(PropertyId::new()).await), Refusal::NotFound);
});

contract!(properties_keep_apart, |desk| async {
    let shop = desk.shop().await;
    let (olga, _) = desk.other_shop(&shop).await;
    let head = olga.roster().await.unwrap().head;
    shop.marta.change_property("Acme Loja", Language::Portuguese, "UTC").await.unwrap();
    assert_eq!(olga.told_since(head).await.unwrap(), Some(vec![]));
    assert_eq!(olga.roster().await.unwrap().property.name, "Other Shop");
});

/// Only where rows are locked: every entry of the log refers to its property, and waits for who changes a unique column of it.
#[test]
fn a_renewal_under_way_holds_nobody_up() {
    common::run(Base::Postgres, async |desk: Ground| {
        let shop = desk.shop().await;
        let id = ticket(&shop.rui, "Busy", Assignee::Nobody).await;
        let mut conn = desk.db().read().acquire().await.unwrap();
        sqlx::query("begin").execute(&mut *conn).await.unwrap();
        sqlx::query("update property set forwarding = 'acme-shop-renewed'").execute(&mut *conn).await.unwrap();
        shop.rui.set_priority(vec![id], Priority::High).await.unwrap();
        sqlx::query("rollback").execute(&mut *conn).await.unwrap();
    });
}
