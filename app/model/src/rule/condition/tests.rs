use proptest::prelude::*;

use super::*;
use crate::rule::Facts;

fn condition(subject: Subject, test: Test, value: &str) -> Condition {
    Condition { subject, test, value: value.into(), name: String::new() }
}

fn facts() -> Facts {
    Facts {
        page: "https://shop.example/jackets/linen?size=m#top".into(),
        seconds: 30,
        visits: 2,
        country: Some("PT".into()),
        referrer: "https://search.example/?q=linen".into(),
        language: "pt-BR".into(),
        hour: 23,
        attributes: [("plan".into(), "Gold".into()), ("orders".into(), "7".into())].into(),
    }
}

fn holds(subject: Subject, test: Test, value: &str) -> bool {
    condition(subject, test, value).matches(&facts())
}

#[test]
fn a_page_is_compared_by_its_path_and_by_all_of_it_when_it_has_a_scheme() {
    use Subject::Page;
    assert!(holds(Page, Test::Is, "/jackets/linen") && !holds(Page, Test::Is, "/jackets"));
    assert!(holds(Page, Test::Like, "/jackets/*") && holds(Page, Test::Like, "*") && holds(Page, Test::Like, "/*/l*n"));
    assert!(!holds(Page, Test::Like, "/jackets/*/x") && holds(Page, Test::Like, "/cart, /jackets/*"));
    assert!(holds(Page, Test::Like, "https://shop.example/*") && !holds(Page, Test::Like, "https://other.example/*"));
    assert!(holds(Page, Test::Contains, "size=M") && holds(Page, Test::Lacks, "size=l"));
    assert!(holds(Page, Test::IsNot, "/cart, /checkout") && !holds(Page, Test::IsNot, "/cart, /jackets/linen"));
    assert_eq!(path_of("https://shop.example"), "/");
}

#[test]
fn numbers_lists_languages_and_hours() {
    assert!(holds(Subject::Seconds, Test::AtLeast, "30") && !holds(Subject::Seconds, Test::AtLeast, "31"));
    assert!(holds(Subject::Visits, Test::AtMost, "2") && !holds(Subject::Visits, Test::AtMost, "1"));
    assert!(holds(Subject::Country, Test::Is, "br, pt") && !holds(Subject::Country, Test::IsNot, "PT"));
    assert!(
        holds(Subject::Language, Test::Is, "pt")
            && holds(Subject::Language, Test::Is, "en,pt-br")
            && !holds(Subject::Language, Test::Is, "p")
    );
    assert!(
        holds(Subject::Hour, Test::Between, "22-6")
            && !holds(Subject::Hour, Test::Between, "6-22")
            && !holds(Subject::Hour, Test::Between, "0-23")
    );
    assert!(holds(Subject::Referrer, Test::Contains, "Search.example"));
    let plan = Condition { name: "plan".into(), ..condition(Subject::Attribute, Test::Is, "gold") };
    let orders = Condition { name: "orders".into(), ..condition(Subject::Attribute, Test::AtLeast, "7") };
    assert!(plan.matches(&facts()) && orders.matches(&facts()));
}

#[test]
fn what_is_not_known_matches_nothing() {
    let nothing = Facts::default();
    for test in [Test::Is, Test::IsNot] {
        assert!(!condition(Subject::Country, test, "PT").matches(&nothing));
        assert!(!condition(Subject::Language, test, "pt").matches(&nothing));
        assert!(!Condition { name: "plan".into(), ..condition(Subject::Attribute, test, "gold") }.matches(&nothing));
        assert!(!condition(Subject::Page, test, "/a").matches(&nothing));
    }
}

#[test]
fn any_wants_one_and_all_wants_each() {
    let (yes, no) = (condition(Subject::Country, Test::Is, "PT"), condition(Subject::Country, Test::Is, "BR"));
    let rule = |any, conditions: &[&Condition]| {
        Conditions { any, conditions: conditions.iter().copied().cloned().collect(), groups: vec![] }.matches(&facts())
    };
    assert!(rule(true, &[&no, &yes]) && !rule(false, &[&no, &yes]) && rule(false, &[&yes, &yes]) && !rule(true, &[&no]));
    assert!(rule(true, &[]) && rule(false, &[]), "without conditions it always holds");
}

#[test]
fn a_group_counts_as_one() {
    let (yes, no) = (condition(Subject::Country, Test::Is, "PT"), condition(Subject::Country, Test::Is, "BR"));
    let group = |any, conditions: &[&Condition]| Group { any, conditions: conditions.iter().copied().cloned().collect() };
    let holds = |any, conditions: &[&Condition], groups: &[Group]| {
        let all = Conditions { any, conditions: conditions.iter().copied().cloned().collect(), groups: groups.to_vec() };
        all.check(Subject::OF_VISITS).unwrap().matches(&facts())
    };
    assert!(holds(false, &[&yes], &[group(true, &[&no, &yes])]), "all of: this, and any of those");
    assert!(!holds(false, &[&yes], &[group(false, &[&no, &yes])]));
    assert!(holds(true, &[&no], &[group(false, &[&yes, &yes]), group(false, &[&no])]), "any of: this, or all of those");
    assert!(!holds(true, &[], &[group(true, &[&no])]) && holds(true, &[], &[group(true, &[])]), "an empty group is none");
    let asked = Conditions { any: true, conditions: vec![no], groups: vec![group(false, &[&yes])] };
    assert_eq!(asked.held(&facts()).cloned().collect::<Vec<_>>(), [yes]);
}

#[test]
fn what_is_wrong_is_named_by_its_place() {
    let wrong = |conditions: Vec<Condition>| {
        Conditions { conditions, ..Conditions::default() }.check(Subject::OF_VISITS).unwrap_err().field().map(ToOwned::to_owned)
    };
    let good = condition(Subject::Page, Test::Like, "/a");
    let second = |bad: Condition| wrong(vec![good.clone(), bad]);
    assert_eq!(second(condition(Subject::Seconds, Test::Is, "3")).as_deref(), Some("test.1"));
    for bad in [
        condition(Subject::Seconds, Test::AtLeast, "soon"),
        condition(Subject::Page, Test::Like, " "),
        condition(Subject::Page, Test::Is, "jackets"),
        condition(Subject::Country, Test::Is, "Portugal"),
        condition(Subject::Hour, Test::Between, "9"),
        condition(Subject::Hour, Test::Between, "9-9"),
        condition(Subject::Hour, Test::Between, "9-25"),
        condition(Subject::Language, Test::Is, ","),
    ] {
        assert_eq!(second(bad.clone()).as_deref(), Some("value.1"), "{bad:?}");
    }
    assert_eq!(second(condition(Subject::Attribute, Test::Is, "x")).as_deref(), Some("name.1"));
    assert_eq!(second(condition(Subject::Tag, Test::Is, "vip")).as_deref(), Some("test.1"), "a visit has no tags");
    assert_eq!(wrong(vec![good; 21]).as_deref(), Some("conditions"));
}

proptest! {
    #[test]
    fn a_pattern_without_stars_is_the_text_itself(text in "[a-z/]{0,12}", other in "[a-z/]{0,12}") {
        prop_assert!(like(&text, &text));
        prop_assert_eq!(like(&text, &other), text == other);
    }

    #[test]
    fn stars_stand_for_what_was_taken_out(a in "[a-z]{0,5}", b in "[a-z]{0,5}", c in "[a-z]{0,5}", between in "[a-z/*]{0,9}") {
        let with_b = format!("{a}{between}{b}{between}{c}");
        let pattern = format!("{a}*{b}*{c}");
        prop_assert!(like(&pattern, &with_b));
    }

    #[test]
    fn one_more_condition_makes_all_narrower_and_any_wider(seconds in 0i64..60, bounds in proptest::collection::vec(0i64..60, 1..6), more in 0i64..60) {
        let facts = Facts { seconds, ..facts() };
        let one = |bound: i64| condition(Subject::Seconds, Test::AtLeast, &bound.to_string());
        let few: Vec<Condition> = bounds.into_iter().map(one).collect();
        let many: Vec<Condition> = few.iter().cloned().chain([one(more)]).collect();
        let rule = |any, conditions: &[Condition]| Conditions { any, conditions: conditions.to_vec(), groups: vec![] }.matches(&facts);
        prop_assert!(!rule(false, &many) || rule(false, &few));
        prop_assert!(!rule(true, &few) || rule(true, &many));
        prop_assert!(!rule(false, &few) || rule(true, &few));
    }

    #[test]
    fn no_facts_and_no_rule_bring_it_down(page in ".{0,40}", value in ".{0,20}", subject in 0usize..20, test in 0usize..8) {
        let condition = condition(Subject::ALL[subject], Test::ALL[test], &value);
        let facts = Facts { page, ..facts() };
        condition.matches(&facts);
        drop(Conditions { conditions: vec![condition], ..Conditions::default() }.check(Subject::OF_VISITS));
    }
}
