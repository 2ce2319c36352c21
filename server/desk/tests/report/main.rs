//! Reports: what they say equals what a recount of all messages says, whatever happened to the conversations; days are those of the
//! property; and who sees what.

#[path = "../common/mod.rs"]
mod common;
#[path = "../mail/post.rs"]
#[expect(dead_code, reason = "the stories of mail use all of it")]
mod post;
mod recount;
mod walk;

use common::{Ground, PASSWORD, Shop, browser, chat_form, ticket, words};
use desk::Agent;
use model::{
    Assignee,
    conversation::{Folder, Status},
    moment::{DAY, HOUR, MINUTE},
    report::{Asked, By, Period, Report},
    ticket::TicketForm,
};

async fn count(ground: &Ground) {
    while ground.follow_report().await.expect("counted") {}
}

async fn report(agent: &Agent, period: &str, by: By) -> Report {
    let period: Period = period.parse().expect("a period");
    agent.report(Asked { period, by }).await.expect("a report")
}

/// All rows of the sums, as text.
async fn sums(ground: &Ground) -> Vec<String> {
    let rows: Vec<(String,)> = sqlx::query_as(
        "select property || ' ' || zone || ' ' || breakdown || ' ' || day || ' ' || part || ' ' || fresh || ' ' || solved || ' ' || answered || ' ' || missed || ' ' \
         || good || ' ' || neutral || ' ' || bad || ' ' || replies || ' ' || solutions || ' ' || hours from report_day",
    )
    .fetch_all(ground.db().read())
    .await
    .expect("sums");
    let mut all: Vec<String> = rows.into_iter().map(|row| row.0).collect();
    all.sort();
    all
}

/// Forgets all that was counted, as if the database were of earlier.
async fn forget(ground: &Ground) {
    for text in [
        "delete from report_fact",
        "delete from report_day",
        "insert into report_due (property, conversation) select property, id from conversation",
    ] {
        let done = ground.db().write(move |tx| Box::pin(async move { Ok(sqlx::query(text).execute(tx.conn()).await.map(drop)?) }));
        done.await.expect("forgotten");
    }
}

contract!(a_report_equals_a_recount_whatever_happened, |ground| async {
    let shop = ground.shop().await;
    let mut walk = walk::Walk::new(&ground, &shop);
    for part in 0..6 {
        for _ in 0..45 {
            walk.step().await;
        }
        count(&ground).await;
        recount::compare(&ground, &shop, &walk.departments, &format!("part {part}")).await;
    }
    let kept = sums(&ground).await;
    assert!(kept.len() > 100, "{} rows", kept.len());
    forget(&ground).await;
    count(&ground).await;
    assert_eq!(sums(&ground).await, kept, "counted from the rows alone");
    // what was counted in another zone is counted anew, and the old days are gone
    let marta = &shop.marta;
    marta.change_property("Acme Shop", model::Language::English, "Pacific/Auckland").await.expect("moved");
    count(&ground).await;
    assert_eq!(ground.number("select count(*) from report_day where zone <> 'Pacific/Auckland'").await, 0);
    recount::compare(&ground, &shop, &walk.departments, "another zone").await;
    marta.change_property("Acme Shop", model::Language::English, "Europe/Lisbon").await.expect("moved back");
    count(&ground).await;
    assert_eq!(sums(&ground).await, kept, "back in the first zone");
});

contract!(a_day_has_as_many_hours_as_it_has, |ground| async {
    // 2026-11-23T12:00Z; on 2027-03-28 clocks in Lisbon go from 01:00 to 02:00
    let shop = ground.shop().await;
    let night = 1_806_192_000_000_000 - 30 * MINUTE; // 2027-03-27T23:30Z, and there as well
    ground.clock.pass(night - ground.clock.now().0);
    let marta = ground.agent(&ground.sign_in(common::MARTA, PASSWORD, browser()).await.expect("signed in")).await.expect("Marta");
    for hours in [0, 1, 23] {
        ground.clock.pass(hours * HOUR);
        ticket(&marta, "Night", Assignee::Nobody).await;
    }
    count(&ground).await;
    // 23:30 of the 27th, 00:30 and (summer) 00:30 of the 29th
    let march = report(&marta, "2027-03-27..2027-03-29", By::Agent).await;
    assert_eq!(march.days.iter().map(|day| day.fresh).collect::<Vec<_>>(), [1, 1, 1]);
    assert_eq!((march.hours[5][23], march.hours[6][0], march.hours[0][0]), (1, 1, 1), "{:?}", march.hours);
    assert_eq!(march.before.len(), 3);
    drop(shop);
});

contract!(what_happened_is_told_by_day_and_compared, |ground| async {
    let Shop { marta, rui, billing, .. } = ground.shop().await;
    let old = ticket(&marta, "Of last week", Assignee::Department(billing.clone())).await;
    ground.clock.pass(7 * DAY);
    let chat = ground.visit(&marta).await.start_chat(chat_form("Hello")).await.expect("a chat");
    ground.clock.pass(90 * 1_000_000);
    rui.reply(chat.clone(), words("Good morning")).await.expect("answered");
    ground.clock.pass(10 * MINUTE);
    rui.end_chat(chat.clone()).await.expect("over");
    marta.set_status(vec![old.clone()], Status::Solved).await.expect("solved");
    ground.visit(&marta).await.start_chat(chat_form("Nobody?")).await.expect("a chat");
    ground.clock.pass(6 * MINUTE);
    ground.clock_tick().await.expect("missed");
    count(&ground).await;
    let week = report(&marta, "7", By::Agent).await;
    let (now, before) = (week.figures, week.earlier);
    assert_eq!((now.fresh, now.solved, now.answered, now.missed), (2, 2, 1, 1));
    assert_eq!((now.reply.n, now.reply.median), (1, model::report::counts::middle(model::report::counts::bucket(90))));
    assert_eq!((before.fresh, before.solved), (1, 0));
    assert_eq!((week.days.len(), week.days[6].fresh), (7, 2));
    // what is opened again was not solved; what is thrown away was never there
    rui.set_status(vec![old.clone()], Status::Open).await.expect("opened again");
    rui.move_to(vec![chat.clone()], Folder::Trash).await.expect("thrown away");
    count(&ground).await;
    let week = report(&marta, "7", By::Department).await;
    assert_eq!((week.figures.fresh, week.figures.solved, week.figures.answered), (1, 0, 0));
    rui.move_to(vec![chat.clone()], Folder::Inbox).await.expect("back");
    count(&ground).await;
    assert_eq!(report(&marta, "7", By::Department).await.figures.answered, 1);
    // its department stays when somebody takes it
    rui.assign(vec![old.clone()], Assignee::Agent(rui.id().clone())).await.expect("taken");
    count(&ground).await;
    let parts = report(&marta, "30", By::Department).await.parts;
    assert!(parts.iter().any(|part| part.part == billing.to_string() && part.figures.fresh == 1), "{parts:?}");
});

contract!(an_agent_sees_the_whole_and_their_own, |ground| async {
    let shop = ground.shop().await;
    let (marta, rui) = (&shop.marta, &shop.rui);
    for who in [marta, rui] {
        let id = ticket(who, "Mine", Assignee::Agent(who.id().clone())).await;
        who.set_status(vec![id], Status::Solved).await.expect("solved");
    }
    let (olga, _) = ground.other_shop(&shop).await;
    ticket(&olga, "Elsewhere", Assignee::Nobody).await;
    count(&ground).await;
    let (all, own) = (report(marta, "7", By::Agent).await, report(rui, "7", By::Agent).await);
    assert_eq!((all.figures.fresh, own.figures.fresh), (2, 2), "of this property, all of it");
    assert_eq!(all.parts.len(), 2);
    assert_eq!(own.parts.iter().map(|part| part.part.as_str()).collect::<Vec<_>>(), [rui.id().as_str()]);
    assert_eq!(report(rui, "7", By::Channel).await.parts.len(), 1);
    let there = report(&olga, "7", By::Agent).await;
    assert_eq!((there.figures.fresh, there.figures.solved), (1, 0));
    let today = marta.overview().await.expect("an overview").today;
    assert_eq!((today.fresh, today.solved), (2, 2));
});

contract!(a_seeded_world_is_counted, |ground| async {
    ground.seed(150, 90, PASSWORD).await.expect("a world");
    let token = ground.sign_in("marta@aurora.example", PASSWORD, browser()).await.expect("signed in");
    let marta = ground.agent(&token).await.expect("Marta");
    let report = report(&marta, "366", By::Department).await;
    let figures = report.figures;
    assert!(!report.counting);
    assert_eq!(figures.fresh, ground.number("select count(*) from conversation where folder = 'inbox'").await);
    assert_eq!(figures.rated(), ground.number("select count(*) from chat where rating is not null").await);
    assert!(figures.good > 5 && figures.missed > 2 && figures.answered > 20 && figures.solved > 40 && figures.reply.n > 100, "{figures:?}");
    assert!(report.parts.len() > 3, "{:?}", report.parts);
    assert_eq!(report.hours.iter().flatten().sum::<i64>(), figures.fresh);
});

contract!(a_missed_chat_is_solved_by_the_ticket_made_from_it, |ground| async {
    let Shop { marta, rui, .. } = ground.shop().await;
    let chat = ground.visit(&marta).await.start_chat(chat_form("Nobody?")).await.expect("a chat");
    ground.clock.pass(6 * MINUTE);
    ground.clock_tick().await.expect("missed");
    count(&ground).await;
    assert_eq!(report(&marta, "7", By::Agent).await.figures.solved, 0);
    ground.clock.pass(2 * DAY);
    let wanted = TicketForm {
        name: common::JOANA.0.into(),
        email: common::JOANA.1.into(),
        subject: "Your question".into(),
        text: "We answer here.".into(),
        chat: chat.to_string(),
        ..TicketForm::default()
    };
    rui.open_ticket(wanted.check().expect("a ticket")).await.expect("opened");
    count(&ground).await;
    let week = report(&marta, "7", By::Agent).await;
    assert_eq!((week.figures.solved, week.days[6].solved), (1, 1), "on the day on which it was settled");
    let kept = sums(&ground).await;
    forget(&ground).await;
    count(&ground).await;
    assert_eq!(sums(&ground).await, kept);
});

contract!(a_report_says_that_days_are_counted_anew, |ground| async {
    let Shop { marta, .. } = ground.shop().await;
    ticket(&marta, "One", Assignee::Nobody).await;
    count(&ground).await;
    assert!(!report(&marta, "7", By::Agent).await.counting);
    marta.change_property("Acme Shop", model::Language::English, "Pacific/Auckland").await.expect("moved");
    assert!(report(&marta, "7", By::Agent).await.counting, "its days begin at other moments");
    count(&ground).await;
    assert!(!report(&marta, "7", By::Agent).await.counting);
});
