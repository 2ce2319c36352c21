//! Forwardings that providers ask to confirm: kept with code and link, shown to admins of the property, put away by one of them.

use model::{LetterInId, Refusal};

use crate::common::{JOANA, refused};
use crate::contract;
use crate::post::*;

fn asks() -> Mail {
    let text = "support@acme.test has asked to forward mail to your address.\r\n\r\nConfirmation code: 482913756\r\n\r\n\
                To allow it, open this link to confirm:\r\nhttps://mail.provider.example/confirm/9f8e7d6c5b4a3\r\n";
    Mail::new(
        "forwarding-noreply@provider.example",
        "x@y.test",
        "(#482913756) Forwarding Confirmation - Receive Mail from support@acme.test",
        text,
    )
}

contract!(a_forwarding_to_confirm_is_shown_to_admins_until_one_puts_it_away, |ground| async {
    let shop = ground.shop().await;
    let (olga, _) = ground.other_shop(&shop).await;
    let mail = asks();
    let filed = receive(&ground, &forwarding(&shop).await, &mail, &proven()).await;
    receive(&ground, &forwarding(&shop).await, &mail, &proven()).await;
    assert!(filed.conversation.is_some(), "it is a ticket like any other mail");
    let shown = shop.marta.overview().await.unwrap().confirmations;
    assert_eq!(shown.len(), 1, "a copy of it is none");
    let one = &shown[0];
    assert_eq!(
        (one.sender.as_str(), one.proven, one.account.as_deref()),
        ("forwarding-noreply@provider.example", true, Some("support@acme.test"))
    );
    assert_eq!(
        (one.code.as_deref(), one.link.as_deref()),
        (Some("482913756"), Some("https://mail.provider.example/confirm/9f8e7d6c5b4a3"))
    );
    assert_eq!((one.host(), one.conversation.as_ref()), (Some("mail.provider.example"), filed.conversation.as_ref()));
    assert!(olga.overview().await.unwrap().confirmations.is_empty());
    assert_eq!(refused(olga.dismiss_confirmation(one.id.clone()).await), Refusal::NotFound);
    assert_eq!(refused(shop.rui.dismiss_confirmation(one.id.clone()).await), Refusal::Forbidden);
    assert_eq!(refused(shop.marta.dismiss_confirmation(LetterInId::new()).await), Refusal::NotFound);
    shop.marta.dismiss_confirmation(one.id.clone()).await.unwrap();
    assert!(shop.marta.overview().await.unwrap().confirmations.is_empty());
    assert!(send(&ground).await.is_empty(), "nobody is answered");
});

contract!(one_without_proof_says_so_and_one_in_a_ticket_is_no_banner, |ground| async {
    let shop = ground.shop().await;
    receive(&ground, &forwarding(&shop).await, &asks(), &nobody()).await;
    assert!(!shop.marta.overview().await.unwrap().confirmations[0].proven);
    let (_, reply) = joanas(&ground, &shop).await;
    receive(&ground, &reply, &Mail { from: JOANA.1.into(), ..asks() }, &nobody()).await;
    assert_eq!(shop.marta.overview().await.unwrap().confirmations.len(), 1);
});

contract!(an_earlier_address_is_confirmed_too, |ground| async {
    let shop = ground.shop().await;
    let before = forwarding(&shop).await;
    shop.marta.renew_forwarding_address().await.unwrap();
    receive(&ground, &before, &asks(), &nobody()).await;
    assert_eq!(shop.marta.overview().await.unwrap().confirmations.len(), 1);
});
