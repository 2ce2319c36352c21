//! Payloads of cross-site scripting (cure53): whatever they are, what comes out holds to our rules.

use crate::{json, set};

#[test]
fn payloads_come_out_harmless() {
    let Some(folder) = set("cure53/DOMPurify") else { return };
    let list = json(&folder.join("expect.json"));
    let mut count = 0;
    for case in list.as_array().expect("a list") {
        let Some(payload) = case["payload"].as_str() else { continue };
        for remote in [false, true] {
            let once = mail::sanitise::html(payload, &|_| None, remote).html;
            let twice = mail::sanitise::html(&once, &|_| None, remote).html;
            assert_eq!(once, twice, "not stable: {payload}");
            is_harmless(&once, payload);
            count += 1;
        }
        let kept = mail::sanitise::kept(payload);
        assert_eq!(kept, mail::sanitise::kept(&kept), "not stable: {payload}");
        is_harmless(&kept, payload);
    }
    println!("{count} payloads held");
    assert!(count > 100);
}

/// Looks at the tags that a browser would see, not at text that only spells them.
fn is_harmless(html: &str, payload: &str) {
    for tag in html.split('<').skip(1).filter_map(|rest| rest.split('>').next()) {
        let folded = tag.to_ascii_lowercase();
        let name = folded.split([' ', '/']).find(|piece| !piece.is_empty()).unwrap_or_default();
        for bad in [
            "script", "iframe", "object", "embed", "form", "svg", "math", "input", "button", "base", "meta", "link", "style", "template",
            "video", "audio",
        ] {
            assert_ne!(name, bad, "{payload} → {html}");
        }
        for (at, _) in folded.match_indices(" on") {
            let event: String = folded[at + 1..].chars().take_while(char::is_ascii_alphabetic).collect();
            assert!(!folded[at + 1 + event.len()..].starts_with("=\""), "event {event}: {payload} → {html}");
        }
        for attribute in ["href=\"", "src=\"", "cite=\"", "background=\"", "action=\""] {
            if let Some(at) = folded.find(attribute) {
                let value = &folded[at + attribute.len()..];
                let ok = ["http:", "https:", "mailto:", "tel:", "cid:", "data:image/"].iter().any(|scheme| value.starts_with(scheme));
                assert!(ok, "address {value}: {payload} → {html}");
            }
        }
        if let Some(at) = folded.find("style=\"") {
            let style = folded[at + 7..].split('"').next().unwrap_or_default();
            assert!(!style.contains("url(") && !style.contains("position") && !style.contains("expression"), "{payload} → {html}");
        }
    }
}
