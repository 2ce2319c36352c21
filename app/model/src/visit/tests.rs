use super::*;

fn visit() -> Visit {
    Visit {
        id: VisitId::from_bits(1),
        visitor: None,
        chat: None,
        served_by: vec![],
        name: String::new(),
        page: "https://shop.example/".into(),
        referrer: String::new(),
        browser: String::new(),
        language: String::new(),
        address: String::new(),
        country: None,
        before: 0,
        pages: 1,
        started_at: Moment(0),
        seen_at: Moment(0),
        idle_at: None,
        waiting: false,
    }
}

#[test]
fn who_does_nothing_is_idle_at_ten_minutes_and_gone_at_twenty() {
    // the page speaks each twenty seconds, and says at ten minutes that nothing was moved
    let there = Visit { seen_at: Moment(9 * MINUTE), ..visit() };
    assert_eq!(there.stage(Moment(10 * MINUTE)), Stage::Active);
    let idle = Visit { seen_at: Moment(IDLE_AFTER), idle_at: Some(Moment(IDLE_AFTER)), ..visit() };
    assert_eq!(idle.stage(Moment(IDLE_AFTER)), Stage::Idle);
    assert_eq!(idle.stage(Moment(ENDED_AFTER - 1)), Stage::Idle);
    assert_eq!(idle.stage(Moment(ENDED_AFTER)), Stage::Left);
}

#[test]
fn a_silent_page_is_closed_and_who_is_served_is_said_first() {
    assert_eq!(visit().stage(Moment(SILENT_AFTER - 1)), Stage::Active);
    assert_eq!(visit().stage(Moment(SILENT_AFTER)), Stage::Left);
    let served = Visit { served_by: vec!["Rui".into()], ..visit() };
    assert_eq!(served.stage(Moment(1)), Stage::Served);
    assert_eq!(served.stage(Moment(SILENT_AFTER)), Stage::Left);
}

fn read(text: &str) -> Option<Sighting> {
    serde_json::from_str::<Beacon>(text).ok()?.check()
}

#[test]
fn a_beacon_is_read_and_what_else_is_in_it_is_not() {
    let text = r#"{"id":"1-2-3-4294967295","page":"https://shop.example/a#!/b","referrer":"javascript:alert(1)","idle":true,"visitor":"x","country":"ZZ"}"#;
    let seen = read(text).unwrap();
    assert_eq!((seen.page.as_str(), seen.referrer.as_str(), seen.idle, seen.trigger), ("https://shop.example/a#!/b", "", true, None));
    assert_eq!(seen.load, VisitId::from_bits((1 << 96) | (2 << 64) | (3 << 32) | 0xffff_ffff));
}

#[test]
fn what_is_no_beacon_is_none() {
    let with = |id: &str, page: &str| format!(r#"{{"id":"{id}","page":"{page}"}}"#);
    for text in ["", "null", "[]", "{}", &with("1-2-3", "https://a/"), &with("1-2-3-4-5", "https://a/"), &with("1-2-3-4", "file:///etc")] {
        assert_eq!(read(text), None, "{text}");
    }
    for id in ["1-2-3-4294967296", "1-2-3-+4", "1-2-3-", "a-b-c-d", "1--2-3"] {
        assert_eq!(of_page(id), None, "{id}");
    }
}

#[test]
fn a_page_reached_from_the_one_that_is_open_goes_on_with_the_visit() {
    let open = "https://shop.example/a#!/b";
    assert!(goes_on(open, Moment(0), "https://shop.example/a", Moment(ENDED_AFTER - 1)));
    assert!(!goes_on(open, Moment(0), "https://shop.example/a", Moment(ENDED_AFTER)));
    assert!(!goes_on(open, Moment(0), "https://shop.example/c", Moment(1)) && !goes_on("", Moment(0), "", Moment(1)));
}
