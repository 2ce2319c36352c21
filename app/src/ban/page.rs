//! Admin → Bans: who may not write, why, by whom and until when; an address more; lifting.

use leptos::prelude::*;
use model::{
    ban::{Ban, Banned, Lasts},
    text::ban as texts,
};

use super::api::{BanNetwork, LiftBan, list_bans};
use crate::{
    roster::use_roster,
    text::{fill, t, use_language},
    ui::{Act, Chip, Empty, Form, Glyph, Hidden, PageTitle, SelectField, Submit, TextField, Time, absolute, loaded, on_done, use_toasts},
};

/// The page of bans.
#[component]
pub fn BansPage() -> impl IntoView {
    let (ban, lift) = (Act::new::<BanNetwork>(), Act::new::<LiftBan>());
    let (toasts, banned, lifted) = (use_toasts(), t(texts::BANNED), t(texts::LIFTED));
    on_done(ban, move |()| toasts.say(banned));
    on_done(lift, move |()| toasts.say(lifted));
    let bans = Resource::new(move || (ban.version().get(), lift.version().get()), |_| list_bans());
    view! {
        <PageTitle text=t(texts::BANS)/>
        <div class="columns">
            {loaded(bans, move |bans: Vec<Ban>| {
                if bans.is_empty() {
                    return view! { <section class="card"><Empty glyph=Glyph::Check title=t(texts::NONE) hint=t(texts::NONE_HINT)/></section> }.into_any();
                }
                let rows = bans.into_iter().map(|ban| view! { <BanRow ban lift/> });
                view! { <section class="card flush" aria-label=t(texts::BANS)><ul class="rows">{rows.collect_view()}</ul></section> }.into_any()
            })}
            <NewBan ban/>
        </div>
    }
}

#[component]
fn NewBan(ban: Act) -> impl IntoView {
    let lasts = [(Lasts::Hour, texts::HOUR), (Lasts::Day, texts::DAY), (Lasts::Month, texts::MONTH), (Lasts::Ever, texts::EVER)];
    let lasts = lasts.map(|(lasts, text)| (lasts.word().to_owned(), t(text).to_owned())).to_vec();
    view! {
        <section class="card" aria-labelledby="new">
            <h2 id="new">{t(texts::NEW)}</h2>
            <p class="hint">{t(texts::NEW_HINT)}</p>
            <Form action=ban empties=true>
                <TextField name="network" label=t(texts::NETWORK) hint=t(texts::NETWORK_HINT)/>
                <TextField name="reason" label=t(texts::REASON) hint=t(texts::REASON_HINT)/>
                <SelectField name="lasts" label=t(texts::LASTS) value=Lasts::Day.word() options=lasts/>
                <div class="actions"><Submit>{t(texts::BAN)}</Submit></div>
            </Form>
        </section>
    }
}

/// Who is banned, and what sort of thing that is.
fn called(who: &Banned, name: &str) -> (String, &'static str) {
    match who {
        Banned::Visitor(_) if !name.is_empty() => (name.to_owned(), t(texts::VISITOR)),
        // nobody knows a name: the end of the id tells two of them apart
        Banned::Visitor(id) => (fill(texts::VISITOR_NAMED, &[("name", id.as_str().get(19..).unwrap_or_default())]), t(texts::VISITOR)),
        Banned::Network(network) if network.is_address() => (network.to_string(), t(texts::ADDRESS)),
        Banned::Network(network) => (network.to_string(), t(texts::NETWORK_KIND)),
    }
}

#[component]
fn BanRow(ban: Ban, lift: Act) -> impl IntoView {
    let (who, kind) = called(&ban.who, &ban.name);
    let zone = use_roster().with_untracked(|roster| roster.zone.clone());
    let until = match ban.until {
        Some(until) => format!("{} {}", t(texts::UNTIL), absolute(until, &zone, use_language())),
        None => t(texts::FOR_GOOD).to_owned(),
    };
    let id = ban.id.to_string();
    let key = id.clone();
    let label = fill(texts::LIFT_LABEL, &[("who", &who)]);
    view! {
        <li class="row-line">
            <div class="row-main">
                <b>{who}</b>
                {(!ban.reason.is_empty()).then(|| view! { <span>{ban.reason}</span> })}
                <span class="hint">{fill(texts::BY, &[("name", &ban.by)])}" · "{t(texts::SINCE)}" "<Time at=ban.created_at full=true/>" · "{until}</span>
            </div>
            <Chip>{kind}</Chip>
            <div class="row-acts">
                <Form action=lift class="inline" key>
                    <Hidden name="ban" value=id/>
                    <Submit class="button small" label>{t(texts::LIFT)}</Submit>
                </Form>
            </div>
        </li>
    }
}
