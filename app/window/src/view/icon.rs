//! Line drawings. Each stands beside its words or in a button with a label, so screen readers skip it.

use super::piece::{Piece, el};

pub const SEND: &str = "M4 12 20 4l-5 16-3-7z";
pub const CLIP: &str = "M20 11l-8.5 8.5a5 5 0 0 1-7-7L13 4a3.4 3.4 0 0 1 5 5l-8.500 8.500a1.700 1.700 0 0 1-2.500-2.500L15 7";
pub const SMILE: &str = "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM8.500 14a4 4 0 0 0 7 0M9 9.500v.5M15 9.500v.5";
pub const FLAT: &str = "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM8.500 15h7M9 9.500v.5M15 9.500v.5";
pub const SAD: &str = "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM8.500 16.500a4 4 0 0 1 7 0M9 9.500v.5M15 9.500v.5";
pub const DOWN: &str = "M5 9l7 7 7-7";
pub const CLOSE: &str = "M6 6l12 12M18 6 6 18";
pub const MORE: &str = "M5 12h.01M12 12h.01M19 12h.01";
pub const FILE: &str = "M14 3H6v18h12V7zM14 3v4h4";

pub fn icon(path: &str) -> Piece {
    el("svg|viewBox=0 0 24 24|aria-hidden=true").with(el("path").put("d", path))
}
