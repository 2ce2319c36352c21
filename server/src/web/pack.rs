//! What is too much to stand in memory as a download: a ZIP, written while it is read. What is in it is the desk's.

use std::{
    io::{self, Write},
    mem,
    sync::{Arc, Mutex, PoisonError},
};

use axum::{body::Body, response::Response};
use desk::{PersonExport, Piece, PropertyExport};
use futures::{Stream, stream};
use zip::{
    CompressionMethod, ZipWriter,
    write::{SimpleFileOptions, StreamWriter},
};

use super::{export::not_kept, file::download};

/// What is handed out in pieces.
pub trait Pieces: Send + 'static {
    /// The next one; none at the end.
    fn next(&mut self) -> impl Future<Output = desk::Result<Option<Piece>>> + Send;
}

impl Pieces for PersonExport {
    async fn next(&mut self) -> desk::Result<Option<Piece>> {
        Ok(Self::next(self).await?.map(|(name, bytes)| Piece::File(name, bytes)))
    }
}

impl Pieces for PropertyExport {
    async fn next(&mut self) -> desk::Result<Option<Piece>> {
        Self::next(self).await
    }
}

/// A ZIP under a name, as a download.
pub fn zip(name: &str, pieces: impl Pieces) -> Response {
    let mut answer = download(&format!("{name}.zip"), "application/zip", false, vec![]);
    *answer.body_mut() = Body::from_stream(packed(pieces));
    not_kept(&mut answer);
    answer
}

/// What is written and not yet sent.
#[derive(Clone, Default)]
struct Tray(Arc<Mutex<Vec<u8>>>);

impl Tray {
    fn take(&self) -> Vec<u8> {
        mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Write for Tray {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

type Zip = ZipWriter<StreamWriter<Tray>>;

/// Each piece as it is packed, one after the other. What fails ends the download, so that half of it is not taken for all.
fn packed(pieces: impl Pieces) -> impl Stream<Item = io::Result<Vec<u8>>> {
    let tray = Tray::default();
    let zip = ZipWriter::new_stream(tray.clone());
    stream::try_unfold(Some((pieces, zip, tray)), |state| async move {
        let Some((mut pieces, zip, tray)) = state else { return Ok(None) };
        let piece = pieces.next().await.map_err(|error| {
            tracing::error!(%error, "an archive cannot be handed out");
            io::Error::other(error.to_string())
        })?;
        let last = piece.is_none();
        let zip = tokio::task::spawn_blocking(move || pack(zip, piece)).await.map_err(io::Error::other)??;
        let bytes = tray.take();
        Ok(Some((bytes, zip.filter(|_| !last).map(|zip| (pieces, zip, tray)))))
    })
}

/// Puts a piece in; without one, the end.
fn pack(mut zip: Zip, piece: Option<Piece>) -> io::Result<Option<Zip>> {
    match piece {
        None => {
            zip.finish()?;
            return Ok(None);
        }
        Some(Piece::File(name, bytes)) => {
            // packed as well as is quick; its size need not be known before, nor end at 4 GB where it goes on
            let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated).compression_level(Some(1));
            zip.start_file(name.as_str(), options.large_file(name.rsplit_once('.').is_some_and(|(_, ending)| ending == "jsonl")))?;
            zip.write_all(&bytes)?;
        }
        Some(Piece::More(bytes)) => zip.write_all(&bytes)?,
    }
    Ok(Some(zip))
}
