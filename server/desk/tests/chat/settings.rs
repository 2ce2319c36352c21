//! The widget's settings, what it says by them and by who is there, and canned responses.

use model::{
    CannedResponseId, PropertyId, Refusal,
    agent::Presence,
    canned_response::{CannedResponse, Scope},
    chat::ChatForm,
    conversation::Kind,
    hours::{Hours, Span, State},
    hours_form::{ALWAYS, AS_PROPERTY, BY_DAY, HoursForm},
    moment::{HOUR, MINUTE},
    view::View,
    widget::{Appearance, Field, FieldKind, Widget},
    widget_form::{AppearanceForm, WordingForm},
};

use crate::{
    common::{chat_form, details, follows, refused},
    contract, thread,
};

contract!(only_admins_change_the_widget_and_every_field_is_checked, |ground| async {
    let shop = ground.shop().await;
    let (key, widget) = shop.rui.widget().await.unwrap();
    assert_eq!((key.len(), widget), (16, Widget::default()));
    assert_eq!(refused(shop.rui.set_widget(Widget::default()).await), Refusal::Forbidden);
    let colour = Widget { appearance: Appearance { colour: "red".into(), ..Appearance::default() }, ..Widget::default() };
    assert_eq!(refused(shop.marta.set_widget(colour).await).field(), Some("colour"));
    let wanted = Widget { rescue_after: None, online_with_nobody: true, ..Widget::default() };
    shop.marta.set_widget(wanted.clone()).await.unwrap();
    assert_eq!(shop.rui.widget().await.unwrap().1, wanted);
    assert_eq!(ground.visit(&shop.marta).await.open_window(&[]).await.unwrap().front.widget, wanted);
    let (olga, _) = ground.other_shop(&shop).await;
    let (other, untouched) = olga.widget().await.unwrap();
    assert!(other != key && untouched == Widget::default());
    let secret = shop.marta.identity_secret().await.unwrap();
    let window = serde_json::to_string(&ground.visit(&shop.marta).await.open_window(&[]).await.unwrap()).unwrap();
    assert!(!window.contains(&secret));
});

contract!(two_admins_who_change_two_parts_at_once_both_have_their_way, |ground| async {
    let shop = ground.shop().await;
    assert_eq!(refused(shop.rui.change_widget(Ok).await), Refusal::Forbidden);
    let look = AppearanceForm { colour: "#123456".into(), ..AppearanceForm::from(&Appearance::default()) };
    let words = WordingForm { language: "en".into(), greeting: "Hello there".into(), ..WordingForm::default() };
    let (one, two) =
        tokio::join!(shop.marta.change_widget(move |widget| look.put(widget)), shop.marta.change_widget(move |widget| words.put(widget)),);
    assert!(one.is_ok() && two.is_ok(), "{one:?} {two:?}");
    let (_, widget) = shop.rui.widget().await.unwrap();
    assert_eq!((widget.appearance.colour.as_str(), widget.wordings[0].greeting.as_str()), ("#123456", "Hello there"));
    let wrong = AppearanceForm { desktop_side: "far".into(), ..AppearanceForm::from(&widget.appearance) };
    assert_eq!(refused(shop.marta.change_widget(move |widget| wrong.put(widget)).await).field(), Some("desktop_side"));
    assert_eq!(shop.rui.widget().await.unwrap().1, widget, "what is refused changes nothing");
});

contract!(a_property_of_an_earlier_build_gets_its_widget, |ground| async {
    let shop = ground.shop().await;
    ground
        .db()
        .write(|tx| {
            Box::pin(async move {
                sqlx::query("delete from widget").execute(tx.conn()).await?;
                Ok(())
            })
        })
        .await
        .unwrap();
    assert_eq!(refused(shop.marta.widget().await), Refusal::NotFound);
    let desk = ground.another_desk().await;
    assert_eq!(shop.marta.widget().await.unwrap().1, Widget::default());
    desk.close().await;
});

contract!(the_widget_is_online_when_somebody_is_there_and_it_is_open, |ground| async {
    let shop = ground.shop().await;
    let (marta, rui) = (shop.marta.id().clone(), shop.rui.id().clone());
    let property = shop.marta.property().clone();
    let both = [marta.clone(), rui.clone()];
    let state = async |connected: &[model::AgentId]| ground.widget_state(&property, connected).await.unwrap();
    assert_eq!(state(&[]).await.0, State::Offline);
    assert_eq!(state(&both).await.0, State::Online);
    shop.marta.set_presence(Presence::Away).await.unwrap();
    assert_eq!(state(std::slice::from_ref(&marta)).await.0, State::Away);
    shop.rui.set_presence(Presence::Invisible).await.unwrap();
    assert_eq!(state(std::slice::from_ref(&rui)).await.0, State::Offline);
    assert_eq!(state(&both).await.0, State::Away);
    assert_eq!(shop.rui.roster().await.unwrap().agent(&marta).unwrap().presence, Presence::Away, "colleagues see it");
    shop.marta.set_presence(Presence::Online).await.unwrap();
    shop.marta.disable_agent(rui.clone()).await.unwrap();
    assert_eq!(state(std::slice::from_ref(&rui)).await.0, State::Offline, "who may not enter is not there");
    // it is Monday, 12:00 in Lisbon
    let mut hours = Hours { always: false, ..Hours::default() };
    hours.days[0] = vec![Span { from: 13 * 60, to: 18 * 60 }];
    shop.marta.set_widget(Widget { hours, ..Widget::default() }).await.unwrap();
    let (closed, opens) = state(&both).await;
    assert_eq!((closed, opens), (State::Offline, Some(ground.clock.now().plus(HOUR))));
    ground.clock.pass(HOUR);
    assert_eq!(state(&both).await, (State::Online, None));
    assert_eq!(refused(ground.widget_state(&PropertyId::new(), &[]).await), Refusal::NotFound);
});

contract!(an_agent_is_away_by_itself_when_none_of_their_browsers_is_touched, |ground| async {
    let shop = ground.shop().await;
    let presence = async || shop.marta.roster().await.unwrap().agent(shop.rui.id()).unwrap().presence;
    // two browsers, of which one rests
    shop.rui.touch().await.unwrap();
    ground.clock.pass(9 * MINUTE);
    shop.rui.touch().await.unwrap();
    ground.clock.pass(2 * MINUTE);
    shop.rui.rest().await.unwrap();
    assert_eq!(presence().await, Presence::Online, "the other one was touched two minutes ago");
    ground.clock.pass(8 * MINUTE);
    follows(&shop.marta, shop.rui.rest()).await;
    assert_eq!(presence().await, Presence::Away);
    let head = shop.marta.roster().await.unwrap().head;
    shop.rui.rest().await.unwrap();
    assert_eq!(shop.marta.roster().await.unwrap().head, head, "it is said once");
    follows(&shop.marta, shop.rui.touch()).await;
    assert_eq!(presence().await, Presence::Online, "whichever it is that is touched");
    shop.rui.set_presence(Presence::Away).await.unwrap();
    shop.rui.touch().await.unwrap();
    assert_eq!(presence().await, Presence::Away, "what they chose themselves stays");
    shop.rui.set_presence(Presence::Online).await.unwrap();
    ground.clock.pass(11 * MINUTE);
    shop.rui.rest().await.unwrap();
    shop.rui.set_presence(Presence::Away).await.unwrap();
    shop.rui.touch().await.unwrap();
    assert_eq!(presence().await, Presence::Away, "also when they were away already");
    shop.rui.set_presence(Presence::Invisible).await.unwrap();
    ground.clock.pass(11 * MINUTE);
    shop.rui.rest().await.unwrap();
    assert_eq!(presence().await, Presence::Invisible);
});

contract!(the_form_before_a_chat_asks_once, |ground| async {
    let shop = ground.shop().await;
    let field = |kind, key: &str, required| Field { kind, key: key.into(), label: "Order number?".into(), required };
    let before_chat =
        vec![field(FieldKind::Email, "", true), field(FieldKind::Department, "", false), field(FieldKind::Question, "order", true)];
    shop.marta.set_widget(Widget { before_chat, ..Widget::default() }).await.unwrap();
    let visitor = ground.visit(&shop.marta).await;
    let window = visitor.open_window(&[]).await.unwrap();
    assert_eq!(window.front.departments, [(shop.billing.clone(), "Billing".to_owned())]);
    let asked = ChatForm { department: shop.billing.to_string(), answers: [("order".into(), "17".into())].into(), ..chat_form("Hello") };
    assert_eq!(refused(visitor.start_chat(asked.clone()).await).field(), Some("email"));
    let filled = ChatForm { details: details(("Ana", "ana@example.com")), ..asked };
    let elsewhere = ChatForm { department: model::DepartmentId::new().to_string(), ..filled.clone() };
    assert_eq!(refused(visitor.start_chat(elsewhere).await).field(), Some("department"));
    let chat = visitor.start_chat(filled).await.unwrap();
    let seen = thread(&shop.rui, &chat).await;
    assert_eq!(seen.line.assignee, model::Assignee::Department(shop.billing.clone()));
    assert_eq!((seen.line.contact.name.as_str(), seen.participants[0].email.as_str()), ("Ana", "ana@example.com"));
    assert_eq!(seen.chat.unwrap().answers[0].answer, "17");
    shop.rui.end_chat(chat).await.unwrap();
    let known = ChatForm { answers: [("order".into(), "18".into())].into(), ..chat_form("Again") };
    visitor.start_chat(known).await.unwrap();
    let inbox = shop.rui.list_inbox(View { kind: Some(Kind::Chat), ..View::default() }).await.unwrap();
    assert_eq!(inbox.rows[0].line.contact.email, "ana@example.com", "what is known is not asked again");
});

fn canned(scope: Scope, shortcut: &str) -> CannedResponse {
    CannedResponse { id: CannedResponseId::new(), scope, shortcut: shortcut.into(), text: format!("Text of {shortcut}, {{name}}") }
}

contract!(everybody_keeps_their_own_canned_responses_and_admins_the_rest, |ground| async {
    let shop = ground.shop().await;
    let own = canned(Scope::Agent(shop.rui.id().clone()), "/Hello");
    shop.rui.save_canned_response(own.clone()).await.unwrap();
    let (everybody, billing) = (canned(Scope::Property, "hello"), canned(Scope::Department(shop.billing.clone()), "refund"));
    for shared in [&everybody, &billing] {
        assert_eq!(refused(shop.rui.save_canned_response(shared.clone()).await), Refusal::Forbidden);
        shop.marta.save_canned_response(shared.clone()).await.unwrap();
    }
    let listed = async |agent: &desk::Agent| agent.list_canned_responses().await.unwrap().into_iter().map(|one| one.id).collect::<Vec<_>>();
    assert_eq!(listed(&shop.rui).await, [own.id.clone(), everybody.id.clone(), billing.id.clone()]);
    assert_eq!(listed(&shop.marta).await, [everybody.id.clone(), billing.id.clone()], "nobody reads another's own");
    let twice = canned(Scope::Property, "HELLO");
    assert_eq!(refused(shop.marta.save_canned_response(twice).await), Refusal::Taken { field: "shortcut".into() });
    let changed = CannedResponse { text: "Other".into(), ..everybody.clone() };
    shop.marta.save_canned_response(changed).await.unwrap();
    let stolen = CannedResponse { scope: Scope::Agent(shop.rui.id().clone()), shortcut: "mine".into(), ..everybody.clone() };
    assert_eq!(refused(shop.rui.save_canned_response(stolen).await), Refusal::Forbidden, "what is everybody's is not made one's own");
    assert_eq!(
        refused(shop.marta.save_canned_response(CannedResponse { text: "Mine now".into(), ..own.clone() }).await),
        Refusal::NotFound
    );
    assert_eq!(refused(shop.marta.delete_canned_response(own.id.clone()).await), Refusal::NotFound);
    assert_eq!(refused(shop.rui.delete_canned_response(billing.id.clone()).await), Refusal::Forbidden);
    let (olga, _) = ground.other_shop(&shop).await;
    assert_eq!(listed(&olga).await, []);
    assert_eq!(refused(olga.delete_canned_response(everybody.id.clone()).await), Refusal::NotFound);
    let foreign = canned(Scope::Department(shop.billing.clone()), "x");
    assert_eq!(refused(olga.save_canned_response(foreign).await), Refusal::NotFound);
    shop.rui.delete_canned_response(own.id).await.unwrap();
    shop.marta.change_department(shop.billing.clone(), "Billing", "", vec![]).await.unwrap();
    assert_eq!(listed(&shop.rui).await, std::slice::from_ref(&everybody.id), "who leaves a department leaves its texts");
    assert_eq!(listed(&shop.marta).await.len(), 2, "an admin keeps them");
});

contract!(a_department_may_keep_hours_of_its_own, |ground| async {
    let shop = ground.shop().await;
    let (olga, _) = ground.other_shop(&shop).await;
    let theirs = olga.create_department("Theirs", "", vec![]).await.unwrap();
    let hours = |of: &model::DepartmentId, open: &str| HoursForm { department: of.to_string(), open: open.into(), ..HoursForm::default() };
    let set = async |form: HoursForm| shop.marta.change_widget(move |widget| form.put(widget)).await;
    let state = async || ground.widget_state(shop.marta.property(), &[shop.marta.id().clone()]).await.unwrap().0;
    // closed for good, as a property; open, as Billing
    set(HoursForm { open: BY_DAY.into(), ..HoursForm::default() }).await.unwrap();
    assert_eq!(state().await, State::Offline);
    set(hours(&shop.billing, ALWAYS)).await.unwrap();
    assert_eq!(state().await, State::Online, "a department is open");
    for wrong in [theirs, model::DepartmentId::new()] {
        assert_eq!(refused(set(hours(&wrong, ALWAYS)).await).field(), Some("department"), "none of this property");
    }
    set(hours(&shop.billing, AS_PROPERTY)).await.unwrap();
    assert_eq!(state().await, State::Offline);
    set(hours(&shop.billing, ALWAYS)).await.unwrap();
    shop.marta.delete_department(shop.billing.clone()).await.unwrap();
    assert_eq!(state().await, State::Offline, "its hours went with it");
    assert!(shop.rui.widget().await.unwrap().1.department_hours.is_empty());
});
