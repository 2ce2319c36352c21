//! The admin's part: its pages at the left, one of them at the right.

mod api;
mod overview;

use leptos::prelude::*;
use leptos_router::components::{A, Outlet};
use model::{
    Refusal, Text,
    roster::Roster,
    text::{admin as texts, agent, audit, ban, canned, data, department, email, hours, property, rule, target, trigger, widget},
};

pub use overview::OverviewPage;

use crate::{roster::use_roster, text::t, ui::Failure};

/// Its pages, and what they are called.
pub const PAGES: [(&str, Text); 14] = [
    ("/admin/overview", texts::OVERVIEW),
    ("/admin/widget", widget::WIDGET),
    ("/admin/hours", hours::HOURS),
    ("/admin/agents", agent::AGENTS),
    ("/admin/departments", department::DEPARTMENTS),
    ("/admin/triggers", trigger::TRIGGERS),
    ("/admin/rules", rule::RULES),
    ("/admin/targets", target::TARGETS),
    ("/admin/shortcuts", canned::SHORTCUTS),
    ("/admin/bans", ban::BANS),
    ("/admin/email", email::EMAIL),
    ("/admin/data", data::TITLE),
    ("/admin/audit", audit::AUDIT_LOG),
    ("/admin/settings", property::SETTINGS),
];

/// What stands around every page of the admin's part.
#[component]
pub fn AdminPage() -> impl IntoView {
    let admin = use_roster().with_untracked(Roster::admin);
    if !admin {
        // Gives the page its status on the server.
        return view! { <main class="page"><Failure error=Refusal::Forbidden.into()/></main> }.into_any();
    }
    view! {
        <div class="with-side">
            <nav class="side" aria-label=t(texts::ADMIN_PAGES)>
                {PAGES.map(|(path, text)| view! { <A href=path>{t(text)}</A> }).collect_view()}
            </nav>
            <main class="page">
                <Outlet/>
            </main>
        </div>
    }
    .into_any()
}
