//! Colours of the web and how well one is read on another, by WCAG 2's rule of relative luminance. Knows no screen.

use std::{fmt, str::FromStr};

/// A colour: red, green, blue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Colour(pub [u8; 3]);

/// Contrast that text needs (WCAG 2.2, 1.4.3).
pub const TEXT_LEAST: f64 = 4.5;
/// White.
pub const WHITE: Colour = Colour([255, 255, 255]);
/// Black.
pub const BLACK: Colour = Colour([0, 0, 0]);
/// What lies behind a dark widget.
pub const NIGHT: Colour = Colour([22, 27, 33]);

impl FromStr for Colour {
    type Err = ();

    /// `#rrggbb`.
    fn from_str(text: &str) -> Result<Self, ()> {
        let digits =
            text.strip_prefix('#').filter(|digits| digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_hexdigit())).ok_or(())?;
        let part = |at: usize| u8::from_str_radix(&digits[at..at + 2], 16).map_err(drop);
        Ok(Self([part(0)?, part(2)?, part(4)?]))
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [red, green, blue] = self.0;
        write!(f, "#{red:02x}{green:02x}{blue:02x}")
    }
}

impl Colour {
    /// Relative luminance: 0 for black, 1 for white.
    pub fn luminance(self) -> f64 {
        let [red, green, blue] = self.0.map(|part| {
            let part = f64::from(part) / 255.0;
            if part <= 0.040_45 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        });
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }

    /// How well one is read on the other: 1 for not at all, 21 for black on white.
    pub fn contrast(self, other: Self) -> f64 {
        let (one, two) = (self.luminance(), other.luminance());
        (one.max(two) + 0.05) / (one.min(two) + 0.05)
    }

    /// What is written on it: white if that is read well enough, else black, which then is (of any colour one of them is).
    #[must_use]
    pub fn ink(self) -> Self {
        if self.contrast(WHITE) >= TEXT_LEAST { WHITE } else { BLACK }
    }

    /// The same colour for a dark screen: as much lighter as it needs to stand out there.
    #[must_use]
    pub fn by_night(self) -> Self {
        (0..=100).map(|share| self.towards_white(share)).find(|colour| colour.contrast(NIGHT) >= TEXT_LEAST).unwrap_or(WHITE)
    }

    fn towards_white(self, share: u16) -> Self {
        let mixed = |part: u8| u8::try_from(u16::from(part) + (255 - u16::from(part)) * share / 100).unwrap_or(u8::MAX);
        Self(self.0.map(mixed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn colour(text: &str) -> Colour {
        text.parse().expect("a colour")
    }

    #[test]
    fn contrast_is_that_of_wcag() {
        for (one, two, wanted) in [
            ("#000000", "#ffffff", 21.0),
            ("#ffffff", "#ffffff", 1.0),
            // published pairs: the lightest grey that passes on white, and the first that does not
            ("#767676", "#ffffff", 4.54),
            ("#777777", "#ffffff", 4.48),
            ("#ff0000", "#ffffff", 4.0),
            ("#0000ff", "#ffffff", 8.59),
        ] {
            let found = colour(one).contrast(colour(two));
            assert!((found - wanted).abs() < 0.01, "{one} on {two}: {found}");
        }
    }

    #[test]
    fn what_is_written_on_any_colour_is_read() {
        for red in (0..=255).step_by(15) {
            for green in (0..=255).step_by(15) {
                for blue in (0..=255).step_by(15) {
                    let day = Colour([red, green, blue]);
                    assert!(day.contrast(day.ink()) >= TEXT_LEAST, "{day} with {}", day.ink());
                    let night = day.by_night();
                    assert!(night.contrast(night.ink()) >= TEXT_LEAST && night.contrast(NIGHT) >= TEXT_LEAST, "{day} by night is {night}");
                }
            }
        }
        assert_eq!((colour("#0b7a53").ink(), colour("#ffd400").ink()), (WHITE, BLACK));
        assert_eq!(colour("#ffd400").by_night(), colour("#ffd400"), "light enough as it is");
    }

    #[test]
    fn what_is_no_colour_is_refused() {
        for text in ["", "#", "red", "#12345", "#1234567", "#12345g", "123456", "#é1234"] {
            assert_eq!(text.parse::<Colour>(), Err(()), "{text}");
        }
        assert_eq!(colour("#AbCdEf").to_string(), "#abcdef");
    }
}
