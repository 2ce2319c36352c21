use super::*;

#[test]
fn an_address_reads_back() {
    let asked =
        Asked { agent: Some(AgentId::new()), area: Some(Area::Mail), from: "2026-11-01".parse().ok(), until: "2026-11-27".parse().ok() };
    let query = asked.to_query();
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    assert_eq!(Asked::from_pairs(pairs), asked);
    assert_eq!(Asked::from_pairs([("area", "moon"), ("agent", ""), ("from", "x")]), Asked::default());
}

#[test]
fn every_area_has_acts() {
    assert!(Area::ALL.iter().all(|area| Act::ALL.iter().any(|act| act.area() == *area)));
}
