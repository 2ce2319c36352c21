//! What Admin → E-mail asks of the server.

use leptos::prelude::*;
use model::{
    LetterId, LetterInId, Moment,
    letter::{LetterIn, LetterOut, LetterRead},
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
