//! SCREENS: what a person sees, and the server function beside it. Knows nouns by `model`; asks the desk only in
//! the body of a server function, through `caller`.

mod admin;
mod agent;
mod archive;
mod ask;
mod audit;
mod ban;
#[cfg(feature = "ssr")]
pub mod caller;
mod canned_response;
mod chat;
mod contact;
mod conversation;
mod department;
pub mod error;
mod everywhere;
mod hours;
mod kept;
mod letter;
mod live;
mod notify;
mod organisation;
pub mod part;
pub mod print;
mod property;
mod report;
mod roster;
mod rule;
mod saved_view;
mod search;
mod session;
mod several;
mod shell;
mod shift;
mod target;
mod text;
mod ticket;
mod trigger;
mod ui;
mod visit;
mod visitor;
mod widget;

use leptos::prelude::*;
use leptos_meta::{HashedStylesheet, Html, MetaTags, Title, provide_meta_context};
use leptos_router::{
    Lazy, SsrMode,
    components::{ParentRoute, Redirect, Route, Router, Routes},
    path,
};
use model::text::common;

pub use ask::MADE_FOR;
pub use visit::{Theme, Visit};

use crate::{shell::Shell, ui::PageTitle};

/// A speech bubble in our green, small enough to stand in the page.
const ICON: &str = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E%3Cpath fill='%230b7a55' d='M6 4h20a4 4 0 0 1 4 4v12a4 4 0 0 1-4 4H14l-7 6v-6H6a4 4 0 0 1-4-4V8a4 4 0 0 1 4-4z'/%3E%3Cpath stroke='%23fff' stroke-width='2.6' stroke-linecap='round' d='M9 11.5h14M9 16.5h9'/%3E%3C/svg%3E";

/// The page around the app, written once per visit.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    let theme = visit::use_visit().theme;
    view! {
        <!DOCTYPE html>
        <html data-theme=theme.word()>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="light dark"/>
                <meta name="robots" content="noindex"/>
                <link rel="icon" type="image/svg+xml" href=ICON/>
                <link rel="apple-touch-icon" href="/app-icon-180.png"/>
                <link rel="manifest" href="/manifest.webmanifest"/>
                <HashedStylesheet options=options.clone()/>
                <HydrationScripts options/>
                <MetaTags/>
            </head>
            <body>
                <App/>
            </body>
        </html>
    }
}

/// Every page. Each is complete when it is sent, so that it can be read and its forms sent before the wasm is there.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    // Says that the page is awake: styles may show what only works then.
    Effect::new(|| {
        if let Some(root) = document().document_element() {
            // Fails only for a name that is none.
            drop(root.set_attribute("data-live", ""));
        }
    });
    view! {
        <Title formatter=|page: String| format!("{} · Recado", ui::written(page))/>
        <Router>
            <Routes fallback=NotFound>
                <Route path=path!("/") view=|| view! { <Redirect path="/inbox"/> } ssr=SsrMode::Async/>
                <Route path=path!("/setup") view={Lazy::<part::session::SetUp>::new()} ssr=SsrMode::Async/>
                <Route path=path!("/sign-in") view={Lazy::<part::session::SignIn>::new()} ssr=SsrMode::Async/>
                <Route path=path!("/invitation/:link") view={Lazy::<part::session::Invitation>::new()} ssr=SsrMode::Async/>
                <Route path=path!("/second-step") view={Lazy::<part::session::SecondStep>::new()} ssr=SsrMode::Async/>
                <Route path=path!("/print/:conversation") view={Lazy::<part::conversation::Print>::new()} ssr=SsrMode::Async/>
                <ParentRoute path=path!("") view=Shell ssr=SsrMode::Async>
                    <Route path=path!("/account") view={Lazy::<part::session::Account>::new()} ssr=SsrMode::Async/>
                    <Route path=path!("/visitors") view={Lazy::<part::visitor::Visitors>::new()} ssr=SsrMode::Async/>
                    <Route path=path!("/contacts") view={Lazy::<part::contact::List>::new()} ssr=SsrMode::Async/>
                    <Route path=path!("/contacts/:contact") view={Lazy::<part::contact::One>::new()} ssr=SsrMode::Async/>
                    <Route path=path!("/organisations") view={Lazy::<part::contact::Organisations>::new()} ssr=SsrMode::Async/>
                    <Route path=path!("/organisations/:organisation") view={Lazy::<part::contact::Organisation>::new()} ssr=SsrMode::Async/>
                    <Route path=path!("/reports") view={Lazy::<part::admin::Reports>::new()} ssr=SsrMode::Async/>
                    <Route path=path!("/search") view={Lazy::<part::search::Results>::new()} ssr=SsrMode::Async/>
                    <Route path=path!("/account/notifications") view={Lazy::<part::session::Notifications>::new()} ssr=SsrMode::Async/>
                    <Route path=path!("/account/shortcuts") view={Lazy::<part::admin::OwnShortcuts>::new()} ssr=SsrMode::Async/>
                    <Route path=path!("/everywhere") view={Lazy::<part::conversation::Everywhere>::new()} ssr=SsrMode::Async/>
                    <ParentRoute path=path!("/inbox") view=conversation::InboxPage ssr=SsrMode::Async>
                        <Route path=path!("") view=conversation::NoConversation ssr=SsrMode::Async/>
                        <Route path=path!(":conversation") view={Lazy::<part::conversation::Opened>::new()} ssr=SsrMode::Async/>
                    </ParentRoute>
                    <ParentRoute path=path!("/admin") view={Lazy::<part::admin::Frame>::new()} ssr=SsrMode::Async>
                        <Route path=path!("") view=|| view! { <Redirect path="/admin/overview"/> } ssr=SsrMode::Async/>
                        <Route path=path!("overview") view={Lazy::<part::admin::Overview>::new()} ssr=SsrMode::Async/>
                        <Route path=path!("widget") view={Lazy::<part::admin::Widget>::new()} ssr=SsrMode::Async/>
                        <Route path=path!("hours") view={Lazy::<part::admin::Hours>::new()} ssr=SsrMode::Async/>
                        <Route path=path!("agents") view={Lazy::<part::admin::Agents>::new()} ssr=SsrMode::Async/>
                        <Route path=path!("departments") view={Lazy::<part::admin::Departments>::new()} ssr=SsrMode::Async/>
                        <Route path=path!("rules") view={Lazy::<part::admin::Rules>::new()} ssr=SsrMode::Async/>
                        <Route path=path!("targets") view={Lazy::<part::admin::Targets>::new()} ssr=SsrMode::Async/>
                        <Route path=path!("shortcuts") view={Lazy::<part::admin::Shortcuts>::new()} ssr=SsrMode::Async/>
                        <Route path=path!("bans") view={Lazy::<part::admin::Bans>::new()} ssr=SsrMode::Async/>
                        <Route path=path!("email") view={Lazy::<part::admin::Letters>::new()} ssr=SsrMode::Async/>
                        <Route path=path!("email/:letter") view={Lazy::<part::admin::Letter>::new()} ssr=SsrMode::Async/>
                        <Route path=path!("data") view={Lazy::<part::admin::Archives>::new()} ssr=SsrMode::Async/>
                        <Route path=path!("audit") view={Lazy::<part::admin::AuditLog>::new()} ssr=SsrMode::Async/>
                        <Route path=path!("triggers") view={Lazy::<part::admin::Triggers>::new()} ssr=SsrMode::Async/>
                        <Route path=path!("settings") view={Lazy::<part::admin::Settings>::new()} ssr=SsrMode::Async/>
                    </ParentRoute>
                </ParentRoute>
            </Routes>
        </Router>
    }
}

/// There is no such page.
#[component]
pub fn NotFound() -> impl IntoView {
    let language = text::use_language();
    view! {
        <Html attr:lang=language.tag()/>
        <main class="plain-page">
            <a class="logo" href="/">"Recado"</a>
            <div class="card">
                <PageTitle text=language.say(common::NO_SUCH_PAGE)/>
                <p>{language.say(common::NO_SUCH_PAGE_HINT)}</p>
                <p><a class="button" href="/inbox">{language.say(common::TO_THE_INBOX)}</a></p>
            </div>
        </main>
    }
}
