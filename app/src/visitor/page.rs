//! The page of visitors: who is on the site now, by how they are there, and one of them opened at the right. The address bar says
//! which. A page view is no event, so the page asks each five seconds.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use model::{
    VisitId,
    roster::Roster,
    text::visitor as texts,
    visit::{Stage, Visits},
};

use super::{
    api::{SetMonitor, list_visits, open_visit},
    fresh,
    list::List,
    opened::Opened,
};
use crate::{
    roster::use_roster,
    text::t,
    ui::{Act, Empty, Form, Glyph, Hidden, PageTitle, Submit, loaded, on_done, use_toasts},
};

/// What the address bar says.
#[derive(Clone, PartialEq, Eq)]
pub struct Asked {
    /// Those alone.
    pub stage: Option<Stage>,
    /// The one that is opened.
    pub visit: Option<VisitId>,
}

impl Asked {
    /// The address of it.
    pub fn address(&self) -> String {
        let stage = self.stage.map(|stage| format!("stage={stage}"));
        let visit = self.visit.as_ref().map(|visit| format!("visit={visit}"));
        let query = [stage, visit].into_iter().flatten().collect::<Vec<_>>().join("&");
        if query.is_empty() { "/visitors".into() } else { format!("/visitors?{query}") }
    }
}

/// The page.
#[component]
pub fn VisitorsPage() -> impl IntoView {
    let query = use_query_map();
    let asked = Memo::new(move |_| {
        query.with(|query| Asked {
            stage: query.get_str("stage").and_then(|stage| stage.parse().ok()),
            visit: query.get_str("visit").and_then(|visit| visit.parse().ok()),
        })
    });
    let switch = Act::new::<SetMonitor>();
    let visits = Resource::new(move || switch.version().get(), |_| list_visits());
    view! {
        <main class="page visitors">
            <PageTitle text=t(texts::VISITORS)/>
            {loaded(visits, move |visits: Visits| {
                if visits.monitor { view! { <Here visits asked switch/> }.into_any() } else { view! { <Off switch/> }.into_any() }
            })}
        </main>
    }
}

/// Nothing tells of visitors.
#[component]
fn Off(switch: Act) -> impl IntoView {
    let admin = use_roster().with_untracked(Roster::admin);
    let toasts = use_toasts();
    let done = t(texts::SWITCHED_ON);
    on_done(switch, move |()| toasts.say(done));
    view! {
        <section class="card">
            <Empty glyph=Glyph::People title=t(texts::OFF) hint=t(texts::OFF_HINT)/>
            {if admin {
                view! { <Form action=switch class="switch-on"><Hidden name="on" value="true"/><Submit>{t(texts::SWITCH_ON)}</Submit></Form> }.into_any()
            } else {
                view! { <p class="hint switch-on">{t(texts::OFF_AGENT)}</p> }.into_any()
            }}
        </section>
    }
}

#[component]
fn Here(visits: Visits, asked: Memo<Asked>, switch: Act) -> impl IntoView {
    let now = RwSignal::new(visits);
    fresh::every(fresh::OFTEN, move || {
        leptos::task::spawn_local(async move {
            if let Ok(fresh) = list_visits().await {
                now.try_set(fresh);
            }
        });
    });
    let admin = use_roster().with_untracked(Roster::admin);
    let open = Memo::new(move |_| asked.get().visit);
    let opened = Resource::new(
        move || open.get(),
        |visit| async move {
            match visit {
                Some(visit) => open_visit(visit).await.map(Some),
                None => Ok(None),
            }
        },
    );
    view! {
        <Stages now asked/>
        <div class="visit-columns" class:open=move || open.with(Option::is_some)>
            <List now asked/>
            {loaded(opened, move |opened| opened.map(|opened| view! { <Opened opened asked/> }))}
        </div>
        {admin.then(|| view! {
            <Form action=switch class="inline monitor-off"><Hidden name="on" value="false"/><Submit class="button small">{t(texts::SWITCH_OFF)}</Submit></Form>
        })}
    }
}

/// How many are there in which way; each leads to those alone.
#[component]
fn Stages(now: RwSignal<Visits>, asked: Memo<Asked>) -> impl IntoView {
    let one = move |stage: Option<Stage>, text: &'static str| {
        let count =
            move || now.with(|now| now.visits.iter().filter(|visit| stage.is_none_or(|stage| visit.stage(now.now) == stage)).count());
        let href = move || Asked { stage, ..asked.get() }.address();
        view! { <a href=href aria-current=move || (asked.get().stage == stage).then_some("page")>{text}" "<span class="count">{count}</span></a> }
    };
    view! {
        <nav class="tabs" aria-label=t(texts::STAGES)>
            {one(None, t(texts::EVERYBODY))}
            {one(Some(Stage::Served), t(texts::SERVED))}
            {one(Some(Stage::Active), t(texts::ACTIVE))}
            {one(Some(Stage::Idle), t(texts::IDLE))}
        </nav>
    }
}
