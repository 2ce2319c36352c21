//! The widget's settings: how it looks, what it says, what it asks, and when it is open. Nothing here is secret:
//! every visitor is sent all of it.

mod appearance;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::{
    DepartmentId, Language, Moment, Refusal, Why,
    address::text_of_field,
    hours::{Hours, State},
    moment::Zone,
    site::{SITES_MOST, site},
    words,
};

pub use appearance::{Appearance, Launcher, OFFSET_MOST, Offset, Position, Scheme};

words! {
    /// Who is asked for consent before anything is stored on their machine.
    Consent {
        /// Nobody.
        None = "none",
        /// Everybody.
        All = "all",
        /// Visitors of the European Union, by their time zone.
        Eu = "eu",
    }
}

/// The widget's own words in one language; an empty one is said as Recado says it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Wording {
    /// Of which language.
    pub language: Language,
    /// On the launcher while somebody answers.
    pub launcher: String,
    /// The same while somebody is away; none for the same words, as when one field served all states.
    pub launcher_away: Option<String>,
    /// The same while it is closed.
    pub launcher_offline: Option<String>,
    /// Head and line below it while somebody answers.
    pub online: (String, String),
    /// The same while somebody is away.
    pub away: (String, String),
    /// The same while it is closed.
    pub offline: (String, String),
    /// First words in an empty chat.
    pub greeting: String,
    /// Above the form before a chat.
    pub before_chat: String,
    /// On the card for who has waited long.
    pub rescue: String,
    /// After a message was left.
    pub left: String,
    /// What is asked before anything is stored.
    pub consent: String,
    /// Messages to begin with, one tap each.
    pub suggestions: Vec<String>,
}

impl Wording {
    /// Own words on the launcher in a state, or empty.
    pub fn on_launcher(&self, state: State) -> &str {
        let own = match state {
            State::Online => &None,
            State::Away => &self.launcher_away,
            State::Offline => &self.launcher_offline,
        };
        own.as_ref().unwrap_or(&self.launcher)
    }
}

words! {
    /// What a field asks for.
    FieldKind {
        /// Name.
        Name = "name",
        /// Address.
        Email = "email",
        /// Telephone.
        Phone = "phone",
        /// Department.
        Department = "department",
        /// A question of one's own.
        Question = "question",
    }
}

/// A field of the form before a chat.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// What it asks for.
    pub kind: FieldKind,
    /// Name of the field in the form: the word of its kind, or any other for a question.
    pub key: String,
    /// What is asked, of a question.
    pub label: String,
    /// Whether no chat begins without it.
    pub required: bool,
}

/// A property's widget as its admins and agents see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Installed {
    /// Public address of this Recado, without a slash at the end.
    pub url: String,
    /// Public key of the property.
    pub key: String,
    /// The settings.
    pub widget: Widget,
}

impl Installed {
    /// All that a site adds.
    pub fn snippet(&self) -> String {
        format!("<script async src=\"{}/w/{}.js\"></script>", self.url, self.key)
    }

    /// The chat's page, for who has no site.
    pub fn page(&self) -> String {
        format!("{}/chat/{}", self.url, self.key)
    }
}

/// A property's widget.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Widget {
    /// How it looks.
    pub appearance: Appearance,
    /// What it says, by language; in any language that is not here it speaks as Recado does.
    pub wordings: Vec<Wording>,
    /// The form before a chat; empty for none.
    pub before_chat: Vec<Field>,
    /// Whether who leaves a message gets a letter that it came.
    pub acknowledge: bool,
    /// Who is asked for consent.
    pub consent: Consent,
    /// When it is open, in the property's zone.
    pub hours: Hours,
    /// Hours of departments that keep others.
    pub department_hours: Vec<(DepartmentId, Hours)>,
    /// Whether it is online within its hours with nobody there.
    pub online_with_nobody: bool,
    /// Seconds without an answer after which a visitor is asked where one reaches them; none for never.
    pub rescue_after: Option<u32>,
    /// Whether pages tell by beacons who is on the site. Off unless the property wants it.
    pub monitor: bool,
    /// Hosts of the sites that may show it, `*.shop.example` for all below one; none for any.
    pub sites: Vec<String>,
}

impl Default for Widget {
    fn default() -> Self {
        Self {
            appearance: Appearance::default(),
            wordings: vec![],
            before_chat: vec![],
            acknowledge: true,
            consent: Consent::None,
            hours: Hours::default(),
            department_hours: vec![],
            online_with_nobody: false,
            rescue_after: Some(60),
            monitor: false,
            sites: vec![],
        }
    }
}

/// Most characters of a wording.
pub const WORDS_MOST: u32 = 500;
/// Most suggested messages.
pub const SUGGESTIONS_MOST: u32 = 6;
/// Most fields of the form before a chat.
pub const FIELDS_MOST: u32 = 12;
/// Most characters of a field's key.
const KEY_MOST: usize = 40;
/// Longest wait before the rescue, in seconds.
pub const RESCUE_MOST: u32 = 3_600;

impl Widget {
    /// Hours of a department: its own, or the property's.
    pub fn hours_of(&self, department: &DepartmentId) -> &Hours {
        self.department_hours.iter().find(|(id, _)| id == department).map_or(&self.hours, |(_, hours)| hours)
    }

    /// Whether the property is open, or a department that keeps other hours.
    pub fn open(&self, now: Moment, zone: &Zone) -> bool {
        self.all_hours().any(|hours| hours.open(now, zone))
    }

    /// When one of them opens next, if all are closed.
    pub fn next_opening(&self, now: Moment, zone: &Zone) -> Option<Moment> {
        if self.open(now, zone) { None } else { self.all_hours().filter_map(|hours| hours.next_opening(now, zone)).min() }
    }

    fn all_hours(&self) -> impl Iterator<Item = &Hours> {
        std::iter::once(&self.hours).chain(self.department_hours.iter().map(|(_, hours)| hours))
    }

    /// Checks every part; the first that is wrong is refused by name.
    pub fn check(mut self) -> Result<Self, Refusal> {
        let look = &mut self.appearance;
        look.colour = look.colour.trim().to_lowercase();
        let digits = look.colour.strip_prefix('#').unwrap_or_default();
        if digits.len() != 6 || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(Refusal::invalid("colour", Why::NotAColour));
        }
        if [look.desktop, look.phone].iter().any(|offset| offset.side > OFFSET_MOST || offset.bottom > OFFSET_MOST) {
            return Err(Refusal::invalid("offset", Why::Unknown));
        }
        if self.rescue_after.is_some_and(|seconds| !(1..=RESCUE_MOST).contains(&seconds)) {
            return Err(Refusal::invalid("rescue_after", Why::Unknown));
        }
        self.hours.check()?;
        for (_, hours) in &self.department_hours {
            hours.check()?;
        }
        self.check_sites()?;
        self.check_wordings()?;
        self.check_fields()?;
        Ok(self)
    }

    fn check_sites(&mut self) -> Result<(), Refusal> {
        let mut sites: Vec<String> = vec![];
        for text in self.sites.iter().filter(|text| !text.trim().is_empty()) {
            let site = site(text).ok_or(Refusal::invalid("sites", Why::NotASite))?;
            if !sites.contains(&site) {
                sites.push(site);
            }
        }
        if sites.len() > SITES_MOST as usize {
            return Err(Refusal::invalid("sites", Why::TooMany(SITES_MOST)));
        }
        self.sites = sites;
        Ok(())
    }

    fn check_wordings(&mut self) -> Result<(), Refusal> {
        let mut languages = BTreeSet::new();
        for wording in &mut self.wordings {
            if !languages.insert(wording.language.tag()) {
                return Err(Refusal::Taken { field: "wordings".into() });
            }
            wording.suggestions.retain(|text| !text.trim().is_empty());
            if wording.suggestions.len() > SUGGESTIONS_MOST as usize {
                return Err(Refusal::invalid("suggestions", Why::TooMany(SUGGESTIONS_MOST)));
            }
            let pairs = [&mut wording.online, &mut wording.away, &mut wording.offline].into_iter().flat_map(|(head, line)| [head, line]);
            let launchers = [&mut wording.launcher_away, &mut wording.launcher_offline].into_iter().flatten();
            let single = [
                &mut wording.launcher,
                &mut wording.greeting,
                &mut wording.before_chat,
                &mut wording.rescue,
                &mut wording.left,
                &mut wording.consent,
            ];
            for text in pairs.chain(launchers).chain(single).chain(&mut wording.suggestions).filter(|text| !text.is_empty()) {
                *text = if text.trim().is_empty() { String::new() } else { text_of_field("wordings", text, WORDS_MOST)? };
            }
        }
        Ok(())
    }

    fn check_fields(&mut self) -> Result<(), Refusal> {
        if self.before_chat.len() > FIELDS_MOST as usize {
            return Err(Refusal::invalid("before_chat", Why::TooMany(FIELDS_MOST)));
        }
        let mut keys = BTreeSet::new();
        for field in &mut self.before_chat {
            if field.kind != FieldKind::Question {
                field.key = field.kind.word().into();
            } else if FieldKind::ALL.iter().any(|kind| kind.word() == field.key) || !is_key(&field.key) {
                return Err(Refusal::invalid("before_chat", Why::Unknown));
            } else {
                field.label = text_of_field("before_chat", &field.label, WORDS_MOST)?;
            }
            if !keys.insert(field.key.clone()) {
                return Err(Refusal::Taken { field: "before_chat".into() });
            }
        }
        Ok(())
    }

    /// What it says in a language.
    pub fn wording(&self, language: Language) -> Wording {
        let own = self.wordings.iter().find(|wording| wording.language == language);
        own.cloned().unwrap_or_else(|| Wording { language, ..Wording::default() })
    }

    /// Whether the form before a chat asks for a department.
    pub fn asks_department(&self) -> bool {
        self.before_chat.iter().any(|field| field.kind == FieldKind::Department)
    }
}

fn is_key(key: &str) -> bool {
    (1..=KEY_MOST).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(widget: Widget) -> Option<String> {
        widget.check().unwrap_err().field().map(ToOwned::to_owned)
    }

    fn question(key: &str) -> Field {
        Field { kind: FieldKind::Question, key: key.into(), label: "Order?".into(), required: false }
    }

    #[test]
    fn the_defaults_are_settings_too() {
        assert_eq!(Widget::default().check(), Ok(Widget::default()));
        assert_eq!(serde_json::from_str::<Widget>("{}").unwrap(), Widget::default());
    }

    #[test]
    fn what_is_wrong_is_named() {
        let colour = |text: &str| Widget { appearance: Appearance { colour: text.into(), ..Appearance::default() }, ..Widget::default() };
        assert_eq!(colour("#ABCDEF").check().unwrap().appearance.colour, "#abcdef");
        for text in ["red", "#12345", "#12345g", "", "#1234567"] {
            assert_eq!(wrong(colour(text)).as_deref(), Some("colour"), "{text}");
        }
        assert_eq!(wrong(Widget { rescue_after: Some(0), ..Widget::default() }).as_deref(), Some("rescue_after"));
        let twice = vec![Wording::default(), Wording::default()];
        assert_eq!(wrong(Widget { wordings: twice, ..Widget::default() }).as_deref(), Some("wordings"));
        for fields in [vec![question("email")], vec![question("a b")], vec![question("a"), question("a")]] {
            assert_eq!(wrong(Widget { before_chat: fields, ..Widget::default() }).as_deref(), Some("before_chat"));
        }
        let sites = |all: &[&str]| Widget { sites: all.iter().map(ToString::to_string).collect(), ..Widget::default() };
        assert_eq!(sites(&["https://Shop.example/a", " ", "shop.example"]).check().unwrap().sites, ["shop.example"]);
        assert_eq!(wrong(sites(&["shop.example", "x;y"])).as_deref(), Some("sites"));
        let suggestions = vec!["x".into(); 7];
        let wordings = vec![Wording { suggestions, ..Wording::default() }];
        assert_eq!(wrong(Widget { wordings, ..Widget::default() }).as_deref(), Some("suggestions"));
    }
}
