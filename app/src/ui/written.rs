//! Words in `<title>` and `<textarea>`. Leptos writes what these two hold into the page as it is, and there a browser takes
//! `&` for the beginning of a character and `</` for the end: whoever wrote a subject would write on in the page.

/// Words as they are written there. In the browser they are put there as they are.
pub fn written(words: impl Into<String>) -> String {
    let words = words.into();
    if cfg!(target_arch = "wasm32") {
        return words;
    }
    let words = words.replace('&', "&amp;").replace('<', "&lt;");
    // the first line break in a field belongs to the tag
    if words.starts_with('\n') { format!("\n{words}") } else { words }
}

#[cfg(test)]
mod tests {
    use leptos::prelude::*;

    use super::written;

    #[test]
    fn words_in_a_field_end_it_not() {
        let words = "\n</textarea><script>alert(1)</script> R&D &lt;";
        let html = view! { <textarea>{written(words)}</textarea> }.to_html();
        assert!(html.contains("&lt;/textarea>&lt;script>alert(1)&lt;/script> R&amp;D &amp;lt;</textarea>"), "{html}");
        assert_eq!(html.matches("</").count(), 1, "{html}");
        assert!(html.contains(">\n\n&lt;"), "{html}");
    }
}
