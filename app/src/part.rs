//! Parts of the app that a browser loads when a page of theirs is opened: each is a wasm file of its own, cut out by the
//! packer at the functions marked here. The server has them all; there nothing is loaded.

use std::pin::Pin;

use leptos::{
    prelude::*,
    wasm_split::{SplitLoaderError, wasm_split},
};
use leptos_router::LazyRoute;

use crate::{error::Error, live::Live, ui::Failure};

/// What is loaded now, where it is wanted. Of one type, whatever it is: each of its own would be in the wasm once more.
pub fn shown(page: impl Future<Output = AnyView> + Send + 'static) -> AnyView {
    let page: Pin<Box<dyn Future<Output = AnyView> + Send>> = Box::pin(page);
    view! { <Suspense>{Suspend::new(page)}</Suspense> }.into_any()
}

/// A part: `open` is where it is cut out; every page in it becomes a route to load.
macro_rules! part {
    ($(#[$doc:meta])* $name:ident { $($page:ident = $view:path,)* }) => {
        $(#[$doc])*
        pub mod $name {
            use super::*;

            #[derive(Clone, Copy)]
            pub(super) enum Page { $($page),* }

            #[wasm_split($name, wasm_split_path = ::leptos::wasm_split, preload(load), fallible)]
            pub(super) fn open(page: Page) -> Result<AnyView, SplitLoaderError> {
                Ok(match page { $(Page::$page => $view().into_any()),* })
            }

            $(
                /// The route to this page.
                pub struct $page;

                impl LazyRoute for $page {
                    fn data() -> Self {
                        Self
                    }

                    async fn view(_: Self) -> AnyView {
                        open(Page::$page).await.unwrap_or_else(|_| view! { <Failure error=Error::Offline/> }.into_any())
                    }

                    async fn preload() {
                        // What is missing is told by the page itself.
                        drop(load().await);
                    }
                }
            )*
        }
    };
}

part! {
    /// An opened conversation, on a plain page too; the dialogs of the Inbox, and the bar for several at once. One part: each more makes
    /// the first load heavier by what it shares with the others.
    conversation {
        Opened = crate::conversation::ConversationPage,
        Compose = crate::ticket::ComposeTicket,
        Keys = crate::conversation::KeySheet,
        Views = crate::saved_view::ViewSheet,
        Bar = crate::several::SeveralBar,
        Print = crate::print::PrintPage,
        Everywhere = crate::everywhere::EverywherePage,
    }
}

part! {
    /// What admins see, and what is of the same kind for everybody: the page of one's own shortcuts, and reports.
    admin {
        Frame = crate::admin::AdminPage,
        Overview = crate::admin::OverviewPage,
        Widget = crate::widget::WidgetPage,
        Hours = crate::hours::HoursPage,
        Targets = crate::target::TargetsPage,
        Shortcuts = crate::canned_response::ShortcutsPage,
        OwnShortcuts = crate::canned_response::OwnShortcutsPage,
        Bans = crate::ban::BansPage,
        Agents = crate::agent::AgentsPage,
        Departments = crate::department::DepartmentsPage,
        Letters = crate::letter::LettersPage,
        Letter = crate::letter::LetterPage,
        Settings = crate::property::SettingsPage,
        Triggers = crate::trigger::TriggersPage,
        Rules = crate::rule::RulesPage,
        Reports = crate::report::ReportsPage,
        AuditLog = crate::audit::AuditPage,
        Archives = crate::archive::ArchivesPage,
    }
}

part! {
    /// Who is on the site.
    visitor {
        Visitors = crate::visitor::VisitorsPage,
    }
}

part! {
    /// The people who write, and one of them; whom they write for.
    contact {
        List = crate::contact::ContactsPage,
        One = crate::contact::ContactPage,
        Organisations = crate::organisation::OrganisationsPage,
        Organisation = crate::organisation::OrganisationPage,
    }
}

part! {
    /// The dialog that searches, and the page of what was found.
    search {
        Dialog = crate::search::Dialog,
        Results = crate::search::SearchPage,
    }
}

part! {
    /// What is seen before one is signed in, and one's own account.
    session {
        SetUp = crate::session::SetUpPage,
        SignIn = crate::session::SignInPage,
        Invitation = crate::session::InvitationPage,
        SecondStep = crate::session::SecondStepPage,
        Account = crate::session::AccountPage,
        Notifications = crate::notify::NotificationsPage,
    }
}

/// What tells an agent that somebody waits: no page, and needed by none to come to life.
#[expect(clippy::unnecessary_wraps, reason = "that a part cannot be had is such an error")]
mod notify {
    use leptos::{
        prelude::Owner,
        wasm_split::{SplitLoaderError, wasm_split},
    };

    use crate::live::Live;

    #[wasm_split(notify, wasm_split_path = ::leptos::wasm_split, preload(load), fallible)]
    pub(super) fn begin(live: Live, owner: Owner) -> Result<(), SplitLoaderError> {
        owner.with(|| crate::notify::begin(live));
        Ok(())
    }
}

/// Begins to watch the log for what deserves a notice, once a page has come to life.
pub fn watch(live: Live) {
    let Some(owner) = Owner::current() else { return };
    set_timeout(
        move || {
            leptos::task::spawn_local(async move {
                // Missing, nothing is heard until the page is loaded anew.
                drop(notify::begin(live, owner).await);
            });
        },
        WATCH,
    );
}

/// How long after the page has come to life.
const WATCH: std::time::Duration = std::time::Duration::from_millis(600);

/// Name of the part that a page needs beside what every browser loads.
pub fn of_page(path: &str, query: &str) -> Option<&'static str> {
    let mut words = path.split('/').skip(1);
    match (words.next().unwrap_or_default(), words.next().unwrap_or_default()) {
        ("admin" | "reports", _) | ("account", "shortcuts") => Some("admin"),
        ("visitors", _) => Some("visitor"),
        ("contacts" | "organisations", _) => Some("contact"),
        ("search", _) => Some("search"),
        ("print" | "everywhere", _) => Some("conversation"),
        ("setup" | "sign-in" | "invitation" | "second-step" | "account", _) => Some("session"),
        ("inbox", open) => {
            let mut names = query.trim_start_matches('?').split('&').filter_map(|pair| pair.split('=').next());
            (names.any(|name| name == "compose" || name == "views") || !open.is_empty()).then_some("conversation")
        }
        _ => None,
    }
}

/// Loads the part that a page needs, so that it can be woken at once; false when it cannot be had now.
pub async fn ready(path: &str, query: &str) -> bool {
    match of_page(path, query) {
        Some("admin") => admin::load().await.is_ok(),
        Some("visitor") => visitor::load().await.is_ok(),
        Some("contact") => contact::load().await.is_ok(),
        Some("search") => search::load().await.is_ok(),
        Some("session") => session::load().await.is_ok(),
        Some(_) => conversation::load().await.is_ok(),
        None => true,
    }
}

/// Loads what is opened next from the Inbox, while nothing else is to be done.
pub fn look_ahead() {
    set_timeout(
        || {
            leptos::task::spawn_local(async {
                // Missing now, it is asked for again when it is opened.
                drop(conversation::load().await);
            });
        },
        AHEAD,
    );
}

/// How long after the Inbox has come to life.
const AHEAD: std::time::Duration = std::time::Duration::from_secs(2);

#[cfg(test)]
mod tests {
    use super::of_page;

    #[test]
    fn a_page_names_the_part_it_needs() {
        assert_eq!(of_page("/inbox", "?folder=spam"), None);
        assert_eq!(of_page("/inbox/", "compose=1"), Some("conversation"));
        assert_eq!(of_page("/inbox", "?kind=chat&views=1"), Some("conversation"));
        assert_eq!(of_page("/inbox/0191", "?kind=ticket&compose=1"), Some("conversation"));
        assert_eq!(of_page("/everywhere", "?kind=chat"), Some("conversation"));
        assert_eq!(of_page("/admin/email/7", ""), Some("admin"));
        assert_eq!(of_page("/invitation/x", ""), Some("session"));
        assert_eq!(of_page("/account/shortcuts", ""), Some("admin"));
        assert_eq!(of_page("/contacts/0191", "tab=notes"), Some("contact"));
        assert_eq!(of_page("/organisations/0191", ""), Some("contact"));
        assert_eq!(of_page("/reports", "period=7"), Some("admin"));
        assert_eq!(of_page("/search", "?q=late"), Some("search"));
    }
}
