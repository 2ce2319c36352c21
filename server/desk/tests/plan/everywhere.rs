//! The walk over all properties: two parts of the list under each order, and the way into one.

use desk::Agent;
use model::view::{Sort, View};

/// All of it.
pub async fn all(marta: &Agent) {
    for sort in Sort::ALL {
        let view = View { sort: *sort, ..View::default() };
        let list = marta.list_everywhere(view.clone()).await.expect("a list");
        marta.list_more_everywhere(view, list.more.clone().expect("more")).await.expect("more");
        marta.go_to(&list.joined().rows[0].line.id).await.expect("gone to");
    }
}
