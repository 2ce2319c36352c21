//! The audit log: what is done is told with who, what, before, after, from where; nothing that is refused, no secret, no words of a
//! conversation. A row changed by hand is found.

mod common;
#[path = "mail/post.rs"]
#[expect(dead_code, reason = "the stories of mail use all of it")]
mod post;

use common::{Ground, MARTA, PASSWORD, Shop, browser, refused, ticket, words};
use desk::{Agent, Browser, check_audit};
use model::{
    Assignee, BanId, BatchId, Refusal,
    agent::Role,
    audit::{Act, Area, Asked, Entry},
    batch::{BatchForm, Change, Of},
    canned_response::CannedForm,
    conversation::Folder,
    mailbox::MailboxForm,
    moment::{DAY, SECOND},
    report::{Asked as AskedReport, csv::Sheet},
};
use sqlx::AssertSqlSafe;

async fn entries(agent: &Agent) -> Vec<Entry> {
    agent.list_audit(Asked::default(), None).await.expect("the log").entries
}

async fn last(agent: &Agent) -> Entry {
    entries(agent).await.into_iter().next().expect("an entry")
}

async fn by_hand(ground: &Ground, text: &'static str) {
    let done =
        ground.db().write(move |tx| Box::pin(async move { Ok(sqlx::query(AssertSqlSafe(text)).execute(tx.conn()).await.map(drop)?) }));
    done.await.expect(text);
}

contract!(who_did_what_is_told, |ground| async {
    let Shop { marta, rui, billing, .. } = ground.shop().await;
    let marta = marta.at("203.0.113.9".into());
    marta.set_role(rui.id().clone(), Role::Admin).await.expect("changed");
    let entry = last(&marta).await;
    assert_eq!((entry.act, entry.agent.as_ref(), entry.name.as_str()), (Act::RoleChanged, Some(marta.id()), "Marta Lima"));
    assert_eq!((entry.subject.as_str(), entry.before.as_str(), entry.after.as_str()), ("Rui Alves", "agent", "admin"));
    assert_eq!((entry.address.as_str(), entry.at), ("203.0.113.9", ground.clock.now()));
    marta.change_property("Acme Store", model::Language::English, "Europe/Lisbon").await.expect("changed");
    let entry = last(&marta).await;
    assert_eq!((entry.before.as_str(), entry.after.as_str()), ("name: Acme Shop", "name: Acme Store"));
    marta.change_department(billing, "Money", "Invoices", vec![rui.id().clone()]).await.expect("changed");
    let entry = last(&marta).await;
    assert!(entry.before.contains("Marta Lima, Rui Alves") && entry.after.ends_with("agents: Rui Alves"), "{entry:?}");
    // by another name one is called by others' notes
    rui.change_profile("Marta Reis", None, model::agent::Density::Comfortable).await.expect("changed");
    let entry = last(&marta).await;
    assert_eq!((entry.act, entry.agent.as_ref(), entry.name.as_str()), (Act::Renamed, Some(rui.id()), "Marta Reis"));
    assert_eq!((entry.before.as_str(), entry.after.as_str()), ("Rui Alves", "Marta Reis"));
    rui.change_profile("Rui Alves", None, model::agent::Density::Comfortable).await.expect("changed back");
    // what changes nothing, and what is refused, is no entry
    let before = entries(&marta).await.len();
    marta.enable_agent(rui.id().clone()).await.expect("was so");
    assert!(matches!(refused(marta.create_department("Money", "", vec![]).await), Refusal::Taken { .. }));
    assert_eq!(entries(&marta).await.len(), before);
    // whoever comes in, or does not
    let elsewhere = Browser { address: "198.51.100.77".into(), ..browser() };
    refused(ground.sign_in(MARTA, "wrong wrong wrong", elsewhere.clone()).await);
    let entry = last(&marta).await;
    assert_eq!((entry.act, entry.agent.as_ref(), entry.address.as_str()), (Act::SignInRefused, Some(marta.id()), "198.51.100.77"));
    refused(ground.sign_in("nobody@acme.test", "wrong wrong wrong", elsewhere.clone()).await);
    assert_eq!(last(&marta).await, entry, "an unknown account is no one's here");
    assert_eq!(ground.number("select count(*) from audit where property = ''").await, 1);
    ground.sign_in(MARTA, PASSWORD, elsewhere).await.expect("signed in");
    assert_eq!(last(&marta).await.act, Act::SignedIn);
    // all of it began with the set-up, and who came by an invitation is told by their name
    let acts: Vec<Act> = entries(&marta).await.into_iter().rev().map(|entry| entry.act).collect();
    assert_eq!(acts[..4], [Act::SetUp, Act::Invited, Act::Joined, Act::DepartmentMade]);
});

contract!(what_is_deleted_or_taken_out_is_told, |ground| async {
    let Shop { marta, rui, .. } = ground.shop().await;
    let (one, two) = (ticket(&marta, "One", Assignee::Nobody).await, ticket(&marta, "Two", Assignee::Nobody).await);
    rui.export(one.clone()).await.expect("taken out");
    assert_eq!((last(&marta).await.act, last(&marta).await.subject), (Act::Exported, "#1".into()));
    rui.export_report(AskedReport::default(), Sheet::Days).await.expect("taken out");
    assert_eq!(last(&marta).await.act, Act::ReportExported);
    rui.move_to(vec![one.clone(), two.clone()], Folder::Trash).await.expect("moved");
    rui.delete(vec![one]).await.expect("deleted");
    let entry = last(&marta).await;
    assert_eq!((entry.act, entry.subject.as_str(), entry.agent.as_ref()), (Act::Deleted, "#1", Some(rui.id())));
    let batch = BatchForm { id: BatchId::new(), change: Change::Delete, of: Of::These(vec![two]) };
    rui.begin_batch(batch).await.expect("begun");
    while ground.follow_batches().await.expect("a step") {}
    let entry = last(&marta).await;
    assert_eq!((entry.act, entry.subject.as_str(), entry.agent.as_ref()), (Act::Deleted, "#2", Some(rui.id())));
    let list = marta.export_audit(Asked { area: Some(Area::Deletion), ..Asked::default() }).await.expect("a list");
    assert_eq!(list.lines().count(), 3, "{list}");
    assert_eq!(last(&marta).await.act, Act::AuditExported);
    assert_eq!(refused(rui.export_audit(Asked::default()).await), Refusal::Forbidden);
    assert_eq!(refused(rui.list_audit(Asked::default(), None).await), Refusal::Forbidden);
    // a table of contacts that was looked at is taken in, and taken out again
    let table = marta.bring_contacts("people.csv", b"Name,E-mail\nAna,ana@example.com\n".to_vec()).await.expect("brought");
    let columns = marta.open_contact_import(table.clone()).await.expect("an import").columns;
    marta.check_contact_import(table.clone(), columns).await.expect("asked");
    while ground.follow_contact_imports().await.expect("looked at") {}
    marta.run_contact_import(table).await.expect("begun");
    assert_eq!((last(&marta).await.act, last(&marta).await.subject), (Act::ContactsImported, "people.csv".into()));
    while ground.follow_contact_imports().await.expect("taken in") {}
    marta.export_contacts(model::contact::list::Asked::default()).await.expect("a table");
    assert_eq!(last(&marta).await.act, Act::ContactsExported);
    // one that could not be read is read again
    let to = post::forwarding(&ground_shop(&marta, &rui)).await;
    let id = post::carry(&ground, &[&to], post::Mail::new("ana@example.com", &to, "Hello", "Words").raw()).await;
    by_hand(&ground, "update letter_in set status = 'failed'").await;
    marta.retry_letter_in(id).await.expect("again");
    assert_eq!(last(&marta).await.act, Act::MailReread);
});

/// The rest of a shop, which nobody asks for.
fn ground_shop(marta: &Agent, rui: &Agent) -> Shop {
    Shop {
        marta: marta.clone(),
        marta_token: String::new(),
        rui: rui.clone(),
        rui_token: String::new(),
        billing: model::DepartmentId::new(),
    }
}

contract!(no_secret_and_no_words_are_in_it, |ground| async {
    let Shop { marta, .. } = ground.shop().await;
    let form = MailboxForm {
        host: "imap.example.com".into(),
        tls: "implicit".into(),
        user: "shop".into(),
        password: "canary-password".into(),
        ..MailboxForm::default()
    };
    marta.save_mailbox(form.check().expect("a mailbox")).await.expect("kept");
    let token = marta.make_ingest_token("Mailgun").await.expect("a token");
    let secret = marta.renew_identity_secret().await.expect("another");
    let shortcut = BanId::new().to_string();
    let canned = CannedForm { scope: "property".into(), shortcut, text: "canary-words".into(), ..CannedForm::default() };
    marta.save_canned_response(canned.check(marta.id()).expect("a shortcut")).await.expect("kept");
    marta.change_password(PASSWORD, "canary password of mine").await.expect("changed");
    let id = ticket(&marta, "canary-subject", Assignee::Nobody).await;
    marta.reply(id.clone(), words("canary-reply")).await.expect("said");
    marta.export(id).await.expect("taken out");
    let all = format!("{:?}", entries(&marta).await);
    for word in ["canary", token.as_str(), secret.as_str(), PASSWORD] {
        assert!(!all.contains(word), "{word} stands in the audit log");
    }
    assert!(all.contains("imap.example.com") && all.contains("Mailgun"));
});

contract!(a_row_changed_by_hand_is_found, |ground| async {
    let Shop { marta, rui, .. } = ground.shop().await;
    for _ in 0..3 {
        marta.set_role(rui.id().clone(), Role::Admin).await.expect("changed");
        marta.set_role(rui.id().clone(), Role::Agent).await.expect("changed back");
    }
    let whole = check_audit(ground.db()).await.expect("checked");
    assert_eq!(whole, Ok(i64::try_from(entries(&marta).await.len()).unwrap()));
    for (text, back) in [
        ("update audit set after = 'owner' where n = 5", "update audit set after = 'admin' where n = 5"),
        ("update audit set name = 'Eve' where n = 2", "update audit set name = 'Marta Lima' where n = 2"),
        ("update audit set area = 'ban' where n = 7", "update audit set area = 'people' where n = 7"),
        ("update audit set n = 99 where n = 8", "update audit set n = 8 where n = 99"),
    ] {
        by_hand(&ground, text).await;
        let found = check_audit(ground.db()).await.expect("checked");
        assert!(found.is_err(), "nobody finds: {text}");
        by_hand(&ground, back).await;
        assert_eq!(check_audit(ground.db()).await.expect("checked"), whole);
    }
    // the last one taken away
    by_hand(&ground, "delete from audit where n = (select max(n) from audit)").await;
    assert!(check_audit(ground.db()).await.expect("checked").is_err());
});

contract!(it_is_filtered_and_read_in_parts, |ground| async {
    let shop = ground.shop().await;
    let (marta, rui) = (shop.marta.clone(), shop.rui.clone());
    for n in 0..60 {
        ground.clock.pass(SECOND);
        marta.create_department(&format!("D{n}"), "", vec![]).await.expect("made");
    }
    ground.clock.pass(2 * DAY);
    marta.set_role(rui.id().clone(), Role::Admin).await.expect("changed");
    let rui = ground.agent(&ground.sign_in(common::RUI, PASSWORD, browser()).await.expect("signed in")).await.expect("Rui");
    rui.create_department("Rui's", "", vec![]).await.expect("made");
    let (mut seen, mut after) = (vec![], None);
    loop {
        let part = marta.list_audit(Asked::default(), after).await.expect("a part");
        assert!(part.entries.len() <= 50);
        seen.extend(part.entries.into_iter().map(|entry| entry.n));
        after = part.more;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(seen, (1..=i64::try_from(seen.len()).unwrap()).rev().collect::<Vec<_>>());
    let asked = async |asked: Asked| marta.list_audit(asked, None).await.expect("a part").entries;
    let of_rui = asked(Asked { agent: Some(rui.id().clone()), ..Asked::default() }).await;
    assert_eq!(of_rui.iter().map(|entry| entry.act).collect::<Vec<_>>(), [Act::DepartmentMade, Act::SignedIn, Act::Joined]);
    let both = Asked { agent: Some(rui.id().clone()), area: Some(Area::Department), ..Asked::default() };
    assert_eq!(asked(both).await.len(), 1);
    let people = asked(Asked { area: Some(Area::People), ..Asked::default() }).await;
    assert!(people.iter().all(|entry| entry.act.area() == Area::People) && people.len() > 3);
    let day = "2026-11-25".parse().ok();
    let of_day = asked(Asked { from: day, until: day, ..Asked::default() }).await;
    assert_eq!(of_day.iter().map(|entry| entry.act).collect::<Vec<_>>(), [Act::DepartmentMade, Act::SignedIn, Act::RoleChanged]);
    let (olga, _) = ground.other_shop(&shop).await;
    assert!(entries(&olga).await.iter().all(|entry| entry.name != "Rui Alves"), "another property's log is its own");
});
