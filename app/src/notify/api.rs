//! What the page of notifications, and the watch over the log, ask of the server.

use leptos::prelude::*;
use model::{
    PushId,
    notify::{Notifying, PushBrowser, PushForm, Settings},
};

use crate::{ask::Values, error::Result};

/// What one wants to notice, and how.
#[server(protocol = Values)]
pub async fn load_notify_settings() -> Result<Settings> {
    Ok(crate::caller::agent().await?.notify_settings().await?)
}

/// The same with one's browsers and the key that a browser asks for.
#[server(protocol = Values)]
pub async fn load_notifying() -> Result<Notifying> {
    Ok(crate::caller::agent().await?.notifying().await?)
}

/// Changes what one wants to notice, and how.
#[server]
pub async fn change_notify_settings(
    #[server(default)] on: Vec<String>,
    #[server(default)] quiet_from: String,
    #[server(default)] quiet_to: String,
) -> Result<()> {
    let form = model::notify::SettingsForm { on, quiet_from, quiet_to };
    crate::caller::agent().await?.change_notify_settings(form.check()?).await?;
    crate::caller::go("/account/notifications?done=saved");
    Ok(())
}

/// This browser is told from now on while no page is open.
#[server(protocol = Values)]
pub async fn subscribe_push(form: PushForm) -> Result<PushId> {
    Ok(crate::caller::agent().await?.subscribe_push(form.check()?).await?)
}

/// A browser of one's own is told no more.
#[server]
pub async fn unsubscribe_push(push: PushId) -> Result<()> {
    crate::caller::agent().await?.unsubscribe_push(push).await?;
    crate::caller::go("/account/notifications");
    Ok(())
}

/// Sends a browser of one's own a test.
#[server]
pub async fn test_push(push: PushId) -> Result<()> {
    crate::caller::agent().await?.test_push(push).await?;
    crate::caller::go("/account/notifications");
    Ok(())
}

/// One's browsers that are told, and what became of the last push to each.
#[server(protocol = Values)]
pub async fn list_push_browsers() -> Result<Vec<PushBrowser>> {
    Ok(crate::caller::agent().await?.push_browsers().await?)
}
