//! What of an HTML mail goes on in the letters about it: the piece that is new, made safe once more, its own pictures in place under names of
//! ours. Pictures from elsewhere stay out: they would tell their sender who reads it.

use mail::{quote::Fresh, sanitise};
use model::PropertyId;
use sqlx::Row as _;

use super::mail::Said;
use crate::{Result, db::Tx};

/// The page of a mail, and what of it is new.
pub(super) struct Page {
    whole: String,
    fresh: String,
}

/// How a file stands to the page of its mail.
pub(super) enum Place {
    /// It is shown by what is new.
    Shown,
    /// It is shown within a quote, and goes to nobody.
    Quoted,
    /// It is a file like others.
    Beside,
}

impl Page {
    /// None of words that came without HTML, of which it is not known what is new, or that were changed since.
    pub async fn of(tx: &mut Tx, property: &PropertyId, said: &Said) -> Result<Option<Self>> {
        if said.class.is_none() {
            return Ok(None);
        }
        let row = sqlx::query(
            "select html, html_new from message where property = $1 and id = $2 and html_new is not null and html is not null and edited_at is null",
        )
        .bind(property.as_str())
        .bind(said.id.as_str())
        .fetch_optional(tx.conn())
        .await?;
        let Some(row) = row else { return Ok(None) };
        let (whole, fresh): (String, Fresh) = (row.try_get("html")?, serde_json::from_str(row.try_get("html_new")?)?);
        let fresh = fresh.of(&whole).map(str::to_owned);
        Ok(fresh.map(|fresh| Self { whole, fresh }))
    }

    /// Where a file of the mail is shown.
    pub fn place(&self, id: &str) -> Place {
        let address = address(id);
        if self.fresh.contains(&address) {
            return Place::Shown;
        }
        // below a signature, or where a program marks no quotes, it may be new
        let before = self.whole.find(&address).map_or("", |at| &self.whole[..at]);
        if before.matches("<blockquote").count() > before.matches("</blockquote>").count() { Place::Quoted } else { Place::Beside }
    }

    /// The page for a letter that brings these pictures: the id of each, and the name that the letter gives it.
    pub fn with(&self, pictures: &[(String, String)]) -> String {
        let mut page = self.fresh.clone();
        for (id, cid) in pictures {
            page = page.replace(&address(id), &format!("src=\"cid:{cid}\""));
        }
        let known = |name: &str| pictures.iter().any(|(_, cid)| cid == name).then(|| format!("cid:{name}"));
        format!("<div>{}</div>", sanitise::html(&page, &known, false).html)
    }
}

/// How a page that was made safe names a file of its mail.
fn address(id: &str) -> String {
    format!("src=\"/attachments/{id}\"")
}
