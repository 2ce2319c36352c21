//! Saved lists at the left of the page, and the small form that saves what is asked for now.

use leptos::prelude::*;
use model::{
    contact::list::{Asked, Segment},
    text::{common, contact as texts},
};

use super::{
    address,
    api::{DeleteSegment, SaveSegment, list_segments},
};
use crate::{
    text::{fill, t},
    ui::{Act, BareForm, Form, Glyph, Hidden, Icon, Menu, Submit, TextField, loaded, on_done, use_toasts},
};

/// The segments, and everybody.
#[component]
pub fn Segments(
    /// What is asked for.
    asked: Memo<Asked>,
    /// Whether organisations are looked at instead.
    #[prop(optional)]
    organisations: bool,
) -> impl IntoView {
    let (save, delete) = (Act::new::<SaveSegment>(), Act::new::<DeleteSegment>());
    let all = Resource::new(move || (save.version().get(), delete.version().get()), |_| list_segments());
    let (toasts, saved) = (use_toasts(), t(common::SAVED));
    on_done(save, move |()| toasts.say(saved));
    let plain = move || !organisations && asked.with(|asked| asked.search.is_empty() && asked.filters.is_empty());
    let twins = move || address::list(&asked.get(), "twins=1");
    let everybody = t(texts::EVERYBODY);
    view! {
        <nav class="side" aria-label=t(texts::SEGMENTS)>
            <a class="side-link" href="/contacts" aria-current=move || plain().then_some("page")><span>{everybody}</span></a>
            <a class="side-link" href="/organisations" aria-current=organisations.then_some("page")><span>{t(texts::ORGANISATIONS)}</span></a>
            {loaded(all, move |all: Vec<Segment>| view! {
                {(!all.is_empty()).then(|| view! { <h2>{t(texts::SEGMENTS)}</h2> })}
                {all.into_iter().map(|segment| view! { <One segment asked delete/> }).collect_view()}
            })}
            <Save asked save/>
            <a class="side-link contacts-twins" href=twins><span>{t(texts::TWINS)}</span></a>
        </nav>
    }
}

#[component]
fn One(segment: Segment, asked: Memo<Asked>, delete: Act) -> impl IntoView {
    let here = segment.asked.clone();
    let remove = fill(texts::DELETE_SEGMENT, &[("name", &segment.name)]);
    view! {
        <div class="contacts-segment">
            <a class="side-link" href=address::list(&segment.asked, "") aria-current=move || (asked.get() == here).then_some("page")><span>{segment.name}</span></a>
            <BareForm action=delete>
                <input type="hidden" name="segment" value=segment.id.to_string()/>
                <button class="icon-button" aria-label=remove><Icon glyph=Glyph::Close/></button>
            </BareForm>
        </div>
    }
}

/// What is asked for now gets a name.
#[component]
fn Save(asked: Memo<Asked>, save: Act) -> impl IntoView {
    let label = t(texts::SAVE_SEGMENT);
    let nothing = move || asked.with(|asked| asked.search.is_empty() && asked.filters.is_empty());
    let json = move || asked.with(|asked| serde_json::to_string(asked).unwrap_or_default());
    view! {
        <div class="contacts-save" hidden=nothing>
            <Menu class="button small" button=move || view! { <Icon glyph=Glyph::Plus/>{label} }>
                <div data-stay="">
                    <Form action=save empties=true>
                        {move || view! { <Hidden name="asked" value=json()/> }}
                        <TextField name="name" label=t(texts::SEGMENT_NAME) hint=t(texts::SEGMENT_HINT)/>
                        <Submit class="button small primary">{t(common::SAVE)}</Submit>
                    </Form>
                </div>
            </Menu>
        </div>
    }
}
