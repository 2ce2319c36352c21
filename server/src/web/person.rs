//! All that is kept of one person as a download: a ZIP, written while it is read. What is in it is the desk's.

use std::{
    io::{self, Write},
    mem,
    sync::{Arc, Mutex, PoisonError},
};

use axum::{
    body::Body,
    extract::{Path, State},
    http::HeaderMap,
};
use desk::PersonExport;
use futures::{Stream, stream};
use model::ContactId;
use zip::{
    CompressionMethod, ZipWriter,
    write::{SimpleFileOptions, StreamWriter},
};

use super::{
    answer::{Answer, agent, id},
    export::not_kept,
    file::download,
    router::House,
};

/// `GET /contacts/ID/person.zip`
pub async fn zip(State(house): State<House>, Path(text): Path<String>, headers: HeaderMap) -> Answer {
    let agent = agent(&house.desk, &headers).await?;
    let export = agent.export_person(id::<ContactId>(&text)?).await?;
    let mut answer = download(&format!("{}.zip", export.name()), "application/zip", false, vec![]);
    *answer.body_mut() = Body::from_stream(packed(export));
    not_kept(&mut answer);
    Ok(answer)
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

/// Each file as it is packed, one after the other. What fails ends the download, so that half of it is not taken for all.
fn packed(export: PersonExport) -> impl Stream<Item = io::Result<Vec<u8>>> {
    let tray = Tray::default();
    let zip = ZipWriter::new_stream(tray.clone());
    stream::try_unfold(Some((export, zip, tray)), |state| async move {
        let Some((mut export, zip, tray)) = state else { return Ok(None) };
        let file = export.next().await.map_err(|error| {
            tracing::error!(%error, "what is kept of a person cannot be handed out");
            io::Error::other(error.to_string())
        })?;
        let last = file.is_none();
        let zip = tokio::task::spawn_blocking(move || pack(zip, file)).await.map_err(io::Error::other)??;
        let bytes = tray.take();
        Ok(Some((bytes, zip.filter(|_| !last).map(|zip| (export, zip, tray)))))
    })
}

/// Puts a file in; without one, the end.
fn pack(mut zip: Zip, file: Option<(String, Vec<u8>)>) -> io::Result<Option<Zip>> {
    let Some((name, bytes)) = file else {
        zip.finish()?;
        return Ok(None);
    };
    // packed as well as is quick: its size need not be known before
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated).compression_level(Some(1));
    zip.start_file(name, options)?;
    zip.write_all(&bytes)?;
    Ok(Some(zip))
}
