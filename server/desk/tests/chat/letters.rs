//! What goes by mail: answers to who left, the letter that a message came, transcripts; and what never does.

use desk::postbox::{Incoming, Proof};
use model::{
    ConversationId, MessageId, Refusal,
    conversation::Status,
    message::{Channel, Happening, UNDO},
    moment::{DAY, MINUTE, SECOND},
    window::Speaker,
};

use crate::{
    common::{Ground, JOANA, KENJI, MAIL_DOMAIN, chat_form, details, refused, said, words},
    contract, letters, thread,
};

/// A mail to a chat's own address, read and filed.
async fn mail_in(ground: &Ground, from: &str, chat: &ConversationId, text: &str) {
    let to = ground.keys().ticket_address("", chat.as_str());
    let raw = format!(
        "From: {from}\r\nTo: {to}\r\nSubject: Re: Your chat\r\nMessage-ID: <{}@example.com>\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n",
        MessageId::new()
    );
    let incoming = Incoming {
        raw: raw.into_bytes(),
        mail_from: from.into(),
        rcpt_to: vec![to],
        helo: "mx.example.com".into(),
        peer: "192.0.2.1".into(),
        tls: false,
    };
    ground.postbox().take(incoming).await.unwrap();
    let taken = ground.postbox().next().await.unwrap().expect("a mail to read");
    let understood = mail::understand(&taken.raw, &mail::Own::of(ground.keys())).expect("understood");
    ground.postbox().file(&taken, understood, Proof::default()).await.unwrap();
}

contract!(the_answer_to_who_left_goes_by_mail_and_stands_in_the_window, |ground| async {
    let shop = ground.shop().await;
    let visitor = ground.visit(&shop.marta).await;
    let chat = visitor.start_chat(chat_form("Do you ship to Spain?")).await.unwrap();
    visitor.leave_details(chat.clone(), details(JOANA)).await.unwrap();
    visitor.leave().await.unwrap();
    let missed = thread(&shop.rui, &chat).await;
    assert!(missed.line.missed && missed.chat.unwrap().rescued_at.is_some());
    shop.rui.reply(chat.clone(), words("Yes, we **do**")).await.unwrap();
    let answer = thread(&shop.rui, &chat).await.messages.last().unwrap().clone();
    assert_eq!((answer.channel, answer.held_until), (Channel::Web, Some(ground.clock.now().plus(UNDO))));
    let sent = letters(&ground, "reply").await;
    assert_eq!(sent.len(), 1);
    assert_eq!((sent[0].to.address.as_str(), sent[0].subject.as_str()), (JOANA.1, "Re: Your chat with Acme Shop"));
    assert!(sent[0].reply_to.address.ends_with(MAIL_DOMAIN) && sent[0].html.contains("<strong>do</strong>"));
    mail_in(&ground, JOANA.1, &chat, "Great, thank you").await;
    let seen = thread(&shop.rui, &chat).await;
    assert_eq!((seen.messages.last().unwrap().text.as_str(), seen.line.waiting_since.is_some()), ("Great, thank you", true));
    let window = visitor.open_window(&[]).await.unwrap();
    assert!(window.messages.iter().any(|message| message.text == "Yes, we **do**"), "the answer, when they are back");
    let last = window.messages.last().unwrap();
    assert_eq!((last.by_mail, last.text.as_str(), &last.speaker), (true, "", &Speaker::Visitor), "that they wrote, not what");
    visitor.say(chat.clone(), said("I am back")).await.unwrap();
    shop.rui.reply(chat.clone(), words("Welcome back")).await.unwrap();
    assert_eq!(letters(&ground, "reply").await.len(), 1, "who is there gets it there");
});

contract!(a_file_goes_without_words_in_the_window_and_by_mail, |ground| async {
    let shop = ground.shop().await;
    let visitor = ground.visit(&shop.marta).await;
    let chat = visitor.start_chat(chat_form("Do you have the measures?")).await.unwrap();
    visitor.leave_details(chat.clone(), details(JOANA)).await.unwrap();
    let file = async || {
        let file = shop.rui.attach("measures.pdf", "application/pdf", b"%PDF-1.7".to_vec()).await.unwrap();
        let form = model::ticket::ReplyForm { attachments: vec![file.id], ..model::ticket::ReplyForm::default() };
        form.check().unwrap()
    };
    shop.rui.reply(chat.clone(), file().await).await.unwrap();
    let shown = visitor.open_window(&[]).await.unwrap().messages.pop().unwrap();
    assert_eq!((shown.text.as_str(), shown.attachments[0].name.as_str()), ("", "measures.pdf"));
    visitor.leave().await.unwrap();
    shop.rui.reply(chat.clone(), file().await).await.unwrap();
    let sent = letters(&ground, "reply").await;
    assert_eq!((sent.len(), sent[0].attachments[0].name.as_str(), sent[0].check()), (1, "measures.pdf", Ok(())));
});

contract!(who_was_not_seen_for_a_while_has_left, |ground| async {
    let shop = ground.shop().await;
    let (visitor, token) = ground.visit_from(&shop.marta, "198.51.100.4").await;
    let chat = visitor.start_chat(chat_form("Hello")).await.unwrap();
    visitor.leave_details(chat.clone(), details(JOANA)).await.unwrap();
    for (pass, seen, channel) in [(MINUTE, false, Channel::Chat), (2 * MINUTE, false, Channel::Web), (DAY, true, Channel::Chat)] {
        ground.clock.pass(pass);
        if seen {
            ground.visitor(&token, "198.51.100.4").await.unwrap();
        }
        shop.rui.reply(chat.clone(), words("Hello?")).await.unwrap();
        assert_eq!(thread(&shop.rui, &chat).await.messages.last().unwrap().channel, channel, "after {pass}");
    }
    shop.rui.end_chat(chat.clone()).await.unwrap();
    shop.rui.reply(chat.clone(), words("One more thing")).await.unwrap();
    let after = thread(&shop.rui, &chat).await;
    assert_eq!(after.messages.last().unwrap().channel, Channel::Web, "a chat that is over goes on by mail");
    mail_in(&ground, JOANA.1, &chat, "Thanks").await;
    assert_eq!(thread(&shop.rui, &chat).await.line.status, Status::Open);
    shop.rui.set_status(vec![chat.clone()], Status::Closed).await.unwrap();
    mail_in(&ground, JOANA.1, &chat, "And again").await;
    let closed = thread(&shop.rui, &chat).await;
    assert_eq!(
        (closed.messages.iter().any(|one| one.text == "And again"), closed.line.status),
        (true, Status::Open),
        "also in a closed one"
    );
});

contract!(who_left_no_address_finds_the_answer_when_they_are_back, |ground| async {
    let shop = ground.shop().await;
    let visitor = ground.visit(&shop.marta).await;
    let chat = visitor.start_chat(chat_form("Hello")).await.unwrap();
    visitor.leave().await.unwrap();
    shop.rui.reply(chat.clone(), words("Hello!")).await.unwrap();
    assert_eq!(letters(&ground, "reply").await.len(), 0);
    assert_eq!(visitor.open_window(&[]).await.unwrap().messages.last().unwrap().text, "Hello!");
});

contract!(only_whom_the_site_proves_reads_mails_in_the_window, |ground| async {
    let shop = ground.shop().await;
    let eve = ground.visit(&shop.marta).await;
    let chat = eve.start_chat(chat_form("It is me")).await.unwrap();
    eve.leave_details(chat.clone(), details(("Eve", JOANA.1))).await.unwrap();
    eve.leave().await.unwrap();
    shop.rui.reply(chat.clone(), words("Which card was it?")).await.unwrap();
    ground.clock.pass(SECOND);
    mail_in(&ground, JOANA.1, &chat, "CANARY 4111 1111").await;
    assert!(!serde_json::to_string(&eve.open_window(&[]).await.unwrap()).unwrap().contains("CANARY"));
    let key = shop.marta.widget().await.unwrap().0;
    let secret = shop.marta.identity_secret().await.unwrap();
    let identity = |email: &str, nonce: &str| model::visitor::Identity {
        id: email.into(),
        email: email.into(),
        expires: ground.clock.now().0 / SECOND + 60,
        nonce: nonce.repeat(16),
        ..model::visitor::Identity::default()
    };
    eve.identify(crate::common::sign(&secret, &key, identity(KENJI.1, "a"))).await.unwrap();
    assert!(!serde_json::to_string(&eve.open_window(&[]).await.unwrap()).unwrap().contains("CANARY"), "proven to be somebody else");
    let joana = ground.visit(&shop.marta).await;
    joana.identify(crate::common::sign(&secret, &key, identity(JOANA.1, "b"))).await.unwrap();
    let own = joana.start_chat(chat_form("Really me")).await.unwrap();
    joana.leave().await.unwrap();
    shop.rui.reply(own.clone(), words("Hello Joana")).await.unwrap();
    mail_in(&ground, JOANA.1, &own, "My own words").await;
    assert_eq!(joana.open_window(&[]).await.unwrap().messages.last().unwrap().text, "My own words");
});

contract!(a_message_left_is_acknowledged_once_and_without_its_words, |ground| async {
    let shop = ground.shop().await;
    for n in 0..5 {
        let (visitor, _) = ground.visit_from(&shop.marta, &format!("203.0.113.{n}")).await;
        let mut form = chat_form("CANARY buy at evil.example");
        form.details = details(("CANARY evil.example", KENJI.1));
        let chat = visitor.leave_message(form.clone()).await.unwrap();
        assert_eq!(visitor.leave_message(form).await.unwrap(), chat);
        let left = thread(&shop.rui, &chat).await;
        assert_eq!((left.line.missed, left.line.status), (true, Status::Open));
        assert_eq!(left.messages.iter().filter(|one| matches!(one.happened, Some(Happening::DetailsLeft { .. }))).count(), 1);
        ground.clock.pass(MINUTE);
    }
    let sent = letters(&ground, "acknowledgement").await;
    assert_eq!(sent.len(), 1, "one address, one letter");
    let text = serde_json::to_string(&sent[0]).unwrap();
    assert!(!text.contains("CANARY") && !text.contains("evil.example"), "{text}");
    assert!(sent[0].headers.iter().any(|(name, value)| name == "Auto-Submitted" && value == "auto-replied"));
    ground.clock.pass(DAY);
    let (visitor, _) = ground.visit_from(&shop.marta, "203.0.113.99").await;
    let mut form = chat_form("Another day");
    form.details = details(KENJI);
    visitor.leave_message(form).await.unwrap();
    assert_eq!(letters(&ground, "acknowledgement").await.len(), 2);
});

contract!(nothing_is_acknowledged_where_nobody_wants_it_or_somebody_answered, |ground| async {
    let shop = ground.shop().await;
    let visitor = ground.visit(&shop.marta).await;
    let chat = visitor.start_chat(chat_form("Hello")).await.unwrap();
    shop.rui.reply(chat.clone(), words("Hello!")).await.unwrap();
    visitor.leave_details(chat.clone(), details(JOANA)).await.unwrap();
    assert!(!thread(&shop.rui, &chat).await.line.missed, "an agent is there");
    shop.marta.set_widget(model::widget::Widget { acknowledge: false, ..model::widget::Widget::default() }).await.unwrap();
    let (other, _) = ground.visit_from(&shop.marta, "203.0.113.1").await;
    let mut form = chat_form("Nobody there");
    assert_eq!(refused(other.leave_message(form.clone()).await).field(), Some("email"));
    form.details = details(KENJI);
    other.leave_message(form).await.unwrap();
    assert_eq!(letters(&ground, "acknowledgement").await.len(), 0);
});

contract!(a_transcript_holds_what_was_said_and_goes_to_few, |ground| async {
    let shop = ground.shop().await;
    let visitor = ground.visit(&shop.marta).await;
    let chat = visitor.start_chat(chat_form("Is it <b>large</b>?")).await.unwrap();
    assert_eq!(refused(visitor.ask_transcript(chat.clone(), JOANA.1).await), Refusal::NotFound, "nobody answered: only their own words");
    shop.rui.reply(chat.clone(), words("It is")).await.unwrap();
    shop.rui.note(chat.clone(), words("CANARY")).await.unwrap();
    assert_eq!(refused(visitor.ask_transcript(chat.clone(), "").await).field(), Some("email"), "no address is known");
    assert_eq!(refused(visitor.ask_transcript(chat.clone(), "nonsense").await).field(), Some("email"));
    visitor.ask_transcript(chat.clone(), JOANA.1).await.unwrap();
    let sent = letters(&ground, "transcript").await;
    assert_eq!(sent.len(), 1);
    assert!(sent[0].text.contains("Is it <b>large</b>?") && sent[0].text.contains("Rui Alves: It is") && !sent[0].text.contains("CANARY"));
    assert!(!sent[0].html.contains("<b>large"), "{}", sent[0].html);
    let mut refusal = None;
    for _ in 0..5 {
        refusal = refusal.or(visitor.ask_transcript(chat.clone(), JOANA.1).await.err());
    }
    assert!(matches!(refused(Err::<(), _>(refusal.expect("a limit"))), Refusal::TooMany { .. }));
});

contract!(nothing_is_written_to_ourselves, |ground| async {
    let shop = ground.shop().await;
    let visitor = ground.visit(&shop.marta).await;
    let own = shop.marta.roster().await.unwrap().property.forwarding_address;
    let chat = visitor.start_chat(chat_form("Hello")).await.unwrap();
    visitor.leave_details(chat.clone(), details(("Eve", &own))).await.unwrap();
    visitor.leave().await.unwrap();
    shop.rui.reply(chat.clone(), words("Hello?")).await.unwrap();
    visitor.ask_transcript(chat.clone(), &own).await.unwrap();
    while ground.follow_mail().await.unwrap() {}
    assert_eq!(ground.number("select count(*) from letter_out where kind in ('acknowledgement', 'transcript', 'reply')").await, 0);
});
