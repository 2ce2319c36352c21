//! The tags of a conversation: each with a button that takes it off, and a small form to put one on.

use leptos::{html, prelude::*};
use model::{conversation::TAG_MOST, text::conversation as text};

use super::{
    acts::{About, use_acts},
    header::use_thread,
    inbox_page::ListState,
};
use crate::{
    text::{t, use_language},
    ui::{BareForm, Glyph, Icon, Menu, each},
};

/// The tags.
#[component]
pub fn Tags() -> impl IntoView {
    let (thread, acts, language) = (use_thread(), use_acts(), use_language());
    let id = thread.with_untracked(|thread| thread.line.id.clone());
    let tags = Memo::new(move |_| thread.with(|thread| thread.line.tags.clone()));
    let about = StoredValue::new(id.clone());
    let known = use_context::<ListState>().map(|list| {
        list.inbox.with_untracked(|inbox| {
            inbox.tallies.keys().filter_map(|facet| facet.strip_prefix("tag:").map(str::to_owned)).collect::<Vec<_>>()
        })
    });
    let field = NodeRef::<html::Input>::new();
    Effect::new(move || {
        if acts.tag.done()
            && let Some(field) = field.get_untracked()
        {
            field.set_value("");
        }
    });
    view! {
        {each(move || tags.get(), Clone::clone, move |tag| view! {
            <BareForm action=acts.untag>
                <About id=about.get_value()/>
                <input type="hidden" name="tag" value=tag.clone()/>
                <button class="chip tag" aria-label=language.fill(text::UNTAG, &[("tag", &tag)])>{tag.clone()}<Icon glyph=Glyph::Close/></button>
            </BareForm>
        })}
        <div id="menu-tag" class="chip-menu chip">
            <Menu class="chip-button" button=move || view! { "+ "{t(text::TAG)} }>
                <BareForm action=acts.tag attr:class="menu-row">
                    <About id=id/>
                    <input node_ref=field class="input" name="tag" list="known-tags" maxlength=TAG_MOST.to_string() required=true autocomplete="off" aria-label=t(text::NEW_TAG) placeholder=t(text::NEW_TAG) data-stay=""/>
                    <button class="button small">{t(text::ADD)}</button>
                </BareForm>
            </Menu>
        </div>
        <datalist id="known-tags">
            {known.unwrap_or_default().into_iter().map(|tag| view! { <option value=tag></option> }).collect_view()}
        </datalist>
    }
}
