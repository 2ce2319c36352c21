//! Two contacts that are one person: the one goes into the other with its conversations, addresses, notes and visitors, in one
//! transaction that is told in every conversation. What went is known by its rows, so that it can be taken apart at any time.

use std::collections::BTreeSet;

use model::{
    ContactId, ConversationId, MergeId, OrganisationId, PropertyId, Refusal, Why,
    contact::{
        Contact,
        merge::{Choice, Compared, Sheet, Told},
    },
    conversation::Line,
    event::What,
};
use serde::{Deserialize, Serialize};
use sqlx::Row as _;

use super::{
    card::{self, json},
    index,
};
use crate::{
    Agent, Desk, Error, Fault, Result, conversation,
    db::{Conn, Tx},
    line::{self, word},
    log::{self, Happened},
    organisation, person,
};

/// Most conversations that go at once: every open screen is told each of them.
const CONVERSATIONS_MOST: usize = 500;

/// What was known of the one that stays.
#[derive(Serialize, Deserialize)]
struct Kept {
    before: Told,
    after: Told,
    created_at: i64,
    /// The organisations before and after: they may be called otherwise when it is undone.
    #[serde(default)]
    organisations: [Option<OrganisationId>; 2],
}

/// What goes along: how it is remembered, and how it goes from one contact to another.
const PARTS: [(&str, &str); 3] = [
    (
        "insert into contact_merge_part (property, merge, kind, id) select property, $3, 'address', email from contact_address where property = $1 and contact = $2",
        "update contact_address set contact = $3 where property = $1 and contact = $2 \
         and email in (select m.id from contact_merge_part m where m.property = $1 and m.merge = $4 and m.kind = 'address')",
    ),
    (
        "insert into contact_merge_part (property, merge, kind, id) select property, $3, 'note', id from contact_note where property = $1 and contact = $2",
        "update contact_note set contact = $3 where property = $1 and contact = $2 \
         and id in (select m.id from contact_merge_part m where m.property = $1 and m.merge = $4 and m.kind = 'note')",
    ),
    (
        "insert into contact_merge_part (property, merge, kind, id) select property, $3, 'visitor', id from visitor where property = $1 and contact = $2",
        "update visitor set contact = $3 where property = $1 and contact = $2 \
         and id in (select m.id from contact_merge_part m where m.property = $1 and m.merge = $4 and m.kind = 'visitor')",
    ),
];

impl Agent {
    /// Two contacts side by side. Refused, as all of merging is, to who sees a part of the conversations: they go along.
    pub async fn compare_contacts(&self, stays: ContactId, goes: ContactId) -> Result<Compared> {
        self.must_see_all()?;
        compared(self.desk.db().read().acquire().await?.as_mut(), &self.property, &stays, &goes).await
    }

    /// Puts one contact into another. Gives what undoes it.
    pub async fn merge_contacts(&self, stays: ContactId, goes: ContactId, choice: Choice) -> Result<MergeId> {
        self.must_see_all()?;
        let mut tries = 0;
        loop {
            let (id, stays, goes, choice) = (MergeId::from_bits(self.desk.clock().bits()), stays.clone(), goes.clone(), choice.clone());
            let merged = self.write(move |tx, agent| {
                Box::pin(async move {
                    agent.put_into_contact(tx, &id, (&stays, &goes), &choice).await?;
                    Ok(id)
                })
            });
            match merged.await {
                // a conversation with the one that goes began meanwhile
                Err(Error::Fault(Fault::Race)) if tries < 3 => tries += 1,
                outcome => return outcome,
            }
        }
    }

    async fn put_into_contact(&self, tx: &mut Tx, id: &MergeId, (stays, goes): (&ContactId, &ContactId), choice: &Choice) -> Result<()> {
        compared(tx.conn(), &self.property, stays, goes).await?;
        let lines = self.lines_of(tx, goes).await?;
        lock_both(tx, &self.property, stays, goes).await?;
        person::must_stay(tx.conn(), &self.property, stays).await?;
        person::must_stay(tx.conn(), &self.property, goes).await?;
        let now = sqlx::query("select count(*) from conversation where property = $1 and contact = $2")
            .bind(self.property.as_str())
            .bind(goes.as_str())
            .fetch_one(tx.conn())
            .await?;
        if usize::try_from(now.try_get::<i64, _>(0)?).ok() != Some(lines.len()) {
            return Err(Fault::Race.into());
        }
        // as they are now that they are locked
        let both = compared(tx.conn(), &self.property, stays, goes).await?;
        let after = both.merged(choice)?;
        let from = if after.organisation == both.stays.card.organisation { &both.stays } else { &both.goes };
        let kept = Kept {
            organisations: [both.stays.card.organisation_id.clone(), from.card.organisation_id.clone()],
            before: Told::of(&both.stays),
            after: after.clone(),
            created_at: both.stays.card.contact.created_at.0,
        };
        self.keep(tx, id, (stays, goes), &kept, &lines).await?;
        for (takes, moves) in PARTS {
            sqlx::query(takes).bind(self.property.as_str()).bind(goes.as_str()).bind(id.as_str()).execute(tx.conn()).await?;
            carry(tx, &self.property, moves, (goes, stays), id).await?;
        }
        sqlx::query(
            "update contact set last_at = case when last_at < $3 then $3 else last_at end, \
             created_at = case when created_at > $4 then $4 else created_at end where property = $1 and id = $2",
        )
        .bind(self.property.as_str())
        .bind(stays.as_str())
        .bind(both.goes.card.last_at.0)
        .bind(both.goes.card.contact.created_at.0)
        .execute(tx.conn())
        .await?;
        sqlx::query("update contact set merged_into = $3 where property = $1 and id = $2")
            .bind(self.property.as_str())
            .bind(goes.as_str())
            .bind(stays.as_str())
            .execute(tx.conn())
            .await?;
        put_told(tx, &self.desk, &self.property, stays, &after).await?;
        index::forget(tx, &self.property, goes).await?;
        index::index(tx, &self.property, stays).await?;
        self.tell_merge(tx, (stays, goes), lines, stays).await
    }

    /// Remembers a merge, and the conversations that go along.
    async fn keep(&self, tx: &mut Tx, id: &MergeId, (stays, goes): (&ContactId, &ContactId), kept: &Kept, lines: &[Line]) -> Result<()> {
        let now = tx.now();
        sqlx::query("insert into contact_merge (property, id, stays, goes, kept, author, at) values ($1, $2, $3, $4, $5, $6, $7)")
            .bind(self.property.as_str())
            .bind(id.as_str())
            .bind(stays.as_str())
            .bind(goes.as_str())
            .bind(serde_json::to_string(kept)?)
            .bind(serde_json::to_string(&self.author())?)
            .bind(now.0)
            .execute(tx.conn())
            .await?;
        for line in lines {
            sqlx::query("insert into contact_merge_part (property, merge, kind, id) values ($1, $2, 'conversation', $3)")
                .bind(self.property.as_str())
                .bind(id.as_str())
                .bind(line.id.as_str())
                .execute(tx.conn())
                .await?;
        }
        Ok(())
    }

    /// Takes two apart again: what went with the one and is still the other's goes back. Done already, it stays done; what went on
    /// since has to be undone first.
    pub async fn undo_contact_merge(&self, id: MergeId) -> Result<()> {
        self.must_see_all()?;
        self.write(move |tx, agent| Box::pin(async move { agent.take_apart(tx, &id).await })).await
    }

    async fn take_apart(&self, tx: &mut Tx, id: &MergeId) -> Result<()> {
        let row = sqlx::query("select stays, goes, kept, undone_at from contact_merge where property = $1 and id = $2")
            .bind(self.property.as_str())
            .bind(id.as_str())
            .fetch_optional(tx.conn())
            .await?
            .ok_or(Refusal::NotFound)?;
        let (stays, goes): (ContactId, ContactId) = (word(&row, "stays")?, word(&row, "goes")?);
        let mut kept: Kept = json(&row, "kept")?;
        for (id, told) in kept.organisations.iter().zip([&mut kept.before, &mut kept.after]) {
            organisation::named_now(tx.conn(), &self.property, id.as_ref(), &mut told.organisation).await?;
        }
        let lines = self.lines_back(tx, id, &stays).await?;
        lock_both(tx, &self.property, &stays, &goes).await?;
        person::must_stay(tx.conn(), &self.property, &stays).await?;
        let undone = sqlx::query("update contact_merge set undone_at = $3 where property = $1 and id = $2 and undone_at is null")
            .bind(self.property.as_str())
            .bind(id.as_str())
            .bind(tx.now().0)
            .execute(tx.conn())
            .await?;
        if undone.rows_affected() == 0 {
            return Ok(());
        }
        let apart = sqlx::query("update contact set merged_into = null where property = $1 and id = $2 and merged_into = $3")
            .bind(self.property.as_str())
            .bind(goes.as_str())
            .bind(stays.as_str())
            .execute(tx.conn())
            .await?;
        let sheet = sheet(tx.conn(), &self.property, &stays).await?;
        let (1, Some(sheet)) = (apart.rows_affected(), sheet) else { return Err(Refusal::Conflict.into()) };
        for (_, moves) in PARTS {
            carry(tx, &self.property, moves, (&stays, &goes), id).await?;
        }
        let left = Told::of(&sheet).without(&kept.before, &kept.after);
        put_told(tx, &self.desk, &self.property, &stays, &left).await?;
        sqlx::query("update contact set created_at = $3 where property = $1 and id = $2")
            .bind(self.property.as_str())
            .bind(stays.as_str())
            .bind(kept.created_at)
            .execute(tx.conn())
            .await?;
        for contact in [&stays, &goes] {
            choose_first(tx, &self.property, contact).await?;
            index::index(tx, &self.property, contact).await?;
        }
        self.tell_merge(tx, (&stays, &goes), lines, &goes).await
    }

    /// The conversations of a contact, each locked.
    async fn lines_of(&self, tx: &mut Tx, contact: &ContactId) -> Result<Vec<Line>> {
        let rows = sqlx::query("select id from conversation where property = $1 and contact = $2 order by created_at, id limit $3")
            .bind(self.property.as_str())
            .bind(contact.as_str())
            .bind(i64::try_from(CONVERSATIONS_MOST + 1).unwrap_or(i64::MAX))
            .fetch_all(tx.conn())
            .await?;
        if rows.len() > CONVERSATIONS_MOST {
            return Err(Refusal::invalid("other", Why::TooMany(u32::try_from(CONVERSATIONS_MOST).unwrap_or(u32::MAX))).into());
        }
        // locked in one order, so that two verbs cannot wait for each other
        let ids = rows.iter().map(|row| word(row, "id")).collect::<Result<BTreeSet<ConversationId>>>()?;
        let mut lines = vec![];
        for id in &ids {
            lines.push(line::take(tx, &self.property, id).await?);
        }
        // one may be with somebody else by now
        lines.retain(|line| line.contact.id == *contact);
        Ok(lines)
    }

    /// The conversations that went along and are still of the one that stayed, each locked.
    async fn lines_back(&self, tx: &mut Tx, merge: &MergeId, stays: &ContactId) -> Result<Vec<Line>> {
        let rows =
            sqlx::query("select id from contact_merge_part where property = $1 and merge = $2 and kind = 'conversation' order by id")
                .bind(self.property.as_str())
                .bind(merge.as_str())
                .fetch_all(tx.conn())
                .await?;
        let mut lines = vec![];
        for row in &rows {
            let id: ConversationId = word(row, "id")?;
            // it may be deleted since
            if line::load(tx.conn(), &self.property, &id).await?.is_some_and(|line| line.contact.id == *stays) {
                lines.push(line::take(tx, &self.property, &id).await?);
            }
        }
        lines.retain(|line| line.contact.id == *stays);
        Ok(lines)
    }

    /// Every conversation is with somebody else now; and both contacts are others.
    async fn tell_merge(&self, tx: &mut Tx, (stays, goes): (&ContactId, &ContactId), lines: Vec<Line>, with: &ContactId) -> Result<()> {
        let contact: Contact = super::load(tx.conn(), &self.property, with).await?.ok_or(Refusal::NotFound)?;
        for before in lines {
            let after = Line { contact: contact.clone(), ..before.clone() };
            conversation::record(tx, &self.property, &before, &after, self.author(), What::ContactsMerged, vec![]).await?;
        }
        let contacts = vec![stays.clone(), goes.clone()];
        let happened = Happened { contacts, ..Happened::new(&self.property, self.author(), What::ContactsMerged) };
        log::append(tx, happened).await?;
        Ok(())
    }
}

/// Both, side by side; nobody is compared with themselves.
async fn compared(conn: &mut Conn, property: &PropertyId, stays: &ContactId, goes: &ContactId) -> Result<Compared> {
    let stays_sheet = sheet(conn, property, stays).await?.ok_or(Refusal::NotFound)?;
    let goes_sheet = sheet(conn, property, goes).await?.ok_or(Refusal::NotFound)?;
    if stays == goes { Err(Refusal::Conflict.into()) } else { Ok(Compared { stays: stays_sheet, goes: goes_sheet }) }
}

/// One of them, as it is compared.
pub(super) async fn sheet(conn: &mut Conn, property: &PropertyId, id: &ContactId) -> Result<Option<Sheet>> {
    let Some(card) = card::card(conn, property, id).await? else { return Ok(None) };
    let emails = card::emails(conn, property, &card.contact).await?;
    let counts = card::counts(conn, property, &crate::sight::Sight::All, id).await?;
    let row = sqlx::query("select count(*) from contact_note where property = $1 and contact = $2")
        .bind(property.as_str())
        .bind(id.as_str())
        .fetch_one(conn)
        .await?;
    Ok(Some(Sheet { card, emails, counts, notes: row.try_get(0)? }))
}

/// Takes the turns of two contacts, in one order.
async fn lock_both(tx: &mut Tx, property: &PropertyId, one: &ContactId, other: &ContactId) -> Result<()> {
    let (first, second) = if one < other { (one, other) } else { (other, one) };
    for id in [first, second] {
        sqlx::query("update contact set created_at = created_at where property = $1 and id = $2")
            .bind(property.as_str())
            .bind(id.as_str())
            .execute(tx.conn())
            .await?;
    }
    Ok(())
}

/// Gives what a merge took along from one contact to another.
async fn carry(
    tx: &mut Tx,
    property: &PropertyId,
    moves: &'static str,
    (from, to): (&ContactId, &ContactId),
    merge: &MergeId,
) -> Result<()> {
    sqlx::query(moves).bind(property.as_str()).bind(from.as_str()).bind(to.as_str()).bind(merge.as_str()).execute(tx.conn()).await?;
    Ok(())
}

/// Says all of a contact that agents say.
pub(super) async fn put_told(tx: &mut Tx, desk: &Desk, property: &PropertyId, id: &ContactId, told: &Told) -> Result<()> {
    sqlx::query("update contact set name = $3, email = $4, phones = $5, tags = $6, attributes = $7 where property = $1 and id = $2")
        .bind(property.as_str())
        .bind(id.as_str())
        .bind(&told.name)
        .bind(&told.email)
        .bind(serde_json::to_string(&told.phones)?)
        .bind(serde_json::to_string(&told.tags)?)
        .bind(serde_json::to_string(&told.attributes)?)
        .execute(tx.conn())
        .await?;
    organisation::put(tx, desk, property, id, &told.organisation).await
}

/// The first address is one of those that there are.
async fn choose_first(tx: &mut Tx, property: &PropertyId, id: &ContactId) -> Result<()> {
    let Some(contact) = super::load(tx.conn(), property, id).await? else { return Ok(()) };
    let emails = card::emails(tx.conn(), property, &contact).await?;
    if emails.contains(&contact.email) || (emails.is_empty() && contact.email.is_empty()) {
        return Ok(());
    }
    sqlx::query("update contact set email = $3 where property = $1 and id = $2")
        .bind(property.as_str())
        .bind(id.as_str())
        .bind(emails.first().map_or("", String::as_str))
        .execute(tx.conn())
        .await?;
    Ok(())
}
