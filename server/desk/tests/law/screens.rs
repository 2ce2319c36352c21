//! What people have before them while a verb runs: an agent's screens, a visitor's window.

use desk::{Agent, Visitor};
use model::{
    AgentId, Assignee, ContactId, ConversationId,
    batch::LastBatch,
    contact::{
        list::{Asked, Contacts},
        profile::{Profile, Tab},
    },
    conversation::{Folder, Kind, Priority, Status},
    days::Days,
    inbox::Inbox,
    message::Channel,
    organisation::{Opened, Organisations},
    roster::Roster,
    thread::Thread,
    view::{Sort, View},
    window::{VisitorTold, Window},
};

/// Everything an agent has on the screen.
pub struct Screens {
    agent: Agent,
    inboxes: Vec<Inbox>,
    threads: Vec<Thread>,
    lists: Vec<Contacts>,
    profiles: Vec<Profile>,
    organisations: Vec<Organisations>,
    opened: Vec<Opened>,
    roster: Roster,
    batch: LastBatch,
}

fn views(me: AgentId) -> Vec<View> {
    let any = View { status: None, ..View::default() };
    vec![
        View::default(),
        any.clone(),
        View { kind: Some(Kind::Ticket), sort: Sort::Oldest, ..any.clone() },
        View { status: Some(Status::Solved), ..View::default() },
        View { priority: Some(Priority::High), sort: Sort::Waiting, ..any.clone() },
        View { kind: Some(Kind::Chat), sort: Sort::Waiting, ..any.clone() },
        View { missed: true, ..View::default() },
        View { soon: true, sort: Sort::Due, ..any.clone() },
        View { kind: Some(Kind::Ticket), sort: Sort::Due, ..View::default() },
        View { urgent: true, sort: Sort::Priority, ..any.clone() },
        View { follower: Some(me), ..any.clone() },
        View { tag: Some("refund".into()), ..any.clone() },
        View { channel: Some(Channel::Email), ..any.clone() },
        View { channel: Some(Channel::Web), sort: Sort::Waiting, ..View::default() },
        View { days: Some(Days::Last(1)), ..any.clone() },
        View { assignee: Some(Assignee::Nobody), sort: Sort::Waiting, ..any },
        View::of_folder(Folder::Spam),
        View::of_folder(Folder::Trash),
    ]
}

impl Screens {
    pub async fn open(agent: &Agent) -> Self {
        let (roster, batch) = (agent.roster().await.unwrap(), agent.last_batch().await.unwrap());
        let mut screens = Self {
            agent: agent.clone(),
            inboxes: vec![],
            threads: vec![],
            lists: vec![],
            profiles: vec![],
            organisations: vec![],
            opened: vec![],
            roster,
            batch,
        };
        for view in views(agent.id().clone()) {
            screens.inboxes.push(agent.list_inbox(view).await.unwrap());
        }
        let everything: Vec<ConversationId> = screens.inboxes.iter().flat_map(|inbox| &inbox.rows).map(|row| row.line.id.clone()).collect();
        for id in everything {
            if !screens.threads.iter().any(|thread| thread.line.id == id) {
                screens.threads.push(agent.open_thread(id).await.unwrap());
            }
        }
        let filtered = Asked::from_pairs([("filter", "name.known."), ("order", "name")]);
        for asked in [Asked::default(), Asked::new("", "name"), Asked::new("joan pra", ""), Asked::new("silva 0118", "name"), filtered] {
            screens.lists.push(agent.list_contacts(asked).await.unwrap());
        }
        let everybody: Vec<ContactId> = screens.lists[0].cards.iter().map(|card| card.contact.id.clone()).collect();
        for id in everybody {
            for tab in Tab::ALL {
                screens.profiles.push(agent.open_contact(id.clone(), *tab).await.unwrap());
            }
        }
        for search in ["", "acme"] {
            screens.organisations.push(agent.list_organisations(search).await.unwrap());
        }
        for row in screens.organisations[0].rows.clone() {
            screens.opened.push(agent.open_organisation(row.id).await.unwrap());
        }
        screens
    }

    /// Takes in what happened since, then holds every screen against a fresh one.
    pub async fn compare(mut self, after: &str) {
        let Some(told) = self.agent.told_since(self.roster.head).await.unwrap() else {
            // who sees other conversations since is to load all anew
            assert!(after.contains("department") || after.contains("limit"), "all anew after {after}");
            return;
        };
        // told twice, as after a resumed socket: the second time changes nothing
        for told in told.iter().chain(&told) {
            self.roster.apply(told);
            self.batch.apply(told);
            self.inboxes.iter_mut().for_each(|inbox| inbox.apply(told, self.agent.id()));
            self.threads.iter_mut().for_each(|thread| thread.apply(told));
            self.lists.iter_mut().for_each(|list| list.apply(told));
            self.profiles.iter_mut().for_each(|profile| profile.apply(told));
            self.organisations.iter_mut().for_each(|list| list.apply(told));
            self.opened.iter_mut().for_each(|opened| opened.apply(told));
        }
        for inbox in self.inboxes {
            let fresh = Inbox { head: inbox.head, ..self.agent.list_inbox(inbox.view.clone()).await.unwrap() };
            // on another day, or by another clock, a browser loads it anew
            if fresh.view.within != inbox.view.within {
                continue;
            }
            assert_eq!(inbox, fresh, "the Inbox after {after}");
        }
        for thread in self.threads {
            match self.agent.open_thread(thread.line.id.clone()).await {
                Ok(fresh) => assert_eq!(thread, Thread { head: thread.head, ..fresh }, "the conversation after {after}"),
                Err(_) => assert!(thread.gone, "gone after {after}"),
            }
        }
        // a filtered list that says it is behind is loaded anew
        for list in self.lists.into_iter().filter(|list| !list.behind) {
            let fresh = Contacts { head: list.head, ..self.agent.list_contacts(list.asked.clone()).await.unwrap() };
            assert_eq!(list, fresh, "the contacts after {after}");
        }
        for profile in self.profiles {
            match self.agent.open_contact(profile.card.contact.id.clone(), profile.tab).await {
                // a page that says it is behind is loaded anew: it may say so only when a conversation changed hands
                // one that went into another is shown as that one
                Ok(fresh) if profile.gone => assert_ne!(fresh.card.contact.id, profile.card.contact.id, "gone after {after}"),
                Ok(_) if profile.behind => {
                    // or came into sight
                    let hands = ["details", "identif", "merg", "eras"].iter().any(|word| after.contains(word));
                    assert!(hands || self.agent.is_limited(), "behind after {after}");
                }
                Ok(fresh) => assert_eq!(profile, Profile { head: profile.head, ..fresh }, "the contact after {after}"),
                Err(_) => assert!(profile.gone, "gone after {after}"),
            }
        }
        for list in self.organisations.into_iter().filter(|list| !list.behind) {
            let fresh = Organisations { head: list.head, ..self.agent.list_organisations(&list.search).await.unwrap() };
            assert_eq!(list, fresh, "the organisations after {after}");
        }
        for opened in self.opened.into_iter().filter(|opened| !opened.behind) {
            let fresh = self.agent.open_organisation(opened.organisation.id.clone()).await.unwrap();
            assert_eq!(opened, Opened { head: opened.head, ..fresh }, "the organisation after {after}");
        }
        let fresh = LastBatch { head: self.batch.head, ..self.agent.last_batch().await.unwrap() };
        assert_eq!(self.batch, fresh, "the last act on several after {after}");
        let fresh = Roster { head: self.roster.head, now: self.roster.now, ..self.agent.roster().await.unwrap() };
        assert_eq!(self.roster, fresh, "the roster after {after}");
    }
}

/// What a visitor has before them.
pub struct Glass {
    visitor: Visitor,
    connected: Vec<AgentId>,
    window: Window,
}

impl Glass {
    pub async fn open(visitor: &Visitor, connected: &[AgentId]) -> Self {
        let window = visitor.open_window(connected).await.unwrap();
        Self { visitor: visitor.clone(), connected: connected.to_vec(), window }
    }

    /// Takes in what happened since, then holds the window against a fresh one. Gives what was told.
    pub async fn compare(mut self, after: &str) -> Vec<VisitorTold> {
        let told = self.visitor.told_since(self.window.head).await.unwrap().expect("a small gap");
        for told in told.iter().chain(&told) {
            self.window.apply(told);
        }
        let fresh = self.visitor.open_window(&self.connected).await.unwrap();
        if told.iter().any(|told| told.front.is_some()) {
            // a browser loads it anew then; of what is no part of the front, pictures of agents may have changed
            for (chat, anew) in self.window.chats.iter_mut().zip(&fresh.chats) {
                chat.hosts.iter_mut().zip(&anew.hosts).for_each(|(host, anew)| host.picture.clone_from(&anew.picture));
            }
        }
        // who is connected, and what time it is, are no facts of the log
        let known = Window { head: fresh.head, state: fresh.state, opens_at: fresh.opens_at, now: fresh.now, ..self.window };
        assert_eq!(known, fresh, "the window after {after}");
        told
    }
}
