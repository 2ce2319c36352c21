//! What a page shows while it has nothing to show: loading, empty, failed; and its title.

use leptos::prelude::*;
use leptos_meta::Title;
use model::text::common;

use super::{Glyph, Icon};
use crate::{
    error::{Error, Result},
    text::{t, use_language},
};

/// The page's title, in the window and as its first heading, which takes the focus after a change of page.
#[component]
pub fn PageTitle(
    /// What the page is.
    #[prop(into)]
    text: String,
) -> impl IntoView {
    view! {
        <Title text=text.clone()/>
        <h1 class="page-title" tabindex="-1">{text}</h1>
    }
}

/// It is on its way.
#[component]
pub fn Loading() -> impl IntoView {
    view! { <p class="state loading" role="status"><span class="spinner" aria-hidden="true"></span>{t(common::LOADING)}</p> }
}

/// There is nothing, and what to do about it.
#[component]
pub fn Empty(
    /// Which sign.
    #[prop(optional)]
    glyph: Option<Glyph>,
    /// What is not there.
    #[prop(into)]
    title: String,
    /// What to do, or why.
    #[prop(optional, into)]
    hint: String,
) -> impl IntoView {
    view! {
        <div class="state empty">
            {glyph.map(|glyph| view! { <Icon glyph/> })}
            <p class="state-title">{title}</p>
            {(!hint.is_empty()).then(|| view! { <p class="hint">{hint}</p> })}
        </div>
    }
}

/// It could not be loaded, and why.
#[component]
pub fn Failure(
    /// Why.
    error: Error,
) -> impl IntoView {
    view! {
        <div class="state failure" role="alert">
            <Icon glyph=Glyph::Alert/>
            <p class="state-title">{error.say(use_language())}</p>
            <p><a href="" rel="external">{t(common::TRY_AGAIN)}</a></p>
        </div>
    }
}

/// Shows what a resource loads; keeps the old view while it loads anew.
pub fn loaded<T, V>(resource: Resource<Result<T>>, show: impl Fn(T) -> V + Clone + Send + Sync + 'static) -> impl IntoView
where
    T: Clone + Send + Sync + 'static,
    V: IntoView + 'static,
{
    view! { <Transition fallback=Loading>{move || suspended(resource, show.clone())}</Transition> }
}

fn suspended<T, V>(resource: Resource<Result<T>>, show: impl Fn(T) -> V + Send + Sync + 'static) -> impl IntoView
where
    T: Clone + Send + Sync + 'static,
    V: IntoView + 'static,
{
    Suspend::new(async move {
        match resource.await {
            // a function, so that the walk of `Still` makes no view that nobody sees
            Ok(value) => super::Still(move || untrack(|| show(value.clone()))).into_any(),
            Err(error) => view! { <Failure error/> }.into_any(),
        }
    })
}
