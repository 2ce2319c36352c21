//! An archive on its way in, and everything on its way out.

use desk::{Agent, Desk};
use model::{
    ImportId,
    history::{ArchiveForm, Form},
};

/// Each step of an archive, and each piece of everything.
pub async fn all(desk: &Desk, marta: &Agent) {
    marta.expect_archive().await.expect("room");
    let (id, form) = (ImportId::new(), ArchiveForm { property: marta.property().to_string(), ..ArchiveForm::default() });
    marta.bring_archive(id.clone(), "Inbox.mbox", 1, Form::Mbox, form.check().expect("wishes")).await.expect("brought");
    let mut turn = desk.take_archive().await.expect("asked").expect("a turn");
    turn.history().await.expect("the property");
    assert!(turn.tell().await.expect("told"));
    turn.end(None).await.expect("looked at");
    marta.run_archive(id.clone()).await.expect("begun");
    marta.list_archives().await.expect("listed");
    desk.wanted_archives().await.expect("listed");
    marta.stop_archive(id).await.expect("stopped");
    let mut everything = marta.export_property().await.expect("an export");
    // every table; the contents of rows that were copied are nowhere
    while matches!(everything.next().await, Ok(Some(_))) {}
}
