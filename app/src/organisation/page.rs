//! The page of an organisation: what is known of it at the left, edited in place; at the right its contacts and conversations. Holds the
//! state and keeps it true.

use leptos::{prelude::*, task::spawn_local};
use leptos_meta::Title;
use leptos_router::{
    NavigateOptions,
    hooks::{use_location, use_navigate, use_query_map},
};
use model::{
    OrganisationId, Refusal,
    contact::{
        Card,
        filter::{Field, Filter, Test},
        list::Asked,
        profile::Mark,
    },
    organisation::Opened,
    roster::Roster,
    text::{common, contact, organisation as texts},
};

use super::{
    api::{ChangeOrganisation, DeleteOrganisation, list_organisation_lines, open_organisation},
    fields::OrganisationFields,
};
use crate::{
    contact::{LineRow, list_address, use_mark},
    conversation::called,
    error::{Error, Result},
    live::{Live, use_live},
    roster::use_roster,
    text::{fill, t, use_language},
    ui::{Act, Avatar, Empty, Form, Glyph, Hidden, Icon, PageDialog, Submit, TextField, Time, each, loaded, on_done, use_toasts},
};

/// What the page shows, and what is being loaded for it.
#[derive(Clone, Copy)]
struct State {
    opened: RwSignal<Opened>,
    loading: RwSignal<bool>,
    problem: RwSignal<Option<Error>>,
    live: Live,
}

/// The page.
#[component]
pub fn OrganisationPage() -> impl IntoView {
    let (path, after) = (use_location().pathname, use_mark());
    let id: Memo<Option<OrganisationId>> =
        Memo::new(move |_| path.with(|path| path.strip_prefix("/organisations/")?.trim_end_matches('/').parse().ok()));
    let opened = Resource::new_blocking(
        move || id.get(),
        move |id| {
            let after = after.clone();
            async move {
                match id {
                    Some(id) => begin(id, after).await,
                    None => Err(Error::Refused(Refusal::NotFound)),
                }
            }
        },
    );
    view! { <main class="contact-page">{loaded(opened, move |opened| view! { <Inside opened/> })}</main> }
}

/// The first part; without wasm, the part after a place.
async fn begin(id: OrganisationId, after: Option<Mark>) -> Result<Opened> {
    let mut opened = open_organisation(id.clone()).await?;
    if let Some(after) = after {
        let part = list_organisation_lines(id, after).await?;
        (opened.lines, opened.more) = (part.lines, part.more);
    }
    Ok(opened)
}

#[component]
fn Inside(opened: Opened) -> impl IntoView {
    let (opened, live) = (RwSignal::new(opened), use_live());
    let state = State { opened, loading: RwSignal::new(false), problem: RwSignal::new(None), live };
    live.keep(opened, move || state.load());
    Effect::new(move || {
        if opened.with(|opened| opened.behind) {
            state.load();
        }
    });
    let name = Memo::new(move |_| opened.with(|opened| opened.organisation.name.clone()));
    let query = use_query_map();
    let deleting = Memo::new(move |_| query.with(|query| query.get_str("delete").is_some()));
    view! {
        <Title text=move || name.get()/>
        <p class="back"><a href="/organisations"><Icon glyph=Glyph::ArrowLeft/>{t(contact::ORGANISATIONS)}</a></p>
        <Problem state/>
        <div class="contact-columns">
            <Facts state name/>
            <div class="contact-main organisation-main">
                <Contacts state/>
                <Conversations state/>
            </div>
        </div>
        {move || deleting.get().then(|| view! { <Delete state/> })}
    }
}

/// What is known of it, or the form that changes it.
#[component]
fn Facts(state: State, name: Memo<String>) -> impl IntoView {
    let opened = state.opened;
    let query = use_query_map();
    let editing = Memo::new(move |_| query.with(|query| query.get_str("edit").is_some()));
    let (id, created_at) = opened.with_untracked(|opened| (opened.organisation.id.clone(), opened.organisation.created_at));
    let (closed, edit, delete) =
        (format!("/organisations/{id}"), format!("/organisations/{id}?edit=1"), format!("/organisations/{id}?delete=1"));
    let change = Act::new::<ChangeOrganisation>();
    let (toasts, saved, navigate, back) = (use_toasts(), t(common::SAVED), use_navigate(), closed.clone());
    on_done(change, move |()| {
        toasts.say(saved);
        navigate(&back, NavigateOptions { replace: true, scroll: false, ..NavigateOptions::default() });
    });
    let closed = Signal::stored(closed);
    let domains = move || opened.with(|opened| opened.organisation.domains.clone());
    let notes = Memo::new(move |_| opened.with(|opened| opened.organisation.notes.clone()));
    let shown = move || {
        view! {
            <ul class="contact-reached">{each(domains, Clone::clone, |domain| view! { <li><Icon glyph=Glyph::Envelope/><span>{format!("@{domain}")}</span></li> })}</ul>
            {move || notes.with(|notes| (!notes.is_empty()).then(|| view! { <div class="contact-note"><p>{notes.clone()}</p></div> }))}
        }
    };
    let admin = use_roster().with_untracked(Roster::admin);
    view! {
        <section class="card contact-card" aria-label=t(contact::FACTS)>
            <header class="contact-card-head">
                {move || view! { <Avatar name=name.get() large=true/> }}
                <h1 class="page-title" tabindex="-1">{move || name.get()}</h1>
                <a class="icon-button" hidden=move || editing.get() href=edit aria-label=fill(texts::EDIT, &[("name", &name.get_untracked())])><Icon glyph=Glyph::Pencil/></a>
            </header>
            {move || if editing.get() {
                let known = opened.with_untracked(|opened| opened.organisation.clone());
                view! { <OrganisationFields action=change known=Some(known) closed/> }.into_any()
            } else {
                shown().into_any()
            }}
            <dl class="facts">
                <dt>{t(texts::KNOWN_SINCE)}</dt><dd><Time at=created_at full=true/></dd>
            </dl>
            {admin.then(|| view! { <div class="contact-acts"><a class="button" href=delete><Icon glyph=Glyph::Trash/>{t(texts::DELETE)}</a></div> })}
        </section>
    }
}

/// Its contacts that something was last said with, and the way to all.
#[component]
fn Contacts(state: State) -> impl IntoView {
    let (opened, language) = (state.opened, use_language());
    let cards = move || opened.with(|opened| opened.cards.clone());
    let key = |card: &Card| (card.contact.id.clone(), card.contact.name.clone(), card.contact.email.clone(), card.last_at);
    let count = Memo::new(move |_| opened.with(|opened| opened.contacts));
    let all = move || {
        let filter = opened.with(|opened| Filter::new(Field::Organisation, Test::Is, &opened.organisation.name));
        list_address(&Asked { filters: filter.into_iter().collect(), ..Asked::default() }, "")
    };
    view! {
        <section aria-labelledby="organisation-contacts">
            <h2 id="organisation-contacts">{t(texts::CONTACTS)}" "<span class="count">{move || count.get()}</span></h2>
            <ul class="card flush rows contact-lines">
                {each(cards, key, move |card| {
                    let name = called(&card.contact, language);
                    let email = (name != card.contact.email).then(|| card.contact.email.clone());
                    view! {
                        <li>
                            <a class="row-line" href=format!("/contacts/{}", card.contact.id)>
                                <Avatar name=name.clone()/>
                                <span class="row-main"><b>{name}</b><span class="hint">{email}</span></span>
                                <Time at=card.last_at/>
                            </a>
                        </li>
                    }
                })}
            </ul>
            {move || if count.get() == 0 {
                view! { <Empty glyph=Glyph::People title=language.say(texts::NO_CONTACTS) hint=language.say(texts::NO_CONTACTS_HINT)/> }.into_any()
            } else {
                view! { <p class="organisation-all"><a href=all>{language.say(texts::ALL_CONTACTS)}</a></p> }.into_any()
            }}
        </section>
    }
}

/// Their conversations that are seen.
#[component]
fn Conversations(state: State) -> impl IntoView {
    let (opened, language) = (state.opened, use_language());
    let lines = move || opened.with(|opened| opened.lines.clone());
    let none = Memo::new(move |_| opened.with(|opened| opened.lines.is_empty()));
    let more = move || {
        opened.with(|opened| {
            let mark = opened.more.as_ref()?;
            Some(format!("/organisations/{}?after={}.{}", opened.organisation.id, mark.at.0, mark.id))
        })
    };
    view! {
        <section aria-labelledby="organisation-conversations">
            <h2 id="organisation-conversations">{t(texts::CONVERSATIONS)}</h2>
            <ul class="card flush rows contact-lines">{each(lines, |line| (line.id.clone(), line.seq), |line| view! { <LineRow line/> })}</ul>
            <Show when=move || none.get()>
                <Empty glyph=Glyph::Envelope title=language.say(texts::NO_CONVERSATIONS) hint=language.say(texts::NO_CONVERSATIONS_HINT)/>
            </Show>
            {move || more().map(|href| view! {
                <a class="rows-more" href=href on:click=move |event| { event.prevent_default(); state.load_more(); }>{language.say(texts::EARLIER)}</a>
            })}
        </section>
    }
}

/// Why it could not be loaded anew.
#[component]
fn Problem(state: State) -> impl IntoView {
    let language = use_language();
    view! {
        <div role="alert">
            {move || state.problem.get().map(|error| view! {
                <p class="rows-problem">
                    {error.say(language)}
                    <button type="button" class="button small" on:click=move |_| { state.problem.set(None); state.load(); }>{language.say(common::TRY_AGAIN)}</button>
                </p>
            })}
        </div>
    }
}

/// What goes and what stays.
#[component]
fn Delete(state: State) -> impl IntoView {
    let id = state.opened.with_untracked(|opened| opened.organisation.id.to_string());
    let delete = Act::new::<DeleteOrganisation>();
    let (toasts, done, navigate) = (use_toasts(), t(texts::DELETED), use_navigate());
    on_done(delete, move |()| {
        toasts.say(done);
        navigate("/organisations", NavigateOptions { replace: true, ..NavigateOptions::default() });
    });
    let closed = Signal::stored(format!("/organisations/{id}"));
    view! {
        <PageDialog title=t(texts::DELETE) closed class="dialog">
            <Form action=delete class="form dialog-body" key=id.clone()>
                <Hidden name="organisation" value=id/>
                <p>{t(texts::DELETE_HINT)}</p>
                <TextField name="into" label=t(texts::DELETE_INTO) hint=t(texts::DELETE_INTO_HINT)/>
                <div class="actions">
                    <Submit class="button danger">{t(texts::DELETE)}</Submit>
                    <a class="button" href=move || closed.get()>{t(common::CANCEL)}</a>
                </div>
            </Form>
        </PageDialog>
    }
}

impl State {
    /// Loads it anew.
    fn load(self) {
        let Some(id) = self.opened.try_with_untracked(|opened| opened.organisation.id.clone()) else { return };
        self.loading.set(true);
        spawn_local(async move {
            match open_organisation(id).await {
                Ok(fresh) => {
                    self.live.renew(self.opened, fresh);
                    self.problem.try_set(None);
                }
                Err(error) => _ = self.problem.try_set(Some(error)),
            }
            self.loading.try_set(false);
        });
    }

    /// Loads the next part of its conversations.
    fn load_more(self) {
        let found = self.opened.try_with_untracked(|opened| (opened.organisation.id.clone(), opened.more.clone()));
        let Some((id, Some(after))) = found else { return };
        if self.loading.get_untracked() {
            return;
        }
        self.loading.set(true);
        let seq = self.live.seq();
        spawn_local(async move {
            let got = list_organisation_lines(id, after.clone()).await;
            if self.opened.try_with_untracked(|opened| opened.more.as_ref() == Some(&after)) == Some(true) {
                match got {
                    Ok(part) => {
                        self.opened.update(|opened| opened.extend(part));
                        self.live.catch_up(self.opened, seq);
                        self.problem.set(None);
                    }
                    Err(error) => self.problem.set(Some(error)),
                }
            }
            self.loading.try_set(false);
        });
    }
}
