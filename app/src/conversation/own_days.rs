//! The form for days of one's own, in the menu of their filter.

use leptos::{ev, prelude::*};
use leptos_router::{NavigateOptions, hooks::use_navigate};
use model::{days::Days, text::inbox as text, view::View};

use super::use_address;
use crate::{text::t, ui::typed_in};

/// The form for days of one's own, a plain one without wasm.
#[component]
pub fn OwnDays() -> impl IntoView {
    let (address, navigate) = (use_address(), use_navigate());
    let sent = move |event: ev::SubmitEvent| {
        event.prevent_default();
        let Some(typed) = typed_in(&event) else { return };
        let day = |name| typed(name).first().and_then(|day| day.parse().ok());
        let days = Days::own(day("from"), day("until"));
        navigate(&address.with_view(&View { days, ..address.view.get_untracked() }), NavigateOptions::default());
    };
    move || {
        let view = address.view.get();
        let ends = if let Some(Days::Own(from, until)) = view.days { [from, until] } else { [None; 2] };
        let [from, until] = ends.map(|day| day.map(|day| day.to_string()));
        let rest = View { days: None, ..view };
        let rest = rest.pairs().into_iter().map(|(name, value)| view! { <input type="hidden" name=name value=value/> }).collect_view();
        view! {
            <form class="filter-days" method="get" action=address.path() on:submit=sent.clone()>
                <label data-stay="">{t(text::FROM)}<input class="input" type="date" name="from" value=from/></label>
                <label data-stay="">{t(text::UNTIL)}<input class="input" type="date" name="until" value=until/></label>
                {rest}
                <button type="submit" class="button small primary">{t(text::SHOW)}</button>
            </form>
        }
    }
}
