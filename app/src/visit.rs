//! What a request says before anyone is known: language, theme, path. The server puts it into the context;
//! the browser reads it back from the page, so that both write the same.

use leptos::prelude::*;
use model::Language;
use serde::{Deserialize, Serialize};

/// Light or dark, as chosen in this browser; `System` follows the machine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Theme {
    /// As the machine says.
    #[default]
    #[serde(rename = "system")]
    System,
    /// Light.
    #[serde(rename = "light")]
    Light,
    /// Dark.
    #[serde(rename = "dark")]
    Dark,
}

impl Theme {
    /// Every theme, in the order they are offered.
    pub const ALL: [Self; 3] = [Self::System, Self::Light, Self::Dark];

    /// Its word in the cookie and in `<html data-theme>`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// Reads the word; anything else follows the machine.
    pub fn of_word(word: &str) -> Self {
        Self::ALL.into_iter().find(|theme| theme.word() == word).unwrap_or_default()
    }
}

/// What a request says of the browser.
#[derive(Clone, Copy, Debug, Default)]
pub struct Visit {
    /// Best language for `Accept-Language`.
    pub language: Language,
    /// Theme chosen in this browser.
    pub theme: Theme,
}

/// This visit: from the request on the server, from the page in the browser.
pub fn use_visit() -> Visit {
    use_context::<Visit>().unwrap_or_else(|| if is_server() { Visit::default() } else { of_page() })
}

fn of_page() -> Visit {
    let Some(html) = document().document_element() else { return Visit::default() };
    let attribute = |name: &str| html.get_attribute(name).unwrap_or_default();
    Visit { language: attribute("lang").parse().unwrap_or_default(), theme: Theme::of_word(&attribute("data-theme")) }
}
