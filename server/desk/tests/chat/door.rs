//! The visitor's door: secrets, proofs of who they are, and that nobody reaches another's chat.

use model::{
    Refusal, Why,
    chat::Rating,
    moment::{DAY, SECOND},
    visitor::{DetailsForm, Guest, Identity},
};

use crate::{
    common::{Ground, JOANA, KENJI, Shop, chat_form, details, refused, said, sign, words},
    contract, thread,
};

fn identity(ground: &Ground, nonce: char) -> Identity {
    Identity {
        id: "customer-17".into(),
        name: JOANA.0.into(),
        email: JOANA.1.into(),
        expires: ground.clock.now().0 / SECOND + 3_600,
        nonce: nonce.to_string().repeat(20),
        ..Identity::default()
    }
}

async fn signed(shop: &Shop, identity: Identity) -> Identity {
    sign(&shop.marta.identity_secret().await.unwrap(), &shop.marta.widget().await.unwrap().0, identity)
}

contract!(a_secret_is_stored_as_its_digest_alone, |ground| async {
    let shop = ground.shop().await;
    let (visitor, token) = ground.visit_from(&shop.marta, "198.51.100.4").await;
    assert!(token.len() >= 51, "256 bits");
    let stored = ground.text("select token from visitor").await;
    assert!(stored.len() == 64 && stored != token);
    assert_eq!(ground.visitor(&token, "198.51.100.4").await.unwrap().id(), visitor.id());
    for wrong in ["", "x", stored.as_str()] {
        assert_eq!(refused(ground.visitor(wrong, "198.51.100.4").await.map(|_| ())), Refusal::SignedOut);
    }
    assert_eq!(refused(ground.begin_visit("none-such", desk::Arrival::default()).await), Refusal::NotFound);
    ground.clock.pass(91 * DAY);
    assert_eq!(refused(ground.visitor(&token, "198.51.100.4").await.map(|_| ())), Refusal::SignedOut, "nobody used it");
});

contract!(who_logs_out_leaves_nothing_in_the_browser, |ground| async {
    let shop = ground.shop().await;
    let (visitor, token) = ground.visit_from(&shop.marta, "198.51.100.4").await;
    let chat = visitor.start_chat(chat_form("Hello")).await.unwrap();
    visitor.log_out().await.unwrap();
    assert_eq!(refused(ground.visitor(&token, "198.51.100.4").await.map(|_| ())), Refusal::SignedOut);
    // an actor that was made before acts no more
    assert_eq!(refused(visitor.say(chat.clone(), said("Me again")).await), Refusal::SignedOut);
    assert_eq!(refused(visitor.start_chat(chat_form("Me again")).await), Refusal::SignedOut);
    let (next, other) = ground.visit_from(&shop.marta, "198.51.100.4").await;
    assert_ne!(other, token);
    let window = next.open_window(&[]).await.unwrap();
    assert_eq!((window.chats.len(), window.messages.len(), window.guest), (0, 0, Guest::default()));
    assert_eq!(thread(&shop.rui, &chat).await.messages.len(), 1, "agents keep it");
});

contract!(nobody_reaches_another_s_chat, |ground| async {
    let shop = ground.shop().await;
    let (olga, _) = ground.other_shop(&shop).await;
    let visitor = ground.visit(&shop.marta).await;
    let chat = visitor.start_chat(chat_form("Hello")).await.unwrap();
    shop.rui.reply(chat.clone(), words("Hello!")).await.unwrap();
    let before = thread(&shop.rui, &chat).await;
    for other in [ground.visit(&shop.marta).await, ground.visit(&olga).await] {
        assert_eq!(refused(other.say(chat.clone(), said("Let me in")).await), Refusal::NotFound);
        assert_eq!(refused(other.mark_read(chat.clone(), before.messages[0].id.clone()).await), Refusal::NotFound);
        assert_eq!(refused(other.rate(chat.clone(), Rating::Bad, "").await), Refusal::NotFound);
        assert_eq!(refused(other.end_chat(chat.clone()).await), Refusal::NotFound);
        assert_eq!(refused(other.leave_details(chat.clone(), details(KENJI)).await), Refusal::NotFound);
        assert_eq!(refused(other.ask_transcript(chat.clone(), KENJI.1).await), Refusal::NotFound);
        assert_eq!(refused(other.tell_event(chat.clone(), model::visitor::SiteEvent::default()).await), Refusal::NotFound);
        let told = other.told_since(0).await.unwrap().unwrap();
        assert!(told.iter().all(|told| told.about.is_none() && told.messages.is_empty() && told.guest.is_none()));
        assert_eq!(other.list_earlier(i64::MAX).await.unwrap().0, []);
    }
    let stranger = ground.visit(&olga).await;
    let mut same = chat_form("Same id at another property");
    same.id = chat.to_string();
    assert_eq!(refused(stranger.start_chat(same).await), Refusal::Conflict);
    assert_eq!(thread(&shop.rui, &chat).await, before);
    assert_eq!(refused(olga.join_chat(chat.clone()).await), Refusal::NotFound);
    assert_eq!(refused(olga.end_chat(chat.clone()).await), Refusal::NotFound);
    assert_eq!(refused(olga.edit_message(before.messages[0].id.clone(), "x").await), Refusal::NotFound);
});

contract!(the_site_proves_who_they_are, |ground| async {
    let shop = ground.shop().await;
    let visitor = ground.visit(&shop.marta).await;
    let chat = visitor.start_chat(chat_form("Hello")).await.unwrap();
    let proof = signed(&shop, identity(&ground, 'a')).await;
    visitor.identify(proof.clone()).await.unwrap();
    visitor.identify(proof).await.unwrap();
    let seen = thread(&shop.rui, &chat).await;
    assert_eq!((seen.line.contact.name.as_str(), seen.line.contact.email.as_str()), JOANA);
    assert!(seen.chat.unwrap().guest.proven);
    assert_eq!(seen.participants[0].email, JOANA.1);
    let claim = refused(visitor.leave_details(chat.clone(), details(KENJI)).await);
    assert_eq!(claim, Refusal::invalid("email", Why::Proven), "a form does not say otherwise");
    visitor.leave_details(chat.clone(), DetailsForm { name: "Somebody".into(), ..details(JOANA) }).await.unwrap();
    assert_eq!(visitor.open_window(&[]).await.unwrap().guest.name, JOANA.0);
});

contract!(a_proof_that_was_forged_replayed_or_is_late_is_refused_alike, |ground| async {
    let shop = ground.shop().await;
    let (olga, _) = ground.other_shop(&shop).await;
    let (visitor, thief, stranger) = (ground.visit(&shop.marta).await, ground.visit(&shop.marta).await, ground.visit(&olga).await);
    let good = signed(&shop, identity(&ground, 'a')).await;
    let no = |outcome: Result<(), desk::Error>| assert_eq!(refused(outcome), Refusal::NotProven);
    no(visitor.identify(Identity { email: KENJI.1.into(), ..good.clone() }).await);
    no(visitor.identify(Identity { expires: good.expires + 1, ..good.clone() }).await);
    no(visitor.identify(Identity { signature: "0".repeat(64), ..good.clone() }).await);
    no(visitor.identify(Identity { signature: String::new(), ..good.clone() }).await);
    no(visitor.identify(Identity { signature: "zz".into(), ..good.clone() }).await);
    no(visitor.identify(signed(&shop, Identity { nonce: "short".into(), ..identity(&ground, 'b') }).await).await);
    no(visitor.identify(signed(&shop, Identity { expires: good.expires + 200_000, ..identity(&ground, 'c') }).await).await);
    no(stranger.identify(good.clone()).await);
    visitor.identify(good.clone()).await.unwrap();
    no(thief.identify(good.clone()).await);
    no(thief.identify(Identity { signature: good.signature.to_uppercase(), ..good.clone() }).await);
    no(visitor.identify(signed(&shop, Identity { id: "customer-18".into(), email: KENJI.1.into(), ..identity(&ground, 'd') }).await).await);
    visitor.log_out().await.unwrap();
    let again = ground.visit(&shop.marta).await;
    no(again.identify(good.clone()).await);
    shop.marta.renew_identity_secret().await.unwrap();
    let stale = sign("an old secret", &shop.marta.widget().await.unwrap().0, identity(&ground, 'e'));
    no(again.identify(stale).await);
    again.identify(signed(&shop, identity(&ground, 'f')).await).await.unwrap();
    ground.clock.pass(2 * 3_600 * SECOND);
    no(ground.visit(&shop.marta).await.identify(signed(&shop, Identity { expires: good.expires, ..identity(&ground, 'g') }).await).await);
    assert_eq!(thief.open_window(&[]).await.unwrap().guest, Guest::default());
    assert_eq!(refused(shop.rui.identity_secret().await), Refusal::Forbidden);
    assert_eq!(refused(shop.rui.renew_identity_secret().await), Refusal::Forbidden);
});

contract!(a_claimed_address_renames_nobody, |ground| async {
    let shop = ground.shop().await;
    crate::common::ticket(&shop.marta, "Joana's own", model::Assignee::Nobody).await;
    let eve = ground.visit(&shop.marta).await;
    let chat = eve.start_chat(chat_form("It is me, Joana")).await.unwrap();
    eve.leave_details(chat.clone(), details(("Eve", JOANA.1))).await.unwrap();
    let seen = thread(&shop.rui, &chat).await;
    assert_eq!(seen.line.contact.name, JOANA.0, "whose address it is");
    let guest = seen.chat.unwrap().guest;
    assert_eq!((guest.name.as_str(), guest.proven), ("Eve", false), "agents see what was claimed, and that nobody proved it");
    let window = serde_json::to_string(&eve.open_window(&[]).await.unwrap()).unwrap();
    assert!(!window.contains("Joana's own") && !window.contains("Prado"), "{window}");
});

contract!(who_the_site_says_they_are_is_a_claim_like_one_in_a_form, |ground| async {
    let shop = ground.shop().await;
    let visitor = ground.visit(&shop.marta).await;
    let form = model::chat::ChatForm { site: details(("Ana Lima", "no address")), ..chat_form("Hello") };
    let chat = visitor.start_chat(form).await.unwrap();
    let seen = thread(&shop.rui, &chat).await;
    assert_eq!((seen.line.contact.name.as_str(), seen.line.contact.email.as_str()), ("Ana Lima", ""), "the words are taken all the same");
    visitor.introduce(details(("Ana Prado", "ana@lima.example"))).await.unwrap();
    let seen = thread(&shop.rui, &chat).await;
    assert_eq!((seen.line.contact.name.as_str(), seen.line.contact.email.as_str()), ("Ana Prado", "ana@lima.example"));
    assert!(!seen.line.missed && !seen.chat.unwrap().guest.proven, "it leaves no message, and proves nothing");
    // what somebody else has, is theirs: as an address in a form before a chat
    crate::common::ticket(&shop.marta, "Joana's own", model::Assignee::Nobody).await;
    let eve = ground.visit(&shop.marta).await;
    let chat = eve.start_chat(model::chat::ChatForm { site: details(("Eve", JOANA.1)), ..chat_form("It is me") }).await.unwrap();
    let formed = ground.visit(&shop.marta).await;
    let typed = formed.start_chat(model::chat::ChatForm { details: details(("Eve", JOANA.1)), ..chat_form("It is me") }).await.unwrap();
    let (said, typed) = (thread(&shop.rui, &chat).await, thread(&shop.rui, &typed).await);
    assert_eq!((said.line.contact, said.chat.unwrap().guest), (typed.line.contact, typed.chat.unwrap().guest));
    let window = serde_json::to_string(&eve.open_window(&[]).await.unwrap()).unwrap();
    assert!(!window.contains("Joana's own") && !window.contains("Prado"), "{window}");
    // who is proven is not said to be somebody else
    let proof = signed(&shop, identity(&ground, 'a')).await;
    let proven = ground.visit(&shop.marta).await;
    proven.identify(proof).await.unwrap();
    let form = model::chat::ChatForm { site: details(KENJI), ..chat_form("Hello") };
    let chat = proven.start_chat(form).await.unwrap();
    proven.introduce(details(KENJI)).await.unwrap();
    assert_eq!(thread(&shop.rui, &chat).await.line.contact.email, JOANA.1);
});

contract!(attributes_and_tags_of_the_site_reach_the_agents, |ground| async {
    let shop = ground.shop().await;
    let visitor = ground.visit(&shop.marta).await;
    visitor.tag("VIP").await.unwrap();
    visitor.set_attributes([("plan".into(), "gold".into()), ("cart".into(), "3".into())].into()).await.unwrap();
    let chat = visitor.start_chat(chat_form("Hello")).await.unwrap();
    visitor.set_attributes([("cart".into(), String::new())].into()).await.unwrap();
    visitor.tag("Late").await.unwrap();
    let seen = thread(&shop.rui, &chat).await;
    assert_eq!(seen.line.tags, ["late", "vip"]);
    assert_eq!(seen.chat.unwrap().attributes, [("plan".to_owned(), "gold".to_owned())].into());
    let many = (0..40).map(|n| (format!("name{n}"), "x".to_owned())).collect();
    assert_eq!(refused(visitor.set_attributes(many).await).field(), Some("attributes"));
});

contract!(one_who_turns_out_to_be_known_leaves_no_double, |ground| async {
    let shop = ground.shop().await;
    crate::common::ticket(&shop.marta, "Joana's own", model::Assignee::Nobody).await;
    let visitor = ground.visit(&shop.marta).await;
    let chat = visitor.start_chat(chat_form("Hello")).await.unwrap();
    assert_eq!(ground.number("select count(*) from contact").await, 2);
    visitor.leave_details(chat.clone(), details(JOANA)).await.unwrap();
    assert_eq!(ground.number("select count(*) from contact").await, 1);
    assert_eq!(thread(&shop.rui, &chat).await.others.len(), 1);
});

contract!(who_wakes_windows_learns_whose_and_nothing_else, |ground| async {
    let shop = ground.shop().await;
    let (visitor, neighbour) = (ground.visit(&shop.marta).await, ground.visit(&shop.marta).await);
    let (pool, property) = (ground.db().read().clone(), shop.marta.property().clone());
    let head = desk::log::head(&pool, &property).await.unwrap();
    let woken =
        async || desk::log::visitors_since(&pool, &property, head, 100).await.unwrap().into_iter().map(|(_, who)| who).collect::<Vec<_>>();
    crate::common::ticket(&shop.marta, "No visitor's", model::Assignee::Nobody).await;
    assert_eq!(woken().await, []);
    let chat = visitor.start_chat(chat_form("Hello")).await.unwrap();
    shop.rui.note(chat.clone(), words("Ours")).await.unwrap();
    neighbour.start_chat(chat_form("Hello")).await.unwrap();
    shop.marta.set_widget(model::widget::Widget::default()).await.unwrap();
    assert_eq!(woken().await, [Some(visitor.id().clone()), Some(neighbour.id().clone()), None]);
});

contract!(who_is_not_known_sees_the_front_alone, |ground| async {
    let shop = ground.shop().await;
    let (visitor, _) = ground.visit_from(&shop.marta, "198.51.100.4").await;
    visitor.start_chat(chat_form("Hello")).await.unwrap();
    let (key, _) = shop.marta.widget().await.unwrap();
    let (seen, known) = (ground.open_front(&key, &|_| vec![]).await.unwrap(), visitor.open_window(&[]).await.unwrap());
    assert_eq!((&seen.front, seen.state, seen.head), (&known.front, known.state, known.head));
    assert_eq!((seen.chats.len(), seen.messages.len(), seen.guest), (0, 0, Guest::default()));
    assert_eq!(ground.front(visitor.property()).await.unwrap(), known.front);
    assert_eq!(refused(ground.open_front("none-such", &|_| vec![]).await.map(|_| ())), Refusal::NotFound);
});

contract!(beginning_again_with_the_same_pass_is_the_same_browser, |ground| async {
    let shop = ground.shop().await;
    let (olga, _) = ground.other_shop(&shop).await;
    let (key, other) = (shop.marta.widget().await.unwrap().0, olga.widget().await.unwrap().0);
    let arrival = |pass: &str| desk::Arrival { pass: pass.repeat(52), ..desk::Arrival::default() };
    let token = ground.begin_visit(&key, arrival("a")).await.unwrap();
    let visitor = ground.visitor(&token, "").await.unwrap();
    let chat = visitor.start_chat(chat_form("CANARY")).await.unwrap();
    assert_eq!(ground.begin_visit(&key, arrival("a")).await.unwrap(), token, "its answer was lost");
    for (key, pass) in [(&key, "b"), (&other, "a"), (&key, ""), (&key, "")] {
        assert_ne!(ground.begin_visit(key, arrival(pass)).await.unwrap(), token);
    }
    let again = ground.visitor(&token, "").await.unwrap();
    let form = chat_form("Hello");
    assert_eq!(again.start_chat(form.clone()).await.unwrap(), chat, "the chat that goes on");
    assert_eq!(again.start_chat(form).await.unwrap(), chat, "and again");
    assert_eq!(thread(&shop.rui, &chat).await.messages.len(), 2);
    visitor.log_out().await.unwrap();
    let next = ground.begin_visit(&key, arrival("a")).await.unwrap();
    let window = ground.visitor(&next, "").await.unwrap().open_window(&[]).await.unwrap();
    assert!(!serde_json::to_string(&window).unwrap().contains("CANARY"), "who comes after a logout is somebody else");
});

contract!(nothing_is_kept_of_who_did_not_agree, |ground| async {
    let shop = ground.shop().await;
    let key = shop.marta.widget().await.unwrap().0;
    for consent in [model::widget::Consent::All, model::widget::Consent::Eu] {
        shop.marta.set_widget(model::widget::Widget { consent, ..model::widget::Widget::default() }).await.unwrap();
        assert_eq!(refused(ground.begin_visit(&key, desk::Arrival::default()).await), Refusal::NoConsent);
        assert_eq!(ground.number("select count(*) from visitor").await, i64::from(consent == model::widget::Consent::Eu));
        ground.begin_visit(&key, desk::Arrival { agreed: true, ..desk::Arrival::default() }).await.unwrap();
    }
});

contract!(a_code_hands_a_visitor_over_once_at_any_process, |ground| async {
    let shop = ground.shop().await;
    let (olga, _) = ground.other_shop(&shop).await;
    let key = shop.marta.widget().await.unwrap().0;
    let (visitor, token) = ground.visit_from(&shop.marta, "198.51.100.4").await;
    let code = visitor.pop_out(&token).await.unwrap();
    let row = ground.text("select code || ' ' || sealed from pop_out").await;
    assert!(!row.contains(&code) && !row.contains(&token), "{row}");
    let other = ground.another_desk().await;
    assert_eq!(other.take_over(&key, &code).await.unwrap(), token);
    assert_eq!(refused(other.take_over(&key, &code).await), Refusal::LinkGone, "a second time");
    other.close().await;
    let code = visitor.pop_out(&token).await.unwrap();
    assert_eq!(refused(ground.take_over(&olga.widget().await.unwrap().0, &code).await), Refusal::LinkGone, "another widget's");
    let code = visitor.pop_out(&token).await.unwrap();
    ground.clock.pass(model::moment::MINUTE);
    assert_eq!(refused(ground.take_over(&key, &code).await), Refusal::LinkGone, "too late");
});
