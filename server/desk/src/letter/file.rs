//! Files that were too large for a letter, opened by the link in it. The signature in the link is the permission.

use mail::reply_address::is_equal;
use model::{AttachmentId, PropertyId, Refusal, attachment::Attachment};
use sqlx::Row as _;

use crate::{Desk, Result, attachment};

/// What signs a file's link.
fn subject(property: &str, id: &str) -> String {
    format!("{property}/{id}")
}

impl Desk {
    /// The link to a file, for those who have its letter.
    pub(crate) fn file_link(&self, property: &PropertyId, id: &str) -> String {
        format!("{}/files/{property}/{id}/{}", self.settings().public_url, self.keys().file_token(&subject(property.as_str(), id)))
    }

    /// A file by the link in a letter: `/files/PROPERTY/ID/TOKEN`.
    pub async fn open_letter_file(&self, property: PropertyId, id: AttachmentId, token: &str) -> Result<(Attachment, Vec<u8>)> {
        if !is_equal(token, &self.keys().file_token(&subject(property.as_str(), id.as_str()))) {
            return Err(Refusal::NotFound.into());
        }
        let row = sqlx::query(
            "select id, name, media_type, size, inline_at, sha256 from attachment where property = $1 and id = $2 and message is not null",
        )
        .bind(property.as_str())
        .bind(id.as_str())
        .fetch_optional(self.db().read())
        .await?
        .ok_or(Refusal::NotFound)?;
        let bytes = self.blobs().read(self.db().read(), row.try_get("sha256")?).await?;
        Ok((attachment::of_row(&row)?, bytes))
    }
}
