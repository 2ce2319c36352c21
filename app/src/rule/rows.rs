//! The rows of an editor: conditions in groups, and actions. They grow and shrink with wasm; without, one empty row waits at the end of each.

use leptos::{ev, prelude::*};
use model::{
    Text,
    rule::{Choice, Condition, Conditions as Asked, Subject, Takes, Test},
    text::{rule as texts, trigger as of_trigger},
};

use super::choices::Choices;
use crate::{
    error::Error,
    text::{fill, t, use_language},
    ui::{Act, Glyph, Icon, each, written},
};

/// Why the form was refused.
pub type Refused = Signal<Option<Error>>;

/// Why the act that was asked last was refused.
pub fn use_refused(acts: [Act; 2]) -> Refused {
    let last = RwSignal::new(untrack(|| acts[0].refusal()));
    for act in acts {
        Effect::new(move |before: Option<()>| {
            act.version().track();
            if before.is_some() {
                last.set(untrack(|| act.refusal()));
            }
        });
    }
    last.into()
}

/// What is wrong with a field, by its place.
#[component]
fn Problem(refused: Refused, #[prop(into)] field: String) -> impl IntoView {
    let language = use_language();
    let wrong = move || refused.get().filter(|error| error.field() == Some(field.as_str())).map(|error| error.say(language));
    move || wrong().map(|text| view! { <p class="problem" role="alert">{text}</p> })
}

/// The rows of conditions: a key that stays, the key of the group (0 for none), and what was there at first.
#[derive(Clone, Copy)]
struct Rows {
    next: StoredValue<usize>,
    all: RwSignal<Vec<(usize, usize, Condition)>>,
    /// Keys of the groups, and whether one condition of each is enough at first.
    groups: RwSignal<Vec<(usize, bool)>>,
    about: &'static [Subject],
    refused: Refused,
    awake: RwSignal<bool>,
}

impl Rows {
    fn new(asked: Asked, about: &'static [Subject], refused: Refused) -> Self {
        let awake = RwSignal::new(false);
        Effect::new(move || awake.set(true));
        let groups: Vec<(usize, bool)> = (1..).zip(&asked.groups).map(|(key, group)| (key, group.any)).collect();
        let empty = blank(about);
        let within = (1..).zip(asked.groups).flat_map(|(key, group)| group.conditions.into_iter().map(move |condition| (key, condition)));
        let all = asked.conditions.into_iter().chain([empty]).map(|condition| (0, condition)).chain(within);
        let rows: Vec<_> = all.enumerate().map(|(key, (group, condition))| (key, group, condition)).collect();
        let next = StoredValue::new(rows.len() + groups.len() + 1);
        Self { next, all: RwSignal::new(rows), groups: RwSignal::new(groups), about, refused, awake }
    }

    fn key(self) -> usize {
        let key = self.next.get_value();
        self.next.set_value(key + 1);
        key
    }

    fn add(self, group: usize) {
        let key = self.key();
        self.all.update(|rows| rows.push((key, group, blank(self.about))));
    }

    fn add_group(self) {
        let key = self.key();
        self.groups.update(|groups| groups.push((key, true)));
        self.add(key);
    }

    fn remove_group(self, group: usize) {
        self.all.update(|rows| rows.retain(|(_, of, _)| *of != group));
        self.groups.update(|groups| groups.retain(|(known, _)| *known != group));
    }

    /// A group's number, from 1.
    fn number(self, group: usize) -> usize {
        self.groups.with(|groups| groups.iter().position(|(known, _)| *known == group).map_or(0, |at| at + 1))
    }

    fn of(self, group: usize) -> impl Fn() -> Vec<(usize, usize, Condition)> + Send + Sync + 'static {
        move || self.all.with(|rows| rows.iter().filter(|(_, of, _)| *of == group).cloned().collect())
    }

    fn view(self, group: usize) -> impl IntoView {
        each(self.of(group), |(key, ..)| *key, move |(key, group, condition)| view! { <ConditionRow condition key group rows=self/> })
    }
}

fn blank(about: &[Subject]) -> Condition {
    let subject = about.first().copied().unwrap_or(Subject::Page);
    Condition { subject, test: subject.tests()[0], name: String::new(), value: String::new() }
}

/// Conditions, with groups among them.
#[component]
pub fn Conditions(
    /// As they are.
    conditions: Asked,
    /// What can be asked.
    about: &'static [Subject],
    /// Why the form was refused.
    refused: Refused,
) -> impl IntoView {
    let rows = Rows::new(conditions, about, refused);
    let groups = each(move || rows.groups.get(), |(key, _)| *key, move |(key, any)| view! { <GroupRows key any rows/> });
    view! {
        <fieldset class="rule-rows">
            <legend>{t(of_trigger::CONDITIONS)}</legend>
            {rows.view(0)}
            {groups}
            <Problem refused field="conditions"/>
            <div class="actions needs-wasm">
                <button type="button" class="button small" on:click=move |_| rows.add(0)><Icon glyph=Glyph::Plus/>{t(of_trigger::ADD_CONDITION)}</button>
                <button type="button" class="button small" on:click=move |_| rows.add_group()><Icon glyph=Glyph::Plus/>{t(texts::ADD_GROUP)}</button>
            </div>
        </fieldset>
    }
}

/// How many of some conditions must hold.
#[component]
pub fn HowMany(
    /// Its id, for who labels it.
    #[prop(optional)]
    id: Option<&'static str>,
    /// Its name in the form.
    #[prop(into)]
    name: Signal<String>,
    /// What it is, when nothing labels it.
    #[prop(optional)]
    label: Option<Signal<String>>,
    /// Whether one is enough.
    any: bool,
) -> impl IntoView {
    view! {
        <select class="input" id=id name=name aria-label=move || label.map(|label| label.get())>
            <option value="all" selected=!any>{t(of_trigger::ALL_OF)}</option>
            <option value="any" selected=any>{t(of_trigger::ANY_OF)}</option>
        </select>
    }
}

#[component]
fn GroupRows(key: usize, any: bool, rows: Rows) -> impl IntoView {
    let language = use_language();
    let say = move |text: Text| Signal::derive(move || language.fill(text, &[("n", &rows.number(key).to_string())]));
    let label = Signal::derive(move || format!("{}: {}", say(texts::GROUP).get(), language.say(of_trigger::HOW_MANY)));
    view! {
        <fieldset class="rule-rows rule-group">
            <legend>{say(texts::GROUP)}</legend>
            <div class="rule-row group-head">
                <HowMany name=Signal::derive(move || format!("form[groups][{}]", rows.number(key).saturating_sub(1))) label any/>
                <button type="button" class="icon-button needs-wasm" on:click=move |_| rows.remove_group(key) aria-label=say(texts::REMOVE_GROUP)><Icon glyph=Glyph::Close/></button>
            </div>
            {rows.view(key)}
            <button type="button" class="button small needs-wasm" on:click=move |_| rows.add(key) aria-label=say(texts::ADD_TO_GROUP)>
                <Icon glyph=Glyph::Plus/>{t(of_trigger::ADD_CONDITION)}
            </button>
        </fieldset>
    }
}

#[component]
fn ConditionRow(condition: Condition, key: usize, group: usize, rows: Rows) -> impl IntoView {
    let language = use_language();
    let Rows { about, refused, awake, .. } = rows;
    let n = Signal::derive(move || rows.all.with(|rows| rows.iter().position(|(known, ..)| *known == key).unwrap_or(0)));
    let (subject, test) = (RwSignal::new(condition.subject), RwSignal::new(condition.test));
    // every comparison is offered until the page is awake: without wasm nothing follows the subject
    let chose = move |event: ev::Event| {
        if let Ok(chosen) = event_target_value(&event).parse::<Subject>() {
            subject.set(chosen);
            if !chosen.tests().contains(&test.get_untracked()) {
                test.set(chosen.tests()[0]);
            }
        }
    };
    let name = move |field: &'static str| Signal::derive(move || format!("form[conditions][{}][{field}]", n.get()));
    let label = move |text: Text| move || language.fill(text, &[("n", &(n.get() + 1).to_string())]);
    let subjects =
        about.iter().map(|one| view! { <option value=one.word() selected=*one == condition.subject>{language.say(one.says())}</option> });
    let asked = |one: &Test| about.iter().any(|subject| subject.tests().contains(one));
    let offered = Test::ALL.iter().filter(|one| asked(one)).map(|one| {
        let (one, away) = (*one, move || awake.get() && !subject.get().tests().contains(one));
        view! { <option value=one.word() selected=one == condition.test hidden=away prop:selected=move || test.get() == one>{language.say(one.says())}</option> }
    });
    let wanted = Signal::derive(move || subject.get().choice());
    let (typed, chosen) =
        if condition.subject.choice().is_some() { (String::new(), condition.value) } else { (condition.value, String::new()) };
    let choices = about.iter().any(|one| one.choice().is_some()).then(|| {
        view! { <Choices name_of=name("choice") of=OF_CONDITIONS wanted value=chosen awake/> }
    });
    let attribute = about.contains(&Subject::Attribute).then(|| {
        view! {
            <input class="input attribute" name=name("name") value=condition.name aria-label=t(of_trigger::ATTRIBUTE) placeholder=t(of_trigger::ATTRIBUTE)
                hidden=move || awake.get() && subject.get() != Subject::Attribute/>
        }
    });
    view! {
        <div class="rule-row">
            <input type="hidden" name=name("group") value=move || rows.number(group).to_string()/>
            <select class="input" name=name("subject") aria-label=label(of_trigger::SUBJECT) on:change=chose>{subjects.collect_view()}</select>
            {attribute}
            <select class="input" name=name("test") aria-label=t(of_trigger::TEST) on:change=move |event| if let Ok(chosen) = event_target_value(&event).parse() { test.set(chosen) }>
                {offered.collect_view()}
            </select>
            <input class="input" name=name("value") value=typed aria-label=t(of_trigger::VALUE) placeholder=t(of_trigger::VALUE)
                hidden=move || awake.get() && wanted.get().is_some()/>
            {choices}
            <button type="button" class="icon-button needs-wasm" on:click=move |_| rows.all.update(|rows| rows.retain(|(known, ..)| *known != key)) aria-label=label(of_trigger::REMOVE)><Icon glyph=Glyph::Close/></button>
            {move || ["value", "test", "name"].map(|field| view! { <Problem refused field=format!("{field}.{}", n.get())/> })}
        </div>
    }
}

/// The lists that conditions of conversations are chosen from.
const OF_CONDITIONS: &[Choice] =
    &[Choice::Kind, Choice::Channel, Choice::Status, Choice::Priority, Choice::Assignee, Choice::Department, Choice::Hours];

/// One of the things that can be done.
#[derive(Clone, Copy)]
pub struct DeedChoice {
    /// Its word in the form.
    pub word: &'static str,
    /// What it is called.
    pub says: Text,
    /// What it is done with.
    pub takes: Takes,
}

/// What is done.
#[component]
pub fn Actions(
    /// As it is: words of deeds, and with what.
    actions: Vec<(&'static str, String)>,
    /// What can be done; the first one is what a new row begins with.
    deeds: Vec<DeedChoice>,
    /// What values are chosen from.
    of: &'static [Choice],
    /// Why the form was refused.
    refused: Refused,
) -> impl IntoView {
    let awake = RwSignal::new(false);
    Effect::new(move || awake.set(true));
    let begin = deeds.first().map_or("", |deed| deed.word);
    let spare = actions.is_empty().then(|| (begin, String::new()));
    let first = actions.into_iter().chain(spare).enumerate().collect::<Vec<_>>();
    let (next, rows, deeds) = (StoredValue::new(first.len()), RwSignal::new(first), StoredValue::new(deeds));
    let add = move |_| {
        let n = next.get_value();
        next.set_value(n + 1);
        rows.update(|rows| rows.push((n, (begin, String::new()))));
    };
    let place = move |key: usize| Signal::derive(move || rows.with(|rows| rows.iter().position(|(known, _)| *known == key).unwrap_or(0)));
    view! {
        <fieldset class="rule-rows">
            <legend>{t(of_trigger::ACTIONS)}</legend>
            {each(move || rows.get(), |(key, _)| *key, move |(key, action)| view! {
                <ActionRow action deeds of n=place(key) refused awake remove=move |_| rows.update(|rows| rows.retain(|(known, _)| *known != key))/>
            })}
            <Problem refused field="actions"/>
            <button type="button" class="button small needs-wasm" on:click=add><Icon glyph=Glyph::Plus/>{t(of_trigger::ADD_ACTION)}</button>
        </fieldset>
    }
}

#[component]
fn ActionRow(
    action: (&'static str, String),
    deeds: StoredValue<Vec<DeedChoice>>,
    of: &'static [Choice],
    n: Signal<usize>,
    refused: Refused,
    awake: RwSignal<bool>,
    remove: impl Fn(ev::MouseEvent) + 'static,
) -> impl IntoView {
    let language = use_language();
    let takes =
        move |word: &str| deeds.with_value(|deeds| deeds.iter().find(|deed| deed.word == word).map_or(Takes::Nothing, |deed| deed.takes));
    let (word, value) = action;
    let now = RwSignal::new(takes(word));
    let chose = move |event: ev::Event| now.set(takes(&event_target_value(&event)));
    let name = move |field: &'static str| Signal::derive(move || format!("form[actions][{}][{field}]", n.get()));
    let label = move |text: Text| move || language.fill(text, &[("n", &(n.get() + 1).to_string())]);
    let (chosen, words) = if matches!(takes(word), Takes::Choice(_)) { (value, String::new()) } else { (String::new(), value) };
    let wanted = Signal::derive(move || if let Takes::Choice(choice) = now.get() { Some(choice) } else { None });
    let offered = deeds.with_value(|deeds| {
        deeds.iter().map(|one| view! { <option value=one.word selected=one.word == word>{language.say(one.says)}</option> }).collect_view()
    });
    view! {
        <div class="rule-row action">
            <select class="input" name=name("deed") aria-label=label(of_trigger::DEED) on:change=chose>{offered}</select>
            <textarea class="input" rows="1" name=name("value") aria-label=t(of_trigger::VALUE) hidden=move || awake.get() && now.get() != Takes::Words>
                {written(words)}
            </textarea>
            <Choices name_of=name("choice") of wanted value=chosen awake/>
            <button type="button" class="icon-button needs-wasm" on:click=remove aria-label=label(of_trigger::REMOVE)><Icon glyph=Glyph::Close/></button>
            {move || view! { <Problem refused field=format!("action_value.{}", n.get())/> }}
        </div>
    }
}

/// A label, a control, and what is wrong.
#[component]
pub fn Labelled(
    /// Its name in the form.
    name: &'static str,
    /// What it is.
    label: Text,
    /// What helps to fill it in.
    #[prop(optional)]
    hint: Option<Text>,
    /// Why the form was refused.
    refused: Refused,
    /// The control.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="field">
            <label for=format!("rule-{name}")>{fill(label, &[])}</label>
            {children()}
            <div class="about">
                <Problem refused field=name/>
                {hint.map(|hint| view! { <p class="hint">{t(hint)}</p> })}
            </div>
        </div>
    }
}
