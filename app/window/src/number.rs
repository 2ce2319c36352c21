//! Whole numbers as text. The standard library's way goes through all of its formatting, which is then in the wasm; the packer takes that
//! out of the window (`frontend/pack/src/prune.rs`), so nothing that runs in the browser may use it.

/// A number in digits.
pub fn digits(number: i64) -> String {
    let (mut rest, mut out) = (number.unsigned_abs(), vec![]);
    while rest > 0 || out.is_empty() {
        out.push(b'0' + u8::try_from(rest % 10).unwrap_or(0));
        rest /= 10;
    }
    if number < 0 {
        out.push(b'-');
    }
    out.into_iter().rev().map(char::from).collect()
}

#[cfg(test)]
mod tests {
    use super::digits;

    #[test]
    fn digits_are_those_of_the_number() {
        for number in [0, 7, 9, 10, 19, 99, 100, 1_000_001, -1, -40, i64::MAX, i64::MIN] {
            assert_eq!(digits(number), number.to_string());
        }
    }
}
