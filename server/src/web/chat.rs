//! One visitor's window: what happens in their chats down from a number, what they are writing up. Takes its place first, then reads from
//! the number, so that nothing is missed or told twice. Without a visitor's cookie it tells only how the widget stands. Kept small: ten
//! thousand are open at once, and wait for their letter box alone.

use std::{net::IpAddr, sync::Arc, time::Duration};

use app::caller::Address;
use axum::{
    Extension,
    body::Bytes,
    extract::{
        Path, Query, State, WebSocketUpgrade,
        ws::{CloseFrame, Message, Utf8Bytes, WebSocket},
    },
    http::HeaderMap,
    response::{IntoResponse as _, Response},
};
use desk::Visitor;
use model::{
    PropertyId, Refusal,
    live::{WindowFrame, WindowSignal},
};
use tokio::time::{Instant, sleep_until, timeout};

use super::{
    answer::No,
    channel::{Channel, text},
    crowd::Place,
    live::{BEAT, From, SILENCE, TOLD_MOST, every},
    pane::{Pane, Post},
    router::House,
    tend, visitor,
};
use crate::closing::closed;

/// Measured: 8 KiB a socket instead of 136 (house.md section 6).
const READ_BUFFER: usize = 4096;
/// What a visitor may have typed, as JSON.
const MESSAGE_MOST: usize = 16 * 1024;
/// How long a frame may take to leave.
const SEND: Duration = Duration::from_secs(10);
/// Messages from a window in a second.
const SIGNALS_MOST: u32 = 10;

/// `GET /chat/KEY/live?from=SEQ`
pub async fn open(
    State(house): State<House>,
    Path(key): Path<String>,
    Query(from): Query<From>,
    known: Option<Extension<Address>>,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Response {
    let address = visitor::address(known.as_ref());
    let property = match house.desk.property_of_widget(&key).await {
        Ok(property) => property,
        Err(error) => return No::from(error).into_response(),
    };
    let cookie = ::window::caller::token(&house.desk, &headers, &key).is_some();
    let visitor = if cookie { visitor::visitor(&house, &key, &headers, address).await.ok() } else { None };
    let Some(place) = house.hub.crowd().enter(address) else { return No::from(Refusal::TooMany { retry: 30 }).into_response() };
    let gone = cookie && visitor.is_none();
    upgrade.read_buffer_size(READ_BUFFER).write_buffer_size(0).max_message_size(MESSAGE_MOST).max_frame_size(MESSAGE_MOST).on_upgrade(
        move |socket| async move {
            if gone {
                return farewell(socket, End(Some(WindowFrame::Gone), 1008, "gone")).await;
            }
            let pane = Arc::new(Pane::default());
            let most = house.hub.crowd().visitor_most();
            let entered = house.hub.open(&property, |channel| Entered::new(channel, visitor, &pane, address, place, most)).await;
            match entered {
                Ok(Some(entered)) => Window { house, property, entered, pane, last: from.from, read_at: None }.follow(socket).await,
                Ok(None) => farewell(socket, End(None, 1013, "too many windows")).await,
                Err(error) => tracing::error!(%error, "a window cannot follow the log"),
            }
        },
    )
}

/// A window is among the open ones as long as this is.
struct Entered {
    channel: Arc<Channel>,
    visitor: Option<Visitor>,
    pane: Arc<Pane>,
    _place: Place,
}

impl Entered {
    fn new(
        channel: &Arc<Channel>,
        visitor: Option<Visitor>,
        pane: &Arc<Pane>,
        address: Option<IpAddr>,
        place: Place,
        most: usize,
    ) -> Option<Self> {
        let entered = channel.guests.enter(visitor.as_ref().map(|visitor| (visitor.id(), address)), pane, most);
        entered.then(|| Self { channel: channel.clone(), visitor, pane: pane.clone(), _place: place })
    }
}

impl Drop for Entered {
    fn drop(&mut self) {
        self.channel.guests.exit(self.visitor.as_ref().map(Visitor::id), &self.pane);
    }
}

struct Window {
    house: House,
    property: PropertyId,
    entered: Entered,
    pane: Arc<Pane>,
    last: i64,
    /// When it reads what all visitors are told.
    read_at: Option<Instant>,
}

/// The line ends; with what it is told first.
struct End(Option<WindowFrame>, u16, &'static str);

async fn farewell(mut socket: WebSocket, End(frame, code, reason): End) {
    if let Some(text) = frame.as_ref().and_then(text) {
        let _ = send(&mut socket, Message::Text(text)).await;
    }
    let close = CloseFrame { code, reason: Utf8Bytes::from_static(reason) };
    let _ = send(&mut socket, Message::Close(Some(close))).await;
}

impl Window {
    async fn follow(mut self, mut socket: WebSocket) {
        // boxed: what it takes to begin is not kept while it waits
        let end = match Box::pin(self.begin(&mut socket)).await {
            Ok(()) => self.talk(&mut socket).await,
            Err(end) => end,
        };
        Box::pin(farewell(socket, end)).await;
    }

    async fn begin(&mut self, socket: &mut WebSocket) -> Result<(), End> {
        if let Some(visitor) = &self.entered.visitor {
            let _turn = self.house.turns.of_window().await;
            // after it took its place: who closes doors knows of it from here on
            match visitor.may_follow().await {
                Ok(()) => {}
                Err(desk::Error::Refused(_)) => return Err(End(Some(WindowFrame::Gone), 1008, "gone")),
                Err(error) => return Err(fault(&error)),
            }
            if let Some(chat) = visitor.last_chat().await.map_err(|error| fault(&error))? {
                self.entered.channel.seen_in(visitor.id(), chat, true);
            }
        }
        self.catch_up(socket).await?;
        let state = tend::state(&self.house.desk, &self.property, &self.entered.channel).await.map_err(|error| fault(&error))?;
        send_text(socket, text(&state)).await
    }

    /// Tells what happened since the number it stands at.
    async fn catch_up(&mut self, socket: &mut WebSocket) -> Result<(), End> {
        self.read_at = None;
        let Some(visitor) = &self.entered.visitor else { return Ok(()) };
        let turn = self.house.turns.of_window().await;
        let told = visitor.told_since(self.last).await;
        // what is sent to a slow reader takes nobody's place
        drop(turn);
        match told {
            Ok(Some(mut told)) => {
                while let Some(last) = told.get(TOLD_MOST.min(told.len()).saturating_sub(1)).map(|told| told.seq) {
                    let rest = told.split_off(TOLD_MOST.min(told.len()));
                    send_text(socket, text(&WindowFrame::Told(told))).await?;
                    (self.last, told) = (last, rest);
                }
                Ok(())
            }
            Ok(None) => Err(End(Some(WindowFrame::Reload), 1000, "reload")),
            Err(desk::Error::Refused(_)) => Err(End(Some(WindowFrame::Gone), 1008, "gone")),
            Err(error) => Err(fault(&error)),
        }
    }

    async fn talk(&mut self, socket: &mut WebSocket) -> End {
        let mut beats = every(BEAT);
        let (mut heard, mut second, mut signals) = (Instant::now(), Instant::now(), 0_u32);
        let mut closing = self.house.closing.clone();
        loop {
            let read_at = self.read_at;
            let outcome = tokio::select! {
                post = self.pane.take() => Box::pin(self.deliver(socket, post)).await,
                message = socket.recv() => {
                    heard = Instant::now();
                    if heard - second > Duration::from_secs(1) {
                        (second, signals) = (heard, 0);
                    }
                    signals += 1;
                    if signals > SIGNALS_MOST { Err(End(None, 1008, "too many signals")) } else { self.hear(message) }
                },
                () = sleep_until(read_at.unwrap_or(heard)), if read_at.is_some() => Box::pin(self.catch_up(socket)).await,
                _ = beats.tick() => {
                    // looked at with each beat: who is gone is here for three of them at most
                    if heard.elapsed() > SILENCE { Err(End(None, 1001, "silence")) } else { Box::pin(beat(socket)).await }
                },
                () = closed(&mut closing) => Err(End(None, 1012, "restarting")),
            };
            if let Err(end) = outcome {
                return end;
            }
        }
    }

    async fn deliver(&mut self, socket: &mut WebSocket, post: Post) -> Result<(), End> {
        if post.gone {
            return Err(End(Some(WindowFrame::Gone), 1008, "gone"));
        }
        // what is told counts as all there was before it: what waits to be read is read first
        let waits = post.within.is_some() || self.read_at.is_some();
        if post.due > self.last || (waits && !post.told.is_empty()) {
            self.catch_up(socket).await?;
        } else if let Some(within) = post.within {
            self.read_at.get_or_insert_with(|| Instant::now() + within.mul_f64(desk::clock::chance()));
        }
        for (seq, text) in post.told {
            // told already by what was read when the window opened
            if seq > self.last {
                self.last = seq;
                send_text(socket, Some(text)).await?;
            }
        }
        for text in [post.state, post.typing].into_iter().flatten() {
            send_text(socket, Some(text)).await?;
        }
        Ok(())
    }

    fn hear(&self, message: Option<Result<Message, axum::Error>>) -> Result<(), End> {
        match message {
            Some(Ok(Message::Text(text))) => {
                let WindowSignal::Typing(text) = serde_json::from_str(&text).map_err(|_| End(None, 1007, "not a signal"))?;
                if let Some(visitor) = &self.entered.visitor {
                    self.entered.channel.visitor_typing(visitor.id(), &text);
                }
                Ok(())
            }
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => Ok(()),
            Some(Ok(Message::Binary(_))) => Err(End(None, 1003, "text only")),
            Some(Ok(Message::Close(_)) | Err(_)) | None => Err(End(None, 1000, "goodbye")),
        }
    }
}

/// Says that the line is there, to the page, which its browser tells of no ping; and asks by a ping, which the browser answers for it.
async fn beat(socket: &mut WebSocket) -> Result<(), End> {
    send(socket, Message::Ping(Bytes::new())).await?;
    send_text(socket, text(&WindowFrame::Beat)).await
}

fn fault(error: &desk::Error) -> End {
    tracing::error!(%error, "a window's line ends");
    End(None, 1011, "unavailable")
}

async fn send_text(socket: &mut WebSocket, text: Option<Utf8Bytes>) -> Result<(), End> {
    match text {
        Some(text) => send(socket, Message::Text(text)).await,
        None => Err(End(Some(WindowFrame::Reload), 1011, "unavailable")),
    }
}

async fn send(socket: &mut WebSocket, message: Message) -> Result<(), End> {
    match timeout(SEND, socket.send(message)).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(_)) | Err(_) => Err(End(None, 1013, "too slow: come back from your number")),
    }
}
