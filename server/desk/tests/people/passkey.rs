//! Passkeys: made, used alone and after the password, refused, taken away. The devices are software; what they sign is real.

use desk::{Agent, Browser, Desk, Secrets, Settings};
use model::{
    Refusal, Why,
    agent::{Reach, Role},
    moment::{MINUTE, SECOND},
};

use crate::{
    authenticator::{Device, KNOWN},
    common::{Ground, MARTA, PASSWORD, PUBLIC_URL, RUI, browser, refused},
    contract,
};

/// What a device is made to say, and how.
type Lie = (&'static str, fn(&mut Device));

fn wrong() -> Refusal {
    Refusal::invalid("passkey", Why::WrongPasskey)
}

/// Gives somebody the passkey of a device.
async fn add(agent: &Agent, name: &str, device: &mut Device) -> Vec<String> {
    let options = agent.begin_passkey(name, PASSWORD).await.unwrap();
    agent.add_passkey(name, &device.make(&options)).await.unwrap()
}

/// A device of somebody's.
async fn device(agent: &Agent) -> Device {
    let mut device = Device::new(PUBLIC_URL);
    add(agent, "Phone", &mut device).await;
    device
}

async fn enter(desk: &Desk, answer: &str) -> desk::Result<String> {
    desk.sign_in_with_passkey(answer, browser()).await
}

/// By the password, and what is shown after it.
async fn after_password(ground: &Ground, email: &str, passkey: &str) -> desk::Result<String> {
    ground.sign_in(email, Secrets { password: PASSWORD, code: "", passkey }, browser()).await
}

fn challenge(desk: &Desk) -> String {
    desk.passkey_challenge().expect("a house with a name")
}

contract!(a_passkey_signs_its_owner_in_alone, |ground| async {
    let shop = ground.shop().await;
    let other = ground.sign_in(RUI, PASSWORD, browser()).await.unwrap();
    assert!(shop.rui.second_step().await.unwrap().able);
    let mut phone = Device::new(PUBLIC_URL);
    let codes = add(&shop.rui, " Phone ", &mut phone).await;
    assert_eq!(codes.len(), 10);
    // sessions that came without a second step have ended, their own has not
    assert_eq!(refused(ground.agent(&other).await), Refusal::SignedOut);
    ground.agent(&shop.rui_token).await.unwrap();
    let state = shop.rui.second_step().await.unwrap();
    assert!(state.on() && state.since.is_none() && state.codes == 10);
    assert_eq!((state.passkeys[0].name.as_str(), state.passkeys[0].used_at), ("Phone", None));
    ground.clock.pass(MINUTE);
    // the session that the browser holds makes room for the new one
    let held = Browser { holds: Some(shop.rui_token.clone()), ..browser() };
    let token = ground.sign_in_with_passkey(&phone.answer(&challenge(&ground)), held).await.unwrap();
    assert_eq!(ground.agent(&token).await.unwrap().id(), shop.rui.id());
    assert_eq!(refused(ground.agent(&shop.rui_token).await), Refusal::SignedOut);
    let rui = ground.agent(&token).await.unwrap();
    assert_eq!(rui.second_step().await.unwrap().passkeys[0].used_at, Some(ground.clock.now()));
    assert_eq!(ground.text("select subject from audit where act = 'passkey_used'").await, "Phone");
    assert_eq!(ground.number("select count(*) from audit where act = 'passkey_added'").await, 1);
    // a second one: no other codes, nobody is signed out
    ground.clock.pass(MINUTE);
    let mut laptop = Device::ed25519(PUBLIC_URL);
    assert!(add(&rui, "Laptop", &mut laptop).await.is_empty());
    let names: Vec<String> = rui.second_step().await.unwrap().passkeys.into_iter().map(|passkey| passkey.name).collect();
    assert_eq!(names, ["Laptop", "Phone"]);
    let mut windows = Device::rsa(PUBLIC_URL);
    add(&rui, "Windows", &mut windows).await;
    for device in [phone, laptop, windows] {
        let token = enter(&ground, &device.answer(&challenge(&ground))).await.unwrap();
        assert_eq!(ground.agent(&token).await.unwrap().id(), shop.rui.id());
    }
    ground.agent(&token).await.unwrap();
    // nobody else came in by any of it
    assert_eq!(ground.number("select count(*) from audit where act = 'passkey_used' and name <> 'Rui Alves'").await, 0);
});

contract!(what_does_not_count_signs_nobody_in_and_is_answered_alike, |ground| async {
    let shop = ground.shop().await;
    let mut phone = device(&shop.rui).await;
    phone.counter = 7;
    enter(&ground, &phone.answer(&challenge(&ground))).await.unwrap();
    let marta = device(&shop.marta).await;
    let lies: [Lie; 10] = [
        ("another page", |device| device.origin = "https://recado.test.evil.example".into()),
        ("another port", |device| device.origin = "https://recado.test:8443".into()),
        ("no TLS", |device| device.origin = "http://recado.test".into()),
        ("another house", |device| device.host = "evil.example".into()),
        ("nobody there", |device| device.flags = 0b0000_0100),
        ("somebody unknown", |device| device.flags = 0b0000_0001),
        ("copied, and not to be copied", |device| device.flags = 0b0001_0101),
        ("in a frame", |device| device.framed = true),
        ("a counter that stands", |device| device.counter = 7),
        ("a counter that is gone", |device| device.counter = 0),
    ];
    for (what, lie) in lies {
        ground.clock.pass(10 * MINUTE);
        phone.counter = 8;
        lie(&mut phone);
        assert_eq!(refused(enter(&ground, &phone.answer(&challenge(&ground))).await), wrong(), "{what}");
        (phone.origin, phone.host, phone.flags, phone.framed) = (PUBLIC_URL.into(), "recado.test".into(), KNOWN, false);
    }
    phone.counter = 9;
    let twin = |id: &[u8]| {
        let mut other = Device::new(PUBLIC_URL);
        (other.id, other.user, other.counter) = (id.to_vec(), phone.user.clone(), 9);
        other
    };
    // signed by another key, by somebody for somebody else, by nobody known
    let (forged, marta_as_rui, unknown) = (twin(&phone.id), twin(&marta.id), Device::new(PUBLIC_URL));
    for n in 0..10 {
        ground.clock.pass(10 * MINUTE);
        let fresh = challenge(&ground);
        let answer = match n {
            0 => forged.answer(&fresh),
            1 => marta_as_rui.answer(&fresh),
            2 => unknown.answer(&fresh),
            3 => phone.answer_as("webauthn.create", &serde_json::from_str(&fresh).unwrap()),
            4 => phone.answer(r#"{"challenge":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}"#),
            5 => phone.answer(&shop.rui.begin_passkey("Other", PASSWORD).await.unwrap()),
            6 => phone.answer(&ground_of_its_own()),
            7 => String::new(),
            8 => "{}".into(),
            _ => "x".repeat(99_999),
        };
        assert_eq!(refused(enter(&ground, &answer).await), wrong(), "{n}: {answer:.300}");
    }
    ground.clock.pass(10 * MINUTE);
    // answered too late
    let late = phone.answer(&challenge(&ground));
    ground.clock.pass(5 * MINUTE + SECOND);
    assert_eq!(refused(enter(&ground, &late).await), wrong());
    ground.clock.pass(10 * MINUTE);
    // and the right one, once
    let right = phone.answer(&challenge(&ground));
    enter(&ground, &right).await.unwrap();
    assert_eq!(refused(enter(&ground, &right).await), wrong(), "once");
    assert!(ground.number("select count(*) from audit where act = 'passkey_refused' and name = 'Rui Alves'").await > 10);
    assert_eq!(ground.number("select count(*) from audit where act = 'passkey_refused' and property = ''").await, 4, "of nobody known");
});

/// A challenge as another Recado of the same name makes it: without our key.
fn ground_of_its_own() -> String {
    let bytes = [&[7; 16][..], &i64::MAX.to_be_bytes(), &[7; 32]].concat();
    format!("{{\"challenge\":\"{}\"}}", data_encoding::BASE64URL_NOPAD.encode(&bytes))
}

contract!(a_device_that_does_not_count_is_taken_and_one_answer_counts_once, |ground| async {
    let shop = ground.shop().await;
    let phone = device(&shop.rui).await;
    for _ in 0..2 {
        enter(&ground, &phone.answer(&challenge(&ground))).await.unwrap();
    }
    let answer = phone.answer(&challenge(&ground));
    // on two nodes at once
    let second = ground.another_desk().await;
    let (one, two) = tokio::join!(enter(&ground, &answer), enter(&second, &answer));
    assert!(one.is_ok() != two.is_ok());
    assert_eq!(refused(if one.is_ok() { two } else { one }), wrong());
    second.close().await;
    // what has expired is forgotten some time after
    assert_eq!(ground.number("select count(*) from passkey_answered").await, 4);
    ground.clock.pass(70 * MINUTE);
    enter(&ground, &phone.answer(&challenge(&ground))).await.unwrap();
    assert_eq!(ground.number("select count(*) from passkey_answered").await, 1);
});

contract!(after_the_password_a_passkey_stands_for_the_code, |ground| async {
    let shop = ground.shop().await;
    let (rui, marta) = (device(&shop.rui).await, device(&shop.marta).await);
    // the password alone lets them in no more
    assert_eq!(refused(after_password(&ground, RUI, "").await), Refusal::invalid("code", Why::Required));
    assert_eq!(ground.number("select count(*) from sign_in_try where failures > 0").await, 0, "who is asked has guessed nothing");
    let token = after_password(&ground, RUI, &rui.answer(&challenge(&ground))).await.unwrap();
    assert_eq!(ground.agent(&token).await.unwrap().id(), shop.rui.id());
    // somebody else's is none of theirs, and stays good
    let others = marta.answer(&challenge(&ground));
    assert_eq!(refused(after_password(&ground, RUI, &others).await), wrong());
    assert_eq!(ground.number("select count(*) from audit where act = 'second_step_refused'").await, 1);
    enter(&ground, &others).await.unwrap();
    // it is looked at once the password is right
    let secrets = Secrets { password: "not the password", code: "", passkey: &rui.answer(&challenge(&ground)) };
    assert_eq!(refused(ground.sign_in(RUI, secrets, browser()).await), Refusal::WrongPassword);
    // nor is an invitation a way around it
    let (olga, _) = ground.other_shop(&shop).await;
    // Rui was invited before: the newer letter is found by its moment
    ground.clock.pass(MINUTE);
    olga.invite_agent(RUI, Role::Agent, Reach::All).await.unwrap();
    let link = ground.link_for(RUI).await;
    assert_eq!(refused(ground.accept_invitation(&link, "", PASSWORD, browser()).await), Refusal::invalid("code", Why::Required));
    let secrets = Secrets { password: PASSWORD, code: "", passkey: &rui.answer(&challenge(&ground)) };
    ground.accept_invitation(&link, "", secrets, browser()).await.unwrap();
});

contract!(where_a_second_step_is_asked_for_a_passkey_is_one, |ground| async {
    let shop = ground.shop().await;
    device(&shop.marta).await;
    shop.marta.require_second_step(true).await.unwrap();
    assert_eq!(refused(ground.agent(&shop.rui_token).await), Refusal::SecondStepMissing);
    let rui = ground.agent_setting_up(&shop.rui_token).await.unwrap();
    let mut phone = Device::new(PUBLIC_URL);
    let codes = add(&rui, "Phone", &mut phone).await;
    ground.agent(&shop.rui_token).await.unwrap();
    // lost, one of the codes gets them in, and the password gives others
    ground.sign_in(RUI, Secrets { password: PASSWORD, code: &codes[0], passkey: "" }, browser()).await.unwrap();
    assert_eq!(rui.renew_recovery_codes(PASSWORD).await.unwrap().len(), 10);
    let passkey = rui.second_step().await.unwrap().passkeys.remove(0).id;
    rui.remove_passkey(passkey, PASSWORD).await.unwrap();
    assert_eq!(refused(ground.agent(&shop.rui_token).await), Refusal::SecondStepMissing);
});

contract!(a_passkey_that_was_taken_away_opens_nothing, |ground| async {
    let shop = ground.shop().await;
    let (mut phone, marta) = (device(&shop.rui).await, device(&shop.marta).await);
    let mut laptop = Device::new(PUBLIC_URL);
    add(&shop.rui, "Laptop", &mut laptop).await;
    let passkeys = shop.rui.second_step().await.unwrap().passkeys;
    let called = |name: &str| passkeys.iter().find(|passkey| passkey.name == name).unwrap().id.clone();
    let (first, second) = (called("Phone"), called("Laptop"));
    let of_marta = shop.marta.second_step().await.unwrap().passkeys.remove(0).id;
    assert_eq!(refused(shop.rui.remove_passkey(first.clone(), "not the password").await), Refusal::WrongPassword);
    assert_eq!(refused(shop.rui.remove_passkey(of_marta, PASSWORD).await), Refusal::NotFound);
    shop.rui.remove_passkey(first.clone(), PASSWORD).await.unwrap();
    assert_eq!(refused(shop.rui.remove_passkey(first, PASSWORD).await), Refusal::NotFound);
    ground.clock.pass(MINUTE);
    assert_eq!(refused(enter(&ground, &phone.answer(&challenge(&ground))).await), wrong());
    assert_eq!(refused(after_password(&ground, RUI, &phone.answer(&challenge(&ground))).await), wrong());
    enter(&ground, &laptop.answer(&challenge(&ground))).await.unwrap();
    // with the last one the second step is gone, and what it left behind
    shop.rui.remove_passkey(second, PASSWORD).await.unwrap();
    after_password(&ground, RUI, "").await.unwrap();
    assert_eq!(shop.rui.second_step().await.unwrap().codes, 0);
    assert_eq!(ground.number("select count(*) from audit where act = 'passkey_removed'").await, 2);
    enter(&ground, &marta.answer(&challenge(&ground))).await.unwrap();
    // the device may be told to make one again
    add(&shop.rui, "Phone", &mut phone).await;
    enter(&ground, &phone.answer(&challenge(&ground))).await.unwrap();
});

contract!(a_passkey_is_made_once_in_the_session_that_asked_for_it, |ground| async {
    let shop = ground.shop().await;
    let mut phone = Device::new(PUBLIC_URL);
    assert_eq!(refused(shop.rui.begin_passkey(" ", PASSWORD).await), Refusal::invalid("name", Why::Required));
    assert_eq!(refused(shop.rui.begin_passkey(&"x".repeat(81), PASSWORD).await), Refusal::invalid("name", Why::TooLong(80)));
    assert_eq!(refused(shop.rui.begin_passkey("Phone", "not the password").await), Refusal::WrongPassword);
    let options = shop.rui.begin_passkey("Phone", PASSWORD).await.unwrap();
    let made = phone.make(&options);
    // of another session of theirs, of somebody else, too late
    let other = ground.agent(&ground.sign_in(RUI, PASSWORD, browser()).await.unwrap()).await.unwrap();
    for agent in [&other, &shop.marta] {
        assert_eq!(refused(agent.add_passkey("Phone", &made).await), wrong());
    }
    let late = phone.make(&shop.rui.begin_passkey("Phone", PASSWORD).await.unwrap());
    ground.clock.pass(5 * MINUTE + SECOND);
    assert_eq!(refused(shop.rui.add_passkey("Phone", &late).await), wrong());
    let lies: [Lie; 6] = [
        ("another page", |device| device.origin = "https://evil.example".into()),
        ("another house", |device| device.host = "evil.example".into()),
        ("somebody unknown", |device| device.flags = 1),
        ("in a frame", |device| device.framed = true),
        ("another way to sign", |device| device.algorithm = -257),
        ("no name", |device| device.id = vec![]),
    ];
    for (what, lie) in lies {
        let mut device = Device::new(PUBLIC_URL);
        lie(&mut device);
        let options = shop.rui.begin_passkey("Phone", PASSWORD).await.unwrap();
        assert_eq!(refused(shop.rui.add_passkey("Phone", &device.make(&options)).await), wrong(), "{what}");
    }
    let using = phone.answer_as("webauthn.create", &serde_json::from_str(&challenge(&ground)).unwrap());
    assert_eq!(refused(shop.rui.add_passkey("Phone", &using).await), wrong());
    assert_eq!(ground.number("select count(*) from passkey").await, 0);
    let made = phone.make(&shop.rui.begin_passkey("Phone", PASSWORD).await.unwrap());
    shop.rui.add_passkey("Phone", &made).await.unwrap();
    assert_eq!(refused(shop.rui.add_passkey("Phone", &made).await), wrong(), "once");
    // the browser is told of those that are there, and the same one is nobody else's
    let options = shop.rui.begin_passkey("Phone", PASSWORD).await.unwrap();
    let options: serde_json::Value = serde_json::from_str(&options).unwrap();
    assert_eq!(options["excludeCredentials"][0]["id"], data_encoding::BASE64URL_NOPAD.encode(&phone.id));
    assert_eq!((&options["rp"]["id"], &options["attestation"]), (&"recado.test".into(), &"none".into()));
    let stolen = phone.make(&shop.marta.begin_passkey("Phone", PASSWORD).await.unwrap());
    assert_eq!(refused(shop.marta.add_passkey("Phone", &stolen).await), wrong());
    for n in 2..=20 {
        add(&shop.rui, &format!("Key {n}"), &mut Device::new(PUBLIC_URL)).await;
    }
    assert_eq!(refused(shop.rui.begin_passkey("One more", PASSWORD).await), Refusal::invalid("name", Why::TooMany(20)));
});

contract!(passkeys_and_passwords_do_not_hold_each_other_up, |ground| async {
    let shop = ground.shop().await;
    let phone = device(&shop.rui).await;
    let mut tries = 0;
    while refused(enter(&ground, &phone.answer("{}")).await) == wrong() {
        tries += 1;
        assert!(tries < 20, "the passkey has to wait");
    }
    assert_eq!(refused(after_password(&ground, RUI, "").await), Refusal::invalid("code", Why::Required));
    assert!(matches!(refused(enter(&ground, &phone.answer(&challenge(&ground))).await), Refusal::TooMany { .. }));
    // of an unknown one, too
    let unknown = Device::new(PUBLIC_URL);
    let mut tries = 0;
    while refused(enter(&ground, &unknown.answer(&challenge(&ground))).await) == wrong() {
        tries += 1;
        assert!(tries < 20, "it has to wait");
    }
    ground.clock.pass(10 * MINUTE);
    enter(&ground, &phone.answer(&challenge(&ground))).await.unwrap();
    after_password(&ground, RUI, &phone.answer(&challenge(&ground))).await.unwrap();
    after_password(&ground, MARTA, "").await.unwrap();
    // who guesses the password
    while refused(ground.sign_in(RUI, "wrong", browser()).await) == Refusal::WrongPassword {
        tries += 1;
        assert!(tries < 30, "the account has to wait");
    }
    enter(&ground, &phone.answer(&challenge(&ground))).await.unwrap();
});

contract!(who_may_not_enter_is_told_what_a_stranger_is_told, |ground| async {
    let shop = ground.shop().await;
    let phone = device(&shop.rui).await;
    shop.marta.disable_agent(shop.rui.id().clone()).await.unwrap();
    assert_eq!(refused(enter(&ground, &phone.answer(&challenge(&ground))).await), wrong());
    shop.marta.enable_agent(shop.rui.id().clone()).await.unwrap();
    let token = enter(&ground, &phone.answer(&challenge(&ground))).await.unwrap();
    // another password ends the other sessions, and leaves passkeys as it leaves the app
    ground.agent(&token).await.unwrap().change_password(PASSWORD, "another horse battery").await.unwrap();
    enter(&ground, &phone.answer(&challenge(&ground))).await.unwrap();
    // who runs the house lets them in who lost all of it
    assert!(ground.reset_second_step(RUI).await.unwrap());
    assert_eq!(ground.number("select count(*) from passkey").await, 0);
    assert_eq!(refused(enter(&ground, &phone.answer(&challenge(&ground))).await), wrong());
    ground.sign_in(RUI, "another horse battery", browser()).await.unwrap();
});

contract!(at_an_address_without_a_name_there_are_none, |ground| async {
    let shop = ground.shop().await;
    let settings = Settings { public_url: "https://192.0.2.1".into(), ..ground.settings().clone() };
    let desk = Desk::open(settings).await.unwrap();
    let rui = desk.agent(&shop.rui_token).await.unwrap();
    assert!(!rui.second_step().await.unwrap().able && desk.passkey_challenge().is_none());
    assert_eq!(refused(rui.begin_passkey("Phone", PASSWORD).await), Refusal::Conflict);
    assert_eq!(refused(enter(&desk, "{}").await), wrong());
    desk.close().await;
});
