//! Taking a table of contacts in: the file, what its columns are, what would become of its rows, and how far it has come.

use std::time::Duration;

use leptos::prelude::*;
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_query_map},
};
use model::{
    Refusal, Text,
    contact::{
        import::{Column, Import, RefusedRow, Stage},
        list::Asked,
    },
    text::{common, contact as texts},
};

use super::{
    address,
    api::{CheckContactImport, RunContactImport, open_contact_import},
};
use crate::{
    error::{Error, Result},
    text::{count, t, use_language},
    ui::{Act, Form, Glyph, Hidden, Icon, PageDialog, Submit, loaded, on_done},
};

/// How often a moving table is looked at.
const LOOK: Duration = Duration::from_millis(800);

const fn column_word(column: Column) -> Text {
    match column {
        Column::Skip => texts::IMPORT_SKIP,
        Column::Name => texts::NAME,
        Column::First => texts::IMPORT_FIRST,
        Column::Last => texts::IMPORT_LAST,
        Column::Email => texts::EMAIL,
        Column::Phone => texts::PHONE,
        Column::Organisation => texts::ORGANISATION,
        Column::Tags => texts::TAGS,
        Column::Attribute => texts::ATTRIBUTE,
    }
}

/// The dialog.
#[component]
pub fn ImportDialog(
    /// What is asked for of the list below.
    asked: Memo<Asked>,
) -> impl IntoView {
    let query = use_query_map();
    let id = Memo::new(move |_| query.with(|query| query.get_str("import").and_then(|id| id.parse().ok())));
    let refused = query.with_untracked(|query| query.get_str("refused").and_then(|json| serde_json::from_str::<Refusal>(json).ok()));
    let closed = Signal::derive(move || address::list(&asked.get(), ""));
    view! {
        <PageDialog title=t(texts::IMPORT) closed class="dialog contact-import-dialog">
            {move || match id.get() {
                Some(id) => view! { <Going id/> }.into_any(),
                None => view! { <Bring refused=refused.clone()/> }.into_any(),
            }}
        </PageDialog>
    }
}

/// The file.
#[component]
fn Bring(refused: Option<Refusal>) -> impl IntoView {
    let language = use_language();
    view! {
        <form class="form dialog-body" method="post" action="/contacts/import" enctype="multipart/form-data">
            <div class="form-problem" role="alert">
                {refused.map(|refusal| view! { <p><Icon glyph=Glyph::Alert/>{refusal.say(language)}</p> })}
            </div>
            <p>{t(texts::IMPORT_HINT)}</p>
            <p><a href="/docs/moving" rel="external">{t(texts::IMPORT_MORE)}</a></p>
            <div class="field">
                <label for="import-file">{t(texts::IMPORT_FILE)}</label>
                <input id="import-file" class="input" type="file" name="file" required=true accept=".csv,.tsv,.txt,text/csv"/>
            </div>
            <div class="actions"><button class="button primary">{t(texts::IMPORT_NEXT)}</button></div>
        </form>
    }
}

/// A table on its way.
#[component]
fn Going(id: model::ImportId) -> impl IntoView {
    let (check, run) = (Act::new::<CheckContactImport>(), Act::new::<RunContactImport>());
    let looks = RwSignal::new(0_u32);
    let query = use_query_map();
    let again = Memo::new(move |_| query.with(|query| query.get_str("columns").is_some()));
    let (here, navigate) = (format!("/contacts?import={id}"), use_navigate());
    on_done(check, move |()| navigate(&here, NavigateOptions { replace: true, scroll: false, ..NavigateOptions::default() }));
    let import = Resource::new(
        move || (check.version().get(), run.version().get(), looks.get(), again.get()),
        move |_| {
            let id = id.clone();
            async move { open_contact_import(id).await }
        },
    );
    Effect::new(move || {
        let moves = import.get().is_some_and(|import: Result<Import>| match import {
            Ok(import) => import.stage.moves(),
            // a look that was lost on the way is tried again
            Err(error) => error == Error::Offline,
        });
        if moves {
            set_timeout(move || _ = looks.try_update(|looks| *looks = looks.wrapping_add(1)), LOOK);
        }
    });
    loaded(import, move |import: Import| match import.stage {
        Stage::Choosing => view! { <Columns import check/> }.into_any(),
        Stage::Checked if again.get_untracked() => view! { <Columns import check/> }.into_any(),
        Stage::Checking | Stage::Running => view! { <Moving import/> }.into_any(),
        Stage::Checked | Stage::Done => view! { <Found import run/> }.into_any(),
    })
}

/// What the columns are.
#[component]
fn Columns(import: Import, check: Act) -> impl IntoView {
    let language = use_language();
    let Import { id, name, heads, sample, columns, total, .. } = import;
    let rows = heads
        .into_iter()
        .zip(columns)
        .enumerate()
        .map(|(at, (head, column))| {
            let says = sample.iter().filter_map(|row| row.get(at)).filter(|cell| !cell.trim().is_empty()).cloned().collect::<Vec<_>>();
            let options = Column::ALL
                .iter()
                .map(|one| view! { <option value=one.word() selected=*one == column>{language.say(column_word(*one))}</option> });
            view! {
                <li>
                    <span class="row-main"><b>{head.clone()}</b><span class="hint">{says.join(" · ")}</span></span>
                    <select class="input" name=format!("columns[{at}]") aria-label=head>{options.collect_view()}</select>
                </li>
            }
        })
        .collect_view();
    view! {
        <Form action=check class="form dialog-body contact-import" key=id.to_string()>
            <p>{language.fill(texts::IMPORT_COLUMNS, &[("name", &name)])}" "{count(texts::IMPORT_ROWS, total)}</p>
            <Hidden name="import" value=id.to_string()/>
            <ul class="contact-import-columns">{rows}</ul>
            <div class="actions"><Submit>{language.say(texts::IMPORT_CHECK)}</Submit></div>
            <p class="hint">{language.say(texts::IMPORT_CHECK_HINT)}</p>
        </Form>
    }
}

/// How far it has come.
#[component]
fn Moving(import: Import) -> impl IntoView {
    let language = use_language();
    let says = if import.stage == Stage::Checking { texts::IMPORT_CHECKING } else { texts::IMPORT_RUNNING };
    let here = format!("/contacts?import={}", import.id);
    view! {
        <div class="dialog-body stack">
            <p role="status">{language.fill(says, &[("n", &import.looked.to_string()), ("of", &import.total.to_string())])}</p>
            <progress class="contact-import-progress" max=import.total.to_string() value=import.looked.to_string() aria-label=import.name></progress>
            <p class="hint">{language.say(texts::IMPORT_AWAY)}</p>
            <p><a class="button small" href=here>{language.say(texts::IMPORT_LOOK)}</a></p>
        </div>
    }
}

/// What became of the rows, or would.
#[component]
fn Found(import: Import, run: Act) -> impl IntoView {
    let language = use_language();
    let (checked, id) = (import.stage == Stage::Checked, import.id.to_string());
    let says = [
        (if checked { texts::IMPORT_WOULD_CREATE } else { texts::IMPORT_CREATED }, import.created),
        (if checked { texts::IMPORT_WOULD_UPDATE } else { texts::IMPORT_UPDATED }, import.updated),
        (texts::IMPORT_SAME, import.same),
        (texts::IMPORT_REFUSED, import.refused),
    ];
    let says = says.into_iter().map(|(text, n)| view! { <li><b>{n}</b><span>{language.count(text, n)}</span></li> });
    let (columns, refused_file) = (format!("/contacts?import={id}&columns=1"), format!("/contacts/import/{id}"));
    let refused = import.refused > 0;
    let rows = import.refusals.into_iter().map(|RefusedRow { n, cells, why }| {
        view! { <li><b>{n}</b><span class="row-main"><span>{cells.join(" · ")}</span><span class="problem">{why.say(language)}</span></span></li> }
    });
    let works = import.created + import.updated > 0;
    view! {
        <div class="dialog-body stack">
            <p role="status">{language.say(if checked { texts::IMPORT_CHECKED } else { texts::IMPORT_DONE })}</p>
            <ul class="contact-import-counts">{says.collect_view()}</ul>
            {refused.then(|| view! {
                <ul class="contact-import-refused">{rows.collect_view()}</ul>
                <p><a class="button small" href=refused_file download="" rel="external">{language.say(texts::IMPORT_REFUSED_ROWS)}</a></p>
            })}
            {if checked {
                view! {
                    <Form action=run class="form" key=id.clone()>
                        <Hidden name="import" value=id/>
                        <div class="actions">
                            {works.then(|| view! { <Submit>{language.say(texts::IMPORT_RUN)}</Submit> })}
                            <a class="button" href=columns>{language.say(texts::IMPORT_CHANGE)}</a>
                        </div>
                    </Form>
                }.into_any()
            } else {
                view! { <p><a class="button primary" href="/contacts">{language.say(common::CLOSE)}</a></p> }.into_any()
            }}
        </div>
    }
}
