//! The form before a chat: what is asked, whether it must be said, in which order. Rows come, go and move in the page; without script
//! the same buttons send the form.

use leptos::{ev, html, prelude::*};
use leptos_router::hooks::use_query_map;
use model::{
    Text,
    text::{common, widget as texts, window as shown},
    widget::{Field, FieldKind},
    widget_form::{FieldsForm, NOT_ASKED, OPTIONAL, REQUIRED, Row},
};

use super::{api::SetBeforeChat, draft::Draft};
use crate::{
    text::{fill, t},
    ui::{Act, DefaultSubmit, Form, Glyph, Icon, Submit, each, focus_on, on_done, problem_of, typed_all, typed_into, use_mend, use_toasts},
};

/// The rows, each with a number that stays its own, and what happens to them.
#[derive(Clone, Copy)]
struct Rows {
    all: RwSignal<Vec<(usize, Row)>>,
    card: NodeRef<html::Section>,
    draft: Draft,
}

impl Rows {
    /// Where a row stands now.
    fn at(self, id: usize) -> usize {
        self.all.with(|rows| rows.iter().position(|(other, _)| *other == id).unwrap_or_default())
    }

    fn shift(self, id: usize, by: isize) {
        let at = untrack(|| self.at(id));
        self.all.update(|rows| {
            if let Some(to) = at.checked_add_signed(by).filter(|to| *to < rows.len()) {
                rows.swap(at, to);
            }
        });
        self.follow();
    }

    /// Shows in the preview what stands in the form once it is drawn.
    fn follow(self) {
        request_animation_frame(move || {
            let form = self.card.get_untracked().and_then(|card| card.query_selector("form").ok().flatten());
            if let Some(typed) = form.as_ref().and_then(typed_into) {
                self.draft.take(|widget| FieldsForm::of(&typed).put(widget));
            }
        });
    }
}

/// What a kind of field asks for.
pub const fn kind_text(kind: FieldKind) -> Text {
    match kind {
        FieldKind::Name => shown::NAME,
        FieldKind::Email => shown::EMAIL,
        FieldKind::Phone => shown::PHONE,
        FieldKind::Department => shown::DEPARTMENT,
        FieldKind::Question => texts::FIELD_QUESTION,
    }
}

/// The card of the form before a chat.
#[component]
pub fn BeforeChat(
    /// As it is saved.
    fields: Vec<Field>,
    /// As it is being typed.
    draft: Draft,
) -> impl IntoView {
    let set = Act::new::<SetBeforeChat>();
    let (toasts, saved) = (use_toasts(), t(common::SAVED));
    on_done(set, move |()| toasts.say(saved));
    let card = NodeRef::<html::Section>::new();
    let follow = move |event| draft.follow(&event, |typed, widget| FieldsForm::of(typed).put(widget));
    view! {
        <section node_ref=card class="card" aria-labelledby="before" on:input=follow>
            <h2 id="before">{t(texts::BEFORE)}</h2>
            <p class="hint">{t(texts::BEFORE_HINT)}</p>
            <Form action=set>
                <FieldRows fields card draft/>
            </Form>
        </section>
    }
}

/// What is typed, when the page came back refused; else what is saved, and a question more if one was asked for.
fn begin(fields: &[Field]) -> Vec<Row> {
    if let Some(kind) = typed_all("kind[]") {
        let column = |name| typed_all(name).unwrap_or_default();
        let form = FieldsForm { kind, key: column("key[]"), label: column("label[]"), ask: column("ask[]"), act: String::new() };
        return form.typed_rows();
    }
    let mut rows = FieldsForm::rows(fields);
    if use_query_map().with_untracked(|query| query.get_str("add") == Some("question")) {
        rows.push(Row::question());
    }
    rows
}

#[component]
fn FieldRows(fields: Vec<Field>, card: NodeRef<html::Section>, draft: Draft) -> impl IntoView {
    let rows = Rows { all: RwSignal::new(begin(&fields).into_iter().enumerate().collect()), card, draft };
    let problem = problem_of(|| "before_chat".to_owned());
    let mend = use_mend();
    let add = move |event: ev::MouseEvent| {
        event.prevent_default();
        mend();
        let id = rows.all.with_untracked(|rows| rows.iter().map(|(id, _)| id + 1).max().unwrap_or_default());
        rows.all.update(|all| all.push((id, Row::question())));
        focus_on(format!("[data-row='{id}'] input[name='label[]']"));
    };
    view! {
        <DefaultSubmit/>
        <ol class="field-rows">
            {each(move || rows.all.get(), |(id, _)| *id, move |(id, row)| view! { <FieldRow id row rows/> })}
        </ol>
        {move || problem.get().map(|text| view! { <p class="problem" role="alert">{text}</p> })}
        <div class="actions">
            <Submit>{t(common::SAVE)}</Submit>
            <button type="submit" class="button" name="act" value="add question" on:click=add><Icon glyph=Glyph::Plus/>{t(texts::ADD_QUESTION)}</button>
        </div>
    }
}

#[component]
fn FieldRow(id: usize, row: Row, rows: Rows) -> impl IntoView {
    let question = row.kind == FieldKind::Question;
    let name = t(kind_text(row.kind));
    let problem = problem_of(move || format!("label-{}", rows.at(id)));
    let about = format!("before-{id}-about");
    let asks = [(NOT_ASKED, texts::NOT_ASKED), (OPTIONAL, texts::OPTIONAL), (REQUIRED, texts::REQUIRED)].map(|(word, text)| {
        let chosen = row.ask == word;
        (!question || word != NOT_ASKED).then(|| view! { <option value=word selected=chosen>{t(text)}</option> })
    });
    let label = if question {
        view! {
            <input class="input" name="label[]" value=row.label aria-label=t(texts::FIELD_QUESTION) placeholder=t(texts::QUESTION_EXAMPLE)
                data-field=move || format!("label-{}", rows.at(id)) aria-describedby=about.clone() aria-invalid=move || problem.get().map(|_| "true")/>
        }
        .into_any()
    } else {
        view! { <input type="hidden" name="label[]" value=""/><b>{name}</b> }.into_any()
    };
    view! {
        <li class="field-row" data-row=id.to_string() class:refused=move || problem.get().is_some()>
            <input type="hidden" name="kind[]" value=row.kind.word()/>
            <input type="hidden" name="key[]" value=row.key/>
            <div class="field-row-main">{label}</div>
            <select class="input" name="ask[]" aria-label=fill(texts::ASK_LABEL, &[("field", name)])>{asks.collect_view()}</select>
            <RowActs id name question rows/>
            <div class="about" id=about>{move || problem.get().map(|text| view! { <p class="problem">{text}</p> })}</div>
        </li>
    }
}

/// Up, down, away.
#[component]
fn RowActs(id: usize, name: &'static str, question: bool, rows: Rows) -> impl IntoView {
    let mend = use_mend();
    let shift = move |by: isize, word: &'static str| {
        move |event: ev::MouseEvent| {
            event.prevent_default();
            mend();
            rows.shift(id, by);
            // a row that moved was taken out of the page and put back
            focus_on(format!("[data-row='{id}'] [data-act={word}]"));
        }
    };
    let remove = move |event: ev::MouseEvent| {
        event.prevent_default();
        mend();
        rows.all.update(|all| all.retain(|(other, _)| *other != id));
        rows.follow();
        focus_on("[value='add question']".to_owned());
    };
    let value = move |word: &'static str| move || format!("{word} {}", rows.at(id));
    let label = |text| fill(text, &[("field", name)]);
    view! {
        <div class="row-acts">
            <button type="submit" class="icon-button" name="act" value=value("up") data-act="up" aria-label=label(texts::UP) on:click=shift(-1, "up")><Icon glyph=Glyph::ArrowUp/></button>
            <button type="submit" class="icon-button" name="act" value=value("down") data-act="down" aria-label=label(texts::DOWN) on:click=shift(1, "down")><Icon glyph=Glyph::ArrowDown/></button>
            {question.then(|| view! {
                <button type="submit" class="icon-button" name="act" value=value("remove") aria-label=label(texts::REMOVE) on:click=remove><Icon glyph=Glyph::Trash/></button>
            })}
        </div>
    }
}
