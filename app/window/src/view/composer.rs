//! Where one writes: words, files, emoji. A plain form that begins a chat, or says something in the last one.

use leptos::prelude::*;
use model::text::window as texts;

use super::{ask, at, icon, path_of};
use crate::{
    api,
    state::{Stage, State},
};

/// The palette.
const EMOJI: &str = "🙂 😀 😂 😉 😍 🤔 😅 😢 😡 👍 👎 👏 🙏 👋 💪 🎉 ❤️ 🔥 ✅ ❌ ⭐ 📦 🚚 💳";

pub fn composer(state: &State) -> AnyView {
    if state.stage() != Stage::Chat {
        return ().into_any();
    }
    let begun = state.last_chat().map(|chat| chat.id.to_string());
    let (path, name) = match begun {
        Some(_) => (path_of::<api::SayWords>(), "form[text]"),
        None => (path_of::<api::BeginChat>(), "form[said][text]"),
    };
    let hidden = match begun {
        Some(chat) => vec![("chat", chat)],
        None => ask::begins(state),
    };
    let hidden: Vec<AnyView> =
        hidden.into_iter().map(|(name, value)| view! { <input type="hidden" name=name value=value/> }.into_any()).collect();
    let problem = ["", "text", "attachments"].iter().find_map(|field| state.problem(path, field));
    let invalid = problem.is_some().then_some("true");
    let write = state.say(texts::WRITE);
    view! {
        <form class="composer after-consent" action=path method="post" data-form="say">
            {at(state)}
            {hidden}
            {going(state)}
            <p class="problem" role="alert" id="write-about">{problem}</p>
            {state.emoji.then(palette)}
            <div class="line">
                <textarea name=name rows="1" placeholder=write.clone() aria-label=write aria-invalid=invalid aria-describedby="write-about" data-write="">
                    {state.typed(name)}
                </textarea>
                {state.awake.then(|| tools(state))}
                <button type="submit" class="tool send" aria-label=state.say(texts::SEND)>{icon::icon(icon::SEND)}</button>
            </div>
        </form>
    }
    .into_any()
}

fn tools(state: &State) -> AnyView {
    let open = if state.emoji { "true" } else { "false" };
    // a file belongs to somebody: there is nobody before the first words
    let attach = state.opened.known.then(|| {
        view! {
            <button type="button" class="tool" data-do="attach" aria-label=state.say(texts::ATTACH)>{icon::icon(icon::CLIP)}</button>
            <input type="file" multiple="" hidden="" data-files=""/>
        }
    });
    view! {
        {attach}
        <button type="button" class="tool" data-do="emoji" aria-expanded=open aria-label=state.say(texts::EMOJI)>{icon::icon(icon::SMILE)}</button>
    }
    .into_any()
}

fn palette() -> AnyView {
    let all: Vec<AnyView> =
        EMOJI.split(' ').map(|one| view! { <button type="button" data-do="put" value=one>{one}</button> }.into_any()).collect();
    view! { <div class="palette">{all}</div> }.into_any()
}

/// Files that go with the next words, and those on their way.
fn going(state: &State) -> AnyView {
    if state.files.is_empty() && state.uploads.is_empty() {
        return ().into_any();
    }
    let there = state.files.iter().map(|file| {
        let label = [state.say(texts::REMOVE).as_str(), &file.name].join(" ");
        view! { <li>{file.name.clone()}<button type="button" data-do="drop" value=file.id.to_string() aria-label=label>{icon::icon(icon::CLOSE)}</button></li> }
            .into_any()
    });
    let coming = state.uploads.iter().map(|file| {
        let text = state.fill(texts::UPLOADING, "{name}", &file.name).replace("{percent}", &file.percent.to_string());
        view! { <li>{text}<progress max="100" value=file.percent.to_string() aria-label=file.name.clone()></progress></li> }.into_any()
    });
    let all: Vec<AnyView> = there.chain(coming).collect();
    view! { <ul class="files">{all}</ul> }.into_any()
}
