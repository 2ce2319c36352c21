//! A conversation as a PDF: what the print page shows, on numbered pages, with letters that come along. Made in memory, on a thread that
//! may block; of bounded size. Knows how a sheet is laid out; what is on it is `app::print`'s.

mod face;
mod page;

use app::print::{Entry, Sheet, Words};
use face::{Cut, Faces};
use krilla::{Document, metadata::Metadata};
use model::text::print as text;
use page::{Ink, Look, PAGES_MOST, Pen};

const PLAIN: Look = Look { size: 10.0, cut: Cut::Plain, ink: Ink::Dark, note: false };
const SMALL: Look = Look { size: 8.5, ink: Ink::Grey, ..PLAIN };
const TITLE: Look = Look { size: 16.0, cut: Cut::Bold, ..PLAIN };
const NAME: Look = Look { size: 9.5, cut: Cut::Bold, ..PLAIN };

/// Makes it; why not, if it cannot be made.
pub fn of(sheet: &Sheet) -> Result<Vec<u8>, String> {
    let mut faces = Faces::new().ok_or("the faces cannot be read")?;
    // what the pages say of themselves is known once they are counted
    let (pages, _) = laid(sheet, &mut faces, None, 0);
    let (_, document) = laid(sheet, &mut faces, Some(Document::new()), pages);
    let mut document = document.ok_or("no file")?;
    let about = Metadata::new().title(sheet.title.clone()).language(sheet.language.tag().to_owned()).creator("Recado".into());
    document.set_metadata(about);
    document.finish().map_err(|error| error.to_string())
}

fn laid(sheet: &Sheet, faces: &mut Faces, document: Option<Document>, pages: usize) -> (usize, Option<Document>) {
    let language = sheet.language;
    let lacks = lacks(sheet, faces);
    let called = move |page: usize| language.fill(text::PAGE, &[("n", &page.to_string()), ("all", &pages.to_string())]);
    let mut pen = Pen::new(faces, document, &sheet.title, Box::new(called));
    pen.write(&sheet.property, SMALL);
    pen.write(&sheet.title, TITLE);
    pen.space(6.0);
    for (label, value) in &sheet.facts {
        pen.write(&format!("{label}: {value}"), Look { ink: Ink::Dark, ..SMALL });
    }
    let most = PAGES_MOST.to_string();
    let cut = (pages >= PAGES_MOST).then(|| language.fill(text::CUT, &[("n", &most)]));
    let lacking = lacks.then(|| language.say(text::LACKING).to_owned());
    for said in [sheet.earlier.then(|| language.say(text::EARLIER).to_owned()), lacking, cut].into_iter().flatten() {
        pen.space(3.0);
        pen.write(&said, SMALL);
    }
    pen.space(8.0);
    pen.rule();
    for entry in &sheet.entries {
        pen.space(10.0);
        match entry {
            Entry::Event(said) => pen.write(said, SMALL),
            Entry::Words(words) => said(&mut pen, words),
        }
        if pen.is_full() {
            break;
        }
    }
    pen.end()
}

fn said(pen: &mut Pen<'_>, words: &Words) {
    let on = |look: Look| Look { note: words.note.is_some(), ..look };
    // a name stands on no page without the words
    pen.keep(48.0);
    pen.write(&words.who, on(NAME));
    match words.note {
        Some(note) => pen.write(&format!("{note} · {}", words.at), Look { cut: Cut::Bold, ink: Ink::Amber, ..on(SMALL) }),
        None => pen.write(&words.at, SMALL),
    }
    pen.write(&plain(words), on(PLAIN));
    if let Some(quoted) = words.quoted {
        pen.write(&format!("[… {quoted}]"), on(SMALL));
    }
    for file in &words.files {
        pen.write(&format!("• {file}"), on(SMALL));
    }
}

/// Agents write Markdown, others plain words.
fn plain(words: &Words) -> String {
    if words.rendered.is_empty() { words.text.clone() } else { mail::compose::markdown(&words.text).text }
}

fn lacks(sheet: &Sheet, faces: &Faces) -> bool {
    let mut words = sheet.entries.iter().filter_map(|entry| match entry {
        Entry::Words(words) => Some(words),
        Entry::Event(_) => None,
    });
    faces.lacks(&sheet.title) || words.any(|words| faces.lacks(&words.text) || faces.lacks(&words.who))
}
