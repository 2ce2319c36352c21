//! Contents that nobody names go; nothing that is named is ever missing, whoever brings the same contents meanwhile and wherever a
//! process dies.

mod common;

use common::{Base, Ground, Shop, picture, refused};
use desk::{Agent, Error, Fault};
use model::{
    AttachmentId, ConversationId, Refusal,
    chat::{ChatForm, SayForm},
    conversation::Folder,
    moment::{HOUR, MINUTE},
    ticket::TicketForm,
};

/// Contents that are kept in a file.
fn large(mark: u8) -> Vec<u8> {
    vec![mark; 100_000]
}

fn files(ground: &Ground) -> usize {
    let folders = std::fs::read_dir(ground.data.path().join("blobs")).expect("a folder").flatten();
    folders.map(|folder| std::fs::read_dir(folder.path()).expect("a folder").count()).sum()
}

async fn sweep(ground: &Ground) {
    // to the end, and from the beginning to the end once more
    for _ in 0..3 {
        while ground.sweep_blobs().await.expect("swept") {}
    }
}

/// A ticket with a file.
async fn ticket(agent: &Agent, file: &AttachmentId) -> ConversationId {
    let form = TicketForm {
        email: "ana@example.com".into(),
        subject: "With a file".into(),
        text: "Here".into(),
        attachments: vec![file.clone()],
        ..TicketForm::default()
    };
    agent.open_ticket(form.check().expect("a form")).await.expect("a ticket")
}

async fn delete(agent: &Agent, id: ConversationId) {
    agent.move_to(vec![id.clone()], Folder::Trash).await.expect("moved");
    agent.delete(vec![id]).await.expect("deleted");
}

async fn by_hand(ground: &Ground, text: &'static str) {
    ground.db().write(move |tx| Box::pin(async move { Ok(sqlx::query(text).execute(tx.conn()).await.map(drop)?) })).await.expect(text);
}

contract!(contents_that_nobody_names_go_after_an_hour, |ground| async {
    let Shop { marta, .. } = ground.shop().await;
    let (kept, gone) = (marta.attach("kept.bin", "", large(1)).await.unwrap(), marta.attach("gone.bin", "", large(2)).await.unwrap());
    let small = marta.attach("small.txt", "", b"small".to_vec()).await.unwrap();
    let (first, second) = (ticket(&marta, &gone.id).await, ticket(&marta, &small.id).await);
    delete(&marta, first).await;
    delete(&marta, second).await;
    sweep(&ground).await;
    assert_eq!((files(&ground), ground.number("select count(*) from blob").await), (2, 3), "they wait for an hour");
    ground.clock.pass(2 * HOUR);
    sweep(&ground).await;
    assert_eq!((files(&ground), ground.number("select count(*) from blob").await), (1, 1));
    assert_eq!(marta.open_attachment(kept.id).await.unwrap().1, large(1));
    assert_eq!(refused(marta.open_attachment(gone.id).await), Refusal::NotFound);
    // contents that are brought again are there again
    let again = marta.attach("again.bin", "", large(2)).await.unwrap();
    ground.clock.pass(2 * HOUR);
    sweep(&ground).await;
    assert_eq!(marta.open_attachment(again.id).await.unwrap().1, large(2));
});

contract!(what_a_visitor_uploads_and_never_sends_goes_after_two_days, |ground| async {
    let Shop { marta, .. } = ground.shop().await;
    let visitor = ground.visit(&marta).await;
    let (sent, unsent) =
        (visitor.attach("sent.bin", "", large(1)).await.unwrap(), visitor.attach("unsent.bin", "", large(2)).await.unwrap());
    let of_draft = marta.attach("draft.bin", "", large(3)).await.unwrap();
    let form =
        ChatForm { said: SayForm { text: "See".into(), attachments: vec![sent.id.clone()], ..SayForm::default() }, ..ChatForm::default() };
    visitor.start_chat(form).await.unwrap();
    ground.clock.pass(47 * HOUR);
    sweep(&ground).await;
    assert_eq!(files(&ground), 3, "its message may still come");
    ground.clock.pass(2 * HOUR);
    sweep(&ground).await;
    assert_eq!(files(&ground), 2);
    assert_eq!(refused(visitor.open_attachment(unsent.id).await), Refusal::NotFound);
    assert_eq!(visitor.open_attachment(sent.id).await.unwrap().1, large(1));
    assert_eq!(marta.open_attachment(of_draft.id).await.unwrap().1, large(3));
});

contract!(a_picture_is_kept_as_long_as_somebody_has_it, |ground| async {
    let Shop { marta, rui, .. } = ground.shop().await;
    let contents = || ground.number("select count(*) from blob where size > 0");
    marta.change_picture(picture(200)).await.unwrap();
    rui.change_picture(picture(200)).await.unwrap();
    assert_eq!(contents().await, 1);
    marta.remove_picture().await.unwrap();
    ground.clock.pass(2 * HOUR);
    sweep(&ground).await;
    let name = ground.text("select picture from agent where picture is not null").await;
    assert!(ground.open_picture(&name).await.is_ok());
    rui.remove_picture().await.unwrap();
    sweep(&ground).await;
    assert_eq!(contents().await, 0);
});

contract!(a_letter_keeps_the_files_it_carries, |ground| async {
    let Shop { marta, .. } = ground.shop().await;
    let file = marta.attach("file.bin", "", large(3)).await.unwrap();
    ticket(&marta, &file.id).await;
    ground.clock.pass(MINUTE);
    while ground.follow_mail().await.unwrap() {}
    // the message's own file is gone, by whatever way
    by_hand(&ground, "delete from attachment").await;
    ground.clock.pass(2 * HOUR);
    sweep(&ground).await;
    let letter = marta.list_letters_out(None, "with a file").await.unwrap().remove(0).state.id;
    assert_eq!(marta.open_letter_out(letter).await.unwrap().1, [large(3)]);
    by_hand(&ground, "delete from letter_out").await;
    sweep(&ground).await;
    assert_eq!(files(&ground), 0);
});

contract!(a_process_may_die_between_the_steps, |ground| async {
    let Shop { marta, .. } = ground.shop().await;
    for mark in 10..13 {
        let file = marta.attach("file.bin", "", large(mark)).await.unwrap();
        delete(&marta, ticket(&marta, &file.id).await).await;
    }
    ground.clock.pass(2 * HOUR);
    // after the word, before the file
    by_hand(&ground, "update blob set kept_at = 0 where size = 100000").await;
    let saved = marta.attach("saved.bin", "", large(10)).await.unwrap();
    // after the file, before its row
    for folder in std::fs::read_dir(ground.data.path().join("blobs")).unwrap().flatten() {
        for file in std::fs::read_dir(folder.path()).unwrap().flatten() {
            if std::fs::read(file.path()).unwrap()[0] == 11 {
                std::fs::remove_file(file.path()).unwrap();
            }
        }
    }
    let mended = marta.attach("mended.bin", "", large(11)).await.unwrap();
    // before a file was whole
    let half = ground.data.path().join("blobs").join("aa");
    std::fs::create_dir_all(&half).unwrap();
    std::fs::write(half.join("aaaa.half"), b"half").unwrap();
    sweep(&ground).await;
    assert_eq!(marta.open_attachment(saved.id).await.unwrap().1, large(10));
    assert_eq!(marta.open_attachment(mended.id).await.unwrap().1, large(11));
    assert_eq!(ground.number("select count(*) from blob where size = 100000").await, 2, "the third is gone");
    assert!(half.join("aaaa.half").exists(), "it may be being written");
    let old = std::fs::File::options().write(true).open(half.join("aaaa.half")).unwrap();
    old.set_modified(std::time::SystemTime::UNIX_EPOCH).unwrap();
    sweep(&ground).await;
    assert!(!half.join("aaaa.half").exists());
});

contract!(the_same_contents_come_and_go_while_they_are_swept, |ground| async {
    let Shop { marta, .. } = ground.shop().await;
    let other = ground.another_desk().await;
    let rounds = if ground.base == Base::Sqlite { 30 } else { 20 };
    let coming = |n: usize| {
        let (marta, ground) = (marta.clone(), ground.clone());
        async move {
            let mut kept = vec![];
            for round in 0..rounds {
                let bytes = large(u8::try_from(round % 3).unwrap());
                match marta.attach("same.bin", "", bytes.clone()).await {
                    Ok(file) => {
                        let at_once = marta.open_attachment(file.id.clone()).await.expect("what was just brought").1;
                        assert_eq!(at_once, bytes, "round {round} of {n}");
                        if round % 2 == 0 {
                            delete(&marta, ticket(&marta, &file.id).await).await;
                        } else {
                            kept.push((file.id, bytes));
                        }
                    }
                    // an hour went by between its two steps: it is to be brought again
                    Err(Error::Fault(Fault::Race)) => {}
                    Err(error) => panic!("{error}"),
                }
                if n == 0 {
                    // what is kept goes too, so that contents are nobody's from time to time
                    for (id, _) in kept.drain(..) {
                        delete(&marta, ticket(&marta, &id).await).await;
                    }
                    ground.clock.pass(40 * MINUTE);
                }
            }
            kept
        }
    };
    let sweeping = |desk: desk::Desk| async move {
        for _ in 0..200 {
            desk.sweep_blobs().await.expect("swept");
            tokio::task::yield_now().await;
        }
    };
    let (one, two, three, (), ()) = tokio::join!(coming(0), coming(1), coming(2), sweeping(ground.desk.clone()), sweeping(other.clone()));
    for (id, bytes) in one.into_iter().chain(two).chain(three) {
        assert_eq!(marta.open_attachment(id).await.expect("named").1, bytes);
    }
    other.close().await;
});
