//! The agent who acts: somebody signed in, in one property, with a role. Its verbs stand in the file of their noun.

use futures::future::BoxFuture;
use model::{AgentId, PropertyId, Refusal, SessionId, agent::Role, message::Author};

use crate::{Desk, Result, db::Tx, sight::Sight};

/// A signed-in agent in the property their session looks at. Made by the session's door alone.
#[derive(Clone)]
pub struct Agent {
    pub(crate) desk: Desk,
    pub(crate) id: AgentId,
    pub(crate) name: String,
    pub(crate) email: String,
    pub(crate) property: PropertyId,
    pub(crate) role: Role,
    pub(crate) sight: Sight,
    pub(crate) session: SessionId,
    pub(crate) address: String,
}

impl Agent {
    /// Who.
    pub const fn id(&self) -> &AgentId {
        &self.id
    }

    /// Name as colleagues see it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Address they sign in with.
    pub fn email(&self) -> &str {
        &self.email
    }

    /// The property they act in.
    pub const fn property(&self) -> &PropertyId {
        &self.property
    }

    /// Their role there.
    pub const fn role(&self) -> Role {
        self.role
    }

    /// The session they came by.
    pub const fn session(&self) -> &SessionId {
        &self.session
    }

    /// The same agent, asking from a network address.
    #[must_use]
    pub fn at(self, address: String) -> Self {
        if address.is_empty() { self } else { Self { address, ..self } }
    }

    /// As the author of what they do.
    pub fn author(&self) -> Author {
        Author::Agent { id: self.id.clone(), name: self.name.clone() }
    }

    /// Runs one of their verbs in one transaction, to its end, even when nobody waits for it any more.
    pub(crate) async fn write<T, F>(&self, verb: F) -> Result<T>
    where
        T: Send + 'static,
        F: for<'t> FnOnce(&'t mut Tx, &'t Self) -> BoxFuture<'t, Result<T>> + Send + 'static,
    {
        let agent = self.clone();
        self.desk.db().write_to(&self.property, move |tx| Box::pin(async move { verb(tx, &agent).await })).await
    }

    /// Refuses who is no admin of this property.
    pub(crate) fn admin(&self) -> Result<()> {
        if self.role == Role::Admin { Ok(()) } else { Err(Refusal::Forbidden.into()) }
    }
}
