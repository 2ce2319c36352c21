//! Visitors: who is on the site now, all that is known of one, who writes first, and bans from there.

mod api;
mod ban;
mod fresh;
mod list;
mod opened;
mod page;

use leptos::prelude::*;
use leptos_router::components::A;
use model::{
    Text,
    text::visitor as texts,
    visit::{Stage, Visit},
};

pub use ban::{BanVisitor, Whose};
pub use list::host_of;
pub use page::VisitorsPage;

use crate::{
    text::{fill, t},
    ui::Tone,
};

/// How somebody is there, in words and colour.
const fn stage_word(stage: Stage) -> (Text, Tone) {
    match stage {
        Stage::Served => (texts::SERVED, Tone::Good),
        Stage::Active => (texts::ACTIVE, Tone::Fresh),
        Stage::Idle => (texts::IDLE, Tone::Warm),
        Stage::Left => (texts::LEFT, Tone::Plain),
    }
}

/// Who it is, as far as that is known. For a component's body.
fn called(visit: &Visit) -> String {
    if visit.name.is_empty() { fill(texts::UNNAMED, &[("id", visit.short())]) } else { visit.name.clone() }
}

/// The link to the page in the top bar, with how many are there now.
#[component]
pub fn VisitorsLink() -> impl IntoView {
    let count = Resource::new(|| (), |()| api::count_visits());
    let now = RwSignal::new(None);
    fresh::every(fresh::SLOWLY, move || {
        leptos::task::spawn_local(async move {
            if let Ok(count) = api::count_visits().await {
                now.try_set(Some(count));
            }
        });
    });
    let shown = move |first: Option<i64>| now.get().unwrap_or(first).map(|n| view! { <span class="count">{n}</span> });
    view! {
        <A href="/visitors">
            {t(texts::VISITORS)}
            <Suspense>{move || Suspend::new(async move { let first = count.await.ok().flatten(); move || shown(first) })}</Suspense>
        </A>
    }
}
