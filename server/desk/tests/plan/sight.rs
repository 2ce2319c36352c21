//! The walk of who sees a part: what is their department's, of which there are many, and theirs alone; and what they were called into.

use desk::{Agent, Desk};
use model::{
    Assignee, BatchId,
    agent::Reach,
    batch::{BatchForm, Change, Of},
    contact::profile::{Mark, Tab},
    search::{self, Order},
    view::{Sort, View},
};

use crate::{common::ticket, post, world::World};

/// All of it.
pub async fn all(desk: &Desk, marta: &Agent, world: &World, views: &[View]) {
    let (token, id) = &world.limited;
    marta.change_department(world.department.clone(), "Lena's", "", vec![id.clone()]).await.expect("changed");
    let customer = marta.open_thread(world.ticket.clone()).await.expect("opened").card.contact;
    for reach in [Reach::Departments, Reach::Own] {
        marta.set_reach(id.clone(), reach).await.expect("limited");
        let lena = desk.agent(token).await.expect("Lena");
        let head = lena.roster().await.expect("a roster").head;
        for n in 0..30 {
            let assignee = if n % 2 == 0 { Assignee::Agent(id.clone()) } else { Assignee::Nobody };
            let ticket = ticket(marta, &format!("Hello {n}"), assignee).await;
            if n % 5 == 0 {
                marta.note(ticket, post::words("@Lena, look")).await.expect("noted");
            }
        }
        lena.told_since(head).await.expect("told").expect("no gap");
        // a tag of who sees a part is read until enough of it are theirs, and so, on PostgreSQL, is what is due next
        for view in views.iter().filter(|view| view.tag.is_none() && view.sort != Sort::Due) {
            let inbox = lena.list_inbox(view.clone()).await.expect("a list");
            if let Some(more) = inbox.more {
                lena.list_more(view.clone(), more).await.expect("more");
            }
        }
        let saved =
            lena.save_view("Urgent ones of mine", View { urgent: true, missed: true, ..View::default() }, false).await.expect("kept");
        lena.list_inbox(View::default()).await.expect("counted");
        lena.delete_view(saved).await.expect("gone");
        find(&lena).await;
        for tab in Tab::ALL {
            let profile = lena.open_contact(customer.id.clone(), *tab).await.expect("a contact");
            let end = Mark { at: profile.card.last_at, id: String::new() };
            lena.list_contact_more(customer.id.clone(), *tab, profile.more.unwrap_or(end)).await.expect("more");
        }
        let all = lena.list_organisations("").await.expect("a list").rows;
        let most = all.into_iter().max_by_key(|row| row.contacts).expect("one");
        let opened = lena.open_organisation(most.id.clone()).await.expect("opened");
        let end = Mark { at: model::Moment(0), id: String::new() };
        lena.list_organisation_lines(most.id, opened.more.unwrap_or(end)).await.expect("more");
        several(desk, &lena).await;
    }
}

async fn find(lena: &Agent) {
    for words in ["", "invoice", "none-such", "\"two weeks\""] {
        for operators in ["", "status:open", "assignee:me", "assignee:nobody", "from:ana", "is:chat"] {
            for order in [Order::Best, Order::Newest] {
                let asked = search::Asked { order, ..search::Asked::new(&format!("{operators} {words}")) };
                lena.search(asked).await.expect("an answer");
            }
        }
    }
    lena.list_tags().await.expect("tags");
    lena.list_visits().await.expect("visits");
}

async fn several(desk: &Desk, lena: &Agent) {
    let rows = lena.list_inbox(View::default()).await.expect("a list").rows;
    let these = Of::These(rows.iter().take(3).map(|row| row.line.id.clone()).collect());
    for of in [these, Of::View(View { urgent: true, missed: true, ..View::default() })] {
        lena.begin_batch(BatchForm { id: BatchId::new(), change: Change::Tag("few-of-mine".into()), of }).await.expect("begun");
        while desk.follow_batches().await.expect("a step") {}
    }
    let id = &rows.first().expect("one").line.id;
    lena.open_conversation(id.clone()).await.expect("opened");
    lena.reply(id.clone(), post::words("One moment.")).await.expect("said");
}
