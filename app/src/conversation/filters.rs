//! Filter chips and order above the list. Every choice is a plain link, so that they combine and work without wasm.

use std::sync::Arc;

use leptos::prelude::*;
use model::{
    Assignee, Language, Text,
    conversation::{Priority, Status},
    days::Days,
    message::Channel,
    roster::Roster,
    text::{conversation as words, inbox as text},
    view::{Sort, View},
};

use super::{
    inbox_page::ListState,
    own_days::OwnDays,
    use_address,
    words::{assignee_choices, assignee_name, priority_word, sort_word, status_word},
};
use crate::{
    live::use_live,
    text::{t, use_language},
    ui::{Glyph, Icon, Menu},
};

/// Most tags the menu offers; the others are typed into the address or clicked at a conversation.
const TAGS_OFFERED: usize = 40;

/// Days up to today that are usual.
const USUAL: [i64; 3] = [1, 7, 30];

/// Days that one's own are at first.
const OWN: i64 = 7;

/// A choice of a filter: the view it leads to, what it says, whether it is chosen.
type Choice = (View, String, bool);

/// The choices of a filter. Of one type, as what is chosen: a chip is in the wasm once.
type Offer = Arc<dyn Fn() -> Vec<Choice> + Send + Sync>;

/// The chips of one property's list.
#[component]
pub fn Filters(
    /// Counters and total.
    state: ListState,
) -> impl IntoView {
    let (view, roster, language) = (use_address().view, use_live().roster(), use_language());
    let assignees = move || {
        let agents =
            roster.with(|roster| assignee_choices(roster, language)).into_iter().filter(|(who, _)| !matches!(who, Assignee::Department(_)));
        view.with(|view| assigned_to(view, agents))
    };
    let departments = move || {
        let view = view.get();
        let all = roster.with(|roster| roster.people.departments.clone());
        all.into_iter()
            .map(|one| (View { department: Some(one.id.clone()), ..view.clone() }, one.name, view.department == Some(one.id)))
            .collect::<Vec<Choice>>()
    };
    let tags = move || {
        let view = view.get();
        let mut all: Vec<(i64, String)> = vec![];
        state.inbox.with(|inbox| {
            for (facet, n) in &inbox.tallies {
                let Some(tag) = facet.strip_prefix("tag:") else { continue };
                // tallies are in the order of their names
                all.insert(all.partition_point(|(more, _)| more >= n), (*n, tag.to_owned()));
            }
        });
        all.truncate(TAGS_OFFERED);
        all.into_iter()
            .map(|(_, tag)| (View { tag: Some(tag.clone()), ..view.clone() }, tag.clone(), view.tag == Some(tag)))
            .collect::<Vec<Choice>>()
    };
    let department = move || {
        view.with(|view| {
            view.department.as_ref().map(|id| roster.with(|roster| assignee_name(roster, &Assignee::Department(id.clone()), language)))
        })
    };
    view! {
        <div class="bar">
            <StatusFilter/>
            <Filter label=text::ASSIGNEE chosen=assigned(view, roster, language) choices=Arc::new(assignees) without=|view| View { assignee: None, ..view }/>
            <Filter label=text::DEPARTMENT chosen=Signal::derive(department) choices=Arc::new(departments) without=|view| View { department: None, ..view }/>
            <PriorityFilter/>
            <Filter label=text::TAG chosen=Signal::derive(move || view.with(|view| view.tag.clone())) choices=Arc::new(tags) without=|view| View { tag: None, ..view }/>
            <ChannelFilter/>
            <DaysFilter/>
            <Order state/>
        </div>
    }
}

/// The chips of a list that joins several properties: what is of one alone is no choice.
#[component]
pub fn WideFilters(
    /// Total.
    state: ListState,
) -> impl IntoView {
    let (view, roster, language) = (use_address().view, use_live().roster(), use_language());
    let assignees = move || {
        let both = roster.with(|roster| {
            let mine = |who: &Assignee| *who == Assignee::Nobody || *who == Assignee::Agent(roster.me.clone());
            assignee_choices(roster, language).into_iter().filter(|(who, _)| mine(who)).collect::<Vec<_>>()
        });
        view.with(|view| assigned_to(view, both))
    };
    view! {
        <div class="bar">
            <StatusFilter/>
            <Filter label=text::ASSIGNEE chosen=assigned(view, roster, language) choices=Arc::new(assignees) without=|view| View { assignee: None, ..view }/>
            <PriorityFilter/>
            <ChannelFilter/>
            <DaysFilter/>
            <Order state/>
        </div>
    }
}

fn assigned_to(view: &View, all: impl IntoIterator<Item = (Assignee, String)>) -> Vec<Choice> {
    all.into_iter().map(|(who, name)| (View { assignee: Some(who.clone()), ..view.clone() }, name, view.assignee == Some(who))).collect()
}

fn assigned(view: Memo<View>, roster: RwSignal<Roster>, language: Language) -> Signal<Option<String>> {
    Signal::derive(move || view.with(|view| view.assignee.as_ref().map(|who| roster.with(|roster| assignee_name(roster, who, language)))))
}

#[component]
fn StatusFilter() -> impl IntoView {
    let (view, language) = (use_address().view, use_language());
    let choices = move || {
        let view = view.get();
        let any = (View { status: None, ..view.clone() }, language.say(words::ANY).to_owned(), view.status.is_none());
        let all = Status::ALL.iter().map(|status| {
            (View { status: Some(*status), ..view.clone() }, language.say(status_word(*status)).to_owned(), view.status == Some(*status))
        });
        std::iter::once(any).chain(all).collect::<Vec<Choice>>()
    };
    let chosen = Signal::derive(move || view.with(|view| view.status.map(|status| language.say(status_word(status)).to_owned())));
    view! { <Filter label=text::STATUS chosen choices=Arc::new(choices) without=|view| View { status: None, ..view }/> }
}

#[component]
fn PriorityFilter() -> impl IntoView {
    let (view, language) = (use_address().view, use_language());
    let choices = move || {
        let view = view.get();
        let all = Priority::ALL.iter().rev();
        all.map(|one| {
            (
                View { priority: Some(*one), urgent: false, ..view.clone() },
                language.say(priority_word(*one)).to_owned(),
                view.priority == Some(*one),
            )
        })
        .collect::<Vec<Choice>>()
    };
    let chosen = Signal::derive(move || view.with(|view| view.priority.map(|one| language.say(priority_word(one)).to_owned())));
    view! { <Filter label=text::PRIORITY chosen choices=Arc::new(choices) without=|view| View { priority: None, ..view }/> }
}

#[component]
fn ChannelFilter() -> impl IntoView {
    let (view, language) = (use_address().view, use_language());
    let choices = move || {
        let view = view.get();
        let all = Channel::ALL.iter().rev();
        // how it came says whether it is a chat or a ticket
        all.map(|one| {
            (View { channel: Some(*one), kind: None, ..view.clone() }, language.say(one.says()).to_owned(), view.channel == Some(*one))
        })
        .collect::<Vec<Choice>>()
    };
    let chosen = Signal::derive(move || view.with(|view| view.channel.map(|one| language.say(one.says()).to_owned())));
    view! { <Filter label=text::CHANNEL chosen choices=Arc::new(choices) without=|view| View { channel: None, ..view }/> }
}

#[component]
fn DaysFilter() -> impl IntoView {
    let (view, language, live) = (use_address().view, use_language(), use_live());
    let says = move |days: Days| match days {
        Days::Last(1) => language.say(text::TODAY).to_owned(),
        Days::Last(n) => language.fill(text::LAST_DAYS, &[("n", &n.to_string())]),
        Days::Own(from, until) => [from, until].map(|day| day.map(|day| day.to_string()).unwrap_or_default()).join(" – "),
    };
    let own = move || view.with(|view| matches!(view.days, Some(Days::Own(..))));
    let choices = move || {
        let view = view.get();
        let to = |days: Days| View { days: Some(days), ..view.clone() };
        let today = live.today();
        // those that can be changed then
        let some = Days::Own(Some(today.plus(1 - OWN)), Some(today));
        let usual = USUAL.map(Days::Last).map(|days| (to(days), says(days), view.days == Some(days)));
        usual.into_iter().chain([(to(some), language.say(text::OWN_DAYS).to_owned(), own())]).collect::<Vec<Choice>>()
    };
    let chosen = Signal::derive(move || view.with(|view| view.days.map(says)));
    let form = move || move || own().then(|| view! { <OwnDays/> });
    view! { <Filter label=text::DAYS chosen choices=Arc::new(choices) without=|view| View { days: None, ..view } more=form/> }
}

/// How many there are, and in which order.
#[component]
fn Order(state: ListState) -> impl IntoView {
    let (view, language) = (use_address().view, use_language());
    let choices = move || {
        let view = view.get();
        Sort::ALL
            .iter()
            .map(|sort| (View { sort: *sort, ..view.clone() }, language.say(sort_word(*sort)).to_owned(), view.sort == *sort))
            .collect::<Vec<Choice>>()
    };
    let says = move || {
        let total = state.inbox.with(model::inbox::Inbox::total);
        let sort = language.say(sort_word(view.with(|view| view.sort)));
        total.map_or_else(|| sort.to_owned(), |n| format!("{n} · {sort}"))
    };
    view! {
        <div class="order">
            <Menu class="order-button" right=true button=move || view! { <span class="visually-hidden">{t(text::SORT)}</span>{says}<Icon glyph=Glyph::ChevronDown/> }>
                <Choices choices=Arc::new(choices)/>
            </Menu>
        </div>
    }
}

/// One chip with its menu, and a link that takes the filter away.
#[component]
fn Filter(
    label: Text,
    chosen: Signal<Option<String>>,
    choices: Offer,
    without: fn(View) -> View,
    #[prop(optional, into)] more: ViewFn,
) -> impl IntoView {
    let (address, language) = (use_address(), use_language());
    let says = move || chosen.get().map_or_else(|| language.say(label).to_owned(), |value| format!("{}: {value}", language.say(label)));
    let remove = language.fill(text::REMOVE_FILTER, &[("name", language.say(label))]);
    view! {
        <div class="filter" class:on=move || chosen.get().is_some()>
            <Menu class="filter-button" button=move || view! { <span>{says}</span><Icon glyph=Glyph::ChevronDown/> }>
                <Choices choices/>
                {more.run()}
            </Menu>
            {move || chosen.get().is_some().then(|| view! {
                <a class="filter-off" href=move || address.with_view(&without(address.view.get())) aria-label=remove.clone()><Icon glyph=Glyph::Close/></a>
            })}
        </div>
    }
}

#[component]
fn Choices(choices: Offer) -> impl IntoView {
    let address = use_address();
    let none = t(text::NO_CHOICES);
    move || {
        let all = choices();
        if all.is_empty() {
            return view! { <p class="menu-none">{none}</p> }.into_any();
        }
        all.into_iter()
            .map(|(view, says, chosen)| {
                let href = address.with_view(&view);
                view! { <a class="menu-item" href=href aria-current=chosen.then_some("true")>{says}</a> }
            })
            .collect_view()
            .into_any()
    }
}
