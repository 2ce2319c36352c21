//! Invitations and their links.

use model::{
    Language, Refusal, Why,
    agent::{Density, Role},
    moment::DAY,
};

use crate::{
    common::{MARTA, PASSWORD, RUI, browser, refused},
    contract,
};

const ANA: &str = "ana@acme.test";

contract!(who_is_invited_makes_an_account_by_the_link, |desk| async {
    let shop = desk.shop().await;
    shop.marta.invite_agent(" Ana@acme.TEST ", Role::Agent, model::agent::Reach::All).await.unwrap();
    let link = desk.link_for(ANA).await;
    let welcome = desk.welcome(&link).await.unwrap();
    assert_eq!(
        (welcome.property.as_str(), welcome.by.as_str(), welcome.email.as_str(), welcome.known, welcome.language),
        ("Acme Shop", "Marta Lima", ANA, false, Language::English)
    );
    assert_eq!(refused(desk.accept_invitation(&link, "  ", PASSWORD, browser()).await), Refusal::invalid("name", Why::Required));
    assert_eq!(refused(desk.accept_invitation(&link, "Ana", "short", browser()).await), Refusal::invalid("password", Why::TooShort(10)));
    let token = desk.accept_invitation(&link, "Ana Sá", PASSWORD, browser()).await.unwrap();
    let ana = desk.agent(&token).await.unwrap();
    assert_eq!((ana.name(), ana.role(), ana.property()), ("Ana Sá", Role::Agent, shop.marta.property()));
    desk.sign_in(ANA, PASSWORD, browser()).await.unwrap();
    assert!(shop.marta.list_invitations().await.unwrap().is_empty());
});

contract!(a_link_works_once_for_seven_days_and_fails_alike, |desk| async {
    let shop = desk.shop().await;
    let gone = async |link: &str| {
        assert_eq!(refused(desk.welcome(link).await), Refusal::LinkGone);
        assert_eq!(refused(desk.accept_invitation(link, "Eve", PASSWORD, browser()).await), Refusal::LinkGone);
    };
    gone("").await;
    gone("no-such-link").await;
    gone(&desk.text("select token from invitation limit 1").await).await;
    gone(&desk.link_for(RUI).await).await;

    shop.marta.invite_agent(ANA, Role::Agent, model::agent::Reach::All).await.unwrap();
    let first = desk.link_for(ANA).await;
    desk.clock.pass(1);
    shop.marta.invite_agent(ANA, Role::Admin, model::agent::Reach::All).await.unwrap();
    let second = desk.link_for(ANA).await;
    gone(&first).await;
    let listed = shop.marta.list_invitations().await.unwrap();
    assert_eq!((listed.len(), listed[0].email.as_str(), listed[0].role), (1, ANA, Role::Admin));
    shop.marta.withdraw_invitation(listed[0].id.clone()).await.unwrap();
    gone(&second).await;
    assert_eq!(refused(shop.marta.withdraw_invitation(listed[0].id.clone()).await), Refusal::NotFound);

    desk.clock.pass(1);
    shop.marta.invite_agent(ANA, Role::Agent, model::agent::Reach::All).await.unwrap();
    let third = desk.link_for(ANA).await;
    desk.clock.pass(7 * DAY - 1);
    desk.welcome(&third).await.unwrap();
    desk.clock.pass(1);
    gone(&third).await;
    assert_eq!(shop.marta.list_invitations().await.unwrap().len(), 1);
});

contract!(a_link_opened_twice_at_once_makes_one_account, |desk| async {
    let shop = desk.shop().await;
    shop.marta.invite_agent(ANA, Role::Agent, model::agent::Reach::All).await.unwrap();
    let link = desk.link_for(ANA).await;
    let (one, two) =
        tokio::join!(desk.accept_invitation(&link, "Ana", PASSWORD, browser()), desk.accept_invitation(&link, "Ana", PASSWORD, browser()));
    assert!(one.is_ok() != two.is_ok());
    assert_eq!(refused(if one.is_ok() { two } else { one }), Refusal::LinkGone);
    assert_eq!(desk.number("select count(*) from agent where email = 'ana@acme.test'").await, 1);
});

contract!(the_letter_of_an_invitation_comes_from_the_property, |desk| async {
    let shop = desk.shop().await;
    shop.marta.change_profile("Marta *the* [Boss](http://x.test)", None, Density::Comfortable).await.unwrap();
    shop.marta.change_property("Loja <b>Açaí</b>", Language::Portuguese, "America/Sao_Paulo").await.unwrap();
    let marta = desk.agent(&shop.marta_token).await.unwrap();
    marta.invite_agent(ANA, Role::Agent, model::agent::Reach::All).await.unwrap();
    let letter: mail::compose::Letter =
        serde_json::from_str(&desk.text("select letter from letter_out where recipient = 'ana@acme.test'").await).unwrap();
    let forwarding = marta.roster().await.unwrap().property.forwarding_address;
    assert_eq!(
        (letter.from.name.as_deref(), letter.from.address.as_str(), letter.to.address.as_str()),
        (Some("Loja <b>Açaí</b>"), forwarding.as_str(), ANA)
    );
    assert_eq!(letter.subject, "Marta *the* [Boss](http://x.test) convida você para Loja <b>Açaí</b>");
    assert!(
        letter.text.starts_with("Marta *the* [Boss](http://x.test) convida você a atender os clientes de Loja <b>Açaí</b> com o Recado."),
        "{}",
        letter.text
    );
    assert!(
        !letter.html.contains("<b>") && !letter.html.contains("<em>") && !letter.html.contains("href=\"http://x.test"),
        "{}",
        letter.html
    );
    let link = desk.link_for(ANA).await;
    assert!(letter.html.contains(&format!("href=\"https://recado.test/invitation/{link}\"")), "{}", letter.html);
    assert!(letter.headers.iter().any(|(name, value)| name == "Auto-Submitted" && value == "auto-generated"));
    assert_eq!(desk.number("select count(*) from letter_out where recipient = 'ana@acme.test' and status = 'waiting'").await, 1);
    // the secret of a link is in its letter alone
    assert_eq!(desk.number("select count(*) from invitation where length(token) <> 64").await, 0);
});

contract!(who_has_an_account_accepts_by_its_password, |desk| async {
    let shop = desk.shop().await;
    let (olga, _) = desk.other_shop(&shop).await;
    desk.clock.pass(1);
    olga.invite_agent(RUI, Role::Admin, model::agent::Reach::All).await.unwrap();
    let link = desk.link_for(RUI).await;
    assert!(desk.welcome(&link).await.unwrap().known);
    assert_eq!(refused(desk.accept_invitation(&link, "Somebody", "a password of mine", browser()).await), Refusal::WrongPassword);
    let token = desk.accept_invitation(&link, "Somebody", PASSWORD, browser()).await.unwrap();
    let rui = desk.agent(&token).await.unwrap();
    assert_eq!((rui.id(), rui.name(), rui.role(), rui.property()), (shop.rui.id(), "Rui Alves", Role::Admin, olga.property()));
    // the role and the session of the other property are as they were
    let before = desk.agent(&shop.rui_token).await.unwrap();
    assert_eq!((before.role(), before.property()), (Role::Agent, shop.marta.property()));
    assert_eq!(
        rui.roster().await.unwrap().properties.iter().map(|(_, name)| name.as_str()).collect::<Vec<_>>(),
        ["Acme Shop", "Other Shop"]
    );
});

contract!(only_an_admin_invites_and_only_who_is_no_member, |desk| async {
    let shop = desk.shop().await;
    assert_eq!(refused(shop.rui.invite_agent(ANA, Role::Agent, model::agent::Reach::All).await), Refusal::Forbidden);
    assert_eq!(refused(shop.rui.list_invitations().await), Refusal::Forbidden);
    assert_eq!(
        refused(shop.marta.invite_agent("ana", Role::Agent, model::agent::Reach::All).await),
        Refusal::invalid("email", Why::NotAnAddress)
    );
    for member in [MARTA, RUI] {
        assert_eq!(
            refused(shop.marta.invite_agent(member, Role::Agent, model::agent::Reach::All).await),
            Refusal::Taken { field: "email".into() }
        );
    }
    shop.marta.disable_agent(shop.rui.id().clone()).await.unwrap();
    assert_eq!(
        refused(shop.marta.invite_agent(RUI, Role::Agent, model::agent::Reach::All).await),
        Refusal::Taken { field: "email".into() }
    );
    shop.marta.invite_agent(ANA, Role::Agent, model::agent::Reach::All).await.unwrap();
    let (olga, _) = desk.other_shop(&shop).await;
    let foreign = shop.marta.list_invitations().await.unwrap()[0].id.clone();
    assert!(olga.list_invitations().await.unwrap().is_empty());
    assert_eq!(refused(olga.withdraw_invitation(foreign).await), Refusal::NotFound);
});
