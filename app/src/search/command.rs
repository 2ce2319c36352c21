//! Commands that the dialog offers beside what is found: the pages, and in the Inbox what its keys do. `>` before them asks for
//! nothing else. Knows which there are and what they are called; the dialog carries them out.

use model::{
    Language, Text,
    roster::Roster,
    text::{common, contact, inbox, notify, property, report, session, visitor},
};

use crate::{admin::PAGES, conversation::keys};

/// Most commands beside what is found.
const BESIDE_MOST: usize = 4;

/// What a command does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Does {
    /// Opens a page.
    Opens(&'static str),
    /// What this key does in the Inbox.
    Presses(&'static str),
}

/// A command, as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    /// What it is called.
    pub name: String,
    pub does: Does,
}

/// What follows `>`, if commands alone are asked for.
pub fn asked(text: &str) -> Option<&str> {
    text.trim_start().strip_prefix('>')
}

/// The commands that are meant by what is typed, where the browser is at `path`.
pub fn meant(text: &str, language: Language, roster: &Roster, path: &str) -> Vec<Command> {
    let (typed, most) = asked(text).map_or((text, BESIDE_MOST), |typed| (typed, usize::MAX));
    let typed: Vec<String> = words(typed).collect();
    if asked(text).is_none() && typed.iter().all(|word| word.chars().count() < 2) {
        return vec![];
    }
    let means = |command: &Command| {
        let named: Vec<String> = words(&command.name).collect();
        typed.iter().all(|word| named.iter().any(|one| one.starts_with(word)))
    };
    all(language, roster, path).into_iter().filter(means).take(most).collect()
}

fn all(language: Language, roster: &Roster, path: &str) -> Vec<Command> {
    let mut all = vec![];
    if path.starts_with("/inbox") {
        // of a conversation only where one is open
        let opened = path.len() > "/inbox/".len();
        let here =
            keys().filter(|(key, _)| matches!(*key, "?") || (opened && matches!(*key, "e" | "f" | "a" | "t" | "p" | "r" | "n" | "T")));
        all.extend(here.map(|(key, says)| Command { name: language.say(says).into(), does: Does::Presses(key) }));
    }
    let page = |address: &'static str, says: Text| Command { name: language.say(says).into(), does: Does::Opens(address) };
    all.extend([
        page("/inbox?compose=1", inbox::COMPOSE),
        page("/inbox", common::INBOX),
        page("/inbox?folder=spam", inbox::SPAM),
        page("/inbox?folder=trash", inbox::TRASH),
        page("/contacts", common::CONTACTS),
        page("/organisations", contact::ORGANISATIONS),
        page("/visitors", visitor::VISITORS),
        page("/reports", report::REPORTS),
        page("/account", session::ACCOUNT),
        page("/account/notifications", notify::TITLE),
    ]);
    if roster.properties.len() > 1 {
        all.push(page("/everywhere", property::EVERYWHERE));
    }
    if roster.admin() {
        let named = |says: Text| format!("{} → {}", language.say(common::ADMIN), language.say(says));
        all.extend(PAGES.iter().map(|(address, says)| Command { name: named(*says), does: Does::Opens(address) }));
    }
    all
}

/// Words as they are compared: small, without the accents of our languages.
fn words(text: &str) -> impl Iterator<Item = String> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(|word| word.chars().flat_map(char::to_lowercase).map(plain).collect())
}

const fn plain(c: char) -> char {
    match c {
        'á' | 'à' | 'â' | 'ã' => 'a',
        'é' | 'ê' => 'e',
        'í' => 'i',
        'ó' | 'ô' | 'õ' => 'o',
        'ú' | 'ü' => 'u',
        'ç' => 'c',
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_compared_without_accents() {
        assert_eq!(words("Caixa de Entrada → Relatórios").collect::<Vec<_>>(), ["caixa", "de", "entrada", "relatorios"]);
        assert_eq!(asked("  > rep"), Some(" rep"));
        assert_eq!(asked("rep > 1"), None);
    }
}
