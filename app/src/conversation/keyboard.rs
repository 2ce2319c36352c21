//! One key, one command: `j k e a t p r n c ?`. Off while one types, in a dialog, with a modifier, and whenever the
//! person switched them off (WCAG 2.2, 2.1.4). Knows which key means what; whoever shows the thing does it. Who types
//! faster than a conversation comes loses nothing: what was asked of it is kept until it stands.

use std::sync::Arc;

use leptos::{ev, prelude::*};
use leptos_router::{NavigateOptions, hooks::use_navigate};
use model::{ConversationId, Text, text::inbox as text};
use wasm_bindgen::JsCast;

use super::{address::Address, list::focused, use_address};
use crate::{kept, text::t, ui::Dialog};

/// Where the browser remembers that they are off.
const OFF: &str = "shortcuts-off";

/// What a key asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    /// The next row.
    Next,
    /// The row before.
    Previous,
    /// The open conversation, or the row with the focus, is done.
    Solve,
    /// Choose who looks after it.
    Assign,
    /// Write a tag.
    Tag,
    /// Choose a priority.
    Priority,
    /// Write a reply.
    Reply,
    /// Write a note.
    Note,
    /// Compose a ticket.
    Compose,
    /// Make a ticket from the open chat.
    Ticket,
    /// Show the keys.
    Help,
}

impl Command {
    /// Whether the opened conversation carries it out.
    fn is_for(self, open: &ConversationId) -> bool {
        match self {
            Self::Next | Self::Previous | Self::Compose | Self::Help => false,
            Self::Solve => focused().is_none_or(|row| row == *open),
            Self::Assign | Self::Tag | Self::Priority | Self::Reply | Self::Note | Self::Ticket => true,
        }
    }
}

/// Keys as pressed, commands, and what they are called.
const KEYS: [(&str, Option<Command>, Text); 13] = [
    ("j", Some(Command::Next), text::KEY_NEXT),
    ("k", Some(Command::Previous), text::KEY_PREVIOUS),
    ("Enter", None, text::KEY_OPEN),
    ("e", Some(Command::Solve), text::KEY_SOLVE),
    ("a", Some(Command::Assign), text::KEY_ASSIGN),
    ("t", Some(Command::Tag), text::KEY_TAG),
    ("p", Some(Command::Priority), text::KEY_PRIORITY),
    ("r", Some(Command::Reply), text::KEY_REPLY),
    ("n", Some(Command::Note), text::KEY_NOTE),
    ("c", Some(Command::Compose), text::KEY_COMPOSE),
    ("T", Some(Command::Ticket), text::KEY_TICKET),
    ("/", None, text::KEY_SEARCH),
    ("?", Some(Command::Help), text::KEY_HELP),
];

type Follower = Arc<dyn Fn(Command) + Send + Sync>;

/// Commands as they are given, and who carries them out.
#[derive(Clone, Copy)]
pub struct Commands {
    address: Address,
    inside: StoredValue<Inside>,
}

#[derive(Default)]
struct Inside {
    followers: Vec<(u32, Follower)>,
    last: u32,
    /// The conversation on the screen. While another one comes it is still the one before.
    standing: Option<ConversationId>,
    /// What was asked of one that comes.
    wish: Option<(ConversationId, Command)>,
}

impl Commands {
    /// Listens to the keyboard, and gives itself to everything below.
    pub fn provide(address: Address) -> Self {
        let commands = Self { address, inside: StoredValue::new(Inside::default()) };
        provide_context(commands);
        Effect::new(move || {
            let handle = window_event_listener(ev::keydown, move |event| {
                if event.key() == "Escape" {
                    commands.with(|inside| inside.wish = None);
                } else if let Some(command) = meant(&event).filter(|_| !commands.writes_soon()) {
                    event.prevent_default();
                    commands.give(command);
                }
            });
            on_cleanup(move || handle.remove());
        });
        commands
    }

    /// Gives a command to all who follow; what is for a conversation that is still coming is kept for it.
    pub fn give(self, command: Command) {
        let open = self.address.open.get_untracked().filter(|open| command.is_for(open));
        let followers = self.with(|inside| match open {
            Some(open) if inside.standing.as_ref() != Some(&open) => {
                inside.wish = Some((open, command));
                vec![]
            }
            _ => inside.followers.clone(),
        });
        for (_, follower) in followers {
            follower(command);
        }
    }

    /// A conversation stands on the screen until the component goes: it carries out what was asked of it while it came.
    pub fn stand(self, id: ConversationId) {
        let gone = id.clone();
        on_cleanup(move || _ = self.with(|inside| inside.standing.take_if(|one| *one == gone)));
        Effect::new(move || {
            let wish = self.with(|inside| {
                inside.standing = Some(id.clone());
                inside.wish.take()
            });
            if let Some((_, command)) = wish.filter(|(asked, _)| *asked == id) {
                self.give(command);
            }
        });
    }

    /// A field to write in comes and takes the focus: what is typed until then is no command.
    fn writes_soon(self) -> bool {
        let wish = self.with(|inside| inside.wish.as_ref().map(|(_, command)| *command));
        self.address.composing.get_untracked().is_some() || matches!(wish, Some(Command::Reply | Command::Note))
    }

    /// Carries commands out until the component goes.
    pub fn follow(self, act: impl Fn(Command) + Send + Sync + 'static) {
        let number = self.with(|inside| {
            inside.last += 1;
            inside.followers.push((inside.last, Arc::new(act)));
            inside.last
        });
        on_cleanup(move || self.with(|inside| inside.followers.retain(|(other, _)| *other != number)));
    }

    /// Nothing when the Inbox is gone.
    fn with<T: Default>(self, act: impl FnOnce(&mut Inside) -> T) -> T {
        self.inside.try_update_value(act).unwrap_or_default()
    }
}

/// The commands of the Inbox. Ask in a component's body.
pub fn use_commands() -> Commands {
    expect_context()
}

/// The command that a key means here, if it means one.
fn meant(event: &ev::KeyboardEvent) -> Option<Command> {
    if event.default_prevented() || event.ctrl_key() || event.alt_key() || event.meta_key() || off() {
        return None;
    }
    let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    if target.is_some_and(|target| target.closest("input, textarea, select, [contenteditable], dialog[open]").ok().flatten().is_some()) {
        return None;
    }
    if document().query_selector("dialog[open]").ok().flatten().is_some() {
        return None;
    }
    let key = event.key();
    KEYS.iter().find(|(name, ..)| *name == key).and_then(|(_, command, _)| *command)
}

/// Whether the person switched single keys off.
pub fn off() -> bool {
    kept::read(OFF).is_some()
}

/// The sheet that shows the keys.
#[component]
pub fn Shortcuts(
    /// Whose.
    commands: Commands,
) -> impl IntoView {
    let open = RwSignal::new(false);
    let on = RwSignal::new(true);
    let (address, navigate) = (use_address(), StoredValue::new(use_navigate()));
    Effect::new(move || on.set(!off()));
    commands.follow(move |command| match command {
        Command::Help => open.set(true),
        Command::Compose => navigate.with_value(|navigate| navigate(&address.compose(), NavigateOptions::default())),
        _ => {}
    });
    let switch = move |event| {
        on.set(event_target_checked(&event));
        if on.get_untracked() {
            kept::forget(OFF);
        } else {
            kept::keep(OFF, "1");
        }
    };
    view! {
        <Dialog open title=t(text::SHORTCUTS)>
            <dl class="keys">
                {KEYS.iter().map(|(key, _, says)| view! { <div><dt><kbd>{*key}</kbd></dt><dd>{t(*says)}</dd></div> }).collect_view()}
                <div><dt><kbd>"Ctrl"</kbd>" "<kbd>"K"</kbd></dt><dd>{t(text::KEY_SEARCH)}</dd></div>
                <div><dt><kbd>"Ctrl"</kbd>" "<kbd>"Enter"</kbd></dt><dd>{t(text::KEY_SEND)}</dd></div>
            </dl>
            <label class="check keys-switch">
                <input type="checkbox" prop:checked=move || on.get() on:change=switch/>
                <span>{t(text::KEYS_ON)}</span>
            </label>
        </Dialog>
    }
}
