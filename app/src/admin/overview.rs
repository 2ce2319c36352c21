//! Admin → Overview: the forwarding address, the figures of today, and whether mail flows.

use leptos::prelude::*;
use model::{
    Moment,
    overview::{Confirmation, Database, LettersIn, LettersOut, Overview},
    roster::Roster,
    text::{admin as texts, department, email, hours, ways, widget},
    widget::Installed,
};

use super::api::{DismissConfirmation, load_overview};
use crate::{
    hours::OpenNow,
    report::Today,
    roster::use_roster,
    text::{count, fill, t},
    ui::{Act, CopyText, Form, Hidden, PageTitle, Submit, Time, loaded},
    widget::{Snippet, load_widget},
};

/// The overview.
#[component]
pub fn OverviewPage() -> impl IntoView {
    let dismiss = Act::new::<DismissConfirmation>();
    let overview = Resource::new(move || dismiss.version().get(), |_| load_overview());
    view! {
        <PageTitle text=t(texts::OVERVIEW)/>
        {loaded(overview, move |overview| view! { <Board overview dismiss/> })}
    }
}

#[component]
fn Board(overview: Overview, dismiss: Act) -> impl IntoView {
    let asked = overview.confirmations.clone().into_iter().map(|asked| view! { <ToConfirm asked dismiss/> });
    let ceiling = overview.ceiling_at.map(|at| view! { <Ceiling at/> });
    view! {
        {ceiling}
        {asked.collect_view()}
        <div class="columns">
            <div class="stack">
                <Figures overview=overview.clone()/>
                <Today figures=overview.today/>
                <OnYourSite/>
                <Health overview=overview.clone()/>
            </div>
            <div class="stack">
                <Forwarding/>
                <Departments/>
            </div>
        </div>
    }
}

#[component]
fn Figures(overview: Overview) -> impl IntoView {
    let figure = |text, n: i64, href: &'static str| {
        view! { <a class="card figure" href=href><span class="hint">{t(text)}</span><b>{n.to_string()}</b></a> }
    };
    view! {
        <div class="figures">
            {figure(texts::OPEN_TICKETS, overview.open_tickets, "/inbox?kind=ticket")}
            {figure(texts::MAIL_IN_TODAY, overview.letters_in.today, "/admin/email?box=in")}
            {figure(texts::MAIL_OUT_TODAY, overview.letters_out.sent_today, "/admin/email?box=out")}
            {figure(texts::AGENTS, overview.agents, "/admin/agents")}
        </div>
    }
}

/// Letters that nobody typed were too many.
#[component]
fn Ceiling(at: Moment) -> impl IntoView {
    view! {
        <section class="card banner alarm" aria-labelledby="ceiling">
            <h2 id="ceiling">{t(texts::CEILING)}</h2>
            <p class="hint">{t(texts::CEILING_HINT)}</p>
            <div class="actions"><a class="button" href="/admin/email?box=out">{t(texts::CEILING_OPEN)}</a></div>
            <p class="hint">{t(texts::CEILING_LAST)}" "<Time at full=true/></p>
        </section>
    }
}

/// A provider asks whether a mailbox may be forwarded here: its code or its link, and who asks.
#[component]
fn ToConfirm(asked: Confirmation, dismiss: Act) -> impl IntoView {
    let host = asked.host().unwrap_or_default().to_owned();
    let Confirmation { id, sender, proven, account, code, link, conversation, at } = asked;
    let title = account.map_or_else(|| t(texts::CONFIRM).to_owned(), |account| fill(texts::CONFIRM_ACCOUNT, &[("account", &account)]));
    let name = format!("confirm-{id}");
    let proof = if proven { t(texts::CONFIRM_PROVEN) } else { t(texts::CONFIRM_UNPROVEN) };
    view! {
        <section class="card banner" aria-labelledby=name>
            <h2 id=name.clone()>{title}</h2>
            <p class="hint">{t(texts::CONFIRM_HINT)}</p>
            {code.map(|code| view! { <CopyText text=code label=t(texts::COPY_CODE)/> })}
            <div class="actions">
                {link.map(|link| view! { <a class="button primary" href=link target="_blank" rel="noopener noreferrer">{fill(texts::CONFIRM_AT, &[("host", &host)])}</a> })}
                {conversation.map(|id| view! { <a class="button" href=format!("/inbox/{id}")>{t(email::OPEN_TICKET)}</a> })}
                <Form action=dismiss class="inline" key=id.to_string()>
                    <Hidden name="letter" value=id.to_string()/>
                    <Submit class="button">{t(texts::CONFIRM_DONE)}</Submit>
                </Form>
            </div>
            <p class="hint">{sender}" · "{proof}" · "<Time at/></p>
        </section>
    }
}

/// What a site adds, and whether chat is open now.
#[component]
fn OnYourSite() -> impl IntoView {
    let installed = Resource::new(|| (), |()| load_widget());
    view! {
        <section class="card" aria-labelledby="widget">
            <h2 id="widget">{t(widget::INSTALL)}</h2>
            {loaded(installed, |installed: Installed| {
                let hours = installed.widget.hours.clone();
                view! {
                    <Snippet installed/>
                    <div class="open-line"><OpenNow hours/>" "<a href="/admin/hours">{t(hours::HOURS)}</a>" · "<a href="/admin/widget">{t(widget::WIDGET)}</a></div>
                }
            })}
        </section>
    }
}

/// One line of health: a dot whose colour is also said in words.
#[component]
fn HealthLine(#[prop(into)] name: String, well: bool, children: Children) -> impl IntoView {
    let (class, word) = if well { ("dot", t(texts::WELL)) } else { ("dot bad", t(texts::NOT_WELL)) };
    view! {
        <dt>{name}</dt>
        <dd><span class=class role="img" aria-label=word></span><span>{children()}</span></dd>
    }
}

#[component]
fn Health(overview: Overview) -> impl IntoView {
    let Overview { letters_in, letters_out, database, database_bytes, now, .. } = overview;
    let database = match database {
        Database::Sqlite => "SQLite",
        Database::Postgres => "PostgreSQL",
    };
    view! {
        <section class="card" aria-labelledby="health">
            <h2 id="health">{t(texts::HEALTH)}</h2>
            <dl class="facts health">
                <HealthLine name=t(texts::MAIL_IN) well=letters_in.well()><MailIn letters=letters_in/></HealthLine>
                <HealthLine name=t(texts::MAIL_OUT) well=letters_out.well(now)><MailOut letters=letters_out now/></HealthLine>
                <HealthLine name=t(texts::DATABASE) well=true>{database}", "{model::attachment::size_text(database_bytes)}</HealthLine>
            </dl>
        </section>
    }
}

#[component]
fn MailIn(letters: LettersIn) -> impl IntoView {
    let last = match letters.last_at {
        Some(at) => view! { {t(texts::LAST_MAIL)}" "<Time at/> }.into_any(),
        None => t(texts::NO_MAIL_YET).into_any(),
    };
    let failed =
        (letters.failed > 0).then(|| view! { ", "<a href="/admin/email?box=in">{count(texts::NOT_UNDERSTOOD, letters.failed)}</a> });
    let held = (letters.held > 0).then(|| view! { ", "<a href="/admin/email?box=in">{count(texts::HELD, letters.held)}</a> });
    let listens = letters.listens.map_or_else(|| t(ways::LISTENS_NOWHERE).to_owned(), |at| fill(ways::LISTENS_AT, &[("at", &at)]));
    let unreadable =
        (letters.unreadable > 0).then(|| view! { ", "<a href="/admin/email?box=set-up">{count(ways::UNREADABLE, letters.unreadable)}</a> });
    let new = (letters.new > 0).then(|| format!(", {}", count(texts::UNREAD, letters.new)));
    view! { {listens}", "{last}{new}{held}{failed}{unreadable} }
}

#[component]
fn MailOut(letters: LettersOut, now: Moment) -> impl IntoView {
    let mut words = vec![count(texts::WAITING, letters.waiting), count(texts::SENT_TODAY, letters.sent_today)];
    if letters.kept > 0 {
        words.push(count(texts::KEPT, letters.kept));
    }
    let mut wrong = vec![];
    if letters.failed > 0 {
        wrong.push(count(texts::FAILED, letters.failed));
    }
    if letters.bounced > 0 {
        wrong.push(count(texts::BOUNCED, letters.bounced));
    }
    let wrong = (!wrong.is_empty()).then(|| view! { ", "<a href="/admin/email?box=out">{wrong.join(", ")}</a> });
    let late = letters.late_since(now).map(|at| view! { ", "<a href="/admin/email?box=out">{t(texts::WAITS_SINCE)}" "<Time at/></a> });
    view! { {words.join(", ")}{late}{wrong} }
}

#[component]
fn Forwarding() -> impl IntoView {
    let roster = use_roster();
    let address = Signal::derive(move || roster.with(|roster| roster.property.forwarding_address.clone()));
    view! {
        <section class="card" aria-labelledby="forwarding">
            <h2 id="forwarding">{t(texts::FORWARDING)}</h2>
            <p class="hint">{t(texts::FORWARDING_HINT)}</p>
            <CopyText text=address label=t(model::text::property::COPY_FORWARDING)/>
        </section>
    }
}

#[component]
fn Departments() -> impl IntoView {
    let departments = use_roster().with_untracked(|roster: &Roster| roster.people.departments.clone());
    let none = departments.is_empty();
    let lines = departments.into_iter().map(|department| {
        let members = count(department::MEMBERS, i64::try_from(department.agents.len()).unwrap_or(i64::MAX));
        view! { <dt>{department.name}</dt><dd>{members}</dd> }
    });
    view! {
        <section class="card" aria-labelledby="departments">
            <h2 id="departments">{t(department::DEPARTMENTS)}</h2>
            {if none { view! { <p class="hint">{t(department::NONE)}</p> }.into_any() } else { view! { <dl class="facts">{lines.collect_view()}</dl> }.into_any() }}
            <p><a href="/admin/departments">{t(texts::CHANGE)}</a></p>
        </section>
    }
}
