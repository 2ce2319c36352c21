//! HTML of strangers made safe to show: an allow-list of elements, attributes, properties and addresses (ammonia).
//! Knows nothing of where files are: whoever calls says what a `cid:` becomes.

use std::{
    borrow::Cow,
    collections::{HashMap, HashSet},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use ammonia::{Builder, UrlRelative};

use crate::html;

/// Raise it when the rules change: it is kept beside each page that was cleaned, so that those of older rules can be told.
pub const VERSION: i64 = 2;
/// Rounds until a page must be stable (two in nearly all of them).
const MOST_ROUNDS: usize = 4;
/// Content-IDs in one page beyond this are not looked up.
const MOST_CIDS: usize = 500;

/// A page made safe.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sanitised {
    /// The clean HTML.
    pub html: String,
    /// Whether pictures from elsewhere were left out.
    pub blocked_remote: bool,
}

const ADDED_TAGS: [&str; 4] = ["font", "tfoot", "big", "address"];
const REMOVED_TAGS: [&str; 5] = ["area", "map", "details", "summary", "rtc"];
const BOX: [&str; 6] = ["width", "height", "bgcolor", "valign", "align", "border"];
const PROPERTIES: [&str; 41] = [
    "color",
    "background-color",
    "font",
    "font-family",
    "font-size",
    "font-style",
    "font-variant",
    "font-weight",
    "text-align",
    "text-decoration",
    "text-decoration-line",
    "text-indent",
    "text-transform",
    "width",
    "height",
    "max-width",
    "padding",
    "padding-top",
    "padding-right",
    "padding-bottom",
    "padding-left",
    "margin",
    "margin-top",
    "margin-right",
    "margin-bottom",
    "margin-left",
    "border",
    "border-top",
    "border-right",
    "border-bottom",
    "border-left",
    "border-color",
    "border-style",
    "border-width",
    "border-radius",
    "border-collapse",
    "border-spacing",
    "vertical-align",
    "white-space",
    "line-height",
    "list-style-type",
];

/// Makes a page safe. `cid` says what a picture of the mail itself is shown by (`None` leaves it out); pictures from
/// elsewhere stay only with `remote`. Doing it twice changes nothing, as long as `cid` gives absolute addresses.
pub fn html(page: &str, cid: &dyn Fn(&str) -> Option<String>, remote: bool) -> Sanitised {
    if !html::is_reasonable(page) {
        let text = html::from_text(&html::text(page));
        return Sanitised { html: format!("<div>{text}</div>"), blocked_remote: false };
    }
    let pictures: HashMap<String, String> = cids(page).into_iter().filter_map(|id| cid(&id).map(|shown| (id, shown))).collect();
    let named: HashMap<String, String> = pictures.keys().map(|id| (id.clone(), format!("cid:{id}"))).collect();
    // Dropping an attribute changes the order of the others, so that a second round may differ: go on until none does.
    let mut blocked_remote = false;
    let mut html = page.to_owned();
    for _ in 0..MOST_ROUNDS {
        let round = clean(&html, named.clone(), remote, UrlRelative::Deny);
        blocked_remote |= round.blocked_remote;
        let is_stable = round.html == html;
        html = round.html;
        if is_stable {
            break;
        }
    }
    if pictures != named {
        // What was relative in the mail is gone by now; what is relative here are addresses of ours.
        html = clean(&html, pictures, remote, UrlRelative::PassThrough).html;
    }
    Sanitised { html, blocked_remote }
}

/// The form that is kept with a mail: safe, with `cid:` and remote pictures still named.
pub fn kept(page: &str) -> String {
    html(page, &|id| Some(format!("cid:{id}")), true).html
}

fn clean(page: &str, pictures: HashMap<String, String>, remote: bool, relative: UrlRelative<'static>) -> Sanitised {
    let blocked = Arc::new(AtomicBool::new(false));
    let seen = Arc::clone(&blocked);
    let mut builder = Builder::default();
    builder
        .add_tags(ADDED_TAGS)
        .rm_tags(REMOVED_TAGS)
        .add_clean_content_tags([
            "title", "noscript", "iframe", "object", "applet", "svg", "math", "template", "textarea", "select", "noembed", "noframes",
            "xmp",
        ])
        .add_generic_attributes(["style", "dir"])
        .add_tag_attributes("font", ["color", "face", "size"])
        .add_tag_attributes("table", BOX.iter().chain(&["cellpadding", "cellspacing"]))
        .add_tag_attributes("td", BOX)
        .add_tag_attributes("th", BOX)
        .add_tag_attributes("tr", BOX)
        .add_tag_attributes("img", ["border"])
        .add_tag_attributes("div", ["align"])
        .add_tag_attributes("p", ["align"])
        .add_tag_attributes("ol", ["type"])
        .add_tag_attributes("ul", ["type"])
        .url_schemes(HashSet::from(["http", "https", "mailto", "tel", "cid", "data"]))
        .url_relative(relative)
        .link_rel(Some("noopener noreferrer nofollow"))
        .set_tag_attribute_value("a", "target", "_blank")
        .filter_style_properties(HashSet::from(PROPERTIES))
        .strip_comments(true)
        .attribute_filter(move |element, attribute, value| match (element, attribute) {
            ("img", "src") => picture(value, &pictures, remote, &seen),
            (_, "style") => style(value),
            (_, "href" | "cite") => link(value),
            _ => Some(Cow::Borrowed(value)),
        });
    let html = builder.clean(page).to_string();
    Sanitised { html, blocked_remote: blocked.load(Ordering::Relaxed) }
}

fn picture<'v>(value: &'v str, pictures: &HashMap<String, String>, remote: bool, blocked: &AtomicBool) -> Option<Cow<'v, str>> {
    let folded = value.trim_start().get(..12).unwrap_or(value.trim_start()).to_ascii_lowercase();
    if folded.starts_with("cid:") {
        let id = value.trim().get(4..)?;
        return pictures.get(&cid_text(id)).map(|shown| Cow::Owned(shown.clone()));
    }
    if folded.starts_with("http:") || folded.starts_with("https:") {
        if remote {
            return Some(Cow::Borrowed(value));
        }
        blocked.store(true, Ordering::Relaxed);
        return None;
    }
    let start = value.trim_start().get(..24).unwrap_or(value.trim_start()).to_ascii_lowercase();
    let is_embedded = ["data:image/png;", "data:image/jpeg;", "data:image/jpg;", "data:image/gif;", "data:image/webp;"]
        .iter()
        .any(|known| start.starts_with(known));
    is_embedded.then_some(Cow::Borrowed(value))
}

fn link(value: &str) -> Option<Cow<'_, str>> {
    let start = value.trim_start().get(..8).unwrap_or(value.trim_start()).to_ascii_lowercase();
    ["http:", "https:", "mailto:", "tel:"].iter().any(|known| start.starts_with(known)).then_some(Cow::Borrowed(value))
}

/// Properties are chosen by the list; values that could fetch or run something are dropped whole.
fn style(value: &str) -> Option<Cow<'_, str>> {
    let is_harmless = |declaration: &&str| {
        let folded = declaration.to_ascii_lowercase();
        // what is moved out of its place can cover what is ours
        let moves = folded.split_once(':').is_some_and(|(name, value)| name.trim().starts_with("margin") && value.contains('-'));
        !moves
            && !["url", "expression", "\\", "image", "javascript", "@", "<", "attr(", "var(", "/*"].iter().any(|bad| folded.contains(bad))
    };
    let kept: Vec<&str> = value.split(';').filter(is_harmless).filter(|declaration| !declaration.trim().is_empty()).collect();
    (!kept.is_empty()).then(|| Cow::Owned(kept.join(";")))
}

/// Every `cid:` of a page, as its Content-ID.
fn cids(page: &str) -> HashSet<String> {
    let mut found = HashSet::new();
    let folded = page.to_ascii_lowercase();
    for (at, _) in folded.match_indices("cid:").take(MOST_CIDS) {
        let rest = &page[at + 4..];
        let end = rest.find(|c: char| c == '"' || c == '\'' || c == '>' || c == ')' || c.is_whitespace()).unwrap_or(rest.len()).min(300);
        found.insert(cid_text(&rest[..rest.floor_char_boundary(end)]));
    }
    found
}

fn cid_text(id: &str) -> String {
    id.trim().replace("%40", "@").replace("&amp;", "&").replace("%2B", "+").replace("%20", " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(page: &str) -> String {
        html(page, &|_| None, false).html
    }

    #[test]
    fn scripts_forms_and_events_go() {
        assert_eq!(shown("<p onclick=x()>a<script>b</script><button><input></button></p>"), "<p>a</p>");
        assert!(!shown("<a href=\"javascript:x\">a</a>").contains("javascript"));
        assert_eq!(shown("<p style=\"position:fixed;color:red;background:url(x)\">a</p>"), "<p style=\"color:red\">a</p>");
        assert_eq!(shown("<p style=\"margin-top:-90px;margin-left:4px\">a</p>"), "<p style=\"margin-left:4px\">a</p>");
    }

    #[test]
    fn pictures_are_shown_blocked_or_the_mails_own() {
        let page = "<img src=\"https://a.example/p.png\"><img src=\"cid:p%40x\"><img src='data:image/png;base64,AA=='>";
        let blocked = html(page, &|id| (id == "p@x").then(|| "https://us.example/1".into()), false);
        assert!(blocked.blocked_remote && !blocked.html.contains("a.example"));
        assert!(blocked.html.contains("https://us.example/1") && blocked.html.contains("data:image/png"));
        assert!(html(page, &|_| None, true).html.contains("https://a.example/p.png"));
        let local = html(page, &|id| Some(format!("/files/{id}")), false).html;
        assert!(local.contains("src=\"/files/p@x\"") && !html("<img src=/x>", &|_| None, true).html.contains("/x"), "{local}");
        assert!(kept(page).contains("src=\"cid:p@x\""));
    }

    #[test]
    fn an_unreasonable_page_becomes_text() {
        let deep = format!("{}x", "<div>".repeat(100_000));
        assert_eq!(shown(&deep), "<div>x</div>");
        let growing = (0..5000).map(|number| format!("<p><b id={number}>")).collect::<Vec<_>>().concat();
        assert!(shown(&growing).len() < 100_000);
    }
}
