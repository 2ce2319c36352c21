//! Mails whose conversation, or whose writer, is gone: nothing of what they said stays. The row does, without a word of theirs and in no
//! list, for the digest of the wire they came by: a mailbox that is read again from its beginning does not bring them back.

use model::{ConversationId, LetterInId, PropertyId};

use crate::{Result, blob, db::Tx, line::word};

/// Empties the mails that messages of a conversation came as, and those that were filed there otherwise, as bounces are.
pub(crate) async fn empty_mails_of(tx: &mut Tx, property: &PropertyId, conversation: &ConversationId) -> Result<i64> {
    let rows = sqlx::query(
        "select m.letter_in as id from message m where m.property = $1 and m.conversation = $2 and m.letter_in is not null \
         union select l.id from letter_in l where l.property = $1 and l.conversation = $2",
    )
    .bind(property.as_str())
    .bind(conversation.as_str())
    .fetch_all(tx.conn())
    .await?;
    let mut emptied = 0;
    for row in &rows {
        emptied += empty_mail(tx, property, &word(row, "id")?).await?;
    }
    Ok(emptied)
}

/// Empties a mail. Gives how many it was: none when it was empty already.
pub(crate) async fn empty_mail(tx: &mut Tx, property: &PropertyId, id: &LetterInId) -> Result<i64> {
    let nothing = blob::nothing(tx).await?;
    let emptied = sqlx::query(
        "update letter_in set raw = $3, size = 0, mail_from = '', rcpt_to = '[]', helo = '', peer = '', subject = '', header_from = '', sender = null, \
         content = null, status = 'logged', why = 'erased', waits = null, leased_until = 0, property = null, conversation = null, message = null \
         where property = $1 and id = $2",
    )
    .bind(property.as_str())
    .bind(id.as_str())
    .bind(nothing)
    .execute(tx.conn())
    .await?;
    sqlx::query("delete from forwarding_confirmation where property = $1 and letter_in = $2")
        .bind(property.as_str())
        .bind(id.as_str())
        .execute(tx.conn())
        .await?;
    Ok(i64::try_from(emptied.rows_affected()).unwrap_or(0))
}
