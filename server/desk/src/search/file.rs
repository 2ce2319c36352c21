//! The text inside files. Files are hostile until somebody has read them: the process does it, outside of this one and within
//! limits (`ReadsFiles`); here stands which are worth it, and what came of it.

use futures::future::BoxFuture;
use model::{AttachmentId, ConversationId, PropertyId};
use sqlx::Row as _;

use super::{index, show::cut};
use crate::{Desk, Result, db::Tx, line::word};

/// Bytes of a file that is read.
const BYTES_MOST: i64 = 10_000_000;
/// Bytes of its text that are kept.
const WORDS_MOST: usize = 100_000;

/// A file whose text can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// Text as it is.
    Plain,
    /// PDF.
    Pdf,
    /// A document of Word.
    Docx,
}

/// Whoever reads files.
pub trait ReadsFiles: Send + Sync {
    /// The text of a file; none when it cannot be read, whatever the reason.
    fn read(&self, kind: FileKind, bytes: Vec<u8>) -> BoxFuture<'_, Option<String>>;
}

/// A file of a conversation, for its document.
pub struct File {
    pub name: String,
    /// As far as it was read.
    pub words: String,
}

/// What a file is by its name and type.
fn kind_of(name: &str, media_type: &str) -> Option<FileKind> {
    let is_docx = name.rsplit_once('.').is_some_and(|(_, ending)| ending.eq_ignore_ascii_case("docx"));
    match media_type {
        "application/pdf" => Some(FileKind::Pdf),
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document" => Some(FileKind::Docx),
        "application/zip" | "application/octet-stream" if is_docx => Some(FileKind::Docx),
        "text/html" => None,
        kind if kind.starts_with("text/") => Some(FileKind::Plain),
        _ => None,
    }
}

/// The files of a conversation. Those that nobody has read yet wait from now on to be read.
pub async fn of(tx: &mut Tx, property: &PropertyId, conversation: &ConversationId) -> Result<Vec<File>> {
    // `cross`: SQLite takes it as the order to read in, and would else read all attachments
    let rows = sqlx::query(
        "select a.id, a.name, a.media_type, a.size, f.words from message m cross join attachment a \
         left join search_file f on f.property = a.property and f.attachment = a.id \
         where m.property = $1 and m.conversation = $2 and a.property = m.property and a.message = m.id and a.inline_at is null order by a.created_at, a.place",
    )
    .bind(property.as_str())
    .bind(conversation.as_str())
    .fetch_all(tx.conn())
    .await?;
    let mut all = vec![];
    for row in &rows {
        let (name, words): (String, Option<String>) = (row.try_get("name")?, row.try_get("words")?);
        if words.is_none() && kind_of(&name, row.try_get("media_type")?).is_some() && row.try_get::<i64, _>("size")? <= BYTES_MOST {
            sqlx::query("insert into search_file (property, attachment, waiting, words) values ($1, $2, 1, '') on conflict (property, attachment) do nothing")
                .bind(property.as_str())
                .bind(row.try_get::<&str, _>("id")?)
                .execute(tx.conn())
                .await?;
        }
        all.push(File { name, words: words.unwrap_or_default() });
    }
    Ok(all)
}

impl Desk {
    /// Says who reads files; the first one stays.
    pub fn reads_files(&self, reader: impl ReadsFiles + 'static) {
        let _ = self.0.reads_files.set(Box::new(reader));
    }

    /// Reads one file that waits for it. True when there may be more.
    pub async fn read_file(&self) -> Result<bool> {
        let Some(reader) = self.0.reads_files.get() else { return Ok(false) };
        let row = sqlx::query("select property, attachment from search_file where waiting = 1 order by property, attachment limit 1")
            .fetch_optional(self.db().read())
            .await?;
        let Some(row) = row else { return Ok(false) };
        let (property, id): (PropertyId, AttachmentId) = (word(&row, "property")?, word(&row, "attachment")?);
        let file = sqlx::query("select name, media_type, sha256 from attachment where property = $1 and id = $2")
            .bind(property.as_str())
            .bind(id.as_str())
            .fetch_optional(self.db().read())
            .await?;
        let mut words = String::new();
        if let Some(file) = file
            && let Some(kind) = kind_of(file.try_get("name")?, file.try_get("media_type")?)
        {
            match self.blobs().read(self.db().read(), file.try_get("sha256")?).await {
                Ok(bytes) if kind == FileKind::Plain => words = plain(&bytes),
                Ok(bytes) => words = reader.read(kind, bytes).await.unwrap_or_default(),
                Err(error) => tracing::warn!(%error, attachment = %id, "a file is not there to be read"),
            }
        }
        let words = cut(&words.replace('\0', " "), WORDS_MOST).to_owned();
        self.db().write(move |tx| Box::pin(async move { keep(tx, &property, &id, words).await })).await?;
        Ok(true)
    }
}

/// Text as it is: UTF-8, or what most of it looks like.
fn plain(bytes: &[u8]) -> String {
    let bytes = &bytes[..bytes.len().min(WORDS_MOST)];
    match bytes {
        [0xff, 0xfe, rest @ ..] => wide(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => wide(rest, u16::from_be_bytes),
        // every byte is a letter of Latin-1
        _ => std::str::from_utf8(bytes).map_or_else(
            |error| {
                if bytes.len() - error.valid_up_to() < 4 {
                    String::from_utf8_lossy(bytes).into_owned()
                } else {
                    bytes.iter().map(|byte| char::from(*byte)).collect()
                }
            },
            str::to_owned,
        ),
    }
}

fn wide(bytes: &[u8], read: fn([u8; 2]) -> u16) -> String {
    let units: Vec<u16> = bytes.chunks_exact(2).map(|two| read([two[0], two[1]])).collect();
    String::from_utf16_lossy(&units)
}

/// Keeps the text of a file, and lets its conversation be found by it.
async fn keep(tx: &mut Tx, property: &PropertyId, id: &AttachmentId, words: String) -> Result<()> {
    sqlx::query("update search_file set waiting = 0, words = $3 where property = $1 and attachment = $2")
        .bind(property.as_str())
        .bind(id.as_str())
        .bind(words)
        .execute(tx.conn())
        .await?;
    let row = sqlx::query(
        "select m.conversation from attachment a join message m on m.property = a.property and m.id = a.message where a.property = $1 and a.id = $2",
    )
    .bind(property.as_str())
    .bind(id.as_str())
    .fetch_optional(tx.conn())
    .await?;
    if let Some(row) = row {
        index::due(tx, property, &[word(&row, "conversation")?].into()).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_be_read_is_told_by_type_and_name() {
        assert_eq!(kind_of("a.pdf", "application/pdf"), Some(FileKind::Pdf));
        assert_eq!(kind_of("A.DOCX", "application/zip"), Some(FileKind::Docx));
        assert_eq!(kind_of("a.csv", "text/csv"), Some(FileKind::Plain));
        for (name, kind) in [("a.html", "text/html"), ("a.zip", "application/zip"), ("a.png", "image/png")] {
            assert_eq!(kind_of(name, kind), None);
        }
    }

    #[test]
    fn plain_text_is_read_in_the_usual_encodings() {
        assert_eq!(plain("São".as_bytes()), "São");
        assert_eq!(plain(b"S\xe3o Paulo"), "São Paulo");
        assert_eq!(plain(b"\xff\xfeS\0\xe3\0o\0"), "São");
    }
}
