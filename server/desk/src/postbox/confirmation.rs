//! Forwardings that wait to be confirmed: kept when a provider's mail asks for it at a forwarding address, shown to admins with its
//! code or link, and put away by one of them. Nothing here opens a link.

use model::{LetterInId, Moment, Refusal, audit::Act, overview::Confirmation};
use sqlx::Row as _;

use super::{file::Mail, take::Target};
use crate::{
    Agent, Result,
    audit::Deed,
    db::Tx,
    line::{word, word_or_none},
};

/// Confirmations shown at once.
const SHOWN: i64 = 5;

/// Keeps what a mail to a forwarding address asks.
pub(super) async fn keep(tx: &mut Tx, mail: &Mail) -> Result<()> {
    let Some(asked) = &mail.understood().confirmation else { return Ok(()) };
    if !mail.targets.iter().any(|target| matches!(target, Target::Property(_))) {
        return Ok(());
    }
    let now = tx.now();
    sqlx::query(
        "insert into forwarding_confirmation (property, letter_in, sender, proven_at, account, code, link, at) values ($1, $2, $3, $4, $5, $6, $7, $8) \
         on conflict (property, letter_in) do nothing",
    )
    .bind(mail.property.as_str())
    .bind(mail.id.as_str())
    .bind(mail.from())
    .bind(mail.read.proof.passed.then_some(now.0))
    .bind(&asked.account)
    .bind(&asked.code)
    .bind(&asked.link)
    .bind(now.0)
    .execute(tx.conn())
    .await?;
    Ok(())
}

impl Agent {
    /// Forwardings that wait to be confirmed, newest first.
    pub(crate) async fn confirmations(&self) -> Result<Vec<Confirmation>> {
        let rows = sqlx::query(
            "select c.letter_in, c.sender, c.proven_at, c.account, c.code, c.link, c.at, l.conversation from forwarding_confirmation c \
             join letter_in l on l.id = c.letter_in where c.property = $1 and c.dismissed_at is null order by c.at desc, c.letter_in desc limit $2",
        )
        .bind(self.property.as_str())
        .bind(SHOWN)
        .fetch_all(self.desk.db().read())
        .await?;
        rows.iter()
            .map(|row| {
                Ok(Confirmation {
                    id: word(row, "letter_in")?,
                    sender: row.try_get("sender")?,
                    proven: row.try_get::<Option<i64>, _>("proven_at")?.is_some(),
                    account: row.try_get("account")?,
                    code: row.try_get("code")?,
                    link: row.try_get("link")?,
                    conversation: word_or_none(row, "conversation")?,
                    at: Moment(row.try_get("at")?),
                })
            })
            .collect()
    }

    /// Puts a confirmation away, for all admins: it is done, or nobody asked for it.
    pub async fn dismiss_confirmation(&self, id: LetterInId) -> Result<()> {
        self.as_admin(move |tx, agent| {
            Box::pin(async move {
                let now = tx.now();
                let text = "update forwarding_confirmation set dismissed_at = $3 where property = $1 and letter_in = $2 returning sender";
                let row = sqlx::query(text).bind(agent.property.as_str()).bind(id.as_str()).bind(now.0).fetch_optional(tx.conn()).await?;
                let sender: String = row.ok_or(Refusal::NotFound)?.try_get(0)?;
                Ok(((), Some(Deed::new(Act::ConfirmationDismissed, sender))))
            })
        })
        .await
    }
}
