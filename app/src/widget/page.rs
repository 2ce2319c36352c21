//! Admin → Chat widget: what is set, a card for each part, and beside it what a visitor will see.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use model::{
    Language,
    text::{common, widget as texts},
    widget::Installed,
};

use super::{
    api::load_widget, appearance::Look, before_chat::BeforeChat, draft::Draft, identity::IdentityCard, install::Install, manners::Manners,
    preview::Preview, sites::Sites, wording::Words,
};
use crate::{
    roster::use_roster,
    text::t,
    ui::{PageTitle, loaded},
};

/// The page of the widget.
#[component]
pub fn WidgetPage() -> impl IntoView {
    let done = use_query_map().with_untracked(|query| query.get_str("done") == Some("saved"));
    let installed = Resource::new(|| (), |()| load_widget());
    view! {
        <PageTitle text=t(texts::WIDGET)/>
        {done.then(|| view! { <p class="done" role="status">{t(common::SAVED)}</p> })}
        {loaded(installed, |installed| view! { <Settings installed/> })}
    }
}

#[component]
fn Settings(installed: Installed) -> impl IntoView {
    let language = use_roster().with_untracked(|roster| roster.property.language);
    let draft = Draft::new(installed.widget.clone(), language);
    let (key, widget) = (installed.key.clone(), installed.widget.clone());
    let mut languages = Language::ALL;
    languages.sort_by_key(|other| *other != language);
    let words = languages.map(|language| {
        let wording = widget.wording(language);
        view! { <Words wording draft/> }
    });
    view! {
        <div class="widget-page">
            <div class="stack">
                <Install installed/>
                <Look look=widget.appearance.clone() draft/>
                {words.collect_view()}
                <BeforeChat fields=widget.before_chat.clone() draft/>
                <Manners widget=widget.clone() draft/>
                <Sites sites=widget.sites.clone()/>
                <IdentityCard key/>
            </div>
            <Preview draft/>
        </div>
    }
}
