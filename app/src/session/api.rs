//! What the pages around signing in ask of the server.

#![allow(
    clippy::unused_async,
    reason = "a server function is async also where it waits for nothing; the browser has no body to expect it of"
)]

use leptos::prelude::*;
use model::{
    PasskeyId, SessionId,
    agent::{SecondStep, Session, Welcome},
};

use crate::{ask::Values, error::Result, visit::Theme};

/// Whether nobody has set this Recado up yet.
#[server(protocol = Values)]
pub async fn ask_vacant() -> Result<bool> {
    Ok(crate::caller::desk().vacant().await?)
}

/// Whether the set-up page is still there: it is gone once somebody has set this Recado up.
#[server(protocol = Values)]
pub async fn begin_set_up() -> Result<()> {
    if crate::caller::desk().vacant().await? { Ok(()) } else { Err(model::Refusal::NotFound.into()) }
}

/// Makes the first admin and their property, and signs them in. Gone once done.
#[server]
pub async fn set_up(
    name: String,
    email: String,
    password: String,
    property: String,
    language: String,
    #[server(default)] time_zone: String,
) -> Result<()> {
    let form = model::property::SetUp { name, email, password, property, language, time_zone };
    crate::caller::start_session(&crate::caller::desk().set_up(form, crate::caller::browser()).await?);
    crate::caller::go("/inbox");
    Ok(())
}

/// Signs in; who has a second step is asked for a code or a passkey when there is neither yet.
#[server]
pub async fn sign_in(
    email: String,
    password: String,
    #[server(default)] code: String,
    #[server(default)] passkey: String,
    #[server(default)] next: String,
) -> Result<()> {
    let secrets = desk::Secrets { password: &password, code: &code, passkey: &passkey };
    crate::caller::start_session(&crate::caller::desk().sign_in(&email, secrets, crate::caller::browser()).await?);
    crate::caller::go(&super::page_after(&next));
    Ok(())
}

/// Signs in by what a browser answered for a passkey, and nothing else.
#[server]
pub async fn sign_in_with_passkey(passkey: String, #[server(default)] next: String) -> Result<()> {
    crate::caller::start_session(&crate::caller::desk().sign_in_with_passkey(&passkey, crate::caller::browser()).await?);
    crate::caller::go(&super::page_after(&next));
    Ok(())
}

/// Signs out.
#[server]
pub async fn sign_out() -> Result<()> {
    crate::caller::agent_setting_up().await?.sign_out().await?;
    crate::caller::end_session();
    crate::caller::go("/sign-in");
    Ok(())
}

/// What an invited person sees before accepting.
#[server(protocol = Values)]
pub async fn open_invitation(link: String) -> Result<Welcome> {
    Ok(crate::caller::desk().welcome(&link).await?)
}

/// Accepts an invitation and signs in.
#[server]
pub async fn accept_invitation(
    link: String,
    #[server(default)] name: String,
    password: String,
    #[server(default)] code: String,
    #[server(default)] passkey: String,
) -> Result<()> {
    let secrets = desk::Secrets { password: &password, code: &code, passkey: &passkey };
    crate::caller::start_session(&crate::caller::desk().accept_invitation(&link, &name, secrets, crate::caller::browser()).await?);
    crate::caller::go("/inbox");
    Ok(())
}

/// The browsers one is signed in with.
#[server(protocol = Values)]
pub async fn list_sessions() -> Result<Vec<Session>> {
    Ok(crate::caller::agent().await?.list_sessions().await?)
}

/// Signs another browser out.
#[server]
pub async fn end_session(session: SessionId) -> Result<()> {
    Ok(crate::caller::agent().await?.end_session(session).await?)
}

/// Changes the password and signs every other browser out.
#[server]
pub async fn change_password(old_password: String, password: String) -> Result<()> {
    crate::caller::agent().await?.change_password(&old_password, &password).await?;
    crate::caller::go("/account?done=password");
    Ok(())
}

/// How one's second step of signing in stands.
#[server(protocol = Values)]
pub async fn load_second_step() -> Result<SecondStep> {
    Ok(crate::caller::agent_setting_up().await?.second_step().await?)
}

/// Makes a secret for one's app.
#[server]
pub async fn begin_second_step() -> Result<()> {
    Ok(crate::caller::agent_setting_up().await?.begin_second_step().await?)
}

/// Types the first code of it; gives the recovery codes.
#[server]
pub async fn confirm_second_step(code: String) -> Result<Vec<String>> {
    Ok(crate::caller::agent_setting_up().await?.confirm_second_step(&code).await?)
}

/// Asks for other recovery codes.
#[server]
pub async fn renew_recovery_codes(password: String) -> Result<Vec<String>> {
    Ok(crate::caller::agent().await?.renew_recovery_codes(&password).await?)
}

/// Does without the app from now on.
#[server]
pub async fn end_second_step(password: String) -> Result<()> {
    Ok(crate::caller::agent().await?.end_second_step(&password).await?)
}

/// What a browser is to make a passkey by, and what it will be called.
#[server]
pub async fn begin_passkey(name: String, password: String) -> Result<(String, String)> {
    let options = crate::caller::agent_setting_up().await?.begin_passkey(&name, &password).await?;
    Ok((name, options))
}

/// Keeps the passkey that a browser made; gives recovery codes where there were none.
#[server]
pub async fn add_passkey(name: String, passkey: String) -> Result<Vec<String>> {
    Ok(crate::caller::agent_setting_up().await?.add_passkey(&name, &passkey).await?)
}

/// Takes a passkey of one's own away.
#[server]
pub async fn remove_passkey(passkey: PasskeyId, password: String) -> Result<()> {
    Ok(crate::caller::agent().await?.remove_passkey(passkey, &password).await?)
}

/// Changes one's name, language and how much the rows of one's Inbox show; an empty language is the property's.
#[server]
pub async fn change_profile(name: String, #[server(default)] language: String, #[server(default)] density: String) -> Result<()> {
    let density = density.parse().unwrap_or(model::agent::Density::Comfortable);
    crate::caller::agent().await?.change_profile(&name, language.parse().ok(), density).await?;
    crate::caller::go("/account?done=profile");
    Ok(())
}

/// Has no picture any more.
#[server]
pub async fn remove_picture() -> Result<()> {
    crate::caller::agent().await?.remove_picture().await?;
    crate::caller::go("/account?done=picture");
    Ok(())
}

/// Remembers light or dark in this browser.
#[server]
pub async fn choose_theme(theme: Theme) -> Result<Theme> {
    crate::caller::remember_theme(theme);
    Ok(theme)
}

/// One's own signature in the property one looks at.
#[server(protocol = Values)]
pub async fn load_signature() -> Result<String> {
    Ok(crate::caller::agent().await?.signature().await?)
}

/// Changes one's own signature in the property one looks at.
#[server]
pub async fn change_signature(#[server(default)] signature: String) -> Result<()> {
    Ok(crate::caller::agent().await?.change_signature(&signature).await?)
}
