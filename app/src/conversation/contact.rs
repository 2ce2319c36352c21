//! The panel at the right: who the conversation is with, who else receives its letters, and what else there was.

use leptos::prelude::*;
use model::{
    text::{common, contact as texts, conversation as text},
    ticket::Part,
};

use super::{
    acts::{About, use_acts},
    header::use_thread,
    use_address,
    words::{called, status_word},
};
use crate::{
    chat::{ChatFacts, VisitorFacts, is_chat},
    text::{t, use_language},
    ui::{Avatar, BareForm, CopyText, Glyph, Icon, Time, each},
    visitor::{BanVisitor, Whose},
};

/// The panel.
#[component]
pub fn ContactPanel() -> impl IntoView {
    let (thread, language) = (use_thread(), use_language());
    let chat = is_chat(thread);
    let contact = Memo::new(move |_| thread.with(|thread| thread.line.contact.clone()));
    let created = thread.with_untracked(|thread| thread.line.created_at);
    let reply_address = t(text::REPLY_ADDRESS);
    let copy = format!("{}: {reply_address}", t(common::COPY));
    let id = thread.with_untracked(|thread| thread.line.id.clone());
    let phones = Memo::new(move |_| thread.with(|thread| thread.card.phones.clone()));
    let emails = Memo::new(move |_| thread.with(|thread| thread.emails.iter().skip(1).cloned().collect::<Vec<_>>()));
    let tags = Memo::new(move |_| thread.with(|thread| thread.card.tags.clone()));
    // what the site says stands with the visitor of a chat
    let known = Memo::new(move |_| {
        thread.with(|thread| thread.card.attributes.iter().filter(|one| !(chat && one.site)).cloned().collect::<Vec<_>>())
    });
    let reply = Memo::new(move |_| thread.with(|thread| thread.reply_address.clone()));
    view! {
        <section class="contact" id="contact" aria-label=t(text::CONTACT)>
            <div class="contact-head">
                {move || view! { <Avatar name=called(&contact.get(), language) large=true/> }}
                <div>
                    <b><a href=move || format!("/contacts/{}", contact.with(|contact| contact.id.to_string()))>{move || called(&contact.get(), language)}</a></b>
                    // somebody without a name is called by the address
                    <span>{move || { let contact = contact.get(); (contact.called() != contact.email).then_some(contact.email) }}</span>
                </div>
            </div>
            <section>
                <h2>{t(text::CONTACT)}</h2>
                <dl class="facts">
                    {move || thread.with(|thread| thread.card.organisation_id.clone().map(|id| view! { <dt>{language.say(texts::ORGANISATION)}</dt><dd><a href=format!("/organisations/{id}")>{thread.card.organisation.clone()}</a></dd> }))}
                    {move || phones.with(|phones| (!phones.is_empty()).then(|| view! { <dt>{language.say(texts::PHONES)}</dt><dd>{phones.iter().map(|phone| view! { <a href=format!("tel:{phone}")>{phone.clone()}</a> }).collect_view()}</dd> }))}
                    {move || emails.with(|emails| (!emails.is_empty()).then(|| view! { <dt>{language.say(texts::EMAILS_ALSO)}</dt><dd>{emails.iter().map(|email| view! { <span>{email.clone()}</span> }).collect_view()}</dd> }))}
                    {each(move || known.get(), |one| (one.name.clone(), one.value.clone()), |one| view! { <dt>{one.name}</dt><dd>{one.value}</dd> })}
                    <dt>{t(text::FIRST_SEEN)}</dt>
                    <dd>{move || view! { <Time at=contact.get().created_at full=true/> }}</dd>
                    <dt>{t(text::OPENED)}</dt>
                    <dd><Time at=created full=true/></dd>
                </dl>
                {move || tags.with(|tags| (!tags.is_empty()).then(|| view! { <p class="contact-tags">{tags.iter().map(|tag| view! { <span class="chip">{tag.name.clone()}</span> }).collect_view()}</p> }))}
                <Show when=move || !reply.with(String::is_empty)>
                    <p class="contact-reply">{reply_address}</p>
                    <CopyText text=reply label=copy.clone()/>
                </Show>
            </section>
            {chat.then(|| view! { <VisitorFacts/><ChatFacts/> })}
            <Show when=move || !chat || thread.with(|thread| !thread.participants.is_empty())><Participants/></Show>
            <Others/>
            {chat.then(|| view! { <BanVisitor whose=Whose::Chat(id) known=true/> })}
        </section>
    }
}

#[component]
fn Participants() -> impl IntoView {
    let (thread, acts, language) = (use_thread(), use_acts(), use_language());
    let id = thread.with_untracked(|thread| thread.line.id.clone());
    let all = Memo::new(move |_| thread.with(|thread| thread.participants.clone()));
    let about = StoredValue::new(id.clone());
    let field = NodeRef::<leptos::html::Input>::new();
    Effect::new(move || {
        if acts.join.done()
            && let Some(field) = field.get_untracked()
        {
            field.set_value("");
        }
    });
    view! {
        <section>
            <h2>{t(text::PARTICIPANTS)}</h2>
            <ul class="participants">
                {each(move || all.get(), |one| (one.email.clone(), one.name.clone()), move |one| view! {
                    <li>
                        <div>
                            <span>{if one.name.is_empty() { one.email.clone() } else { one.name.clone() }}</span>
                            <small>{if one.part == Part::Requester { language.say(text::REQUESTER) } else { language.say(text::IN_COPY) }}</small>
                        </div>
                        {(one.part == Part::Cc).then(|| view! {
                            <BareForm action=acts.leave>
                                <About id=about.get_value()/>
                                <input type="hidden" name="email" value=one.email.clone()/>
                                <button class="icon-button" aria-label=language.fill(text::REMOVE_PERSON, &[("name", &one.email)])><Icon glyph=Glyph::Close/></button>
                            </BareForm>
                        })}
                    </li>
                })}
            </ul>
            <BareForm action=acts.join attr:class="menu-row">
                <About id/>
                <input node_ref=field class="input" type="email" name="email" required=true autocomplete="off" aria-label=t(text::ADD_PERSON) placeholder=t(text::ADD_PERSON)/>
                <button class="button small">{t(text::ADD)}</button>
            </BareForm>
        </section>
    }
}

#[component]
fn Others() -> impl IntoView {
    let (thread, address, language) = (use_thread(), use_address(), use_language());
    let others = Memo::new(move |_| thread.with(|thread| thread.others.clone()));
    let contact = Memo::new(move |_| thread.with(|thread| thread.line.contact.id.to_string()));
    view! {
        <section>
            <h2>{t(text::TIMELINE)}</h2>
            <ul class="others">
                {each(move || others.get(), |line| (line.id.clone(), line.seq), move |line| view! {
                    <li>
                        <Icon glyph=if line.kind == model::conversation::Kind::Chat { Glyph::Chat } else { Glyph::Envelope }/>
                        <div>
                            <a href={ let id = line.id.clone(); move || address.conversation(&id) }>
                                {line.number.map(|number| format!("#{number} "))}
                                {if line.subject.is_empty() { line.preview.clone() } else { line.subject.clone() }}
                            </a>
                            <small><Time at=line.last_at/>", "{language.say(status_word(line.status)).to_lowercase()}</small>
                        </div>
                    </li>
                })}
            </ul>
            <Show when=move || others.with(Vec::is_empty)>
                <p class="hint">{language.say(text::NO_OTHERS)}</p>
            </Show>
            <p class="contact-open"><a href=move || format!("/contacts/{}", contact.get())>{t(texts::OPEN)}</a></p>
        </section>
    }
}
