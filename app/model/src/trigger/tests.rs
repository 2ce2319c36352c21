use super::*;
use crate::rule::Condition;

fn on(subject: Subject, test: Test, value: &str) -> Condition {
    Condition { subject, test, value: value.into(), name: String::new() }
}

fn action(deed: Deed, value: &str) -> Action {
    Action { deed, value: value.into() }
}

fn trigger() -> Trigger {
    let conditions = vec![on(Subject::Page, Test::Like, "/jackets/*"), on(Subject::Seconds, Test::AtLeast, "20")];
    Trigger {
        id: TriggerId::new(),
        name: "Jackets".into(),
        kind: Kind::Page,
        on: true,
        after: 9,
        conditions: Conditions { conditions, ..Conditions::default() },
        actions: vec![action(Deed::Say, "Can I help?")],
        pause: None,
    }
}

fn wrong(trigger: Trigger) -> Option<String> {
    trigger.check().unwrap_err().field().map(ToOwned::to_owned)
}

#[test]
fn what_is_wrong_is_named_by_its_field() {
    assert_eq!(trigger().check().unwrap().after, 0);
    assert_eq!(wrong(Trigger { name: " ".into(), ..trigger() }).as_deref(), Some("name"));
    assert_eq!(wrong(Trigger { conditions: Conditions::default(), ..trigger() }).as_deref(), Some("conditions"), "a page is wanted");
    assert_eq!(wrong(Trigger { kind: Kind::Advanced, conditions: Conditions::default(), ..trigger() }).as_deref(), Some("conditions"));
    assert_eq!(wrong(Trigger { kind: Kind::Rescue, after: 0, ..trigger() }).as_deref(), Some("after"));
    assert_eq!(wrong(Trigger { pause: Some(0), ..trigger() }).as_deref(), Some("pause"));
    assert_eq!(wrong(Trigger { actions: vec![], ..trigger() }).as_deref(), Some("actions"));
    for bad in [action(Deed::Say, ""), action(Deed::Tag, "a,b"), action(Deed::Department, "sales"), action(Deed::Note, " ")] {
        let actions = vec![action(Deed::Invite, "ignored"), bad.clone()];
        assert_eq!(wrong(Trigger { actions, ..trigger() }).as_deref(), Some("action_value.1"), "{bad:?}");
    }
}

#[test]
fn only_what_a_page_knows_by_itself_is_decided_there() {
    let simple = trigger().simple().unwrap();
    assert_eq!((simple.page.as_deref(), simple.seconds, simple.hours), (Some("/jackets/*"), Some(20), None));
    let json = serde_json::to_string(&simple).unwrap();
    assert!(json.contains(r#""say":{"":"Can I help?"}"#) && !json.contains("language"), "{json}");
    let with =
        |condition| Trigger { conditions: Conditions { conditions: vec![condition], ..Conditions::default() }, ..trigger() }.simple();
    assert!(with(on(Subject::Hour, Test::Between, "22-6")).is_some_and(|simple| simple.hours == Some((22, 6))));
    assert!(with(on(Subject::Language, Test::Is, "pt")).is_some());
    for condition in [
        on(Subject::Country, Test::Is, "PT"),
        on(Subject::Page, Test::Like, "/a, /b"),
        on(Subject::Page, Test::Like, "https://shop.example/*"),
        on(Subject::Seconds, Test::AtMost, "3"),
        on(Subject::Visits, Test::AtLeast, "2"),
    ] {
        assert!(with(condition.clone()).is_none(), "{condition:?}");
    }
    assert!(Trigger { pause: Some(24), ..trigger() }.simple().is_none(), "a page remembers nothing");
    assert!(Trigger { kind: Kind::Opened, ..trigger() }.simple().is_none());
    assert!(Trigger { actions: vec![action(Deed::Say, "x"), action(Deed::Invite, "")], ..trigger() }.simple().is_none());
}
