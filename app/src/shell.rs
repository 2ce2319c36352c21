//! What stands around every page of a signed-in agent: the top bar, and the contexts of everything below it
//! (roster, zone, clock, language, the line to the log). Knows no page.

use leptos::prelude::*;
use leptos_meta::Html;
use leptos_router::{
    components::{A, Outlet},
    hooks::use_location,
};
use model::{
    Refusal,
    roster::Roster,
    text::{canned, common, notify, report, session as texts},
    view::escape,
};

use crate::{
    agent::{PresenceChoice, own_presence, presence_word},
    error::Error,
    live, part,
    property::PropertySwitcher,
    roster::load_roster,
    search::{Door, SearchLink},
    session::{ChooseTheme, SignOut},
    text::{PageLanguage, t, use_language},
    ui::{Act, Avatar, Failure, Form, Glyph, Icon, Menu, Now, Still, ToastArea, Toasts, on_done, open_page},
    visit::{Theme, use_visit},
    visitor::VisitorsLink,
};

/// Every page of a signed-in agent.
#[component]
pub fn Shell() -> impl IntoView {
    let roster = Resource::new(|| (), |()| load_roster());
    view! {
        <Suspense>
            {Suspend::new(async move {
                match roster.await {
                    Ok(roster) => Still(view! { <Inside roster/> }).into_any(),
                    Err(error) => view! { <Outside error/> }.into_any(),
                }
            })}
        </Suspense>
    }
}

/// Nobody is known to look. A page that is asked for is sent to the sign-in page by the server; one that the browser turned to by
/// itself, while its session ended elsewhere, goes there now.
#[component]
fn Outside(error: Error) -> impl IntoView {
    if error == Error::Refused(Refusal::SignedOut) {
        Effect::new(|| {
            let location = window().location();
            let here = [location.pathname(), location.search()].map(Result::unwrap_or_default).concat();
            open_page(&format!("/sign-in?next={}", escape(&here)));
        });
    }
    view! { <main class="plain-page"><Failure error/></main> }
}

/// The page once it is known who looks at it.
#[component]
fn Inside(roster: Roster) -> impl IntoView {
    let language = roster.language;
    provide_context(PageLanguage(language));
    provide_context(roster.zone.clone());
    provide_context(Toasts::new());
    let roster = RwSignal::new(roster);
    provide_context(roster);
    let live = live::follow(roster);
    provide_context(Now(live.now()));
    let door = Door::provide();
    focus_on_new_page();
    Effect::new(move || part::watch(live));
    let lost = move || !live.connected().get();
    view! {
        <Html attr:lang=language.tag()/>
        <a class="skip" href="#content">{t(common::SKIP)}</a>
        <TopBar door/>
        <div class="app" id="content" tabindex="-1">
            <Outlet/>
        </div>
        <p class="line-lost" role="status">{move || lost().then(|| language.say(common::LINE_LOST))}</p>
        <ToastArea/>
        {door.view()}
    }
}

/// Where to go, in which property, and who one is.
#[component]
fn TopBar(door: Door) -> impl IntoView {
    let roster = crate::roster::use_roster();
    let admin = move || roster.with(Roster::admin);
    let admin_label = t(common::ADMIN);
    view! {
        <header class="top">
            <a class="logo" href="/inbox">"Recado"</a>
            <nav class="top-nav" aria-label=t(common::PAGES)>
                <A href="/inbox">{t(common::INBOX)}</A>
                <VisitorsLink/>
                <A href="/contacts">{t(common::CONTACTS)}</A>
                <A href="/reports"><Icon glyph=Glyph::Chart/><span>{t(report::REPORTS)}</span></A>
            </nav>
            <span class="spring"></span>
            <SearchLink door/>
            {move || admin().then(|| view! { <nav class="top-nav" aria-label=admin_label><A href="/admin"><Icon glyph=Glyph::Gear/><span>{admin_label}</span></A></nav> })}
            <PropertySwitcher/>
            <AgentMenu/>
        </header>
    }
}

/// The agent's own menu.
#[component]
fn AgentMenu() -> impl IntoView {
    let roster = crate::roster::use_roster();
    let me = move || roster.with(|roster| roster.agent(&roster.me).cloned());
    let name = move || me().map(|me| me.name).unwrap_or_default();
    let email = move || me().map(|me| me.email).unwrap_or_default();
    let sign_out = Act::new::<SignOut>();
    on_done(sign_out, |()| open_page("/sign-in"));
    let (presence, language) = (own_presence(), use_language());
    let says = move || language.say(presence_word(presence.get()));
    let label = t(texts::YOUR_MENU);
    let button = move || {
        view! {
            <span class="visually-hidden">{label}", "{says}</span>
            {move || view! { <Avatar name=name() picture=me().and_then(|me| me.picture)/> }}
            <span class="dot" data-presence=move || presence.get().word()></span>
        }
    };
    view! {
        <Menu class="avatar-button" right=true button>
            <p class="menu-head"><b>{name}</b><span>{email}</span></p>
            <PresenceChoice/>
            <a class="menu-item" href="/account"><Icon glyph=Glyph::User/>{t(texts::ACCOUNT)}</a>
            <a class="menu-item" href="/account/notifications"><Icon glyph=Glyph::Bell/>{t(notify::TITLE)}</a>
            <a class="menu-item" href="/account/shortcuts"><Icon glyph=Glyph::Pencil/>{t(canned::OWN_SHORTCUTS)}</a>
            <ThemeChoice/>
            <Form action=sign_out class="menu-form">
                <button type="submit" class="menu-item"><Icon glyph=Glyph::SignOut/>{t(texts::SIGN_OUT)}</button>
            </Form>
        </Menu>
    }
}

/// Light, dark, or as the machine says.
#[component]
fn ThemeChoice() -> impl IntoView {
    let chosen = RwSignal::new(use_visit().theme);
    let choose = Act::new::<ChooseTheme>();
    on_done(choose, move |()| {
        let Some(Ok(theme)) = choose.answer::<Theme>() else { return };
        chosen.set(theme);
        if let Some(html) = document().document_element() {
            // Fails only for a malformed name.
            let _ = html.set_attribute("data-theme", theme.word());
        }
    });
    let button = move |theme: Theme, label| {
        let pressed = move || if chosen.get() == theme { "true" } else { "false" };
        view! { <button type="submit" name="theme" value=theme.word() aria-pressed=pressed data-stay="">{label}</button> }
    };
    view! {
        <Form action=choose class="menu-form">
            <div class="segments small" role="group" aria-label=t(texts::THEME)>
                {button(Theme::System, t(texts::THEME_SYSTEM))}
                {button(Theme::Light, t(texts::THEME_LIGHT))}
                {button(Theme::Dark, t(texts::THEME_DARK))}
            </div>
        </Form>
    }
}

/// After a change of page the focus goes to its heading, so that a screen reader says where one is.
/// Inside the Inbox the reader keeps the focus in the list.
fn focus_on_new_page() {
    let path = use_location().pathname;
    Effect::new(move |before: Option<String>| {
        let path = path.get();
        let section = path.split('/').take(3).collect::<Vec<_>>().join("/");
        let section = if section.starts_with("/inbox") { "/inbox".to_owned() } else { section };
        if before.is_some_and(|before| before != section) {
            request_animation_frame(|| {
                if let Some(heading) = document().query_selector(".page-title").ok().flatten() {
                    use wasm_bindgen::JsCast;
                    // Fails only when it cannot take the focus.
                    let _ = heading.dyn_into::<web_sys::HtmlElement>().map(|heading| heading.focus());
                }
            });
        }
        section
    });
}
