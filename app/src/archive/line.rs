//! One archive: what it is, how far it has come, what became of what is in it, and what can be done with it.

use leptos::prelude::*;
use model::{
    Text,
    attachment::size_text,
    history::{Archive, Case, Form as Kind, Stage, reason},
    text::data as texts,
};

use crate::{
    text::use_language,
    ui::{Act, Form, Hidden, Submit, Time},
};

const fn form_word(form: Kind) -> Text {
    match form {
        Kind::Mbox => texts::FORM_MBOX,
        Kind::Maildir => texts::FORM_MAILDIR,
        Kind::Tawk => texts::FORM_TAWK,
    }
}

/// An archive.
#[component]
pub fn ArchiveLine(archive: Archive, run: Act, stop: Act) -> impl IntoView {
    let language = use_language();
    let head = language.fill(texts::BY, &[("name", &archive.by), ("size", &size_text(archive.size))]);
    let (stage, looked, total) = (archive.stage, archive.looked, archive.total);
    let far = [("n", &*looked.to_string()), ("of", &*total.to_string())];
    let says = match stage {
        Stage::Checking | Stage::Running if total == 0 => language.say(texts::COUNTING).to_owned(),
        Stage::Checking => language.fill(texts::CHECKING, &far),
        Stage::Running => language.fill(texts::RUNNING, &far),
        Stage::Checked => language.say(texts::CHECKED).to_owned(),
        Stage::Done => language.say(texts::DONE).to_owned(),
        Stage::Stopped => language.say(texts::STOPPED).to_owned(),
        Stage::Failed => language.fill(texts::FAILED, &[("why", &reason(language, &archive.why))]),
    };
    let progress = stage.moves().then(|| {
        view! {
            <progress class="contact-import-progress" max=total.max(1).to_string() value=looked.to_string() aria-label=archive.name.clone()></progress>
            <p class="hint">{language.say(texts::AWAY)}" "<a href="/admin/data" rel="external">{language.say(texts::LOOK)}</a></p>
        }
    });
    view! {
        <li class="way stack">
            <div>
                <b>{archive.name.clone()}</b>
                <p class="hint">{language.say(form_word(archive.form))}" · "{head}" · "<Time at={archive.at}/></p>
            </div>
            <p role="status" class:problem=stage == Stage::Failed>{says}</p>
            {progress}
            <Counts archive=archive.clone()/>
            <Cases cases=archive.tally.cases.clone()/>
            <Acts archive run stop/>
        </li>
    }
}

#[component]
fn Counts(archive: Archive) -> impl IntoView {
    let language = use_language();
    let (tally, dry) = (archive.tally, matches!(archive.stage, Stage::Checking | Stage::Checked));
    if archive.looked == 0 {
        return ().into_any();
    }
    let mut all = if dry {
        vec![(tally.would, language.count(texts::WOULD, tally.would))]
    } else {
        vec![(tally.opened, language.count(texts::OPENED, tally.opened)), (tally.added, language.count(texts::ADDED, tally.added))]
    };
    all.extend([(tally.known, language.count(texts::KNOWN, tally.known)), (tally.refused, language.count(texts::REFUSED, tally.refused))]);
    all.extend(tally.left.into_iter().map(|(why, n)| (n, format!("{}: {}", language.count(texts::LEFT, n), reason(language, &why)))));
    let rows = all.into_iter().map(|(n, says)| view! { <li><b>{n}</b><span>{says}</span></li> });
    view! { <ul class="contact-import-counts">{rows.collect_view()}</ul> }.into_any()
}

/// The first of those that do not come in.
#[component]
fn Cases(cases: Vec<Case>) -> impl IntoView {
    let language = use_language();
    let rows = cases.iter().map(|Case { place, why }| {
        let says = why.as_ref().map_or_else(|| language.say(texts::CASE_KNOWN).to_owned(), |why| reason(language, why));
        let class = if why.is_some() { "problem" } else { "hint" };
        view! { <li class="row-main"><span>{place.clone()}</span><span class=class>{says}</span></li> }
    });
    (!cases.is_empty()).then(|| {
        view! {
            <details class="more">
                <summary>{language.say(texts::CASES)}</summary>
                <ul class="cases">{rows.collect_view()}</ul>
            </details>
        }
    })
}

#[component]
fn Acts(archive: Archive, run: Act, stop: Act) -> impl IntoView {
    let language = use_language();
    let (id, stage) = (archive.id.to_string(), archive.stage);
    let same = id.clone();
    if matches!(stage, Stage::Done | Stage::Stopped) && archive.tally.opened + archive.tally.added > 0 {
        return view! { <p><a class="button small" href="/inbox?status=any">{language.say(texts::OPEN_INBOX)}</a></p> }.into_any();
    }
    if !stage.moves() && stage != Stage::Checked {
        return ().into_any();
    }
    let takes = stage == Stage::Checked && archive.tally.would > 0;
    let ends = if stage == Stage::Checked { texts::PUT_AWAY } else { texts::STOP };
    view! {
        <div class="actions">
            {takes.then(|| view! {
                <Form action=run class="inline" key=same.clone()>
                    <Hidden name="archive" value=same/>
                    <Submit>{language.say(texts::RUN)}</Submit>
                </Form>
            })}
            <Form action=stop class="inline" key=id.clone()>
                <Hidden name="archive" value=id/>
                <Submit class="button">{language.say(ends)}</Submit>
            </Form>
        </div>
    }
    .into_any()
}
