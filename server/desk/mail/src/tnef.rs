//! Outlook's own wrapping (`winmail.dat`): the files inside, with their long names, and the words of the mail.
//! Reads a list of attributes and of MAPI properties (MS-OXTNEF) with every length checked; what does not fit is unreadable
//! as a whole only when nothing came before it.

mod property;
mod rtf;

use property::{Cursor, Property};

use crate::charset;

const SIGNATURE: u32 = 0x223e_9f78;
/// Files beyond these are not read, those of wrapped messages counted.
const MOST_FILES: usize = 200;
/// Messages wrapped in messages are opened to this depth.
const DEEPEST: usize = 4;

const CODE_PAGE: u32 = 0x0006_9007;
const BODY: u32 = 0x0002_800c;
const MESSAGE_PROPERTIES: u32 = 0x0006_9003;
const ATTACH_REND_DATA: u32 = 0x0006_9002;
const ATTACH_TITLE: u32 = 0x0001_8010;
const ATTACH_TRANSPORT_NAME: u32 = 0x0006_9001;
const ATTACH_DATA: u32 = 0x0006_800f;
const ATTACH_PROPERTIES: u32 = 0x0006_9005;

const BODY_TEXT: u16 = 0x1000;
const BODY_RTF: u16 = 0x1009;
const BODY_HTML: u16 = 0x1013;
const INTERNET_CODE_PAGE: u16 = 0x3fde;
const DISPLAY_NAME: u16 = 0x3001;
const FILE_DATA: u16 = 0x3701;
const FILE_NAME: u16 = 0x3704;
const LONG_FILE_NAME: u16 = 0x3707;
const TRANSPORT_NAME: u16 = 0x370c;
const MIME_TYPE: u16 = 0x370e;
const CONTENT_ID: u16 = 0x3712;

/// An object in a property starts with the id of its interface.
const INTERFACE_ID: usize = 16;
/// The interface of a message: what follows is wrapped like the whole.
const MESSAGE: [u8; INTERFACE_ID] = [0x07, 0x03, 0x02, 0, 0, 0, 0, 0, 0xc0, 0, 0, 0, 0, 0, 0, 0x46];

/// A file inside.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct File {
    /// Its name, the long one if there is one.
    pub name: String,
    /// Its media type, if said.
    pub content_type: Option<String>,
    /// Its Content-ID, if said.
    pub cid: Option<String>,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// What was wrapped.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Unwrapped {
    /// The files; those of a message inside follow it.
    pub files: Vec<File>,
    /// The body as HTML.
    pub html: Option<String>,
    /// The body as text, of rich text if there was no other.
    pub text: Option<String>,
}

/// Whether a part of this type or name is wrapped so.
pub fn is_wrapped(content_type: &str, name: Option<&str>) -> bool {
    matches!(content_type, "application/ms-tnef" | "application/vnd.ms-tnef")
        || name.is_some_and(|name| name.eq_ignore_ascii_case("winmail.dat"))
}

/// Unwraps; `None` when it is not readable.
pub fn read(bytes: &[u8]) -> Option<Unwrapped> {
    read_at(bytes, 1)
}

fn read_at(bytes: &[u8], depth: usize) -> Option<Unwrapped> {
    let (attributes, is_whole) = attributes(bytes)?;
    let page = attributes.iter().find(|(id, _)| *id == CODE_PAGE).and_then(|(_, value)| Cursor(value).u32());
    let label = page.and_then(charset::code_page);
    let mut found = Unwrapped::default();
    let mut open: Option<Open> = None;
    for (id, value) in attributes {
        match (id, &mut open) {
            (ATTACH_REND_DATA, open) => close(open.replace(Open::default()), depth, &mut found),
            (ATTACH_TITLE, Some(open)) if open.title.is_empty() => open.title = property::text8(value, label),
            (ATTACH_TRANSPORT_NAME, Some(open)) => open.transport = property::text8(value, label),
            (ATTACH_DATA, Some(open)) if open.file.bytes.is_empty() => open.file.bytes = value.to_vec(),
            (ATTACH_PROPERTIES, Some(open)) => open.read(value, label),
            (BODY, _) => found.text = some_words(&property::text8(value, label)).or(found.text),
            (MESSAGE_PROPERTIES, _) => words(value, label, &mut found),
            _ => {}
        }
    }
    close(open, depth, &mut found);
    let is_empty = found.files.is_empty() && found.html.is_none() && found.text.is_none();
    (is_whole || !is_empty).then_some(found)
}

/// An id and its value.
type Attribute<'b> = (u32, &'b [u8]);

/// All attributes (level, id, length, value, checksum), and whether none of them was cut short.
fn attributes(bytes: &[u8]) -> Option<(Vec<Attribute<'_>>, bool)> {
    let mut cursor = Cursor(bytes);
    if cursor.u32()? != SIGNATURE {
        return None;
    }
    cursor.u16()?;
    let mut found = Vec::new();
    // Some programs put bytes of their own behind the last one.
    while let Some([1 | 2]) = cursor.take(1) {
        let Some((id, value)) = cursor.u32().zip(cursor.length()).and_then(|(id, length)| Some((id, cursor.take(length)?))) else {
            return Some((found, false));
        };
        cursor.u16();
        found.push((id, value));
    }
    let is_whole = !found.is_empty();
    Some((found, is_whole))
}

/// A file while its attributes are read.
#[derive(Default)]
struct Open {
    file: File,
    title: String,
    transport: String,
    short: String,
    shown: String,
    is_message: bool,
}

impl Open {
    fn read(&mut self, bytes: &[u8], label: Option<&str>) {
        for property in property::list(bytes) {
            match property.id {
                LONG_FILE_NAME => self.file.name = property.text(label),
                FILE_NAME => self.short = property.text(label),
                TRANSPORT_NAME if self.transport.is_empty() => self.transport = property.text(label),
                DISPLAY_NAME => self.shown = property.text(label),
                MIME_TYPE => self.file.content_type = Some(property.text(label).to_lowercase()).filter(|said| said.contains('/')),
                CONTENT_ID => {
                    let id = property.text(label);
                    self.file.cid = Some(id.trim_matches(['<', '>']).to_owned()).filter(|id| !id.is_empty());
                }
                // The attribute holds only the picture of an object, or a word that it is one.
                FILE_DATA if property.kind == 0x000d && property.value.len() > INTERFACE_ID => {
                    let (interface, object) = property.value.split_at(INTERFACE_ID);
                    self.is_message = interface == MESSAGE;
                    self.file.bytes = object.to_vec();
                }
                FILE_DATA if self.file.bytes.is_empty() => self.file.bytes = property.value.to_vec(),
                _ => {}
            }
        }
    }
}

/// Names a file by the best that was said, and opens it when it is a message itself.
fn close(open: Option<Open>, depth: usize, found: &mut Unwrapped) {
    let Some(Open { mut file, title, transport, short, shown, is_message }) = open else { return };
    let names = [std::mem::take(&mut file.name), title, transport, short, shown];
    file.name = names.into_iter().find(|name| !name.trim().is_empty()).unwrap_or_default();
    if file.bytes.is_empty() && file.name.is_empty() {
        return;
    }
    let inside = if is_message && depth < DEEPEST { read_at(&file.bytes, depth + 1) } else { None };
    let inside = inside.map(|inside| inside.files).unwrap_or_default();
    for file in std::iter::once(file).chain(inside) {
        if found.files.len() < MOST_FILES && !found.files.contains(&file) {
            found.files.push(file);
        }
    }
}

fn words(bytes: &[u8], label: Option<&str>, found: &mut Unwrapped) {
    let properties = property::list(bytes);
    let of = |id: u16| properties.iter().find(|property| property.id == id);
    let page_label = of(INTERNET_CODE_PAGE).and_then(|said| Cursor(said.value).u32()).and_then(charset::code_page);
    let page = |said: &Property<'_>| if said.kind == 0x0102 { charset::decode(said.value, page_label) } else { said.text(label) };
    found.html = found.html.take().or_else(|| some_words(&page(of(BODY_HTML)?)));
    found.text = of(BODY_TEXT).and_then(|said| some_words(&said.text(label))).or(found.text.take());
    found.text = found.text.take().or_else(|| some_words(&rtf::text(&rtf::unpack(of(BODY_RTF)?.value)?, page_label.or(label))));
}

fn some_words(text: &str) -> Option<String> {
    let text = text.trim_end_matches('\0');
    (!text.trim().is_empty()).then(|| text.replace("\r\n", "\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attribute(level: u8, id: u32, value: &[u8]) -> Vec<u8> {
        let length = u32::try_from(value.len()).expect("short");
        [&[level][..], &id.to_le_bytes(), &length.to_le_bytes(), value, &[0, 0]].concat()
    }

    #[test]
    fn a_file_is_unwrapped_with_its_long_name() {
        let long = "Grüße 2026.txt".encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>();
        let mut properties = [1u32.to_le_bytes(), 0x3707_001f_u32.to_le_bytes(), 1u32.to_le_bytes()].concat();
        properties.extend(u32::try_from(long.len()).expect("short").to_le_bytes());
        properties.extend(&long);
        let bytes = [
            &SIGNATURE.to_le_bytes()[..],
            &[1, 0],
            &attribute(2, ATTACH_REND_DATA, &[0; 14]),
            &attribute(2, ATTACH_TITLE, b"GRUSSE~1.TXT\0"),
            &attribute(2, ATTACH_DATA, b"Hi"),
            &attribute(2, ATTACH_PROPERTIES, &properties),
        ]
        .concat();
        let found = read(&bytes).expect("a file");
        assert_eq!((found.files[0].name.as_str(), found.files[0].bytes.as_slice()), ("Grüße 2026.txt", &b"Hi"[..]));
        for cut in 0..bytes.len() {
            let _ = read(&bytes[..cut]);
        }
        assert_eq!(read(b"anything else"), None);
    }

    /// A wrapping of these attributes in a code page.
    fn wrapping(page: u32, attributes: &[Vec<u8>]) -> Vec<u8> {
        let page = attribute(1, CODE_PAGE, &[page.to_le_bytes(), [0; 4]].concat());
        [&SIGNATURE.to_le_bytes()[..], &[1, 0], &page, &attributes.concat()].concat()
    }

    /// One property of bytes.
    fn property(id: u16, kind: u16, value: &[u8]) -> Vec<u8> {
        let length = u32::try_from(value.len()).expect("short");
        let mut all =
            [&1u32.to_le_bytes()[..], &kind.to_le_bytes(), &id.to_le_bytes(), &1u32.to_le_bytes(), &length.to_le_bytes(), value].concat();
        all.resize(all.len().next_multiple_of(4), 0);
        all
    }

    fn begun() -> Vec<u8> {
        attribute(2, ATTACH_REND_DATA, &[0; 14])
    }

    #[test]
    fn names_are_read_in_the_code_page_and_by_what_says_most() {
        let data = attribute(2, ATTACH_DATA, b"Hi");
        let title = |bytes: &[u8]| attribute(2, ATTACH_TITLE, bytes);
        for (page, attributes, name) in [
            (932, vec![title(b"\x8c\xa9\x90\xcf\x8f\x91.pdf\0")], "見積書.pdf"),
            (1251, vec![title(b"\xd1\xf7\xb8\xf2.doc\0")], "Счёт.doc"),
            (1252, vec![title(b"\0"), attribute(2, ATTACH_TRANSPORT_NAME, b"a.txt\0")], "a.txt"),
            (1252, vec![attribute(2, ATTACH_PROPERTIES, &property(DISPLAY_NAME, 0x001e, b"Trains\0"))], "Trains"),
            (1252, vec![attribute(2, ATTACH_PROPERTIES, &property(FILE_NAME, 0x001e, b"A~1.TXT\0"))], "A~1.TXT"),
            (1252, vec![title(b"B~1.TXT\0"), attribute(2, ATTACH_PROPERTIES, &property(LONG_FILE_NAME, 0x001e, b"b\xfc.txt\0"))], "bü.txt"),
        ] {
            let bytes = wrapping(page, &[vec![begun(), data.clone()], attributes].concat());
            assert_eq!(read(&bytes).expect("a file").files[0].name, name);
        }
    }

    #[test]
    fn files_of_a_message_inside_follow_it_once() {
        let file = |name: &[u8], bytes: &[u8]| [begun(), attribute(2, ATTACH_TITLE, name), attribute(2, ATTACH_DATA, bytes)].concat();
        let inner = wrapping(1252, &[file(b"same.txt\0", b"1"), file(b"inner.txt\0", b"2")]);
        let object = property(FILE_DATA, 0x000d, &[&MESSAGE[..], &inner].concat());
        let message = [begun(), attribute(2, ATTACH_TITLE, b"Untitled Attachment\0"), attribute(2, ATTACH_PROPERTIES, &object)].concat();
        let found = read(&wrapping(1252, &[file(b"same.txt\0", b"1"), message])).expect("files");
        assert_eq!(found.files.iter().map(|file| file.name.as_str()).collect::<Vec<_>>(), ["same.txt", "Untitled Attachment", "inner.txt"]);
        // a message in a message in a message … ends
        let deep = (0..50).fold(inner, |inner, _| {
            let object = property(FILE_DATA, 0x000d, &[&MESSAGE[..], &inner].concat());
            wrapping(1252, &[begun(), attribute(2, ATTACH_TITLE, b"again\0"), attribute(2, ATTACH_PROPERTIES, &object)])
        });
        assert!(read(&deep).expect("files").files.len() <= DEEPEST + 2);
    }

    #[test]
    fn words_are_those_of_the_page_of_text_or_of_rich_text() {
        let rich = |rtf: &str| {
            let length = u32::try_from(rtf.len()).expect("short");
            [&[(length + 12).to_le_bytes(), length.to_le_bytes(), 0x414c_454d_u32.to_le_bytes(), [0; 4]].concat(), rtf.as_bytes()].concat()
        };
        let of = |properties: &[u8]| read(&wrapping(1251, &[attribute(1, MESSAGE_PROPERTIES, properties)])).expect("readable");
        assert_eq!(of(&property(BODY_RTF, 0x0102, &rich(r"{\rtf1\ansi \'cf\'f0\'e8\par there}"))).text.as_deref(), Some("При\nthere"));
        assert_eq!(of(&property(BODY_TEXT, 0x001e, b"\xcf\xf0\xe8\r\n\0")).text.as_deref(), Some("При\n"));
        assert_eq!(of(&property(BODY_HTML, 0x0102, b"<p>Hi</p>\0")).html.as_deref(), Some("<p>Hi</p>"));
        let body = read(&wrapping(1252, &[attribute(1, BODY, b"gr\xfc\xdfe\0")])).expect("readable");
        assert_eq!(body.text.as_deref(), Some("grüße"));
        // a receipt says nothing: it is read, and nothing is in it; one that is cut short is not read
        let receipt = wrapping(1252, &[attribute(1, 0x0007_8008, b"IPM.Microsoft Mail.Read Receipt\0")]);
        assert_eq!(read(&receipt), Some(Unwrapped::default()));
        assert_eq!(read(&receipt[..receipt.len() - 9]), None);
    }

    #[test]
    fn an_object_is_itself_and_not_its_picture() {
        let object = [&[7; 16][..], b"the object itself, "].concat();
        let length = u32::try_from(object.len()).expect("short");
        let head = [1u32, 0x3701_000d, 1, length].map(u32::to_le_bytes).concat();
        let bytes = [
            &SIGNATURE.to_le_bytes()[..],
            &[1, 0],
            &attribute(2, ATTACH_REND_DATA, &[0; 14]),
            &attribute(2, ATTACH_DATA, b"a picture"),
            &attribute(2, ATTACH_PROPERTIES, &[head, object].concat()),
        ]
        .concat();
        assert_eq!(read(&bytes).expect("a file").files[0].bytes, b"the object itself, ");
    }
}
