//! Letters of rules: to who asks alone, from the ticket, marked as a machine's; never in answer to one, and few.

use model::{
    Assignee,
    conversation::Status,
    letter::LetterKind,
    message::MessageKind,
    moment::{DAY, MINUTE, SECOND},
    rule::{Deed, When},
};

use super::{deed, rule, thread, told};
use crate::{
    common::{Ground, JOANA, chat_form, ticket},
    contract,
    post::{Mail, forwarding, joanas, nobody, receive},
};

const TEXT: &str = "Hello {name},\n\n#{number} {subject} is with {property}. {unknown}";

/// Everything that is owed; words of one event leave one after the other.
async fn letters(ground: &Ground) -> Vec<desk::postbox::Due> {
    while ground.follow_mail().await.expect("followed") {}
    ground.clock.pass(11 * SECOND);
    ground.postbox().lease(1000).await.expect("leased")
}

contract!(a_letter_goes_to_who_asks_and_is_marked, |ground| async {
    let shop = ground.shop().await;
    shop.marta.save_rule(rule(When::Created, vec![], vec![deed(Deed::Letter, TEXT)])).await.unwrap();
    let to = forwarding(&shop).await;
    let mail = Mail {
        cc: "paulo@example.com".into(),
        ..Mail::new("Joana {subject} <joana@example.com>", "support@acme.test", "Late order", "Where?")
    };
    let id = receive(&ground, &to, &mail, &nobody()).await.conversation.unwrap();
    shop.marta.assign(vec![id.clone()], Assignee::Agent(shop.rui.id().clone())).await.unwrap();
    ground.look().await;
    let letters = letters(&ground).await;
    let own: Vec<_> = letters.iter().filter(|one| one.letter.text.contains("is with")).collect();
    assert_eq!(own.len(), 1, "who asks alone, no copies");
    let letter = &own[0].letter;
    assert_eq!(letter.to.address, JOANA.1);
    let number = thread(&shop, &id).await.line.number.unwrap();
    assert!(
        letter.text.contains(&format!("Hello Joana {{subject}},\n\n#{number} Late order is with Acme Shop. {{unknown}}")),
        "{}",
        letter.text
    );
    assert!(letter.headers.iter().any(|(name, value)| name == "Auto-Submitted" && value == "auto-generated"), "{:?}", letter.headers);
    assert_eq!(letter.reply_to.address, thread(&shop, &id).await.reply_address, "an answer to it goes into the ticket");
    assert_eq!(letter.in_reply_to.as_deref(), Some(mail.id.as_str()), "it stands below the mail it answers");
    let seen = thread(&shop, &id).await;
    let said = seen.messages.iter().find(|message| message.kind == MessageKind::Said && message.text.contains("is with")).unwrap();
    assert_eq!((said.letters.len(), said.letters[0].kind), (1, LetterKind::Rule), "it stands at its words");
    assert!(seen.line.waiting_since.is_some(), "a machine's words are no answer");
});

contract!(no_letter_answers_a_machine, |ground| async {
    let shop = ground.shop().await;
    for when in [When::Created, When::Answered, When::Status] {
        shop.marta.save_rule(rule(when, vec![], vec![deed(Deed::Letter, TEXT)])).await.unwrap();
    }
    let to = forwarding(&shop).await;
    let mail = |from: &str, subject: &str| Mail::new(from, "support@acme.test", subject, "Words");
    let written = async || {
        ground.look().await;
        while ground.follow_mail().await.unwrap() {}
        (
            ground.number("select count(*) from letter_out where kind = 'rule' and status <> 'failed'").await,
            ground.number("select count(*) from letter_out where kind = 'rule' and status = 'failed'").await,
        )
    };
    receive(&ground, &to, &mail("news@list.example", "News").header("Precedence: bulk"), &nobody()).await;
    receive(&ground, &to, &mail("away@x.example", "Away").header("Auto-Submitted: auto-replied"), &nobody()).await;
    assert_eq!(written().await, (0, 0));
    // a chat has a window; that no letter went out is said
    let chat = ground.visit(&shop.marta).await.start_chat(chat_form("Hello")).await.unwrap();
    assert_eq!(written().await, (0, 0));
    let (_, why) = told(&thread(&shop, &chat).await).pop().expect("that it ran");
    assert!(why.last().unwrap().starts_with("No letter went out"), "{why:?}");
    // whose last words were a machine's is not written to, whatever the occasion
    let (ours, address) = joanas(&ground, &shop).await;
    assert_eq!(written().await, (1, 0));
    ground.clock.pass(2 * DAY);
    let away = mail(JOANA.1, "Away: Late order").header("Auto-Submitted: auto-replied");
    receive(&ground, &address, &away, &nobody()).await;
    shop.marta.set_status(vec![ours.clone()], Status::Pending).await.unwrap();
    assert_eq!(written().await, (1, 0));
    assert!(told(&thread(&shop, &ours).await).pop().unwrap().1.last().unwrap().starts_with("No letter went out"));
    // two machines that do not know each other as such: one a day, and the ticket shows what was held back
    let id = receive(&ground, &to, &mail("robot@x.example", "Order 1"), &nobody()).await.conversation.unwrap();
    assert_eq!(written().await, (2, 0));
    let address = thread(&shop, &id).await.reply_address;
    for n in 0..5 {
        ground.clock.pass(MINUTE);
        receive(&ground, &address, &mail("robot@x.example", &format!("Re: Order 1 {n}")), &nobody()).await;
    }
    assert_eq!(written().await, (2, 5));
    ground.clock.pass(DAY);
    receive(&ground, &address, &mail("robot@x.example", "Re: Order 1 again"), &nobody()).await;
    assert_eq!(written().await, (3, 5));
});

contract!(a_ticket_that_an_agent_opened_gets_its_letter, |ground| async {
    let shop = ground.shop().await;
    shop.marta.save_rule(rule(When::Created, vec![], vec![deed(Deed::Letter, "We are on it")])).await.unwrap();
    let id = ticket(&shop.marta, "By us", Assignee::Nobody).await;
    ground.look().await;
    let letters = letters(&ground).await;
    assert_eq!(letters.iter().filter(|one| one.letter.text.contains("We are on it")).count(), 1);
    assert_eq!(thread(&shop, &id).await.line.preview, "We are on it");
});
