//! Who speaks in a mail (email.md C9, C10, C13): an agent by address and proof, somebody of the ticket, or a stranger.
//! `From` says who they claim to be; only a proof makes an agent of them.

use mail::{Mailbox, address};
use model::{
    AgentId, ConversationId, PropertyId,
    conversation::Line,
    message::Happening,
    shift::{Fact, FactKind},
    ticket::{PARTICIPANTS_MOST, Part, Participant},
};
use sqlx::Row as _;

use super::{file::Mail, ours};
use crate::{
    Desk, Result,
    db::{Conn, Tx},
    line::{self, word},
    organisation, sight,
};

/// Mails of a ticket whose recipients are looked through.
const MAILS_MOST: i64 = 500;

/// Who speaks.
#[derive(Clone, Debug)]
pub(super) enum Voice {
    /// An agent of the property, proven.
    Agent(AgentId, String),
    /// Somebody who claims to be this agent.
    Claimed(AgentId, String),
    /// Anybody else.
    Contact,
}

/// How somebody stands to a ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// They are a participant.
    Party,
    /// They become one by this mail, for this reason.
    Joins(FactKind),
    /// Nobody knows them here.
    Stranger,
}

/// The agent of this property who has an address.
pub(super) async fn agent_of(conn: &mut Conn, property: &PropertyId, email: &str) -> Result<Option<(AgentId, String)>> {
    let row = sqlx::query("select a.id, a.name from agent a join membership m on m.agent = a.id where a.email = $1 and m.property = $2 and m.disabled_at is null")
        .bind(email.to_lowercase())
        .bind(property.as_str())
        .fetch_optional(conn)
        .await?;
    row.map(|row| Ok((word(&row, "id")?, row.try_get("name")?))).transpose()
}

/// Who speaks, in a ticket or outside of one. An agent whose own ticket it is speaks as its requester; one who does not see it, as anybody.
pub(super) async fn voice(conn: &mut Conn, mail: &Mail, line: Option<&Line>, participants: &[Participant]) -> Result<Voice> {
    let from = mail.from();
    if participants.iter().any(|one| one.part == Part::Requester && one.email == from) {
        return Ok(Voice::Contact);
    }
    let Some((id, name)) = agent_of(conn, &mail.property, &from).await? else { return Ok(Voice::Contact) };
    if let Some(line) = line
        && !sight::sees(conn, &mail.property, &id, line).await?
    {
        return Ok(Voice::Contact);
    }
    Ok(if mail.read.proof.passed { Voice::Agent(id, name) } else { Voice::Claimed(id, name) })
}

/// As whom the sender speaks in a ticket that is there: as From, which a proof vouches for, or as whom a group of the property's own names.
/// Whatever else a mail says of its sender, anybody can write.
pub(super) async fn speaker(conn: &mut Conn, mail: &Mail) -> Result<Mailbox> {
    let (author, named) = (mail.understood().author(), mail.understood().sender());
    let vouched = !named.address.eq_ignore_ascii_case(&author.address)
        && mail.read.proof.passed
        && ours::of(conn, &mail.property).await?.contains(&mail.from());
    Ok(if vouched { named } else { author })
}

/// The addresses a mail's sender goes by in a ticket that is there.
async fn addresses(conn: &mut Conn, mail: &Mail) -> Result<[String; 2]> {
    Ok([mail.from(), speaker(conn, mail).await?.address.to_lowercase()])
}

/// Whether the sender belongs to a ticket already: as participant, as its contact, or as an agent who sees it (who may still have to prove
/// that they are).
pub(super) async fn is_party(conn: &mut Conn, mail: &Mail, id: &ConversationId) -> Result<bool> {
    for email in addresses(conn, mail).await? {
        let row = sqlx::query("select 1 from participant where property = $1 and conversation = $2 and email = $3")
            .bind(mail.property.as_str())
            .bind(id.as_str())
            .bind(&email)
            .fetch_optional(&mut *conn)
            .await?;
        if row.is_some() || is_contact(conn, mail, id, &email).await? {
            return Ok(true);
        }
        if let Some((agent, _)) = agent_of(conn, &mail.property, &email).await?
            && let Some(line) = line::load(conn, &mail.property, id).await?
            && sight::sees(conn, &mail.property, &agent, &line).await?
        {
            return Ok(true);
        }
    }
    Ok(false)
}

async fn is_contact(conn: &mut Conn, mail: &Mail, id: &ConversationId, email: &str) -> Result<bool> {
    let row = sqlx::query("select 1 from contact_address a join conversation c on c.property = a.property and c.contact = a.contact where a.property = $1 and a.email = $2 and c.id = $3")
        .bind(mail.property.as_str())
        .bind(email)
        .bind(id.as_str())
        .fetch_optional(conn)
        .await?;
    Ok(row.is_some())
}

/// How the sender stands to a ticket. Whoever was in copy of a mail in it that somebody vouches for, or proves to be of the same organisation as somebody
/// in it, joins; the token alone is no authority.
pub(super) async fn standing(conn: &mut Conn, mail: &Mail, line: &Line, participants: &[Participant]) -> Result<Standing> {
    let known = addresses(conn, mail).await?;
    if participants.iter().any(|one| known.contains(&one.email)) {
        return Ok(Standing::Party);
    }
    for email in &known {
        if is_contact(conn, mail, &line.id, email).await? {
            return Ok(Standing::Party);
        }
    }
    let from = mail.from();
    if removed(conn, mail, &line.id).await?.contains(&from) {
        return Ok(Standing::Stranger);
    }
    // one who sees the ticket speaks as an agent: this one does not, and brings in neither themselves nor anybody
    if agent_of(conn, &mail.property, &from).await?.is_some() {
        return Ok(Standing::Stranger);
    }
    if mail.read.proof.passed && participants.iter().any(|one| shares_organisation(&one.email, &from)) {
        return Ok(Standing::Joins(FactKind::Colleague));
    }
    let rows = sqlx::query("select reached, facts from message where property = $1 and conversation = $2 and reached is not null and mark is null order by seq desc limit $3")
        .bind(mail.property.as_str())
        .bind(line.id.as_str())
        .bind(MAILS_MOST)
        .fetch_all(conn)
        .await?;
    for row in &rows {
        let reached: Vec<String> = serde_json::from_str(row.try_get("reached")?)?;
        // what anybody can write brings in nobody
        let facts: Vec<Fact> = row.try_get::<Option<&str>, _>("facts")?.map(serde_json::from_str).transpose()?.unwrap_or_default();
        if reached.contains(&from) && facts.iter().any(|fact| fact.kind == FactKind::Proven) {
            return Ok(Standing::Joins(FactKind::Copied));
        }
    }
    Ok(Standing::Stranger)
}

/// Whom agents removed from a ticket, and nobody let in again since.
async fn removed(conn: &mut Conn, mail: &Mail, id: &ConversationId) -> Result<Vec<String>> {
    let rows =
        sqlx::query("select happened from message where property = $1 and conversation = $2 and kind = 'happened' order by seq, place")
            .bind(mail.property.as_str())
            .bind(id.as_str())
            .fetch_all(conn)
            .await?;
    let mut gone: Vec<String> = vec![];
    for row in &rows {
        match row.try_get::<Option<&str>, _>(0)?.map(serde_json::from_str).transpose()? {
            Some(Happening::Left { email }) => gone.push(email),
            Some(Happening::Joined { email }) => gone.retain(|one| *one != email),
            _ => {}
        }
    }
    Ok(gone)
}

fn shares_organisation(one: &str, other: &str) -> bool {
    address::is_same_organisation(one, other) && !organisation::is_public(one.rsplit_once('@').map_or(one, |(_, domain)| domain))
}

/// Who else a mail brings into its ticket: those in To and Cc that are neither ours nor agents nor known nor removed by an agent, when the
/// sender is proven and speaks as From. A mail that names no address of ours came by a hidden copy: it reveals and brings nobody; nor does
/// one that opens a ticket for a `requester` whom its sender cannot speak for.
pub(super) async fn learnt(
    tx: &mut Tx,
    desk: &Desk,
    mail: &Mail,
    ticket: Option<(&ConversationId, &[Participant])>,
    requester: &str,
) -> Result<Vec<(String, String)>> {
    let participants = ticket.map_or(&[][..], |(_, participants)| participants);
    let facts = &mail.understood().facts;
    let all: Vec<&Mailbox> = facts.to.iter().chain(&facts.cc).collect();
    if !mail.read.proof.passed || all.is_empty() {
        return Ok(vec![]);
    }
    let named = ours::of(tx.conn(), &mail.property).await?;
    let is_ours = |mailbox: &Mailbox| desk.keys().read(&mailbox.address).is_some() || named.contains(&mailbox.address.to_lowercase());
    let [from, speaker] = addresses(tx.conn(), mail).await?;
    if from != speaker || !all.iter().any(|mailbox| is_ours(mailbox)) || !(requester.is_empty() || from == requester) {
        return Ok(vec![]);
    }
    let mut brought: Vec<(String, String)> = vec![];
    for mailbox in all.into_iter().filter(|mailbox| mailbox.is_valid() && !is_ours(mailbox)) {
        let email = mailbox.address.to_lowercase();
        let known = from == email
            || email == requester
            || participants.iter().any(|one| one.email == email)
            || brought.iter().any(|(one, _)| *one == email);
        if known
            || participants.len() + brought.len() >= PARTICIPANTS_MOST as usize
            || agent_of(tx.conn(), &mail.property, &email).await?.is_some()
        {
            continue;
        }
        brought.push((email, mailbox.name.clone().unwrap_or_default()));
    }
    if let Some((id, _)) = ticket.filter(|_| !brought.is_empty()) {
        let removed = removed(tx.conn(), mail, id).await?;
        brought.retain(|(email, _)| !removed.contains(email));
    }
    Ok(brought)
}
