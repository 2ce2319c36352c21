//! The timeline: what was said, noted and happened in every conversation, notes of the contact and visits to the site, newest first.
//! What stands together is shown together: a run of entries of one conversation is one card, in the order it is read.

use leptos::prelude::*;
use model::{
    Moment,
    contact::{
        Note,
        profile::{Entry, Mark, Passed, Profile, Stay, Words},
    },
    conversation::Line,
    moment::{DAY, Zone},
    text::{common, contact as texts},
};

use super::{
    note::NoteCard,
    page::PageState,
    passed::{Visited, WordsCard},
};
use crate::{
    live::use_live,
    text::use_language,
    ui::{Empty, Glyph, Icon, Now, day, each},
};

/// What stands together.
#[derive(Clone)]
pub enum Group {
    /// Of one conversation, newest first.
    Words(Box<Line>, Vec<(Moment, String, Words)>),
    /// A note.
    Note(Note),
    /// A visit.
    Visit(Moment, String, Stay),
}

/// A day, by the property's zone.
type Day = (i64, u8, u8);

impl Group {
    fn at(&self) -> Moment {
        match self {
            Self::Words(_, all) => all.first().map_or(Moment(0), |(at, ..)| *at),
            Self::Note(note) => note.at,
            Self::Visit(at, ..) => *at,
        }
    }

    /// What it is drawn anew for.
    fn key(&self) -> String {
        match self {
            Self::Words(line, all) => {
                let said = all
                    .iter()
                    .map(|(_, id, words)| format!("{id}{}{}{}", words.text, words.files, words.marked))
                    .collect::<Vec<_>>()
                    .concat();
                format!("{} {:?} {} {} {said}", line.id, line.status, line.subject, line.contact.called())
            }
            Self::Note(note) => format!("{} {}", note.id, note.text),
            Self::Visit(_, id, stay) => format!("{id} {}", stay.pages),
        }
    }

    fn glyph(&self) -> Glyph {
        match self {
            Self::Words(line, _) if line.number.is_some() => Glyph::Envelope,
            Self::Words(..) => Glyph::Chat,
            Self::Note(_) => Glyph::Pencil,
            Self::Visit(..) => Glyph::Globe,
        }
    }
}

/// All that is loaded, newest first, in groups that end where a day ends.
pub fn groups(profile: &Profile, zone: &Zone) -> Vec<(Day, Group)> {
    let mut all: Vec<(Mark, Group)> =
        profile.entries.iter().filter_map(|entry| Some((Mark::of_entry(entry), single(profile, entry)?))).collect();
    all.extend(profile.notes_shown().map(|note| (Mark { at: note.at, id: note.id.to_string() }, Group::Note(note.clone()))));
    all.sort_by(|(a, _), (b, _)| b.cmp(a));
    let mut groups: Vec<(Day, Group)> = vec![];
    for (mark, group) in all {
        let local = zone.local(mark.at);
        let day = (local.year, local.month, local.day);
        match (groups.last_mut(), group) {
            (Some((same, Group::Words(line, all))), Group::Words(other, more)) if *same == day && line.id == other.id => all.extend(more),
            (_, group) => groups.push((day, group)),
        }
    }
    groups
}

fn single(profile: &Profile, entry: &Entry) -> Option<Group> {
    match &entry.what {
        Passed::Words(words) => {
            let line = profile.lines.iter().find(|line| line.id == words.conversation)?;
            Some(Group::Words(Box::new(line.clone()), vec![(entry.at, entry.id.clone(), words.clone())]))
        }
        Passed::Visit(stay) => Some(Group::Visit(entry.at, entry.id.clone(), stay.clone())),
    }
}

/// The timeline.
#[component]
pub fn Timeline(state: PageState) -> impl IntoView {
    let (profile, language) = (state.profile, use_language());
    let zone = use_live().roster().with_untracked(|roster| roster.zone.clone());
    // a group with the day above it, if it is the first of that day
    let shown = move || {
        let groups = profile.with(|profile| groups(profile, &zone));
        let mut before = None;
        groups.into_iter().map(|(day, group)| (before.replace(day) != Some(day), group)).collect::<Vec<_>>()
    };
    let none = Memo::new(move |_| profile.with(|profile| profile.entries.is_empty() && profile.notes.is_empty()));
    view! {
        <ol class="timeline">
            {each(shown, |(first, group)| (*first, group.key()), |(first, group)| view! { <Item first group/> })}
        </ol>
        <Show when=move || none.get()><Empty glyph=Glyph::Clock title=language.say(texts::NO_HISTORY) hint=language.say(texts::NO_HISTORY_HINT)/></Show>
    }
}

#[component]
fn Item(first: bool, group: Group) -> impl IntoView {
    let (at, glyph) = (group.at(), group.glyph());
    let kind = if matches!(group, Group::Note(_)) { "passed note" } else { "passed" };
    view! {
        {first.then(|| view! { <li class="timeline-day"><DayHead at/></li> })}
        <li class=kind>
            <span class="passed-sign"><Icon glyph/></span>
            {match group {
                Group::Words(line, words) => view! { <WordsCard line=*line words/> }.into_any(),
                Group::Note(note) => view! { <NoteCard note/> }.into_any(),
                Group::Visit(at, _, stay) => view! { <Visited at stay/> }.into_any(),
            }}
        </li>
    }
}

/// A day, as it is called today.
#[component]
fn DayHead(at: Moment) -> impl IntoView {
    let language = use_language();
    let live = use_live();
    let zone = live.roster().with_untracked(|roster| roster.zone.clone());
    let now = use_context::<Now>().map_or_else(|| live.now(), |now| now.0);
    let words = move || {
        let now = now.get();
        let of = |at: Moment| {
            let local = zone.local(at);
            (local.year, local.month, local.day)
        };
        if of(at) == of(now) {
            language.say(texts::TODAY).to_owned()
        } else if of(at) == of(now.plus(-DAY)) {
            language.say(common::YESTERDAY).to_owned()
        } else {
            day(at, now, &zone, language)
        }
    };
    view! { <h2>{words}</h2> }
}
