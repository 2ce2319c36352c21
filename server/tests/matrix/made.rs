//! Things of a side that the matrix asks about, made of a form.

use crate::common::World;
use model::{
    ImportId, OrganisationId, SegmentId,
    contact::list::Asked,
    history::{ArchiveForm, Form},
    mailbox::MailboxForm,
    organisation::OrganisationForm,
};

/// A mailbox that is read.
pub async fn mailbox(admin: &desk::Agent) -> String {
    // where `try_mailbox` looks, too: the password that is kept is for there alone
    let [host, port, tls, user, password] = ["127.0.0.1", "1", "none", "shop", "secret"].map(String::from);
    let form = MailboxForm { host, port, tls, user, password, ..MailboxForm::default() };
    admin.save_mailbox(form.check().expect("a mailbox")).await.expect("kept").to_string()
}

/// An organisation of nobody.
pub async fn organisation(actor: &desk::Agent) -> String {
    let form = OrganisationForm { name: OrganisationId::new().to_string(), ..Default::default() };
    actor.create_organisation(form.check().expect("a form")).await.expect("made").to_string()
}

/// An archive that nobody has looked at yet.
pub async fn archive(admin: &desk::Agent) -> String {
    let id = ImportId::new();
    let form = ArchiveForm { property: admin.property().to_string(), ..ArchiveForm::default() };
    admin.bring_archive(id.clone(), "Inbox.mbox", 1, Form::Mbox, form.check().expect("wishes")).await.expect("brought");
    id.to_string()
}

/// A saved list of contacts.
pub async fn segment(actor: &desk::Agent) -> String {
    actor.save_segment(SegmentId::new().as_str(), Asked::default()).await.expect("a segment").to_string()
}

/// An address that mail came back from.
pub async fn dead_address(world: &World, admin: &desk::Agent) -> String {
    let email = format!("{}@gone.example", ImportId::new());
    let (property, gone) = (admin.property().to_string(), email.clone());
    let written = world.desk.db().write(move |tx| {
        Box::pin(async move {
            let query = sqlx::query("insert into dead_address (property, email, since_at) values ($1, $2, 1)").bind(property).bind(gone);
            Ok(query.execute(tx.conn()).await.map(drop)?)
        })
    });
    written.await.expect("written");
    email
}
