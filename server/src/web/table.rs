//! Tables of contacts on their way in, as a plain form sends a file; and the rows that could not be taken, back out.

use axum::{
    body::Body,
    extract::{Path, State},
    http::{HeaderMap, header},
    response::{IntoResponse as _, Redirect},
};
use desk::Error;
use model::{ImportId, Refusal, Why, attachment::BYTES_MOST, view::escape};

use super::{
    answer::{Answer, agent, id},
    export::not_kept,
    file::download,
    router::House,
};

/// `POST /contacts/import`: a form with a file. Goes on to what its columns are, or back with why not.
pub async fn bring(State(house): State<House>, headers: HeaderMap, body: Body) -> Answer {
    let agent = agent(&house.desk, &headers).await?;
    // a few at once: each may hold 25 MB
    let _place = house.uploads.acquire().await;
    let outcome = match file(&headers, body).await {
        Ok((name, bytes)) => agent.bring_contacts(&name, bytes).await,
        Err(refusal) => Err(refusal.into()),
    };
    match outcome {
        Ok(import) => Ok(Redirect::to(&format!("/contacts?import={import}")).into_response()),
        Err(Error::Refused(refusal @ Refusal::Invalid { .. })) => {
            let why = serde_json::to_string(&refusal).unwrap_or_default();
            Ok(Redirect::to(&format!("/contacts?import=1&refused={}", escape(&why))).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

/// The file of the form, and its name.
pub async fn file(headers: &HeaderMap, body: Body) -> Result<(String, Vec<u8>), Refusal> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let nothing = || Refusal::invalid("file", Why::Required);
    let too_large = |_| Refusal::invalid("file", Why::TooLarge(u32::try_from(BYTES_MOST / 1024 / 1024).unwrap_or(25)));
    let boundary = multer::parse_boundary(kind).map_err(|_| nothing())?;
    let mut form = multer::Multipart::new(body.into_data_stream(), boundary);
    while let Some(field) = form.next_field().await.map_err(too_large)? {
        if field.name() == Some("file") {
            let name = field.file_name().unwrap_or_default().to_owned();
            let bytes = field.bytes().await.map_err(too_large)?;
            return if bytes.is_empty() { Err(nothing()) } else { Ok((name, bytes.to_vec())) };
        }
    }
    Err(nothing())
}

/// `GET /contacts/import/ID`: the rows that cannot be taken, with why.
pub async fn refused(State(house): State<House>, Path(text): Path<String>, headers: HeaderMap) -> Answer {
    let agent = agent(&house.desk, &headers).await?;
    let (table, name) = agent.export_refused_rows(id::<ImportId>(&text)?).await?;
    let mut answer = download(&name, "text/csv; charset=utf-8", false, table);
    not_kept(&mut answer);
    Ok(answer)
}
