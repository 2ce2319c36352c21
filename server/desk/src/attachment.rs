//! Files of messages: uploaded by agents and visitors before they are sent, or come with a mail. Contents are kept by the blob store.

use model::{
    AttachmentId, LetterInId, MessageId, PropertyId, Refusal, Why,
    attachment::{Attachment, BYTES_MOST},
};
use sqlx::{Row as _, any::AnyRow};

use crate::{
    Agent, Desk, Result,
    blob::{self, Blob},
    db::Tx,
    line::{word, word_or_none},
};

/// A file about to belong to a message: one that was uploaded, or one that came with a mail.
#[derive(Clone)]
pub(crate) struct File {
    pub id: AttachmentId,
    pub name: String,
    pub media_type: String,
    pub inline: bool,
    pub cid: Option<String>,
    /// Contents that come with the message; none when it was uploaded before.
    pub blob: Option<Blob>,
}

/// The files of these ids that somebody uploaded, none of which belongs to a message yet.
pub(crate) async fn claim(tx: &mut Tx, property: &PropertyId, uploader: &str, ids: &[AttachmentId]) -> Result<Vec<File>> {
    let mut files = vec![];
    for id in ids {
        let row =
            sqlx::query("select name, media_type from attachment where property = $1 and id = $2 and uploaded_by = $3 and message is null")
                .bind(property.as_str())
                .bind(id.as_str())
                .bind(uploader)
                .fetch_optional(tx.conn())
                .await?
                .ok_or(Refusal::invalid("attachments", Why::Unknown))?;
        files.push(File { id: id.clone(), name: row.try_get(0)?, media_type: row.try_get(1)?, inline: false, cid: None, blob: None });
    }
    Ok(files)
}

/// Makes files belong to a message.
pub(crate) async fn fasten(tx: &mut Tx, property: &PropertyId, message: &MessageId, files: &[File]) -> Result<()> {
    for (place, file) in (0_i64..).zip(files) {
        let now = tx.now();
        if let Some(blob) = &file.blob {
            blob::keep(tx, blob).await?;
            sqlx::query(
                "insert into attachment (property, id, message, name, media_type, size, sha256, cid, inline_at, place, created_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
            )
            .bind(property.as_str())
            .bind(file.id.as_str())
            .bind(message.as_str())
            .bind(&file.name)
            .bind(&file.media_type)
            .bind(blob.size)
            .bind(&blob.sha256)
            .bind(file.cid.clone())
            .bind(file.inline.then_some(now.0))
            .bind(place)
            .bind(now.0)
            .execute(tx.conn())
            .await?;
        } else {
            sqlx::query("update attachment set message = $3, place = $4 where property = $1 and id = $2")
                .bind(property.as_str())
                .bind(file.id.as_str())
                .bind(message.as_str())
                .bind(place)
                .execute(tx.conn())
                .await?;
        }
    }
    Ok(())
}

/// Takes the files of a message that nobody uploaded, since they were made with it. Gives which.
pub(crate) async fn drop_made(tx: &mut Tx, property: &PropertyId, message: &MessageId) -> Result<Vec<AttachmentId>> {
    let rows = sqlx::query("delete from attachment where property = $1 and message = $2 and uploaded_by is null returning id")
        .bind(property.as_str())
        .bind(message.as_str())
        .fetch_all(tx.conn())
        .await?;
    rows.iter().map(|row| word(row, "id")).collect()
}

/// An attachment from its columns.
pub(crate) fn of_row(row: &AnyRow) -> Result<Attachment> {
    Ok(Attachment {
        id: word(row, "id")?,
        name: row.try_get("name")?,
        media_type: row.try_get("media_type")?,
        size: row.try_get("size")?,
        inline: row.try_get::<Option<i64>, _>("inline_at")?.is_some(),
    })
}

/// Keeps a file for who uploads it: an agent's id, or `visitor:ID`.
pub(crate) async fn upload(
    desk: &Desk,
    property: &PropertyId,
    uploader: &str,
    name: &str,
    declared_type: &str,
    bytes: Vec<u8>,
) -> Result<Attachment> {
    if bytes.len() as u64 > BYTES_MOST {
        return Err(Refusal::invalid("attachments", Why::TooLarge(25)).into());
    }
    if bytes.is_empty() {
        return Err(Refusal::invalid("attachments", Why::Required).into());
    }
    let media_type = media_type(&bytes, declared_type);
    let blob = desk.prepare(bytes).await?;
    let attachment =
        Attachment { id: AttachmentId::from_bits(desk.clock().bits()), name: file_name(name), media_type, size: blob.size, inline: false };
    let (property, uploader, file) = (property.clone(), uploader.to_owned(), attachment.clone());
    desk.db()
        .write_to(&property.clone(), move |tx| {
            Box::pin(async move {
                blob::keep(tx, &blob).await?;
                let now = tx.now();
                sqlx::query("insert into attachment (property, id, uploaded_by, name, media_type, size, sha256, place, created_at) values ($1, $2, $3, $4, $5, $6, $7, 0, $8)")
                    .bind(property.as_str())
                    .bind(file.id.as_str())
                    .bind(uploader)
                    .bind(&file.name)
                    .bind(&file.media_type)
                    .bind(file.size)
                    .bind(&blob.sha256)
                    .bind(now.0)
                    .execute(tx.conn())
                    .await?;
                Ok(())
            })
        })
        .await?;
    Ok(attachment)
}

impl Agent {
    /// Takes a file, to be sent with a later message.
    pub async fn attach(&self, name: &str, declared_type: &str, bytes: Vec<u8>) -> Result<Attachment> {
        upload(&self.desk, &self.property, self.id.as_str(), name, declared_type, bytes).await
    }

    /// A file of this property: those of messages, and one's own uploads.
    pub async fn open_attachment(&self, id: AttachmentId) -> Result<(Attachment, Vec<u8>)> {
        let row = sqlx::query("select id, message, name, media_type, size, inline_at, sha256 from attachment where property = $1 and id = $2 and (message is not null or uploaded_by = $3)")
            .bind(self.property.as_str())
            .bind(id.as_str())
            .bind(self.id.as_str())
            .fetch_optional(self.desk.db().read())
            .await?
            .ok_or(Refusal::NotFound)?;
        if let Some(message) = word_or_none(&row, "message")? {
            self.must_see_message(self.desk.db().read().acquire().await?.as_mut(), &message).await?;
        }
        let bytes = self.desk.blobs().read(self.desk.db().read(), row.try_get("sha256")?).await?;
        Ok((of_row(&row)?, bytes))
    }

    /// A mail's HTML, sanitised when it came; its inline pictures point at their attachments.
    pub async fn open_html(&self, id: MessageId) -> Result<String> {
        self.must_see_message(self.desk.db().read().acquire().await?.as_mut(), &id).await?;
        let row = sqlx::query("select html from message where property = $1 and id = $2 and html is not null")
            .bind(self.property.as_str())
            .bind(id.as_str())
            .fetch_optional(self.desk.db().read())
            .await?;
        Ok(row.ok_or(Refusal::NotFound)?.try_get(0)?)
    }

    /// The raw bytes of a mail that was filed in this property.
    pub async fn open_raw(&self, id: LetterInId) -> Result<Vec<u8>> {
        let row = sqlx::query("select raw, conversation from letter_in where property = $1 and id = $2")
            .bind(self.property.as_str())
            .bind(id.as_str())
            .fetch_optional(self.desk.db().read())
            .await?
            .ok_or(Refusal::NotFound)?;
        if self.is_limited() {
            let conversation = word_or_none(&row, "conversation")?.ok_or(Refusal::NotFound)?;
            self.must_see(self.desk.db().read().acquire().await?.as_mut(), &conversation).await?;
        }
        let raw: String = row.try_get("raw")?;
        self.desk.blobs().read(self.desk.db().read(), &raw).await
    }
}

/// A file name that is safe everywhere: no path, no control or direction characters, at most 200 bytes.
pub(crate) fn file_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let unsafe_mark = |c: char| {
        c.is_control()
            || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '"' | '<' | '>' | '|' | ':' | '*' | '?')
    };
    let clean: String = last.chars().map(|c| if unsafe_mark(c) { '_' } else { c }).collect();
    let clean = clean.trim().trim_start_matches('.');
    if clean.is_empty() {
        return "file".into();
    }
    let Some((stem, ending)) = clean.rsplit_once('.').filter(|(_, ending)| ending.len() <= 10) else { return cut(clean, 200).to_owned() };
    format!("{}.{ending}", cut(stem, 199 - ending.len()))
}

fn cut(text: &str, bytes: usize) -> &str {
    let mut end = text.len().min(bytes);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// The media type by content; what is declared counts only where the content says nothing against it.
pub(crate) fn media_type(bytes: &[u8], declared: &str) -> String {
    const MAGIC: &[(&[u8], &str)] = &[
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"\xff\xd8\xff", "image/jpeg"),
        (b"GIF8", "image/gif"),
        (b"%PDF-", "application/pdf"),
        (b"PK\x03\x04", "application/zip"),
        (b"\x1f\x8b", "application/gzip"),
    ];
    if bytes.len() > 12 && bytes.starts_with(b"RIFF") && &bytes[8..12] == b"WEBP" {
        return "image/webp".into();
    }
    let declared = declared.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let known = MAGIC.iter().find(|(magic, _)| bytes.starts_with(magic)).map(|(_, kind)| *kind);
    match known {
        // documents of offices are zips by content
        Some("application/zip") if declared.contains("officedocument") || declared.contains("opendocument") => declared,
        Some(kind) => kind.into(),
        // a picture that does not begin like one is not shown as one
        None if declared.starts_with("image/") => "application/octet-stream".into(),
        None if is_media_type(&declared) => declared,
        None if std::str::from_utf8(bytes).is_ok_and(|text| !text.contains('\0')) => "text/plain".into(),
        None => "application/octet-stream".into(),
    }
}

fn is_media_type(text: &str) -> bool {
    let token = |part: &str| {
        !part.is_empty() && part.len() < 80 && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$&^_.+-".contains(&byte))
    };
    text.split_once('/').is_some_and(|(kind, sub)| token(kind) && token(sub))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_name_keeps_its_ending_and_loses_its_path() {
        assert_eq!(file_name("../../etc/pass\u{202e}wd.txt"), "pass_wd.txt");
        assert_eq!(file_name("\r\n"), "__");
        assert_eq!(file_name(".."), "file");
        let long = file_name(&format!("{}.pdf", "ä".repeat(300)));
        assert!(long.len() <= 200 && long.rsplit_once('.').is_some_and(|(_, ending)| ending == "pdf"));
    }

    #[test]
    fn a_type_follows_the_content() {
        assert_eq!(media_type(b"%PDF-1.7", "image/png"), "application/pdf");
        assert_eq!(media_type(b"<svg onload=x>", "image/svg+xml"), "application/octet-stream");
        assert_eq!(media_type(b"a,b", "text/csv; charset=x"), "text/csv");
        assert_eq!(media_type(b"hello", "nonsense"), "text/plain");
    }
}
