//! The process's side for visitors, over real sockets and real HTTP: what a window is told and what not, files, the widget's script.

#[path = "../common/mod.rs"]
mod common;
mod file;
mod follow;
mod script;
mod signal;
mod state;

use std::time::Duration;

use common::World;
use desk::{Arrival, Visitor};
use futures::{SinkExt as _, StreamExt as _};
use model::{
    ConversationId,
    chat::{ChatForm, SayForm},
    live::{Frame, WindowFrame},
};
use serde::de::DeserializeOwned;
use tokio::{net::TcpStream, time::timeout};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream,
    tungstenite::{Error, Message, client::IntoClientRequest as _},
};

/// Longer than anything takes here.
const LONG: Duration = Duration::from_secs(6);
/// Long enough to see that nothing comes.
const QUIET: Duration = Duration::from_millis(700);

/// A line as a client has it.
struct Line(WebSocketStream<MaybeTlsStream<TcpStream>>);

/// Opens a line with these headers; gives the status when it is refused.
async fn dial(world: &World, path: &str, headers: &[(&'static str, String)]) -> Result<Line, u16> {
    let mut request = format!("ws://{}{path}", world.address).into_client_request().expect("a request");
    for (name, value) in headers {
        request.headers_mut().insert(*name, value.parse().expect("a header"));
    }
    match tokio_tungstenite::connect_async(request).await {
        Ok((socket, _)) => Ok(Line(socket)),
        Err(Error::Http(answer)) => Err(answer.status().as_u16()),
        Err(error) => panic!("{error}"),
    }
}

/// A page of our own says so.
fn ours(world: &World) -> (&'static str, String) {
    ("origin", format!("http://{}", world.address))
}

impl Line {
    /// The next frame; none when the line was closed or nothing came.
    async fn next<T: DeserializeOwned>(&mut self, wait: Duration) -> Option<T> {
        loop {
            match timeout(wait, self.0.next()).await {
                Ok(Some(Ok(Message::Text(text)))) => {
                    return Some(serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}")));
                }
                Ok(Some(Ok(Message::Ping(_) | Message::Pong(_)))) => {}
                _ => return None,
            }
        }
    }

    /// The next frame that is the wanted one.
    async fn until<T: DeserializeOwned>(&mut self, wanted: impl Fn(&T) -> bool) -> T {
        loop {
            let frame = self.next(LONG).await.expect("the frame that is waited for");
            if wanted(&frame) {
                return frame;
            }
        }
    }

    /// Says something.
    async fn say(&mut self, text: impl Into<String>) {
        self.0.send(Message::text(text.into())).await.expect("sent");
    }

    /// Says goodbye.
    async fn close(mut self) {
        let _ = self.0.close(None).await;
    }
}

/// A property with a widget, and a visitor of it.
struct Shop {
    /// The process.
    world: World,
    /// The founder's session.
    founder: String,
    /// The widget's key.
    key: String,
}

impl Shop {
    /// A new one.
    async fn new() -> Self {
        let (world, founder) = World::with_founder().await;
        let key = world.agent(&founder).await.widget().await.expect("a widget").0;
        Self { world, founder, key }
    }

    /// Somebody comes; gives their secret.
    async fn visit(&self) -> String {
        let arrival = Arrival { address: "127.0.0.1".into(), ..Arrival::default() };
        self.world.desk.begin_visit(&self.key, arrival).await.expect("let in")
    }

    /// Whom a secret stands for.
    async fn visitor(&self, token: &str) -> Visitor {
        self.world.desk.visitor(token, "127.0.0.1").await.expect("a visitor")
    }

    /// The cookie of a secret.
    fn cookie(&self, token: &str) -> String {
        format!("__Host-recado-{}={token}", self.key)
    }

    /// A window of a visitor.
    async fn window(&self, token: &str, from: i64) -> Line {
        let headers = [ours(&self.world), ("cookie", self.cookie(token))];
        dial(&self.world, &format!("/chat/{}/live?from={from}", self.key), &headers).await.expect("a line")
    }

    /// A window of somebody nobody knows.
    async fn stranger(&self) -> Line {
        dial(&self.world, &format!("/chat/{}/live", self.key), &[ours(&self.world)]).await.expect("a line")
    }

    /// A tab of the founder.
    async fn tab(&self) -> Line {
        let head = self.world.agent(&self.founder).await.roster().await.expect("a roster").head;
        let headers = [ours(&self.world), ("cookie", format!("recado={}", self.founder))];
        dial(&self.world, &format!("/live?from={head}"), &headers).await.expect("a line")
    }

    /// Begins a chat.
    async fn chat(&self, token: &str, text: &str) -> ConversationId {
        let form = ChatForm { said: words(text), ..ChatForm::default() };
        self.visitor(token).await.start_chat(form).await.expect("begun")
    }

    /// Number of the last event.
    async fn head(&self, token: &str) -> i64 {
        self.visitor(token).await.open_window(&[]).await.expect("a window").head
    }
}

/// Something to say.
fn words(text: &str) -> SayForm {
    SayForm { id: model::MessageId::new().to_string(), text: text.into(), ..SayForm::default() }
}

/// Something to answer.
fn answer(text: &str) -> model::ticket::Words {
    model::ticket::Words { id: model::MessageId::new(), text: text.into(), attachments: vec![], status: None }
}

/// Whether a frame tells events.
const fn is_told(frame: &WindowFrame) -> bool {
    matches!(frame, WindowFrame::Told(_))
}

/// Whether a frame is about a visitor.
const fn is_visitor(frame: &Frame) -> bool {
    matches!(frame, Frame::Visitor { .. })
}
