//! A walk through what the desk is asked often: every list under every order and filter, a ticket, what is done to it, the log,
//! mail in, mail out.

use desk::{Agent, Desk};
use mail::Own;
use model::{
    Assignee, BatchId, ConversationId, Moment,
    audit::{self, Area},
    batch::{BatchForm, Change, Of},
    contact::{
        form::ContactForm,
        list::Asked,
        merge::Choice,
        profile::{Mark, Tab},
    },
    conversation::{Folder, Kind, Priority, Status},
    days::Days,
    message::Happening,
    moment::{HOUR, MINUTE, SECOND},
    notify::PushForm,
    report::{self, By},
    search::{self, Order},
    view::{Sort, View},
};

use crate::{
    archive, chat,
    common::{Ground, ticket},
    everywhere, organisation,
    post::{self, Mail},
    rule, sight, target, views, visit,
    world::World,
};

/// All of it.
pub async fn everything(ground: &Ground, desk: &Desk, world: &World) {
    let marta = desk.agent(&world.token).await.expect("Marta");
    marta.roster().await.expect("a roster");
    for view in views::all(world) {
        list(&marta, view).await;
    }
    everywhere::all(&marta).await;
    read(&marta, world).await;
    mail_in(ground, desk, &marta, world).await;
    change(ground, desk, &marta, world).await;
    shift(&marta, world).await;
    several(ground, desk, &marta, world).await;
    contacts(desk, &marta, world).await;
    find(desk, &marta).await;
    report(desk, &marta).await;
    chat::all(ground, desk, &marta).await;
    visit::all(ground, desk, &marta).await;
    rule::all(ground, desk, &marta, world).await;
    target::all(ground, desk, &marta).await;
    push(desk, &marta).await;
    Box::pin(sight::all(desk, &marta, world, &views::all(world))).await;
    mail_out(ground, desk, &marta).await;
}

/// The lists of those who wait.
pub async fn waiting(desk: &Desk, world: &World) {
    let marta = desk.agent(&world.token).await.expect("Marta");
    list(&marta, View { sort: Sort::Waiting, ..View::default() }).await;
}

/// Two parts of a view.
async fn list(marta: &Agent, view: View) {
    let inbox = marta.list_inbox(view.clone()).await.expect("a list");
    if let Some(more) = inbox.more {
        marta.list_more(view, more).await.expect("more");
    }
}

/// A ticket opened, the log caught up with, the lists of admins.
async fn read(marta: &Agent, world: &World) {
    let opened = marta.open_conversation(world.ticket.clone()).await.expect("opened");
    marta.export(world.ticket.clone()).await.expect("handed out");
    marta.export_letter(world.ticket.clone()).await.expect("handed out");
    let newest = opened.thread.messages.last().expect("a message").seq;
    marta.list_earlier(world.ticket.clone(), newest).await.expect("earlier ones");
    marta.told_since(opened.thread.head - 100).await.expect("told").expect("no gap");
    let out = marta.list_letters_out(None, "").await.expect("letters");
    marta.list_letters_out(out.last().map(|letter| letter.created_at), "").await.expect("more letters");
    let into = marta.list_letters_in(None, "").await.expect("mails");
    marta.list_letters_in(into.last().map(|letter| letter.received_at), "").await.expect("more mails");
    assert!(out.len() > 40 && into.len() > 40);
}

/// Mails that are matched by an address, by a Message-ID, by a subject, and by nothing.
async fn mail_in(ground: &Ground, desk: &Desk, marta: &Agent, world: &World) {
    let thread = marta.open_thread(world.ticket.clone()).await.expect("opened");
    let forwarding = marta.roster().await.expect("a roster").property.forwarding_address;
    let subject = format!("Re: [#{}] Late", world.number);
    let mail = |to: &str, subject: &str| Mail::new(&world.customer, to, subject, "And now?");
    for (to, mail) in [
        (&thread.reply_address, mail(&thread.reply_address, "Re: Late")),
        (&forwarding, Mail { reply_to_id: format!("<{}>", world.mail_id), ..mail("support@acme.test", "Re: Late") }),
        (&forwarding, mail("support@acme.test", &subject)),
        (&forwarding, Mail::new("new@example.com", "support@acme.test", "Hello", "Is anybody there?")),
    ] {
        assert!(desk.postbox().accepts(to).await.expect("asked"));
        post::carry(desk, &[to], mail.raw()).await;
        ground.clock.pass(SECOND);
        while let Some(taken) = desk.postbox().next().await.expect("the next") {
            let understood = mail::understand(&taken.raw, &Own::of(desk.keys())).expect("readable");
            desk.postbox().file(&taken, understood, post::nobody()).await.expect("filed");
        }
    }
    let here = marta.open_thread(world.ticket.clone()).await.expect("opened").messages.len();
    assert!(here >= thread.messages.len() + 3, "three of the mails belong to the ticket");
}

/// What agents and time do to a ticket.
async fn change(ground: &Ground, desk: &Desk, marta: &Agent, world: &World) {
    let (id, ids) = (world.ticket.clone(), vec![world.ticket.clone()]);
    marta.mark_read(id.clone()).await.expect("read");
    marta.reply(id.clone(), post::words("One moment.")).await.expect("said");
    let words = post::words("Another one.");
    marta.reply(id.clone(), words.clone()).await.expect("said");
    marta.undo(words.id).await.expect("taken back");
    marta.note(id.clone(), post::words("He waits.")).await.expect("noted");
    marta.set_priority(ids.clone(), Priority::Highest).await.expect("changed");
    marta.assign(ids.clone(), Assignee::Nobody).await.expect("assigned");
    marta.tag(ids.clone(), "late".into()).await.expect("tagged");
    marta.untag(ids.clone(), "late".into()).await.expect("untagged");
    marta.follow(id.clone(), true).await.expect("followed");
    marta.follow(id.clone(), false).await.expect("followed no more");
    marta.add_participant(id.clone(), "friend@example.com".parse().expect("an address")).await.expect("joined");
    marta.snooze(id.clone(), Moment(ground.clock.now().0 + HOUR)).await.expect("asleep");
    ground.clock.pass(2 * HOUR);
    desk.clock_tick().await.expect("woken");
    let tagged = marta.list_inbox(View { tag: Some("refund".into()), ..View::default() }).await.expect("a list").rows;
    let gone = tagged.iter().map(|row| row.line.id.clone()).find(|other| *other != id).expect("another one");
    marta.move_to(vec![gone.clone()], Folder::Trash).await.expect("moved");
    marta.delete(vec![gone]).await.expect("deleted");
    marta.set_status(ids, Status::Solved).await.expect("solved");
}

/// Words are put into another ticket, split off, merged, and each time put back.
async fn shift(marta: &Agent, world: &World) {
    let other = ticket(marta, "Another", Assignee::Nobody).await;
    for text in ["One", "Two"] {
        marta.reply(other.clone(), post::words(text)).await.expect("said");
    }
    let said = marta.open_thread(other.clone()).await.expect("opened").messages.pop().expect("words").id;
    marta.explain_message(said.clone()).await.expect("explained");
    let there = marta.move_message(said.clone(), world.number).await.expect("moved");
    undo(marta, there).await;
    let new = marta.split_ticket(said, "A part").await.expect("split");
    undo(marta, new).await;
    let there = marta.merge_ticket(other, world.number).await.expect("merged");
    undo(marta, there).await;
}

/// Several at once, named and as a view has them, done, undone, forgotten; views with names.
async fn several(ground: &Ground, desk: &Desk, marta: &Agent, world: &World) {
    let few = View { tag: Some("few".into()), ..View::default() };
    let open = marta.list_inbox(View { kind: Some(Kind::Ticket), ..View::default() }).await.expect("a list").rows;
    let ids: Vec<ConversationId> = open.into_iter().map(|row| row.line.id).filter(|id| *id != world.ticket).take(10).collect();
    let view = marta.save_view("Few", few.clone(), true).await.expect("kept");
    marta.save_view("Few of today", View { days: Some(Days::Last(1)), ..few.clone() }, true).await.expect("kept");
    let begin = async |change: Change, of: Of| {
        let form = BatchForm { id: BatchId::new(), change, of };
        let id = form.id.clone();
        marta.begin_batch(form).await.expect("begun");
        while desk.follow_batches().await.expect("a step") {}
        id
    };
    begin(Change::Tag("few".into()), Of::These(ids.clone())).await;
    assert_eq!(marta.last_batch().await.expect("the last").batch.expect("one").changed, 10);
    let narrow = View { urgent: true, missed: true, ..few.clone() };
    for of in [few, narrow] {
        marta.save_view("Counted", of.clone(), false).await.expect("kept");
        let counted = marta.list_inbox(View::default()).await.expect("a list").saved.pop().expect("a view");
        marta.delete_view(counted.id).await.expect("gone");
        let done = begin(Change::Status(Status::Solved), Of::View(of)).await;
        marta.undo_batch(done).await.expect("undone");
        while desk.follow_batches().await.expect("a step") {}
    }
    marta.rename_view(view.clone(), "A few").await.expect("renamed");
    marta.move_view(view.clone(), true).await.expect("moved");
    marta.delete_view(view).await.expect("gone");
    begin(Change::Move(Folder::Trash), Of::These(ids[..3].to_vec())).await;
    begin(Change::Delete, Of::These(ids[..3].to_vec())).await;
    ground.clock.pass(25 * HOUR);
    desk.clock_tick().await.expect("forgotten");
}

/// Contacts are listed, found by few and by many, opened, changed, noted.
async fn contacts(desk: &Desk, marta: &Agent, world: &World) {
    for search in ["", "a", "example", "baker", "e 1", world.customer.as_str(), "none-such"] {
        for order in ["newest", "name"] {
            let list = marta.list_contacts(Asked::new(search, order)).await.expect("a list");
            if let Some(more) = list.more {
                marta.list_more_contacts(list.asked, more).await.expect("more");
            }
        }
    }
    let filters = ["organisation.is.Acme", "organisation.is.hotel miramar", "email.is.nobody@example.com", "tag.is.vip", "tag.is.nobody"];
    for filter in filters.into_iter().chain(["attribute.is.Plan=Studio", "attribute.is.Plan=None", "attribute.known.plan", "tag.unknown."])
    {
        for order in ["newest", "name"] {
            marta.list_contacts(Asked::from_pairs([("filter", filter), ("order", order)])).await.expect("a list");
        }
    }
    marta.export_contacts(Asked::from_pairs([("filter", "tag.is.vip")])).await.expect("a table");
    marta.list_contact_labels().await.expect("labels");
    let segment = marta.save_segment("Baker", Asked::new("baker", "name")).await.expect("kept");
    marta.list_segments().await.expect("segments");
    marta.delete_segment(segment).await.expect("gone");
    let customer = marta.open_thread(world.ticket.clone()).await.expect("opened").card.contact;
    for tab in Tab::ALL {
        let profile = marta.open_contact(customer.id.clone(), *tab).await.expect("a contact");
        let end = Mark { at: profile.card.last_at, id: String::new() };
        marta.list_contact_more(customer.id.clone(), *tab, profile.more.unwrap_or(end)).await.expect("more");
    }
    let form = ContactForm { name: "Ana".into(), emails: format!("{}\nana@example.org", customer.email), ..ContactForm::default() };
    marta.change_contact(customer.id.clone(), form.check().expect("a form"), Some(form)).await.expect("changed");
    let same = ContactForm { name: "Ana Reis".into(), phones: "912 000 118".into(), ..ContactForm::default() };
    let twin = marta.create_contact(same.check().expect("a form")).await.expect("made");
    let same = ContactForm { name: "Ana Reis".into(), emails: "ana+x@example.org".into(), ..ContactForm::default() };
    let third = marta.create_contact(same.check().expect("a form")).await.expect("made");
    assert!(!marta.list_twins().await.expect("twins").is_empty());
    marta.dismiss_twins(twin.clone(), third).await.expect("two people");
    marta.compare_contacts(twin.clone(), customer.id.clone()).await.expect("compared");
    let choice = Choice::new("goes", "", "", vec![]);
    let merge = marta.merge_contacts(twin.clone(), customer.id.clone(), choice).await.expect("merged");
    marta.open_contact(customer.id.clone(), Tab::Timeline).await.expect("the other");
    marta.undo_contact_merge(merge).await.expect("apart");
    let other = ContactForm { name: "Bea".into(), phones: "+351 912 000 118".into(), ..ContactForm::default() };
    marta.create_contact(other.check().expect("a form")).await.expect("made");
    marta.tag_contact(customer.id.clone(), "vip").await.expect("tagged");
    marta.untag_contact(customer.id.clone(), "vip").await.expect("untagged");
    marta.set_contact_attribute(customer.id.clone(), "Plan", "Plus").await.expect("said");
    marta.note_contact(customer.id.clone(), "Kind").await.expect("noted");
    let note = marta.open_contact(customer.id, Tab::Notes).await.expect("a contact").notes.remove(0).id;
    marta.change_contact_note(note.clone(), "Very kind").await.expect("changed");
    marta.delete_contact_note(note).await.expect("gone");
    let table = b"Name,E-mail,Phone,Plan\nAna,ana@example.org,,Plus\nCid Reis,cid@example.org,,\nDora Reis,,912 000 120,\n,,,\n".to_vec();
    let import = marta.bring_contacts("people.csv", table).await.expect("a table");
    let columns = marta.open_contact_import(import.clone()).await.expect("guessed").columns;
    marta.check_contact_import(import.clone(), columns).await.expect("begun");
    assert!(desk.follow_contact_imports().await.expect("looked at"));
    marta.run_contact_import(import.clone()).await.expect("begun");
    assert!(desk.follow_contact_imports().await.expect("taken in"));
    marta.export_refused_rows(import).await.expect("a table");
    marta.choose_contact_columns(marta.contact_columns().await.expect("columns").columns).await.expect("chosen");
    archive::all(desk, marta).await;
    organisation::all(desk, marta).await;
    person(desk, marta).await;
    desk.clock_tick().await.expect("nothing is old");
}

/// All of a person handed out, and erased; and contents that nobody names.
async fn person(desk: &Desk, marta: &Agent) {
    let conversation = ticket(marta, "Everything about me", Assignee::Nobody).await;
    let person = marta.open_thread(conversation).await.expect("opened").line.contact;
    let mut export = marta.export_person(person.id.clone()).await.expect("an export");
    while export.next().await.expect("a file").is_some() {}
    marta.open_erasure(person.id.clone()).await.expect("asked");
    marta.erase_contact(person.id, &person.email).await.expect("begun");
    while desk.follow_erasures().await.expect("a step") {}
    while desk.sweep_blobs().await.expect("swept") {}
}

/// Words that few have and that many have, with operators that few and many have, and operators alone. And what makes words found.
async fn find(desk: &Desk, marta: &Agent) {
    while desk.follow_search().await.expect("followed") {}
    let operators = [
        "",
        "status:open",
        "assignee:me",
        "dept:Billing",
        "tag:refund",
        "tag:none-such",
        "priority:high",
        "is:urgent",
        "is:chat status:solved",
        "is:missed",
        "has:attachment",
        "from:ana",
        "from:none-such",
        "before:2026-10-01",
        "after:2026-10-01 -status:solved",
        "in:spam",
        "in:all -tag:refund",
    ];
    for words in ["", "invoice", "lubricant", "none-such", "del", "hello order", "\"two weeks\"", "order -refund"] {
        for operators in operators {
            for order in [Order::Best, Order::Newest] {
                let asked = search::Asked { order, ..search::Asked::new(&format!("{operators} {words}")) };
                let found = marta.search(asked).await.expect("an answer");
                assert!(found.problems.is_empty(), "{operators} {words}: {:?}", found.problems);
            }
        }
    }
    marta.list_tags().await.expect("tags");
    desk.read_file().await.expect("nobody reads");
}

/// What happened is counted, and reports are read: of days and of months, told apart by all that tells apart.
async fn report(desk: &Desk, marta: &Agent) {
    while desk.follow_report().await.expect("counted") {}
    for by in By::ALL {
        for period in ["30", "2026-10"] {
            let asked = report::Asked { period: period.parse().expect("a period"), by: *by };
            assert!(marta.report(asked).await.expect("a report").figures.fresh > 0);
        }
    }
    let area = Some(Area::Deletion);
    for asked in [
        audit::Asked::default(),
        audit::Asked { agent: Some(marta.id().clone()), ..audit::Asked::default() },
        audit::Asked { area, from: "2026-01-01".parse().ok(), ..audit::Asked::default() },
        audit::Asked { agent: Some(marta.id().clone()), area, ..audit::Asked::default() },
    ] {
        let part = marta.list_audit(asked.clone(), None).await.expect("a part");
        if part.more.is_some() {
            marta.list_audit(asked, part.more).await.expect("the next");
        }
    }
}

/// Undoes what a ticket tells of last.
async fn undo(marta: &Agent, id: ConversationId) {
    let told = marta.open_thread(id).await.expect("opened").messages.into_iter().rev().find_map(|message| message.happened);
    let Some(Happening::Shifted { shift, .. }) = told else { panic!("{told:?}") };
    marta.undo_shift(shift).await.expect("undone");
}

/// A browser is told while no page is open.
async fn push(desk: &Desk, marta: &Agent) {
    let form = PushForm { endpoint: "https://push.example/x".into(), p256dh: "B".repeat(87), auth: "a".repeat(22) };
    let id = marta.subscribe_push(form.check().expect("a form")).await.expect("subscribed");
    while desk.follow_push().await.expect("followed") {}
    marta.test_push(id).await.expect("owed");
    let due = desk.take_pushes(10).await.expect("taken");
    desk.push_again(&due[0], "later", None).await.expect("put off");
    desk.push_sent(&due[0]).await.expect("sent");
    marta.notifying().await.expect("the list");
}

/// Letters are written, leased, sent, put off, given up and tried again.
async fn mail_out(ground: &Ground, desk: &Desk, marta: &Agent) {
    while desk.follow_mail().await.expect("followed") {}
    ground.clock.pass(11 * SECOND);
    for _ in 0..6 {
        let due = desk.postbox().lease(10).await.expect("leased");
        for (at, letter) in due.iter().enumerate() {
            let lease = &letter.lease;
            match at % 3 {
                0 => desk.postbox().failed(lease, "never").await.expect("failed"),
                1 => desk.postbox().put_off(lease, "later", None).await.expect("put off"),
                _ => desk.postbox().sent(lease, "250 2.0.0 Ok: queued as 1234").await.expect("sent"),
            }
            marta.read_letter(lease.id.clone()).await.expect("read");
            marta.retry_letter(lease.id.clone()).await.expect("again");
        }
        ground.clock.pass(MINUTE);
    }
}
