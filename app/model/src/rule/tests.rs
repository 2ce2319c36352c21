use super::*;
use crate::{
    AgentId, ContactId, DepartmentId, Language,
    contact::Contact,
    conversation::{Folder, Kind, Line, Priority, Status},
    message::Channel,
};

const BILLING: &str = "0191aaaaaaaaaaaaaaaaaaaaa";

fn case() -> Case {
    let contact = Contact { id: ContactId::new(), name: "Joana".into(), email: "joana@shop.example".into(), created_at: Moment(0) };
    let line = Line {
        id: ConversationId::new(),
        kind: Kind::Ticket,
        channel: Channel::Email,
        number: Some(1),
        subject: "Where is my REFUND?".into(),
        contact,
        preview: String::new(),
        preview_by: None,
        status: Status::Open,
        snoozed_until: None,
        priority: Priority::High,
        assignee: Assignee::Nobody,
        tags: vec!["refund".into(), "vip".into()],
        followers: vec![],
        folder: Folder::Inbox,
        attachments: 0,
        last_at: Moment(1),
        waiting_since: Some(Moment(1)),
        due: None,
        missed: false,
        from_chat: false,
        created_at: Moment(0),
        seq: 1,
    };
    let departments = vec![BILLING.into()];
    Case { line, first: Some("I sent it back".into()), departments, open: false }
}

fn on(subject: Subject, test: Test, value: &str) -> Condition {
    Condition { subject, test, value: value.into(), name: String::new() }
}

fn rule() -> Rule {
    Rule {
        id: RuleId::new(),
        name: "Refunds".into(),
        on: true,
        when: When::Created,
        since: Since::Created,
        after: 0,
        conditions: Conditions::default(),
        actions: vec![Action { deed: Deed::Tag, value: "Money Back".into() }],
        stop: false,
    }
}

fn wrong(rule: Rule) -> Option<String> {
    rule.check().unwrap_err().field().map(ToOwned::to_owned)
}

#[test]
fn a_conversation_is_asked_what_it_is() {
    for (subject, test, value, holds) in [
        (Subject::Kind, Test::Is, "ticket", true),
        (Subject::Kind, Test::IsNot, "ticket", false),
        (Subject::Channel, Test::Is, "email", true),
        (Subject::Status, Test::IsNot, "solved", true),
        (Subject::Priority, Test::AtLeast, "high", true),
        (Subject::Priority, Test::AtLeast, "highest", false),
        (Subject::Priority, Test::AtMost, "highest", true),
        (Subject::Assignee, Test::Is, "nobody", true),
        (Subject::Department, Test::Is, BILLING, true),
        (Subject::Department, Test::IsNot, BILLING, false),
        (Subject::Tag, Test::Is, "late, VIP", true),
        (Subject::Tag, Test::IsNot, "late, vip", false),
        (Subject::Title, Test::Contains, "refund", true),
        (Subject::Title, Test::Like, "where*?", true),
        (Subject::First, Test::Lacks, "refund", true),
        (Subject::Requester, Test::Like, "*@shop.example", true),
        (Subject::Domain, Test::Is, "shop.example", true),
        (Subject::Domain, Test::IsNot, "shop.example", false),
        (Subject::Hours, Test::Is, "closed", true),
        (Subject::Hours, Test::Is, "open", false),
    ] {
        let mut condition = on(subject, test, value);
        condition.check(0, Subject::OF_CONVERSATIONS).unwrap_or_else(|refusal| panic!("{condition:?}: {refusal:?}"));
        assert_eq!(condition.matches(&case()), holds, "{condition:?}");
    }
    let silent = Case { first: None, ..case() };
    assert!(!on(Subject::First, Test::Lacks, "x").matches(&silent) && !on(Subject::Page, Test::Contains, "x").matches(&case()));
}

#[test]
fn what_is_wrong_is_named_by_its_field() {
    assert_eq!(rule().check().unwrap().actions[0].value, "money-back");
    assert_eq!(wrong(Rule { name: " ".into(), ..rule() }).as_deref(), Some("name"));
    assert_eq!(wrong(Rule { when: When::Passed, ..rule() }).as_deref(), Some("after"));
    assert_eq!(wrong(Rule { actions: vec![], ..rule() }).as_deref(), Some("actions"));
    assert!(Rule { actions: vec![], stop: true, ..rule() }.check().is_ok(), "it holds the others back");
    for (deed, value) in [
        (Deed::Assign, "somebody"),
        (Deed::Turn, "agent:x"),
        (Deed::LeastBusy, ""),
        (Deed::Priority, "urgent"),
        (Deed::Status, "snoozed"),
        (Deed::Tag, "a,b"),
        (Deed::Note, " "),
        (Deed::Letter, ""),
    ] {
        let actions = vec![Action { deed: Deed::Untag, value: "x".into() }, Action { deed, value: value.into() }];
        assert_eq!(wrong(Rule { actions, ..rule() }).as_deref(), Some("action_value.1"), "{deed} {value}");
    }
    let conditions = Conditions { conditions: vec![on(Subject::Status, Test::Is, "asleep")], ..Conditions::default() };
    assert_eq!(wrong(Rule { conditions, ..rule() }).as_deref(), Some("value.0"));
    let conditions = Conditions { conditions: vec![on(Subject::Page, Test::Like, "/a")], ..Conditions::default() };
    assert_eq!(wrong(Rule { conditions, ..rule() }).as_deref(), Some("test.0"), "a conversation has no page");
}

#[test]
fn a_form_is_read_row_by_row() {
    let condition = |group: &str, subject: &str, test: &str, value: &str, choice: &str| ConditionForm {
        group: group.into(),
        subject: subject.into(),
        test: test.into(),
        value: value.into(),
        choice: choice.into(),
        ..ConditionForm::default()
    };
    let action = |deed: &str, value: &str, choice: &str| ActionForm { deed: deed.into(), value: value.into(), choice: choice.into() };
    let (agent, department) = (AgentId::new(), DepartmentId::new());
    let form = RuleForm {
        name: "Refunds".into(),
        when: "passed".into(),
        since: "waiting".into(),
        after: "2".into(),
        unit: "60".into(),
        groups: vec!["any".into(), String::new()],
        conditions: vec![
            condition("", "kind", "is", "ignored", "kind:ticket"),
            condition("", "title", "contains", " ", "kind:chat"),
            condition("1", "assignee", "is", "", &format!("assignee:agent:{agent}")),
            condition("1", "title", "contains", "refund", ""),
        ],
        actions: vec![
            action("turn", "ignored", &format!("department:{department}")),
            action("assign", " ", ""),
            action("note", "Look", ""),
        ],
        stop: "stop".into(),
        ..RuleForm::default()
    };
    let read = form.clone().read().unwrap().check().unwrap();
    assert_eq!((read.when, read.since, read.after, read.on, read.stop), (When::Passed, Since::Waiting, 120, true, true));
    assert_eq!(read.conditions.conditions, [on(Subject::Kind, Test::Is, "ticket")]);
    assert_eq!(read.conditions.groups.len(), 1, "an empty group is none");
    let group = &read.conditions.groups[0];
    assert!(group.any && group.conditions[0].value == format!("agent:{agent}") && group.conditions[1].value == "refund");
    let did: Vec<_> = read.actions.iter().map(|action| (action.deed, action.value.clone())).collect();
    assert_eq!(did, [(Deed::Turn, department.to_string()), (Deed::Note, "Look".into())]);
    let wrong = |form: RuleForm| form.read().unwrap_err().field().map(ToOwned::to_owned);
    let bad = RuleForm { actions: vec![action("", "", ""), action("tag", " ", "")], ..form.clone() };
    assert_eq!(wrong(bad).as_deref(), Some("action_value.1"), "named by its row, empty ones counted");
    let rows = vec![condition("", "title", "contains", "", ""), condition("", "domain", "between", "x", "")];
    assert_eq!(wrong(RuleForm { conditions: rows, ..form.clone() }).as_deref(), Some("test.1"));
    let elsewhere = vec![condition("9", "title", "contains", "x", "")];
    assert_eq!(wrong(RuleForm { conditions: elsewhere, ..form.clone() }).as_deref(), Some("conditions"));
    assert_eq!(wrong(RuleForm { after: "soon".into(), ..form.clone() }).as_deref(), Some("after"));
    assert_eq!(wrong(RuleForm { when: "never".into(), ..form }).as_deref(), Some("when"));
}

#[test]
fn why_is_kept_in_every_language() {
    let matched = on(Subject::Priority, Test::AtLeast, "high");
    let kept = why(|language| vec![occasion((When::Passed, Since::Waiting, 120), language), matched.say(None, language)]);
    assert_eq!(why_in(&kept, Language::English)[1], "Priority at least High");
    assert!(why_in(&kept, Language::English)[0].starts_with("2 hours"), "{kept}");
    assert_eq!(why_in(&kept, Language::Portuguese).len(), 2);
    assert_ne!(why_in(&kept, Language::English), why_in(&kept, Language::Portuguese));
    assert_eq!(why_in("", Language::English), Vec::<String>::new());
    assert_eq!(on(Subject::Assignee, Test::Is, "agent:x").say(Some("Ana"), Language::English), "Assigned to is Ana");
}

#[test]
fn a_span_is_said_in_its_largest_unit() {
    let said = [1, 90, 60, 24 * 60, 49 * 60].map(|minutes| span(minutes, Language::English));
    assert_eq!(said, ["1 minute", "90 minutes", "1 hour", "1 day", "49 hours"]);
}
