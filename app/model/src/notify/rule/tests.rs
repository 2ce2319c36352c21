use super::*;
use crate::{
    ContactId, DepartmentId, MessageId, Moment, PropertyId, VisitorId,
    chat::{Chat, Seat},
    contact::Contact,
    conversation::Priority,
    department::Department,
    event::Event,
    message::Channel,
    visitor::Guest,
};

const NOW: Moment = Moment(1_000);

/// Marta, who looks; Rui, a colleague; Ana, a customer.
struct World {
    marta: AgentId,
    rui: AgentId,
    billing: DepartmentId,
    told: Told,
}

impl World {
    fn new(what: What, kind: Kind) -> Self {
        let contact = Contact { id: ContactId::from_bits(3), name: "Ana Prado".into(), email: "ana@example.com".into(), created_at: NOW };
        let id = ConversationId::from_bits(9);
        let line = Line {
            id: id.clone(),
            kind,
            channel: Channel::begun(kind, Some(Channel::Email)),
            number: (kind == Kind::Ticket).then_some(1042),
            subject: if kind == Kind::Ticket { "Late order".into() } else { String::new() },
            contact,
            preview: String::new(),
            preview_by: None,
            status: Status::Open,
            snoozed_until: None,
            priority: Priority::Medium,
            assignee: Assignee::Nobody,
            tags: vec![],
            followers: vec![],
            folder: Folder::Inbox,
            attachments: 0,
            last_at: NOW,
            waiting_since: Some(NOW),
            due: None,
            missed: false,
            from_chat: false,
            created_at: NOW,
            seq: 7,
        };
        let chat = Chat {
            visitor: VisitorId::from_bits(4),
            guest: Guest { name: "Ana Prado".into(), email: String::new(), phone: String::new(), proven: false },
            attributes: std::collections::BTreeMap::new(),
            language: String::new(),
            browser: String::new(),
            page: String::new(),
            referrer: String::new(),
            country: None,
            visits: None,
            answers: vec![],
            seats: vec![],
            rating: None,
            comment: String::new(),
            answered_at: None,
            missed_at: None,
            rescued_at: None,
            ended_at: None,
            read_at: None,
            tickets: vec![],
        };
        let author = Author::Contact { id: ContactId::from_bits(3), name: "Ana Prado".into() };
        let event = Event {
            property: PropertyId::from_bits(1),
            seq: 7,
            at: NOW,
            author,
            what,
            conversation: Some(id),
            messages: vec![],
            contacts: vec![],
            tallies: vec![],
        };
        let told = Told {
            batch: None,
            views: None,
            counts: None,
            event,
            line: Some(line),
            read: vec![],
            messages: vec![],
            contacts: vec![],
            participants: None,
            chat: (kind == Kind::Chat).then_some(chat),
            others: None,
            people: None,
            property: None,
        };
        let world = Self { marta: AgentId::from_bits(1), rui: AgentId::from_bits(2), billing: DepartmentId::from_bits(5), told };
        world.says("Is the jacket **true** to size?")
    }

    fn says(mut self, text: &str) -> Self {
        let author = self.told.event.author.clone();
        let kind = if self.told.event.what == What::MessageNoted { MessageKind::Noted } else { MessageKind::Said };
        self.told.messages = vec![Message {
            id: MessageId::from_bits(8),
            conversation: ConversationId::from_bits(9),
            seq: 7,
            place: 0,
            kind,
            author,
            channel: Channel::Chat,
            at: NOW,
            held_until: None,
            edited_at: None,
            text: text.into(),
            rendered: String::new(),
            quoted: None,
            html: false,
            happened: None,
            mark: None,
            attachments: vec![],
            letters: vec![],
            letter_in: None,
        }];
        self
    }

    fn by(mut self, agent: u128, name: &str) -> Self {
        self.told.event.author = Author::Agent { id: AgentId::from_bits(agent), name: name.into() };
        self.says("Words")
    }

    fn line(mut self, change: impl FnOnce(&mut Line)) -> Self {
        change(self.told.line.as_mut().unwrap());
        self
    }

    fn seat(mut self, agent: u128, invited: Option<Moment>, joined: Option<Moment>, left: Option<Moment>) -> Self {
        let seat = Seat { agent: AgentId::from_bits(agent), invited_at: invited, joined_at: joined, left_at: left };
        self.told.chat.as_mut().unwrap().seats.push(seat);
        self
    }

    /// What Marta notices, who is in Billing.
    fn marta(&self) -> Option<Reason> {
        self.with(&Settings::default(), None).map(|notice| notice.reason)
    }

    /// What Rui notices, who is in no department.
    fn rui(&self) -> Option<Reason> {
        notice(&self.told, &self.rui, &self.people(), &Settings::default(), None).map(|notice| notice.reason)
    }

    fn with(&self, settings: &Settings, looking_at: Option<&ConversationId>) -> Option<Notice> {
        notice(&self.told, &self.marta, &self.people(), settings, looking_at)
    }

    fn people(&self) -> People {
        let agent = |id: &AgentId, name: &str| crate::agent::Agent {
            id: id.clone(),
            name: name.into(),
            email: String::new(),
            role: crate::agent::Role::Agent,
            reach: crate::agent::Reach::All,
            language: None,
            density: crate::agent::Density::Comfortable,
            picture: None,
            presence: crate::agent::Presence::Online,
            disabled_at: None,
        };
        let billing =
            Department { id: self.billing.clone(), name: "Billing".into(), description: String::new(), agents: vec![self.marta.clone()] };
        People { agents: vec![agent(&self.marta, "Marta Lima"), agent(&self.rui, "Rui Alves")], departments: vec![billing] }
    }
}

fn chat(what: What) -> World {
    World::new(what, Kind::Chat)
}

fn ticket(what: What) -> World {
    World::new(what, Kind::Ticket)
}

fn to_marta(line: &mut Line) {
    line.assignee = Assignee::Agent(AgentId::from_bits(1));
}

fn to_billing(line: &mut Line) {
    line.assignee = Assignee::Department(DepartmentId::from_bits(5));
}

#[test]
fn a_chat_that_begins_waits_for_everybody() {
    let world = chat(What::ChatStarted);
    assert_eq!((world.marta(), world.rui()), (Some(Reason::Waiting), Some(Reason::Waiting)));
    let notice = world.with(&Settings::default(), None).unwrap();
    assert_eq!((notice.who.as_str(), notice.words.as_str(), notice.seq), ("Ana Prado", "Is the jacket true to size?", 7));
}

#[test]
fn a_chat_for_a_department_waits_for_its_agents() {
    let world = chat(What::ChatStarted).line(to_billing);
    assert_eq!((world.marta(), world.rui()), (Some(Reason::Waiting), None));
}

#[test]
fn a_chat_waits_once_and_not_at_each_of_its_words() {
    let began = chat(What::MessageSaid);
    assert_eq!(began.marta(), Some(Reason::Waiting), "the words with which the waiting began");
    let more = chat(What::MessageSaid).line(|line| line.waiting_since = Some(Moment(500)));
    assert_eq!(more.marta(), None, "it waits already");
    let answered = chat(What::MessageSaid).line(|line| line.waiting_since = None);
    assert_eq!(answered.marta(), None, "answered meanwhile");
}

#[test]
fn a_chat_that_somebody_is_in_waits_for_nobody() {
    let world = chat(What::ChatStarted).seat(2, None, Some(NOW), None);
    assert_eq!(world.marta(), None);
    let left = chat(What::AgentLeft).by(2, "Rui Alves").seat(2, None, Some(NOW), Some(NOW));
    assert_eq!((left.marta(), left.rui()), (Some(Reason::Waiting), None), "Rui left it himself");
    assert_eq!(left.with(&Settings::default(), None).unwrap().who, "Ana Prado", "it is Ana who waits");
    let mut ended = left;
    ended.told.chat.as_mut().unwrap().ended_at = Some(NOW);
    assert_eq!(ended.marta(), None);
}

#[test]
fn words_in_my_chat_are_news_to_me_alone() {
    let world = chat(What::MessageSaid).seat(1, None, Some(NOW), None).line(to_marta);
    assert_eq!((world.marta(), world.rui()), (Some(Reason::Said), None));
    let gone = chat(What::MessageSaid).seat(1, None, Some(NOW), Some(NOW)).seat(2, None, Some(NOW), None);
    assert_eq!(gone.marta(), None, "she left it to Rui");
}

#[test]
fn words_in_a_ticket_are_news_to_whose_it_is() {
    assert_eq!(ticket(What::MessageSaid).marta(), None, "nobody's");
    assert_eq!(ticket(What::MessageSaid).line(to_marta).marta(), Some(Reason::Said));
    let billing = ticket(What::MessageSaid).line(to_billing);
    assert_eq!((billing.marta(), billing.rui()), (Some(Reason::Said), None));
}

#[test]
fn what_a_machine_answers_is_no_news() {
    let mut world = ticket(What::MessageSaid).line(to_marta);
    world.told.messages[0].mark = Some(Mark::AutoReply);
    assert_eq!(world.marta(), None);
}

#[test]
fn ones_own_doing_is_no_news() {
    for what in What::ALL {
        let world = ticket(*what).by(1, "Marta Lima").line(to_marta);
        assert_eq!(world.marta(), None, "{what}");
    }
}

#[test]
fn a_colleagues_reply_is_no_news_and_a_note_is() {
    assert_eq!(ticket(What::MessageSaid).by(2, "Rui Alves").line(to_marta).marta(), None);
    let note = ticket(What::MessageNoted).by(2, "Rui Alves").line(to_marta);
    assert_eq!(note.marta(), Some(Reason::Noted));
    assert_eq!(note.with(&Settings::default(), None).unwrap().who, "Rui Alves");
    let mut edited = ticket(What::MessageNoted).by(2, "Rui Alves").line(to_marta);
    edited.told.messages[0].edited_at = Some(NOW);
    assert_eq!(edited.marta(), None);
    assert_eq!(ticket(What::MessageNoted).by(2, "Rui Alves").line(to_billing).marta(), None, "to the department's agents it is not");
}

#[test]
fn being_given_something_is_news() {
    let world = ticket(What::Assigned).by(2, "Rui Alves").line(to_marta);
    assert_eq!(world.marta(), Some(Reason::Assigned));
    let chat = chat(What::Assigned).by(2, "Rui Alves").line(to_billing);
    assert_eq!(chat.marta(), Some(Reason::Waiting), "a chat handed to the department, with nobody in it");
    assert_eq!(ticket(What::Assigned).by(2, "Rui Alves").marta(), None, "to nobody");
}

#[test]
fn a_new_ticket_is_news_unless_it_is_somebody_elses() {
    assert_eq!(ticket(What::TicketOpened).marta(), Some(Reason::Ticket));
    assert_eq!(ticket(What::TicketOpened).line(to_billing).marta(), Some(Reason::Ticket));
    assert_eq!(ticket(What::TicketOpened).line(to_billing).rui(), None);
    assert_eq!(ticket(What::TicketOpened).line(to_marta).rui(), None);
    assert_eq!(ticket(What::TicketOpened).line(|line| line.folder = Folder::Spam).marta(), None);
}

#[test]
fn an_invitation_is_news_to_who_is_asked_and_once() {
    let world = chat(What::AgentInvited).by(2, "Rui Alves").seat(2, None, Some(Moment(1)), None).seat(1, Some(NOW), None, None);
    assert_eq!((world.marta(), world.rui()), (Some(Reason::Invited), None));
    let other = chat(What::AgentInvited).by(2, "Rui Alves").seat(1, Some(Moment(500)), None, None);
    assert_eq!(other.marta(), None, "somebody else is asked now");
    let came = chat(What::AgentInvited).by(2, "Rui Alves").seat(1, Some(NOW), Some(NOW), None);
    assert_eq!(came.marta(), None, "she is in it already");
}

#[test]
fn what_is_before_ones_eyes_is_no_news() {
    let world = ticket(What::MessageSaid).line(to_marta);
    let here = world.told.line.as_ref().unwrap().id.clone();
    assert_eq!(world.with(&Settings::default(), Some(&here)), None);
    assert!(world.with(&Settings::default(), Some(&ConversationId::from_bits(77))).is_some());
}

#[test]
fn each_thing_can_be_switched_off() {
    let all = Settings::default();
    let cases = [
        (chat(What::ChatStarted), Settings { waiting: false, ..all }),
        (ticket(What::MessageSaid).line(to_marta), Settings { mine: false, ..all }),
        (ticket(What::TicketOpened), Settings { tickets: false, ..all }),
        (chat(What::AgentInvited).by(2, "Rui Alves").seat(1, Some(NOW), None, None), Settings { invited: false, ..all }),
    ];
    for (world, off) in cases {
        assert!(world.marta().is_some() && world.with(&off, None).is_none(), "{:?}", world.told.event.what);
    }
}

#[test]
fn a_notice_says_who_and_what_unless_words_are_hidden() {
    let notice = ticket(What::MessageSaid).line(to_marta).with(&Settings::default(), None).unwrap();
    assert_eq!(notice.body(false), "#1042 Late order: Is the jacket true to size?");
    assert_eq!(notice.body(true), "#1042");
    assert!(notice.title(Language::English).contains("Ana Prado") && notice.title(Language::Portuguese).contains("Ana Prado"));
    let note = chat(What::ChatStarted).with(&Settings::default(), None).unwrap().note(Language::Portuguese, true);
    assert_eq!((note.body.as_str(), note.path.as_str()), ("", "/inbox/0000000000000000000000009"));
}

#[test]
fn a_note_that_calls_somebody_is_news_to_them_wherever_it_stands() {
    let world = ticket(What::MessageNoted).by(2, "Rui Alves").says("@marta, can you look?");
    assert_eq!((world.marta(), world.rui()), (Some(Reason::Mentioned), None), "nobody calls themselves");
    let notice = world.with(&Settings::default(), None).unwrap();
    assert_eq!(notice.title(Language::English), "Rui Alves mentions you in a note");
    let unwanted = Settings { invited: false, ..Settings::default() };
    assert_eq!(world.with(&unwanted, None), None);
    let other = ticket(What::MessageNoted).by(2, "Rui Alves").says("marta@acme.test asked");
    assert_eq!(other.marta(), None);
    // of words that everybody reads nobody is called
    let said = ticket(What::MessageSaid).by(2, "Rui Alves").says("@Marta");
    assert_eq!(said.marta(), None);
}

#[test]
fn whose_first_word_is_anothers_as_well_is_called_by_the_whole_name() {
    let noticed = |text: &str, disabled: Option<Moment>| {
        let world = ticket(What::MessageNoted).by(3, "Lena Reis").says(text);
        let mut people = world.people();
        (people.agents[1].name, people.agents[1].disabled_at) = ("Marta Costa".into(), disabled);
        [&world.marta, &world.rui].map(|id| notice(&world.told, id, &people, &Settings::default(), None).map(|notice| notice.reason))
    };
    let mentioned = Some(Reason::Mentioned);
    assert_eq!(noticed("@Marta Lima, only you", None), [mentioned, None]);
    assert_eq!(noticed("@Marta Costa, only you", None), [None, mentioned]);
    assert_eq!(noticed("@Marta?", None), [None, None]);
    assert_eq!(noticed("@Marta?", Some(NOW)), [mentioned, None]);
}
