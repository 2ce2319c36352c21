//! Our own small set of drawn signs, 20 × 20, stroked in the colour of the text. Always beside a text or a label.

use leptos::prelude::*;

/// Which sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Glyph {
    Alert,
    Archive,
    ArrowDown,
    ArrowLeft,
    ArrowUp,
    Attach,
    Bell,
    Bold,
    Bounce,
    Chart,
    Chat,
    Check,
    ChevronDown,
    Clock,
    Close,
    Code,
    Copy,
    Dots,
    Envelope,
    File,
    Gear,
    Globe,
    Inbox,
    Italic,
    Link,
    List,
    Pencil,
    People,
    Phone,
    Plus,
    Quote,
    Restore,
    Search,
    Send,
    SignOut,
    Snooze,
    Spam,
    Trash,
    Undo,
    User,
}

impl Glyph {
    /// Its strokes.
    const fn path(self) -> &'static str {
        match self {
            Self::Alert => {
                "M10 6.5v4.2M10 13.6v.1M8.7 3.4 2.3 14.6a1.5 1.5 0 0 0 1.3 2.2h12.8a1.5 1.5 0 0 0 1.3-2.2L11.3 3.4a1.5 1.5 0 0 0-2.6 0Z"
            }
            Self::Archive => "M3 4h14v3H3zM4.2 7v8.2c0 .7.5 1.3 1.2 1.3h9.2c.7 0 1.2-.6 1.2-1.3V7M8 10.5h4",
            Self::ArrowDown => "M10 3.5v13M5 11.5l5 5 5-5",
            Self::ArrowLeft => "M16.5 10h-13M8.5 5l-5 5 5 5",
            Self::ArrowUp => "M10 16.5v-13M5 8.5l5-5 5 5",
            Self::Attach => "m16.3 9.4-6.6 6.6a4 4 0 0 1-5.7-5.7l6.9-6.9a2.7 2.7 0 0 1 3.8 3.8l-6.8 6.8a1.3 1.3 0 0 1-1.9-1.9l6.2-6.2",
            Self::Bell => "M5 13.5V9a5 5 0 0 1 10 0v4.5l1.2 1.5H3.8zM8.2 17a2 2 0 0 0 3.6 0",
            Self::Bold => "M6 4h4.6a2.9 2.9 0 0 1 0 5.8H6zM6 9.8h5.3a3.1 3.1 0 0 1 0 6.2H6z",
            Self::Bounce => "M3 13.5 7 17l-4 .1M3 17c1-6.5 4-10 7.5-10S16.5 9 17 12.5",
            Self::Chart => "M3 3.5V17h14M6.5 14v-3.5M10 14V6.5M13.5 14V9",
            Self::Chat => "M3 5.5A1.5 1.5 0 0 1 4.5 4h11A1.5 1.5 0 0 1 17 5.5v7a1.5 1.5 0 0 1-1.5 1.5H9l-4 3v-3h-.5A1.5 1.5 0 0 1 3 12.5z",
            Self::Check => "m4 10.5 4 4 8-9",
            Self::ChevronDown => "m5.5 8 4.5 4.5L14.5 8",
            Self::Clock => "M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14ZM10 6v4.2l2.7 1.6",
            Self::Close => "m5 5 10 10M15 5 5 15",
            Self::Code => "m7 6-4 4 4 4M13 6l4 4-4 4",
            Self::Copy => {
                "M7 7V4.5C7 3.7 7.7 3 8.5 3h7c.8 0 1.5.7 1.5 1.5v7c0 .8-.7 1.5-1.5 1.5H13M4.5 7h7c.8 0 1.5.7 1.5 1.5v7c0 .8-.7 1.5-1.5 1.5h-7c-.8 0-1.5-.7-1.5-1.5v-7C3 7.7 3.7 7 4.5 7Z"
            }
            Self::Dots => "M4.5 10h.01M10 10h.01M15.5 10h.01",
            Self::Envelope => {
                "M3 5.5A1.5 1.5 0 0 1 4.5 4h11A1.5 1.5 0 0 1 17 5.5v9a1.5 1.5 0 0 1-1.5 1.5h-11A1.5 1.5 0 0 1 3 14.5zM3.3 5.5 10 10.7l6.7-5.2"
            }
            Self::File => "M5 3.5A1 1 0 0 1 6 2.5h5.5L15 6v10.5a1 1 0 0 1-1 1H6a1 1 0 0 1-1-1zM11.5 2.5V6H15",
            Self::Gear => {
                "M10 12.6a2.6 2.6 0 1 0 0-5.2 2.6 2.6 0 0 0 0 5.2ZM8.6 2.8h2.8l.4 2 1.3.8 2-.6 1.4 2.4-1.6 1.4v1.6l1.6 1.4-1.4 2.4-2-.6-1.3.8-.4 2H8.6l-.4-2-1.3-.8-2 .6-1.4-2.4 1.6-1.4V8.8L3.5 7.4 4.9 5l2 .6 1.3-.8z"
            }
            Self::Globe => "M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14ZM3 10h14M10 3c2 2 2.8 4.3 2.8 7s-.8 5-2.8 7c-2-2-2.8-4.3-2.8-7S8 5 10 3Z",
            Self::Inbox => "M3 11.5 5 4.5h10l2 7v4H3zM3 11.5h4.2l.8 1.7h4l.8-1.7H17",
            Self::Italic => "M8 4h6M6 16h6M11.5 4l-3 12",
            Self::Link => {
                "M8.5 11.5a3 3 0 0 0 4.3 0l2.9-2.9a3 3 0 0 0-4.3-4.3l-.9.9M11.5 8.5a3 3 0 0 0-4.3 0l-2.9 2.9a3 3 0 0 0 4.3 4.3l.9-.9"
            }
            Self::List => "M7.5 5.5H17M7.5 10H17M7.5 14.5H17M3.5 5.5h.01M3.5 10h.01M3.5 14.5h.01",
            Self::Pencil => "m12.5 4.5 3 3L7 16H4v-3zM10.7 6.3l3 3",
            Self::People => {
                "M7.5 9.5a2.7 2.7 0 1 0 0-5.5 2.7 2.7 0 0 0 0 5.5ZM2.5 16.5c0-2.8 2.2-4.5 5-4.5s5 1.7 5 4.5M13 9.5a2.5 2.5 0 0 0 .5-5M14.5 12.2c1.8.5 3 2 3 4.3"
            }
            Self::Phone => {
                "M5.2 3h2.3l1.3 3.4-1.7 1.2a9 9 0 0 0 5.3 5.3l1.2-1.7 3.4 1.3v2.3c0 .7-.6 1.2-1.3 1.2A12.5 12.5 0 0 1 4 4.3C4 3.6 4.5 3 5.2 3Z"
            }
            Self::Plus => "M10 4v12M4 10h12",
            Self::Quote => "M8 6c-2.7.7-4 2.7-4 5.5V14h4.5v-4H6M16.5 6c-2.7.7-4 2.7-4 5.5V14H17v-4h-2.5",
            Self::Restore => "M3.5 4v4.5H8M3.8 8.5A7 7 0 1 1 3 11.5",
            Self::Search => "M9 14.5a5.5 5.5 0 1 0 0-11 5.5 5.5 0 0 0 0 11ZM13 13l4 4",
            Self::Send => "M17 3 9 11M17 3l-5 14-3-6-6-3z",
            Self::SignOut => "M8 3.5H4.5A1 1 0 0 0 3.5 4.5v11a1 1 0 0 0 1 1H8M12.5 6.5 16.5 10l-4 3.5M16.5 10H8",
            Self::Snooze => "M10 17a6 6 0 1 0 0-12 6 6 0 0 0 0 12ZM10 8v3l2 1.5M3 5.5 5.5 3M17 5.5 14.5 3",
            Self::Spam => "M7 3h6l4 4v6l-4 4H7l-4-4V7zM10 6.5v4.2M10 13.5v.1",
            Self::Trash => {
                "M3.5 5.5h13M7.5 5.5V4a1 1 0 0 1 1-1h3a1 1 0 0 1 1 1v1.5M5 5.5l.7 10.6a1 1 0 0 0 1 .9h6.6a1 1 0 0 0 1-.9L15 5.5M8.5 9v4.5M11.5 9v4.5"
            }
            Self::Undo => "M7 4 3 8l4 4M3 8h8.5a5 5 0 0 1 0 10H8",
            Self::User => "M10 10a3.3 3.3 0 1 0 0-6.6A3.3 3.3 0 0 0 10 10ZM3.5 17c0-3.3 2.9-5 6.5-5s6.5 1.7 6.5 5",
        }
    }
}

/// A sign. Hidden from screen readers: the text beside it, or the label of its button, says it.
#[component]
pub fn Icon(
    /// Which sign.
    glyph: Glyph,
) -> impl IntoView {
    view! {
        <svg class="icon" viewBox="0 0 20 20" aria-hidden="true" focusable="false">
            <path d=glyph.path()></path>
        </svg>
    }
}
