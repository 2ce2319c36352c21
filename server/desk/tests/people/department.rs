//! Departments, and what becomes of their conversations.

use model::{AgentId, Assignee, ConversationId, DepartmentId, Refusal, Why, view::View};

use crate::{
    common::{follows, refused, tallies, ticket},
    contract,
};

contract!(a_department_is_made_and_changed_by_an_admin, |desk| async {
    let shop = desk.shop().await;
    let (marta, rui) = (shop.marta.id().clone(), shop.rui.id().clone());
    assert_eq!(refused(shop.rui.create_department("Mine", "", vec![]).await), Refusal::Forbidden);
    let id =
        follows(&shop.rui, shop.marta.create_department("Sales", "  Before it is bought ", vec![rui.clone(), marta.clone(), rui.clone()]))
            .await;
    let roster = shop.rui.roster().await.unwrap();
    let department = roster.department(&id).unwrap();
    let mut both = vec![marta.clone(), rui.clone()];
    both.sort();
    assert_eq!((department.name.as_str(), department.description.as_str(), &department.agents), ("Sales", "Before it is bought", &both));
    assert_eq!(roster.people.departments.iter().map(|one| one.name.as_str()).collect::<Vec<_>>(), ["Billing", "Sales"]);
    follows(&shop.rui, shop.marta.change_department(id.clone(), "After sales", "", vec![rui.clone()])).await;
    let roster = shop.rui.roster().await.unwrap();
    assert_eq!(roster.department(&id).map(|one| (one.name.as_str(), one.agents.len())), Some(("After sales", 1)));
});

contract!(a_department_has_a_name_of_its_own_and_agents_of_its_property, |desk| async {
    let shop = desk.shop().await;
    let (olga, _) = desk.other_shop(&shop).await;
    let taken = Refusal::Taken { field: "name".into() };
    assert_eq!(refused(shop.marta.create_department(" Billing ", "", vec![]).await), taken);
    let sales = shop.marta.create_department("Sales", "", vec![]).await.unwrap();
    assert_eq!(refused(shop.marta.change_department(sales.clone(), "Billing", "", vec![]).await), taken);
    assert_eq!(refused(shop.marta.create_department("", "", vec![]).await), Refusal::invalid("name", Why::Required));
    assert_eq!(
        refused(shop.marta.create_department("Long", &"x".repeat(301), vec![]).await),
        Refusal::invalid("description", Why::TooLong(300))
    );
    for stranger in [olga.id().clone(), AgentId::new()] {
        assert_eq!(
            refused(shop.marta.create_department("Strangers", "", vec![stranger.clone()]).await),
            Refusal::invalid("agents", Why::Unknown)
        );
        assert_eq!(
            refused(shop.marta.change_department(sales.clone(), "Sales", "", vec![stranger]).await),
            Refusal::invalid("agents", Why::Unknown)
        );
    }
    // the other property may use the name, and cannot touch this one
    olga.create_department("Billing", "", vec![]).await.unwrap();
    for foreign in [sales, DepartmentId::new()] {
        assert_eq!(refused(olga.change_department(foreign.clone(), "Theirs", "", vec![]).await), Refusal::NotFound);
        assert_eq!(refused(olga.delete_department(foreign).await), Refusal::NotFound);
    }
    assert_eq!(shop.marta.roster().await.unwrap().people.departments.len(), 2);
});

contract!(a_department_that_goes_leaves_its_conversations_to_nobody, |desk| async {
    let shop = desk.shop().await;
    let of_billing = Assignee::Department(shop.billing.clone());
    let mut ids: Vec<ConversationId> = vec![];
    for n in 0..3 {
        ids.push(ticket(&shop.rui, &format!("Invoice {n}"), of_billing.clone()).await);
    }
    shop.rui.set_status(vec![ids[2].clone()], model::conversation::Status::Closed).await.unwrap();
    let kept = ticket(&shop.rui, "Mine", Assignee::Agent(shop.rui.id().clone())).await;
    assert_eq!(refused(shop.rui.delete_department(shop.billing.clone()).await), Refusal::Forbidden);

    let view = View { status: None, ..View::default() };
    let mut inbox = shop.rui.list_inbox(view.clone()).await.unwrap();
    follows(&shop.rui, shop.marta.delete_department(shop.billing.clone())).await;
    for told in shop.rui.told_since(inbox.head).await.unwrap().unwrap() {
        inbox.apply(&told, shop.rui.id());
    }
    assert_eq!(inbox, shop.rui.list_inbox(view).await.unwrap());
    assert_eq!(inbox.rows.iter().filter(|row| row.line.assignee == Assignee::Nobody).count(), 3);
    assert_eq!(
        inbox.rows.iter().find(|row| row.line.id == kept).map(|row| &row.line.assignee),
        Some(&Assignee::Agent(shop.rui.id().clone()))
    );
    let counted = tallies(&desk, &shop.rui).await;
    assert_eq!(
        (counted.get("assignee:nobody"), counted.get(&format!("assignee:{of_billing}")), counted.get("all")),
        (Some(&2), None, Some(&3))
    );
    assert!(shop.rui.roster().await.unwrap().people.departments.is_empty());
    assert_eq!(refused(shop.rui.assign(ids, of_billing).await), Refusal::invalid("assignee", Why::Unknown));
});
