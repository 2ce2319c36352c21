//! One key, one command: `j k x e f a t p r n c ?`. While several conversations are picked, `e a t p` are for all of these.
//! Off while one types, in a dialog, with a modifier, and whenever the
//! person switched them off (WCAG 2.2, 2.1.4). Knows which key means what; whoever shows the thing does it. Who types
//! faster than a conversation comes loses nothing: what was asked of it is kept until it stands.

use std::sync::Arc;

use leptos::{ev, prelude::*};
use model::{ConversationId, Text, text::inbox as text};
use wasm_bindgen::JsCast;

use super::{address::Address, list::focused};
use crate::{kept, several::Several};

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
    /// Follow the open conversation, or no longer.
    Follow,
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
    /// Pick the row with the focus, or the open conversation; or no longer.
    Pick,
    /// Pick all from the one picked last to that one.
    PickTo,
    /// All that are picked are done.
    SolveAll,
    /// Choose who looks after all that are picked.
    AssignAll,
    /// Write a tag for all that are picked.
    TagAll,
    /// Choose a priority for all that are picked.
    PrioritizeAll,
}

impl Command {
    /// Whether the opened conversation carries it out.
    fn is_for(self, open: &ConversationId) -> bool {
        match self {
            Self::Solve => focused().is_none_or(|row| row == *open),
            Self::Follow | Self::Assign | Self::Tag | Self::Priority | Self::Reply | Self::Note | Self::Ticket => true,
            _ => false,
        }
    }

    /// The same for all that are picked, where there is such a thing.
    const fn for_all(self) -> Option<Self> {
        match self {
            Self::Solve => Some(Self::SolveAll),
            Self::Assign => Some(Self::AssignAll),
            Self::Tag => Some(Self::TagAll),
            Self::Priority => Some(Self::PrioritizeAll),
            _ => None,
        }
    }
}

/// Keys as pressed, commands, and what they are called: what is listened to, and what the sheet shows. The search dialog listens
/// to its own two, and gives the others by name.
const KEYS: [(&str, Option<Command>, Text); 18] = [
    ("j", Some(Command::Next), text::KEY_NEXT),
    ("k", Some(Command::Previous), text::KEY_PREVIOUS),
    ("Enter", None, text::KEY_OPEN),
    ("x", Some(Command::Pick), text::KEY_PICK),
    ("X", Some(Command::PickTo), text::KEY_PICK_TO),
    ("Esc", None, text::KEY_PICK_NONE),
    ("e", Some(Command::Solve), text::KEY_SOLVE),
    ("f", Some(Command::Follow), text::KEY_FOLLOW),
    ("a", Some(Command::Assign), text::KEY_ASSIGN),
    ("t", Some(Command::Tag), text::KEY_TAG),
    ("p", Some(Command::Priority), text::KEY_PRIORITY),
    ("r", Some(Command::Reply), text::KEY_REPLY),
    ("n", Some(Command::Note), text::KEY_NOTE),
    ("c", Some(Command::Compose), text::KEY_COMPOSE),
    ("T", Some(Command::Ticket), text::KEY_TICKET),
    ("/", None, text::KEY_SEARCH),
    ("Ctrl K", None, text::KEY_SEARCH),
    ("?", Some(Command::Help), text::KEY_HELP),
];

/// The keys, and what they are called, for the sheet.
pub fn keys() -> impl Iterator<Item = (&'static str, Text)> {
    KEYS.into_iter().map(|(key, _, says)| (key, says))
}

type Follower = Arc<dyn Fn(Command) + Send + Sync>;

/// Commands as they are given, and who carries them out.
#[derive(Clone, Copy)]
pub struct Commands {
    address: Address,
    several: Several,
    /// Whether the sheet of the keys is there.
    pub help: RwSignal<bool>,
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
    /// The bar for what is picked is on the screen.
    bar: bool,
    /// What was asked of it while it came.
    of_bar: Option<Command>,
}

impl Commands {
    /// Listens to the keyboard, and gives itself to everything below.
    pub fn provide(address: Address, several: Several) -> Self {
        let commands = Self { address, several, help: RwSignal::new(false), inside: StoredValue::new(Inside::default()) };
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
        if command == Command::Help {
            return self.help.set(true);
        }
        if let Some(all) = command.for_all().filter(|_| self.several.any_now()) {
            return self.give_bar(all);
        }
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

    /// Gives a command to the bar, or keeps it until the bar has come.
    fn give_bar(self, command: Command) {
        let followers = self.with(|inside| {
            inside.of_bar = (!inside.bar).then_some(command);
            if inside.bar { inside.followers.clone() } else { vec![] }
        });
        for (_, follower) in followers {
            follower(command);
        }
    }

    /// The bar stands on the screen until the component goes: it carries out what was asked of it while it came.
    pub fn bar_stands(self) {
        on_cleanup(move || self.with(|inside| inside.bar = false));
        Effect::new(move || {
            let asked = self.with(|inside| {
                inside.bar = true;
                inside.of_bar.take()
            });
            if let Some(command) = asked {
                // once its menus are drawn
                request_animation_frame(move || self.give_bar(command));
            }
        });
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

/// The command that a key means here, if it means one. What was chosen by its name comes as the key as well, from no keyboard.
fn meant(event: &ev::KeyboardEvent) -> Option<Command> {
    if event.default_prevented() || event.ctrl_key() || event.alt_key() || event.meta_key() || (off() && event.is_trusted()) {
        return None;
    }
    let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    if target.is_some_and(|target| {
        target.closest("input:not([type=checkbox]), textarea, select, [contenteditable], dialog[open]").ok().flatten().is_some()
    }) {
        return None;
    }
    if document().query_selector("dialog[open]").ok().flatten().is_some() {
        return None;
    }
    let key = event.key();
    KEYS.iter().find(|(name, ..)| *name == key).and_then(|(_, command, _)| *command)
}

/// Whether the person switched them off in this browser.
pub fn off() -> bool {
    kept::read(OFF).is_some()
}

/// Switches them on or off in this browser.
pub fn switch(on: bool) {
    if on {
        kept::forget(OFF);
    } else {
        kept::keep(OFF, "1");
    }
}
