//! The page: a form for an archive, what can be taken out, and the archives that were brought, which move while one looks.

use std::time::Duration;

use leptos::{ev, html, prelude::*};
use leptos_router::hooks::use_query_map;
use model::{
    Refusal, Why,
    history::{Archive, Archives},
    roster::Roster,
    text::{contact, data as texts},
};
use wasm_bindgen::JsCast;

use super::{
    api::{RunArchive, StopArchive, list_archives},
    line::ArchiveLine,
    upload::{self, Way},
};
use crate::{
    error::{Error, Result},
    roster::use_roster,
    text::{t, use_language},
    ui::{Act, Empty, Glyph, Hidden, Icon, PageTitle, TextField, loaded},
};

/// How often a moving archive is looked at.
const LOOK: Duration = Duration::from_millis(800);

/// The page.
#[component]
pub fn ArchivesPage() -> impl IntoView {
    let (run, stop) = (Act::new::<RunArchive>(), Act::new::<StopArchive>());
    let looks = RwSignal::new(0_u32);
    let archives = Resource::new(move || (run.version().get(), stop.version().get(), looks.get()), |_| list_archives());
    Effect::new(move || {
        let moves = archives.get().is_some_and(|archives: Result<Archives>| match archives {
            Ok(archives) => archives.all.iter().any(|archive| archive.stage.moves()),
            // a look that was lost on the way is tried again
            Err(error) => error == Error::Offline,
        });
        if moves {
            set_timeout(move || _ = looks.try_update(|looks| *looks = looks.wrapping_add(1)), LOOK);
        }
    });
    view! {
        <PageTitle text=t(texts::TITLE)/>
        <div class="columns even">
            <section class="card" aria-labelledby="bring">
                <h2 id="bring">{t(texts::BRING)}</h2>
                <p>{t(texts::BRING_HINT)}</p>
                <Bring archives/>
                <p class="hint">{t(texts::CONTACTS_HINT)}" "<a href="/contacts?import=1">{t(texts::CONTACTS_IMPORT)}</a></p>
            </section>
            <section class="card" aria-labelledby="take">
                <h2 id="take">{t(texts::TAKE)}</h2>
                <p>{t(texts::TAKE_HINT)}</p>
                <div class="actions">
                    <a class="button primary" href="/property.zip" rel="external" download=""><Icon glyph=Glyph::ArrowDown/>{t(texts::TAKE_ALL)}</a>
                    <a class="button" href="/contacts.csv" rel="external" download=""><Icon glyph=Glyph::ArrowDown/>{t(texts::TAKE_CONTACTS)}</a>
                </div>
                <p class="hint">{t(texts::TAKE_TOLD)}</p>
            </section>
        </div>
        <section class="card" aria-labelledby="archives">
            <h2 id="archives">{t(texts::ARCHIVES)}</h2>
            {loaded(archives, move |archives: Archives| view! { <List all=archives.all run stop/> })}
        </section>
    }
}

/// The archives.
#[component]
fn List(all: Vec<Archive>, run: Act, stop: Act) -> impl IntoView {
    if all.is_empty() {
        return view! { <Empty glyph=Glyph::List title=t(texts::NONE) hint=""/> }.into_any();
    }
    let rows = all.into_iter().map(|archive| view! { <ArchiveLine archive run stop/> }).collect_view();
    view! { <ul class="ways">{rows}</ul> }.into_any()
}

/// The file, and what is asked of it. A plain form; with wasm it tells how far it is.
#[component]
fn Bring(archives: Resource<Result<Archives>>) -> impl IntoView {
    let language = use_language();
    let query = use_query_map();
    let asked = move |name: &'static str| query.with_untracked(|query| query.get(name)).unwrap_or_default();
    let property = use_roster().with_untracked(|roster: &Roster| roster.property.id.to_string());
    let refused = serde_json::from_str::<Refusal>(&asked("refused")).ok();
    let problem = RwSignal::new(refused.map(|refusal| say(language, &refusal)));
    let way = RwSignal::new(Way::Still);
    let form = NodeRef::<html::Form>::new();
    let going = move || matches!(way.get(), Way::Going(_));
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        let Some(form) = form.get_untracked().filter(|_| !matches!(way.get_untracked(), Way::Going(_))) else { return };
        let most = archives.get_untracked().and_then(Result::ok).map_or(0, |archives| archives.most);
        if most > 0 && size_in(&form) > f64::from(most) * 1_048_576.0 {
            return problem.set(Some(say(language, &Refusal::invalid("file", Why::TooLarge(most)))));
        }
        problem.set(None);
        upload::send(&form, way);
    };
    view! {
        <form node_ref=form class="form" method="post" action="/archives" enctype="multipart/form-data" on:submit=submit>
            <div class="form-problem" role="alert">
                {move || {
                    let lost = (way.get() == Way::Lost).then(|| language.say(texts::LOST).to_owned());
                    lost.or_else(|| problem.get()).map(|says| view! { <p><Icon glyph=Glyph::Alert/>{says}</p> })
                }}
            </div>
            <Hidden name="property" value=property/>
            <div class="field">
                <label for="archive-file">{t(texts::FILE)}</label>
                <input id="archive-file" class="input" type="file" name="file" required=true accept=".mbox,.mbx,.json,.zip" aria-describedby="archive-about"/>
                <div class="about" id="archive-about">
                    {loaded(archives, move |archives: Archives| {
                        view! { <p class="hint">{language.fill(texts::FILE_HINT, &[("n", &archives.most.to_string())])}</p> }
                    })}
                    <p><a href="/docs/moving" rel="external">{t(texts::MORE)}</a></p>
                </div>
            </div>
            <TextField name="ours" label=t(texts::OURS) hint=t(texts::OURS_HINT) value=asked("ours")/>
            <TextField name="open_since" label=t(texts::OPEN_SINCE) hint=t(texts::OPEN_SINCE_HINT) kind="date" value=asked("open_since")/>
            <div class="actions"><button class="button primary" disabled=going>{t(texts::UPLOAD)}</button></div>
            {move || match way.get() {
                Way::Going(far) => {
                    let says = language.fill(texts::UPLOADING, &[("n", &far.to_string())]);
                    view! {
                        <p role="status">{says.clone()}</p>
                        <progress class="contact-import-progress" max="100" value=far.to_string() aria-label=says></progress>
                    }.into_any()
                }
                _ => view! { <p class="hint">{language.say(texts::UPLOAD_HINT)}</p> }.into_any(),
            }}
        </form>
    }
}

/// Why an archive is refused, and what to do.
fn say(language: model::Language, refusal: &Refusal) -> String {
    let about = |label, says: String| format!("{}: {says}", language.say(label));
    match refusal {
        Refusal::Invalid { field, why } => match (&**field, why) {
            ("file", Why::TooLarge(n)) => language.fill(texts::TOO_LARGE, &[("n", &n.to_string())]),
            ("file", Why::Unknown) => language.say(texts::NOT_KNOWN).to_owned(),
            ("file", Why::TooMany(n)) => language.fill(texts::TOO_MANY, &[("n", &n.to_string())]),
            ("ours", _) => about(texts::OURS, refusal.say(language)),
            ("open_since", _) => about(texts::OPEN_SINCE, refusal.say(language)),
            _ => about(contact::IMPORT_FILE, refusal.say(language)),
        },
        other => other.say(language),
    }
}

/// Bytes of the file in a form.
fn size_in(form: &web_sys::HtmlFormElement) -> f64 {
    let field = form.query_selector("input[type=file]").ok().flatten().and_then(|field| field.dyn_into::<web_sys::HtmlInputElement>().ok());
    field.and_then(|field| field.files()?.get(0)).map_or(0.0, |file| file.size())
}
