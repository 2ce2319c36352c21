//! MAPI properties as a wrapping holds them: a kind, an id, perhaps a name, one value or several.
//! Knows no meaning of any of them.

use crate::charset;

/// Properties beyond these are not read.
const MOST: usize = 4096;

/// A reader of little-endian fields that never runs over the end.
pub(super) struct Cursor<'b>(pub &'b [u8]);

impl<'b> Cursor<'b> {
    pub(super) fn take(&mut self, length: usize) -> Option<&'b [u8]> {
        let (head, tail) = self.0.split_at_checked(length)?;
        self.0 = tail;
        Some(head)
    }

    pub(super) fn u16(&mut self) -> Option<u16> {
        self.take(2)?.try_into().ok().map(u16::from_le_bytes)
    }

    pub(super) fn u32(&mut self) -> Option<u32> {
        self.take(4)?.try_into().ok().map(u32::from_le_bytes)
    }

    pub(super) fn length(&mut self) -> Option<usize> {
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

/// A property; of several values the first.
pub(super) struct Property<'b> {
    pub(super) kind: u16,
    pub(super) id: u16,
    pub(super) value: &'b [u8],
}

impl Property<'_> {
    /// As text: UTF-16, or bytes in a charset.
    pub(super) fn text(&self, label: Option<&str>) -> String {
        if self.kind != 0x001f {
            return text8(self.value, label);
        }
        let units: Vec<u16> = self.value.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect();
        let end = units.iter().position(|unit| *unit == 0).unwrap_or(units.len());
        String::from_utf16_lossy(&units[..end])
    }
}

/// Text of bytes that ends with a zero.
pub(super) fn text8(bytes: &[u8], label: Option<&str>) -> String {
    let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
    charset::decode(&bytes[..end], label)
}

/// The properties up to the first that does not fit.
pub(super) fn list(bytes: &[u8]) -> Vec<Property<'_>> {
    let mut cursor = Cursor(bytes);
    let count = cursor.length().unwrap_or(0).min(MOST);
    std::iter::from_fn(|| property(&mut cursor)).take(count).collect()
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
        0x0001..=0x0004 | 0x000a | 0x000b => Some(4),
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
