//! What Admin → Chat widget asks of the server.

use leptos::prelude::*;
use model::{
    widget::Installed,
    widget_form::{AppearanceForm, MannersForm, WordingForm},
};

use crate::{ask::Values, error::Result};

/// The widget as it stands, its key and its address.
#[server(protocol = Values)]
pub async fn load_widget() -> Result<Installed> {
    let (key, widget) = crate::caller::agent().await?.widget().await?;
    Ok(Installed { url: crate::caller::desk().settings().public_url.clone(), key, widget })
}

/// Changes how it looks.
#[server]
pub async fn set_appearance(#[server(flatten)] look: AppearanceForm) -> Result<()> {
    crate::caller::agent().await?.change_widget(move |widget| look.put(widget)).await?;
    crate::caller::go("/admin/widget?done=saved");
    Ok(())
}

/// Changes what it says in one language.
#[server]
pub async fn set_wording(#[server(flatten)] wording: WordingForm) -> Result<()> {
    crate::caller::agent().await?.change_widget(move |widget| wording.put(widget)).await?;
    crate::caller::go("/admin/widget?done=saved");
    Ok(())
}

/// Changes how it behaves.
#[server]
pub async fn set_manners(#[server(flatten)] manners: MannersForm) -> Result<()> {
    crate::caller::agent().await?.change_widget(move |widget| manners.put(widget)).await?;
    crate::caller::go("/admin/widget?done=saved");
    Ok(())
}

/// Changes which sites may show it: one to a line.
#[server]
pub async fn set_sites(#[server(default)] sites: String) -> Result<()> {
    let put = move |widget| Ok(model::widget::Widget { sites: sites.lines().map(str::to_owned).collect(), ..widget });
    Ok(crate::caller::agent().await?.change_widget(put).await.map(|()| crate::caller::go("/admin/widget?done=saved"))?)
}

/// Changes the form before a chat: rows of four columns. `act` is what a form without script asks for besides.
#[server]
pub async fn set_before_chat(
    #[server(default)] kind: Vec<String>,
    #[server(default)] key: Vec<String>,
    #[server(default)] label: Vec<String>,
    #[server(default)] ask: Vec<String>,
    #[server(default)] act: String,
) -> Result<()> {
    let form = model::widget_form::FieldsForm { kind, key, label, ask, act };
    let next = form.next();
    let put = move |widget| form.put(widget);
    Ok(crate::caller::agent().await?.change_widget(put).await.map(|()| crate::caller::go(next))?)
}

/// The secret that signs identities, for who sets up a site's server.
#[server(protocol = Values)]
pub async fn show_identity_secret() -> Result<String> {
    Ok(crate::caller::agent().await?.identity_secret().await?)
}

/// Replaces the secret; what the old one signed counts no more.
#[server]
pub async fn renew_identity_secret() -> Result<()> {
    Ok(crate::caller::agent().await?.renew_identity_secret().await.map(drop)?)
}
