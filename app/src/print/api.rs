//! What the plain page asks of the server.

use leptos::prelude::*;
use model::{ConversationId, thread::Thread};

use crate::{ask::Values, error::Result};

/// A conversation with all its messages.
#[server(protocol = Values)]
pub async fn load_whole_thread(conversation: ConversationId) -> Result<Thread> {
    Ok(crate::caller::agent().await?.whole_thread(conversation).await?)
}
