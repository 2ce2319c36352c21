//! How far the last act is, what became of it, and the way back. It comes live, in a page loaded anew too.

use leptos::prelude::*;
use model::{
    Language,
    batch::{Batch, Change, LastBatch, Stage},
    conversation::Folder,
    text::{common, conversation, several as text},
};

use super::{api::UndoBatch, use_several};
use crate::{
    conversation::{assignee_name, folder_word, priority_said, status_word},
    error::Error,
    live::use_live,
    text::use_language,
    ui::{Act, BareForm, Glyph, Icon},
};

/// The progress.
#[component]
pub fn Progress(
    /// The last act.
    last: RwSignal<LastBatch>,
) -> impl IntoView {
    let (several, language, roster) = (use_several(), use_language(), use_live().roster());
    let undo = Act::new::<UndoBatch>();
    let shown = Memo::new(move |_| last.with(|last| last.batch.clone()).filter(|_| several.wanted()));
    let said = move |batch: &Batch| roster.with_untracked(|roster| says(batch, language, |who| assignee_name(roster, who, language)));
    let refusal = move || undo.refusal().as_ref().map(|error: &Error| error.say(language));
    let dismiss = move |_| several.keep_bar(false);
    view! {
        {move || shown.get().map(|batch| {
            let ((done, of), going_on) = (batch.progress(), batch.going_on());
            view! {
                <div class="several-progress">
                    <p>
                        <b role="status">{said(&batch)}</b>
                        {batch.undoable().then(|| view! {
                            <BareForm action=undo>
                                <input type="hidden" name="batch" value=batch.id.to_string()/>
                                <button class="button small"><Icon glyph=Glyph::Undo/>{language.say(if going_on { text::STOP } else { conversation::UNDO })}</button>
                            </BareForm>
                        })}
                        {(!going_on).then(|| view! {
                            <button type="button" class="icon-button" aria-label=language.say(common::CLOSE) on:click=dismiss><Icon glyph=Glyph::Close/></button>
                        })}
                    </p>
                    {going_on.then(|| view! { <progress max=of.to_string() value=done.to_string() aria-label=language.say(text::PROGRESS)></progress> })}
                    <div role="alert">{move || refusal().map(|why| view! { <p class="several-problem">{why}</p> })}</div>
                </div>
            }
        })}
    }
}

/// What is being done, or was.
fn says(batch: &Batch, language: Language, name: impl Fn(&model::Assignee) -> String) -> String {
    let (done, of) = batch.progress();
    let what = match &batch.change {
        Change::Assign(who) => language.fill(text::TO_ASSIGN, &[("to", &name(who))]),
        Change::Status(status) => language.fill(text::TO_STATUS, &[("to", language.say(status_word(*status)))]),
        Change::Snooze(_) => language.say(conversation::SNOOZE).to_owned(),
        Change::Priority(priority) => language.fill(text::TO_PRIORITY, &[("to", &priority_said(*priority, language))]),
        Change::Tag(tag) => language.fill(text::TO_TAG, &[("tag", tag)]),
        Change::Untag(tag) => language.fill(text::TO_UNTAG, &[("tag", tag)]),
        Change::Move(Folder::Inbox) => language.say(text::TO_RESTORE).to_owned(),
        Change::Move(folder) => language.fill(text::TO_MOVE, &[("to", language.say(folder_word(*folder)))]),
        Change::Delete => language.say(text::TO_DELETE).to_owned(),
    };
    let mut parts = vec![match batch.stage {
        Stage::Running => language.fill(text::RUNNING, &[("what", &what), ("done", &done.to_string()), ("of", &of.to_string())]),
        Stage::Done => format!("{what}: {}", language.count(text::CHANGED, batch.changed)),
        Stage::Undoing => language.fill(text::UNDOING, &[("done", &done.to_string()), ("of", &of.to_string())]),
        Stage::Undone => language.count(text::UNDONE, batch.back),
    }];
    let same = batch.looked - batch.changed - batch.refused;
    if batch.stage == Stage::Done && same > 0 {
        parts.push(language.count(text::SAME, same));
    }
    if batch.stage == Stage::Done && batch.refused > 0 {
        parts.push(language.count(text::REFUSED, batch.refused));
    }
    if batch.kept > 0 {
        parts.push(language.count(text::KEPT, batch.kept));
    }
    parts.join(" · ")
}
