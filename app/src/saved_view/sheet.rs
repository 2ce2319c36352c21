//! The sheet of saved views, a dialog that its address opens, so that it works without wasm: what is filtered now gets a name; those
//! that have one are renamed, moved, deleted.

use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};
use model::{
    saved_view::SavedView,
    text::{common, saved_view as text},
};

use super::api::{DeleteView, MoveView, RenameView, SaveView};
use crate::{
    conversation::{ListState, use_address},
    text::{fill, t, use_language},
    ui::{Act, BareForm, CheckField, Chip, Form, Glyph, Hidden, Icon, PageDialog, Submit, TextField, each, on_done, use_toasts},
};

/// The sheet.
#[component]
pub fn ViewSheet() -> impl IntoView {
    let (address, toasts, navigate) = (use_address(), use_toasts(), use_navigate());
    let state: ListState = expect_context();
    let saved = Memo::new(move |_| state.inbox.with(|inbox| inbox.saved.clone()));
    let save = Act::new::<SaveView>();
    let acts = Acts { rename: Act::new::<RenameView>(), shift: Act::new::<MoveView>(), delete: Act::new::<DeleteView>() };
    let kept = t(common::SAVED);
    on_done(save, move |()| {
        toasts.say(kept);
        navigate(&address.composed(), NavigateOptions::default());
    });
    let json = move || address.view.with(|view| serde_json::to_string(view).unwrap_or_default());
    view! {
        <PageDialog title=t(text::TITLE) closed=Signal::derive(move || address.composed()) class="dialog view-sheet">
            <div class="dialog-body stack">
                <section aria-labelledby="view-new">
                    <h3 id="view-new">{t(text::NEW)}</h3>
                    <Form action=save>
                        {move || view! { <Hidden name="view" value=json()/> }}
                        <TextField name="name" label=t(text::NAME) hint=t(text::NAME_HINT) first=true/>
                        <CheckField name="shared" value="true" label=t(text::SHARE)/>
                        <Submit>{t(common::SAVE)}</Submit>
                    </Form>
                </section>
                <Show when=move || saved.with(|saved| !saved.is_empty())>
                    <section aria-labelledby="view-known">
                        <h3 id="view-known">{t(text::KNOWN)}</h3>
                        <ul class="view-list">
                            {each(move || saved.get(), |view| (view.id.clone(), view.name.clone()), move |view| view! { <One view acts/> })}
                        </ul>
                    </section>
                </Show>
            </div>
        </PageDialog>
    }
}

#[derive(Clone, Copy)]
struct Acts {
    rename: Act,
    shift: Act,
    delete: Act,
}

#[component]
fn One(view: SavedView, acts: Acts) -> impl IntoView {
    let language = use_language();
    let id = view.id.to_string();
    let (key, of_shift, of_delete) = (id.clone(), id.clone(), id.clone());
    let named = |text| fill(text, &[("name", &view.name)]);
    let (up, down, delete) = (named(text::UP), named(text::DOWN), named(text::DELETE));
    view! {
        <li>
            <Form action=acts.rename class="inline" key>
                <Hidden name="view" value=id/>
                <TextField name="name" label=t(text::NAME) value=view.name/>
                <Submit class="button small">{t(text::RENAME)}</Submit>
            </Form>
            {view.shared.then(|| view! { <Chip>{language.say(text::SHARED)}</Chip> })}
            <BareForm action=acts.shift>
                <input type="hidden" name="view" value=of_shift/>
                <button class="icon-button" name="down" value="false" aria-label=up><Icon glyph=Glyph::ArrowUp/></button>
                <button class="icon-button" name="down" value="true" aria-label=down><Icon glyph=Glyph::ArrowDown/></button>
            </BareForm>
            <BareForm action=acts.delete>
                <input type="hidden" name="view" value=of_delete/>
                <button class="icon-button" aria-label=delete><Icon glyph=Glyph::Trash/></button>
            </BareForm>
        </li>
    }
}
