//! How the browser asks: one way to send a request and to take its answer apart, for every server function alike. What
//! knows a function's types stays as thin as can be: each such piece is in the wasm once per function.

use std::{cell::RefCell, future::Future, pin::Pin};

use http::Method;
use leptos::{
    prelude::FromServerFnError,
    server_fn::{Http, Protocol, client::Client, codec::Json, error::ServerFnErrorErr, server::Server},
};
use model::PropertyId;
use serde::{Serialize, de::DeserializeOwned};

use crate::error::{Error, Result};

/// The property that a page was made for, told with each request: a browser's session looks at one at a time, and another tab may have
/// turned it elsewhere. What is asked for here then is refused, never done there.
pub const MADE_FOR: &str = "x-property";

thread_local! {
    static PROPERTY: RefCell<String> = const { RefCell::new(String::new()) };
}

/// This page was made for a property. In the browser.
pub fn made_for(property: &PropertyId) {
    PROPERTY.replace(property.to_string());
}

/// The text of an answer, on its way.
pub type Answer = Pin<Box<dyn Future<Output = Result<String>> + Send>>;

/// The body of a form, as a browser sends it.
pub const FORM: &str = "application/x-www-form-urlencoded";
const JSON: &str = "application/json";

/// How values are asked for: JSON both ways, no plain form.
pub struct Values;

impl<Input, Output, C, S> Protocol<Input, Output, C, S, Error> for Values
where
    Http<Json, Json>: Protocol<Input, Output, C, S, Error>,
    Input: Serialize + Send,
    Output: DeserializeOwned + Send,
    C: Client<Error>,
    S: Server<Error>,
{
    const METHOD: Method = Method::POST;

    fn run_server<F, Fut>(request: S::Request, function: F) -> impl Future<Output = Result<S::Response>> + Send
    where
        F: Fn(Input) -> Fut + Send,
        Fut: Future<Output = Result<Output>> + Send,
    {
        <Http<Json, Json> as Protocol<Input, Output, C, S, Error>>::run_server(request, function)
    }

    fn run_client(path: &str, input: Input) -> impl Future<Output = Result<Output>> + Send {
        let answer = serde_json::to_string(&input).map(|body| post(path, JSON, body));
        async move {
            match answer {
                Ok(answer) => read(&answer.await?),
                Err(_) => Err(Error::Offline),
            }
        }
    }
}

/// Reads a value out of the text of an answer.
pub fn read<T: DeserializeOwned>(text: &str) -> Result<T> {
    serde_json::from_str(text).map_err(|error| Error::from_server_fn_error(ServerFnErrorErr::Deserialization(error.to_string())))
}

/// Sends a body to a server function; gives the text of its answer.
#[cfg(feature = "hydrate")]
pub fn post(path: &str, kind: &str, body: String) -> Answer {
    use std::time::Duration;

    use futures::{
        channel::oneshot,
        future::{Either, select},
    };
    use leptos::{
        prelude::set_timeout,
        server_fn::{
            client::browser::BrowserClient,
            redirect::call_redirect_hook,
            request::{ClientReq, browser::BrowserRequest},
            response::{ClientRes, browser::BrowserResponse},
        },
    };

    /// So long an answer is waited for, which the server gives within 30 seconds (`http.request_seconds`): on a line that is dead and
    /// does not know it none would ever come, and what waits for it would wait for good.
    const PATIENCE: Duration = Duration::from_secs(35);

    let request: Result<BrowserRequest> = BrowserRequest::try_new_post(path, kind, JSON, body);
    if let Ok(request) = &request {
        PROPERTY.with_borrow(|property| request.headers().set(MADE_FOR, property));
    }
    let (late, patience) = oneshot::channel::<()>();
    // fails when the answer was there before
    set_timeout(move || _ = late.send(()), PATIENCE);
    let answered = Box::pin(async move {
        let answer: Result<BrowserResponse> = <BrowserClient as Client<Error>>::send(request?).await;
        let answer = answer?;
        let status = ClientRes::<Error>::status(&answer);
        let moved = ClientRes::<Error>::has_redirect(&answer).then(|| ClientRes::<Error>::location(&answer));
        let text: String = ClientRes::<Error>::try_into_string(answer).await?;
        Ok::<_, Error>((status, moved, text))
    });
    Box::pin(async move {
        // a request that is given up is taken off the line
        let Either::Left((answer, _)) = select(answered, patience).await else { return Err(Error::Offline) };
        let (status, moved, text) = answer?;
        if (400..600).contains(&status) {
            return Err(read(&text).unwrap_or_else(|error| error));
        }
        if let Some(place) = moved {
            call_redirect_hook(&place);
        }
        Ok(text)
    })
}

/// Only a browser asks: on the server a function is called as it is.
#[cfg(not(feature = "hydrate"))]
pub fn post(_path: &str, _kind: &str, _body: String) -> Answer {
    Box::pin(std::future::ready(Err(Error::Offline)))
}
