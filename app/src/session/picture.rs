//! One's own picture: brought by a plain form, with and without script alike, and taken away again.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use model::{Refusal, agent::PICTURE_MOST, text::account as texts};

use super::api::RemovePicture;
use crate::{
    roster::use_roster,
    text::{fill, t, use_language},
    ui::{Act, Avatar, Form, Submit, on_done, use_toasts},
};

/// The card of it.
#[component]
pub fn PictureCard() -> impl IntoView {
    let (roster, language) = (use_roster(), use_language());
    let me = Memo::new(move |_| roster.with(|roster| roster.agent(&roster.me).map(|me| (me.name.clone(), me.picture.clone()))));
    let refused =
        use_query_map().with_untracked(|query| query.get_str("refused").and_then(|json| serde_json::from_str::<Refusal>(json).ok()));
    let (problem, wrong) = (refused.as_ref().map(|refusal| refusal.say(language)), refused.is_some());
    let remove = Act::new::<RemovePicture>();
    let (toasts, removed, remove_text) = (use_toasts(), t(texts::PICTURE_REMOVED), t(texts::PICTURE_REMOVE));
    on_done(remove, move |()| toasts.say(removed));
    let taken_away = move || {
        me.get().is_some_and(|(_, picture)| picture.is_some()).then(|| {
            view! { <Form action=remove class="inline"><Submit class="button">{remove_text}</Submit></Form> }
        })
    };
    view! {
        <section class="card" aria-labelledby="picture">
            <h2 id="picture">{t(texts::PICTURE)}</h2>
            <div class="picture-now">
                {move || me.get().map(|(name, picture)| view! { <Avatar name picture large=true/> })}
                {taken_away}
            </div>
            <form class="form" method="post" action="/account/picture" enctype="multipart/form-data">
                <div class="field" class:refused=wrong>
                    <label for="picture-file">{t(texts::PICTURE_FILE)}</label>
                    <input id="picture-file" class="input" type="file" name="file" required=true accept="image/png,image/jpeg,image/webp,image/gif"
                        autofocus=wrong aria-describedby="picture-about" aria-invalid=wrong.then_some("true")/>
                    <div class="about" id="picture-about">
                        {problem.map(|problem| view! { <p class="problem">{problem}</p> })}
                        <p class="hint">{fill(texts::PICTURE_HINT, &[("mb", &PICTURE_MOST.to_string())])}</p>
                    </div>
                </div>
                <div class="actions"><button class="button primary">{t(texts::PICTURE_UPLOAD)}</button></div>
            </form>
        </section>
    }
}
