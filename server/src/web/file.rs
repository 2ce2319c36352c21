//! Files and mails as downloads, and the HTML of mails for its frame. Nothing of what strangers sent is ever active:
//! type by content, no sniffing, a policy without scripts, shown in place only when it is a picture of dots.

use axum::{
    extract::{Path, Query, State},
    http::{HeaderMap, HeaderName, HeaderValue, header},
    response::{IntoResponse, Response},
};
use model::{AttachmentId, LetterId, LetterInId, MessageId, PropertyId, Refusal, attachment::Attachment, view::escape};
use serde::Deserialize;

use super::{
    answer::{Answer, agent, id},
    router::House,
};
use crate::{mail::smtp_out, serve};

/// Types that a browser may show in place: pictures that hold no script.
const SHOWN: [&str; 4] = ["image/png", "image/jpeg", "image/gif", "image/webp"];
/// Policy of a file: nothing runs, nothing loads.
pub const FILE_POLICY: &str = "default-src 'none'; sandbox; frame-ancestors 'none'";

/// `GET /attachments/ID`
pub async fn attachment(State(house): State<House>, Path(text): Path<String>, headers: HeaderMap) -> Answer {
    let agent = agent(&house.desk, &headers).await?;
    let (attachment, bytes) = agent.open_attachment(id::<AttachmentId>(&text)?).await?;
    Ok(download_of(&attachment, bytes))
}

/// An attachment as an answer: by its content's type.
pub fn download_of(attachment: &Attachment, bytes: Vec<u8>) -> Response {
    let shown = SHOWN.contains(&attachment.media_type.as_str());
    let media_type = if attachment.media_type.starts_with("text/") { "text/plain; charset=utf-8" } else { &attachment.media_type };
    download(&attachment.name, media_type, shown, bytes)
}

/// `GET /files/PROPERTY/ID/TOKEN`: a file that was too large for its letter. The signature in the link is the permission.
pub async fn linked(State(house): State<House>, Path((property, text, token)): Path<(String, String, String)>) -> Answer {
    let (attachment, bytes) = house.desk.open_letter_file(id::<PropertyId>(&property)?, id::<AttachmentId>(&text)?, &token).await?;
    Ok(download(&attachment.name, "application/octet-stream", false, bytes))
}

/// `GET /raw/ID`: a mail received, as it came.
pub async fn raw(State(house): State<House>, Path(text): Path<String>, headers: HeaderMap) -> Answer {
    let agent = agent(&house.desk, &headers).await?;
    let bytes = agent.open_raw(id::<LetterInId>(&text)?).await?;
    Ok(download(&format!("{text}.eml"), "message/rfc822", false, bytes))
}

/// `GET /letters/ID/raw`: a letter of ours as it goes over the wire, with our signature.
pub async fn raw_letter(State(house): State<House>, Path(text): Path<String>, headers: HeaderMap) -> Answer {
    let agent = agent(&house.desk, &headers).await?;
    let (letter, files) = agent.open_letter_out(id::<LetterId>(&text)?).await?;
    let dkim = serve::dkim(&house.config).ok().flatten();
    // one that cannot be written never goes over a wire
    let (_, bytes) = smtp_out::written(&letter, &files, dkim.as_deref()).map_err(|_| Refusal::NotFound)?;
    Ok(download(&format!("{text}.eml"), "message/rfc822", false, bytes))
}

/// Bytes as a download under a name.
pub fn download(name: &str, media_type: &str, shown: bool, bytes: Vec<u8>) -> Response {
    let plain: String =
        name.chars().map(|c| if c.is_ascii_graphic() && !matches!(c, '"' | '\\' | '%' | ';') || c == ' ' { c } else { '_' }).collect();
    let place = if shown { "inline" } else { "attachment" };
    let disposition = format!("{place}; filename=\"{plain}\"; filename*=UTF-8''{}", escape(name).replace(':', "%3A"));
    let value = |text: &str, other: &'static str| HeaderValue::from_str(text).unwrap_or(HeaderValue::from_static(other));
    let headers = [
        (header::CONTENT_TYPE, value(media_type, "application/octet-stream")),
        (header::CONTENT_DISPOSITION, value(&disposition, "attachment")),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(FILE_POLICY)),
        // contents never change under an id; an hour bounds how long a lost right still sees them in its own cache
        (header::CACHE_CONTROL, HeaderValue::from_static("private, max-age=3600")),
    ];
    (headers, bytes).into_response()
}

/// Whether pictures from elsewhere are loaded.
#[derive(Deserialize)]
pub struct Remote {
    #[serde(default)]
    remote: String,
}

/// `GET /mail/MESSAGE`: the HTML of a mail, for its frame.
pub async fn mail(State(house): State<House>, Path(text): Path<String>, Query(remote): Query<Remote>, headers: HeaderMap) -> Answer {
    let agent = agent(&house.desk, &headers).await?;
    let html = agent.open_html(id::<MessageId>(&text)?).await?;
    Ok(framed(&html, remote.remote == "1"))
}

/// `GET /letters/ID/html`: a letter of ours as its reader sees it, for its frame.
pub async fn letter(State(house): State<House>, Path(text): Path<String>, headers: HeaderMap) -> Answer {
    let agent = agent(&house.desk, &headers).await?;
    let letter = agent.read_letter(id::<LetterId>(&text)?).await?;
    Ok(framed(&letter.html, false))
}

/// HTML that was sanitised, in a page that may do nothing even if that failed. The frame is of our origin (without scripts),
/// because browsers send our cookie for the pictures inside only then.
fn framed(html: &str, remote: bool) -> Response {
    let pictures = if remote { " https: http:" } else { "" };
    let policy = format!(
        "default-src 'none'; img-src 'self' data:{pictures}; style-src 'unsafe-inline'; frame-ancestors 'self'; base-uri 'none'; form-action 'none'; \
         sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox"
    );
    let page = format!(
        "<!doctype html><html><head><meta charset=\"utf-8\"><meta name=\"referrer\" content=\"no-referrer\"><base target=\"_blank\"><title>Mail</title>\
         <style>html{{color-scheme:light;background:#fff;color:#1a1a1a;font:15px/1.5 system-ui,sans-serif;overflow-wrap:anywhere}}body{{margin:0;padding:12px}}\
         img{{max-width:100%;height:auto}}table{{max-width:100%}}pre{{white-space:pre-wrap}}blockquote{{margin:0 0 0 8px;padding-left:8px;border-left:2px solid #ccc}}</style>\
         </head><body>{html}</body></html>"
    );
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_str(&policy).unwrap_or(HeaderValue::from_static(FILE_POLICY))),
        (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
        (HeaderName::from_static("cache-control"), HeaderValue::from_static("private, no-store")),
    ];
    (headers, page).into_response()
}

/// Our icon, for whoever asks by the old address: answers that are no page of ours name none.
pub async fn icon() -> impl IntoResponse {
    let headers = [(header::CONTENT_TYPE, "image/svg+xml"), (header::CACHE_CONTROL, "public, max-age=86400")];
    (headers, include_str!("../../../style/icon.svg"))
}
