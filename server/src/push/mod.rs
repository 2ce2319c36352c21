//! Web push: follows the log for what browsers are owed, and sends it. Whoever looks at a page of Recado is not told besides.
//! What deserves a push is the model's rule; when it is due and tried again is the outbox's to say.

mod encrypt;
mod global;
mod vapid;
mod wire;

use std::{sync::Arc, time::Duration};

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use data_encoding::BASE64URL_NOPAD as BASE64;
use desk::{Desk, notify::outbox::DuePush};
use tokio::sync::Semaphore;
use vapid::Vapid;
use wire::{Answer, Trouble, Wire};

use crate::{
    closing::{Closing, closed},
    config::Config,
    web::hub::Hub,
};

/// Pushes on their way at once.
const SENDERS: usize = 4;
/// How often it is looked for what is owed and due. Pushes wait some seconds anyway, so no bell wakes this.
const EVERY: Duration = Duration::from_secs(1);
/// Seconds that a push service keeps what somebody waits for, and what can be read later.
const KEPT: (u32, u32) = (15 * 60, 24 * 3600);

/// The sender of pushes.
#[derive(Clone)]
pub struct Pusher {
    desk: Desk,
    hub: Hub,
    vapid: Arc<Vapid>,
    wire: Wire,
    closing: Closing,
}

impl Pusher {
    /// With the key that the desk keeps, made now if there was none.
    pub async fn new(desk: Desk, hub: Hub, config: &Config, closing: Closing) -> Result<Self, String> {
        let kept = desk.push_key(Vapid::fresh()?).await.map_err(|error| error.to_string())?;
        let vapid = Vapid::new(&kept, vapid::subject(&config.public_url, &config.mail.domain))?;
        Ok(Self { desk, hub, vapid: Arc::new(vapid), wire: Wire::new(config.push_local), closing })
    }

    /// Sends until the process closes; what is on its way then is finished.
    pub async fn run(self) {
        let places = Arc::new(Semaphore::new(SENDERS));
        let mut closing = self.closing.clone();
        while !*closing.borrow() {
            match self.look(&places).await {
                Ok(true) => continue,
                Ok(false) => {}
                Err(error) => tracing::error!(%error, "pushes cannot be read or written; tried again"),
            }
            tokio::select! {
                () = tokio::time::sleep(EVERY) => {}
                () = closed(&mut closing) => {}
            }
        }
        let _ = tokio::time::timeout(Duration::from_secs(10), places.acquire_many(u32::try_from(SENDERS).unwrap_or(1))).await;
    }

    /// One look at the log and the outbox. True when there may be more.
    async fn look(&self, places: &Arc<Semaphore>) -> desk::Result<bool> {
        let more = self.desk.follow_push().await?;
        let due = self.desk.take_pushes(i64::try_from(SENDERS).unwrap_or(1)).await?;
        let sent = !due.is_empty();
        for push in due {
            let Ok(place) = places.clone().acquire_owned().await else { return Ok(false) };
            let this = self.clone();
            tokio::spawn(async move {
                this.deliver(push).await;
                drop(place);
            });
        }
        Ok(more || sent)
    }

    async fn deliver(&self, push: DuePush) {
        if !push.test && self.hub.is_looked_at(&push.property, &push.agent) {
            return;
        }
        let outcome = match self.hand_over(&push).await {
            Ok(answer) => self.answered(&push, answer).await,
            Err(Trouble::Later(why)) => self.desk.push_again(&push, &why, None).await,
            Err(Trouble::Never(why)) => self.desk.push_failed(&push, &why).await,
        };
        if let Err(error) = outcome {
            tracing::error!(id = %push.subscription, %error, "what became of a push could not be written down");
        }
    }

    async fn hand_over(&self, push: &DuePush) -> Result<Answer, Trouble> {
        let never = |_| Trouble::Never("the keys of the browser cannot be read".to_owned());
        let words = serde_json::to_vec(&push.note).map_err(|error| Trouble::Never(error.to_string()))?;
        let (key, secret) = (BASE64.decode(push.p256dh.as_bytes()).map_err(never)?, BASE64.decode(push.auth.as_bytes()).map_err(never)?);
        let body = encrypt::encrypt(&words, &key, &secret).map_err(|_| Trouble::Never("the key of the browser is none".into()))?;
        let headers = self.headers(push).map_err(Trouble::Never)?;
        self.wire.post(&push.endpoint, headers, body).await
    }

    fn headers(&self, push: &DuePush) -> Result<HeaderMap, String> {
        let word = self.vapid.authorization(&wire::origin(&push.endpoint), self.desk.clock().now())?;
        let value = |text: &str| HeaderValue::from_str(text).map_err(|error| error.to_string());
        let kept = if push.pressing { KEPT.0 } else { KEPT.1 };
        let mut authorization = value(&word)?;
        authorization.set_sensitive(true);
        Ok(HeaderMap::from_iter([
            (header::AUTHORIZATION, authorization),
            (header::CONTENT_ENCODING, HeaderValue::from_static("aes128gcm")),
            (header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream")),
            (HeaderName::from_static("ttl"), HeaderValue::from(kept)),
            (HeaderName::from_static("urgency"), HeaderValue::from_static(if push.pressing { "high" } else { "normal" })),
            // what a service still keeps under the same topic gives way to this
            (HeaderName::from_static("topic"), value(&push.note.tag)?),
        ]))
    }

    async fn answered(&self, push: &DuePush, answer: Answer) -> desk::Result<()> {
        let (id, status) = (&push.subscription, answer.status);
        let why = || format!("{status} {}", answer.said).trim_end().to_owned();
        match status {
            200..=299 => {
                tracing::debug!(%id, status, "a push was sent");
                self.desk.push_sent(push).await
            }
            404 | 410 => {
                tracing::info!(%id, status, "a browser is told no more: its push service does not know it any longer");
                self.desk.push_gone(push).await
            }
            408 | 429 | 500..=599 => self.desk.push_again(push, &why(), answer.retry_after).await,
            // a redirection is followed nowhere
            _ => {
                tracing::warn!(%id, status, said = %answer.said, "a push failed");
                self.desk.push_failed(push, &why()).await
            }
        }
    }
}
