//! Tags and attributes of a contact, changed where they stand; what the site says is shown beside, and changed by the site alone.

use leptos::prelude::*;
use model::{
    contact::known::{Attribute, Labels, Tag},
    conversation::TAG_MOST,
    text::{common, contact as texts, conversation},
    visitor::{ATTRIBUTE_MOST, ATTRIBUTE_NAME_MOST},
};

use super::{
    api::{SetContactAttribute, TagContact, UntagContact, list_contact_labels},
    page::PageState,
};
use crate::{
    error::Error,
    text::{t, use_language},
    ui::{Act, BareForm, Glyph, Icon, Menu, each},
};

/// Both.
#[component]
pub fn Known(state: PageState) -> impl IntoView {
    let (profile, language) = (state.profile, use_language());
    let (put, off, say) = (Act::new::<TagContact>(), Act::new::<UntagContact>(), Act::new::<SetContactAttribute>());
    let problem = refused([put, off, say]);
    let tags = Memo::new(move |_| profile.with(|profile| profile.card.tags.clone()));
    let attributes = Memo::new(move |_| profile.with(|profile| profile.card.attributes.clone()));
    let about = StoredValue::new(profile.with_untracked(|profile| profile.card.contact.id.to_string()));
    let key = |one: &Attribute| (one.name.clone(), one.value.clone(), one.site);
    view! {
        <section class="contact-known" aria-label=t(texts::KNOWN_BESIDES)>
            <div class="contact-tags">
                {each(move || tags.get(), |tag| (tag.name.clone(), tag.site), move |tag| view! { <One tag about off/> })}
                <div class="chip-menu chip">
                    <Menu class="chip-button" button=move || view! { "+ "{language.say(texts::TAG)} }>
                        <BareForm action=put attr:class="menu-row">
                            <input type="hidden" name="contact" value=about.get_value()/>
                            <input class="input" name="tag" list="contact-tags" maxlength=TAG_MOST.to_string() required=true autocomplete="off" aria-label=language.say(conversation::NEW_TAG) placeholder=language.say(conversation::NEW_TAG) data-stay=""/>
                            <button class="button small">{language.say(conversation::ADD)}</button>
                        </BareForm>
                    </Menu>
                </div>
            </div>
            <ul class="contact-attributes">
                {each(move || attributes.get(), key, move |one| view! { <Said one about say/> })}
            </ul>
            <Menu class="chip-button chip" button=move || view! { "+ "{language.say(texts::ATTRIBUTE)} }>
                <BareForm action=say attr:class="contact-attribute-form">
                    <input type="hidden" name="contact" value=about.get_value()/>
                    <div data-stay="">
                        <input class="input" name="name" list="contact-attributes" maxlength=ATTRIBUTE_NAME_MOST.to_string() required=true autocomplete="off" aria-label=language.say(texts::ATTRIBUTE_NAME) placeholder=language.say(texts::ATTRIBUTE_NAME)/>
                        <input class="input" name="value" maxlength=ATTRIBUTE_MOST.to_string() required=true autocomplete="off" aria-label=language.say(texts::ATTRIBUTE_VALUE) placeholder=language.say(texts::ATTRIBUTE_VALUE)/>
                    </div>
                    <button class="button small">{language.say(common::SAVE)}</button>
                </BareForm>
            </Menu>
            <div role="alert">{move || problem.get().map(|error| view! { <p class="problem">{error.say(language)}</p> })}</div>
            <Proposals/>
        </section>
    }
}

/// Why the last of some changes was refused.
fn refused(acts: [Act; 3]) -> RwSignal<Option<Error>> {
    // without wasm the refusal is in the address, and known at once
    let problem = RwSignal::new(acts.iter().find_map(|act| untrack(|| act.refusal())));
    for act in acts {
        Effect::new(move |first: Option<()>| {
            let (answered, refusal) = (act.value().with(Option::is_some), act.refusal());
            if answered && first.is_some() {
                problem.set(refusal);
            }
        });
    }
    problem
}

/// A tag; the site's own stay.
#[component]
fn One(tag: Tag, about: StoredValue<String>, off: Act) -> impl IntoView {
    let language = use_language();
    let Tag { name, site } = tag;
    if site {
        return view! { <span class="chip" title=language.say(texts::SAID_BY_SITE)>{name}<Icon glyph=Glyph::Globe/></span> }.into_any();
    }
    let label = language.fill(conversation::UNTAG, &[("tag", &name)]);
    view! {
        <BareForm action=off>
            <input type="hidden" name="contact" value=about.get_value()/>
            <input type="hidden" name="tag" value=name.clone()/>
            <button class="chip tag" aria-label=label>{name}<Icon glyph=Glyph::Close/></button>
        </BareForm>
    }
    .into_any()
}

/// What is known under a name. What the site says can be said otherwise here, and counts again when that is taken back.
#[component]
fn Said(one: Attribute, about: StoredValue<String>, say: Act) -> impl IntoView {
    let language = use_language();
    let Attribute { name, value, site } = one;
    let label = language.fill(texts::EDIT, &[("name", &name)]);
    let (named, typed, taken) = (name.clone(), value.clone(), name.clone());
    view! {
        <li>
            <div>
                <span class="hint">{name.clone()}</span>
                <span>{value}{site.then(|| view! { <span class="contact-site" title=language.say(texts::SAID_BY_SITE)><Icon glyph=Glyph::Globe/><span class="visually-hidden">{language.say(texts::SAID_BY_SITE)}</span></span> })}</span>
            </div>
            <Menu class="icon-button" right=true label=label button=move || view! { <Icon glyph=Glyph::Pencil/> }>
                <BareForm action=say attr:class="contact-attribute-form">
                    <input type="hidden" name="contact" value=about.get_value()/>
                    <input type="hidden" name="name" value=named.clone()/>
                    <input class="input" name="value" value=typed.clone() maxlength=ATTRIBUTE_MOST.to_string() required=true autocomplete="off" aria-label=named.clone() data-stay=""/>
                    <button class="button small">{language.say(common::SAVE)}</button>
                </BareForm>
                {(!site).then(|| view! {
                    <BareForm action=say attr:class="contact-attribute-form">
                        <input type="hidden" name="contact" value=about.get_value()/>
                        <input type="hidden" name="name" value=taken.clone()/>
                        <input type="hidden" name="value" value=""/>
                        <button class="button small danger">{language.say(texts::TAKE_AWAY)}</button>
                    </BareForm>
                })}
            </Menu>
        </li>
    }
}

/// What the fields of tags and attributes propose: what others have.
#[component]
pub fn Proposals() -> impl IntoView {
    let labels = Resource::new(|| (), |()| list_contact_labels());
    view! {
        <Suspense fallback=|| ()>
            {move || Suspend::new(async move {
                let Labels { tags, attributes } = labels.await.unwrap_or_default();
                view! {
                    <datalist id="contact-tags">{tags.into_iter().map(|tag| view! { <option value=tag></option> }).collect_view()}</datalist>
                    <datalist id="contact-attributes">{attributes.into_iter().map(|name| view! { <option value=name></option> }).collect_view()}</datalist>
                }
            })}
        </Suspense>
    }
}
