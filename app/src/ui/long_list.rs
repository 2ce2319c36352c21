//! A long list: only the rows near the window are in the page, however many are loaded. Knows heights and places, and no noun.

use leptos::{ev, html, prelude::*};

/// Rows drawn above and below the window.
const MARGIN: usize = 6;

/// The rows that are drawn: `from..to`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Drawn {
    /// The first.
    pub from: usize,
    /// The one after the last.
    pub to: usize,
}

/// What a list is of.
pub struct Of {
    /// Height of a row, as in its style sheet.
    pub height: f64,
    /// Rows drawn before the window was measured: one part.
    pub first: usize,
    /// How many rows there are; asked in effects.
    pub length: Length,
    /// The name of the row at a place.
    pub name: Name,
    /// Where the row of a name is now, if not at the place it had; asked in effects, to be asked again when rows move.
    pub place: Place,
}

type Length = Box<dyn Fn() -> usize + Send + Sync>;
type Name = Box<dyn Fn(usize) -> Option<String> + Send + Sync>;
type Place = Box<dyn Fn(Option<(&str, usize)>) -> Option<usize> + Send + Sync>;

/// A list.
#[derive(Clone, Copy)]
pub struct LongList {
    /// What is scrolled.
    pub scroller: NodeRef<html::Div>,
    /// The rows.
    pub rows: NodeRef<html::Ol>,
    row: f64,
    top: RwSignal<f64>,
    height: RwSignal<Option<f64>>,
    length: Memo<usize>,
    drawn: Memo<Drawn>,
    /// The row at the upper edge; none at the very top, where what is new is to be seen.
    edge: StoredValue<Option<(String, usize)>>,
    name: StoredValue<Name>,
}

impl LongList {
    /// Begins one. In a component's body.
    pub fn new(of: Of) -> Self {
        let Of { height: row, first, length, name, place } = of;
        let (top, height) = (RwSignal::new(0.0), RwSignal::new(None::<f64>));
        let length = Memo::new(move |_| length());
        let drawn = Memo::new(move |_| drawn(row, first, top.get(), height.get(), length.get()));
        let (edge, name) = (StoredValue::new(None), StoredValue::new(name));
        let list = Self { scroller: NodeRef::new(), rows: NodeRef::new(), row, top, height, length, drawn, edge, name };
        Effect::new(move || {
            list.measure();
            let handle = window_event_listener(ev::resize, move |_| list.measure());
            on_cleanup(move || handle.remove());
        });
        Effect::new(move || list.lay(&place));
        list
    }

    /// Looks where the window is.
    pub fn measure(self) {
        if let Some(scroller) = self.scroller.get_untracked() {
            self.height.set(Some(f64::from(scroller.client_height())));
            self.top.set(f64::from(scroller.scroll_top()));
            let place = self.over(self.top.get_untracked());
            let row = if place == 0 { None } else { self.name.with_value(|name| name(place)).map(|name| (name, place)) };
            self.edge.set_value(row);
        }
    }

    fn lay(self, place: &Place) {
        // Set on the element, not as an attribute: the page's policy forbids inline styles.
        if let (Some(rows), Some(_)) = (self.rows.get(), self.height.get()) {
            let style = web_sys::HtmlElement::style(&rows);
            drop(style.set_property("padding-top", &format!("{}px", self.at(self.drawn.get().from))));
            drop(style.set_property("height", &format!("{}px", self.at(self.length.get()))));
        }
        // What comes and goes above moves nobody who reads below. The browser's own anchor is off: it cannot tell rows that
        // are drawn elsewhere from rows that moved, and scrolls back.
        let edge = self.edge.get_value();
        let now = place(edge.as_ref().map(|(name, place)| (name.as_str(), *place)));
        if let (Some((_, before)), Some(now), Some(scroller)) = (edge, now, self.scroller.get_untracked()) {
            #[expect(clippy::cast_possible_truncation, reason = "pixels")]
            scroller.set_scroll_top(scroller.scroll_top() + (self.at(now) - self.at(before)) as i32);
            self.measure();
        }
    }

    /// Which rows are drawn.
    pub fn drawn(self) -> Drawn {
        self.drawn.get()
    }

    /// Whether the browser has measured it.
    pub fn measured(self) -> bool {
        self.height.get_untracked().is_some()
    }

    /// Whether the window nears the end: fewer than so many rows are undrawn after it.
    pub fn nears_end(self, ahead: usize) -> bool {
        self.height.get().is_some() && self.drawn.get().to + ahead >= self.length.get()
    }

    /// How many rows there are.
    pub fn length(self) -> usize {
        self.length.get()
    }

    /// The place of the row at a height of the list.
    pub fn over(self, pixels: f64) -> usize {
        over(self.row, pixels)
    }

    /// The height at which a row begins.
    pub fn at(self, place: usize) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "far below 2^52 rows")]
        let place = place as f64;
        place * self.row
    }

    /// Scrolls to the top.
    pub fn rewind(self) {
        if let Some(scroller) = self.scroller.get_untracked() {
            scroller.set_scroll_top(0);
        }
    }
}

/// Which rows are near the window.
fn drawn(row: f64, first: usize, top: f64, height: Option<f64>, length: usize) -> Drawn {
    let Some(height) = height else { return Drawn { from: 0, to: length.min(first) } };
    let to = (over(row, top + height) + 1 + MARGIN).min(length);
    Drawn { from: over(row, top).saturating_sub(MARGIN).min(to), to }
}

fn over(row: f64, pixels: f64) -> usize {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a place in a list, at least 0")]
    let place = (pixels.max(0.0) / row) as usize;
    place
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROW: f64 = 104.0;

    #[test]
    fn few_rows_are_drawn_however_many_there_are() {
        for top in [0.0, 5_000.0, ROW * 99_990.0, ROW * 200_000.0] {
            let window = drawn(ROW, 24, top, Some(800.0), 100_000);
            assert!(window.to - window.from <= 8 + 2 * MARGIN + 2, "{} rows", window.to - window.from);
            assert!(window.to <= 100_000);
        }
    }

    #[test]
    fn the_first_part_is_drawn_whole_before_the_window_is_measured() {
        assert!(drawn(ROW, 24, 0.0, None, 70) == Drawn { from: 0, to: 24 });
        assert!(drawn(ROW, 24, 0.0, None, 3) == Drawn { from: 0, to: 3 });
    }
}
