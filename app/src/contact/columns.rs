//! What the list shows of each contact besides the name: the menu to choose it, the heads, and the cells of a row.

use leptos::{prelude::*, task::spawn_local};
use model::{
    Text,
    contact::{
        Card,
        column::{Column, Columns, Shown},
    },
    text::{common, contact as texts},
};

use super::api::{ChooseContactColumns, load_contact_columns};
use crate::{
    text::{t, use_language},
    ui::{Act, CheckField, Form, Glyph, Icon, Menu, Submit, Time, each, on_done},
};

const fn word(column: Column) -> Text {
    match column {
        Column::Email => texts::EMAIL,
        Column::Phone => texts::PHONE,
        Column::Organisation => texts::ORGANISATION,
        Column::Tags => texts::TAGS,
        Column::Created => texts::FIRST_SEEN,
        Column::Changed => texts::COLUMN_CHANGED,
        Column::LastSeen => texts::LAST_SEEN,
        Column::Conversations => texts::COLUMN_CONVERSATIONS,
    }
}

/// The menu: a plain form.
#[component]
pub fn ColumnMenu(
    /// What is shown.
    shown: RwSignal<Shown>,
) -> impl IntoView {
    let choose = Act::new::<ChooseContactColumns>();
    on_done(choose, move |()| {
        spawn_local(async move {
            if let Ok(fresh) = load_contact_columns().await {
                shown.set(fresh);
            }
        });
    });
    let (label, hint, save) = (t(texts::COLUMNS), t(texts::COLUMNS_FIXED), t(common::SAVE));
    let language = use_language();
    let ticks = move |shown: Shown| {
        let Shown { columns, attributes } = shown;
        let own = Column::ALL
            .iter()
            .map(|one| view! { <CheckField name="columns[]" value=one.word() label=language.say(word(*one)) checked=columns.shown.contains(one)/> })
            .collect_view();
        let others = attributes
            .into_iter()
            .map(|name| view! { <CheckField name="columns[]" value=Columns::attribute(&name) checked=columns.attributes.contains(&name) label=name/> })
            .collect_view();
        view! { {own}{others} }
    };
    view! {
        <Menu class="button small" right=true button=move || view! { {label}<Icon glyph=Glyph::ChevronDown/> }>
            <Form action=choose class="form contacts-columns">
                <div data-stay="">
                    <p class="hint">{hint}</p>
                    {each(move || vec![shown.get()], |shown| (shown.columns.words(), shown.attributes.clone()), ticks)}
                </div>
                <Submit class="button small primary">{save}</Submit>
            </Form>
        </Menu>
    }
}

/// What the columns are called; on a narrow screen there are none.
#[component]
pub fn Heads(
    /// What is shown.
    shown: RwSignal<Shown>,
) -> impl IntoView {
    let language = use_language();
    let heads = move || {
        let Columns { shown, attributes } = shown.get().columns;
        shown
            .into_iter()
            .map(|one| language.say(word(one)).to_owned())
            .chain(attributes)
            .map(|head| view! { <span>{head}</span> })
            .collect_view()
    };
    view! {
        <div class="contact-heads" aria-hidden="true">
            <span></span>
            <span>{language.say(texts::NAME)}</span>
            {heads}
        </div>
    }
}

/// The cells of a row. What a number or a moment means is said before it to who does not see the heads.
pub fn cells(card: &Card, columns: &Columns, language: model::Language) -> impl IntoView + use<> {
    let own = columns.shown.iter().map(|column| (language.say(word(*column)).to_owned(), cell(card, *column)));
    let attributes = columns.attributes.iter().map(|name| {
        let value = card.attributes.iter().find(|one| one.name == *name).map(|one| one.value.clone());
        (name.clone(), value.map(IntoAny::into_any))
    });
    let one = |(label, value): (String, Option<AnyView>)| {
        let empty = value.is_none();
        view! { <span class="contact-cell" class:empty=empty>{(!empty).then(|| view! { <span class="contact-cell-name">{label}": "</span> })}{value}</span> }
    };
    own.chain(attributes).map(one).collect_view()
}

fn cell(card: &Card, column: Column) -> Option<AnyView> {
    let text = |text: &str| (!text.is_empty()).then(|| text.to_owned().into_any());
    match column {
        Column::Email => text(&card.contact.email),
        Column::Phone => {
            let others = card.phones.len().saturating_sub(1);
            let first = card.phones.first()?;
            Some(if others > 0 { format!("{first} +{others}") } else { first.clone() }.into_any())
        }
        Column::Organisation => text(&card.organisation),
        Column::Tags => {
            let tags = card.tags.iter().map(|tag| view! { <span class="chip">{tag.name.clone()}</span> }).collect_view();
            (!card.tags.is_empty()).then(|| tags.into_any())
        }
        Column::Created => Some(view! { <Time at=card.contact.created_at/> }.into_any()),
        Column::Changed => Some(view! { <Time at=card.changed_at/> }.into_any()),
        Column::LastSeen => Some(view! { <Time at=card.last_at/> }.into_any()),
        Column::Conversations => Some(card.conversations.to_string().into_any()),
    }
}
