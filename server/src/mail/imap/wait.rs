//! Waiting for new mail in an open folder: told by the server (IDLE, RFC 2177), or asked for after a while. What the server says
//! before it begins to idle counts too: a mail that came between the last look and IDLE is not missed.

use std::time::Duration;

use imap_proto::{MailboxDatum, Response};
use model::mailbox::{MailboxFault, MailboxTrouble};
use tokio::time::{Instant, timeout, timeout_at};

use super::line::{Line, Open, STEP, fault, wrong};

/// Waits until something new may be there, at most so long.
pub async fn wait(open: &mut Open, longest: Duration) -> Result<(), MailboxFault> {
    if open.idles {
        return idle(&mut open.line, longest).await;
    }
    tokio::time::sleep(longest).await;
    match timeout(STEP, open.line.noop()).await {
        Ok(done) => done.map_err(|error| wrong(&error)),
        Err(_) => Err(fault(MailboxTrouble::Silence, "")),
    }
}

async fn idle(line: &mut Line, longest: Duration) -> Result<(), MailboxFault> {
    let until = Instant::now() + longest;
    let id = line.run_command("IDLE").await.map_err(|error| wrong(&error))?;
    let mut idling = false;
    let mut news = false;
    while !(news && idling) {
        // the server must begin at once; then it may be silent
        let end = if idling { until } else { Instant::now() + STEP };
        match timeout_at(end, next(line)).await {
            Ok(said) => match said? {
                Said::Begun => idling = true,
                Said::News => news = true,
                Said::Done(tag) if tag == id => return Ok(()),
                Said::Done(_) | Said::Other => {}
            },
            Err(_) if idling => break,
            Err(_) => return Err(fault(MailboxTrouble::Silence, "")),
        }
    }
    line.run_command_untagged("DONE").await.map_err(|error| wrong(&error))?;
    let end = Instant::now() + STEP;
    loop {
        match timeout_at(end, next(line)).await {
            Ok(said) => {
                if matches!(said?, Said::Done(tag) if tag == id) {
                    return Ok(());
                }
            }
            Err(_) => return Err(fault(MailboxTrouble::Silence, "")),
        }
    }
}

/// What the server said, as far as it matters here.
enum Said {
    Begun,
    News,
    Done(imap_proto::RequestId),
    Other,
}

async fn next(line: &mut Line) -> Result<Said, MailboxFault> {
    let lost = || fault(MailboxTrouble::Answer, "the line was closed");
    let response = line.read_response().await.map_err(|error| fault(MailboxTrouble::Answer, error.to_string()))?.ok_or_else(lost)?;
    Ok(match response.parsed() {
        Response::Continue(_) => Said::Begun,
        Response::MailboxData(MailboxDatum::Exists(_)) => Said::News,
        Response::Done { tag, .. } => Said::Done(tag.clone()),
        _ => Said::Other,
    })
}
