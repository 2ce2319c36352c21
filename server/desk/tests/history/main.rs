//! History: mails of an archive and what another program kept become conversations of the past, once, and nothing follows from them.

#[path = "../common/mod.rs"]
mod common;

mod archive;
mod mails;
#[path = "../mail/post.rs"]
#[expect(dead_code, reason = "the stories of mail use all of it")]
mod post;
mod talks;

use std::fmt::Write as _;

use common::{Ground, Shop};
use desk::history::{History, Wanted};
use mail::Own;
use model::{
    ConversationId, Moment,
    conversation::Line,
    event::What,
    message::{Author, Message},
    thread::Thread,
    view::View,
};

/// A day of 2026 at noon.
pub(crate) fn on(month: i8, day: i8) -> Moment {
    let date = jiff::civil::date(2026, month, day).at(12, 0, 0, 0);
    Moment(jiff::tz::TimeZone::UTC.to_timestamp(date).expect("a day").as_microsecond())
}

/// A mail of an archive, with its date.
pub(crate) struct Old {
    pub(crate) from: &'static str,
    pub(crate) to: &'static str,
    pub(crate) id: &'static str,
    pub(crate) answers: &'static str,
    pub(crate) subject: &'static str,
    pub(crate) text: &'static str,
    pub(crate) at: Moment,
}

impl Old {
    pub(crate) fn raw(&self) -> Vec<u8> {
        let mut text = format!("From: {}\r\nTo: {}\r\nSubject: {}\r\nMessage-ID: <{}>\r\n", self.from, self.to, self.subject, self.id);
        if !self.answers.is_empty() {
            write!(text, "In-Reply-To: <{}>\r\n", self.answers).expect("written");
        }
        write!(text, "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{}\r\n", self.text).expect("written");
        text.into_bytes()
    }
}

/// The history of the shop, whose team writes from its public address too.
pub(crate) async fn history(ground: &Ground, open_since: Option<Moment>) -> History {
    let wanted = Wanted {
        property: Some("acme shop".into()),
        open_since,
        ours: vec!["Support@acme.test".into()],
        source: "mbox: Inbox.mbox".into(),
    };
    ground.history(wanted).await.expect("the shop")
}

/// Takes mails in, one after the other.
pub(crate) async fn take(ground: &Ground, history: &History, mails: &[&Old]) -> Vec<desk::history::Outcome> {
    let mut all = vec![];
    for mail in mails {
        let understood = mail::understand(&mail.raw(), &Own::of(ground.keys())).expect("understood");
        all.push(history.mail(mail.raw(), understood, mail.at).await.expect("taken in"));
    }
    all
}

/// All lines of the Inbox, newest first.
pub(crate) async fn lines(shop: &Shop) -> Vec<Line> {
    let inbox = shop.marta.list_inbox(View { status: None, ..View::default() }).await.expect("the Inbox");
    inbox.rows.into_iter().map(|row| row.line).collect()
}

pub(crate) async fn thread(shop: &Shop, id: &ConversationId) -> Thread {
    shop.marta.open_thread(id.clone()).await.expect("opened")
}

/// What was said, by whom, in its order.
pub(crate) fn said(thread: &Thread) -> Vec<(String, String)> {
    let name = |message: &Message| match &message.author {
        Author::Agent { name, .. } | Author::Contact { name, .. } => name.clone(),
        Author::System => "Recado".to_owned(),
    };
    let said = thread.messages.iter().filter(|message| message.happened.is_none());
    said.map(|message| (name(message), message.text.clone())).collect()
}

/// Nothing follows, whoever reads the log, and every row says what those say that it stands for.
pub(crate) async fn nothing_follows(ground: &Ground, shop: &Shop) {
    while ground.follow_mail().await.expect("followed") {}
    while ground.follow_rules(&|_| vec![]).await.expect("followed") {}
    while ground.follow_push().await.expect("followed") {}
    while ground.clock_tick().await.expect("a tick") > 0 {}
    assert_eq!(ground.number("select count(*) from letter_out where kind <> 'invitation'").await, 0, "nobody is written to");
    assert_eq!(ground.number("select count(*) from push_out").await, 0, "nobody is notified");
    assert_eq!(ground.number("select count(*) from event where what = 'rule_ran'").await, 0, "no rule ran");
    let wrong = "select count(*) from conversation c where c.seq <> (select max(e.seq) from event e where e.property = c.property and e.conversation = c.id and e.audience = 'agents')";
    assert_eq!(ground.number(wrong).await, 0);
    let wrong = "select count(*) from event e where e.at < (select max(o.at) from event o where o.property = e.property and o.seq < e.seq)";
    assert_eq!(ground.number(wrong).await, 0, "the log has its own time");
    assert_eq!(common::recounted(&shop.marta).await, common::tallies(ground, &shop.marta).await, "the counters");
    assert!(ground.number("select count(*) from event where what = 'history_imported'").await > 0, "{}", What::HistoryImported);
}
