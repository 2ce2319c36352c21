//! The dialog: what is typed, and what is found while one types. One list of choices, which the arrows walk through: what an
//! operator can be, commands, contacts, conversations, and the way to all of them.

use std::time::Duration;

use js_sys::{Array, Function, Object, Reflect};
use leptos::{either::Either, ev, html, prelude::*, task::spawn_local};
use leptos_router::{
    NavigateOptions,
    hooks::{use_location, use_navigate},
};
use model::{
    Language,
    roster::Roster,
    search::{Asked, Choice, Found, Hit, Person, complete},
    text::{common, search as texts},
};
use wasm_bindgen::JsCast;

use super::{
    api::{list_tags, search_for},
    command::{self, Command, Does},
    door::Door,
    result::{HitRow, PersonRow, Problems, address_of, address_of_person, counted, operator_text},
};
use crate::{
    error::Error,
    roster::use_roster,
    text::{t, use_language},
    ui::{Empty, Glyph, Icon, modal},
};

/// After the last key it waits so long before it asks.
const PAUSE: Duration = Duration::from_millis(120);

/// What the dialog holds.
#[derive(Clone, Copy)]
struct State {
    text: RwSignal<String>,
    /// What was found for which text.
    found: RwSignal<Option<(String, Found)>>,
    loading: RwSignal<bool>,
    problem: RwSignal<Option<Error>>,
    tags: RwSignal<Vec<String>>,
    /// The choice that Enter takes.
    active: RwSignal<Option<usize>>,
    field: NodeRef<html::Input>,
    roster: RwSignal<Roster>,
    /// Where the browser is, and which language it speaks.
    place: StoredValue<(String, Language)>,
}

/// Something that can be chosen.
#[derive(Clone)]
enum Offer {
    /// It is typed.
    Put(usize, Choice),
    Command(Command),
    Person(Box<Person>),
    Hit(Box<Hit>),
    /// All that is found.
    All,
}

impl State {
    /// Everything that can be chosen, in the order of the screen.
    fn choices(self) -> Vec<Offer> {
        let mut all = vec![];
        let completion = self.text.with(|text| self.tags.with(|tags| self.roster.with(|roster| complete(text, &roster.people, tags))));
        if let Some(completion) = completion {
            all.extend(completion.choices.into_iter().map(|choice| Offer::Put(completion.from, choice)));
        }
        let commands = self
            .place
            .with_value(|(path, language)| self.text.with(|text| self.roster.with(|roster| command::meant(text, *language, roster, path))));
        all.extend(commands.into_iter().map(Offer::Command));
        self.found.with(|found| {
            if let Some((_, found)) = found {
                all.extend(found.people.iter().cloned().map(|person| Offer::Person(Box::new(person))));
                all.extend(found.hits.iter().cloned().map(|hit| Offer::Hit(Box::new(hit))));
                if !found.hits.is_empty() {
                    all.push(Offer::All);
                }
            }
        });
        all
    }

    /// Asks for what is typed, unless something else was typed meanwhile.
    fn ask(self) {
        let text = self.text.get_untracked();
        if text.trim().is_empty() || command::asked(&text).is_some() {
            self.found.set(None);
            self.loading.set(false);
            return;
        }
        self.loading.set(true);
        spawn_local(async move {
            let got = search_for(Asked { brief: true, ..Asked::new(&text) }).await;
            // closed meanwhile, or something else was typed
            if self.text.try_with_untracked(|now| *now == text) != Some(true) {
                return;
            }
            self.loading.set(false);
            match got {
                Ok(found) => {
                    self.found.set(Some((text, found)));
                    self.problem.set(None);
                }
                Err(error) => self.problem.set(Some(error)),
            }
        });
    }

    fn typed(self, text: String) {
        if self.text.with_untracked(|now| *now == text) {
            return;
        }
        self.text.set(text.clone());
        self.active.set(None);
        set_timeout(
            move || {
                if self.text.try_with_untracked(|now| *now == text) == Some(true) {
                    self.ask();
                }
            },
            PAUSE,
        );
    }

    /// Walks through so many choices by the arrows.
    fn step(self, event: &ev::KeyboardEvent, length: usize) {
        let step = match event.key().as_str() {
            "ArrowDown" => 1,
            "ArrowUp" => length,
            _ => return,
        };
        event.prevent_default();
        if length > 0 {
            // one place more than there are choices: the field itself
            let at = self.active.get_untracked().map_or(0, |at| at + 1);
            self.active.set(((at + step) % (length + 1)).checked_sub(1));
        }
    }

    /// Puts a choice in the place of what is being typed.
    fn put(self, from: usize, choice: &Choice) {
        let text = self.text.with_untracked(|text| format!("{}{}", text.get(..from).unwrap_or_default(), choice.put));
        if let Some(field) = self.field.get_untracked() {
            field.set_value(&text);
            // Fails only when it is in no document.
            drop(field.focus());
        }
        self.typed(text);
    }
}

/// The dialog.
#[component]
pub fn Dialog() -> impl IntoView {
    let door: Door = expect_context();
    let dialog = NodeRef::<html::Dialog>::new();
    modal(dialog);
    let state = State {
        text: RwSignal::new(String::new()),
        found: RwSignal::new(None),
        loading: RwSignal::new(false),
        problem: RwSignal::new(None),
        tags: RwSignal::new(vec![]),
        active: RwSignal::new(None),
        field: NodeRef::new(),
        roster: use_roster(),
        place: StoredValue::new((use_location().pathname.get_untracked(), use_language())),
    };
    spawn_local(async move {
        // Without them tags are typed whole.
        if let Ok(tags) = list_tags().await {
            state.tags.try_set(tags);
        }
    });
    Effect::new(move || {
        if let Some(field) = state.field.get() {
            request_animation_frame(move || drop(field.focus()));
        }
    });
    let choices = Memo::new_with_compare(move |_| state.choices(), |_, _| true);
    let navigate = StoredValue::new(use_navigate());
    let go = move |address: String| {
        door.close();
        navigate.with_value(|navigate| navigate(&address, NavigateOptions::default()));
    };
    let take = move |offer: &Offer| match offer {
        Offer::Put(from, choice) => state.put(*from, choice),
        Offer::Command(Command { does: Does::Opens(address), .. }) => go((*address).to_owned()),
        Offer::Command(Command { does: Does::Presses(key), .. }) => {
            door.close();
            press(key);
        }
        Offer::Person(person) => go(address_of_person(&person.card)),
        Offer::Hit(hit) => go(address_of(hit)),
        Offer::All => go(state.text.with_untracked(|text| Asked::new(text).address())),
    };
    let taken = StoredValue::new(take);
    let keys = move |event: ev::KeyboardEvent| state.step(&event, choices.with_untracked(Vec::len));
    let sent = move |event: ev::SubmitEvent| {
        event.prevent_default();
        let commands = state.text.with_untracked(|text| command::asked(text).is_some());
        let at = state.active.get_untracked().or(commands.then_some(0));
        let chosen = at.and_then(|at| choices.with_untracked(|all| all.get(at).cloned()));
        if let Some(chosen) = chosen.or((!commands).then_some(Offer::All)) {
            taken.with_value(|take| take(&chosen));
        }
    };
    let cancelled = move |event: ev::Event| {
        event.prevent_default();
        door.close();
    };
    let outside = move |event: ev::MouseEvent| {
        // the dialog itself is met only beside what stands in it
        if event.target() == event.current_target() {
            door.close();
        }
    };
    Effect::new(move || {
        if let Some(at) = state.active.get() {
            show(at);
        }
    });
    let active = move || state.active.get().map(option_id);
    let expanded = move || if choices.with(Vec::is_empty) { "false" } else { "true" };
    view! {
        <dialog node_ref=dialog class="dialog search-dialog" open=true aria-label=t(texts::TITLE) on:cancel=cancelled on:click=outside>
            <form class="search-form" method="get" action="/search" role="search" on:submit=sent>
                <Icon glyph=Glyph::Search/>
                <input node_ref=state.field class="search-field" type="text" name="q" role="combobox" autocomplete="off" autocapitalize="off" spellcheck="false"
                    aria-label=t(texts::FIELD) placeholder=t(texts::PLACEHOLDER) aria-autocomplete="list" aria-controls="search-choices"
                    aria-expanded=expanded aria-activedescendant=active
                    on:input=move |event| state.typed(event_target_value(&event)) on:keydown=keys/>
                <span class="search-busy" class:on=move || state.loading.get() aria-hidden="true"></span>
                <button type="button" class="icon-button" aria-label=t(common::CLOSE) on:click=move |_| door.close()><Icon glyph=Glyph::Close/></button>
            </form>
            <Choices state choices take=Callback::new(move |offer: Offer| taken.with_value(|take| take(&offer)))/>
            <Said state/>
            <footer class="search-keys" aria-hidden="true">
                <span><kbd>"↑"</kbd><kbd>"↓"</kbd>" "{t(texts::KEYS_MOVE)}</span>
                <span><kbd>"↵"</kbd>" "{t(texts::KEYS_OPEN)}</span>
                <span><kbd>"Esc"</kbd>" "{t(texts::KEYS_CLOSE)}</span>
            </footer>
        </dialog>
    }
}

/// Gives a key to the Inbox once the dialog is gone.
fn press(key: &'static str) {
    let give = move || {
        let about = Object::new();
        let pressed = Reflect::set(&about, &"key".into(), &key.into())
            .and_then(|_| Reflect::set(&about, &"cancelable".into(), &true.into()))
            .and_then(|_| Reflect::get(&window(), &"KeyboardEvent".into()))
            .and_then(|made| Reflect::construct(made.unchecked_ref::<Function>(), &Array::of2(&"keydown".into(), &about)))
            .and_then(|event| window().dispatch_event(event.unchecked_ref()));
        debug_assert!(pressed.is_ok(), "every browser has key events");
    };
    request_animation_frame(move || request_animation_frame(give));
}

fn option_id(at: usize) -> String {
    format!("search-choice-{at}")
}

/// Scrolls the list no further than a choice is seen. The list is what the places of its choices are counted from.
fn show(at: usize) {
    let element = |id: &str| document().get_element_by_id(id)?.dyn_into::<web_sys::HtmlElement>().ok();
    let (Some(list), Some(option)) = (element("search-choices"), element(&option_id(at))) else { return };
    let (top, bottom) = (option.offset_top(), option.offset_top() + option.offset_height());
    if top < list.scroll_top() {
        list.set_scroll_top(top);
    } else if bottom > list.scroll_top() + list.client_height() {
        list.set_scroll_top(bottom - list.client_height());
    }
}

/// The list of choices, in its groups.
#[component]
fn Choices(state: State, choices: Memo<Vec<Offer>>, take: Callback<Offer>) -> impl IntoView {
    let language = use_language();
    let group = move |name: &'static str, wanted: fn(&Offer) -> bool| {
        let some: Vec<(usize, Offer)> = choices.get().into_iter().enumerate().filter(|(_, offer)| wanted(offer)).collect();
        (!some.is_empty()).then(|| {
            view! {
                <div role="group" aria-label=name class="search-group">
                    <p class="search-group-name" aria-hidden="true">{name}</p>
                    {some.into_iter().map(|(at, offer)| view! { <One state at offer take/> }).collect_view()}
                </div>
            }
        })
    };
    let (offers, commands) = (language.say(texts::OFFERS), language.say(texts::COMMANDS));
    let (people, conversations) = (language.say(texts::PEOPLE), language.say(texts::CONVERSATIONS));
    view! {
        <div id="search-choices" class="search-choices" role="listbox" aria-label=t(texts::RESULTS)>
            {move || group(offers, |offer| matches!(offer, Offer::Put(..)))}
            {move || group(commands, |offer| matches!(offer, Offer::Command(_)))}
            {move || group(people, |offer| matches!(offer, Offer::Person(_)))}
            {move || group(conversations, |offer| matches!(offer, Offer::Hit(_) | Offer::All))}
        </div>
    }
}

#[component]
fn One(state: State, at: usize, offer: Offer, take: Callback<Offer>) -> impl IntoView {
    let language = use_language();
    let selected = move || if state.active.get() == Some(at) { "true" } else { "false" };
    let chosen = StoredValue::new(offer.clone());
    let click = move |event: ev::MouseEvent| {
        if !(event.ctrl_key() || event.meta_key() || event.shift_key()) {
            event.prevent_default();
            take.run(chosen.get_value());
        }
    };
    let link = |href: String, class: &'static str, inside: AnyView| {
        view! {
            <a id=option_id(at) class=class role="option" tabindex="-1" aria-selected=selected href=href on:click=click>{inside}</a>
        }
    };
    match offer {
        Offer::Put(_, choice) => {
            let says = choice.value.is_none().then(|| view! { <span class="hint">{language.say(operator_text(choice.operator))}</span> });
            Either::Left(view! {
                <button type="button" id=option_id(at) class="search-choice offer" role="option" tabindex="-1" aria-selected=selected on:click=click>
                    <code>{choice.put.trim().to_owned()}</code>{says}
                </button>
            }.into_any())
        }
        Offer::Command(Command { name, does: Does::Opens(address) }) => {
            Either::Right(link(address.to_owned(), "search-choice command", view! { <span>{name}</span> }.into_any()))
        }
        Offer::Command(Command { name, does: Does::Presses(key) }) => Either::Left(view! {
            <button type="button" id=option_id(at) class="search-choice command" role="option" tabindex="-1" aria-selected=selected on:click=click>
                <span>{name}</span><kbd aria-hidden="true">{key}</kbd>
            </button>
        }.into_any()),
        Offer::Person(person) => {
            let href = address_of_person(&person.card);
            Either::Right(link(href, "search-choice hit", view! { <PersonRow person=*person/> }.into_any()))
        }
        Offer::Hit(hit) => {
            let href = address_of(&hit);
            Either::Right(link(href, "search-choice hit", view! { <HitRow hit=*hit/> }.into_any()))
        }
        Offer::All => {
            let href = state.text.with_untracked(|text| Asked::new(text).address());
            Either::Right(link(
                href,
                "search-choice all",
                view! { <Icon glyph=Glyph::List/><span>{language.say(texts::ALL)}</span> }.into_any(),
            ))
        }
    }
}

/// What is said beside the choices: nothing typed yet, nothing found, what went wrong; and how many there are, for who listens.
#[component]
fn Said(state: State) -> impl IntoView {
    let language = use_language();
    let problems = move || {
        state.found.with(|found| {
            let (text, found) = found.as_ref()?;
            (!found.problems.is_empty()).then(|| view! { <Problems text=text.clone() problems=found.problems.clone()/> })
        })
    };
    let empty = move || state.text.with(|text| text.trim().is_empty());
    let commands = move || state.text.with(|text| command::asked(text).is_some());
    let nothing =
        move || state.found.with(|found| found.as_ref().is_some_and(|(_, found)| found.hits.is_empty() && found.people.is_empty()));
    let counted = move || match state.found.get() {
        Some((_, found)) if !state.loading.get() => counted(language, found.total, found.bounded),
        _ => String::new(),
    };
    view! {
        <p class="visually-hidden" role="status">{counted}</p>
        <div role="alert">
            {move || state.problem.get().map(|error| view! {
                <p class="rows-problem">
                    {error.say(language)}
                    <button type="button" class="button small" on:click=move |_| { state.problem.set(None); state.ask(); }>{language.say(common::TRY_AGAIN)}</button>
                </p>
            })}
        </div>
        {problems}
        {move || empty().then(|| view! { <Empty glyph=Glyph::Search title=language.say(texts::BEGIN) hint=language.say(texts::BEGIN_HINT)/> })}
        {move || (!empty() && !commands() && nothing() && state.problem.with(Option::is_none)).then(|| view! { <Empty glyph=Glyph::Search title=language.say(texts::NOTHING) hint=language.say(texts::NOTHING_HINT)/> })}
    }
}
