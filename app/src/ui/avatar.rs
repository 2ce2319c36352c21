//! A person as a circle: their initials in a tone that stays theirs, or their picture.

use leptos::prelude::*;

/// First letters of the first and the last word; the style sheet makes them large. (Unicode's tables of letters would weigh more in the
/// browser than all that is said here: what is not ASCII counts as a letter.)
pub fn initials(name: &str) -> String {
    let letter = |c: &char| c.is_ascii_alphanumeric() || !c.is_ascii();
    let mut words = name.split(|c: char| c.is_whitespace() || "._-@".contains(c)).filter_map(|word| word.chars().find(letter));
    let first = words.next();
    let last = words.next_back();
    first.into_iter().chain(last).collect()
}

/// A circle with initials or a picture. Its name stands beside it, so screen readers skip it.
#[component]
pub fn Avatar(
    /// Whose.
    #[prop(into)]
    name: String,
    /// Larger, for the head of a panel.
    #[prop(optional)]
    large: bool,
    /// Name of their picture, shown over the initials once it is there.
    #[prop(optional_no_strip)]
    picture: Option<String>,
) -> impl IntoView {
    // FNV-1a: the same tone for the same name on every machine.
    let tone = name.bytes().fold(2_166_136_261_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(16_777_619)) % 4;
    let picture = picture.map(|name| view! { <img src=format!("/pictures/{name}") alt=""/> });
    view! { <span class="avatar" class:large=large data-tone=tone.to_string() aria-hidden="true">{initials(&name)}{picture}</span> }
}

#[cfg(test)]
mod tests {
    use super::initials;

    #[test]
    fn initials_are_those_of_the_first_and_the_last_word() {
        assert_eq!(initials("Joana de Sá Prates"), "JP");
        assert_eq!(initials("ana@example.com"), "ac");
        assert_eq!(initials("(Élodie) Ωmega"), "ÉΩ");
        assert_eq!(initials("  "), "");
    }
}
