//! What the pages of organisations ask of the server.

use leptos::prelude::*;
use model::{
    OrganisationId,
    contact::profile::{Mark, Part},
    organisation::{Opened, Organisations, RowPart},
};

use crate::{ask::Values, error::Result};

/// The beginning of the list.
#[server(protocol = Values)]
pub async fn list_organisations(search: String) -> Result<Organisations> {
    Ok(crate::caller::agent().await?.list_organisations(&search).await?)
}

/// The next part of the list.
#[server(protocol = Values)]
pub async fn list_more_organisations(search: String, after: String) -> Result<RowPart> {
    Ok(crate::caller::agent().await?.list_more_organisations(&search, &after).await?)
}

/// An organisation's page.
#[server(protocol = Values)]
pub async fn open_organisation(organisation: OrganisationId) -> Result<Opened> {
    Ok(crate::caller::agent().await?.open_organisation(organisation).await?)
}

/// The next part of its conversations.
#[server(protocol = Values)]
pub async fn list_organisation_lines(organisation: OrganisationId, after: Mark) -> Result<Part> {
    Ok(crate::caller::agent().await?.list_organisation_lines(organisation, after).await?)
}

/// Makes an organisation; without wasm, its page is shown next.
#[server]
pub async fn create_organisation(
    #[server(default)] name: String,
    #[server(default)] domains: String,
    #[server(default)] notes: String,
) -> Result<OrganisationId> {
    let described = model::organisation::OrganisationForm { name, domains, notes }.check()?;
    let id = crate::caller::agent().await?.create_organisation(described).await?;
    crate::caller::go(&format!("/organisations/{id}"));
    Ok(id)
}

/// Says what is known of an organisation; without wasm, its page is shown next.
#[server]
pub async fn change_organisation(
    organisation: OrganisationId,
    #[server(default)] name: String,
    #[server(default)] domains: String,
    #[server(default)] notes: String,
) -> Result<()> {
    let described = model::organisation::OrganisationForm { name, domains, notes }.check()?;
    crate::caller::agent().await?.change_organisation(organisation.clone(), described).await?;
    crate::caller::go(&format!("/organisations/{organisation}"));
    Ok(())
}

/// Deletes an organisation; its contacts go `into` another that is named, if one is. Without wasm, the list is shown next.
#[server]
pub async fn delete_organisation(organisation: OrganisationId, #[server(default)] into: String) -> Result<()> {
    crate::caller::agent().await?.delete_organisation(organisation, &into).await?;
    crate::caller::go("/organisations");
    Ok(())
}
