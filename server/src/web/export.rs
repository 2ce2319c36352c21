//! Downloads: a conversation as `ID.json` with all that agents see, as `ID.eml` with what was said; contacts as a table.

use axum::{
    extract::{Path, Query, State},
    http::{HeaderMap, HeaderValue, header},
    response::Response,
};
use desk::Fault;
use model::{ConversationId, Refusal, contact::list::Asked};

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
    not_kept(&mut answer);
    Ok(answer)
}

/// `GET /contacts.csv`, with what the list is asked for in its query
pub async fn contacts(State(house): State<House>, Query(pairs): Query<Vec<(String, String)>>, headers: HeaderMap) -> Answer {
    let agent = agent(&house.desk, &headers).await?;
    let asked = Asked::from_pairs(pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())));
    let (table, name) = agent.export_contacts(asked).await?;
    let mut answer = download(&name, "text/csv; charset=utf-8", false, table);
    not_kept(&mut answer);
    Ok(answer)
}

/// It grows: the next one is another.
pub fn not_kept(answer: &mut Response) {
    answer.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
}
