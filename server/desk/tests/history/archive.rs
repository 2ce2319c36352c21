//! Archives that admins bring: who may, whose turn it is, and what is left when it ends, stops or is given up.

use model::{
    ImportId, Moment, PropertyId, Refusal, Why,
    agent::Role,
    audit::{Act, Asked},
    history::{Archive, ArchiveForm, Form, Stage},
    moment::{MINUTE, SECOND},
};

use crate::{
    common::{Ground, Shop, refused},
    contract,
};

fn form(property: &PropertyId) -> ArchiveForm {
    ArchiveForm { property: property.to_string(), ours: "Support@acme.test, hello@acme.test".into(), open_since: "2026-11-01".into() }
}

async fn bring(shop: &Shop) -> ImportId {
    let (id, file) = shop.marta.expect_archive().await.expect("room");
    tokio::fs::write(file, "From ").await.expect("written");
    let wishes = form(shop.marta.property()).check().expect("wishes");
    shop.marta.bring_archive(id.clone(), "Inbox.mbox", 5, Form::Mbox, wishes).await.expect("brought");
    id
}

async fn only(shop: &Shop) -> Archive {
    shop.marta.list_archives().await.expect("listed").all.remove(0)
}

/// Looks at all of it: three would come in, one is here.
async fn look(ground: &Ground) {
    let mut turn = ground.take_archive().await.expect("asked").expect("a turn");
    (turn.archive.total, turn.archive.looked, turn.archive.tally.would) = (4, 4, 3);
    turn.archive.tally.know(|| "Inbox.mbox, byte 7".into());
    turn.end(None).await.expect("ended");
}

contract!(an_archive_is_looked_at_and_then_taken_in, |ground| async {
    let shop = ground.shop().await;
    let (marta, rui) = (&shop.marta, &shop.rui);
    let (olga, _) = ground.other_shop(&shop).await;
    assert_eq!(refused(rui.expect_archive().await.map(|_| ())), Refusal::Forbidden);
    let id = bring(&shop).await;
    let waiting = only(&shop).await;
    assert_eq!(
        (waiting.stage, waiting.by.as_str(), waiting.open_since),
        (Stage::Checking, marta.name(), Some(Moment(1_793_491_200_000_000)))
    );
    assert_eq!(waiting.ours, ["support@acme.test", "hello@acme.test"]);
    assert_eq!(refused(marta.run_archive(id.clone()).await), Refusal::Conflict, "it was not looked at");
    for (agent, no) in [(rui, Refusal::Forbidden), (&olga, Refusal::NotFound)] {
        assert_eq!(refused(agent.run_archive(id.clone()).await), no);
        assert_eq!(refused(agent.stop_archive(id.clone()).await), no);
    }
    assert!(olga.list_archives().await.unwrap().all.is_empty());
    let wishes = form(olga.property()).check().unwrap();
    let elsewhere = marta.bring_archive(ImportId::new(), "x", 1, Form::Mbox, wishes).await;
    assert_eq!(refused(elsewhere), Refusal::Conflict, "a page of another property");

    look(&ground).await;
    let looked = only(&shop).await;
    assert_eq!((looked.stage, looked.tally.would, looked.tally.known, looked.tally.cases.len()), (Stage::Checked, 3, 1, 1));
    assert!(ground.archive(&id).exists() && ground.take_archive().await.unwrap().is_none(), "it waits for a word");
    marta.run_archive(id.clone()).await.unwrap();
    let told = marta.list_audit(Asked::default(), None).await.unwrap().entries;
    assert_eq!((told[0].act, told[0].subject.as_str(), told[0].agent.as_ref()), (Act::HistoryImported, "Inbox.mbox", Some(marta.id())));

    let mut turn = ground.take_archive().await.unwrap().unwrap();
    assert_eq!((turn.archive.stage, turn.archive.looked), (Stage::Running, 0));
    let history = turn.history().await.unwrap();
    assert_eq!(history.property_name(), "Acme Shop");
    (turn.archive.looked, turn.archive.tally.opened) = (4, 3);
    turn.end(None).await.unwrap();
    let done = only(&shop).await;
    assert_eq!((done.stage, done.tally.opened), (Stage::Done, 3));
    assert!(!ground.archive(&id).exists(), "the file went");
    assert_eq!(refused(marta.stop_archive(id).await), Refusal::Conflict);
});

contract!(an_archive_is_gone_through_by_one_at_a_time, |ground| async {
    let shop = ground.shop().await;
    let id = bring(&shop).await;
    let first = ground.take_archive().await.unwrap().unwrap();
    assert!(ground.take_archive().await.unwrap().is_none(), "somebody is at it");
    ground.clock.pass(50 * SECOND);
    assert!(first.tell().await.unwrap());
    ground.clock.pass(50 * SECOND);
    assert!(ground.take_archive().await.unwrap().is_none(), "still");
    // its process died
    ground.clock.pass(2 * MINUTE);
    let mut second = ground.take_archive().await.unwrap().unwrap();
    assert!(!first.tell().await.unwrap(), "the turn is another's");
    second.archive.looked = 2;
    assert!(second.leave().await.unwrap());
    let third = ground.take_archive().await.unwrap().unwrap();
    assert_eq!(third.archive.looked, 2, "given back, it goes on at once");
    shop.marta.stop_archive(id.clone()).await.unwrap();
    assert!(!third.tell().await.unwrap() && !ground.archive(&id).exists());
    assert_eq!(only(&shop).await.stage, Stage::Stopped);
    let told = shop.marta.list_audit(Asked::default(), None).await.unwrap().entries;
    assert_eq!(told[0].act, Act::HistoryStopped);
});

contract!(who_may_no_longer_do_it_does_nothing_more, |ground| async {
    let shop = ground.shop().await;
    bring(&shop).await;
    let second = ground.hire(&shop.marta, "Ada Luz", "ada@acme.test", Role::Admin).await.0;
    second.set_role(shop.marta.id().clone(), Role::Agent).await.unwrap();
    assert!(ground.take_archive().await.unwrap().is_none());
    assert_eq!(second.list_archives().await.unwrap().all[0].stage, Stage::Stopped);
    assert!(ground.wanted_archives().await.unwrap().is_empty());
});

contract!(what_cannot_be_read_says_why, |ground| async {
    let shop = ground.shop().await;
    let id = bring(&shop).await;
    let mut turn = ground.take_archive().await.unwrap().unwrap();
    turn.end(Some("this is no mbox".into())).await.unwrap();
    let failed = only(&shop).await;
    assert_eq!((failed.stage, failed.why.as_str()), (Stage::Failed, "this is no mbox"));
    assert!(!ground.archive(&id).exists());
    for _ in 0..5 {
        bring(&shop).await;
    }
    assert_eq!(refused(shop.marta.expect_archive().await.map(|_| ())), Refusal::invalid("file", Why::TooMany(5)));
    let wrong = |ours: &str, since: &str| {
        let form = ArchiveForm { ours: ours.into(), open_since: since.into(), ..form(shop.marta.property()) };
        form.check().unwrap_err()
    };
    assert_eq!(wrong("nobody", ""), Refusal::invalid("ours", Why::NotAnAddress));
    assert_eq!(wrong("", "2026-02-30"), Refusal::invalid("open_since", Why::NotADay));
});
