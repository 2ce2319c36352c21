//! Invitations: an admin asks somebody in by mail, and by the link of that mail they come. A link works once, for seven days.
//! Only the SHA-256 of a link's secret is stored; used, expired, withdrawn and never made answer alike.

use model::{
    AgentId, InvitationId, Language, Moment, PropertyId, Refusal,
    address::{EmailAddress, line_of_field},
    agent::{Invitation, NAME_MOST, Reach, Role, Welcome},
    audit::Act,
    event::What,
    letter::LetterKind,
    message::Author,
    moment::DAY,
    text::letter as texts,
};
use sqlx::Row as _;

use crate::{
    Agent, Browser, Desk, Result,
    audit::{self, Deed, Doer, fields},
    clock::{digest, secret},
    db::Tx,
    letter,
    line::word,
    log::{self, Happened},
    password::{self, Tries},
    second_step, session,
    session::Secrets,
    staff,
};

/// How long a link works.
const LASTS: i64 = 7 * DAY;

/// An invitation whose link still works.
struct Open {
    property: PropertyId,
    name: String,
    language: Language,
    email: String,
    by: String,
}

/// Who comes by a link: somebody with an account, or somebody who makes one.
enum Comer {
    Known { id: AgentId, name: String, stored: String, tries: Tries, proof: second_step::Proof },
    New(String, String),
}

impl Desk {
    /// What an invited person sees before accepting.
    pub async fn welcome(&self, link: &str) -> Result<Welcome> {
        let open = self.open_invitation(link).await?;
        let known = self.account(&open.email).await?.is_some();
        Ok(Welcome { property: open.name, by: open.by, email: open.email, known, language: open.language })
    }

    /// Accepts an invitation; gives the new session's secret. Who has an account proves it by its password (the name is not
    /// looked at then) and its second step, who has none makes one.
    pub async fn accept_invitation(&self, link: &str, name: &str, secrets: impl Into<Secrets<'_>>, browser: Browser) -> Result<String> {
        let secrets: Secrets<'_> = secrets.into();
        let password = secrets.password;
        let open = self.open_invitation(link).await?;
        let mut known = None;
        let comer = if let Some((id, name, stored)) = self.account(&open.email).await? {
            let tries = Tries::new(&open.email, &browser.address);
            tries.count(self.db()).await?;
            known = Some((id.clone(), tries.clone()));
            if self.passwords().verify(password, Some(stored.clone())).await? {
                Some(Comer::Known { id, name, stored, tries, proof: secrets.into() })
            } else {
                None
            }
        } else {
            let name = line_of_field("name", name, NAME_MOST)?;
            password::check(password)?;
            Some(Comer::New(name, self.passwords().hash(password).await?))
        };
        let (desk, token, address) = (self.clone(), digest(link.as_bytes()), browser.address.clone());
        let outcome = match comer {
            Some(comer) => {
                self.db().write_to(&open.property, move |tx| Box::pin(async move { desk.let_in(tx, &token, comer, &browser).await })).await
            }
            None => Err(Refusal::WrongPassword.into()),
        };
        if let Some((id, tries)) = known {
            self.note_outcome(&outcome, Some(id), &tries, address).await?;
        }
        outcome
    }

    async fn let_in(&self, tx: &mut Tx, token: &str, comer: Comer, browser: &Browser) -> Result<String> {
        let now = tx.now();
        let row = sqlx::query("update invitation set accepted_at = $2 where token = $1 and accepted_at is null and expires_at > $2 returning property, email, role, reach").bind(token).bind(now.0).fetch_optional(tx.conn()).await?;
        let row = row.ok_or(Refusal::LinkGone)?;
        let (property, email): (PropertyId, String) = (word(&row, "property")?, row.try_get("email")?);
        let place: (Role, Reach) = (word(&row, "role")?, word(&row, "reach")?);
        let (agent, name) = match comer {
            Comer::Known { id, name, stored, tries, proof } => {
                password::still(tx, &id, &stored).await?;
                second_step::take(tx, self, &id, &proof).await?;
                tries.clear(tx).await?;
                (id, name)
            }
            Comer::New(name, hash) => (staff::add(tx, self, &name, &email, &hash).await?, name),
        };
        staff::join(tx, &property, &agent, place).await?;
        let secret = session::begin(tx, self, &agent, &property, browser).await?;
        let author = Author::Agent { id: agent, name };
        log::append(tx, Happened::new(&property, author.clone(), What::PeopleChanged)).await?;
        let doer = Doer { author: &author, address: &browser.address };
        audit::write(tx, property.as_str(), &doer, Deed::new(Act::Joined, email).to(placed(place))).await?;
        Ok(secret)
    }

    async fn open_invitation(&self, link: &str) -> Result<Open> {
        let row = sqlx::query(
            "select i.email, i.property, p.name, p.language, a.name as invited_by from invitation i join property p on p.id = i.property join agent a on a.id = i.invited_by
             where i.token = $1 and i.accepted_at is null and i.expires_at > $2",
        )
        .bind(digest(link.as_bytes()))
        .bind(self.clock().now().0)
        .fetch_optional(self.db().read())
        .await?;
        let row = row.ok_or(Refusal::LinkGone)?;
        Ok(Open {
            property: word(&row, "property")?,
            name: row.try_get("name")?,
            language: staff::language(&row)?.unwrap_or_default(),
            email: row.try_get("email")?,
            by: row.try_get("invited_by")?,
        })
    }

    async fn account(&self, email: &str) -> Result<Option<(AgentId, String, String)>> {
        let row = sqlx::query("select id, name, password from agent where email = $1").bind(email).fetch_optional(self.db().read()).await?;
        row.map(|row| Ok((word(&row, "id")?, row.try_get("name")?, row.try_get("password")?))).transpose()
    }
}

impl Agent {
    /// Asks somebody into the property by mail, in a role, to see all of it or a part. A new invitation takes the place of an older one to
    /// the same address.
    pub async fn invite_agent(&self, email: &str, role: Role, reach: Reach) -> Result<()> {
        self.admin()?;
        let email = EmailAddress::of_field("email", email)?;
        self.as_admin(move |tx, agent| {
            Box::pin(async move {
                refuse_member(tx, &agent.property, email.as_str()).await?;
                let link = secret();
                agent.put_invitation(tx, email.as_str(), (role, reach), &link).await?;
                agent.write_to(tx, email.as_str(), &link).await?;
                Ok(((), Some(Deed::new(Act::Invited, email.as_str()).to(placed((role, reach))))))
            })
        })
        .await
    }

    /// Those invited who have not come yet, newest first; an expired one is listed, to be sent anew.
    pub async fn list_invitations(&self) -> Result<Vec<Invitation>> {
        self.admin()?;
        let rows = sqlx::query("select id, email, role, reach, expires_at from invitation where property = $1 and accepted_at is null order by created_at desc, id desc").bind(self.property.as_str()).fetch_all(self.desk.db().read()).await?;
        rows.iter()
            .map(|row| {
                Ok(Invitation {
                    id: word(row, "id")?,
                    email: row.try_get("email")?,
                    role: word(row, "role")?,
                    reach: word(row, "reach")?,
                    expires_at: Moment(row.try_get("expires_at")?),
                })
            })
            .collect()
    }

    /// Takes an invitation back: its link works no more.
    pub async fn withdraw_invitation(&self, id: InvitationId) -> Result<()> {
        self.as_admin(move |tx, agent| {
            Box::pin(async move {
                let row = sqlx::query("delete from invitation where property = $1 and id = $2 and accepted_at is null returning email")
                    .bind(agent.property.as_str())
                    .bind(id.as_str())
                    .fetch_optional(tx.conn())
                    .await?;
                let email: String = row.ok_or(Refusal::NotFound)?.try_get(0)?;
                Ok(((), Some(Deed::new(Act::InvitationWithdrawn, email))))
            })
        })
        .await
    }

    async fn put_invitation(&self, tx: &mut Tx, email: &str, (role, reach): (Role, Reach), link: &str) -> Result<()> {
        let now = tx.now();
        sqlx::query("delete from invitation where property = $1 and email = $2 and accepted_at is null")
            .bind(self.property.as_str())
            .bind(email)
            .execute(tx.conn())
            .await?;
        sqlx::query("insert into invitation (id, property, email, role, token, invited_by, created_at, expires_at, reach) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)")
            .bind(InvitationId::from_bits(self.desk.clock().bits()).as_str())
            .bind(self.property.as_str())
            .bind(email)
            .bind(role.word())
            .bind(digest(link.as_bytes()))
            .bind(self.id.as_str())
            .bind(now.0)
            .bind(now.plus(LASTS).0)
            .bind(reach.word())
            .execute(tx.conn())
            .await?;
        Ok(())
    }

    async fn write_to(&self, tx: &mut Tx, email: &str, link: &str) -> Result<()> {
        let row =
            sqlx::query("select name, language from property where id = $1").bind(self.property.as_str()).fetch_one(tx.conn()).await?;
        let (name, language): (String, Language) = (row.try_get("name")?, word(&row, "language")?);
        let subject = language.fill(texts::INVITATION_SUBJECT, &[("by", &self.name), ("property", &name)]);
        let who = language.fill(texts::INVITATION_WHO, &[("by", &literal(&self.name)), ("property", &literal(&name))]);
        let address = format!("<{}/invitation/{link}>", self.desk.settings().public_url);
        let text = [who.as_str(), language.say(texts::INVITATION_HOW), &address, language.say(texts::INVITATION_END)].join("\n\n");
        let notice = letter::Notice {
            kind: LetterKind::Invitation,
            to: email,
            subject: &subject,
            written: mail::compose::markdown(&text),
            about: None,
        };
        letter::notify(tx, &self.desk, &self.property, notice).await?;
        Ok(())
    }
}

/// The place of somebody in a property, for the audit log.
fn placed((role, reach): (Role, Reach)) -> String {
    fields([("role", role.to_string()), ("reach", reach.to_string())])
}

/// A text that Markdown shows as it is (`CommonMark` 0.31 section 2.4).
fn literal(text: &str) -> String {
    text.chars().flat_map(|c| c.is_ascii_punctuation().then_some('\\').into_iter().chain([c])).collect()
}

/// Who belongs to the property already, disabled or not, is not invited: their place is opened again instead.
async fn refuse_member(tx: &mut Tx, property: &PropertyId, email: &str) -> Result<()> {
    let known = sqlx::query("select 1 from membership m join agent a on a.id = m.agent where m.property = $1 and a.email = $2")
        .bind(property.as_str())
        .bind(email)
        .fetch_optional(tx.conn())
        .await?;
    if known.is_some() { Err(Refusal::Taken { field: "email".into() }.into()) } else { Ok(()) }
}
