//! The nouns of the window from JSON, as serde writes them. A test holds the two together.

use model::{
    AgentId, AttachmentId, ConversationId, DepartmentId, Language, MessageId, Moment,
    attachment::Attachment,
    chat::Rating,
    hours,
    moment::Zone,
    visitor::Guest,
    widget::{Consent, Field, FieldKind},
    window::{Host, Speaker, VisitorTold, Window, WindowChat, WindowHappening, WindowMessage},
};

use super::json::{Json, Read};
use crate::{fail::Fail, state::Opened};

impl Read for String {
    fn read(json: &Json) -> Option<Self> {
        if let Json::Text(text) = json { Some(text.clone()) } else { None }
    }
}

impl Read for i64 {
    fn read(json: &Json) -> Option<Self> {
        if let Json::Number(number) = json { Some(*number) } else { None }
    }
}

impl Read for bool {
    fn read(json: &Json) -> Option<Self> {
        Some(*json == Json::Flag(true))
    }
}

impl Read for () {
    fn read(_: &Json) -> Option<Self> {
        Some(())
    }
}

impl<T: Read> Read for Option<T> {
    fn read(json: &Json) -> Option<Self> {
        if *json == Json::Null { Some(None) } else { T::read(json).map(Some) }
    }
}

impl<T: Read> Read for Vec<T> {
    fn read(json: &Json) -> Option<Self> {
        let mut all = vec![];
        for one in json.list() {
            all.push(T::read(one)?);
        }
        Some(all)
    }
}

impl<A: Read, B: Read> Read for (A, B) {
    fn read(json: &Json) -> Option<Self> {
        let [a, b] = json.list() else { return None };
        Some((A::read(a)?, B::read(b)?))
    }
}

/// Types that are a word.
macro_rules! words {
    ($($name:ty),*) => { $(
        impl Read for $name {
            fn read(json: &Json) -> Option<Self> {
                if let Json::Text(text) = json { text.parse().ok() } else { None }
            }
        }
    )* };
}
words!(AgentId, AttachmentId, ConversationId, DepartmentId, MessageId, Language, Rating, hours::State, Consent, FieldKind);

/// Types that are their fields.
macro_rules! fields {
    ($($name:ty { $($field:ident),* })*) => { $(
        impl Read for $name {
            fn read(json: &Json) -> Option<Self> {
                Some(Self { $($field: json.field(stringify!($field))?),* })
            }
        }
    )* };
}
fields! {
    Fail { code, field, text }
    Zone { name, offsets }
    Field { kind, key, label, required }
    Guest { name, email, phone, proven }
    Host { agent, name, picture, here }
    Attachment { id, name, media_type, size, inline }
    WindowChat { id, started_at, hosts, answered, missed, rescued, ended_at, rating, read_at }
    WindowMessage { id, chat, seq, place, speaker, at, edited, by_mail, text, rendered, attachments, happened }
    Window<()> { head, front, state, opens_at, guest, chats, messages, earlier, now }
    VisitorTold<()> { seq, about, chat, changed, messages, guest, front }
    Opened {
        key, language, property, zone, window, known, pass, words, intro, suggestions, fields, departments, rescue_after, consent, sites,
        scheme, colours
    }
}

impl Read for Moment {
    fn read(json: &Json) -> Option<Self> {
        i64::read(json).map(Self)
    }
}

impl Read for i32 {
    fn read(json: &Json) -> Option<Self> {
        i64::read(json)?.try_into().ok()
    }
}

impl Read for u32 {
    fn read(json: &Json) -> Option<Self> {
        i64::read(json)?.try_into().ok()
    }
}

impl Read for Speaker {
    fn read(json: &Json) -> Option<Self> {
        Some(match json.text("who").as_str() {
            "visitor" => Self::Visitor,
            "agent" => Self::Agent { id: json.field("id")?, name: json.field("name")? },
            "system" => Self::System,
            _ => return None,
        })
    }
}

impl Read for WindowHappening {
    fn read(json: &Json) -> Option<Self> {
        Some(match json.text("what").as_str() {
            "agent_joined" => Self::AgentJoined,
            "agent_left" => Self::AgentLeft,
            "ended" => Self::Ended,
            "rated" => Self::Rated { rating: json.field("rating")? },
            "details_asked" => Self::DetailsAsked,
            "details_left" => Self::DetailsLeft { email: json.field("email")? },
            "transcript_asked" => Self::TranscriptAsked { email: json.field("email")? },
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(speaker: Speaker, happened: Option<WindowHappening>) -> WindowMessage {
        let file = Attachment { id: AttachmentId::new(), name: "a.png".into(), media_type: "image/png".into(), size: 7, inline: true };
        WindowMessage {
            id: MessageId::new(),
            chat: ConversationId::new(),
            seq: 7,
            place: 1,
            speaker,
            at: Moment(5),
            edited: true,
            by_mail: false,
            text: "a\n\"<é🙂".into(),
            rendered: "<p>a</p>".into(),
            attachments: vec![file],
            happened,
        }
    }

    fn told() -> VisitorTold<()> {
        let email = String::from("a@b.example");
        let agent = Speaker::Agent { id: AgentId::new(), name: "Marta".into() };
        let messages = vec![
            message(Speaker::Visitor, None),
            message(agent.clone(), Some(WindowHappening::AgentJoined)),
            message(agent, Some(WindowHappening::AgentLeft)),
            message(Speaker::System, Some(WindowHappening::Ended)),
            message(Speaker::Visitor, Some(WindowHappening::Rated { rating: Rating::Bad })),
            message(Speaker::System, Some(WindowHappening::DetailsAsked)),
            message(Speaker::Visitor, Some(WindowHappening::DetailsLeft { email: email.clone() })),
            message(Speaker::Visitor, Some(WindowHappening::TranscriptAsked { email })),
        ];
        let chat = WindowChat {
            id: ConversationId::new(),
            started_at: Moment(1),
            hosts: vec![Host { agent: AgentId::new(), name: "Marta".into(), picture: "0a".into(), here: true }],
            answered: true,
            missed: false,
            rescued: true,
            ended_at: Some(Moment(9)),
            rating: Some(Rating::Good),
            read_at: None,
        };
        let guest = Guest { name: "Ana".into(), email: "ana@example.com".into(), phone: String::new(), proven: true };
        let changed = messages.iter().map(|message| message.id.clone()).collect();
        VisitorTold { seq: 3, about: Some(chat.id.clone()), chat: Some(chat), changed, messages, guest: Some(guest), front: None }
    }

    fn back<T: Read>(value: &impl serde::Serialize) -> T {
        let text = serde_json::to_string(value).unwrap();
        T::read(&Json::parse(&text).unwrap()).unwrap_or_else(|| panic!("{text}"))
    }

    #[test]
    fn what_serde_writes_reads_back() {
        let told = told();
        assert_eq!(back::<VisitorTold<()>>(&told), told);
        let window = Window {
            head: 3,
            front: (),
            state: hours::State::Away,
            opens_at: Some(Moment(77)),
            guest: told.guest.unwrap(),
            chats: vec![told.chat.unwrap()],
            messages: told.messages,
            earlier: true,
            now: Moment(-5),
        };
        let field = Field { kind: FieldKind::Question, key: "order".into(), label: "Order?".into(), required: true };
        let opened = Opened {
            key: "abc".into(),
            language: Language::Portuguese,
            property: "Shop".into(),
            zone: Zone { name: "Europe/Lisbon".into(), offsets: vec![(Moment(0), -3600)] },
            window,
            known: true,
            pass: "p".into(),
            words: vec!["a".into()],
            intro: String::new(),
            suggestions: vec!["Hi".into()],
            fields: vec![field],
            departments: vec![(DepartmentId::new(), "Sales".into())],
            rescue_after: Some(60),
            consent: Consent::Eu,
            sites: vec![],
            scheme: "dark".into(),
            colours: "--day:#fff".into(),
        };
        assert_eq!(back::<Opened>(&opened), opened);
        let fail = Fail { code: "INVALID".into(), field: "email".into(), text: "No.".into() };
        assert_eq!(back::<Option<(String, Fail)>>(&Some(("p", &fail))), Some(("p".into(), fail)));
    }

    #[test]
    fn what_is_unknown_is_not_read() {
        for text in [r#"{"who":"nobody"}"#, r#"{"who":"agent","id":"x","name":"y"}"#, "7", "{}"] {
            assert_eq!(Speaker::read(&Json::parse(text).unwrap()), None, "{text}");
        }
    }
}
