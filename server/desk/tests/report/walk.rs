//! A random walk of verbs, the same each time: conversations come, are answered, solved, opened again, merged, split, put back, thrown
//! away, restored, deleted, while days pass.

use std::collections::BTreeMap;

use desk::{Error, Visitor};
use model::{
    Assignee, ConversationId, ShiftId,
    chat::Rating,
    conversation::{Folder, Kind, Status},
    message::{Happening, MessageKind},
    moment::{HOUR, MINUTE, SECOND},
};

use crate::{
    common::{Ground, Shop, chat_form, details, said, ticket, words},
    post::{self, Mail},
};

/// Where it stands.
pub struct Walk<'a> {
    ground: &'a Ground,
    shop: &'a Shop,
    chance: u64,
    all: Vec<ConversationId>,
    chats: Vec<(Visitor, ConversationId)>,
    shifts: Vec<ShiftId>,
    /// The department that each conversation was last given to.
    pub departments: BTreeMap<ConversationId, String>,
}

/// What was refused was refused; anything else that fails is a fault.
fn may<T>(outcome: Result<T, Error>) -> Option<T> {
    match outcome {
        Ok(done) => Some(done),
        Err(Error::Refused(_)) => None,
        Err(Error::Fault(fault)) => panic!("{fault}"),
    }
}

/// The same, where nobody asks what came of it.
fn done<T>(outcome: Result<T, Error>) {
    may(outcome);
}

impl<'a> Walk<'a> {
    pub fn new(ground: &'a Ground, shop: &'a Shop) -> Self {
        Self { ground, shop, chance: 7, all: vec![], chats: vec![], shifts: vec![], departments: BTreeMap::new() }
    }

    /// A number below another (Knuth's MMIX constants).
    fn below(&mut self, most: usize) -> usize {
        self.chance = self.chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.chance >> 33).unwrap() % most.max(1)
    }

    fn one(&mut self) -> Option<ConversationId> {
        let at = self.below(self.all.len());
        self.all.get(at).cloned()
    }

    /// One thing happens.
    pub async fn step(&mut self) {
        let minutes = [1, 3, 40, 500, 1_300][self.below(5)];
        self.ground.clock.pass(minutes * MINUTE + 7 * SECOND);
        let n = self.below(30);
        match n {
            0..6 => self.begin(n).await,
            6..9 => self.customer(n).await,
            _ => {
                if let Some(id) = self.one() {
                    self.agent(n, id).await;
                }
            }
        }
        self.remember().await;
    }

    /// Somebody writes for the first time.
    async fn begin(&mut self, n: usize) {
        let (ground, shop) = (self.ground, self.shop);
        match n {
            0 | 1 => {
                let to = post::forwarding(shop).await;
                let from = format!("c{}@example.com", self.below(9_000));
                post::receive(ground, &to, &Mail::new(&from, &to, "A question", "Hello?"), &post::nobody()).await;
                let newest = ground.text("select id from conversation order by created_at desc, id desc limit 1").await;
                self.all.push(newest.parse().expect("an id"));
            }
            2 => {
                let assignee = if self.below(2) == 0 { Assignee::Nobody } else { Assignee::Department(shop.billing.clone()) };
                self.all.push(ticket(&shop.rui, "Composed", assignee).await);
            }
            _ => {
                let address = format!("198.51.{}.{}", self.below(250), self.below(250));
                let visitor = ground.visit_from(&shop.marta, &address).await.0;
                let begun = match n {
                    3 => {
                        let mut form = chat_form("I missed you");
                        form.details = details(("Ana", "ana@example.com"));
                        visitor.leave_message(form).await
                    }
                    _ => visitor.start_chat(chat_form("Hello")).await,
                };
                if let Some(chat) = may(begun) {
                    self.all.push(chat.clone());
                    self.chats.push((visitor, chat));
                }
            }
        }
    }

    /// A customer goes on.
    async fn customer(&mut self, n: usize) {
        if n == 6 {
            let Some(id) = self.one() else { return };
            let Some(thread) = may(self.shop.marta.open_thread(id).await) else { return };
            if thread.line.kind == Kind::Ticket && thread.line.folder != Folder::Merged {
                let mail = Mail::new(&thread.line.contact.email, &thread.reply_address, "Re: it", "And now?");
                post::receive(self.ground, &thread.reply_address, &mail, &post::nobody()).await;
            }
            return;
        }
        let at = self.below(self.chats.len());
        let Some((visitor, chat)) = self.chats.get(at).cloned() else { return };
        match self.below(3) {
            0 => done(visitor.rate(chat, [Rating::Good, Rating::Neutral, Rating::Bad][self.below(3)], "").await),
            1 => done(visitor.end_chat(chat).await),
            _ => {
                if let Some(chat) = may(visitor.say(chat, said("Still there?")).await)
                    && !self.all.contains(&chat)
                {
                    self.all.push(chat.clone());
                    self.chats.push((visitor, chat));
                }
            }
        }
    }

    /// An agent does something to a conversation.
    async fn agent(&mut self, n: usize, id: ConversationId) {
        let who = if self.below(2) == 0 { self.shop.marta.clone() } else { self.shop.rui.clone() };
        let ids = vec![id.clone()];
        match n {
            9..14 => done(who.reply(id, words("An answer")).await),
            14 => {
                let taken_back = words("Too soon");
                if may(who.reply(id, taken_back.clone()).await).is_some() {
                    self.ground.clock.pass(3 * SECOND);
                    done(who.undo(taken_back.id).await);
                }
            }
            15..18 => {
                let status = [Status::Solved, Status::Solved, Status::Closed, Status::Open, Status::Pending][self.below(5)];
                done(who.set_status(ids, status).await);
            }
            18 => {
                let to = match self.below(3) {
                    0 => Assignee::Nobody,
                    1 => Assignee::Department(self.shop.billing.clone()),
                    _ => Assignee::Agent(self.shop.rui.id().clone()),
                };
                done(who.assign(ids, to).await);
            }
            19 => done(who.tag(ids, ["late", "refund"][self.below(2)].into()).await),
            20 => done(who.untag(ids, "late".into()).await),
            21 | 22 => {
                let folder = [Folder::Inbox, Folder::Inbox, Folder::Trash, Folder::Spam][self.below(4)];
                done(who.move_to(ids, folder).await);
            }
            23 => done(who.delete(ids).await),
            24 => done(who.snooze(id, self.ground.clock.now().plus(HOUR)).await),
            25 => done(self.ground.clock_tick().await),
            26 => done(who.end_chat(id).await),
            _ => self.shift(n, id).await,
        }
    }

    /// Words go elsewhere, or back.
    async fn shift(&mut self, n: usize, id: ConversationId) {
        let marta = &self.shop.marta.clone();
        if n == 27 {
            if let Some(shift) = self.shifts.pop() {
                done(marta.undo_shift(shift).await);
            }
            return;
        }
        let other = self.one().expect("there is one");
        let (Some(thread), Some(other)) = (may(marta.open_thread(id.clone()).await), may(marta.open_thread(other).await)) else { return };
        let words: Vec<_> = thread.messages.iter().filter(|message| message.kind != MessageKind::Happened).collect();
        let (Some(last), Some(number)) = (words.last(), other.line.number) else { return };
        let target = match self.below(3) {
            0 => may(marta.merge_ticket(id, number).await),
            1 => may(marta.move_message(last.id.clone(), number).await),
            _ => may(marta.split_ticket(last.id.clone(), "A part").await),
        };
        let Some(target) = target else { return };
        let told = marta.open_thread(target.clone()).await.expect("opened").messages;
        if let Some(Happening::Shifted { shift, .. }) = told.into_iter().rev().find_map(|message| message.happened) {
            self.shifts.push(shift);
        }
        if !self.all.contains(&target) {
            self.all.push(target);
        }
    }

    /// Which department each is in now, or was.
    async fn remember(&mut self) {
        for id in &self.all {
            if let Some(thread) = may(self.shop.marta.open_thread(id.clone()).await)
                && let Assignee::Department(department) = thread.line.assignee
            {
                self.departments.insert(id.clone(), department.to_string());
            }
        }
    }
}
