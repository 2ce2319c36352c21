//! Organisations that contacts work or write for: made, changed and deleted by agents here. Who belongs to which is decided in `belong`,
//! what agents look at stands in `list` and `page`, and contacts are told of a new name or an end by `spread`, a few at a time.

mod belong;
mod list;
mod page;
mod public;
mod spread;

use model::{OrganisationId, PropertyId, Refusal, Why, audit::Act, event::What, organisation::Described};
use sqlx::Row as _;

pub(crate) use belong::{Belongs, join, let_go, named_now, of, of_address, put};
pub(crate) use public::is_public;

use crate::{
    Agent, OnConstraint as _, OrNotFound as _, Result,
    audit::{Deed, fields},
    db::Tx,
    log::{self, Happened},
};

fn refuse_public(described: &Described) -> Result<()> {
    let public = described.domains.iter().any(|domain| is_public(domain));
    if public { Err(Refusal::invalid("domains", Why::PublicDomain).into()) } else { Ok(()) }
}

impl Agent {
    /// Makes an organisation by hand.
    pub async fn create_organisation(&self, described: Described) -> Result<OrganisationId> {
        refuse_public(&described)?;
        let id = OrganisationId::from_bits(self.desk.clock().bits());
        self.write(move |tx, agent| {
            Box::pin(async move {
                let now = tx.now();
                sqlx::query(
                    "insert into organisation (property, id, name, name_as, notes, created_at, changed_at) values ($1, $2, $3, $4, $5, $6, $6)",
                )
                .bind(agent.property.as_str())
                .bind(id.as_str())
                .bind(&described.name)
                .bind(belong::key_of(&described.name))
                .bind(&described.notes)
                .bind(now.0)
                .execute(tx.conn())
                .await
                .on_constraint("organisation_name", "organisation.name_as", Refusal::Taken { field: "name".into() })?;
                put_domains(tx, &agent.property, &id, &described.domains).await?;
                agent.tell_organisations(tx).await?;
                Ok(id)
            })
        })
        .await
    }

    /// Says what an organisation is called and what is known of it. The name of another one is refused: what belongs there is not this
    /// one's. Its contacts follow, a few at once and the rest at the next ticks of the clock.
    pub async fn change_organisation(&self, id: OrganisationId, described: Described) -> Result<()> {
        refuse_public(&described)?;
        self.write(move |tx, agent| {
            Box::pin(async move {
                let row = sqlx::query("select name from organisation where property = $1 and id = $2 and ends_at is null")
                    .bind(agent.property.as_str())
                    .bind(id.as_str())
                    .fetch_optional(tx.conn())
                    .await?;
                let before: String = row.ok_or(Refusal::NotFound)?.try_get(0)?;
                let now = tx.now();
                sqlx::query("update organisation set name = $3, name_as = $4, notes = $5, changed_at = $6 where property = $1 and id = $2")
                    .bind(agent.property.as_str())
                    .bind(id.as_str())
                    .bind(&described.name)
                    .bind(belong::key_of(&described.name))
                    .bind(&described.notes)
                    .bind(now.0)
                    .execute(tx.conn())
                    .await
                    .on_constraint("organisation_name", "organisation.name_as", Refusal::Taken { field: "name".into() })?;
                put_domains(tx, &agent.property, &id, &described.domains).await?;
                agent.tell_organisations(tx).await?;
                if before != described.name {
                    spread::begin(tx, &agent.property, &id, agent.author()).await?;
                }
                Ok(())
            })
        })
        .await
    }

    /// Deletes an organisation. Its contacts stay, and belong to none; or, with its domains, to another one that is named.
    pub async fn delete_organisation(&self, id: OrganisationId, into: &str) -> Result<()> {
        let into = into.trim().to_owned();
        self.as_admin(move |tx, agent| {
            Box::pin(async move {
                let row = sqlx::query("select name, notes from organisation where property = $1 and id = $2 and ends_at is null")
                    .bind(agent.property.as_str())
                    .bind(id.as_str())
                    .fetch_optional(tx.conn())
                    .await?
                    .ok_or(Refusal::NotFound)?;
                let (name, notes): (String, String) = (row.try_get("name")?, row.try_get("notes")?);
                let domains = page::domains(tx.conn(), &agent.property, &id).await?;
                let other = belong::other(tx.conn(), &agent.property, &id, &into).await?;
                let now = tx.now();
                // another may have its name from now on
                sqlx::query("update organisation set ends_at = $3, goes_into = $4, name_as = ' ' || id where property = $1 and id = $2")
                    .bind(agent.property.as_str())
                    .bind(id.as_str())
                    .bind(now.0)
                    .bind(other.as_ref().map(|other| other.id.to_string()))
                    .execute(tx.conn())
                    .await?
                    .or_not_found()?;
                put_domains(tx, &agent.property, &id, &[]).await?;
                if let Some(other) = &other {
                    let all = [page::domains(tx.conn(), &agent.property, &other.id).await?, domains.clone()].concat();
                    put_domains(tx, &agent.property, &other.id, &all).await?;
                }
                agent.tell_organisations(tx).await?;
                spread::begin(tx, &agent.property, &id, agent.author()).await?;
                let was = fields([("domains", domains.join(", ")), ("notes", notes)]);
                Ok((
                    (),
                    Some(
                        Deed::new(Act::OrganisationDeleted, name)
                            .changing((was, fields([("into", other.map_or_else(String::new, |other| other.name))]))),
                    ),
                ))
            })
        })
        .await
    }

    async fn tell_organisations(&self, tx: &mut Tx) -> Result<()> {
        log::append(tx, Happened::new(&self.property, self.author(), What::OrganisationChanged)).await?;
        Ok(())
    }
}

/// A domain belongs to one organisation.
async fn put_domains(tx: &mut Tx, property: &PropertyId, id: &OrganisationId, domains: &[String]) -> Result<()> {
    for known in page::domains(tx.conn(), property, id).await?.iter().filter(|known| !domains.contains(known)) {
        sqlx::query("delete from organisation_domain where property = $1 and domain = $2")
            .bind(property.as_str())
            .bind(known)
            .execute(tx.conn())
            .await?;
    }
    for domain in domains {
        let row = sqlx::query(
            "insert into organisation_domain (property, domain, organisation) values ($1, $2, $3) \
             on conflict (property, domain) do update set organisation = organisation_domain.organisation returning organisation",
        )
        .bind(property.as_str())
        .bind(domain)
        .bind(id.as_str())
        .fetch_one(tx.conn())
        .await?;
        if row.try_get::<&str, _>(0)? != id.as_str() {
            return Err(Refusal::Taken { field: "domains".into() }.into());
        }
    }
    Ok(())
}
