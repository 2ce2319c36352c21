//! Archives on their way in, as a plain form sends one: written to its file as it comes, whatever its size.

use std::{path::Path, time::Duration};

use axum::{
    body::Body,
    extract::State,
    http::{HeaderMap, header},
    response::{IntoResponse as _, Redirect},
};
use desk::{Agent, Error, Fault};
use model::{ImportId, Refusal, Why, history::ArchiveForm, view::escape};
use multer::{Field, Multipart};
use tokio::{fs::File, io::AsyncWriteExt as _, sync::Semaphore, time::timeout};

use super::{
    answer::{Answer, agent},
    guard,
    router::House,
    upload::said,
};
use crate::import;

/// A few at once: each is a large file.
static PLACES: Semaphore = Semaphore::const_new(4);
/// How long the next piece may keep its place waiting.
const PAUSE_MOST: Duration = Duration::from_secs(30);
/// Bytes of a form around its file, and of one of its fields.
pub const AROUND: u64 = 64 << 10;

/// Whether a request brings an archive.
pub fn is_archive(path: &str) -> bool {
    path == "/archives"
}

/// `POST /archives`: a form with a file and what is asked of it. Goes on to the page, which says why not if it is refused.
pub async fn bring(State(house): State<House>, headers: HeaderMap, body: Body) -> Answer {
    let agent = agent(&house.desk, &headers).await?;
    let most = u64::from(house.config.archive_most) << 20;
    let mut form = ArchiveForm::default();
    let outcome = if said(&headers).is_some_and(|size| size > most + AROUND) {
        guard::waste(body).await;
        Err(too_large(most).into())
    } else {
        match agent.expect_archive().await {
            Ok((id, file)) => {
                let brought = receive(&agent, &mut form, (id, &file, most), &headers, body).await;
                if brought.is_err() {
                    drop(tokio::fs::remove_file(&file).await);
                }
                brought
            }
            Err(error) => {
                guard::waste(body).await;
                Err(error)
            }
        }
    };
    match outcome {
        Ok(()) => Ok(Redirect::to("/admin/data").into_response()),
        Err(Error::Refused(refusal @ (Refusal::Invalid { .. } | Refusal::Conflict))) => {
            let why = serde_json::to_string(&refusal).unwrap_or_default();
            let (ours, since) = (escape(&form.ours), escape(&form.open_since));
            Ok(Redirect::to(&format!("/admin/data?refused={}&ours={ours}&open_since={since}", escape(&why))).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

fn too_large(most: u64) -> Refusal {
    Refusal::invalid("file", Why::TooLarge(u32::try_from(most >> 20).unwrap_or(u32::MAX)))
}

async fn receive(
    agent: &Agent,
    form: &mut ArchiveForm,
    (id, path, most): (ImportId, &Path, u64),
    headers: &HeaderMap,
    body: Body,
) -> Result<(), Error> {
    let missing = || Refusal::invalid("file", Why::Required);
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let boundary = multer::parse_boundary(kind).map_err(|_| missing())?;
    let _place = PLACES.acquire().await.map_err(|_| Fault::Closed)?;
    let mut parts = Multipart::new(body.into_data_stream(), boundary);
    let mut file = None;
    // what breaks off is nobody's to be told of: the line is gone
    while let Some(mut part) = parts.next_field().await.map_err(|_| missing())? {
        match part.name().unwrap_or_default() {
            "file" => {
                let name = part.file_name().unwrap_or_default().to_owned();
                file = Some((name, store(&mut part, path, most).await?));
            }
            "property" => form.property = text(part).await?,
            "ours" => form.ours = text(part).await?,
            "open_since" => form.open_since = text(part).await?,
            _ => {}
        }
    }
    let wishes = form.check()?;
    let (name, size) = file.filter(|(_, size)| *size > 0).ok_or_else(missing)?;
    let of = path.to_owned();
    let known = tokio::task::spawn_blocking(move || import::form_of(&of)).await.map_err(|_| Fault::Closed)?;
    let known = known.ok_or(Refusal::invalid("file", Why::Unknown))?;
    agent.bring_archive(id, &name, i64::try_from(size).unwrap_or(i64::MAX), known, wishes).await
}

/// Writes a file as it comes; gives its bytes.
async fn store(part: &mut Field<'_>, path: &Path, most: u64) -> Result<u64, Error> {
    let fault = |error| Error::from(Fault::File(path.display().to_string(), error));
    let (mut file, mut size) = (File::create(path).await.map_err(fault)?, 0);
    let broken = || Refusal::invalid("file", Why::Required);
    while let Some(piece) = timeout(PAUSE_MOST, part.chunk()).await.map_err(|_| broken())?.map_err(|_| broken())? {
        size += piece.len() as u64;
        if size > most {
            return Err(too_large(most).into());
        }
        file.write_all(&piece).await.map_err(fault)?;
    }
    file.sync_all().await.map_err(fault)?;
    Ok(size)
}

/// A field of words.
async fn text(mut part: Field<'_>) -> Result<String, Error> {
    let (mut bytes, broken) = (vec![], || Refusal::invalid("file", Why::Required));
    while let Some(piece) = timeout(PAUSE_MOST, part.chunk()).await.map_err(|_| broken())?.map_err(|_| broken())? {
        if bytes.len() + piece.len() > 8_192 {
            return Err(Refusal::invalid("ours", Why::TooLong(8_192)).into());
        }
        bytes.extend_from_slice(&piece);
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
