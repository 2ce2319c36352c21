//! The widget's settings as an admin types them, a card of the page at a time. Each is put into the settings that stand and leaves
//! the rest; what is wrong is refused by the name of its field.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::{
    Language, Refusal, Why,
    address::text_of_field,
    hours::State,
    hours_form::acted,
    widget::{Appearance, FIELDS_MOST, Field, FieldKind, OFFSET_MOST, Offset, RESCUE_MOST, SUGGESTIONS_MOST, WORDS_MOST, Widget, Wording},
};

/// What is typed under a name; all of it when a name comes more than once.
pub type Typed<'a> = dyn Fn(&str) -> Vec<String> + 'a;

/// What stands in a form under a name.
trait Column {
    fn of(name: &str, typed: &Typed<'_>) -> Self;
}

impl Column for String {
    fn of(name: &str, typed: &Typed<'_>) -> Self {
        typed(name).pop().unwrap_or_default()
    }
}

/// One value of each row.
impl Column for Vec<String> {
    fn of(name: &str, typed: &Typed<'_>) -> Self {
        typed(&format!("{name}[]"))
    }
}

/// A form, read in one way whatever it holds.
macro_rules! form {
    ($(#[$doc:meta])* $name:ident { $($(#[$fdoc:meta])* $field:ident: $column:ty,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(default)]
        pub struct $name { $($(#[$fdoc])* pub $field: $column,)* }

        impl $name {
            /// What stands in the form.
            pub fn of(typed: &Typed<'_>) -> Self {
                Self { $($field: Column::of(stringify!($field), typed),)* }
            }
        }
    };
}

form! {
    /// How the widget looks.
    AppearanceForm {
        /// `#rrggbb`.
        colour: String,
        /// Word of a position.
        position: String,
        /// Pixels on wide screens.
        desktop_side: String,
        /// Pixels on wide screens.
        desktop_bottom: String,
        /// Pixels on phones.
        phone_side: String,
        /// Pixels on phones.
        phone_bottom: String,
        /// Word of a launcher.
        launcher: String,
        /// Word of a scheme.
        scheme: String,
    }
}

form! {
    /// What the widget says in one language.
    WordingForm {
        /// Tag of the language.
        language: String,
        /// On the launcher while somebody answers.
        launcher: String,
        /// The same while somebody is away.
        launcher_away: String,
        /// The same while it is closed.
        launcher_offline: String,
        /// Head while somebody answers.
        online_head: String,
        /// Line below it.
        online_line: String,
        /// Head while somebody is away.
        away_head: String,
        /// Line below it.
        away_line: String,
        /// Head while it is closed.
        offline_head: String,
        /// Line below it.
        offline_line: String,
        /// First words in an empty chat.
        greeting: String,
        /// Above the form before a chat.
        before_chat: String,
        /// On the card for who has waited long.
        rescue: String,
        /// After a message was left.
        left: String,
        /// What is asked before anything is stored.
        consent: String,
        /// Messages to begin with, one to a line.
        suggestions: String,
    }
}

form! {
    /// How the widget behaves.
    MannersForm {
        /// Something, if who leaves a message gets a letter.
        acknowledge: String,
        /// Word of who is asked for consent.
        consent: String,
        /// Something, if who waits long is asked where one reaches them.
        rescue: String,
        /// After how many seconds.
        rescue_after: String,
        /// Something, if it is online with nobody there.
        online_with_nobody: String,
    }
}

form! {
    /// The form before a chat: rows, of which each column has one value.
    FieldsForm {
        /// Word of each row's kind.
        kind: Vec<String>,
        /// Name of each field; empty for a new question.
        key: Vec<String>,
        /// What each question asks.
        label: Vec<String>,
        /// `no`, `optional` or `required`.
        ask: Vec<String>,
        /// What a form without script asks for besides being saved: `add question`, `remove 2`, `up 2`, `down 2`.
        act: String,
    }
}

/// The word of a row that is not asked.
pub const NOT_ASKED: &str = "no";
/// The word of a row that may stay empty.
pub const OPTIONAL: &str = "optional";
/// The word of a row that may not.
pub const REQUIRED: &str = "required";

/// A word of a list that a browser can only have changed.
fn chosen<T: FromStr>(field: &'static str, text: &str) -> Result<T, Refusal> {
    text.parse().map_err(|_| Refusal::invalid(field, Why::Unknown))
}

fn number(field: &'static str, text: &str, from: u32, to: u32) -> Result<u32, Refusal> {
    let wrong = || Refusal::invalid(field, Why::Range(from, to));
    text.trim().parse().ok().filter(|n| (from..=to).contains(n)).ok_or_else(wrong)
}

impl AppearanceForm {
    /// As it stands.
    pub fn from(look: &Appearance) -> Self {
        Self {
            colour: look.colour.clone(),
            position: look.position.word().into(),
            desktop_side: look.desktop.side.to_string(),
            desktop_bottom: look.desktop.bottom.to_string(),
            phone_side: look.phone.side.to_string(),
            phone_bottom: look.phone.bottom.to_string(),
            launcher: look.launcher.word().into(),
            scheme: look.scheme.word().into(),
        }
    }

    /// Puts it into the settings.
    pub fn put(&self, widget: Widget) -> Result<Widget, Refusal> {
        let pixels = |field, text: &str| number(field, text, 0, u32::from(OFFSET_MOST)).map(|n| u16::try_from(n).unwrap_or(OFFSET_MOST));
        let appearance = Appearance {
            colour: self.colour.clone(),
            position: chosen("position", &self.position)?,
            desktop: Offset { side: pixels("desktop_side", &self.desktop_side)?, bottom: pixels("desktop_bottom", &self.desktop_bottom)? },
            phone: Offset { side: pixels("phone_side", &self.phone_side)?, bottom: pixels("phone_bottom", &self.phone_bottom)? },
            launcher: chosen("launcher", &self.launcher)?,
            scheme: chosen("scheme", &self.scheme)?,
        };
        Widget { appearance, ..widget }.check()
    }
}

impl WordingForm {
    /// As it stands.
    pub fn from(wording: &Wording) -> Self {
        let ((online_head, online_line), (away_head, away_line), (offline_head, offline_line)) =
            (wording.online.clone(), wording.away.clone(), wording.offline.clone());
        let launchers = [State::Online, State::Away, State::Offline].map(|state| wording.on_launcher(state).to_owned());
        let (
            [launcher, launcher_away, launcher_offline],
            Wording { language, greeting, before_chat, rescue, left, consent, suggestions, .. },
        ) = (launchers, wording.clone());
        Self {
            language: language.tag().into(),
            launcher,
            launcher_away,
            launcher_offline,
            online_head,
            online_line,
            away_head,
            away_line,
            offline_head,
            offline_line,
            greeting,
            before_chat,
            rescue,
            left,
            consent,
            suggestions: suggestions.join("\n"),
        }
    }

    /// Puts it into the settings, in the place of what was said in its language.
    pub fn put(&self, mut widget: Widget) -> Result<Widget, Refusal> {
        let language: Language = chosen("language", &self.language)?;
        let said = |field, text: &str| if text.trim().is_empty() { Ok(String::new()) } else { text_of_field(field, text, WORDS_MOST) };
        let suggestions: Vec<String> = self.suggestions.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect();
        if suggestions.len() > SUGGESTIONS_MOST as usize {
            return Err(Refusal::invalid("suggestions", Why::TooMany(SUGGESTIONS_MOST)));
        }
        for line in &suggestions {
            said("suggestions", line)?;
        }
        let launcher = said("launcher", &self.launcher)?;
        let other = |field, text: &str| Ok::<_, Refusal>(Some(said(field, text)?).filter(|text| *text != launcher));
        let wording = Wording {
            language,
            launcher_away: other("launcher_away", &self.launcher_away)?,
            launcher_offline: other("launcher_offline", &self.launcher_offline)?,
            launcher: launcher.clone(),
            online: (said("online_head", &self.online_head)?, said("online_line", &self.online_line)?),
            away: (said("away_head", &self.away_head)?, said("away_line", &self.away_line)?),
            offline: (said("offline_head", &self.offline_head)?, said("offline_line", &self.offline_line)?),
            greeting: said("greeting", &self.greeting)?,
            before_chat: said("before_chat", &self.before_chat)?,
            rescue: said("rescue", &self.rescue)?,
            left: said("left", &self.left)?,
            consent: said("consent", &self.consent)?,
            suggestions,
        };
        widget.wordings.retain(|other| other.language != language);
        if wording != (Wording { language, ..Wording::default() }) {
            widget.wordings.push(wording);
        }
        widget.check()
    }
}

impl MannersForm {
    /// Puts it into the settings.
    pub fn put(&self, widget: Widget) -> Result<Widget, Refusal> {
        let rescue_after = match self.rescue.as_str() {
            "" => None,
            _ => Some(number("rescue_after", &self.rescue_after, 1, RESCUE_MOST)?),
        };
        let manners = Widget {
            acknowledge: !self.acknowledge.is_empty(),
            consent: chosen("consent", &self.consent)?,
            online_with_nobody: !self.online_with_nobody.is_empty(),
            rescue_after,
            ..widget
        };
        manners.check()
    }
}

/// One row of the form before a chat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// What it asks for.
    pub kind: FieldKind,
    /// Its name, empty for a new question.
    pub key: String,
    /// What it asks, of a question.
    pub label: String,
    /// `no`, `optional` or `required`.
    pub ask: String,
}

impl Row {
    /// A question that is not there yet.
    pub fn question() -> Self {
        Self { kind: FieldKind::Question, key: String::new(), label: String::new(), ask: OPTIONAL.into() }
    }
}

impl FieldsForm {
    /// The form that stands, one row for each field and for each kind that is not asked.
    pub fn rows(fields: &[Field]) -> Vec<Row> {
        let asked = fields.iter().map(|field| Row {
            kind: field.kind,
            key: field.key.clone(),
            label: field.label.clone(),
            ask: if field.required { REQUIRED } else { OPTIONAL }.into(),
        });
        let others = FieldKind::ALL.iter().filter(|kind| **kind != FieldKind::Question && !fields.iter().any(|field| field.kind == **kind));
        asked.chain(others.map(|kind| Row { kind: *kind, key: String::new(), label: String::new(), ask: NOT_ASKED.into() })).collect()
    }

    /// Where a form without script goes on: with a question more if it asked for one.
    pub fn next(&self) -> &'static str {
        if self.act == "add question" { "/admin/widget?done=saved&add=question" } else { "/admin/widget?done=saved" }
    }

    /// The rows as they were typed, those of kinds that nobody knows left out.
    pub fn typed_rows(&self) -> Vec<Row> {
        let columns = self.kind.iter().zip(&self.key).zip(self.label.iter().zip(&self.ask));
        let row = |((kind, key), (label, ask)): ((&String, &String), (&String, &String))| {
            Some(Row { kind: kind.parse().ok()?, key: key.clone(), label: label.clone(), ask: ask.clone() })
        };
        columns.filter_map(row).collect()
    }

    /// Puts it into the settings. A question of which nothing was typed is none.
    pub fn put(&self, widget: Widget) -> Result<Widget, Refusal> {
        let mut rows: Vec<(usize, Row)> = self.typed_rows().into_iter().enumerate().collect();
        if let Some(row) = acted(&self.act, "remove").filter(|row| *row < rows.len()) {
            rows.remove(row);
        }
        let up = acted(&self.act, "up").and_then(|row| row.checked_sub(1)).or(acted(&self.act, "down"));
        if let Some(row) = up.filter(|row| row + 1 < rows.len()) {
            rows.swap(row, row + 1);
        }
        let mut before_chat: Vec<Field> = vec![];
        let mut used: Vec<String> = rows.iter().map(|(_, row)| row.key.clone()).collect();
        for (at, row) in rows {
            let question = row.kind == FieldKind::Question;
            let blank = question && row.key.is_empty() && row.label.trim().is_empty();
            if row.ask == NOT_ASKED || blank {
                continue;
            }
            if question {
                let wrong =
                    |refusal| if let Refusal::Invalid { why, .. } = refusal { Refusal::invalid_row("label", at, why) } else { refusal };
                text_of_field("label", &row.label, WORDS_MOST).map_err(wrong)?;
            }
            let key = if question && row.key.is_empty() { fresh(&mut used) } else { row.key };
            before_chat.push(Field {
                kind: row.kind,
                key,
                label: if question { row.label } else { String::new() },
                required: row.ask == REQUIRED,
            });
        }
        if before_chat.len() > FIELDS_MOST as usize {
            return Err(Refusal::invalid("before_chat", Why::TooMany(FIELDS_MOST)));
        }
        Widget { before_chat, ..widget }.check()
    }
}

/// A name that no question has: answers of earlier chats keep theirs.
fn fresh(used: &mut Vec<String>) -> String {
    let key = (1..=u16::MAX).map(|n| format!("question_{n}")).find(|key| !used.contains(key)).unwrap_or_default();
    used.push(key.clone());
    key
}

#[cfg(test)]
#[path = "widget_form_tests.rs"]
mod tests;
