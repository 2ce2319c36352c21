//! The views that the walk lists.

use model::{
    Assignee,
    conversation::{Folder, Kind, Priority, Status},
    days::Days,
    message::Channel,
    view::{Sort, View},
};

use crate::world::World;

/// Each filter, and some pairs, in each status that matters and under each order.
pub fn all(world: &World) -> Vec<View> {
    let all = View::default();
    let (agent, tag) = (Some(Assignee::Agent(world.agent.clone())), Some("refund".to_owned()));
    let filters = [
        all.clone(),
        View { kind: Some(Kind::Chat), ..all.clone() },
        View { kind: Some(Kind::Ticket), ..all.clone() },
        View { assignee: agent.clone(), ..all.clone() },
        View { assignee: Some(Assignee::Nobody), ..all.clone() },
        View { department: Some(world.department.clone()), ..all.clone() },
        View { priority: Some(Priority::Medium), ..all.clone() },
        View { urgent: true, ..all.clone() },
        View { missed: true, ..all.clone() },
        View { tag: tag.clone(), ..all.clone() },
        View { tag: Some("none-such".into()), ..all.clone() },
        View { kind: Some(Kind::Ticket), assignee: agent.clone(), ..all.clone() },
        View { kind: Some(Kind::Ticket), urgent: true, ..all.clone() },
        View { assignee: agent.clone(), priority: Some(Priority::Low), ..all.clone() },
        View { tag: tag.clone(), urgent: true, ..all.clone() },
        View { follower: Some(world.agent.clone()), ..all.clone() },
        View { follower: Some(world.agent.clone()), tag: tag.clone(), kind: Some(Kind::Ticket), ..all.clone() },
        View { channel: Some(Channel::Email), ..all.clone() },
        View { channel: Some(Channel::Web), ..all.clone() },
        View { channel: Some(Channel::Email), assignee: agent.clone(), ..all.clone() },
        View { channel: Some(Channel::Email), tag: tag.clone(), ..all.clone() },
    ];
    let last = Some(Days::Last(7));
    let some = "2026-10-01..2026-10-20".parse().ok();
    // of what waits and what is due, days say nothing of the order: those are looked at one by one
    let by_days = [
        View { days: last, ..all.clone() },
        View { days: some, ..all.clone() },
        View { days: some, channel: Some(Channel::Email), ..all.clone() },
        View { days: some, assignee: agent.clone(), ..all.clone() },
        View { days: some, assignee: agent.clone(), kind: Some(Kind::Ticket), ..all.clone() },
        View { days: last, assignee: agent.clone(), channel: Some(Channel::Email), ..all.clone() },
        View { days: some, tag, ..all.clone() },
    ];
    let mut views = vec![];
    for view in filters.into_iter().chain(by_days) {
        let of_time = |sort: &&Sort| view.days.is_none() || !matches!(sort, Sort::Waiting | Sort::Due);
        for sort in Sort::ALL.iter().filter(of_time) {
            for status in [Some(Status::Open), Some(Status::Snoozed), None] {
                views.push(View { status, sort: *sort, ..view.clone() });
            }
        }
    }
    for folder in [Folder::Spam, Folder::Trash] {
        views.extend(Sort::ALL.iter().map(|sort| View { sort: *sort, ..View::of_folder(folder) }));
    }
    views
}
