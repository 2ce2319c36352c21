//! The text inside files that strangers sent. They are read by a process of its own (`recado text-of`), which has set itself limits
//! of time, memory and length first: whatever a file does to a parser, it does it there. This side waits, takes what came, and
//! goes on.

mod docx;
mod pdf;

use std::{
    io::{Read as _, Write},
    path::PathBuf,
    process::Stdio,
    time::Duration,
};

use clap::ValueEnum;
use desk::search::{FileKind, ReadsFiles};
use futures::future::BoxFuture;
use rustix::process::{Resource, Rlimit, setrlimit};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

/// Bytes of text that are taken of one file.
const TEXT_MOST: u64 = 100_000;
/// Pages of a document that are read.
const PAGES_MOST: usize = 100;
/// Processor time of one file, in seconds.
const PROCESSOR_MOST: u64 = 10;
/// Memory of the process that reads, in bytes.
const MEMORY_MOST: u64 = 768 << 20;
/// How long one file may take in all.
const PATIENCE: Duration = Duration::from_secs(30);

/// A kind of file, as the command line says it.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Kind {
    /// PDF.
    Pdf,
    /// A document of Word.
    Docx,
}

/// Starts a process for each file.
pub struct Extractor(PathBuf);

impl Extractor {
    /// With this very program.
    pub fn new() -> Result<Self, String> {
        std::env::current_exe().map(Self).map_err(|error| format!("the program does not know where it is: {error}"))
    }

    /// With a program that is `recado`.
    pub const fn of(program: PathBuf) -> Self {
        Self(program)
    }

    async fn run(&self, kind: Kind, bytes: Vec<u8>) -> std::io::Result<String> {
        #[expect(clippy::disallowed_methods, reason = "it starts itself: what strangers sent is read by a process that may die")]
        let mut command = tokio::process::Command::new(&self.0);
        let word = if kind == Kind::Pdf { "pdf" } else { "docx" };
        // nothing of ours is told: neither settings nor secrets
        command.arg("text-of").arg(word).env_clear();
        // else memory is reserved by the gigabyte, more than the limit
        command.env("MIMALLOC_ARENA_RESERVE", "0").env("MIMALLOC_DISALLOW_ARENA_ALLOC", "1");
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).kill_on_drop(true);
        let mut child = command.spawn()?;
        let (input, output) = (child.stdin.take(), child.stdout.take());
        let put = async {
            if let Some(mut input) = input {
                // who does not want all of it has read enough
                let _ = input.write_all(&bytes).await;
            }
        };
        let get = async {
            let mut text = vec![];
            if let Some(output) = output {
                output.take(TEXT_MOST).read_to_end(&mut text).await?;
            }
            Ok::<_, std::io::Error>(text)
        };
        let ((), text) = tokio::join!(put, get);
        let _ = child.start_kill();
        child.wait().await?;
        Ok(String::from_utf8_lossy(&text?).into_owned())
    }
}

impl ReadsFiles for Extractor {
    fn read(&self, kind: FileKind, bytes: Vec<u8>) -> BoxFuture<'_, Option<String>> {
        let kind = match kind {
            FileKind::Plain => return Box::pin(std::future::ready(Some(String::from_utf8_lossy(&bytes).into_owned()))),
            FileKind::Pdf => Kind::Pdf,
            FileKind::Docx => Kind::Docx,
        };
        Box::pin(async move {
            match tokio::time::timeout(PATIENCE, self.run(kind, bytes)).await {
                Ok(Ok(text)) => Some(text),
                Ok(Err(error)) => {
                    tracing::warn!(%error, "no process could be started that reads a file");
                    None
                }
                // dropped, the process is killed
                Err(_) => None,
            }
        })
    }
}

/// Reads a file from standard input and writes its text to standard output as it comes: what was read before something goes wrong
/// counts. Sets limits for the whole process first.
pub fn text_of(kind: Kind) -> Result<(), String> {
    let limit = |most| Rlimit { current: Some(most), maximum: Some(most) };
    for (what, most) in [(Resource::As, MEMORY_MOST), (Resource::Cpu, PROCESSOR_MOST), (Resource::Core, 0)] {
        setrlimit(what, limit(most)).map_err(|error| format!("no limits can be set: {error}"))?;
    }
    let mut bytes = vec![];
    std::io::stdin().read_to_end(&mut bytes).map_err(|error| format!("standard input: {error}"))?;
    let mut output = Bounded { to: std::io::stdout().lock(), room: TEXT_MOST };
    match kind {
        Kind::Pdf => pdf::write(&bytes, &mut output),
        Kind::Docx => docx::write(&bytes, &mut output),
    }
}

/// Takes so much and no more.
struct Bounded<W> {
    to: W,
    room: u64,
}

impl<W: Write> Write for Bounded<W> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        if self.room == 0 {
            return Err(std::io::ErrorKind::WriteZero.into());
        }
        let most = usize::try_from(self.room).unwrap_or(usize::MAX).min(bytes.len());
        let written = self.to.write(&bytes[..most])?;
        self.room -= written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.to.flush()
    }
}
