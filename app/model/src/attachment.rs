//! Files of messages.

use serde::{Deserialize, Serialize};

use crate::AttachmentId;

/// A file as a message shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// Identity; also its place under `/attachments/`.
    pub id: AttachmentId,
    /// File name, cleaned.
    pub name: String,
    /// Media type by content.
    pub media_type: String,
    /// Bytes.
    pub size: i64,
    /// Shown inside the text rather than below it.
    pub inline: bool,
}

/// Most bytes of one attachment.
pub const BYTES_MOST: u64 = 25 * 1024 * 1024;
/// Most attachments of one message.
pub const COUNT_MOST: u32 = 50;

/// A size as people read it: `182 KB`.
pub fn size_text(bytes: i64) -> String {
    match bytes {
        ..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{} KB", (bytes + 500) / 1_000),
        _ => format!("{}.{} MB", bytes / 1_000_000, bytes % 1_000_000 / 100_000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_read_well() {
        assert_eq!((size_text(12).as_str(), size_text(181_900).as_str(), size_text(2_540_000).as_str()), ("12 B", "182 KB", "2.5 MB"));
    }
}
