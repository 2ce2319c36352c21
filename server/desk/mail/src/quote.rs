//! What is new in a reply and what it quotes: the body in its two halves, for folding, never for throwing away.
//! Knows text and HTML only; who wrote, and whether the mail forwards another (`forward.rs`), is not asked here.

pub(crate) mod attribution;
pub(crate) mod block;
mod html;
mod page;
mod signature;
mod text;
pub(crate) mod words;

pub use page::Fresh;

/// A body in its two halves.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Split {
    /// What is new. Never empty unless the body is.
    pub reply: String,
    /// What was quoted, and signatures; if anything.
    pub quoted: Option<String>,
}

/// Splits a body. The text decides; the HTML where the text shows nothing quoted, or was itself made of the HTML.
///
/// A body that a person forwarded below own words is left whole. What would leave nothing new is left whole too.
pub fn split(text: &str, html: Option<&str>) -> Split {
    let text = html::without_marks(text);
    let page = html.map(html::marked);
    let page_text = page.as_ref().map(|(page, _)| crate::html::text(page));
    let Some((page_text, (_, has_marks))) = page_text.zip(page) else { return split_text(&text) };
    if text.trim().is_empty() {
        return split_text(&page_text);
    }
    let by_text = split_text(&text);
    if !has_marks || (by_text.quoted.is_some() && !is_made_of(&text, &page_text)) {
        return by_text;
    }
    let by_page = split_text(&page_text);
    if by_page.quoted.is_some() { by_page } else { by_text }
}

/// Whether the text is what the page says, but for the marks.
fn is_made_of(text: &str, page_text: &str) -> bool {
    let plain = page_text.lines().filter(|line| !html::is_mark(line)).flat_map(str::split_whitespace);
    plain.eq(text.split_whitespace())
}

fn split_text(body: &str) -> Split {
    let whole = || Split { reply: html_free(body), quoted: None };
    if let Some(at) = text::forwards(body) {
        return text::split_forward(body, at).unwrap_or_else(whole);
    }
    let split = text::split(body);
    if split.reply.trim().is_empty() { whole() } else { split }
}

/// The whole body, without marks.
fn html_free(body: &str) -> String {
    let lines: Vec<&str> = body.lines().filter(|line| !html::is_mark(line)).collect();
    let joined = lines.join("\n");
    joined.trim_start_matches('\n').trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn halves(text: &str) -> (String, Option<String>) {
        let split = split(text, None);
        (split.reply, split.quoted)
    }

    #[test]
    fn a_reply_above_its_quote() {
        let quote = "On 3 Feb 2025, at 10:12, Ana wrote:\n\n> old";
        assert_eq!(halves(&format!("new\n\n{quote}")), ("new".into(), Some(quote.into())));
        let head = "________________________________\nFrom: Ana\nSent: Monday\nTo: Bo\nSubject: x\n\nold";
        assert_eq!(halves(&format!("new\n{head}")), ("new".into(), Some(head.into())));
        assert_eq!(halves("new\n-- reply above this line --\nold").0, "new");
        assert_eq!(halves("new\n\n-----Original Message-----\n\nold").0, "new");
    }

    #[test]
    fn answers_between_quotes_stay() {
        let inline = "> one?\n\nyes\n\n> two?\n\nno";
        assert_eq!(halves(&format!("On 3 Feb 2025, at 10:12, Ana wrote:\n{inline}")).0, inline);
    }

    #[test]
    fn an_answer_below_its_quote() {
        assert_eq!(halves("On 3 Feb 2025, at 10:12, Ana wrote:\n> old\n\nnew").0, "new");
    }

    #[test]
    fn signatures_go_with_the_quote() {
        assert_eq!(halves("new\n\n-- \nAna"), ("new".into(), Some("-- \nAna".into())));
        assert_eq!(halves("new\n\nSent from my iPhone"), ("new".into(), Some("Sent from my iPhone".into())));
    }

    #[test]
    fn nothing_new_is_shown_whole() {
        assert_eq!(halves("> all quoted"), ("> all quoted".into(), None));
        assert_eq!(halves(""), (String::new(), None));
    }

    #[test]
    fn a_forwarded_mail_is_left_whole() {
        let mail = "see below\n\n---------- Forwarded message ---------\nFrom: Ana <a@b.example>\nSubject: x\n\nold";
        assert_eq!(halves(mail), (mail.into(), None));
    }

    #[test]
    fn a_page_is_asked_when_the_text_shows_no_quote() {
        let page = "<p>new</p><div id=\"appendonsend\"></div><p>old</p>";
        assert_eq!(split("new\nold", Some(page)).reply, "new");
    }

    #[test]
    fn hostile_bodies_take_no_time() {
        let start = std::time::Instant::now();
        for body in [
            "On Mon, 3 Feb 2025 at 10:12, ".repeat(10_000),
            "On 3 Feb 2025 a@b.example\n".repeat(20_000),
            "wrote:\n".repeat(40_000),
            format!("x\n{}", ">".repeat(1_000_000)),
            "From: a\n".repeat(40_000),
            "-".repeat(1_000_000),
            "```\n> \n".repeat(40_000),
        ] {
            let start = std::time::Instant::now();
            assert!(!split(&body, Some(&body)).reply.is_empty());
            println!("{:?} for {:?}", start.elapsed(), &body[..12.min(body.len())]);
        }
        // Unoptimised and beside other tests; quadratic time would be minutes.
        assert!(start.elapsed().as_secs() < 60, "{:?}", start.elapsed());
    }
}
