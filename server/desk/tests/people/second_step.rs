//! The second step of signing in: set up, asked for, lost, and asked of all agents of a property.

use data_encoding::BASE32_NOPAD;
use desk::{Agent, Secrets};
use model::{Refusal, Why, agent::Role, moment::SECOND};
use totp_rs::{Algorithm, Builder};

use crate::{
    common::{Ground, MARTA, PASSWORD, RUI, browser, refused},
    contract,
};

/// Seconds of a step.
const STEP: i64 = 30 * SECOND;

/// What an app shows that was told this key.
fn shown(key: &str, ground: &Ground) -> String {
    let secret = BASE32_NOPAD.decode(key.replace(' ', "").as_bytes()).unwrap();
    let app = Builder::new().with_algorithm(Algorithm::SHA1).with_digits(6).with_step_duration(30).with_secret(secret).build().unwrap();
    app.generate(u64::try_from(ground.clock.now().0 / SECOND).unwrap()).to_string()
}

/// Sets it up: the key of the app, and the recovery codes.
async fn set_up(ground: &Ground, agent: &Agent) -> (String, Vec<String>) {
    agent.begin_second_step().await.unwrap();
    let key = agent.second_step().await.unwrap().enrolment.expect("a key to scan").secret;
    // as apps show it
    let code = shown(&key, ground);
    let codes = agent.confirm_second_step(&format!("{} {} ", &code[..3], &code[3..])).await.unwrap();
    (key, codes)
}

async fn enter(ground: &Ground, email: &str, code: &str) -> desk::Result<String> {
    ground.sign_in(email, Secrets { password: PASSWORD, code, passkey: "" }, browser()).await
}

fn wrong() -> Refusal {
    Refusal::invalid("code", Why::WrongCode)
}

contract!(who_has_a_second_step_signs_in_with_a_code_that_works_once, |ground| async {
    let shop = ground.shop().await;
    let phone = enter(&ground, RUI, "").await.unwrap();
    let (key, codes) = set_up(&ground, &shop.rui).await;
    assert_eq!(codes.len(), 10);
    // sessions that came without it have ended, their own has not
    assert_eq!(refused(ground.agent(&phone).await), Refusal::SignedOut);
    ground.agent(&shop.rui_token).await.unwrap();
    let state = shop.rui.second_step().await.unwrap();
    assert!(state.since.is_some() && state.codes == 10 && !state.required && state.enrolment.is_none());
    // it is not asked before the password is right
    assert_eq!(refused(ground.sign_in(RUI, "not the password", browser()).await), Refusal::WrongPassword);
    assert_eq!(refused(enter(&ground, RUI, "").await), Refusal::invalid("code", Why::Required));
    assert_eq!(refused(enter(&ground, RUI, &shown(&key, &ground)).await), wrong(), "the code that confirmed it was used");
    ground.clock.pass(STEP);
    let code = shown(&key, &ground);
    ground.agent(&enter(&ground, RUI, &format!(" {} {} ", &code[..3], &code[3..])).await.unwrap()).await.unwrap();
    ground.clock.pass(SECOND);
    assert_eq!(refused(enter(&ground, RUI, &code).await), wrong(), "once");
    // Marta has none
    enter(&ground, MARTA, "").await.unwrap();
});

contract!(two_sign_ins_with_one_code_at_once_are_one, |ground| async {
    let shop = ground.shop().await;
    let (key, codes) = set_up(&ground, &shop.rui).await;
    ground.clock.pass(STEP);
    for code in [shown(&key, &ground), codes[0].clone()] {
        let (one, two) = tokio::join!(enter(&ground, RUI, &code), enter(&ground, RUI, &code));
        assert!(one.is_ok() != two.is_ok());
        assert_eq!(refused(if one.is_ok() { two } else { one }), wrong());
    }
});

contract!(a_recovery_code_works_once_and_the_password_gives_others, |ground| async {
    let shop = ground.shop().await;
    let (_, codes) = set_up(&ground, &shop.rui).await;
    enter(&ground, RUI, &codes[3].to_uppercase().replace('-', " ")).await.unwrap();
    assert_eq!(refused(enter(&ground, RUI, &codes[3]).await), wrong());
    assert_eq!(shop.rui.second_step().await.unwrap().codes, 9);
    assert_eq!(refused(shop.rui.renew_recovery_codes("not the password").await), Refusal::WrongPassword);
    let others = shop.rui.renew_recovery_codes(PASSWORD).await.unwrap();
    assert_eq!(refused(enter(&ground, RUI, &codes[4]).await), wrong());
    enter(&ground, RUI, &others[0]).await.unwrap();
    // nothing that was shown stands in the database
    for code in others {
        let text = format!("select count(*) from recovery_code where code like '%{}%'", code.replace('-', "").to_uppercase());
        assert_eq!(ground.number(Box::leak(text.into_boxed_str())).await, 0);
    }
});

contract!(a_key_counts_once_a_code_of_it_was_typed, |ground| async {
    let shop = ground.shop().await;
    shop.rui.begin_second_step().await.unwrap();
    enter(&ground, RUI, "").await.unwrap();
    let first = shop.rui.second_step().await.unwrap().enrolment.unwrap();
    assert!(first.address.starts_with("otpauth://totp/Recado:rui%40") && first.address.ends_with("&issuer=Recado"), "{}", first.address);
    assert_eq!(refused(shop.rui.confirm_second_step("000000").await), wrong());
    shop.rui.begin_second_step().await.unwrap();
    let second = shop.rui.second_step().await.unwrap().enrolment.unwrap();
    assert_ne!(first.secret, second.secret);
    assert_eq!(refused(shop.rui.confirm_second_step(&shown(&first.secret, &ground)).await), wrong());
    shop.rui.confirm_second_step(&shown(&second.secret, &ground)).await.unwrap();
    for refusal in [refused(shop.rui.begin_second_step().await), refused(shop.rui.confirm_second_step("000000").await)] {
        assert_eq!(refusal, Refusal::Conflict, "it stands already");
    }
    assert_eq!(refused(shop.rui.end_second_step("not the password").await), Refusal::WrongPassword);
    shop.rui.end_second_step(PASSWORD).await.unwrap();
    enter(&ground, RUI, "").await.unwrap();
    assert_eq!(ground.number("select count(*) from second_step").await + ground.number("select count(*) from recovery_code").await, 0);
});

contract!(a_property_may_ask_it_of_its_agents, |ground| async {
    let shop = ground.shop().await;
    assert_eq!(refused(shop.rui.require_second_step(true).await), Refusal::Forbidden);
    assert_eq!(refused(shop.marta.require_second_step(true).await), Refusal::SecondStepFirst);
    let (key, _) = set_up(&ground, &shop.marta).await;
    shop.marta.require_second_step(true).await.unwrap();
    assert!(shop.marta.roster().await.unwrap().property.second_step_required);
    // Rui may set it up, and nothing else
    assert_eq!(refused(ground.agent(&shop.rui_token).await), Refusal::SecondStepMissing);
    let rui = ground.agent_setting_up(&shop.rui_token).await.unwrap();
    assert!(rui.second_step().await.unwrap().required);
    set_up(&ground, &rui).await;
    ground.agent(&shop.rui_token).await.unwrap();
    // who does without it comes no further again
    rui.end_second_step(PASSWORD).await.unwrap();
    assert_eq!(refused(ground.agent(&shop.rui_token).await), Refusal::SecondStepMissing);
    shop.marta.require_second_step(false).await.unwrap();
    ground.agent(&shop.rui_token).await.unwrap();
    ground.clock.pass(STEP);
    enter(&ground, MARTA, &shown(&key, &ground)).await.unwrap();
});

contract!(an_invitation_is_no_way_around_it, |ground| async {
    let shop = ground.shop().await;
    let (olga, _) = ground.other_shop(&shop).await;
    let (key, _) = set_up(&ground, &shop.rui).await;
    ground.clock.pass(STEP);
    olga.invite_agent(RUI, Role::Agent, model::agent::Reach::All).await.unwrap();
    let link = ground.link_for(RUI).await;
    assert_eq!(refused(ground.accept_invitation(&link, "", PASSWORD, browser()).await), Refusal::invalid("code", Why::Required));
    ground.clock.pass(STEP);
    let secrets = Secrets { password: PASSWORD, code: &shown(&key, &ground), passkey: "" };
    ground.accept_invitation(&link, "", secrets, browser()).await.unwrap();
});

contract!(who_lost_app_and_codes_is_let_in_by_who_runs_the_house, |ground| async {
    let shop = ground.shop().await;
    set_up(&ground, &shop.rui).await;
    assert!(!ground.reset_second_step("nobody@acme.test").await.unwrap());
    assert!(ground.reset_second_step(" RUI@acme.test ").await.unwrap());
    assert_eq!(refused(ground.agent(&shop.rui_token).await), Refusal::SignedOut, "whoever holds a session of theirs");
    enter(&ground, RUI, "").await.unwrap();
});

contract!(codes_are_not_guessed, |ground| async {
    let shop = ground.shop().await;
    set_up(&ground, &shop.rui).await;
    let mut tries = 0;
    while refused(enter(&ground, RUI, &format!("{tries:06}")).await) == wrong() {
        tries += 1;
        assert!(tries < 20, "the account has to wait");
    }
    assert!(matches!(refused(enter(&ground, RUI, "999999").await), Refusal::TooMany { .. }));
});

contract!(who_is_asked_for_the_code_has_guessed_nothing, |ground| async {
    let shop = ground.shop().await;
    let (key, _) = set_up(&ground, &shop.rui).await;
    // more often than an office may guess wrong
    for _ in 0..45 {
        ground.clock.pass(STEP);
        assert_eq!(refused(enter(&ground, RUI, "").await), Refusal::invalid("code", Why::Required));
        enter(&ground, RUI, &shown(&key, &ground)).await.unwrap();
    }
    assert_eq!(ground.number("select count(*) from sign_in_try where failures > 0").await, 0);
    assert_eq!(refused(enter(&ground, RUI, "000000").await), wrong());
    assert_eq!(ground.number("select count(*) from audit where act = 'second_step_refused'").await, 1);
    assert_eq!(ground.number("select count(*) from audit where act = 'sign_in_refused'").await, 0);
});
