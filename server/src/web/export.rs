//! Downloads: a conversation as `ID.json` with all that agents see, as `ID.pdf` with the same on paper, as `ID.eml` with what was said;
//! contacts as a table.

use app::print::Sheet;
use axum::{
    extract::{Path, Query, State},
    http::{HeaderMap, HeaderValue, header},
    response::Response,
};
use desk::{Agent, Fault};
use model::{ConversationId, Refusal, contact::list::Asked};
use tokio::{sync::Semaphore, task::spawn_blocking};

use super::{
    answer::{Answer, agent, id},
    file::download,
    router::House,
};
use crate::{mail::render, pdf};

/// PDFs are laid out one after the other: each takes some memory, and a processor.
static ONE_PDF: Semaphore = Semaphore::const_new(1);

/// `GET /export/ID.json`, `GET /export/ID.eml` and `GET /export/ID.pdf`, this with `?notes=0` without notes and what happened
pub async fn file(
    State(house): State<House>,
    Path(text): Path<String>,
    Query(pairs): Query<Vec<(String, String)>>,
    headers: HeaderMap,
) -> Answer {
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
        "pdf" => paper(&agent, of, pairs.iter().any(|(name, value)| name == "notes" && value == "0")).await?,
        _ => return Err(Refusal::NotFound.into()),
    };
    not_kept(&mut answer);
    Ok(answer)
}

async fn paper(agent: &Agent, of: ConversationId, bare: bool) -> Answer {
    let (thread, roster, name) = agent.export_thread(of).await?;
    let turn = ONE_PDF.acquire().await.map_err(|_| Fault::Closed)?;
    let made = spawn_blocking(move || {
        let made = pdf::of(&Sheet::of(thread, &roster, bare));
        // kept until it is done, also when nobody waits for it any more
        drop(turn);
        made
    });
    let bytes = made.await.map_err(|_| Fault::Closed)?.map_err(Fault::Row)?;
    Ok(download(&format!("{name}.pdf"), "application/pdf", false, bytes))
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
