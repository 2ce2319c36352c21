//! Both ends of a chat as their browsers are: words sent by server functions and sent again until they are acknowledged, the line that
//! is followed from a number and opened again when it breaks. Knows the addresses of server functions and the frames of the lines.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicI64, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use futures::StreamExt as _;
use model::{
    ConversationId, MessageId,
    live::{self, Frame, WindowFrame},
    message::MessageKind,
};
// its functions' addresses are known where it is linked
use server as _;
use tokio::{
    net::TcpStream,
    time::{sleep, timeout, timeout_at},
};
use tokio_tungstenite::tungstenite::{Message, client::IntoClientRequest as _, protocol::WebSocketConfig};

use super::{Dice, browser::Browser};

/// How long a line may be silent, as browsers have it.
const SILENCE: Duration = Duration::from_micros(live::SILENCE.unsigned_abs());

/// The path of a server function.
pub fn function(name: &str) -> &'static str {
    let mut paths = leptos::server_fn::axum::server_fn_paths().map(|(path, _)| path);
    let named = |path: &&str| path.trim_start_matches("/api/").trim_end_matches(|c: char| c.is_ascii_digit()) == name;
    paths.find(named).unwrap_or_else(|| panic!("no server function {name}"))
}

/// Whose browser it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    Visitor,
    Agent,
}

/// A visitor or an agent, in one browser.
#[derive(Clone)]
pub struct Person {
    pub side: Side,
    pub browser: Arc<Browser>,
    key: Arc<str>,
}

impl Person {
    /// An agent who is signed in.
    pub fn agent(browser: Browser) -> Self {
        Self { side: Side::Agent, browser: Arc::new(browser), key: "".into() }
    }

    /// A visitor who begins a chat with these words; gives the chat and the message.
    pub async fn visitor(mut browser: Browser, key: &str, text: &str) -> (Self, String, String) {
        let (chat, message) = (ConversationId::new().to_string(), MessageId::new().to_string());
        let fields = [("at[key]", key), ("at[lang]", "en"), ("form[id]", &chat), ("form[said][id]", &message), ("form[said][text]", text)];
        let answer = browser.send(function("begin_chat"), &fields).await.expect("an answer");
        assert_eq!(answer.status, 200, "begin_chat: {}", answer.text);
        browser.keep_cookie(&answer);
        (Self { side: Side::Visitor, browser: Arc::new(browser), key: key.into() }, chat, message)
    }

    /// The same person by another port: that of a proxy.
    #[must_use]
    pub fn by(&self, port: u16) -> Self {
        Self { browser: Arc::new(self.browser.by(port)), ..self.clone() }
    }

    /// Says something once. True: it was acknowledged.
    pub async fn say(&self, chat: &str, id: &str, text: &str) -> bool {
        let answer = match self.side {
            Side::Visitor => {
                let fields = [("at[key]", &*self.key), ("at[lang]", "en"), ("chat", chat), ("form[id]", id), ("form[text]", text)];
                self.browser.send(function("say_words"), &fields).await
            }
            Side::Agent => {
                let fields = [("conversation", chat), ("form[id]", id), ("form[text]", text), ("form[status]", "")];
                self.browser.send(function("send_reply"), &fields).await
            }
        };
        match answer {
            Ok(answer) if answer.status == 200 => true,
            Ok(answer) => {
                assert!(answer.status >= 500, "{:?}: {} {}", self.side, answer.status, answer.text);
                false
            }
            Err(_) => false,
        }
    }

    /// Says something until it is acknowledged; gives how often it was sent again.
    pub async fn insist(&self, chat: &str, id: &str, text: &str, dice: &mut Dice) -> usize {
        let mut again = 0;
        while !self.say(chat, id, text).await {
            again += 1;
            sleep(dice.millis(20, 150)).await;
        }
        again
    }
}

/// What one line brought.
#[derive(Default)]
pub struct Seen {
    last: AtomicI64,
    /// Messages of each chat in the order they came, with when.
    order: Mutex<HashMap<String, Vec<(String, Instant)>>>,
    /// Times the line was open.
    pub opened: AtomicUsize,
    /// Whether it is open now and has told all that was to be told when it opened.
    pub open: AtomicBool,
    /// Cuts the line when it is told to.
    cut: tokio::sync::Notify,
}

impl Seen {
    /// From a number.
    pub fn from(last: i64) -> Arc<Self> {
        Arc::new(Self { last: AtomicI64::new(last), ..Self::default() })
    }

    /// What it brought.
    pub fn order(&self) -> MutexGuard<'_, HashMap<String, Vec<(String, Instant)>>> {
        self.order.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Cuts the line, without a goodbye.
    pub fn cut(&self) {
        self.open.store(false, Ordering::SeqCst);
        self.cut.notify_one();
    }

    /// How many messages came.
    pub fn count(&self) -> usize {
        self.order().values().map(Vec::len).sum()
    }
}

/// A message of a chat, with the number of the event that told it.
type Brought = (i64, Vec<(String, String)>);

fn of_window(text: &str) -> Option<Vec<Brought>> {
    match serde_json::from_str(text).expect("a frame") {
        WindowFrame::Told(told) => Some(
            told.into_iter()
                .map(|told| {
                    let said = told.messages.into_iter().filter(|message| message.happened.is_none());
                    (told.seq, said.map(|message| (message.chat.to_string(), message.id.to_string())).collect())
                })
                .collect(),
        ),
        WindowFrame::Reload | WindowFrame::Gone => panic!("{text}"),
        WindowFrame::State { .. } | WindowFrame::Typing { .. } | WindowFrame::Beat => None,
    }
}

fn of_tab(text: &str) -> Option<Vec<Brought>> {
    match serde_json::from_str(text).expect("a frame") {
        Frame::Told(told) => Some(
            told.into_iter()
                .map(|told| {
                    let said = told.messages.into_iter().filter(|message| message.kind == MessageKind::Said);
                    (told.event.seq, said.map(|message| (message.conversation.to_string(), message.id.to_string())).collect())
                })
                .collect(),
        ),
        Frame::Reload | Frame::Moved => panic!("{text}"),
        Frame::Presence { .. } | Frame::Visitor { .. } | Frame::Beat => None,
    }
}

impl Person {
    /// Follows the log, opening the line again each time it breaks. `pause`: longest wait before it is opened again.
    pub async fn follow(self, seen: Arc<Seen>, pause: u64, which: u64) {
        let mut dice = Dice::new(9_000_000 + which);
        loop {
            let _ = self.line(&seen).await;
            seen.open.store(false, Ordering::SeqCst);
            sleep(dice.millis(5, pause)).await;
        }
    }

    /// One line, as long as it holds.
    async fn line(&self, seen: &Seen) -> Option<()> {
        let last = seen.last.load(Ordering::SeqCst);
        let path = match self.side {
            Side::Visitor => format!("/chat/{}/live?from={last}", self.key),
            Side::Agent => format!("/live?from={last}"),
        };
        let mut request = format!("ws://{}{path}", self.browser.host()).into_client_request().ok()?;
        for (name, value) in self.browser.headers() {
            request.headers_mut().insert(axum::http::HeaderName::try_from(name).ok()?, value.parse().ok()?);
        }
        let stream = timeout(Duration::from_secs(10), TcpStream::connect(self.browser.host())).await.ok()?.ok()?;
        // thousands of these are in one process: the usual buffers would be most of its memory
        let small = WebSocketConfig::default().read_buffer_size(4096).write_buffer_size(0);
        let opening = tokio_tungstenite::client_async_with_config(request, stream, Some(small));
        let (mut socket, _) = timeout(Duration::from_secs(10), opening).await.ok()?.ok()?;
        seen.opened.fetch_add(1, Ordering::SeqCst);
        let mut heard = Instant::now();
        loop {
            let next = tokio::select! {
                next = timeout_at((heard + SILENCE).into(), socket.next()) => next.ok()??.ok()?,
                () = seen.cut.notified() => return None,
            };
            // a browser tells its page of nothing else
            let Message::Text(text) = next else { continue };
            heard = Instant::now();
            match if self.side == Side::Visitor { of_window(&text) } else { of_tab(&text) } {
                Some(brought) => seen.take(brought),
                // a window is told how the widget stands when it has been told the rest
                None => seen.open.store(true, Ordering::SeqCst),
            }
        }
    }
}

impl Seen {
    fn take(&self, brought: Vec<Brought>) {
        let now = Instant::now();
        let mut order = self.order();
        for (seq, messages) in brought {
            let before = self.last.swap(seq, Ordering::SeqCst);
            assert!(seq > before, "number {seq} after {before}: told twice, or out of order");
            for (chat, message) in messages {
                order.entry(chat).or_default().push((message, now));
            }
        }
    }
}
