//! How the widget looks on a site's page, and where it stands there.

use serde::{Deserialize, Serialize};

use crate::words;

words! {
    /// Where the launcher stands.
    Position {
        /// Bottom right.
        BottomRight = "right",
        /// Bottom left.
        BottomLeft = "left",
        /// Right, half way up.
        CentreRight = "centre_right",
        /// Left, half way up.
        CentreLeft = "centre_left",
        /// Top right.
        TopRight = "top_right",
        /// Top left.
        TopLeft = "top_left",
    }
}

words! {
    /// What the launcher is.
    Launcher {
        /// A round button.
        Bubble = "bubble",
        /// A button with words.
        Label = "label",
        /// Nothing: the site opens the widget itself.
        None = "none",
    }
}

words! {
    /// Light or dark.
    Scheme {
        /// As the visitor's system is.
        Auto = "auto",
        /// Always light.
        Light = "light",
        /// Always dark.
        Dark = "dark",
    }
}

/// Pixels from the edges.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offset {
    /// From the side.
    pub side: u16,
    /// From the bottom, or the top where it stands there; half way up it counts for nothing.
    pub bottom: u16,
}

/// How the widget looks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Appearance {
    /// `#rrggbb`, lower case.
    pub colour: String,
    /// Where on the page; called `corner` when there were two.
    #[serde(alias = "corner")]
    pub position: Position,
    /// Distance on wide screens.
    pub desktop: Offset,
    /// Distance on phones.
    pub phone: Offset,
    /// What opens it.
    pub launcher: Launcher,
    /// Light or dark.
    pub scheme: Scheme,
}

impl Default for Appearance {
    fn default() -> Self {
        Self {
            colour: "#0b7a53".into(),
            position: Position::BottomRight,
            desktop: Offset { side: 20, bottom: 20 },
            phone: Offset { side: 12, bottom: 12 },
            launcher: Launcher::Bubble,
            scheme: Scheme::Auto,
        }
    }
}

/// Largest distance from an edge.
pub const OFFSET_MOST: u16 = 600;
