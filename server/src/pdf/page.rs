//! Paper: lines of words one below the other, broken where they end and where a page ends, with numbered pages. Drawn once it is
//! known how many pages there are; until then it only counts. Knows letters; knows nothing of conversations.

use std::rc::Rc;

use krilla::{
    Document,
    color::rgb,
    geom::{PathBuilder, Point, Rect},
    page::PageSettings,
    paint::Fill,
    text::KrillaGlyph,
};
use unicode_bidi::{BidiInfo, Level};

use super::face::{Cut, Faces, Run, Word};

/// A4, in points.
const PAPER: (f32, f32) = (595.28, 841.89);
/// Left and right.
const SIDE: f32 = 56.0;
const TOP: f32 = 56.0;
/// Where lines end; the page's number stands below.
const BOTTOM: f32 = 841.89 - 64.0;
/// Height of a line, of letters one point tall.
const LEADING: f32 = 1.42;
/// Most pages of a file.
pub const PAGES_MOST: usize = 1_000;

/// How words look.
#[derive(Clone, Copy)]
pub struct Look {
    pub size: f32,
    pub cut: Cut,
    pub ink: Ink,
    /// On the ground of what is for agents only.
    pub note: bool,
}

/// What stands at the end of each page.
const FOOT: Look = Look { size: 8.0, cut: Cut::Plain, ink: Ink::Grey, note: false };

/// Colours.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Ink {
    Dark,
    Grey,
    Amber,
    /// The ground of notes.
    Sand,
    Rule,
}

impl Ink {
    fn fill(self) -> Fill {
        let colour = match self {
            Self::Dark => rgb::Color::new(0x1b, 0x1f, 0x24),
            Self::Grey => rgb::Color::new(0x5c, 0x64, 0x70),
            Self::Amber => rgb::Color::new(0x8a, 0x5a, 0x00),
            Self::Sand => rgb::Color::new(0xff, 0xf5, 0xd9),
            Self::Rule => rgb::Color::new(0xd5, 0xd9, 0xdf),
        };
        Fill { paint: colour.into(), ..Fill::default() }
    }
}

enum Mark {
    Glyphs { at: (f32, f32), run: Run, look: Look },
    Ground { at: (f32, f32), size: (f32, f32), ink: Ink },
}

/// Puts lines on pages.
pub struct Pen<'f> {
    faces: &'f mut Faces,
    /// None while pages are counted.
    document: Option<Document>,
    /// What each page is of.
    title: Rc<Word>,
    /// How it is called, by its number.
    called: Box<dyn Fn(usize) -> String>,
    pages: usize,
    y: f32,
    marks: Vec<Mark>,
}

impl<'f> Pen<'f> {
    pub fn new(faces: &'f mut Faces, document: Option<Document>, title: &str, called: Box<dyn Fn(usize) -> String>) -> Self {
        let title = title.replace(char::is_control, " ");
        // as much of it as fits
        let whole = pieces(faces, &title, FOOT, PAPER.0 - 2.0 * SIDE - 130.0).into_iter().next();
        let title = whole.unwrap_or_else(|| faces.word("", FOOT.cut));
        Self { faces, document, title, called, pages: 1, y: TOP, marks: vec![] }
    }

    /// Whether no more is taken.
    pub const fn is_full(&self) -> bool {
        self.pages > PAGES_MOST
    }

    /// Room below what is there; none at the top of a page.
    pub fn space(&mut self, height: f32) {
        if self.y > TOP {
            self.y += height;
        }
    }

    /// Keeps so much together: what comes begins on the next page if it would not fit on this one.
    pub fn keep(&mut self, height: f32) {
        if self.y + height > BOTTOM {
            self.turn();
        }
    }

    /// A line from side to side.
    pub fn rule(&mut self) {
        self.ground((SIDE, self.y), (PAPER.0 - 2.0 * SIDE, 0.8), Ink::Rule);
        self.y += 0.8;
    }

    /// Words, broken into lines.
    pub fn write(&mut self, text: &str, look: Look) {
        for paragraph in text.lines() {
            if self.is_full() {
                return;
            }
            let paragraph = paragraph.replace('\t', "    ");
            self.paragraph(&paragraph.replace(char::is_control, " "), look);
        }
    }

    fn paragraph(&mut self, text: &str, look: Look) {
        let levels = BidiInfo::new(text, None);
        let base = levels.paragraphs.first().map_or_else(Level::ltr, |paragraph| paragraph.level);
        let wide = PAPER.0 - 2.0 * SIDE - if look.note { 16.0 } else { 0.0 };
        let (mut line, mut used): (Vec<(Rc<Word>, Level)>, f32) = (vec![], 0.0);
        for (at, token) in tokens(text) {
            let level = levels.levels.get(at).copied().unwrap_or(base);
            for piece in pieces(self.faces, token, look, wide) {
                let width = piece.width * look.size;
                let is_space = token.starts_with(' ');
                if used + width > wide && !line.is_empty() {
                    if is_space {
                        continue;
                    }
                    self.line(std::mem::take(&mut line), look, base);
                    used = 0.0;
                }
                used += width;
                line.push((piece, level));
            }
        }
        self.line(line, look, base);
    }

    /// One line, from left to right as it is seen.
    fn line(&mut self, words: Vec<(Rc<Word>, Level)>, look: Look, base: Level) {
        let height = look.size * LEADING;
        self.keep(height);
        if self.is_full() {
            return;
        }
        if look.note {
            self.ground((SIDE, self.y), (PAPER.0 - 2.0 * SIDE, height + 0.3), Ink::Sand);
            self.ground((SIDE, self.y), (2.5, height + 0.3), Ink::Amber);
        }
        let inset = if look.note { 8.0 } else { 0.0 };
        let width: f32 = words.iter().map(|(word, _)| word.width * look.size).sum();
        let left = if base.is_rtl() { PAPER.0 - SIDE - inset - width } else { SIDE + inset };
        if self.document.is_some() {
            self.draw(&ordered(words), look, (left, self.y + look.size * 1.08));
        }
        self.y += height;
    }

    fn draw(&mut self, words: &[(Rc<Word>, Level)], look: Look, (mut x, y): (f32, f32)) {
        for (word, level) in words {
            let mut runs: Vec<&Run> = word.runs.iter().collect();
            if level.is_rtl() {
                runs.reverse();
            }
            for run in runs {
                let width: f32 = run.glyphs.iter().map(|glyph| glyph.x_advance * look.size).sum();
                match self.marks.last_mut() {
                    // words of one face beside each other are one piece
                    Some(Mark::Glyphs { at: (_, line), run: known, look: same })
                        if line.to_bits() == y.to_bits()
                            && known.cut == run.cut
                            && !known.from_right
                            && !run.from_right
                            && same.ink == look.ink =>
                    {
                        extend(known, run);
                    }
                    _ => self.marks.push(Mark::Glyphs { at: (x, y), run: run.clone(), look }),
                }
                x += width;
            }
        }
    }

    fn ground(&mut self, at: (f32, f32), size: (f32, f32), ink: Ink) {
        if self.document.is_some() {
            self.marks.push(Mark::Ground { at, size, ink });
        }
    }

    /// Ends the page, and begins the next one.
    fn turn(&mut self) {
        self.end_page();
        self.pages += 1;
        self.y = TOP;
    }

    fn end_page(&mut self) {
        if self.document.is_some() && !self.is_full() {
            self.foot();
        }
        let marks = std::mem::take(&mut self.marks);
        let full = self.is_full();
        let Some(document) = self.document.as_mut().filter(|_| !full) else { return };
        let Some(settings) = PageSettings::from_wh(PAPER.0, PAPER.1) else { return };
        let mut page = document.start_page_with(settings);
        let mut surface = page.surface();
        for mark in marks {
            match mark {
                Mark::Glyphs { at: (x, y), run, look } => {
                    surface.set_fill(Some(look.ink.fill()));
                    surface.draw_glyphs(Point::from_xy(x, y), &run.glyphs, self.faces.font(run.cut), &run.text, look.size, false);
                }
                Mark::Ground { at: (x, y), size: (wide, tall), ink } => {
                    let mut path = PathBuilder::new();
                    if let Some(rect) = Rect::from_xywh(x, y, wide, tall) {
                        path.push_rect(rect);
                    }
                    if let Some(path) = path.finish() {
                        surface.set_fill(Some(ink.fill()));
                        surface.draw_path(&path);
                    }
                }
            }
        }
        surface.finish();
        page.finish();
    }

    fn foot(&mut self) {
        let y = PAPER.1 - 34.0;
        let number = self.faces.word(&(self.called)(self.pages), FOOT.cut);
        let number_at = PAPER.0 - SIDE - number.width * FOOT.size;
        self.draw(&[(Rc::clone(&self.title), Level::ltr())], FOOT, (SIDE, y));
        self.marks.push(Mark::Ground { at: (SIDE, y - 14.0), size: (PAPER.0 - 2.0 * SIDE, 0.5), ink: Ink::Rule });
        self.draw(&[(number, Level::ltr())], FOOT, (number_at, y));
    }

    /// Ends the last page; gives how many there are, and the file.
    pub fn end(mut self) -> (usize, Option<Document>) {
        self.end_page();
        (self.pages.min(PAGES_MOST), self.document)
    }
}

/// A word; in pieces if it is wider than a line.
fn pieces(faces: &mut Faces, token: &str, look: Look, wide: f32) -> Vec<Rc<Word>> {
    let word = faces.word(token, look.cut);
    if word.width * look.size <= wide {
        return vec![word];
    }
    let (mut pieces, mut piece, mut used) = (vec![], String::new(), 0.0);
    for c in token.chars() {
        let width = faces.word(c.encode_utf8(&mut [0; 4]), look.cut).width * look.size;
        if used + width > wide && !piece.is_empty() {
            pieces.push(faces.word(&piece, look.cut));
            piece.clear();
            used = 0.0;
        }
        used += width;
        piece.push(c);
    }
    pieces.push(faces.word(&piece, look.cut));
    pieces
}

/// Words and what is between them, each with its place.
fn tokens(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = text.get(at..).filter(|rest| !rest.is_empty())?;
        let space = rest.starts_with(' ');
        let end = rest.find(|c| (c == ' ') != space).unwrap_or(rest.len());
        let found = (at, &rest[..end]);
        at += end;
        Some(found)
    })
}

/// As seen from left to right: from the highest level to the lowest that goes to the left, what has it or a higher one is turned around
/// (Unicode Standard Annex 9, L2).
fn ordered(mut words: Vec<(Rc<Word>, Level)>) -> Vec<(Rc<Word>, Level)> {
    let highest = words.iter().map(|(_, level)| level.number()).max().unwrap_or_default();
    for level in (1..=highest).rev() {
        let mut at = 0;
        while at < words.len() {
            let end = words[at..].iter().position(|(_, one)| one.number() < level).map_or(words.len(), |n| at + n);
            words[at..end].reverse();
            at = end + 1;
        }
    }
    words
}

fn extend(known: &mut Run, run: &Run) {
    let from = known.text.len();
    known.text.push_str(&run.text);
    known.glyphs.extend(
        run.glyphs
            .iter()
            .map(|glyph| KrillaGlyph { text_range: glyph.text_range.start + from..glyph.text_range.end + from, ..glyph.clone() }),
    );
}
