//! The list of the Inbox. Only the rows near the window are in the page, however many are loaded; further parts
//! are loaded while one nears the end. Without wasm: the first part, and a link to the next.

use leptos::prelude::*;
use model::{ConversationId, agent::Density, inbox, text::inbox as text};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use super::{
    inbox_page::ListState,
    keyboard::{Command, use_commands},
    row::Row,
    use_address,
};
use crate::{
    live::use_live,
    text::use_language,
    ui::{Drawn, Empty, Glyph, LongList, Of, each},
};

/// Height of a row, as in `inbox.css`.
const ROW: f64 = 104.0;
/// The same of a compact one.
const COMPACT: f64 = 60.0;
/// Rows before the end at which the next part is asked for: none, on a laptop that has just opened the list.
const AHEAD: usize = 8;
/// Rows drawn before the window was measured: one part.
const FIRST: usize = 24;

/// The list.
#[component]
pub fn ConversationList(
    /// What it shows.
    state: ListState,
) -> impl IntoView {
    let (address, language) = (use_address(), use_language());
    let inbox = state.inbox;
    // chosen on another page
    let compact = use_live().roster().with_untracked(|roster| roster.density() == Density::Compact);
    let list = LongList::new(Of {
        height: if compact { COMPACT } else { ROW },
        first: FIRST,
        length: Box::new(move || inbox.with(|inbox| inbox.rows.len())),
        name: Box::new(move |place| inbox.with_untracked(|inbox| inbox.rows.get(place).map(|row| row.line.id.to_string()))),
        place: Box::new(move |edge| {
            inbox.with(|inbox| {
                let (id, place) = edge?;
                let same = |row: &inbox::Row| row.line.id.as_str() == id;
                if inbox.rows.get(place).is_some_and(same) { None } else { inbox.rows.iter().position(same) }
            })
        }),
    });
    Effect::new(move || {
        if list.nears_end(AHEAD) {
            state.load_more();
        }
    });
    // another view begins at its top
    Effect::new(move |before: Option<model::view::View>| {
        let view = state.inbox.with(|inbox| inbox.view.clone());
        if before.is_some_and(|before| before != view) {
            list.rewind();
        }
        view
    });
    let mark = Mark::follow(state.inbox);
    move_by_keys(state, list, mark);
    let shown = move || {
        let Drawn { from, to } = list.drawn();
        state.inbox.with(|inbox| {
            if list.measured() {
                mark.keep(&inbox.rows);
            }
            inbox.rows.iter().take(to).skip(from).cloned().collect::<Vec<_>>()
        })
    };
    let more = move || state.inbox.with(|inbox| inbox.more.as_ref().map(|key| address.list_after(key)));
    view! {
        <div class="rows-scroll" node_ref=list.scroller on:scroll=move |_| list.measure() tabindex="-1">
            <ol class="inbox-rows" class:compact=compact node_ref=list.rows on:focusin=move |_| mark.set(focused()) aria-busy=move || state.loading.get().then_some("true")>
                {each(shown, |row| (row.line.id.clone(), row.line.seq, row.unread(), row.line.contact.name.clone(), row.line.contact.email.clone()), move |row| view! {
                    <Row row/>
                })}
            </ol>
            {move || (list.length() == 0 && !state.loading.get()).then(|| view! {
                <Empty glyph=Glyph::Inbox title=language.say(text::EMPTY) hint=language.say(text::EMPTY_HINT)/>
            })}
            {move || more().map(|href| view! {
                <a class="rows-more" href=href on:click=move |event| { event.prevent_default(); state.load_more(); }>{language.say(text::MORE)}</a>
            })}
            <div role="alert">
                {move || state.problem.get().map(|error| view! {
                    <p class="rows-problem">
                        {error.say(language)}
                        <button type="button" class="button small" on:click=move |_| { state.problem.set(None); state.load(); }>{language.say(text::TRY_AGAIN)}</button>
                    </p>
                })}
            </div>
        </div>
    }
}

/// Where one is in the list: the row that had the focus last or was opened last, and its place. The place stays when the row goes.
#[derive(Clone, Copy)]
struct Mark {
    inbox: RwSignal<inbox::Inbox>,
    at: StoredValue<Option<(ConversationId, usize)>>,
}

impl Mark {
    /// Follows what is opened.
    fn follow(inbox: RwSignal<inbox::Inbox>) -> Self {
        let mark = Self { inbox, at: StoredValue::new(None) };
        let open = use_address().open;
        Effect::new(move || mark.set(open.get()));
        mark
    }

    fn set(self, id: Option<ConversationId>) {
        let place = |id: ConversationId| {
            let place = self.inbox.with_untracked(|inbox| inbox.rows.iter().position(|row| row.line.id == id))?;
            Some((id, place))
        };
        if let Some(at) = id.and_then(place) {
            self.at.set_value(Some(at));
        }
    }

    /// The rows are about to be drawn anew: one that changes is another element, and has the focus again if it had it.
    fn keep(self, rows: &[inbox::Row]) {
        self.at.update_value(|at| {
            if let Some((id, place)) = at
                && rows.get(*place).is_none_or(|row| row.line.id != *id)
                && let Some(now) = rows.iter().position(|row| row.line.id == *id)
            {
                *place = now;
            }
        });
        if let Some(id) = focused() {
            request_animation_frame(move || {
                if document().active_element().is_none_or(|element| element.tag_name() == "BODY") {
                    focus(&id);
                }
            });
        }
    }

    /// The row `by` steps from here. Where the row itself is gone, the next one has come to its place.
    fn step(self, rows: &[inbox::Row], by: isize) -> Option<usize> {
        let (id, place) = self.at.get_value()?;
        let here = rows.get(place).is_some_and(|row| row.line.id == id);
        Some(if here || by < 0 { place.saturating_add_signed(by) } else { place })
    }
}

/// `j` and `k`: the row after or before the mark takes the focus.
fn move_by_keys(state: ListState, long: LongList, mark: Mark) {
    let commands = use_commands();
    // the row that is about to take the focus: keys may come faster than rows are drawn
    let coming = StoredValue::new(None::<ConversationId>);
    commands.follow(move |command| {
        let by: isize = match command {
            Command::Next => 1,
            Command::Previous => -1,
            _ => return,
        };
        let Some(scroller) = long.scroller.get_untracked() else { return };
        mark.set(coming.get_value().or_else(focused));
        let seen = long.over(f64::from(scroller.scroll_top()));
        let place = state.inbox.with_untracked(|inbox| {
            let last = inbox.rows.len().checked_sub(1)?;
            let place = mark.step(&inbox.rows, by).unwrap_or(seen).min(last);
            Some((place, inbox.rows[place].line.id.clone()))
        });
        let Some((place, id)) = place else { return };
        let (start, end) = (long.at(place), long.at(place + 1));
        let (top, height) = (f64::from(scroller.scroll_top()), f64::from(scroller.client_height()));
        #[expect(clippy::cast_possible_truncation, reason = "pixels")]
        if start < top {
            scroller.set_scroll_top(start as i32);
        } else if end > top + height {
            scroller.set_scroll_top((end - height) as i32);
        }
        long.measure();
        // at once where it is drawn: Enter may come before the next picture
        if focus(&id) {
            coming.set_value(None);
            return;
        }
        coming.set_value(Some(id.clone()));
        request_animation_frame(move || {
            if coming.try_get_value().flatten().as_ref() == Some(&id) {
                focus(&id);
                coming.set_value(None);
            }
        });
    });
}

/// The conversation whose row has the focus, or something in it.
pub fn focused() -> Option<ConversationId> {
    let row = document().active_element()?.closest(".row").ok().flatten()?.query_selector("[data-row]").ok().flatten()?;
    row.get_attribute("data-row")?.parse().ok()
}

/// Puts the focus on a row; false when it is not drawn.
fn focus(id: &ConversationId) -> bool {
    let row = document().query_selector(&format!("[data-row=\"{id}\"]")).ok().flatten();
    row.and_then(|row| row.dyn_into::<HtmlElement>().ok()).is_some_and(|row| row.focus().is_ok())
}
