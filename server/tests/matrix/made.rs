//! Things of a side that the matrix asks about, made of a form.

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
