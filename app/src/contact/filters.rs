//! Filter chips above the list: one for each thing that is known of a contact. Each has a small form, which is a plain one without wasm.

use leptos::{ev, prelude::*};
use leptos_router::{NavigateOptions, hooks::use_navigate};
use model::{
    Text,
    contact::{
        filter::{Field, Filter, Test},
        known::SAYS,
        list::{Asked, Order},
    },
    text::contact as texts,
};

use super::{address, known::Proposals};
use crate::{
    text::{fill, t, use_language},
    ui::{Glyph, Icon, Menu, each, typed_in},
};

const fn field_word(field: Field) -> Text {
    match field {
        Field::Name => texts::NAME,
        Field::Email => texts::EMAIL,
        Field::Phone => texts::PHONE,
        Field::Organisation => texts::ORGANISATION,
        Field::Tag => texts::TAG,
        Field::Attribute => texts::ATTRIBUTE,
        Field::Created => texts::FIRST_SEEN,
        Field::Changed => texts::COLUMN_CHANGED,
        Field::Active => texts::LAST_SEEN,
    }
}

const fn test_word(test: Test) -> Text {
    match test {
        Test::Is => texts::IS,
        Test::IsNot => texts::IS_NOT,
        Test::Contains => texts::CONTAINS,
        Test::Known => texts::KNOWN,
        Test::Unknown => texts::UNKNOWN,
        Test::From => texts::FROM,
        Test::Until => texts::UNTIL,
    }
}

/// The chips.
#[component]
pub fn Filters(
    /// What is asked for.
    asked: Memo<Asked>,
) -> impl IntoView {
    view! {
        <div class="contacts-filters" role="group" aria-label=t(texts::FILTERS)>
            {Field::ALL.iter().map(|field| view! { <Chip field=*field asked/> }).collect_view()}
            <Proposals/>
        </div>
    }
}

/// The same without what filters by a field.
fn without(asked: &Asked, field: Field) -> Asked {
    let mut asked = asked.clone();
    asked.filters.retain(|filter| filter.field != field);
    asked
}

/// What filters by a field, and the form to change it.
#[component]
fn Chip(field: Field, asked: Memo<Asked>) -> impl IntoView {
    let language = use_language();
    let active =
        Memo::new(move |_| asked.with(|asked| asked.filters.iter().filter(|filter| filter.field == field).cloned().collect::<Vec<_>>()));
    let says = move || {
        let label = language.say(field_word(field));
        let all = active.get().into_iter().map(|filter| {
            let (name, value) = filter.named();
            format!("{name} {} {value}", language.say(test_word(filter.test))).trim().to_owned()
        });
        let all = all.collect::<Vec<_>>().join(", ");
        if all.is_empty() { label.to_owned() } else { format!("{label} {}", all.trim_end()) }
    };
    let on = move || active.with(|active| !active.is_empty());
    let remove = fill(texts::REMOVE_FILTER, &[("name", t(field_word(field)))]);
    let rest = Memo::new(move |_| asked.with(|asked| without(asked, field)));
    view! {
        <div class="filter" class:on=on>
            <Menu class="filter-button" button=move || view! { <span>{says}</span><Icon glyph=Glyph::ChevronDown/> }>
                // drawn anew for another filter, so that it begins with that
                {each(move || vec![active.get().into_iter().next()], |first| first.as_ref().map(ToString::to_string), move |first| view! { <Choose field first rest/> })}
            </Menu>
            {move || on().then(|| view! {
                <a class="filter-off" href=move || address::list(&rest.get(), "") aria-label=remove.clone()><Icon glyph=Glyph::Close/></a>
            })}
        </div>
    }
}

/// The form of one chip.
#[component]
fn Choose(field: Field, first: Option<Filter>, rest: Memo<Asked>) -> impl IntoView {
    let (language, navigate) = (use_language(), use_navigate());
    let (test, name, value) = first.map_or((field.tests()[0], String::new(), String::new()), |first| {
        let (name, value) = first.named();
        (first.test, name.to_owned(), value.to_owned())
    });
    let chosen = RwSignal::new(test);
    let day = matches!(field, Field::Created | Field::Changed | Field::Active);
    let choose = move |event: ev::Event| {
        if let Ok(test) = event_target_value(&event).parse() {
            chosen.set(test);
        }
    };
    let sent = move |event: ev::SubmitEvent| {
        event.prevent_default();
        let Some(typed) = typed_in(&event) else { return };
        let one = |name: &str| typed(name).into_iter().next().unwrap_or_default();
        let value = if field == Field::Attribute { format!("{}{SAYS}{}", one("name"), one("value")) } else { one("value") };
        if let Some(filter) = Filter::new(field, chosen.get_untracked(), &value) {
            let mut asked = rest.get_untracked();
            asked.filters.push(filter);
            navigate(&address::list(&asked, ""), NavigateOptions { scroll: false, ..NavigateOptions::default() });
        }
    };
    let tests =
        field.tests().iter().map(|one| view! { <option value=one.word() selected=*one == test>{language.say(test_word(*one))}</option> });
    let (label, kind) = (t(field_word(field)), if day { "date" } else { "text" });
    view! {
        <form class="contacts-filter" method="get" action="/contacts" on:submit=sent>
            <div data-stay="">
                <Kept asked=rest/>
                <input type="hidden" name="field" value=field.word()/>
                {(field == Field::Attribute).then(|| view! {
                    <input class="input" name="name" value=name list="contact-attributes" autocomplete="off" required=true aria-label=t(texts::ATTRIBUTE_NAME) placeholder=t(texts::ATTRIBUTE_NAME)/>
                })}
                <select class="input" name="test" aria-label=fill(texts::COMPARES, &[("name", label)]) on:change=choose>{tests.collect_view()}</select>
                <input class="input" name="value" value=value type=kind list=(field == Field::Tag).then_some("contact-tags") aria-label=label autocomplete="off"
                    required=move || chosen.get().compares() hidden=move || !chosen.get().compares()/>
            </div>
            <button type="submit" class="button small primary">{t(texts::APPLY)}</button>
        </form>
    }
}

/// What else is asked for goes along with a plain form.
#[component]
pub fn Kept(
    /// What.
    asked: Memo<Asked>,
) -> impl IntoView {
    move || {
        let asked = asked.get();
        let search = (!asked.search.is_empty()).then(|| view! { <input type="hidden" name="search" value=asked.search.clone()/> });
        let order = (asked.order != Order::Newest).then(|| view! { <input type="hidden" name="order" value=asked.order.word()/> });
        let filters =
            asked.filters.iter().map(|filter| view! { <input type="hidden" name="filter" value=filter.to_string()/> }).collect_view();
        view! { {search}{order}{filters} }
    }
}

/// The way back to everybody, where somebody is filtered out.
#[component]
pub fn Clear(
    /// What is asked for.
    asked: Memo<Asked>,
) -> impl IntoView {
    let language = use_language();
    move || {
        let all = asked.with(|asked| (!asked.filters.is_empty()).then(|| Asked { filters: vec![], ..asked.clone() }));
        all.map(|all| view! { <a class="contacts-clear" href=address::list(&all, "")>{language.say(texts::CLEAR)}</a> })
    }
}

/// What is said of a list in which nobody is.
pub fn nothing(asked: &Asked) -> (Text, Text) {
    if asked.search.is_empty() && asked.filters.is_empty() {
        (texts::NONE, texts::NONE_HINT)
    } else if asked.filters.is_empty() {
        (texts::NONE_FOUND, texts::NONE_FOUND_HINT)
    } else {
        (texts::NONE_FOUND, texts::NONE_FILTERED_HINT)
    }
}
