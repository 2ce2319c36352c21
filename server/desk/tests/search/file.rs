//! Files: found by their names, and by what stands in them once somebody has read them.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use desk::search::{FileKind, ReadsFiles};
use futures::future::BoxFuture;
use model::{
    search::Whence,
    ticket::{TicketForm, Words},
};

use crate::{common::JOANA, contract, search, settle, sorted, told};

/// Reads what stands between the first two dollar signs; counts how often it is asked.
struct Reader(Arc<AtomicUsize>);

impl ReadsFiles for Reader {
    fn read(&self, kind: FileKind, bytes: Vec<u8>) -> BoxFuture<'_, Option<String>> {
        assert_ne!(kind, FileKind::Plain);
        self.0.fetch_add(1, Ordering::SeqCst);
        let text = String::from_utf8_lossy(&bytes).split('$').nth(1).map(str::to_owned);
        Box::pin(std::future::ready(text))
    }
}

contract!(files_are_found_by_name_and_by_what_stands_in_them, |ground| async {
    let shop = ground.shop().await;
    let marta = &shop.marta;
    let asked = Arc::new(AtomicUsize::new(0));
    let mut ids = vec![];
    for (name, kind, bytes) in [
        ("Rechnung_Möbel.txt", "text/plain", "Summe: zwölf Taler".as_bytes()),
        ("offer.pdf", "application/pdf", b"%PDF-1.7 $frumious offer\0$"),
        ("broken.pdf", "application/pdf", b"%PDF-1.7 nothing"),
        ("letter.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", b"PK\x03\x04 $bandersnatch$"),
        ("picture.png", "image/png", b"\x89PNG\r\n\x1a\n $never$"),
    ] {
        ids.push(marta.attach(name, kind, bytes.to_vec()).await.unwrap().id);
    }
    let form = TicketForm {
        email: JOANA.1.into(),
        subject: "Files".into(),
        text: "See them.".into(),
        assignee: "nobody".into(),
        ..TicketForm::default()
    };
    let id = marta.open_ticket(form.check().unwrap()).await.unwrap();
    marta.reply(id.clone(), Words { id: model::MessageId::new(), text: "Here.".into(), attachments: ids, status: None }).await.unwrap();
    settle(&ground).await;
    assert_eq!(sorted(marta, "rechnung mobel").await, ["Files"]);
    assert!(sorted(marta, "taler").await.is_empty(), "nobody has read it");
    assert!(!ground.read_file().await.unwrap(), "nobody reads");
    ground.reads_files(Reader(asked.clone()));
    while ground.read_file().await.unwrap() {}
    settle(&ground).await;
    while ground.read_file().await.unwrap() {}
    assert_eq!(asked.load(Ordering::SeqCst), 3, "each is read once");
    for text in ["zwolf taler", "frumious", "bandersn", "\"picture png\"", "has:attachment", "frumious has:attachment"] {
        assert_eq!(sorted(marta, text).await, ["Files"], "{text}");
    }
    assert!(sorted(marta, "never").await.is_empty());
    let hit = search(marta, "taler").await.hits.remove(0);
    assert_eq!((told(&hit.snippet).as_str(), &hit.whence), ("Summe: zwölf [Taler]", &Whence::File("Rechnung_Möbel.txt".into())));
    // with the conversation goes the text of its files
    marta.move_to(vec![id.clone()], model::conversation::Folder::Trash).await.unwrap();
    marta.delete(vec![id]).await.unwrap();
    assert_eq!(ground.number("select count(*) from search_file").await, 0);
});
