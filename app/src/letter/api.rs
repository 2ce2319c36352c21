//! What Admin → E-mail asks of the server.

use leptos::prelude::*;
use model::{
    LetterId, LetterInId, MailboxId, Moment, TokenId,
    letter::{LetterIn, LetterOut, LetterRead},
    mailbox::{DkimFound, MailSetUp, MailboxForm, Tried},
    sender::SenderForm,
};

use crate::{ask::Values, error::Result};

/// Letters of ours before a moment, newest first.
#[server(protocol = Values)]
pub async fn list_letters_out(before: Option<Moment>, search: String) -> Result<Vec<LetterOut>> {
    Ok(crate::caller::agent().await?.list_letters_out(before, &search).await?)
}

/// Mails received before a moment, newest first.
#[server(protocol = Values)]
pub async fn list_letters_in(before: Option<Moment>, search: String) -> Result<Vec<LetterIn>> {
    Ok(crate::caller::agent().await?.list_letters_in(before, &search).await?)
}

/// A letter of ours as its reader sees it.
#[server(protocol = Values)]
pub async fn read_letter(letter: LetterId) -> Result<LetterRead> {
    Ok(crate::caller::agent().await?.read_letter(letter).await?)
}

/// Sends a letter of ours again.
#[server]
pub async fn resend_letter(letter: LetterId) -> Result<()> {
    Ok(crate::caller::agent().await?.retry_letter(letter).await?)
}

/// Reads a mail again that could not be understood.
#[server]
pub async fn reread_letter(letter: LetterInId) -> Result<()> {
    Ok(crate::caller::agent().await?.retry_letter_in(letter).await?)
}

/// All ways in and out of mail.
#[server(protocol = Values)]
pub async fn load_mail_set_up() -> Result<MailSetUp> {
    Ok(crate::caller::agent().await?.mail_set_up().await?)
}

/// What DNS says of the record of our signature.
#[server(protocol = Values)]
pub async fn find_dkim() -> Result<DkimFound> {
    Ok(crate::caller::agent().await?.find_dkim().await?)
}

/// Keeps a mailbox that is read by IMAP, new or changed.
#[server]
pub async fn save_mailbox(#[server(flatten)] form: MailboxForm) -> Result<()> {
    Ok(crate::caller::agent().await?.save_mailbox(form.check()?).await.map(drop)?)
}

/// Tries whether a mailbox can be read.
#[server]
pub async fn try_mailbox(#[server(flatten)] form: MailboxForm) -> Result<Tried> {
    Ok(crate::caller::agent().await?.try_mailbox(form.check()?).await?)
}

/// Reads a mailbox no more.
#[server]
pub async fn remove_mailbox(mailbox: MailboxId) -> Result<()> {
    Ok(crate::caller::agent().await?.remove_mailbox(mailbox).await?)
}

/// Makes a token for a program that hands mails over; its secret is told this once.
#[server]
pub async fn make_ingest_token(name: String) -> Result<String> {
    Ok(crate::caller::agent().await?.make_ingest_token(&name).await?)
}

/// Lets a token in no more.
#[server]
pub async fn revoke_ingest_token(token: TokenId) -> Result<()> {
    Ok(crate::caller::agent().await?.revoke_ingest_token(token).await?)
}

/// Sends to an address again that mail came back from.
#[server]
pub async fn lift_suppressed(email: String) -> Result<()> {
    Ok(crate::caller::agent().await?.lift_suppressed(email).await?)
}

/// Changes who letters are from.
#[server]
pub async fn change_sender(#[server(flatten)] form: SenderForm) -> Result<()> {
    let (address, name, signature) = form.check()?;
    Ok(crate::caller::agent().await?.change_sender(address, name, signature).await?)
}
