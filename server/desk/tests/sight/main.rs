//! Limits of an agent: who sees what is theirs alone, or their departments', finds nothing else by any way. A test for each way.

#[path = "../common/mod.rs"]
mod common;
#[path = "../mail/post.rs"]
#[expect(dead_code, reason = "the stories of mail use all of it")]
mod post;

mod called;
mod list;
mod mail;
mod reach;
mod told;
mod verb;
mod ways;

use common::{Ground, Shop, ticket};
use desk::Agent;
use model::{Assignee, ConversationId, agent::Reach};

/// A shop whose Rui is limited, with a ticket of his and one that is none of his.
pub(crate) struct Case {
    pub(crate) shop: Shop,
    /// Rui as he is limited.
    pub(crate) rui: Agent,
    pub(crate) own: ConversationId,
    pub(crate) foreign: ConversationId,
}

/// Rui sees so much from now on.
pub(crate) async fn limit(ground: &Ground, shop: &Shop, reach: Reach) -> Agent {
    shop.marta.set_reach(shop.rui.id().clone(), reach).await.expect("limited");
    ground.agent(&shop.rui_token).await.expect("Rui")
}

pub(crate) fn of(agent: &Agent) -> Assignee {
    Assignee::Agent(agent.id().clone())
}

pub(crate) async fn case(ground: &Ground, reach: Reach) -> Case {
    let shop = ground.shop().await;
    let rui = limit(ground, &shop, reach).await;
    let own = ticket(&shop.marta, "Own chair", of(&rui)).await;
    let foreign = ticket(&shop.marta, "Secret lamp", of(&shop.marta)).await;
    shop.marta.tag(vec![own.clone()], "plain".into()).await.expect("tagged");
    shop.marta.tag(vec![foreign.clone()], "hidden".into()).await.expect("tagged");
    Case { shop, rui, own, foreign }
}
