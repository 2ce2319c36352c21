//! What agents do to contacts: make one, say what is known of one, note something.

use model::{
    ContactId, NoteId, PropertyId, Refusal, Why,
    address::text_of_field,
    agent::Role,
    contact::form::{ContactForm, Facts, NOTE_MOST, NOTES_MOST, kept},
    event::What,
};
use sqlx::Row as _;

use super::{card::json, index};
use crate::{
    Agent, OrNotFound as _, Result,
    db::Tx,
    line::word,
    log::{self, Happened},
    organisation, person, search,
};

/// What is to be known of a contact.
struct Stored {
    name: String,
    organisation: String,
    emails: Vec<String>,
    phones: Vec<String>,
}

impl Stored {
    fn of(facts: Facts) -> Self {
        let emails = facts.emails.iter().map(ToString::to_string).collect();
        Self { name: facts.name, organisation: facts.organisation, emails, phones: facts.phones }
    }
}

impl Agent {
    /// Makes a contact by hand.
    pub async fn create_contact(&self, facts: Facts) -> Result<ContactId> {
        let id = ContactId::from_bits(self.desk.clock().bits());
        self.write(move |tx, agent| {
            Box::pin(async move {
                let now = tx.now();
                sqlx::query("insert into contact (property, id, name, email, created_at, last_at) values ($1, $2, '', '', $3, $3)")
                    .bind(agent.property.as_str())
                    .bind(id.as_str())
                    .bind(now.0)
                    .execute(tx.conn())
                    .await?;
                let mut facts = Stored::of(facts);
                organisation::join(tx.conn(), &agent.property, facts.emails.iter().map(String::as_str), &mut facts.organisation).await?;
                agent.put_facts(tx, &id, &facts).await?;
                Ok(id)
            })
        })
        .await
    }

    /// Says what is known of a contact. What is not said any more is forgotten; a mail from an address that is gone is
    /// from somebody else. `seen` is the form as it was shown, if that is told: what came in since is no change of whoever typed.
    /// Refused while the person is being erased.
    pub async fn change_contact(&self, id: ContactId, facts: Facts, seen: Option<ContactForm>) -> Result<()> {
        self.write(move |tx, agent| {
            Box::pin(async move {
                lock(tx, &agent.property, &id).await?;
                person::must_stay(tx.conn(), &agent.property, &id).await?;
                let facts = agent.onto_stored(tx, &id, facts, seen).await?;
                agent.put_facts(tx, &id, &facts).await
            })
        })
        .await
    }

    /// What was typed, on top of what is stored now: a merge, a visitor or an import may have said more while the form was open.
    async fn onto_stored(&self, tx: &mut Tx, id: &ContactId, typed: Facts, seen: Option<ContactForm>) -> Result<Stored> {
        let Some(seen) = seen else { return Ok(Stored::of(typed)) };
        let row = sqlx::query(
            "select k.name, k.phones, (select o.name from organisation o where o.property = k.property and o.id = k.organisation and o.ends_at is null) \
             as organisation from contact k where k.property = $1 and k.id = $2",
        )
            .bind(self.property.as_str())
            .bind(id.as_str())
            .fetch_one(tx.conn())
            .await?;
        let changed = |typed: String, seen: &str, stored: String| if typed == seen { stored } else { typed };
        let known = self.addresses(tx, id).await?;
        let all = Stored::of(typed);
        Ok(Stored {
            name: changed(all.name, &seen.name, row.try_get("name")?),
            organisation: changed(
                all.organisation,
                &seen.organisation,
                row.try_get::<Option<String>, _>("organisation")?.unwrap_or_default(),
            ),
            emails: kept(all.emails, &seen.emails, known),
            phones: kept(all.phones, &seen.phones, json(&row, "phones")?),
        })
    }

    async fn addresses(&self, tx: &mut Tx, id: &ContactId) -> Result<Vec<String>> {
        let rows = sqlx::query("select email from contact_address where property = $1 and contact = $2")
            .bind(self.property.as_str())
            .bind(id.as_str())
            .fetch_all(tx.conn())
            .await?;
        let mut all = rows.iter().map(|row| Ok(row.try_get(0)?)).collect::<Result<Vec<String>>>()?;
        all.sort();
        Ok(all)
    }

    async fn put_facts(&self, tx: &mut Tx, id: &ContactId, facts: &Stored) -> Result<()> {
        for email in &self.addresses(tx, id).await? {
            if !facts.emails.contains(email) {
                sqlx::query("delete from contact_address where property = $1 and email = $2")
                    .bind(self.property.as_str())
                    .bind(email)
                    .execute(tx.conn())
                    .await?;
            }
        }
        for email in &facts.emails {
            self.put_address(tx, id, email).await?;
        }
        sqlx::query("update contact set name = $3, phones = $4, email = $5 where property = $1 and id = $2")
            .bind(self.property.as_str())
            .bind(id.as_str())
            .bind(&facts.name)
            .bind(serde_json::to_string(&facts.phones)?)
            .bind(facts.emails.first().map_or("", String::as_str))
            .execute(tx.conn())
            .await?;
        organisation::put(tx, &self.desk, &self.property, id, &facts.organisation).await?;
        index::index(tx, &self.property, id).await?;
        self.tell_contact(tx, id, What::ContactChanged).await
    }

    /// An address belongs to one contact.
    async fn put_address(&self, tx: &mut Tx, id: &ContactId, email: &str) -> Result<()> {
        sqlx::query("insert into contact_address (property, email, contact) values ($1, $2, $3) on conflict (property, email) do nothing")
            .bind(self.property.as_str())
            .bind(email)
            .bind(id.as_str())
            .execute(tx.conn())
            .await?;
        let row = sqlx::query("select contact from contact_address where property = $1 and email = $2")
            .bind(self.property.as_str())
            .bind(email)
            .fetch_one(tx.conn())
            .await?;
        if word::<ContactId>(&row, "contact")? == *id { Ok(()) } else { Err(Refusal::Taken { field: "emails".into() }.into()) }
    }

    pub(super) async fn tell_contact(&self, tx: &mut Tx, id: &ContactId, what: What) -> Result<()> {
        let happened = Happened { contacts: vec![id.clone()], ..Happened::new(&self.property, self.author(), what) };
        log::append(tx, happened).await?;
        Ok(())
    }

    /// Notes something of a contact, for agents alone.
    pub async fn note_contact(&self, id: ContactId, text: &str) -> Result<()> {
        let text = text_of_field("text", text, NOTE_MOST)?;
        let note = NoteId::from_bits(self.desk.clock().bits());
        self.write(move |tx, agent| {
            Box::pin(async move {
                lock(tx, &agent.property, &id).await?;
                let row = sqlx::query("select count(*) from contact_note where property = $1 and contact = $2")
                    .bind(agent.property.as_str())
                    .bind(id.as_str())
                    .fetch_one(tx.conn())
                    .await?;
                if row.try_get::<i64, _>(0)? >= i64::from(NOTES_MOST) {
                    return Err(Refusal::invalid("text", Why::TooMany(NOTES_MOST)).into());
                }
                let now = tx.now();
                sqlx::query("insert into contact_note (property, id, contact, author, body, at) values ($1, $2, $3, $4, $5, $6)")
                    .bind(agent.property.as_str())
                    .bind(note.as_str())
                    .bind(id.as_str())
                    .bind(serde_json::to_string(&agent.author())?)
                    .bind(&text)
                    .bind(now.0)
                    .execute(tx.conn())
                    .await?;
                search::write_note(tx, &agent.property, &note, &text).await?;
                agent.tell_contact(tx, &id, What::ContactNoted).await
            })
        })
        .await
    }

    /// Changes the words of a note: one's own, or as an admin.
    pub async fn change_contact_note(&self, note: NoteId, text: &str) -> Result<()> {
        let text = text_of_field("text", text, NOTE_MOST)?;
        self.write(move |tx, agent| {
            Box::pin(async move {
                let contact = agent.own_note(tx, &note).await?;
                let now = tx.now();
                sqlx::query("update contact_note set body = $3, edited_at = $4 where property = $1 and id = $2")
                    .bind(agent.property.as_str())
                    .bind(note.as_str())
                    .bind(&text)
                    .bind(now.0)
                    .execute(tx.conn())
                    .await?;
                search::write_note(tx, &agent.property, &note, &text).await?;
                agent.tell_contact(tx, &contact, What::ContactNoted).await
            })
        })
        .await
    }

    /// Takes a note away: one's own, or as an admin.
    pub async fn delete_contact_note(&self, note: NoteId) -> Result<()> {
        self.write(move |tx, agent| {
            Box::pin(async move {
                let contact = agent.own_note(tx, &note).await?;
                sqlx::query("delete from contact_note where property = $1 and id = $2")
                    .bind(agent.property.as_str())
                    .bind(note.as_str())
                    .execute(tx.conn())
                    .await?;
                agent.tell_contact(tx, &contact, What::ContactNoted).await
            })
        })
        .await
    }

    /// Whose page a note stands on that this agent may change.
    async fn own_note(&self, tx: &mut Tx, note: &NoteId) -> Result<ContactId> {
        let row = sqlx::query("select contact, author from contact_note where property = $1 and id = $2")
            .bind(self.property.as_str())
            .bind(note.as_str())
            .fetch_optional(tx.conn())
            .await?
            .ok_or(Refusal::NotFound)?;
        let own = crate::line::agent(&serde_json::from_str(row.try_get("author")?)?).is_some_and(|id| id == self.id);
        if own || self.role == Role::Admin { word(&row, "contact") } else { Err(Refusal::Forbidden.into()) }
    }
}

/// Takes a contact's turn; one who is not there is refused.
async fn lock(tx: &mut Tx, property: &PropertyId, id: &ContactId) -> Result<()> {
    sqlx::query("update contact set created_at = created_at where property = $1 and id = $2 and merged_into is null")
        .bind(property.as_str())
        .bind(id.as_str())
        .execute(tx.conn())
        .await?
        .or_not_found()
}
