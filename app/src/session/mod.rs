//! Setting up, signing in and out, accepting an invitation, and one's own account.

mod account;
mod api;
mod invitation;
mod passkey;
mod picture;
mod second_step;
mod set_up;
mod sign_in;

use leptos::prelude::*;
use leptos_meta::Html;

pub use account::AccountPage;
pub use api::{ChooseTheme, SignOut};
pub use invitation::InvitationPage;
pub use second_step::SecondStepPage;
pub use set_up::SetUpPage;
pub use sign_in::SignInPage;

use crate::{text::use_language, ui::PageTitle};

/// A page for somebody who is not signed in: one card in the middle.
#[component]
fn Plain(
    /// Its title.
    #[prop(into)]
    title: String,
    /// What it is for.
    #[prop(optional, into)]
    hint: String,
    /// What stands in the card.
    children: Children,
) -> impl IntoView {
    view! {
        <Html attr:lang=use_language().tag()/>
        <main class="plain-page">
            <span class="logo">"Recado"</span>
            <div class="card">
                <PageTitle text=title/>
                {(!hint.is_empty()).then(|| view! { <p class="hint">{hint}</p> })}
                {children()}
            </div>
        </main>
    }
}

/// Where to go after signing in: a path of ours, or the Inbox. An address of another host is none of ours.
fn page_after(next: &str) -> String {
    let ours = next.starts_with('/') && !next.starts_with("//") && !next.chars().any(|c| c == '\\' || c.is_control() || !c.is_ascii());
    if ours { next.to_owned() } else { "/inbox".to_owned() }
}

#[cfg(test)]
mod tests {
    use super::page_after;

    #[test]
    fn after_signing_in_nobody_is_sent_to_another_host() {
        for next in ["", "//evil.example", "/\\evil.example", "https://evil.example", "/a\nb", "javascript:1"] {
            assert_eq!(page_after(next), "/inbox", "{next:?}");
        }
        assert_eq!(page_after("/inbox?kind=ticket"), "/inbox?kind=ticket");
    }
}
