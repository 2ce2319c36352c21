//! Mail coming in: which addresses are ours, and the commit of the raw bytes before anybody says 250.
//! Reads nothing of the mail itself.

use mail::reply_address::Addressed;
use model::{ConversationId, LetterId, LetterInId, PropertyId};

use super::{Incoming, Postbox};
use crate::{Desk, Fault, Result, blob, db::Conn, line::word};

/// Addresses of the house itself (RFC 2142, RFC 5321 section 4.5.1).
const HOUSE: [&str; 2] = ["postmaster", "abuse"];

/// Whom an envelope address stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// A forwarding address of a property, today's or an earlier one.
    Property(PropertyId),
    /// A ticket's reply address.
    Ticket(PropertyId, ConversationId),
    /// The envelope sender of a letter of ours.
    Bounce(PropertyId, LetterId),
    /// Postmaster and abuse: read by the admins of the first property.
    House,
    /// Ours, and nobody is there any more.
    Nobody,
}

impl Target {
    /// The property that gets the mail, when one is named.
    pub(super) const fn property(&self) -> Option<&PropertyId> {
        match self {
            Self::Property(id) | Self::Ticket(id, _) | Self::Bounce(id, _) => Some(id),
            Self::House | Self::Nobody => None,
        }
    }
}

/// Reads an envelope address. None when it is not at our domain.
pub(super) async fn target(conn: &mut Conn, desk: &Desk, address: &str) -> Result<Option<Target>> {
    let bare = address.trim().trim_matches(['<', '>']);
    if bare.eq_ignore_ascii_case("postmaster") {
        return Ok(Some(Target::House));
    }
    let Some(addressed) = desk.keys().read(bare) else { return Ok(None) };
    Ok(Some(match addressed {
        Addressed::Ticket { id } => {
            let row = sqlx::query("select property, id from conversation where id = $1 limit 1").bind(id).fetch_optional(conn).await?;
            row.map_or(Ok(Target::Nobody), |row| Ok::<_, crate::Error>(Target::Ticket(word(&row, "property")?, word(&row, "id")?)))?
        }
        Addressed::Bounce { letter } => {
            let row = sqlx::query("select property, id from letter_out where id = $1").bind(letter).fetch_optional(conn).await?;
            row.map_or(Ok(Target::House), |row| Ok::<_, crate::Error>(Target::Bounce(word(&row, "property")?, word(&row, "id")?)))?
        }
        Addressed::Forged => Target::Nobody,
        Addressed::Other(local) if HOUSE.contains(&local.as_str()) => Target::House,
        Addressed::Other(local) => {
            let name = local.split('+').next().unwrap_or_default();
            let row = sqlx::query(
                "select id from property where forwarding = $1 union select property from forwarding_alias where forwarding = $1",
            )
            .bind(name)
            .fetch_optional(conn)
            .await?;
            row.map_or(Ok(Target::Nobody), |row| word(&row, "id").map(Target::Property))?
        }
    }))
}

/// One copy to be written: for whom, and by which recipients.
struct Copy {
    property: Option<PropertyId>,
    key: String,
    rcpt_to: Vec<String>,
}

impl Postbox {
    /// Whether mail for this address is taken. A ticket's address counts with its signature only.
    pub async fn accepts(&self, address: &str) -> Result<bool> {
        let mut conn = self.desk.db().read().acquire().await?;
        Ok(target(&mut conn, &self.desk, address).await?.is_some_and(|target| target != Target::Nobody))
    }

    /// Takes a mail: when this returns it is committed, one row for each ticket or property it is for. Gives the first row.
    pub async fn take(&self, mail: Incoming) -> Result<LetterInId> {
        self.take_once(mail, None).await
    }

    /// The same for a wire that may bring a mail again: what has the same origin is taken once, for each ticket or property.
    pub(super) async fn take_once(&self, mail: Incoming, origin: Option<String>) -> Result<LetterInId> {
        let copies = self.copies(&mail.rcpt_to).await?;
        if let (Some(origin), [only]) = (&origin, &copies[..]) {
            // mostly it is asked for the first time, or for the second by a reader that began anew
            let known = sqlx::query("select id from letter_in where origin = $1")
                .bind(format!("{origin}:{}", only.key))
                .fetch_optional(self.desk.db().read())
                .await?;
            if let Some(row) = known {
                return word(&row, "id");
            }
        }
        let raw = self.desk.prepare(mail.raw).await?;
        let ids: Vec<LetterInId> = copies.iter().map(|_| LetterInId::from_bits(self.desk.clock().bits())).collect();
        let (mail_from, helo, peer, tls) = (mail.mail_from, mail.helo, mail.peer, mail.tls);
        self.desk
            .db()
            .write(move |tx| {
                Box::pin(async move {
                    blob::keep(tx, &raw).await?;
                    let mut first = None;
                    for (id, copy) in ids.into_iter().zip(&copies) {
                        let now = tx.now();
                        let origin = origin.as_ref().map(|origin| format!("{origin}:{}", copy.key));
                        let written = sqlx::query(
                            "insert into letter_in (id, raw, size, mail_from, rcpt_to, helo, peer, tls_at, received_at, status, property, subject, header_from, attempts, leased_until, origin) \
                             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'new', $10, '', '', 0, 0, $11) on conflict (origin) do nothing",
                        )
                        .bind(id.as_str())
                        .bind(&raw.sha256)
                        .bind(raw.size)
                        .bind(&mail_from)
                        .bind(serde_json::to_string(&copy.rcpt_to)?)
                        .bind(&helo)
                        .bind(&peer)
                        .bind(tls.then_some(now.0))
                        .bind(now.0)
                        .bind(copy.property.as_ref().map(|id| id.as_str().to_owned()))
                        .bind(&origin)
                        .execute(tx.conn())
                        .await?;
                        let id = if written.rows_affected() == 1 {
                            id
                        } else {
                            let row = sqlx::query("select id from letter_in where origin = $1").bind(&origin).fetch_one(tx.conn()).await?;
                            word(&row, "id")?
                        };
                        first.get_or_insert(id);
                    }
                    Ok(first.ok_or_else(|| Fault::Row("a mail without recipients".into()))?)
                })
            })
            .await
    }

    /// One copy for each ticket, letter or property. A property that gets it at a ticket's address needs no second one.
    async fn copies(&self, rcpt_to: &[String]) -> Result<Vec<Copy>> {
        let mut conn = self.desk.db().read().acquire().await?;
        let mut named = vec![];
        for address in rcpt_to {
            named.push((address, target(&mut conn, &self.desk, address).await?.unwrap_or(Target::Nobody)));
        }
        // what is for nobody in particular is seen by the admins of the first property
        let mut first: Option<PropertyId> = None;
        if named.iter().any(|(_, target)| target.property().is_none()) {
            let row = sqlx::query("select id from property order by created_at, id limit 1").fetch_optional(&mut *conn).await?;
            first = row.map(|row| word(&row, "id")).transpose()?;
        }
        let with_ticket: Vec<PropertyId> = named
            .iter()
            .filter_map(|(_, target)| if let Target::Ticket(property, _) = target { Some(property.clone()) } else { None })
            .collect();
        let mut copies: Vec<Copy> = vec![];
        for (address, target) in named {
            if matches!(&target, Target::Property(id) if with_ticket.contains(id)) {
                continue;
            }
            let key = match &target {
                Target::Ticket(_, id) => id.to_string(),
                Target::Bounce(_, id) => id.to_string(),
                Target::Property(id) => id.to_string(),
                Target::House | Target::Nobody => "house".to_owned(),
            };
            match copies.iter_mut().find(|copy| copy.key == key) {
                Some(copy) => copy.rcpt_to.push(address.clone()),
                None => copies.push(Copy { property: target.property().or(first.as_ref()).cloned(), key, rcpt_to: vec![address.clone()] }),
            }
        }
        Ok(copies)
    }
}
