//! A conversation as a download: `ID.json` with all that agents see, `ID.eml` with what was said.

use axum::{
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, header},
};
use desk::Fault;
use model::{ConversationId, Refusal};

use super::{
    answer::{Answer, agent, id},
    file::download,
    router::House,
};
use crate::mail::render;

/// `GET /export/ID.json` and `GET /export/ID.eml`
pub async fn file(State(house): State<House>, Path(text): Path<String>, headers: HeaderMap) -> Answer {
    let agent = agent(&house.desk, &headers).await?;
    let (of, ending) = text.rsplit_once('.').ok_or(Refusal::NotFound)?;
    let of = id::<ConversationId>(of)?;
    let mut answer = match ending {
        "json" => {
            let (export, name) = agent.export(of).await?;
            let bytes = serde_json::to_vec_pretty(&export).map_err(|error| Fault::Row(error.to_string()))?;
            download(&format!("{name}.json"), "application/json", false, bytes)
        }
        "eml" => {
            let (letter, files, name) = agent.export_letter(of).await?;
            let (_, bytes) = render::render(&letter, &files).map_err(|error| Fault::Row(error.to_string()))?;
            download(&format!("{name}.eml"), "message/rfc822", false, bytes)
        }
        _ => return Err(Refusal::NotFound.into()),
    };
    // it grows: the next one is another
    answer.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    Ok(answer)
}
