//! Archives as downloads: all that is kept of one person, and everything of a property.

use axum::{
    extract::{Path, State},
    http::HeaderMap,
};
use model::ContactId;

use super::{
    answer::{Answer, agent, id},
    pack,
    router::House,
};

/// `GET /contacts/ID/person.zip`
pub async fn zip(State(house): State<House>, Path(text): Path<String>, headers: HeaderMap) -> Answer {
    let agent = agent(&house.desk, &headers).await?;
    let export = agent.export_person(id::<ContactId>(&text)?).await?;
    Ok(pack::zip(&export.name(), export))
}

/// `GET /property.zip`
pub async fn property(State(house): State<House>, headers: HeaderMap) -> Answer {
    let agent = agent(&house.desk, &headers).await?;
    let export = agent.export_property().await?;
    Ok(pack::zip(&export.name(), export))
}
