//! Outlook's own wrapping (`winmail.dat`): the files inside, with their long names, and the page if there is one.
//! Reads a list of attributes and of MAPI properties with every length checked; what does not fit is unreadable as a whole
//! only when nothing came before it.

use crate::charset;

const SIGNATURE: u32 = 0x223e_9f78;
/// Files and properties beyond these are not read.
const MOST_FILES: usize = 200;
const MOST_PROPERTIES: usize = 4096;

const ATTACH_REND_DATA: u32 = 0x0006_9002;
const ATTACH_TITLE: u32 = 0x0001_8010;
const ATTACH_DATA: u32 = 0x0006_800f;
const ATTACH_PROPERTIES: u32 = 0x0006_9005;
const MESSAGE_PROPERTIES: u32 = 0x0006_9003;

const BODY_HTML: u16 = 0x1013;
const FILE_DATA: u16 = 0x3701;
const FILE_NAME: u16 = 0x3704;
const LONG_FILE_NAME: u16 = 0x3707;
const MIME_TYPE: u16 = 0x370e;
const CONTENT_ID: u16 = 0x3712;

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
    /// The files.
    pub files: Vec<File>,
    /// The body as HTML.
    pub html: Option<String>,
}

/// A reader of little-endian fields that never runs over the end.
struct Cursor<'b>(&'b [u8]);

impl<'b> Cursor<'b> {
    fn take(&mut self, length: usize) -> Option<&'b [u8]> {
        let (head, tail) = self.0.split_at_checked(length)?;
        self.0 = tail;
        Some(head)
    }

    fn u16(&mut self) -> Option<u16> {
        self.take(2)?.try_into().ok().map(u16::from_le_bytes)
    }

    fn u32(&mut self) -> Option<u32> {
        self.take(4)?.try_into().ok().map(u32::from_le_bytes)
    }

    fn length(&mut self) -> Option<usize> {
        self.u32().and_then(|length| usize::try_from(length).ok())
    }

    /// Bytes filled up to a multiple of four.
    fn padded(&mut self, length: usize) -> Option<&'b [u8]> {
        let value = self.take(length)?;
        let filling = (4 - length % 4) % 4;
        self.take(filling.min(self.0.len()))?;
        Some(value)
    }
}

/// Whether a part of this type or name is wrapped so.
pub fn is_wrapped(content_type: &str, name: Option<&str>) -> bool {
    matches!(content_type, "application/ms-tnef" | "application/vnd.ms-tnef")
        || name.is_some_and(|name| name.eq_ignore_ascii_case("winmail.dat"))
}

/// Unwraps; `None` when it is not readable or holds nothing that a person sent.
pub fn read(bytes: &[u8]) -> Option<Unwrapped> {
    let mut cursor = Cursor(bytes);
    if cursor.u32()? != SIGNATURE {
        return None;
    }
    cursor.u16()?;
    let mut found = Unwrapped::default();
    let mut open: Option<File> = None;
    while let Some((id, value)) = attribute(&mut cursor) {
        match id {
            ATTACH_REND_DATA => {
                close(open.replace(File::default()), &mut found);
                if found.files.len() >= MOST_FILES {
                    break;
                }
            }
            ATTACH_TITLE => {
                if let Some(file) = open.as_mut().filter(|file| file.name.is_empty()) {
                    file.name = text8(value);
                }
            }
            ATTACH_DATA => {
                if let Some(file) = open.as_mut().filter(|file| file.bytes.is_empty()) {
                    file.bytes = value.to_vec();
                }
            }
            ATTACH_PROPERTIES => {
                if let Some(file) = &mut open {
                    file_properties(value, file);
                }
            }
            MESSAGE_PROPERTIES => found.html = found.html.take().or_else(|| page(value)),
            _ => {}
        }
    }
    close(open, &mut found);
    (!found.files.is_empty() || found.html.is_some()).then_some(found)
}

fn close(file: Option<File>, found: &mut Unwrapped) {
    found.files.extend(file.filter(|file| !file.bytes.is_empty() || !file.name.is_empty()));
}

/// Level, id, length, value, checksum. A value that is cut short ends the list.
fn attribute<'b>(cursor: &mut Cursor<'b>) -> Option<(u32, &'b [u8])> {
    let level = cursor.take(1)?[0];
    if level != 1 && level != 2 {
        return None;
    }
    let id = cursor.u32()?;
    let length = cursor.length()?;
    let value = cursor.take(length)?;
    cursor.u16();
    Some((id, value))
}

fn file_properties(bytes: &[u8], file: &mut File) {
    let mut short = None;
    for property in properties(bytes) {
        match property.id {
            LONG_FILE_NAME => file.name = property.text(),
            FILE_NAME => short = Some(property.text()),
            MIME_TYPE => file.content_type = Some(property.text().to_lowercase()).filter(|said| said.contains('/')),
            CONTENT_ID => file.cid = Some(property.text().trim_matches(['<', '>']).to_owned()).filter(|id| !id.is_empty()),
            // An object starts with the sixteen bytes of its interface's id; the attribute holds only its picture then.
            FILE_DATA if property.kind == 0x000d && property.value.len() > 16 => {
                file.bytes = property.value.get(16..).unwrap_or_default().to_vec();
            }
            FILE_DATA if file.bytes.is_empty() => file.bytes = property.value.to_vec(),
            _ => {}
        }
    }
    if file.name.is_empty() {
        file.name = short.unwrap_or_default();
    }
}

fn page(bytes: &[u8]) -> Option<String> {
    let property = properties(bytes).into_iter().find(|property| property.id == BODY_HTML)?;
    let text = if property.kind == 0x0102 { charset::decode(property.value, None) } else { property.text() };
    let text = text.trim_end_matches('\0').to_owned();
    (!text.trim().is_empty()).then_some(text)
}

struct Property<'b> {
    kind: u16,
    id: u16,
    value: &'b [u8],
}

impl Property<'_> {
    fn text(&self) -> String {
        if self.kind == 0x001f {
            let units: Vec<u16> = self.value.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect();
            return String::from_utf16_lossy(&units).trim_end_matches('\0').to_owned();
        }
        text8(self.value)
    }
}

fn text8(bytes: &[u8]) -> String {
    let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
    charset::decode(&bytes[..end], None)
}

/// The properties up to the first that does not fit; of several values the first.
fn properties(bytes: &[u8]) -> Vec<Property<'_>> {
    let mut cursor = Cursor(bytes);
    let mut found = Vec::new();
    let count = cursor.length().unwrap_or(0).min(MOST_PROPERTIES);
    for _ in 0..count {
        let Some(property) = property(&mut cursor) else { break };
        found.push(property);
    }
    found
}

fn property<'b>(cursor: &mut Cursor<'b>) -> Option<Property<'b>> {
    let (kind, id) = (cursor.u16()?, cursor.u16()?);
    if id >= 0x8000 {
        cursor.take(16)?;
        if cursor.u32()? == 0 {
            cursor.u32()?;
        } else {
            let length = cursor.length()?;
            cursor.padded(length)?;
        }
    }
    let (is_list, kind) = (kind & 0x1000 != 0, kind & 0x0fff);
    let fixed = match kind {
        0x0002 | 0x0003 | 0x0004 | 0x000a | 0x000b => Some(4),
        0x0005 | 0x0006 | 0x0007 | 0x0014 | 0x0040 => Some(8),
        0x0048 => Some(16),
        0x000d | 0x001e | 0x001f | 0x0102 => None,
        _ => return None,
    };
    let count = if is_list || fixed.is_none() { cursor.length()? } else { 1 };
    let mut first = None;
    for _ in 0..count {
        let length = match fixed {
            Some(length) => length,
            None => cursor.length()?,
        };
        let value = cursor.padded(length)?;
        first = first.or(Some(value));
    }
    Some(Property { kind, id, value: first.unwrap_or_default() })
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
