//! Being told while no page is open: this browser by its push service, the list of one's browsers, and a test with what became of it.

use std::time::Duration;

use leptos::{prelude::*, task::spawn_local};
use model::{
    notify::{PushBrowser, PushState},
    text::notify as texts,
};

use super::{
    api::{TestPush, UnsubscribePush, list_push_browsers, subscribe_push},
    browser::Browsing,
    script::{Ask, ask},
};
use crate::{
    error::Error,
    text::{t, use_language},
    ui::{Act, Chip, Form, Hidden, Submit, Time, Tone, on_done, use_toasts},
};

/// How often it is looked what became of a test.
const LOOK_EVERY: Duration = Duration::from_millis(700);

/// The list as it stands, loaded anew.
#[derive(Clone, Copy)]
struct List {
    browsers: RwSignal<Vec<PushBrowser>>,
    problem: RwSignal<Option<Error>>,
}

impl List {
    fn load(self) {
        spawn_local(async move {
            let got = list_push_browsers().await;
            let Ok(browsers) = got else {
                self.problem.try_set(got.err());
                return;
            };
            self.problem.try_set(None);
            // a test on its way is looked for until it is there
            if browsers.iter().any(|browser| browser.state == PushState::Waiting) {
                set_timeout(move || self.load(), LOOK_EVERY);
            }
            self.browsers.try_set(browsers);
        });
    }
}

/// Being told while no page is open.
#[component]
pub fn PushCard(browsing: Browsing, push_key: String, browsers: Vec<PushBrowser>) -> impl IntoView {
    let list = List { browsers: RwSignal::new(browsers), problem: RwSignal::new(None) };
    Effect::new(move || {
        let Some(form) = browsing.subscribed.get() else { return };
        browsing.subscribed.set(None);
        spawn_local(async move {
            match subscribe_push(form).await {
                Ok(_) => list.load(),
                Err(error) => drop(list.problem.try_set(Some(error))),
            }
        });
    });
    let here = Memo::new(move |_| list.browsers.with(|all| all.iter().any(|browser| browser.current)));
    let language = use_language();
    let problem = move || list.problem.get().map(|error| view! { <p class="problem" role="alert">{error.say(language)}</p> });
    view! {
        <section class="card" aria-labelledby="push">
            <h2 id="push">{t(texts::PUSH)}</h2>
            <p class="hint">{t(texts::PUSH_HINT)}</p>
            <Here browsing here push_key/>
            {problem}
            <h3 class="push-list">{t(texts::PUSH_OTHERS)}</h3>
            <Browsers list/>
        </section>
    }
}

/// Whether this browser is told, and the button that changes it.
#[component]
fn Here(browsing: Browsing, here: Memo<bool>, push_key: String) -> impl IntoView {
    let language = use_language();
    let able = move || browsing.push.with(|push| matches!(push.as_deref(), Some("on" | "off")));
    let on = move || here.get() && browsing.push.with(|push| push.as_deref() == Some("on"));
    let says = move || {
        if browsing.permission.with(Option::is_none) {
            return String::new();
        }
        let text = match (able(), on()) {
            (false, _) => texts::PUSH_UNSUPPORTED,
            (true, true) => texts::PUSH_HERE_ON,
            (true, false) if browsing.is("denied") => texts::PUSH_DENIED,
            (true, false) => texts::PUSH_HERE_OFF,
        };
        language.say(text).to_owned()
    };
    let refused =
        move || browsing.refused.get().map(|why| view! { <p class="problem">{language.fill(texts::PUSH_REFUSED, &[("why", &why)])}</p> });
    let key = StoredValue::new(push_key);
    let turn_on = move |_| ask(&Ask::Subscribe { key: key.get_value() });
    let shown = move || able() && !on() && !browsing.is("denied");
    view! {
        <div class="allowing" role="status"><p>{says}</p>{refused}</div>
        <div class="actions" hidden=move || !shown()>
            <button type="button" class="button" on:click=turn_on>{t(texts::PUSH_ON)}</button>
        </div>
    }
}

/// One's browsers that are told.
#[component]
fn Browsers(list: List) -> impl IntoView {
    let (test, remove) = (Act::new::<TestPush>(), Act::new::<UnsubscribePush>());
    let toasts = use_toasts();
    let removed = t(texts::REMOVED);
    on_done(test, move |()| list.load());
    on_done(remove, move |()| {
        toasts.say(removed);
        list.load();
    });
    // the browser itself is to know that it is told no more
    let was_here = Memo::new(move |_| list.browsers.with(|all| all.iter().any(|browser| browser.current)));
    Effect::new(move |before: Option<bool>| {
        let now = was_here.get();
        if before == Some(true) && !now {
            ask(&Ask::Unsubscribe);
        }
        now
    });
    let none = t(texts::PUSH_NONE);
    let language = use_language();
    move || {
        let all = list.browsers.get();
        if all.is_empty() {
            return view! { <p class="hint">{none}</p> }.into_any();
        }
        let rows = all.into_iter().map(|browser| view! { <BrowserRow browser test remove language/> }).collect_view();
        view! { <ul class="rows">{rows}</ul> }.into_any()
    }
}

#[component]
fn BrowserRow(browser: PushBrowser, test: Act, remove: Act, language: model::Language) -> impl IntoView {
    let id = browser.id.to_string();
    let (test_key, remove_key, remove_id) = (format!("test-{id}"), format!("remove-{id}"), id.clone());
    let (tone, says) = match browser.state {
        PushState::Fresh => (None, language.say(texts::STATE_FRESH).to_owned()),
        PushState::Waiting => (None, language.say(texts::TEST_WAITING).to_owned()),
        PushState::Sent => (Some("good"), language.say(texts::TEST_SENT).to_owned()),
        PushState::Failed => (Some("bad"), language.fill(texts::TEST_FAILED, &[("why", &browser.why)])),
    };
    view! {
        <li class="row-line push-row">
            <div class="row-main">
                <b title=browser.browser.clone()>
                    {model::browser::called(&browser.browser)}
                    {browser.current.then(|| view! { " " <Chip tone=Tone::Good>{language.say(texts::THIS_BROWSER)}</Chip> })}
                </b>
                <span class="hint">{language.say(texts::PUSH_SINCE)}" "<Time at=browser.created_at/></span>
                <span class="push-state" data-tone=tone role="status">{says}</span>
            </div>
            <div class="row-acts">
                <Form action=test class="inline" key=test_key>
                    <Hidden name="push" value=id/>
                    <Submit class="button small">{language.say(texts::TEST)}</Submit>
                </Form>
                <Form action=remove class="inline" key=remove_key>
                    <Hidden name="push" value=remove_id/>
                    <Submit class="button small danger">{language.say(texts::PUSH_REMOVE)}</Submit>
                </Form>
            </div>
        </li>
    }
}
