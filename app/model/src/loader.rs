//! What the widget's loader is told: `RecadoConfig` of `frontend/widget/recado.d.ts`, made from a property's settings.
//! All of it is public. Knows no answer and no compression.

use serde::{Serialize, Serializer};

use crate::{
    Language,
    colour::{BLACK, Colour},
    hours::State,
    text::launcher as words,
    trigger::Simple,
    widget::{Appearance, Consent, Launcher, Offset, Position, Scheme, Widget},
};

/// Layer of the launcher on a site's page: above everything that sites use, below the end of the scale.
const LAYER: u32 = 2_147_483_000;

/// Where the launcher sits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Place {
    at: &'static str,
    x: u16,
    y: u16,
    #[serde(skip_serializing_if = "is_false")]
    hidden: bool,
}

/// What the launcher says in a language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Texts {
    title: String,
    online: String,
    away: String,
    offline: String,
    close: String,
    unread: String,
    dismiss: String,
}

/// `RecadoConfig`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Loader {
    url: String,
    key: String,
    status: &'static str,
    #[serde(serialize_with = "in_order")]
    texts: Vec<(&'static str, Texts)>,
    dark_when: &'static str,
    colors: [String; 4],
    #[serde(skip_serializing_if = "is_false")]
    labelled: bool,
    z: u32,
    desktop: Place,
    phone: Place,
    #[serde(skip_serializing_if = "is_false")]
    consent: bool,
    #[serde(skip_serializing_if = "is_false")]
    monitor: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    triggers: Vec<Simple>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    sites: Vec<String>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands it over like this")]
const fn is_false(flag: &bool) -> bool {
    !*flag
}

/// The first entry serves every language that is not there: the order is kept.
fn in_order<S: Serializer>(texts: &[(&'static str, Texts)], to: S) -> Result<S::Ok, S::Error> {
    to.collect_map(texts.iter().map(|(language, texts)| (language, texts)))
}

impl Loader {
    /// Of the widget with this key, at Recado's address, as it stands now; the property's language before the others.
    pub fn new(url: &str, key: &str, widget: &Widget, language: Language, state: State) -> Self {
        let look = &widget.appearance;
        let mut languages = Language::ALL;
        languages.sort_by_key(|other| *other != language);
        Self {
            url: url.into(),
            key: key.into(),
            status: state.word(),
            texts: languages.into_iter().map(|language| (short(language), texts(widget, language))).collect(),
            dark_when: match look.scheme {
                Scheme::Auto => "(prefers-color-scheme:dark)",
                Scheme::Dark => "all",
                Scheme::Light => "not all",
            },
            colors: colours(look),
            labelled: look.launcher == Launcher::Label,
            z: LAYER,
            desktop: place(look, look.desktop),
            phone: place(look, look.phone),
            consent: widget.consent != Consent::None,
            monitor: widget.monitor,
            triggers: vec![],
            sites: widget.sites.clone(),
        }
    }

    /// With the triggers that browsers decide.
    #[must_use]
    pub fn with_triggers(mut self, triggers: Vec<Simple>) -> Self {
        self.triggers = triggers;
        self
    }
}

fn short(language: Language) -> &'static str {
    &language.tag()[..2]
}

fn colours(look: &Appearance) -> [String; 4] {
    // a colour that is none was never stored; the usual one stands in for it
    let day: Colour = look.colour.parse().or_else(|()| Appearance::default().colour.parse()).unwrap_or(BLACK);
    let night = day.by_night();
    [day, day.ink(), night, night.ink()].map(|colour| brief(&colour.to_string()))
}

/// `#ffffff` as `#fff`: each byte is sent with each page.
fn brief(colour: &str) -> String {
    let pairs: Vec<&str> = (1..colour.len()).step_by(2).filter_map(|at| colour.get(at..at + 2)).collect();
    let twice = pairs.iter().all(|pair| pair[..1] == pair[1..]);
    if twice { pairs.iter().map(|pair| &pair[..1]).fold("#".to_owned(), |all, digit| all + digit) } else { colour.to_owned() }
}

fn place(look: &Appearance, offset: Offset) -> Place {
    let at = match look.position {
        Position::BottomRight => "br",
        Position::BottomLeft => "bl",
        Position::CentreRight => "cr",
        Position::CentreLeft => "cl",
        Position::TopRight => "tr",
        Position::TopLeft => "tl",
    };
    Place { at, x: offset.side, y: offset.bottom, hidden: look.launcher == Launcher::None }
}

/// Recado's words with the property's own laid over.
fn texts(widget: &Widget, language: Language) -> Texts {
    let own = widget.wording(language);
    let say = |text| language.say(text).to_owned();
    let launcher = |state, text| Some(own.on_launcher(state)).filter(|own| !own.is_empty()).map_or_else(|| say(text), ToOwned::to_owned);
    Texts {
        title: say(words::TITLE),
        online: launcher(State::Online, words::ONLINE),
        away: launcher(State::Away, words::AWAY),
        offline: launcher(State::Offline, words::OFFLINE),
        close: say(words::CLOSE),
        unread: say(words::UNREAD),
        dismiss: say(words::DISMISS),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::widget::Wording;

    fn json(widget: &Widget, language: Language) -> String {
        serde_json::to_string(&Loader::new("https://desk.example", "abc", widget, language, State::Online)).expect("JSON")
    }

    #[test]
    fn the_default_settings_are_told_as_the_types_say() {
        let text = json(&Widget::default(), Language::English);
        for part in [
            r#"{"url":"https://desk.example","key":"abc","status":"online","texts":{"en":{"title":"#,
            r##""darkWhen":"(prefers-color-scheme:dark)","colors":["#0b7a53","#fff","##,
            r#""z":2147483000,"desktop":{"at":"br","x":20,"y":20},"phone":{"at":"br","x":12,"y":12}}"#,
        ] {
            assert!(text.contains(part), "{part} in {text}");
        }
        assert!(!text.contains("labelled") && !text.contains("hidden") && !text.contains("consent"));
        let asking = json(&Widget { consent: Consent::Eu, ..Widget::default() }, Language::English);
        assert!(asking.contains(r#""consent":true"#), "{asking}");
    }

    #[test]
    fn the_propertys_language_comes_first_and_its_words_win() {
        let wording = Wording { language: Language::Portuguese, launcher: "Oi!".into(), ..Wording::default() };
        let widget = Widget { wordings: vec![wording], ..Widget::default() };
        let text = json(&widget, Language::Portuguese);
        assert!(text.find(r#""pt":"#) < text.find(r#""en":"#), "{text}");
        assert_eq!(text.matches("Oi!").count(), 3, "settings from when one field served all states");
        let each = Wording { launcher_away: Some("Já volto".into()), launcher_offline: Some(String::new()), ..widget.wordings[0].clone() };
        let text = json(&Widget { wordings: vec![each], ..Widget::default() }, Language::Portuguese);
        assert_eq!((text.matches("Oi!").count(), text.matches("Já volto").count()), (1, 1), "and Recado's own where it is closed");
        let look = Appearance { launcher: Launcher::None, position: Position::CentreLeft, ..Appearance::default() };
        let text = json(&Widget { appearance: look, ..Widget::default() }, Language::English);
        assert_eq!(text.matches(r#""at":"cl""#).count(), 2);
        assert_eq!(text.matches(r#""hidden":true"#).count(), 2);
    }

    #[test]
    fn settings_from_when_there_were_two_corners_are_read() {
        let look: Appearance = serde_json::from_str(r##"{"corner":"left","colour":"#0b7a53"}"##).expect("settings");
        assert_eq!(look.position, Position::BottomLeft);
        let again: Appearance = serde_json::from_str(&serde_json::to_string(&look).expect("JSON")).expect("settings");
        assert_eq!(again, look);
    }
}
