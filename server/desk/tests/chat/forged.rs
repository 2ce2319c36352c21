//! Forms that somebody fills in the names of others, to have us write to them (quality.md 3.8): each victim gets one letter at most, without
//! a word of who forged it. `RECADO_FORMS=10000` makes the run long.

use std::collections::BTreeSet;

use desk::{Desk, Settings, VisitorLimits};
use futures::future::join_all;
use model::moment::SECOND;

use crate::{
    common::{chat_form, details},
    contract, letters,
};

/// Whom letters are to be sent to.
const VICTIMS: usize = 100;
/// Forms filled at the same time.
const AT_ONCE: usize = 50;

fn forms() -> usize {
    std::env::var("RECADO_FORMS").map_or(1_000, |text| text.parse().expect("RECADO_FORMS is a number"))
}

contract!(forged_forms_write_each_victim_one_letter_without_the_forgers_words, |ground| async {
    let shop = ground.shop().await;
    // were there no limits at all, it would have to hold as well
    let limits = VisitorLimits::default().times(None);
    let desk = Desk::open(Settings { visitor_limits: limits, ..ground.desk.settings().clone() }).await.unwrap();
    let (key, _) = shop.marta.widget().await.unwrap();
    let mut filled_in = 0;
    for begin in (0..forms()).step_by(AT_ONCE) {
        let filled = (begin..begin + AT_ONCE).map(|n| {
            let (desk, key) = (desk.clone(), key.clone());
            tokio::spawn(async move {
                let address = format!("2001:db8:{:x}:{:x}::1", n >> 12, n & 0xfff);
                let arrival = desk::Arrival { address: address.clone(), ..desk::Arrival::default() };
                let token = desk.begin_visit(&key, arrival).await.expect("a visit");
                let visitor = desk.visitor(&token, &address).await.expect("a visitor");
                let victim = format!("victim{}@people.example", n % VICTIMS);
                let mut form = chat_form(&format!("CANARY Win a prize at evil.example, number {n}"));
                form.details = details(("CANARY evil.example", &victim));
                form.page = "https://evil.example/CANARY".into();
                let chat = visitor.leave_message(form).await.expect("left");
                // and what else sends letters
                let _ = visitor.leave_details(chat.clone(), details(("CANARY again", &victim))).await;
                assert!(visitor.ask_transcript(chat, &victim).await.is_err(), "nobody answered: there is nothing to send");
                1
            })
        });
        filled_in += join_all(filled).await.into_iter().map(|one| one.expect("a form")).sum::<usize>();
        ground.clock.pass(20 * SECOND);
    }
    assert!(filled_in >= forms());
    let sent = letters(&desk, "acknowledgement").await;
    let victims: BTreeSet<&str> = sent.iter().map(|letter| letter.to.address.as_str()).collect();
    assert!(sent.len() <= VICTIMS && victims.len() == sent.len(), "{} letters to {} people", sent.len(), victims.len());
    assert_eq!(ground.number("select count(*) from letter_out where recipient like 'victim%'").await, i64::try_from(sent.len()).unwrap());
    for letter in &sent {
        let whole = serde_json::to_string(letter).unwrap().to_lowercase();
        assert!(!whole.contains("canary") && !whole.contains("evil.example") && !whole.contains("prize"), "{whole}");
    }
    desk.close().await;
});
