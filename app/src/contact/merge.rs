//! Merging two contacts: who the other one is, both side by side with a choice in each field, and what undoes it.

use leptos::{ev, prelude::*};
use leptos_router::{NavigateOptions, hooks::use_navigate};
use model::{
    ContactId,
    contact::{
        Card,
        list::Asked,
        merge::{Compared, Merged, Sheet, Side},
    },
    text::{common, contact as texts, conversation},
    view::escape,
};

use super::{
    address,
    api::{MergeContacts, UndoContactMerge, compare_contacts, list_contacts},
    page::PageState,
};
use crate::{
    conversation::called,
    error::Result,
    text::{count, t, use_language},
    ui::{Act, Avatar, Empty, Form, Glyph, Hidden, Icon, PageDialog, Submit, Time, each, loaded, on_done, typed_in, use_toasts},
};

/// Contacts that a search for the other one shows.
const FOUND_MOST: usize = 12;

/// The dialog.
#[component]
pub fn MergeDialog(state: PageState) -> impl IntoView {
    let opened = state.opened;
    let id = state.profile.with_untracked(|profile| profile.card.contact.id.clone());
    let here = id.clone();
    let other = Memo::new(move |_| opened.merging.with(|merging| merging.as_ref().and_then(|merging| merging.other.clone())));
    let find = Memo::new(move |_| opened.merging.with(|merging| merging.as_ref().map(|merging| merging.find.clone()).unwrap_or_default()));
    let closed = Signal::derive(move || address::contact(&here, opened.tab.get(), ""));
    view! {
        <PageDialog title=t(texts::MERGE_TITLE) closed class="dialog contact-merge-dialog">
            {move || match other.get() {
                Some(other) => view! { <Compare id=id.clone() other closed/> }.into_any(),
                None => view! { <Choose id=id.clone() find/> }.into_any(),
            }}
        </PageDialog>
    }
}

/// Who the other one is.
#[component]
fn Choose(id: ContactId, find: Memo<String>) -> impl IntoView {
    let (language, navigate) = (use_language(), use_navigate());
    let found = Resource::new(move || find.get(), search);
    let about = StoredValue::new(id);
    let to = move |more: &str| about.with_value(|id| address::contact(id, model::contact::profile::Tab::Timeline, more));
    let sent = move |event: ev::SubmitEvent| {
        event.prevent_default();
        let Some(typed) = typed_in(&event) else { return };
        let text = typed("find").into_iter().next().unwrap_or_default();
        navigate(&to(&format!("merge=1&find={}", escape(&text))), NavigateOptions { replace: true, ..NavigateOptions::default() });
    };
    let others = move |cards: Vec<Card>| {
        let cards: Vec<Card> = cards.into_iter().filter(|card| about.with_value(|id| card.contact.id != *id)).take(FOUND_MOST).collect();
        if cards.is_empty() && !find.get_untracked().is_empty() {
            return view! { <Empty glyph=Glyph::People title=language.say(texts::NONE_FOUND) hint=language.say(texts::NONE_FOUND_HINT)/> }
                .into_any();
        }
        let rows = cards.into_iter().map(|card| {
            let href = to(&format!("merge=1&other={}", card.contact.id));
            view! { <li><a class="row-line" href=href><Who card/></a></li> }
        });
        view! { <ul class="rows contact-merge-found">{rows.collect_view()}</ul> }.into_any()
    };
    view! {
        <div class="dialog-body stack">
            <p class="hint">{t(texts::MERGE_HINT)}</p>
            <form class="contact-merge-search" method="get" role="search" action=to("") on:submit=sent>
                <input type="hidden" name="merge" value="1"/>
                <input class="input" type="search" name="find" required=true autocomplete="off" autofocus=true value=find.get_untracked() aria-label=t(texts::SEARCH) placeholder=t(texts::SEARCH)/>
                <button class="button">{t(common::SEARCH)}</button>
            </form>
            {loaded(found, others)}
        </div>
    }
}

async fn search(find: String) -> Result<Vec<Card>> {
    if find.trim().is_empty() { Ok(vec![]) } else { Ok(list_contacts(Asked::new(&find, "")).await?.cards) }
}

/// A contact in a line.
#[component]
pub fn Who(
    /// Who.
    card: Card,
) -> impl IntoView {
    let name = called(&card.contact, use_language());
    let about = [card.organisation, card.contact.email, card.phones.into_iter().next().unwrap_or_default()];
    let about = about.into_iter().filter(|text| !text.is_empty() && *text != name).collect::<Vec<_>>().join(" · ");
    view! {
        <Avatar name=name.clone()/>
        <span class="row-main"><b>{name}</b><span class="hint">{about}</span></span>
    }
}

/// Both, and the form that merges them.
#[component]
fn Compare(id: ContactId, other: ContactId, closed: Signal<String>) -> impl IntoView {
    let merge = Act::new::<MergeContacts>();
    let (toasts, done, navigate) = (use_toasts(), t(texts::MERGED), use_navigate());
    on_done(merge, move |()| {
        toasts.say(done);
        navigate(&closed.get_untracked(), NavigateOptions { replace: true, ..NavigateOptions::default() });
    });
    let pair = (id, other);
    let both = Resource::new(move || pair.clone(), |(stays, goes)| compare_contacts(stays, goes));
    loaded(both, move |both: Compared| view! { <Choices both merge closed/> })
}

/// A field of both: a choice where both say something else.
#[derive(Clone)]
struct Field {
    label: String,
    /// Name in the form, and what stands there for the one that goes.
    name: String,
    word: String,
    stays: String,
    goes: String,
}

fn fields(both: &Compared, say: impl Fn(model::Text) -> &'static str) -> Vec<Field> {
    let (stays, goes) = (&both.stays.card, &both.goes.card);
    let field = |label, name: &str, stays: &str, goes: &str| Field {
        label: String::from(say(label)),
        name: name.to_owned(),
        word: Side::Goes.to_string(),
        stays: stays.to_owned(),
        goes: goes.to_owned(),
    };
    let mut all = vec![
        field(texts::NAME, "name", &stays.contact.name, &goes.contact.name),
        field(texts::ORGANISATION, "organisation", &stays.organisation, &goes.organisation),
        field(texts::MERGE_EMAIL, "email", &stays.contact.email, &goes.contact.email),
    ];
    let mut n = 0;
    for one in goes.attributes.iter().filter(|one| !one.site) {
        let known = stays.attributes.iter().find(|known| known.name == one.name && !known.site).map_or("", |known| known.value.as_str());
        all.push(Field {
            label: one.name.clone(),
            name: format!("attributes[{n}]"),
            word: one.name.clone(),
            stays: known.to_owned(),
            goes: one.value.clone(),
        });
        n += usize::from(!known.is_empty() && known != one.value);
    }
    all.retain(|field| !(field.stays.is_empty() && field.goes.is_empty()));
    all
}

#[component]
fn Choices(both: Compared, merge: Act, closed: Signal<String>) -> impl IntoView {
    let language = use_language();
    let (stays, goes) = (both.stays.card.contact.id.clone(), both.goes.card.contact.id.clone());
    let swapped = address::contact(&goes, model::contact::profile::Tab::Timeline, &format!("merge=1&other={stays}"));
    let rows = fields(&both, |text| language.say(text)).into_iter().map(|field| view! { <Row field/> }).collect_view();
    let list = |texts: Vec<String>| texts.join(", ");
    let kept = [
        (texts::EMAILS, list(both.stays.emails.clone()), list(both.goes.emails.clone())),
        (texts::PHONES, list(both.stays.card.phones.clone()), list(both.goes.card.phones.clone())),
        (texts::TAGS, tags(&both.stays), tags(&both.goes)),
    ];
    let kept = kept.into_iter().filter(|(_, stays, goes)| !(stays.is_empty() && goes.is_empty()));
    let kept = kept.map(|(label, stays, goes)| {
        view! { <div class="contact-merge-row"><span class="hint">{language.say(label)}</span><span>{stays}</span><span>{goes}</span></div> }
    }).collect_view();
    view! {
        <Form action=merge class="form dialog-body contact-merge" key=goes.to_string()>
            <Hidden name="contact" value=stays.to_string()/>
            <Hidden name="other" value=goes.to_string()/>
            <div class="contact-merge-row heads">
                <span></span>
                <Head sheet=both.stays.clone() says=language.say(texts::MERGE_STAYS)/>
                <Head sheet=both.goes.clone() says=language.say(texts::MERGE_GOES)/>
            </div>
            {rows}
            <p class="hint">{language.say(texts::MERGE_KEPT)}</p>
            {kept}
            <div class="actions">
                <Submit>{language.say(texts::MERGE_BUTTON)}</Submit>
                <a class="button" href=swapped><Icon glyph=Glyph::Restore/>{language.say(texts::MERGE_SWAP)}</a>
                <a class="button" href=move || closed.get()>{language.say(common::CANCEL)}</a>
            </div>
        </Form>
    }
}

fn tags(sheet: &Sheet) -> String {
    sheet.card.tags.iter().map(|tag| tag.name.as_str()).collect::<Vec<_>>().join(", ")
}

#[component]
fn Head(sheet: Sheet, says: &'static str) -> impl IntoView {
    let language = use_language();
    let many = [
        count(texts::MERGE_CHATS, sheet.counts.chats),
        count(texts::MERGE_TICKETS, sheet.counts.tickets),
        count(texts::MERGE_NOTES, sheet.notes),
    ];
    view! {
        <div>
            <b>{called(&sheet.card.contact, language)}</b>
            <span class="hint">{says}</span>
            <span class="hint">{many.join(" · ")}</span>
        </div>
    }
}

#[component]
fn Row(field: Field) -> impl IntoView {
    let Field { label, name, word, stays, goes } = field;
    let differs = !stays.is_empty() && !goes.is_empty() && stays != goes;
    if !differs {
        return view! { <div class="contact-merge-row"><span class="hint">{label}</span><span>{stays}</span><span>{goes}</span></div> }
            .into_any();
    }
    // an attribute is named when the other's value counts
    let first = if name.starts_with("attributes") { String::new() } else { Side::Stays.to_string() };
    let one = move |value: String, says: String, checked: bool| {
        view! { <label class="merge-choice"><input type="radio" name=name.clone() value=value checked=checked/><span>{says}</span></label> }
    };
    view! {
        <fieldset class="contact-merge-row">
            <legend class="visually-hidden">{label.clone()}</legend>
            <span class="hint" aria-hidden="true">{label}</span>
            {one(first, stays, true)}
            {one(word, goes, false)}
        </fieldset>
    }
    .into_any()
}

/// Who went into a contact, each to be taken apart again.
#[component]
pub fn Merges(state: PageState) -> impl IntoView {
    let profile = state.profile;
    let undo = Act::new::<UndoContactMerge>();
    let (toasts, done) = (use_toasts(), t(texts::MERGE_UNDONE));
    on_done(undo, move |()| toasts.say(done));
    let merges = move || profile.with(|profile| profile.merges.clone());
    let id = profile.with_untracked(|profile| profile.card.contact.id.to_string());
    view! {
        <ul class="contact-merges">
            {each(merges, |one| one.id.clone(), move |one| view! { <li><One one undo contact=id.clone()/></li> })}
        </ul>
    }
}

#[component]
fn One(one: Merged, undo: Act, contact: String) -> impl IntoView {
    let language = use_language();
    let by = match &one.author {
        model::message::Author::Agent { name, .. } => name.clone(),
        _ => String::from("Recado"),
    };
    let id = one.id.to_string();
    view! {
        <p>{language.fill(texts::MERGE_TOLD, &[("name", &one.called), ("who", &by)])}" "<Time at=one.at/></p>
        <Form action=undo class="inline" key=id.clone()>
            <Hidden name="contact" value=contact/>
            <Hidden name="merge" value=id/>
            <Submit class="button small"><Icon glyph=Glyph::Undo/>{language.say(conversation::UNDO)}</Submit>
        </Form>
    }
}
