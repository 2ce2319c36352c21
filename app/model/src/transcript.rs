//! A chat as plain text, to be mailed or kept with a ticket. Holds what was said and nothing else: no note, no change.

use std::fmt::Write as _;

use crate::{
    Language,
    message::{Author, Message, MessageKind},
    moment::Zone,
    text::letter as texts,
};

/// Most characters of a transcript; what is beyond is left out from its beginning.
const TRANSCRIPT_MOST: usize = 400_000;

/// What was said, a line or more to each message: `2026-11-23 12:04  Marta Lima: Hello`.
pub fn text(messages: &[Message], zone: &Zone, language: Language) -> String {
    let mut all = String::new();
    for message in messages.iter().filter(|message| message.kind == MessageKind::Said && message.mark.is_none()) {
        let at = zone.local(message.at);
        let who = match &message.author {
            Author::Agent { name, .. } | Author::Contact { name, .. } if !name.is_empty() => name.as_str(),
            Author::System => "Recado",
            _ => language.say(texts::TRANSCRIPT_VISITOR),
        };
        let _ = write!(all, "{:04}-{:02}-{:02} {:02}:{:02}  {who}: {}", at.year, at.month, at.day, at.hour, at.minute, message.text.trim());
        for file in &message.attachments {
            let _ = write!(all, " [{}]", file.name);
        }
        all.push('\n');
    }
    let over = all.chars().count().saturating_sub(TRANSCRIPT_MOST);
    if over == 0 { all } else { format!("…{}", all.chars().skip(over).collect::<String>()) }
}
