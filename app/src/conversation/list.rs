//! The list of the Inbox. Only the rows near the window are in the page, however many are loaded; further parts
//! are loaded while one nears the end. Without wasm: the first part, and a link to the next.

use leptos::{ev, html, prelude::*};
use model::{ConversationId, inbox, text::inbox as text};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use super::{
    inbox_page::ListState,
    keyboard::{Command, use_commands},
    row::Row,
    use_address,
};
use crate::{
    text::use_language,
    ui::{Empty, Glyph, each},
};

/// Height of a row, as in `inbox.css`.
const ROW: f64 = 104.0;
/// Rows drawn above and below the window.
const MARGIN: usize = 6;
/// Rows before the end at which the next part is asked for.
const AHEAD: usize = 12;
/// Rows drawn before the window was measured: one part.
const FIRST: usize = 30;

/// The rows that are drawn: `from..to`.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Window {
    from: usize,
    to: usize,
}

/// The list.
#[component]
pub fn ConversationList(
    /// What it shows.
    state: ListState,
) -> impl IntoView {
    let (address, language) = (use_address(), use_language());
    let (scroller, rows) = (NodeRef::<html::Div>::new(), NodeRef::<html::Ol>::new());
    let (top, height) = (RwSignal::new(0.0), RwSignal::new(None::<f64>));
    let length = Memo::new(move |_| state.inbox.with(|inbox| inbox.rows.len()));
    let window = Memo::new(move |_| drawn(top.get(), height.get(), length.get()));
    // the row at the upper edge; none at the very top, where what is new is to be seen
    let edge = StoredValue::new(None::<(ConversationId, usize)>);
    let measure = move || {
        if let Some(scroller) = scroller.get_untracked() {
            height.set(Some(f64::from(scroller.client_height())));
            top.set(f64::from(scroller.scroll_top()));
            let place = over(top.get_untracked());
            let row = |inbox: &inbox::Inbox| inbox.rows.get(place).map(|row| (row.line.id.clone(), place));
            edge.set_value(if place == 0 { None } else { state.inbox.with_untracked(row) });
        }
    };
    Effect::new(move || {
        measure();
        let handle = window_event_listener(ev::resize, move |_| measure());
        on_cleanup(move || handle.remove());
    });
    // Set on the element, not as an attribute: the page's policy forbids inline styles.
    Effect::new(move || {
        if let (Some(rows), Some(_)) = (rows.get(), height.get()) {
            let style = web_sys::HtmlElement::style(&rows);
            drop(style.set_property("padding-top", &format!("{}px", at(window.get().from))));
            drop(style.set_property("height", &format!("{}px", at(length.get()))));
        }
        // What comes and goes above moves nobody who reads below. The browser's own anchor is off: it cannot tell rows that
        // are drawn elsewhere from rows that moved, and scrolls back.
        let now = state.inbox.with(|inbox| {
            let (id, place) = edge.get_value()?;
            let same = |row: &inbox::Row| row.line.id == id;
            if inbox.rows.get(place).is_some_and(same) { None } else { Some((place, inbox.rows.iter().position(same)?)) }
        });
        if let (Some((before, now)), Some(scroller)) = (now, scroller.get_untracked()) {
            #[expect(clippy::cast_possible_truncation, reason = "pixels")]
            scroller.set_scroll_top(scroller.scroll_top() + (at(now) - at(before)) as i32);
            measure();
        }
    });
    Effect::new(move || {
        if height.get().is_some() && window.get().to + AHEAD >= length.get() {
            state.load_more();
        }
    });
    // another view begins at its top
    Effect::new(move |before: Option<model::view::View>| {
        let view = state.inbox.with(|inbox| inbox.view.clone());
        if let (Some(scroller), true) = (scroller.get_untracked(), before.is_some_and(|before| before != view)) {
            scroller.set_scroll_top(0);
        }
        view
    });
    let mark = Mark::follow(state);
    move_by_keys(state, scroller, mark, measure);
    let shown = move || {
        let Window { from, to } = window.get();
        state.inbox.with(|inbox| {
            if height.get_untracked().is_some() {
                mark.keep(&inbox.rows);
            }
            inbox.rows.iter().take(to).skip(from).cloned().collect::<Vec<_>>()
        })
    };
    let more = move || state.inbox.with(|inbox| inbox.more.as_ref().map(|key| address.list_after(key)));
    view! {
        <div class="rows-scroll" node_ref=scroller on:scroll=move |_| measure() tabindex="-1">
            <ol class="inbox-rows" node_ref=rows on:focusin=move |_| mark.set(focused()) aria-busy=move || state.loading.get().then_some("true")>
                {each(shown, |row| (row.line.id.clone(), row.line.seq, row.unread()), move |row| view! {
                    <Row row/>
                })}
            </ol>
            {move || (length.get() == 0 && !state.loading.get()).then(|| view! {
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

/// Which rows are near the window.
fn drawn(top: f64, height: Option<f64>, length: usize) -> Window {
    let Some(height) = height else { return Window { from: 0, to: length.min(FIRST) } };
    let (first, last) = (over(top), over(top + height) + 1);
    let to = (last + MARGIN).min(length);
    Window { from: first.saturating_sub(MARGIN).min(to), to }
}

/// The place of the row at a height of the list.
fn over(pixels: f64) -> usize {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a place in a list, at least 0")]
    let place = (pixels.max(0.0) / ROW) as usize;
    place
}

/// The height at which a row begins.
fn at(place: usize) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "far below 2^52 rows")]
    let place = place as f64;
    place * ROW
}

/// Where one is in the list: the row that had the focus last or was opened last, and its place. The place stays when the row goes.
#[derive(Clone, Copy)]
struct Mark {
    state: ListState,
    at: StoredValue<Option<(ConversationId, usize)>>,
}

impl Mark {
    /// Follows what is opened.
    fn follow(state: ListState) -> Self {
        let mark = Self { state, at: StoredValue::new(None) };
        let open = use_address().open;
        Effect::new(move || mark.set(open.get()));
        mark
    }

    fn set(self, id: Option<ConversationId>) {
        let place = |id: ConversationId| {
            let place = self.state.inbox.with_untracked(|inbox| inbox.rows.iter().position(|row| row.line.id == id))?;
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
fn move_by_keys(state: ListState, scroller: NodeRef<html::Div>, mark: Mark, measure: impl Fn() + Copy + Send + Sync + 'static) {
    let commands = use_commands();
    // the row that is about to take the focus: keys may come faster than rows are drawn
    let coming = StoredValue::new(None::<ConversationId>);
    commands.follow(move |command| {
        let by: isize = match command {
            Command::Next => 1,
            Command::Previous => -1,
            _ => return,
        };
        let Some(scroller) = scroller.get_untracked() else { return };
        mark.set(coming.get_value().or_else(focused));
        let seen = drawn(f64::from(scroller.scroll_top()), Some(0.0), usize::MAX).to.saturating_sub(MARGIN + 1);
        let place = state.inbox.with_untracked(|inbox| {
            let last = inbox.rows.len().checked_sub(1)?;
            let place = mark.step(&inbox.rows, by).unwrap_or(seen).min(last);
            Some((place, inbox.rows[place].line.id.clone()))
        });
        let Some((place, id)) = place else { return };
        let (start, end) = (at(place), at(place + 1));
        let (top, height) = (f64::from(scroller.scroll_top()), f64::from(scroller.client_height()));
        #[expect(clippy::cast_possible_truncation, reason = "pixels")]
        if start < top {
            scroller.set_scroll_top(start as i32);
        } else if end > top + height {
            scroller.set_scroll_top((end - height) as i32);
        }
        measure();
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

/// The conversation whose row has the focus.
pub fn focused() -> Option<ConversationId> {
    let row = document().active_element()?.closest("[data-row]").ok().flatten()?;
    row.get_attribute("data-row")?.parse().ok()
}

/// Puts the focus on a row; false when it is not drawn.
fn focus(id: &ConversationId) -> bool {
    let row = document().query_selector(&format!("[data-row=\"{id}\"]")).ok().flatten();
    row.and_then(|row| row.dyn_into::<HtmlElement>().ok()).is_some_and(|row| row.focus().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_rows_are_drawn_however_many_there_are() {
        for top in [0.0, 5_000.0, ROW * 99_990.0, ROW * 200_000.0] {
            let window = drawn(top, Some(800.0), 100_000);
            assert!(window.to - window.from <= 8 + 2 * MARGIN + 2, "{} rows", window.to - window.from);
            assert!(window.to <= 100_000);
        }
    }

    #[test]
    fn the_first_part_is_drawn_whole_before_the_window_is_measured() {
        assert!(drawn(0.0, None, 70) == Window { from: 0, to: FIRST });
        assert!(drawn(0.0, None, 3) == Window { from: 0, to: 3 });
    }
}
