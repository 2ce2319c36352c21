//! A bad line between clients and Recado: it delays, cuts at any byte, lets half of a frame through before, and falls silent without a
//! word. Knows bytes alone.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{
        TcpListener, TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    time::sleep,
};

use super::Dice;

/// A bad line.
pub struct Proxy {
    pub port: u16,
    calm: Arc<AtomicBool>,
    cuts: Arc<AtomicU64>,
    /// Grows when it falls silent, and when it does not any more: odd in between.
    turn: Arc<AtomicU64>,
}

impl Proxy {
    /// To a port of this machine. Of a hundred pieces so many are the last of their connection; each waits up to so many milliseconds.
    pub async fn start(to: u16, cuts_of_hundred: u64, slowest: u64) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let (calm, cuts, turn) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
        let (quiet, counted, turns) = (calm.clone(), cuts.clone(), turn.clone());
        tokio::spawn(async move {
            let mut number = 0;
            while let Ok((client, _)) = listener.accept().await {
                number += 1;
                let since = turns.load(Ordering::SeqCst);
                let bad = Bad { calm: quiet.clone(), cuts: counted.clone(), turn: turns.clone(), since, cuts_of_hundred, slowest };
                tokio::spawn(bad.join(client, to, number));
            }
        });
        Self { port, calm, cuts, turn }
    }

    /// From now on it is a good line.
    pub fn calm(&self) {
        self.calm.store(true, Ordering::SeqCst);
    }

    /// Falls silent, or does not any more: nothing passes, nothing is closed. What was open when it did so, or came meanwhile, stays silent
    /// for good, as with a network that has forgotten it; what comes afterwards passes.
    pub fn turn(&self) {
        self.turn.fetch_add(1, Ordering::SeqCst);
    }

    /// How often it cut.
    pub fn cuts(&self) -> u64 {
        self.cuts.load(Ordering::SeqCst)
    }
}

#[derive(Clone)]
struct Bad {
    calm: Arc<AtomicBool>,
    cuts: Arc<AtomicU64>,
    turn: Arc<AtomicU64>,
    /// The turn it began in.
    since: u64,
    cuts_of_hundred: u64,
    slowest: u64,
}

impl Bad {
    async fn join(self, client: TcpStream, to: u16, number: u64) {
        let Ok(server) = TcpStream::connect(("127.0.0.1", to)).await else { return };
        let ((from_client, to_client), (from_server, to_server)) = (client.into_split(), server.into_split());
        // when one direction ends, so does the other: both halves are dropped, and whoever waits there is told
        tokio::select! {
            () = self.clone().pump(from_client, to_server, Dice::new(7_000_000 + 2 * number)) => {}
            () = self.clone().pump(from_server, to_client, Dice::new(7_000_001 + 2 * number)) => {}
        }
    }

    async fn pump(self, mut from: OwnedReadHalf, mut to: OwnedWriteHalf, mut dice: Dice) {
        // small pieces, so that frames are cut in two
        let mut piece = [0; 4096];
        while let Ok(size) = from.read(&mut piece).await
            && size > 0
        {
            if !self.since.is_multiple_of(2) || self.turn.load(Ordering::SeqCst) != self.since {
                std::future::pending::<()>().await;
            }
            let bad = !self.calm.load(Ordering::SeqCst);
            if bad && dice.roll(1, 8) == 1 {
                sleep(Duration::from_millis(dice.roll(0, self.slowest))).await;
            }
            if bad && dice.roll(1, 100) <= self.cuts_of_hundred {
                self.cuts.fetch_add(1, Ordering::SeqCst);
                let half = usize::try_from(dice.roll(0, u64::try_from(size).unwrap_or(1))).unwrap_or(0);
                let _ = to.write_all(&piece[..half]).await;
                // without waiting for what is still on its way
                return;
            }
            if to.write_all(&piece[..size]).await.is_err() {
                return;
            }
        }
    }
}
