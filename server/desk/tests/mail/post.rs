//! The post of the stories: writes mails as programs write them, carries them in, has them read and filed, and takes letters out.

use desk::{
    Desk,
    postbox::{Due, Filed, Incoming, Proof},
};
use mail::Own;
use model::{
    ConversationId, LetterInId, MessageId,
    conversation::Folder,
    message::{Mark, Message},
    moment::SECOND,
    thread::Thread,
    ticket::Words,
    view::View,
};

use crate::common::{Ground, JOANA, MAIL_DOMAIN, Shop};

/// A mail to be written.
#[derive(Clone, Default)]
pub struct Mail {
    pub from: String,
    pub to: String,
    pub cc: String,
    pub subject: String,
    pub id: String,
    pub reply_to_id: String,
    pub headers: Vec<String>,
    pub text: String,
}

impl Mail {
    /// From somebody to an address, about something.
    pub fn new(from: &str, to: &str, subject: &str, text: &str) -> Self {
        Self {
            from: from.into(),
            to: to.into(),
            subject: subject.into(),
            text: text.into(),
            id: format!("{}@mail.test", MessageId::new()),
            ..Self::default()
        }
    }

    /// With a further header.
    pub fn header(mut self, line: &str) -> Self {
        self.headers.push(line.into());
        self
    }

    /// As it goes over the wire.
    pub fn raw(&self) -> Vec<u8> {
        let mut lines = vec![format!("From: {}", self.from), format!("To: {}", self.to), format!("Subject: {}", self.subject)];
        for (name, value) in [
            ("Cc", self.cc.clone()),
            ("In-Reply-To", self.reply_to_id.clone()),
            ("Message-ID", if self.id.is_empty() { String::new() } else { format!("<{}>", self.id) }),
        ] {
            if !value.is_empty() {
                lines.push(format!("{name}: {value}"));
            }
        }
        lines.extend(self.headers.clone());
        if !self.headers.iter().any(|line| line.starts_with("Content-Type")) {
            lines.push("Content-Type: text/plain; charset=utf-8".into());
        }
        lines.extend([
            "Date: Mon, 23 Nov 2026 12:00:00 +0000".into(),
            "MIME-Version: 1.0".into(),
            String::new(),
            self.text.clone(),
            String::new(),
        ]);
        lines.join("\r\n").into_bytes()
    }
}

/// Nobody vouches.
pub fn nobody() -> Proof {
    Proof::default()
}

/// The domain vouches for the address.
pub fn proven() -> Proof {
    Proof { passed: true, domain: "acme.test".into(), detail: "dkim=pass".into() }
}

/// Carries raw bytes in.
pub async fn carry(desk: &Desk, rcpt_to: &[&str], raw: Vec<u8>) -> LetterInId {
    let incoming = Incoming {
        raw,
        mail_from: "envelope@mail.test".into(),
        rcpt_to: rcpt_to.iter().map(|&address| address.into()).collect(),
        helo: "mail.test".into(),
        peer: "192.0.2.25".into(),
        tls: true,
    };
    desk.postbox().take(incoming).await.expect("taken")
}

/// Reads and files everything that waits.
pub async fn work(desk: &Desk, proof: &Proof) -> Vec<Filed> {
    let mut all = vec![];
    while let Some(taken) = desk.postbox().next().await.expect("the next") {
        let understood = mail::understand(&taken.raw, &Own::of(desk.keys())).expect("readable");
        all.push(desk.postbox().file(&taken, understood, proof.clone()).await.expect("filed"));
    }
    all
}

/// A mail carried in and filed: what became of it.
pub async fn receive(desk: &Desk, rcpt_to: &str, mail: &Mail, proof: &Proof) -> Filed {
    carry(desk, &[rcpt_to], mail.raw()).await;
    work(desk, proof).await.pop().expect("one mail")
}

/// Everything that is owed, written; everything due, leased.
pub async fn due(ground: &Ground) -> Vec<Due> {
    ground.clock.pass(11 * SECOND);
    while ground.follow_mail().await.expect("followed") {}
    ground.postbox().lease(1000).await.expect("leased")
}

/// Takes all letters out of the house and has the relay accept them; gives those of tickets, by recipient.
pub async fn send(ground: &Ground) -> Vec<Due> {
    let mut letters = due(ground).await;
    for letter in &letters {
        ground.postbox().sent(&letter.lease, "250 2.0.0 Ok: queued as 1234").await.expect("sent");
    }
    letters.retain(|letter| letter.letter.headers.iter().any(|(name, _)| name == "X-Recado-Ticket"));
    letters.sort_by(|a, b| a.letter.to.address.cmp(&b.letter.to.address));
    letters
}

/// Whom letters go to, sorted.
pub fn to(letters: &[Due]) -> Vec<&str> {
    letters.iter().map(|letter| letter.letter.to.address.as_str()).collect()
}

/// The forwarding address of the shop.
pub async fn forwarding(shop: &Shop) -> String {
    shop.marta.roster().await.expect("a roster").property.forwarding_address
}

/// A ticket of Joana's, come by mail, and its reply address. The letters about it are gone.
pub async fn joanas(ground: &Ground, shop: &Shop) -> (ConversationId, String) {
    let filed = receive(
        ground,
        &forwarding(shop).await,
        &Mail::new(&format!("{} <{}>", JOANA.0, JOANA.1), "support@acme.test", "Late order", "Where is it?"),
        &nobody(),
    )
    .await;
    let id = filed.conversation.expect("a ticket");
    send(ground).await;
    let address = shop.marta.open_thread(id.clone()).await.expect("opened").reply_address;
    assert!(address.ends_with(MAIL_DOMAIN));
    (id, address)
}

/// A ticket's thread as Marta sees it.
pub async fn thread(shop: &Shop, id: &ConversationId) -> Thread {
    shop.marta.open_thread(id.clone()).await.expect("opened")
}

/// The last words of a ticket.
pub async fn last(shop: &Shop, id: &ConversationId) -> Message {
    let thread = thread(shop, id).await;
    thread.messages.into_iter().rfind(|message| message.happened.is_none()).expect("words")
}

/// Mark of the last words.
pub async fn mark(shop: &Shop, id: &ConversationId) -> Option<Mark> {
    last(shop, id).await.mark
}

/// How many tickets lie in a drawer.
pub async fn count(shop: &Shop, folder: Folder) -> usize {
    shop.marta.list_inbox(View { status: None, ..View::of_folder(folder) }).await.expect("a list").rows.len()
}

/// Words of an agent.
pub fn words(text: &str) -> Words {
    Words { id: MessageId::new(), text: text.into(), attachments: vec![], status: None }
}
