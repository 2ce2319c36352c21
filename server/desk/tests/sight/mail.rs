//! The ways by mail: into a ticket that one does not see, and out of it.

use model::{Assignee, agent::Reach, letter::LetterStatus, message::Mark, moment::SECOND};

use crate::{
    Case, case,
    common::{JOANA, MARTA, RUI, words},
    contract, limit,
    post::{self, Mail, nobody, proven, receive},
};

contract!(who_does_not_see_a_ticket_is_a_stranger_in_it_and_brings_nobody, |ground| async {
    let Case { shop, rui, own, foreign } = case(&ground, Reach::Own).await;
    post::send(&ground).await;
    let secret = post::thread(&shop, &foreign).await;
    let (number, address, to) = (secret.line.number.unwrap(), secret.reply_address, post::forwarding(&shop).await);
    let mail = |ours: &str, subject: &str| Mail { cc: format!("{ours}, rui@home.test"), ..Mail::new(RUI, ours, subject, "And to me") };
    let numbered = receive(&ground, &to, &mail(&to, &format!("Lamp [#{number}]")), &proven()).await;
    assert_ne!(numbered.conversation.as_ref(), Some(&foreign), "the number of a ticket lets nobody into it");
    for proof in [proven(), nobody()] {
        receive(&ground, &address, &mail(&address, "Re: Secret lamp"), &proof).await;
        assert_eq!(post::mark(&shop, &foreign).await, Some(Mark::Stranger), "nor does its address");
    }
    assert_eq!(post::thread(&shop, &foreign).await.participants.len(), 1);
    post::send(&ground).await;
    shop.marta.reply(foreign, words("The secret is blue")).await.unwrap();
    assert_eq!(post::to(&post::send(&ground).await), [JOANA.1]);
    // in what is theirs they speak as ever
    let address = post::thread(&shop, &own).await.reply_address;
    receive(&ground, &address, &mail(&address, "Re: Own chair"), &proven()).await;
    let said = post::last(&shop, &own).await;
    assert_eq!((said.author, said.mark), (rui.author(), None));
});

contract!(a_copy_goes_to_those_of_a_department_who_see_what_is_its, |ground| async {
    let Case { shop, foreign, .. } = case(&ground, Reach::Own).await;
    post::send(&ground).await;
    shop.marta.assign(vec![foreign.clone()], Assignee::Department(shop.billing.clone())).await.unwrap();
    let address = post::thread(&shop, &foreign).await.reply_address;
    let asks = |n: u32| Mail::new(JOANA.1, &address, "Re: Secret lamp", &format!("Is it blue? {n}"));
    receive(&ground, &address, &asks(1), &nobody()).await;
    assert_eq!(post::to(&post::send(&ground).await), [MARTA]);
    limit(&ground, &shop, Reach::Departments).await;
    receive(&ground, &address, &asks(2), &nobody()).await;
    assert_eq!(post::to(&post::send(&ground).await), [MARTA, RUI]);
    // copies that are written already, and not sent yet
    receive(&ground, &address, &asks(3), &nobody()).await;
    ground.clock.pass(11 * SECOND);
    while ground.follow_mail().await.unwrap() {}
    limit(&ground, &shop, Reach::Own).await;
    assert_eq!(post::to(&post::send(&ground).await), [MARTA]);
    let letters = post::last(&shop, &foreign).await.letters;
    let letter = letters.into_iter().find(|letter| letter.to == RUI).unwrap();
    assert_eq!((letter.status, letter.why.as_deref()), (LetterStatus::Failed, Some("its reader does not see this conversation any more")));
});
