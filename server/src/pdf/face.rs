//! Letters: which face has a character, and words as shaped glyphs. `DejaVu` Sans has the Latin, Greek, Cyrillic, Arabic and Hebrew
//! scripts and some more; Noto Emoji has what people put between words. What none has is a box. Knows nothing of lines.

use std::{collections::HashMap, ops::Range, rc::Rc};

use krilla::text::{Font, GlyphId, KrillaGlyph};
use rustybuzz::{Face as Shaper, UnicodeBuffer, ttf_parser};

/// What stands for a character that no face has.
const BOX: char = '□';
/// Words that are kept shaped; with more, all are forgotten.
const WORDS_MOST: usize = 20_000;

/// One face.
struct Face {
    font: Font,
    shaper: Shaper<'static>,
}

/// Which of the faces.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Cut {
    /// For words.
    Plain,
    /// For names.
    Bold,
    /// For pictures.
    Emoji,
}

/// Glyphs of one face, in the order in which they are drawn.
#[derive(Clone)]
pub struct Run {
    pub cut: Cut,
    pub text: String,
    pub glyphs: Vec<KrillaGlyph>,
    /// Whether it is read from the right.
    pub from_right: bool,
}

/// A word, shaped. Widths are those of letters one point tall.
pub struct Word {
    pub runs: Vec<Run>,
    pub width: f32,
}

/// The faces, and the words that were shaped with them.
pub struct Faces {
    faces: [Face; 3],
    words: HashMap<(Cut, String), Rc<Word>>,
}

impl Faces {
    /// Reads them; none if a file of the binary itself is broken.
    pub fn new() -> Option<Self> {
        let read = |bytes: &'static [u8]| Some(Face { font: Font::new(bytes.into(), 0)?, shaper: Shaper::from_slice(bytes, 0)? });
        let faces = [read(dejavu::sans::regular())?, read(dejavu::sans::bold())?, read(epaint_default_fonts::NOTO_EMOJI_REGULAR)?];
        Some(Self { faces, words: HashMap::new() })
    }

    /// What a run is drawn with.
    pub fn font(&self, cut: Cut) -> Font {
        self.face(cut).font.clone()
    }

    /// Whether a text has a character that no face has.
    pub fn lacks(&self, text: &str) -> bool {
        text.chars().any(|c| !c.is_control() && !is_unseen(c) && self.cut_of(c, Cut::Plain).is_none())
    }

    /// A word, shaped.
    pub fn word(&mut self, text: &str, cut: Cut) -> Rc<Word> {
        let key = (cut, text.to_owned());
        if let Some(word) = self.words.get(&key) {
            return Rc::clone(word);
        }
        let word = Rc::new(self.shaped(text, cut));
        if self.words.len() >= WORDS_MOST {
            self.words.clear();
        }
        self.words.insert(key, Rc::clone(&word));
        word
    }

    const fn face(&self, cut: Cut) -> &Face {
        let [plain, bold, emoji] = &self.faces;
        match cut {
            Cut::Plain => plain,
            Cut::Bold => bold,
            Cut::Emoji => emoji,
        }
    }

    /// The face that has a character, the wanted one first.
    fn cut_of(&self, c: char, wanted: Cut) -> Option<Cut> {
        [wanted, Cut::Emoji, Cut::Plain].into_iter().find(|cut| self.face(*cut).shaper.glyph_index(c).is_some())
    }

    fn shaped(&self, text: &str, wanted: Cut) -> Word {
        let mut parts: Vec<(Option<Cut>, String)> = vec![];
        for c in text.chars().filter(|c| !is_unseen(*c)) {
            let cut = self.cut_of(c, wanted);
            match parts.last_mut() {
                Some((last, part)) if *last == cut => part.push(c),
                _ => parts.push((cut, c.into())),
            }
        }
        let runs: Vec<Run> =
            parts.into_iter().map(|(cut, part)| cut.map_or_else(|| self.boxes(&part), |cut| self.run(cut, &part))).collect();
        let width = runs.iter().flat_map(|run| &run.glyphs).map(|glyph| glyph.x_advance).sum();
        Word { runs, width }
    }

    fn run(&self, cut: Cut, text: &str) -> Run {
        let face = self.face(cut);
        let mut buffer = UnicodeBuffer::new();
        buffer.push_str(text);
        buffer.guess_segment_properties();
        let from_right = buffer.direction() == rustybuzz::Direction::RightToLeft;
        let shaped = rustybuzz::shape(&face.shaper, &[], buffer);
        let mut starts: Vec<usize> = shaped.glyph_infos().iter().map(|info| info.cluster as usize).collect();
        starts.sort_unstable();
        let of = |start: usize| start..starts.get(starts.partition_point(|known| *known <= start)).copied().unwrap_or(text.len());
        let glyphs = shaped.glyph_infos().iter().zip(shaped.glyph_positions()).map(|(info, place)| {
            let part = |units: i32| parts_of_em(units, &face.shaper);
            glyph(info.glyph_id, of(info.cluster as usize), part(place.x_advance), (part(place.x_offset), part(place.y_offset)))
        });
        Run { cut, text: text.to_owned(), glyphs: glyphs.collect(), from_right }
    }

    /// A box for each character.
    fn boxes(&self, text: &str) -> Run {
        let shaper = &self.face(Cut::Plain).shaper;
        let id = shaper.glyph_index(BOX).unwrap_or_default();
        let wide = parts_of_em(shaper.glyph_hor_advance(id).unwrap_or_default().into(), shaper);
        let glyphs = text.char_indices().map(|(at, c)| glyph(id.0.into(), at..at + c.len_utf8(), wide, (0.0, 0.0)));
        Run { cut: Cut::Plain, text: text.to_owned(), glyphs: glyphs.collect(), from_right: false }
    }
}

fn glyph(id: u32, text: Range<usize>, wide: f32, (x, y): (f32, f32)) -> KrillaGlyph {
    KrillaGlyph::new(GlyphId::new(id), wide, x, y, 0.0, text, None)
}

/// A length in a face's units as part of the letters' height.
#[expect(clippy::cast_precision_loss, reason = "some thousands")]
fn parts_of_em(units: i32, face: &ttf_parser::Face<'_>) -> f32 {
    units as f32 / f32::from(face.units_per_em())
}

/// Marks that choose a shape, a direction or the colour of a skin, and have no shape themselves.
const fn is_unseen(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}' | '\u{200d}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{1f3fb}'..='\u{1f3ff}')
}
