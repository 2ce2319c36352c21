//! The line of who looks at all their properties: the logs of all of these down, and what visitors are doing; nothing up. It tells what a tab
//! in each of them would be told, and ends within a second when they may enter other properties or see something else in one. It makes
//! nobody present: who looks over all properties is at none of them.

use std::{collections::HashMap, sync::Arc};

use app::caller;
use axum::{
    extract::{
        Query, State, WebSocketUpgrade,
        ws::{Message, Utf8Bytes, WebSocket},
    },
    http::HeaderMap,
    response::Response,
};
use desk::Agent;
use futures::{StreamExt as _, stream};
use model::{AgentId, PropertyId, everywhere::Wide, live::Frame};
use serde::Deserialize;
use tokio::{
    sync::broadcast::{Receiver, error::RecvError},
    time::Instant,
};

use super::{
    channel::{Channel, Passed, text},
    live::{BEAT, End, LOOK_EVERY, MESSAGE_MOST, READ_BUFFER, SILENCE, TOLD_MOST, beat, end, every, fault, send_text},
    router::House,
};
use crate::closing::closed;

/// Whose the page is, and where it stands in each log.
#[derive(Deserialize)]
pub struct From {
    agent: Option<AgentId>,
    /// `PROPERTY:NUMBER`, with commas between.
    #[serde(default)]
    from: String,
}

impl From {
    fn heads(&self) -> HashMap<PropertyId, i64> {
        let one = |pair: &str| {
            let (property, head) = pair.split_once(':')?;
            Some((property.parse().ok()?, head.parse().ok()?))
        };
        self.from.split(',').filter_map(one).collect()
    }
}

/// What is passed on in one of the properties.
type Heard = (usize, Result<Arc<Passed>, RecvError>);

/// One of the properties: the agent in it, and the number of the last event that was told.
struct Place {
    agent: Agent,
    channel: Arc<Channel>,
    last: i64,
}

struct Tab {
    house: House,
    token: String,
    places: Vec<Place>,
}

/// `GET /live/everywhere?agent=ID&from=PROPERTY:SEQ,…`
pub async fn open(State(house): State<House>, Query(from): Query<From>, headers: HeaderMap, upgrade: WebSocketUpgrade) -> Response {
    let upgrade = upgrade.read_buffer_size(READ_BUFFER).write_buffer_size(0).max_message_size(MESSAGE_MOST).max_frame_size(MESSAGE_MOST);
    let token = caller::session_token(&headers, caller::secure(&house.desk)).unwrap_or_default().to_owned();
    // a browser does not tell its page why a line was refused: it is told on the line
    upgrade.on_upgrade(move |mut socket| async move {
        let why = follow(&mut socket, house, token, &from).await.err();
        end(&mut socket, why.unwrap_or(End(None, 1000, "goodbye"))).await;
    })
}

async fn follow(socket: &mut WebSocket, house: House, token: String, from: &From) -> Result<(), End> {
    let (all, heads) = (properties(&house, &token).await?, from.heads());
    let known = |agent: &Agent| from.agent.as_ref().is_none_or(|id| id == agent.id()) && heads.contains_key(agent.property());
    if all.len() != heads.len() || !all.iter().all(known) {
        return Err(anew());
    }
    let (mut places, mut lines) = (vec![], vec![]);
    for (place, agent) in all.into_iter().enumerate() {
        let (channel, receiver) = house.hub.subscribe(agent.property()).await.map_err(|error| fault(&error))?;
        lines.push(line(place, receiver));
        let last = heads.get(agent.property()).copied().unwrap_or_default();
        places.push(Place { agent, channel, last });
    }
    let mut tab = Tab { house, token, places };
    for place in 0..tab.places.len() {
        tab.catch_up(socket, place).await?;
        let at = &tab.places[place];
        for present in at.channel.present(at.agent.id()) {
            tab.signal(socket, place, &present).await?;
        }
    }
    tab.talk(socket, stream::select_all(lines)).await
}

fn line(place: usize, receiver: Receiver<Arc<Passed>>) -> stream::BoxStream<'static, Heard> {
    stream::unfold(receiver, move |mut receiver| async move {
        let heard = receiver.recv().await;
        Some(((place, heard), receiver))
    })
    .boxed()
}

impl Tab {
    /// What happened in a property since the last number that was told.
    async fn catch_up(&mut self, socket: &mut WebSocket, place: usize) -> Result<(), End> {
        let at = &self.places[place];
        let told = at.agent.told_since(at.last).await;
        // a right lost meanwhile: what was just read is not told
        self.rights().await?;
        let mut told = match told {
            Ok(told) => told.ok_or_else(anew)?,
            Err(error) => return Err(fault(&error)),
        };
        while let Some(last) = told.get(TOLD_MOST.min(told.len()).saturating_sub(1)).map(|told| told.event.seq) {
            let rest = told.split_off(TOLD_MOST.min(told.len()));
            self.send(socket, place, text(&Frame::Told(told))).await?;
            self.places[place].last = last;
            told = rest;
        }
        Ok(())
    }

    async fn talk(&mut self, socket: &mut WebSocket, mut lines: stream::SelectAll<stream::BoxStream<'static, Heard>>) -> Result<(), End> {
        let (mut look, mut beats) = (every(LOOK_EVERY), every(BEAT));
        let mut heard = Instant::now();
        let mut closing = self.house.closing.clone();
        loop {
            tokio::select! {
                passed = lines.next() => match passed {
                    Some((place, Ok(passed))) => self.pass(socket, place, &passed).await?,
                    Some((_, Err(RecvError::Lagged(_)))) => return Err(End(None, 1013, "too slow: come back from your number")),
                    Some((_, Err(RecvError::Closed))) | None => return Err(End(None, 1011, "closed")),
                },
                message = socket.recv() => match message {
                    Some(Ok(Message::Ping(_) | Message::Pong(_))) => heard = Instant::now(),
                    Some(Ok(Message::Text(_) | Message::Binary(_))) => return Err(End(None, 1003, "nothing is said here")),
                    Some(Ok(Message::Close(_)) | Err(_)) | None => return Ok(()),
                },
                _ = look.tick() => {
                    if heard.elapsed() > SILENCE {
                        return Err(End(None, 1001, "silence"));
                    }
                    self.rights().await?;
                },
                _ = beats.tick() => beat(socket, text(&Wide::Beat)).await?,
                () = closed(&mut closing) => return Err(End(None, 1012, "restarting")),
            }
        }
    }

    async fn pass(&mut self, socket: &mut WebSocket, place: usize, passed: &Passed) -> Result<(), End> {
        let Some(seq) = passed.seq else { return self.signal(socket, place, passed).await };
        let at = &self.places[place];
        if seq <= at.last || passed.only.as_ref().is_some_and(|only| only != at.agent.id()) {
            return Ok(());
        }
        if passed.rights {
            self.rights().await?;
        }
        if self.places[place].agent.is_limited() {
            // what was written out once is of the whole property: a part is read anew
            self.catch_up(socket, place).await?;
        } else {
            self.send(socket, place, Some(passed.text.clone())).await?;
        }
        let at = &mut self.places[place];
        at.last = at.last.max(seq);
        Ok(())
    }

    /// Passes on what the visitor of a chat is doing. What colleagues are doing is shown in their property.
    async fn signal(&self, socket: &mut WebSocket, place: usize, passed: &Passed) -> Result<(), End> {
        let Some((chat, None)) = &passed.about else { return Ok(()) };
        let agent = &self.places[place].agent;
        if agent.is_limited() && !agent.sees(chat).await.map_err(|error| fault(&error))? {
            return Ok(());
        }
        self.send(socket, place, Some(passed.text.clone())).await
    }

    /// Sends a frame of a property, which is written out already.
    async fn send(&self, socket: &mut WebSocket, place: usize, frame: Option<Utf8Bytes>) -> Result<(), End> {
        let property = self.places[place].agent.property();
        let around = |frame: Utf8Bytes| Utf8Bytes::from(format!(r#"{{"In":["{property}",{frame}]}}"#));
        send_text(socket, frame.map(around)).await
    }

    /// The session still stands, and sees the same of the same properties.
    async fn rights(&self) -> Result<(), End> {
        let now = properties(&self.house, &self.token).await?;
        let same = |(place, agent): (&Place, &Agent)| {
            place.agent.id() == agent.id() && place.agent.property() == agent.property() && place.agent.sees_as(agent)
        };
        let as_before = now.len() == self.places.len() && self.places.iter().zip(&now).all(same);
        if as_before { Ok(()) } else { Err(anew()) }
    }
}

/// The agent of a session in each property they may enter, in the order of their ids.
async fn properties(house: &House, token: &str) -> Result<Vec<Agent>, End> {
    let found = match house.desk.agent(token).await {
        Ok(agent) => agent.everywhere().await,
        Err(error) => Err(error),
    };
    match found {
        Ok((all, _)) => {
            let mut all: Vec<Agent> = all.into_iter().map(|(_, agent)| agent).collect();
            all.sort_by(|a, b| a.property().cmp(b.property()));
            Ok(all)
        }
        // the page's own line says what became of the session
        Err(desk::Error::Refused(_)) => Err(anew()),
        Err(error) => Err(fault(&error)),
    }
}

fn anew() -> End {
    End(text(&Wide::Reload), 1000, "reload")
}
