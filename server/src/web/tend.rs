//! What one property's open windows need as time passes, each second and for all of them at once: how the widget stands, who may follow
//! no more, who is still there, who went. Ten thousand windows cost a few statements.

use std::{sync::Arc, time::Duration};

use desk::Desk;
use model::{Moment, PropertyId, ban::Banned, hours::State, live::WindowFrame, moment::SECOND};
use tokio::time::{Instant, sleep_until};

use super::channel::{Channel, text};

/// How often it looks; a lost right is to be noticed within a second.
const EVERY: Duration = Duration::from_millis(800);
/// How often the widget's state is found out anew with no reason: opening hours begin and end.
const STATE_EVERY: u32 = 4;
/// How far back it looks for those who logged out: longer than a commit takes.
const BACK: i64 = 20 * SECOND;
/// Most visitors of whom one look writes something down: an agent's words do not wait behind it.
const WRITTEN_MOST: usize = 200;

/// Tends a channel until it ends.
pub async fn tend(desk: Desk, property: PropertyId, channel: Arc<Channel>) {
    let (mut banned, mut turn, mut next): (Vec<Banned>, u32, Instant) = (vec![], 0, Instant::now());
    while !channel.has_ended() {
        let asked = tokio::select! {
            () = channel.looked_for() => true,
            () = sleep_until(next) => false,
        };
        if asked || turn.is_multiple_of(STATE_EVERY) {
            if let Err(error) = find_state(&desk, &property, &channel).await {
                tracing::error!(%error, "how a widget stands cannot be found out");
            }
            // many changes at once are found out together
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        if Instant::now() < next {
            continue;
        }
        (turn, next) = (turn.wrapping_add(1), Instant::now() + EVERY);
        if channel.guests.nobody() {
            banned.clear();
            continue;
        }
        if let Err(error) = turn_out(&desk, &property, &channel, &mut banned).await {
            tracing::error!(%error, "who may follow no more cannot be found out");
        }
        let passed = channel.guests.pass(WRITTEN_MOST);
        let left = passed.left.iter().map(|(visitor, _)| visitor.clone()).collect();
        let mut written = write_down(&desk, &property, left, passed.here).await;
        // who came back while that was written is here
        let (back, gone): (Vec<_>, Vec<_>) = passed.left.into_iter().partition(|(visitor, _)| channel.guests.are_there(visitor));
        if !back.is_empty() {
            let back = back.into_iter().map(|(visitor, _)| visitor).collect();
            written = written.and(write_down(&desk, &property, vec![], back).await);
        }
        if let Err(error) = written {
            tracing::error!(%error, "who is here cannot be written down");
        }
        // told once it is written: what an agent then answers goes by mail, as they are told
        for chat in gone.into_iter().filter_map(|(_, chat)| chat) {
            channel.left(chat);
        }
    }
}

/// Finds out how the widget stands, and tells every window if it changed.
async fn find_state(desk: &Desk, property: &PropertyId, channel: &Channel) -> desk::Result<()> {
    if channel.guests.windows() == 0 {
        // nobody asks; who comes finds it out
        *channel.state.lock().await = None;
        return Ok(());
    }
    let mut known = channel.state.lock().await;
    let now = desk.widget_state(property, &channel.connected()).await?;
    // with none known nobody was told any: they ask when they have taken their place
    if known.replace(now).is_some_and(|before| before != now)
        && let Some(text) = text(&frame(now))
    {
        channel.guests.tell_state(&text);
    }
    Ok(())
}

/// How the widget stands, for a window that has just come.
pub async fn state(desk: &Desk, property: &PropertyId, channel: &Channel) -> desk::Result<WindowFrame> {
    let mut known = channel.state.lock().await;
    let now = match *known {
        Some(now) => now,
        None => desk.widget_state(property, &channel.connected()).await?,
    };
    *known = Some(now);
    Ok(frame(now))
}

const fn frame((state, opens_at): (State, Option<Moment>)) -> WindowFrame {
    WindowFrame::State { state, opens_at }
}

/// Closes the windows of those who logged out or were banned since the last look.
async fn turn_out(desk: &Desk, property: &PropertyId, channel: &Channel, known: &mut Vec<Banned>) -> desk::Result<()> {
    let closed = desk.closed_doors(property, desk.clock().now().plus(-BACK)).await?;
    let new: Vec<Banned> = closed.banned.iter().filter(|ban| !known.contains(ban)).cloned().collect();
    channel.guests.turn_out(&closed.logged_out, &new);
    *known = closed.banned;
    Ok(())
}

async fn write_down(desk: &Desk, property: &PropertyId, left: Vec<model::VisitorId>, here: Vec<model::VisitorId>) -> desk::Result<()> {
    if !left.is_empty() {
        desk.visitors_left(property, left).await?;
    }
    if !here.is_empty() {
        desk.visitors_here(property, here).await?;
    }
    Ok(())
}
