//! Pictures of agents: in as a plain form sends one, out to whoever knows its name.

use axum::{
    body::Body,
    extract::{Path, State},
    http::{HeaderMap, HeaderName, HeaderValue, header},
    response::{IntoResponse as _, Redirect},
};
use desk::Error;
use model::{Refusal, Why, agent::PICTURE_MOST, view::escape};

use super::{
    answer::{Answer, agent},
    archive::AROUND,
    file::FILE_POLICY,
    guard,
    router::House,
    table,
    upload::said,
};

/// Whether a request brings a picture.
pub fn is_picture(path: &str) -> bool {
    path == "/account/picture"
}

/// `POST /account/picture`: a form with a file. Back to the account, with why not if it is refused.
pub async fn bring(State(house): State<House>, headers: HeaderMap, body: Body) -> Answer {
    let agent = agent(&house.desk, &headers).await?;
    let outcome = if said(&headers).is_some_and(|size| size > (u64::from(PICTURE_MOST) << 20) + AROUND) {
        guard::waste(body).await;
        Err(Refusal::invalid("file", Why::PictureTooLarge).into())
    } else {
        let _place = house.uploads.acquire().await;
        match table::file(&headers, body).await {
            Ok((_, bytes)) => agent.change_picture(bytes).await,
            Err(refusal) => Err(refusal.into()),
        }
    };
    match outcome {
        Ok(()) => Ok(Redirect::to("/account?done=picture").into_response()),
        Err(Error::Refused(refusal @ Refusal::Invalid { .. })) => {
            let why = serde_json::to_string(&refusal).unwrap_or_default();
            Ok(Redirect::to(&format!("/account?refused={}", escape(&why))).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

/// `GET /pictures/NAME`: the same for ever under its name, which tells nobody whose it is. A browser that has it asks again after a day: it may
/// be taken away by then.
pub async fn show(State(house): State<House>, Path(name): Path<String>) -> Answer {
    let bytes = house.desk.open_picture(&name).await?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("image/jpeg")),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(FILE_POLICY)),
        (header::CACHE_CONTROL, HeaderValue::from_static("private, max-age=86400, immutable")),
        // a site that is told who came into the chat may show them
        (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("cross-origin")),
    ];
    Ok((headers, bytes).into_response())
}
