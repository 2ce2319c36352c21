//! The walk through targets: set, spread over open tickets, what is due soon listed under each order, told by time.

use desk::{Agent, Desk};
use model::{
    Assignee,
    conversation::{Priority, Status},
    moment::HOUR,
    target::Targets,
    view::{Sort, View},
};

use crate::common::{Ground, ticket};

/// All of it.
pub async fn all(ground: &Ground, desk: &Desk, marta: &Agent) {
    let targets = Targets { always: true, reply: [Some(240); 5], resolution: [Some(480); 5] };
    marta.set_targets(targets.clone()).await.expect("set");
    assert_eq!(marta.targets().await.expect("targets"), targets);
    desk.clock_tick().await.expect("spread");
    let id = ticket(marta, "Is due", Assignee::Nobody).await;
    marta.set_priority(vec![id.clone()], Priority::Highest).await.expect("changed");
    marta.set_status(vec![id.clone()], Status::Pending).await.expect("pending");
    marta.set_status(vec![id.clone()], Status::Open).await.expect("open");
    ground.clock.pass(7 * HOUR);
    desk.clock_tick().await.expect("told");
    for sort in Sort::ALL {
        let soon = View { soon: true, sort: *sort, ..View::default() };
        let urgent = View { urgent: true, ..soon.clone() };
        let tagged = View { tag: Some("refund".into()), ..soon.clone() };
        for view in [View { status: None, ..soon.clone() }, soon, urgent, tagged] {
            let inbox = marta.list_inbox(view.clone()).await.expect("a list");
            assert!(view.tag.is_some() || inbox.rows.iter().any(|row| row.line.id == id) || inbox.more.is_some(), "{view:?}");
            if let Some(more) = inbox.more {
                marta.list_more(view, more).await.expect("more");
            }
        }
    }
}
