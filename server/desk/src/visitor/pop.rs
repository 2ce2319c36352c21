//! A chat that goes on in a window of its own: a frame's cookies are not those of a window, so that the secret is handed over by a
//! code that works once, at any process, and not for long. Neither secret nor code can be read from the row.

use data_encoding::HEXLOWER;
use model::{Refusal, moment::MINUTE};
use sha2::{Digest as _, Sha512};
use sqlx::Row as _;

use super::Visitor;
use crate::{
    Desk, Result,
    clock::{digest, secret},
    widget,
};

/// How long a code works.
const WORKS: i64 = MINUTE;

/// Covers a secret with what only who has the code can make; again uncovers it. A code covers one secret.
fn cover(code: &str, secret: &[u8]) -> Vec<u8> {
    let cover = Sha512::digest(["pop-out|", code].concat().as_bytes());
    secret.iter().zip(cover).map(|(byte, cover)| byte ^ cover).collect()
}

impl Visitor {
    /// Makes a code that hands the visitor's secret over.
    pub async fn pop_out(&self, token: &str) -> Result<String> {
        let (code, token) = (secret(), token.to_owned());
        let given = code.clone();
        self.write(move |tx, visitor| {
            Box::pin(async move {
                visitor.restrain(tx, "pop", &visitor.desk.settings().visitor_limits.messages).await?;
                let now = tx.now();
                sqlx::query("delete from pop_out where expires_at < $1").bind(now.0).execute(tx.conn()).await?;
                sqlx::query("insert into pop_out (code, property, sealed, expires_at) values ($1, $2, $3, $4)")
                    .bind(digest(code.as_bytes()))
                    .bind(visitor.property.as_str())
                    .bind(HEXLOWER.encode(&cover(&code, token.as_bytes())))
                    .bind(now.plus(WORKS).0)
                    .execute(tx.conn())
                    .await?;
                Ok(())
            })
        })
        .await?;
        Ok(given)
    }
}

impl Desk {
    /// The secret that a code hands over in the property of this key: once.
    pub async fn take_over(&self, key: &str, code: &str) -> Result<String> {
        let (key, code) = (key.to_owned(), code.to_owned());
        self.db()
            .write(move |tx| {
                Box::pin(async move {
                    let now = tx.now();
                    let row = sqlx::query("delete from pop_out where code = $1 and expires_at > $2 returning property, sealed")
                        .bind(digest(code.as_bytes()))
                        .bind(now.0)
                        .fetch_optional(tx.conn())
                        .await?
                        .ok_or(Refusal::LinkGone)?;
                    let sealed = HEXLOWER.decode(row.try_get::<&str, _>("sealed")?.as_bytes()).map_err(|_| Refusal::LinkGone)?;
                    let property = widget::property_of(tx.conn(), &key).await.map_err(|_| Refusal::LinkGone)?;
                    if row.try_get::<&str, _>("property")? != property.as_str() {
                        return Err(Refusal::LinkGone.into());
                    }
                    String::from_utf8(cover(&code, &sealed)).map_err(|_| Refusal::LinkGone.into())
                })
            })
            .await
    }
}
