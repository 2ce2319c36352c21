//! One tab's line: the log down from a number, what its agent is doing up. Subscribes first, then reads from the number, then drops what
//! was read already, so that nothing is missed or told twice. A lost right ends it within a second; a slow tab is closed and comes back.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use app::caller;
use axum::{
    body::Bytes,
    extract::{
        Query, State, WebSocketUpgrade,
        ws::{CloseFrame, Message, Utf8Bytes, WebSocket},
    },
    http::HeaderMap,
    response::{IntoResponse, Response},
};
use desk::Agent;
use model::{
    AgentId, ConversationId, PropertyId, VisitorId,
    event::Told,
    live::{self, Frame, Signal, WindowFrame},
};
use serde::Deserialize;
use tokio::{
    sync::broadcast::{Receiver, error::RecvError},
    time::{Instant, Interval, MissedTickBehavior, interval_at, timeout},
};

use crate::closing::closed;

use super::{
    answer::No,
    channel::{Channel, Passed, text},
    router::House,
};

/// Measured: 8 KiB a socket instead of 136 (house.md section 6).
pub(super) const READ_BUFFER: usize = 4096;
pub(super) const MESSAGE_MOST: usize = 64 * 1024;
/// How long a frame may take to leave.
const SEND: Duration = Duration::from_secs(10);
/// How often it says that it is there and asks for a sign of life, and how long the other side may be silent.
pub(super) const BEAT: Duration = Duration::from_micros(live::BEAT.unsigned_abs());
pub(super) const SILENCE: Duration = Duration::from_micros(live::SILENCE.unsigned_abs());
/// How often it looks whether a right was lost.
pub(super) const LOOK_EVERY: Duration = Duration::from_millis(900);
/// Signals a second from one tab.
const SIGNALS_MOST: u32 = 20;

/// Events in a frame: a line that breaks again and again still brings a tab forward.
pub const TOLD_MOST: usize = 8;

/// Tabs are told apart by numbers.
static TABS: AtomicU64 = AtomicU64::new(0);

/// Where the tab stands in the log, and whose it is.
#[derive(Deserialize)]
pub struct From {
    /// Number of the last event it knows.
    #[serde(default)]
    pub from: i64,
    /// Whom the page was made for, and where they looked: meanwhile the browser may hold another session.
    agent: Option<AgentId>,
    property: Option<PropertyId>,
}

impl From {
    fn is_of(&self, agent: &Agent) -> bool {
        self.agent.as_ref().is_none_or(|id| id == agent.id()) && self.property.as_ref().is_none_or(|id| id == agent.property())
    }
}

/// `GET /live?from=SEQ&agent=ID&property=ID`
pub async fn open(State(house): State<House>, Query(from): Query<From>, headers: HeaderMap, upgrade: WebSocketUpgrade) -> Response {
    let upgrade = upgrade.read_buffer_size(READ_BUFFER).write_buffer_size(0).max_message_size(MESSAGE_MOST).max_frame_size(MESSAGE_MOST);
    let token = caller::session_token(&headers, caller::secure(&house.desk)).unwrap_or_default().to_owned();
    let agent = match house.desk.agent(&token).await {
        Ok(agent) if from.is_of(&agent) => agent,
        // a browser does not tell its page why a line was refused: it is told on the line
        Ok(_) | Err(desk::Error::Refused(_)) => return upgrade.on_upgrade(|mut socket| async move { end(&mut socket, moved()).await }),
        Err(error) => return No::from(error).into_response(),
    };
    upgrade.on_upgrade(move |socket| async move {
        match house.hub.subscribe(agent.property()).await {
            Ok((channel, receiver)) => {
                let here = Here::new(&channel, &agent);
                Tab { number: here.2, house, token, agent, channel, last: from.from, said: None, chat: None }
                    .follow(socket, receiver)
                    .await;
            }
            Err(error) => tracing::error!(%error, "a tab cannot follow the log"),
        }
    })
}

/// An agent is connected as long as this is.
struct Here(Arc<Channel>, AgentId, u64);

impl Here {
    fn new(channel: &Arc<Channel>, agent: &Agent) -> Self {
        channel.came(agent.id());
        Self(channel.clone(), agent.id().clone(), TABS.fetch_add(1, Ordering::Relaxed))
    }
}

impl Drop for Here {
    fn drop(&mut self) {
        self.0.look(self.2, &self.1, false);
        self.0.went(&self.1);
    }
}

struct Tab {
    number: u64,
    house: House,
    token: String,
    agent: Agent,
    channel: Arc<Channel>,
    last: i64,
    said: Option<Signal>,
    /// The chat that was typed in last, and whose it is.
    chat: Option<(ConversationId, Option<VisitorId>)>,
}

/// The line ends; with what it is told first.
pub(super) struct End(pub Option<Utf8Bytes>, pub u16, pub &'static str);

impl Tab {
    async fn follow(mut self, mut socket: WebSocket, mut receiver: Receiver<Arc<Passed>>) {
        let why = match self.catch_up(&mut socket).await {
            Ok(()) => self.talk(&mut socket, &mut receiver).await,
            Err(why) => why,
        };
        end(&mut socket, why).await;
        if matches!(self.said, Some(Signal::Reading(Some(_)) | Signal::Typing(_) | Signal::Noting(_))) {
            self.channel.signal(self.agent.id(), Signal::Reading(None));
        }
    }

    async fn catch_up(&mut self, socket: &mut WebSocket) -> Result<(), End> {
        let told = self.agent.told_since(self.last).await;
        // a right lost since the line was asked for: what was just read is not told
        self.rights().await?;
        self.tell(socket, told).await?;
        for present in self.channel.present(self.agent.id()) {
            self.signal(socket, &present).await?;
        }
        Ok(())
    }

    async fn tell(&mut self, socket: &mut WebSocket, told: desk::Result<Option<Vec<Told>>>) -> Result<(), End> {
        match told {
            Ok(Some(mut told)) => {
                while let Some(last) = told.get(TOLD_MOST.min(told.len()).saturating_sub(1)).map(|told| told.event.seq) {
                    let rest = told.split_off(TOLD_MOST.min(told.len()));
                    send_text(socket, text(&Frame::Told(told))).await?;
                    (self.last, told) = (last, rest);
                }
                Ok(())
            }
            Ok(None) => Err(End(text(&Frame::Reload), 1000, "reload")),
            Err(error) => Err(fault(&error)),
        }
    }

    /// Passes a signal on to who sees what it is about.
    async fn signal(&self, socket: &mut WebSocket, passed: &Passed) -> Result<(), End> {
        match &passed.about {
            Some((id, instead)) if !self.sees(id).await? => match instead {
                Some(instead) => send_text(socket, Some(instead.clone())).await,
                None => Ok(()),
            },
            _ => send_text(socket, Some(passed.text.clone())).await,
        }
    }

    async fn sees(&self, id: &ConversationId) -> Result<bool, End> {
        Ok(!self.agent.is_limited() || self.agent.sees(id).await.map_err(|error| fault(&error))?)
    }

    async fn talk(&mut self, socket: &mut WebSocket, receiver: &mut Receiver<Arc<Passed>>) -> End {
        let (mut look, mut beats) = (every(LOOK_EVERY), every(BEAT));
        let (mut heard, mut signals) = (Instant::now(), 0_u32);
        let mut closing = self.house.closing.clone();
        loop {
            let outcome = tokio::select! {
                passed = receiver.recv() => match passed {
                    Ok(passed) => self.pass(socket, &passed).await,
                    Err(RecvError::Lagged(_)) => Err(End(None, 1013, "too slow: come back from your number")),
                    Err(RecvError::Closed) => Err(End(None, 1011, "closed")),
                },
                message = socket.recv() => {
                    heard = Instant::now();
                    signals += 1;
                    if signals > SIGNALS_MOST { Err(End(None, 1008, "too many signals")) } else { self.hear(message).await }
                },
                _ = look.tick() => {
                    signals = 0;
                    if heard.elapsed() > SILENCE { Err(End(None, 1001, "silence")) } else { self.rights().await }
                },
                _ = beats.tick() => beat(socket, text(&Frame::Beat)).await,
                () = closed(&mut closing) => Err(End(None, 1012, "restarting")),
            };
            if let Err(end) = outcome {
                return end;
            }
        }
    }

    async fn pass(&mut self, socket: &mut WebSocket, passed: &Passed) -> Result<(), End> {
        let me = self.agent.id();
        let read = passed.seq.is_some_and(|seq| seq <= self.last);
        if read || passed.not.as_ref() == Some(me) || passed.only.as_ref().is_some_and(|only| only != me) {
            return Ok(());
        }
        if passed.rights {
            self.rights().await?;
        }
        let Some(seq) = passed.seq else { return self.signal(socket, passed).await };
        if self.agent.is_limited() {
            // what was written out once is of the whole property: a part is read anew, as after a broken line
            let told = self.agent.told_since(self.last).await;
            self.tell(socket, told).await?;
            self.last = self.last.max(seq);
            return Ok(());
        }
        self.last = seq;
        send_text(socket, Some(passed.text.clone())).await
    }

    async fn hear(&mut self, message: Option<Result<Message, axum::Error>>) -> Result<(), End> {
        match message {
            Some(Ok(Message::Text(text))) => {
                let signal: Signal = serde_json::from_str(&text).map_err(|_| End(None, 1007, "not a signal"))?;
                if let Signal::Looking(looking) = signal {
                    self.channel.look(self.number, self.agent.id(), looking);
                    return Ok(());
                }
                if let Signal::Reading(Some(id)) | Signal::Typing(id) | Signal::Noting(id) = &signal
                    && !self.sees(id).await?
                {
                    return Ok(());
                }
                self.said = Some(signal.clone());
                if let Signal::Typing(chat) = &signal {
                    self.tell_visitor(chat).await?;
                }
                self.channel.signal(self.agent.id(), signal);
                Ok(())
            }
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => Ok(()),
            Some(Ok(Message::Binary(_))) => Err(End(None, 1003, "text only")),
            Some(Ok(Message::Close(_)) | Err(_)) | None => Err(End(None, 1000, "goodbye")),
        }
    }

    /// The visitor of a chat sees that an agent writes to them. A note is not told.
    async fn tell_visitor(&mut self, chat: &ConversationId) -> Result<(), End> {
        if self.channel.guests.nobody() {
            return Ok(());
        }
        if self.chat.as_ref().is_none_or(|(known, _)| known != chat) {
            let visitor = self.agent.visitor_of(chat).await.map_err(|error| fault(&error))?;
            self.chat = Some((chat.clone(), visitor));
        }
        if let Some((_, Some(visitor))) = &self.chat
            && let Some(text) = text(&WindowFrame::Typing { chat: chat.clone(), name: self.agent.name().to_owned() })
        {
            self.channel.guests.tell_typing(visitor, &text);
        }
        Ok(())
    }

    /// The session still stands, and sees the same of the same property.
    async fn rights(&self) -> Result<(), End> {
        match self.house.desk.agent(&self.token).await {
            Ok(agent) if agent.property() == self.agent.property() && agent.id() == self.agent.id() && agent.sees_as(&self.agent) => Ok(()),
            Ok(_) | Err(desk::Error::Refused(_)) => Err(moved()),
            Err(error) => Err(fault(&error)),
        }
    }
}

fn moved() -> End {
    End(text(&Frame::Moved), 1008, "moved")
}

pub(super) async fn end(socket: &mut WebSocket, End(frame, code, reason): End) {
    if let Some(text) = frame {
        let _ = send(socket, Message::Text(text)).await;
    }
    let close = CloseFrame { code, reason: Utf8Bytes::from_static(reason) };
    let _ = send(socket, Message::Close(Some(close))).await;
}

pub(super) fn fault(error: &desk::Error) -> End {
    tracing::error!(%error, "a tab's line ends");
    End(None, 1011, "unavailable")
}

/// Strikes from then on, and none twice to make up for one that was late.
pub(super) fn every(period: Duration) -> Interval {
    let mut interval = interval_at(Instant::now() + period, period);
    interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
    interval
}

/// Says that the line is there, to the page, which its browser tells of no ping; and asks by a ping, which the browser answers for it.
pub(super) async fn beat(socket: &mut WebSocket, written: Option<Utf8Bytes>) -> Result<(), End> {
    send(socket, Message::Ping(Bytes::new())).await?;
    send_text(socket, written).await
}

pub(super) async fn send_text(socket: &mut WebSocket, written: Option<Utf8Bytes>) -> Result<(), End> {
    match written {
        Some(written) => send(socket, Message::Text(written)).await,
        None => Err(End(text(&Frame::Reload), 1011, "unavailable")),
    }
}

pub(super) async fn send(socket: &mut WebSocket, message: Message) -> Result<(), End> {
    match timeout(SEND, socket.send(message)).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(_)) | Err(_) => Err(End(None, 1013, "too slow: come back from your number")),
    }
}
