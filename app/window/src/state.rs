//! What a window holds: what the server sent, and what this browser adds to it. The same on both sides; decides what is shown.

use model::{
    DepartmentId, Language, Moment,
    attachment::Attachment,
    chat::Rating,
    hours,
    moment::{SECOND, Zone},
    text::{Place, filled, window::place as texts},
    widget::{Consent, Field, FieldKind},
    window::{Window, WindowChat, WindowHappening, WindowMessage},
};
use serde::{Deserialize, Serialize};

use crate::{api::At, fail::Fail, number::digits};

/// What the server sends: all that is shown, in the visitor's language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opened {
    /// The widget's public key.
    pub key: String,
    /// Language of the words.
    pub language: Language,
    /// Name of the property.
    pub property: String,
    /// Its zone.
    pub zone: Zone,
    /// Chats and messages, and who the visitor is.
    pub window: Window<()>,
    /// Whether the visitor is known: something of theirs is kept.
    pub known: bool,
    /// What a visit is begun with; empty once it began.
    pub pass: String,
    /// The words of the window in the order of their catalogue, the property's own laid over.
    pub words: Vec<String>,
    /// What stands above the form before a chat, or empty.
    pub intro: String,
    /// Messages to begin with.
    pub suggestions: Vec<String>,
    /// Fields of the form before a chat.
    pub fields: Vec<Field>,
    /// Departments to choose from.
    pub departments: Vec<(DepartmentId, String)>,
    /// Seconds without an answer after which a visitor is asked where one reaches them.
    pub rescue_after: Option<u32>,
    /// Who is asked for consent.
    pub consent: Consent,
    /// Hosts of the sites that may show this window; none for all.
    pub sites: Vec<String>,
    /// `auto`, `light` or `dark`.
    pub scheme: String,
    /// Values of the colours, as declarations.
    pub colours: String,
}

/// Words on their way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// Id of the message to be.
    pub id: String,
    /// The words.
    pub text: String,
    /// Files that go with them.
    pub files: Vec<Attachment>,
    /// The server has them; the event that brings them is on its way.
    pub sent: bool,
    /// Why they were not taken, if they were not.
    pub fail: Option<Fail>,
}

/// A file on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upload {
    /// Tells it from others.
    pub number: u32,
    /// Its name.
    pub name: String,
    /// How far it is.
    pub percent: u32,
}

/// A window.
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State {
    /// What the server sent, kept true.
    pub opened: Opened,
    /// The server's clock.
    pub now: Moment,
    /// Zone of the times: the property's, or the visitor's own once the browser said it.
    pub zone: Zone,
    /// It stands in a site's page.
    pub embed: bool,
    /// The script runs.
    pub awake: bool,
    /// The visitor agreed to be remembered, or is not asked.
    pub agreed: bool,
    /// Consent is asked of some by their zone, and only their browser knows it: question and form are both in the page.
    pub asks: bool,
    /// What was typed before the page came back, by the name of its input; or what the site knows.
    pub typed: Vec<(String, String)>,
    /// Name, address and telephone as the site says them; it proves nothing.
    pub site: [String; 3],
    /// What happened on the site while there was no chat: name, details, and when.
    pub events: Vec<[String; 3]>,
    /// The form that was refused, and why.
    pub refused: Option<(String, Fail)>,
    /// Address of the site's page, where the visitor came from, and the department asked for.
    pub page: [String; 3],
    /// The visit as the site's page knows it, and the trigger whose words led here.
    pub visit: [String; 2],
    /// What an agent or a trigger said before there was a chat: name of the agent, or empty, and the words.
    pub first: Vec<(String, String)>,
    /// Name and e-mail are asked for with that, whatever the form before a chat asks for.
    pub asked: bool,
    /// Words on their way.
    pub outbox: Vec<Draft>,
    /// Files on their way.
    pub uploads: Vec<Upload>,
    /// Files that go with the next words.
    pub files: Vec<Attachment>,
    /// Who writes, and when that was heard.
    pub typing: Option<(String, Moment)>,
    /// The line is broken.
    pub lost: bool,
    /// The palette is open.
    pub emoji: bool,
    /// New messages make a sound.
    pub sound: bool,
    /// How the last chat was, as far as it was said.
    pub rating: Option<Rating>,
    /// The visitor asks for the chat by mail.
    pub transcript: bool,
    /// Nothing can be sent twice: a form is on its way.
    pub busy: bool,
}

/// What stands below the header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Whether something may be kept.
    Consent,
    /// The form before a chat.
    Before,
    /// The form that leaves a message.
    Leave,
    /// The chat.
    Chat,
}

/// An agent who was heard to write does so for this long.
const TYPING: i64 = 8 * SECOND;

impl State {
    /// A window as the server sent it.
    pub fn new(opened: Opened) -> Self {
        let (now, zone, agreed) = (opened.window.now, opened.zone.clone(), opened.known || opened.consent == Consent::None);
        Self {
            opened,
            now,
            zone,
            agreed,
            embed: false,
            awake: false,
            asks: false,
            typed: vec![],
            site: Default::default(),
            events: vec![],
            refused: None,
            page: Default::default(),
            visit: Default::default(),
            first: vec![],
            asked: false,
            outbox: vec![],
            uploads: vec![],
            files: vec![],
            typing: None,
            lost: false,
            emoji: false,
            sound: true,
            rating: None,
            transcript: false,
            busy: false,
        }
    }

    /// Words of the window.
    pub fn say(&self, text: Place) -> String {
        self.opened.words.get(text.index()).cloned().unwrap_or_default()
    }

    /// Words with placeholders filled.
    pub fn fill(&self, text: Place, values: &[(&str, &str)]) -> String {
        filled(&self.say(text), values)
    }

    /// Where it is asked from.
    pub fn at(&self) -> At {
        At {
            key: self.opened.key.clone(),
            lang: self.opened.language.tag().to_owned(),
            pass: self.opened.pass.clone(),
            agreed: if self.agreed { "yes" } else { "" }.to_owned(),
        }
    }

    /// The chat that goes on.
    pub fn chat(&self) -> Option<&WindowChat> {
        self.opened.window.chat()
    }

    /// The last chat, over or not.
    pub fn last_chat(&self) -> Option<&WindowChat> {
        self.opened.window.chats.last()
    }

    /// Whether somebody is there.
    pub fn status(&self) -> hours::State {
        self.opened.window.state
    }

    /// What is asked before a chat of this visitor: what is known of them is not asked again.
    pub fn asked(&self) -> Vec<Field> {
        let guest = &self.opened.window.guest;
        let known = |field: &Field| match field.kind {
            FieldKind::Name => guest.name.is_empty(),
            FieldKind::Email => guest.email.is_empty(),
            FieldKind::Phone => guest.phone.is_empty(),
            FieldKind::Department => self.page[2].is_empty() && !self.opened.departments.is_empty(),
            FieldKind::Question => true,
        };
        let mut fields = self.opened.fields.clone();
        for (kind, key) in [(FieldKind::Name, "name"), (FieldKind::Email, "email")] {
            if self.asked && !fields.iter().any(|field| field.kind == kind) {
                fields.push(Field { kind, key: key.to_owned(), label: String::new(), required: false });
            }
        }
        fields.retain(known);
        fields
    }

    /// What is shown.
    pub fn stage(&self) -> Stage {
        let began = !self.opened.window.chats.is_empty();
        if began || !self.outbox.is_empty() {
            Stage::Chat
        } else if !self.agreed {
            Stage::Consent
        } else if self.status() == hours::State::Offline {
            Stage::Leave
        } else if self.asked().is_empty() {
            Stage::Chat
        } else {
            Stage::Before
        }
    }

    /// Whether a trigger asked for name and e-mail in the chat that goes on, and they are not known yet.
    pub fn is_asked(&self) -> bool {
        let window = &self.opened.window;
        let asks = |message: &WindowMessage| matches!(message.happened, Some(WindowHappening::DetailsAsked));
        let here = |chat: &WindowChat| window.messages.iter().any(|message| asks(message) && message.chat == chat.id);
        window.guest.email.is_empty() && window.chat().is_some_and(here)
    }

    /// Whether the visitor is asked where an answer reaches them: by a trigger, or since nobody answered in time and nobody is in the chat.
    pub fn rescue(&self) -> bool {
        let waited = |chat: &WindowChat| {
            let offline = self.status() == hours::State::Offline && self.opened.window.guest.email.is_empty();
            let most = self.opened.rescue_after.map(|seconds| i64::from(seconds) * SECOND);
            offline || most.is_some_and(|most| self.now.since(chat.started_at) >= most)
        };
        self.is_asked() || self.chat().is_some_and(|chat| !chat.answered && !chat.rescued && chat.host().is_none() && waited(chat))
    }

    /// Who writes.
    pub fn who_types(&self) -> Option<&str> {
        self.typing.as_ref().filter(|(_, at)| self.now.since(*at) < TYPING).map(|(name, _)| name.as_str())
    }

    /// What goes with the words that begin a chat, unseen.
    pub fn begins(&self) -> Vec<(String, String)> {
        let ([page, referrer, department], [visit, trigger], [name, email, phone]) = (&self.page, &self.visit, &self.site);
        let all = [
            ("form[page]", page),
            ("form[referrer]", referrer),
            ("form[department]", department),
            ("form[visit]", visit),
            ("form[trigger]", trigger),
            ("form[site][name]", name),
            ("form[site][email]", email),
            ("form[site][phone]", phone),
        ];
        let mut told = self.told("form[said]");
        for (name, value) in all {
            if !value.is_empty() {
                told.push((name.to_owned(), value.clone()));
            }
        }
        told
    }

    /// What happened on the site, as it goes with words that begin a chat.
    pub fn told(&self, around: &str) -> Vec<(String, String)> {
        let mut all = vec![];
        for (at, event) in (0..).zip(&self.events) {
            for (part, value) in ["][name]", "][detail]", "][at]"].into_iter().zip(event) {
                all.push(([around, "[events][", &digits(at), part].concat(), value.clone()));
            }
        }
        all
    }

    /// What was typed into an input before.
    pub fn typed(&self, name: &str) -> String {
        self.typed.iter().rev().find(|(known, _)| known == name).map(|(_, value)| value.clone()).unwrap_or_default()
    }

    /// Why a form was refused, for one of its fields; or for none of them.
    pub fn problem(&self, path: &str, field: &str) -> Option<String> {
        let (_, fail) = self.refused.as_ref().filter(|(refused, fail)| refused == path && fail.field == field)?;
        Some(if fail.text.is_empty() { self.say(texts::FAILED) } else { fail.text.clone() })
    }
}
