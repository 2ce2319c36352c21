//! The line that tells that a rule ran: which, under the name it had then, and why. Admins find the rule behind it.

use leptos::prelude::*;
use model::{Moment, message::Happening, roster::Roster, rule::why_in, text::rule as texts};

use crate::{roster::use_roster, text::use_language, ui::Time};

/// The line.
#[component]
pub fn RuleLine(
    /// What happened.
    happened: Happening,
    /// When.
    at: Moment,
) -> impl IntoView {
    let language = use_language();
    let admin = use_roster().with_untracked(Roster::admin);
    let Happening::RuleRan { rule, name, why } = happened else { return None };
    let lines = why_in(&why, language).into_iter().map(|line| view! { <li>{line}</li> }).collect_view();
    let open = admin.then(|| view! { <a href=format!("/admin/rules?rule={rule}")>{language.say(texts::OPEN)}</a> });
    Some(view! {
        <div class="event rule-line">
            <span>{language.fill(texts::HAPPENED, &[("name", &name)])}" · "<Time at/></span>
            <details>
                <summary>{language.say(texts::WHY)}</summary>
                <ul>{lines}</ul>
                {open}
            </details>
        </div>
    })
}
