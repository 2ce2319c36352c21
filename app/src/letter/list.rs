//! Admin → E-mail: letters out and letters in, newest first, searched and paged by the address bar; and the ways they come and go.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use model::{
    Moment,
    letter::{LetterIn, LetterInStatus, LetterOut, LetterStatus},
    text::{common, email as texts, ways},
    view::escape,
};

use super::{
    api::{RereadLetter, ResendLetter, list_letters_in, list_letters_out},
    kind, status_in, status_out,
    ways::Ways,
};
use crate::{
    text::t,
    ui::{Act, Chip, Empty, Form, Glyph, Hidden, Icon, PageTitle, Submit, Time, loaded},
};

/// Letters of a full page, as the desk counts them: a shorter one is the last.
const PAGE: usize = 50;

/// What is shown.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shown {
    Out,
    In,
    SetUp,
}

impl Shown {
    const fn word(self) -> &'static str {
        match self {
            Self::Out => "out",
            Self::In => "in",
            Self::SetUp => "set-up",
        }
    }
}

/// Which list, from where, with which word: what the address bar says.
#[derive(Clone, PartialEq, Eq)]
struct Asked {
    shown: Shown,
    search: String,
    before: Option<Moment>,
}

impl Asked {
    fn address(&self) -> String {
        let mut address = format!("/admin/email?box={}", self.shown.word());
        if !self.search.is_empty() {
            address.push_str("&search=");
            address.push_str(&escape(&self.search));
        }
        if let Some(before) = self.before {
            address.push_str("&before=");
            address.push_str(&before.0.to_string());
        }
        address
    }
}

/// The page of letters.
#[component]
pub fn LettersPage() -> impl IntoView {
    let query = use_query_map();
    let asked = Memo::new(move |_| {
        query.with(|query| Asked {
            shown: match query.get_str("box") {
                Some("in") => Shown::In,
                Some("set-up") => Shown::SetUp,
                _ => Shown::Out,
            },
            search: query.get("search").unwrap_or_default(),
            before: query.get_str("before").and_then(|before| before.parse().ok()).map(Moment),
        })
    });
    let shown = Memo::new(move |_| asked.with(|asked| asked.shown));
    view! {
        <PageTitle text=t(texts::EMAIL)/>
        <div class="tab-bar">
            <nav class="tabs" aria-label=t(texts::EMAIL)>
                <Tab asked shown=Shown::Out text=t(texts::OUT)/>
                <Tab asked shown=Shown::In text=t(texts::IN)/>
                <Tab asked shown=Shown::SetUp text=t(ways::SET_UP)/>
            </nav>
            <form class="mail-search" method="get" action="/admin/email" role="search" hidden=move || asked.get().shown == Shown::SetUp>
                <input type="hidden" name="box" value=move || asked.get().shown.word()/>
                <input class="input" type="search" name="search" aria-label=t(texts::SEARCH) placeholder=t(texts::SEARCH) prop:value=move || asked.get().search value=asked.get_untracked().search/>
                <button type="submit" class="button" aria-label=t(common::SEARCH)><Icon glyph=Glyph::Search/></button>
            </form>
        </div>
        {move || match shown.get() {
            Shown::In => view! { <Inward asked/> }.into_any(),
            Shown::Out => view! { <Outward asked/> }.into_any(),
            Shown::SetUp => view! { <Ways/> }.into_any(),
        }}
    }
}

#[component]
fn Tab(asked: Memo<Asked>, shown: Shown, text: &'static str) -> impl IntoView {
    let address = Asked { shown, search: String::new(), before: None }.address();
    view! { <a href=address aria-current=move || (asked.get().shown == shown).then_some("page")>{text}</a> }
}

#[component]
fn Outward(asked: Memo<Asked>) -> impl IntoView {
    let resend = Act::new::<ResendLetter>();
    let letters = Resource::new(move || (asked.get(), resend.version().get()), |(asked, _)| list_letters_out(asked.before, asked.search));
    loaded(letters, move |letters: Vec<LetterOut>| {
        let last = letters.last().filter(|_| letters.len() >= PAGE).map(|letter| letter.created_at);
        if letters.is_empty() {
            return view! { <section class="card"><Empty glyph=Glyph::Send title=t(texts::NONE_OUT) hint=t(texts::NONE_OUT_HINT)/></section> }.into_any();
        }
        view! {
            <section class="card flush"><ul class="rows">{letters.into_iter().map(|letter| view! { <OutRow letter resend/> }).collect_view()}</ul></section>
            <Pager asked last/>
        }
        .into_any()
    })
}

#[component]
fn OutRow(letter: LetterOut, resend: Act) -> impl IntoView {
    let (status, tone) = status_out(letter.state.status);
    let id = letter.state.id.to_string();
    let key = id.clone();
    let again = matches!(letter.state.status, LetterStatus::Failed | LetterStatus::Bounced | LetterStatus::Kept);
    view! {
        <li class="row-line mail-line">
            <div class="row-main">
                <a class="mail-link" href=format!("/admin/email/{key}")><b>{letter.subject}</b></a>
                <span class="hint">{letter.state.to}" · "{t(kind(letter.state.kind))}</span>
                {letter.state.why.map(|why| view! { <span class="why">{why}</span> })}
            </div>
            <Chip tone>{t(status)}</Chip>
            <Time at=letter.created_at/>
            <div class="row-acts">
                {again.then(|| view! {
                    <Form action=resend class="inline" key>
                        <Hidden name="letter" value=id/>
                        <Submit class="button small">{t(texts::SEND_AGAIN)}</Submit>
                    </Form>
                })}
            </div>
        </li>
    }
}

#[component]
fn Inward(asked: Memo<Asked>) -> impl IntoView {
    let reread = Act::new::<RereadLetter>();
    let letters = Resource::new(move || (asked.get(), reread.version().get()), |(asked, _)| list_letters_in(asked.before, asked.search));
    loaded(letters, move |letters: Vec<LetterIn>| {
        let last = letters.last().filter(|_| letters.len() >= PAGE).map(|letter| letter.received_at);
        if letters.is_empty() {
            return view! { <section class="card"><Empty glyph=Glyph::Inbox title=t(texts::NONE_IN) hint=t(texts::NONE_IN_HINT)/></section> }.into_any();
        }
        view! {
            <section class="card flush"><ul class="rows">{letters.into_iter().map(|letter| view! { <InRow letter reread/> }).collect_view()}</ul></section>
            <Pager asked last/>
        }
        .into_any()
    })
}

#[component]
fn InRow(letter: LetterIn, reread: Act) -> impl IntoView {
    let (status, tone) = status_in(&letter);
    let id = letter.id.to_string();
    let key = id.clone();
    let subject = if letter.subject.is_empty() { t(texts::NO_SUBJECT).to_owned() } else { letter.subject };
    let failed = letter.status == LetterInStatus::Failed;
    let title = match &letter.conversation {
        Some(conversation) => view! { <a class="mail-link" href=format!("/inbox/{conversation}")><b>{subject}</b></a> }.into_any(),
        None => view! { <b>{subject}</b> }.into_any(),
    };
    view! {
        <li class="row-line mail-line">
            <div class="row-main">
                {title}
                <span class="hint">{letter.from}" → "{letter.to}" · "{model::attachment::size_text(letter.size)}</span>
                {letter.why.map(|why| view! { <span class="why">{why}</span> })}
            </div>
            <Chip tone>{t(status)}</Chip>
            <Time at=letter.received_at/>
            <div class="row-acts">
                <a class="button small" href=format!("/raw/{id}") rel="external" download="">{t(texts::RAW)}</a>
                {failed.then(|| view! {
                    <Form action=reread class="inline" key>
                        <Hidden name="letter" value=id/>
                        <Submit class="button small">{t(common::TRY_AGAIN)}</Submit>
                    </Form>
                })}
            </div>
        </li>
    }
}

/// To the first page, and to the letters before the last one shown.
#[component]
fn Pager(asked: Memo<Asked>, last: Option<Moment>) -> impl IntoView {
    let here = asked.get_untracked();
    let first = here.before.is_some().then(|| Asked { before: None, ..here.clone() }.address());
    let earlier = last.is_some().then(|| Asked { before: last, ..here }.address());
    view! {
        <nav class="pager" aria-label=t(texts::OLDER_AND_NEWER)>
            {first.map(|first| view! { <a class="button" href=first>{t(texts::NEWEST)}</a> })}
            {earlier.map(|earlier| view! { <a class="button" href=earlier>{t(texts::EARLIER)}</a> })}
        </nav>
    }
}
