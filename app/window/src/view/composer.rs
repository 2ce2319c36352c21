//! Where one writes: words, files, emoji. A plain form that begins a chat, or says something in the last one.

use model::text::window::place as texts;

use super::{
    ask, form,
    header::tool,
    hidden, icon, path_of,
    piece::{Piece, el},
};
use crate::{
    api,
    number::digits,
    state::{Stage, State},
};

/// The palette.
const EMOJI: &str = "🙂 😀 😂 😉 😍 🤔 😅 😢 😡 👍 👎 👏 🙏 👋 💪 🎉 ❤️ 🔥 ✅ ❌ ⭐ 📦 🚚 💳";

pub fn composer(state: &State) -> Piece {
    if state.stage() != Stage::Chat {
        return Piece::Nothing;
    }
    let (path, name, unseen) = match state.last_chat() {
        Some(chat) => (path_of::<api::SayWords>(), "form[text]", vec![hidden("chat", chat.id.as_str())]),
        None => (path_of::<api::BeginChat>(), "form[said][text]", ask::begins(state)),
    };
    let problem = ["", "text", "attachments"].iter().find_map(|field| state.problem(path, field)).unwrap_or_default();
    let write = state.say(texts::WRITE);
    let writer = el("textarea|rows=1|aria-describedby=write-about|data-write")
        .put("name", name)
        .put("placeholder", &write)
        .put("aria-label", &write)
        .when(!problem.is_empty(), "aria-invalid", "true")
        .text(&state.typed(name));
    // a file belongs to somebody: there is nobody before the first words
    let attach = state.awake && state.opened.known;
    let emoji = if state.emoji { "true" } else { "false" };
    let line = el("div|class=line")
        .with(writer)
        .with(if attach {
            tool("button|type=button|class=tool|data-do=attach", &state.say(texts::ATTACH), icon::CLIP)
        } else {
            Piece::Nothing
        })
        .with(if attach { el("input|type=file|multiple|hidden|data-files") } else { Piece::Nothing })
        .with(if state.awake {
            tool("button|type=button|class=tool|data-do=emoji", &state.say(texts::EMOJI), icon::SMILE).put("aria-expanded", emoji)
        } else {
            Piece::Nothing
        })
        .with(tool("button|type=submit|class=tool send", &state.say(texts::SEND), icon::SEND));
    form(state, "composer after-consent", path)
        .put("data-form", "say")
        .with(el("span|hidden").all(unseen))
        .with(going(state))
        .with(el("p|class=problem|role=alert|id=write-about").text(&problem))
        .with(if state.emoji { palette() } else { Piece::Nothing })
        .with(line)
}

fn palette() -> Piece {
    let one = |one: &str| el("button|type=button|data-do=put").put("value", one).text(one);
    el("div|class=palette").all(EMOJI.split(' ').map(one).collect())
}

/// Files that go with the next words, and those on their way.
fn going(state: &State) -> Piece {
    if state.files.is_empty() && state.uploads.is_empty() {
        return Piece::Nothing;
    }
    let mut all = el("ul|class=files");
    for file in &state.files {
        let label = [state.say(texts::REMOVE).as_str(), &file.name].join(" ");
        let button = tool("button|type=button|data-do=drop", &label, icon::CLOSE).put("value", file.id.as_str());
        all = all.with(el("li").text(&file.name).with(button));
    }
    for file in &state.uploads {
        let percent = digits(i64::from(file.percent));
        let text = state.fill(texts::UPLOADING, &[("name", &file.name), ("percent", &percent)]);
        all = all.with(el("li").text(&text).with(el("progress|max=100").put("value", &percent).put("aria-label", &file.name)));
    }
    all
}
