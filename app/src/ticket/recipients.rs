//! Who will be e-mailed when the ticket is created: the recipient, those in copy, and the assignee or the agents of
//! the department but the one who writes.

use leptos::prelude::*;
use model::{Assignee, roster::Roster, text::ticket as text, ticket::addresses};

use crate::{live::use_live, text::use_language};

/// Their names, or addresses where no name is known.
pub fn recipients(roster: &Roster, name: &str, email: &str, cc: &str, assignee: &str) -> Vec<String> {
    let email = email.trim();
    let mut all: Vec<String> = vec![];
    if !email.is_empty() {
        all.push(if name.trim().is_empty() { email.to_owned() } else { name.trim().to_owned() });
    }
    all.extend(addresses("cc", cc).unwrap_or_default().iter().map(ToString::to_string).filter(|copy| copy != &email.to_lowercase()));
    let agents = match assignee.parse() {
        Ok(Assignee::Agent(id)) => vec![id],
        Ok(Assignee::Department(id)) => roster.department(&id).map(|department| department.agents.clone()).unwrap_or_default(),
        _ => vec![],
    };
    let others = agents.iter().filter(|id| **id != roster.me).filter_map(|id| roster.agent(id)).filter(|agent| agent.disabled_at.is_none());
    all.extend(others.map(|agent| agent.name.clone()));
    all
}

/// The line that says so.
#[component]
pub fn Recipients(
    /// Recipient's name.
    name: RwSignal<String>,
    /// Recipient's address.
    email: RwSignal<String>,
    /// Others in copy.
    cc: RwSignal<String>,
    /// Assignee as text.
    assignee: RwSignal<String>,
) -> impl IntoView {
    let (roster, language) = (use_live().roster(), use_language());
    let said = move || {
        let all = roster.with(|roster| recipients(roster, &name.get(), &email.get(), &cc.get(), &assignee.get()));
        let many = i64::try_from(all.len()).unwrap_or(i64::MAX);
        (many > 0).then(|| format!("{} {}", language.count(text::WILL_BE_EMAILED, many), all.join(", ")))
    };
    view! { <p class="compose-to" role="status">{said}</p> }
}
