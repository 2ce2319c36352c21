//! Properties: the first one of an empty Recado, further ones, their settings and their ticket forwarding address.
//! Knows nothing of time zones but their names' keeper, [`zone`].

mod export;

use data_encoding::BASE32_NOPAD;
use model::{
    Language, PropertyId, Refusal, Why,
    address::{EmailAddress, line_of_field},
    agent::{NAME_MOST as PERSON_MOST, Reach, Role},
    audit::Act,
    event::What,
    message::Author,
    property::{NAME_MOST, Property, SetUp},
};
use rand::Rng as _;
use serde_json::json;
use sqlx::Row as _;

pub use export::{Piece, PropertyExport};

use crate::{
    Agent, Browser, Desk, OnConstraint as _, Result,
    audit::{self, Deed, Doer, changes, fields},
    db::{Conn, Tx},
    facts,
    log::{self, Happened},
    password, saved_view, session, staff, target, widget, zone,
};

/// What a set-up asks for, checked.
struct First {
    name: String,
    email: EmailAddress,
    property: String,
    language: Language,
    time_zone: String,
}

fn check(form: &SetUp) -> Result<First, Refusal> {
    let name = line_of_field("name", &form.name, PERSON_MOST)?;
    let email = EmailAddress::of_field("email", &form.email)?;
    password::check(&form.password)?;
    let property = line_of_field("property", &form.property, NAME_MOST)?;
    let language = form.language.parse().map_err(|()| Refusal::invalid("language", Why::Unknown))?;
    // the browser said it, not the person: what we do not know is not theirs to mend
    let time_zone = zone::known(&form.time_zone).unwrap_or_else(|| zone::UTC.to_owned());
    Ok(First { name, email, property, language, time_zone })
}

impl Desk {
    /// Whether nobody was here yet, so that the set-up page is shown.
    pub async fn vacant(&self) -> Result<bool> {
        facts::vacant(self.db()).await
    }

    /// Makes the first property and its admin, once; gives the session's secret.
    pub async fn set_up(&self, form: SetUp, browser: Browser) -> Result<String> {
        if !self.vacant().await? {
            return Err(Refusal::LinkGone.into());
        }
        let first = check(&form)?;
        let password = self.passwords().hash(&form.password).await?;
        let desk = self.clone();
        self.db()
            .write(move |tx| {
                Box::pin(async move {
                    once(tx).await?;
                    let agent = staff::add(tx, &desk, &first.name, first.email.as_str(), &password).await?;
                    let property = found(tx, &desk, &first.property, first.language, &first.time_zone).await?;
                    staff::join(tx, &property, &agent, (Role::Admin, Reach::All)).await?;
                    let token = session::begin(tx, &desk, &agent, &property, &browser).await?;
                    let author = Author::Agent { id: agent, name: first.name };
                    log::append(tx, Happened::new(&property, author.clone(), What::PeopleChanged)).await?;
                    let doer = Doer { author: &author, address: &browser.address };
                    audit::write(tx, property.as_str(), &doer, Deed::new(Act::SetUp, first.property)).await?;
                    Ok(token)
                })
            })
            .await
    }
}

/// Of two set-ups at once, one wins: the row is there once.
async fn once(tx: &mut Tx) -> Result<()> {
    let now = tx.now();
    let made = sqlx::query("insert into secret (name, value) values ('set_up', $1) on conflict (name) do nothing")
        .bind(now.0.to_string())
        .execute(tx.conn())
        .await?;
    let somebody = sqlx::query("select 1 from agent limit 1").fetch_optional(tx.conn()).await?;
    if made.rows_affected() == 0 || somebody.is_some() { Err(Refusal::LinkGone.into()) } else { Ok(()) }
}

/// The rows of a new property: settings, forwarding address, an empty log, ticket numbers from one.
pub(crate) async fn found(tx: &mut Tx, desk: &Desk, name: &str, language: Language, time_zone: &str) -> Result<PropertyId> {
    let (id, now) = (PropertyId::from_bits(desk.clock().bits()), tx.now());
    sqlx::query("insert into property (id, name, language, time_zone, forwarding, created_at) values ($1, $2, $3, $4, $5, $6)")
        .bind(id.as_str())
        .bind(name)
        .bind(language.tag())
        .bind(time_zone)
        .bind(forwarding(name))
        .bind(now.0)
        .execute(tx.conn())
        .await
        .on_constraint("property_forwarding_key", "property.forwarding", Refusal::Conflict)?;
    tx.hold(id.clone());
    widget::put(tx, &id).await?;
    for statement in ["insert into log_head (property, seq) values ($1, 0)", "insert into ticket_number (property, next) values ($1, 1)"] {
        sqlx::query(statement).bind(id.as_str()).execute(tx.conn()).await?;
    }
    Ok(id)
}

impl Agent {
    /// Makes a further property and becomes its admin; only who is an admin already.
    pub async fn create_property(&self, name: &str, language: Language, time_zone: &str) -> Result<PropertyId> {
        self.admin()?;
        let (name, time_zone) = settings(name, time_zone)?;
        self.as_admin(move |tx, agent| {
            Box::pin(async move {
                let property = found(tx, &agent.desk, &name, language, &time_zone).await?;
                staff::join(tx, &property, &agent.id, (Role::Admin, Reach::All)).await?;
                log::append(tx, Happened::new(&property, agent.author(), What::PeopleChanged)).await?;
                // told in both
                let doer = Doer { author: &agent.author(), address: &agent.address };
                audit::write(tx, property.as_str(), &doer, Deed::new(Act::PropertyMade, &name)).await?;
                Ok((property, Some(Deed::new(Act::PropertyMade, name))))
            })
        })
        .await
    }

    /// Changes the settings of the property they are in. The forwarding address stays.
    pub async fn change_property(&self, name: &str, language: Language, time_zone: &str) -> Result<()> {
        self.admin()?;
        let (name, time_zone) = settings(name, time_zone)?;
        self.as_admin(move |tx, agent| {
            Box::pin(async move {
                let before = load(&agent.desk, tx.conn(), &agent.property).await?;
                sqlx::query("update property set name = $2, language = $3, time_zone = $4 where id = $1")
                    .bind(agent.property.as_str())
                    .bind(&name)
                    .bind(language.tag())
                    .bind(&time_zone)
                    .execute(tx.conn())
                    .await?;
                if before.time_zone != time_zone {
                    target::again(tx, &agent.property).await?;
                    saved_view::again(tx, &agent.property).await?;
                }
                changed(tx, agent).await?;
                let said =
                    |name: &str, language: Language, zone: &str| json!({ "name": name, "language": language.tag(), "time_zone": zone });
                let told = changes(&said(&before.name, before.language, &before.time_zone), &said(&name, language, &time_zone))?;
                Ok(((), Some(Deed::new(Act::PropertyChanged, name).changing(told))))
            })
        })
        .await
    }

    /// Says whether who opens a ticket by mail is told that it came.
    pub async fn set_acknowledges(&self, on: bool) -> Result<()> {
        self.as_admin(move |tx, agent| {
            Box::pin(async move {
                let since = on.then_some(tx.now().0);
                sqlx::query("update property set acknowledges_at = $2 where id = $1")
                    .bind(agent.property.as_str())
                    .bind(since)
                    .execute(tx.conn())
                    .await?;
                changed(tx, agent).await?;
                Ok(((), Some(Deed::new(Act::PropertyChanged, "").to(fields([("acknowledges", on.to_string())])))))
            })
        })
        .await
    }

    /// Gives the property another forwarding address. Mail to the old one still comes in: providers go on forwarding there until
    /// somebody tells them, and nothing may be lost meanwhile.
    pub async fn renew_forwarding_address(&self) -> Result<()> {
        self.as_admin(move |tx, agent| {
            Box::pin(async move {
                let row = sqlx::query("select name, forwarding from property where id = $1")
                    .bind(agent.property.as_str())
                    .fetch_one(tx.conn())
                    .await?;
                let (local, now) = (forwarding(row.try_get(0)?), tx.now());
                let told = (row.try_get(1)?, local.clone());
                sqlx::query("insert into forwarding_alias (forwarding, property, replaced_at) values ($1, $2, $3)")
                    .bind(row.try_get::<&str, _>(1)?)
                    .bind(agent.property.as_str())
                    .bind(now.0)
                    .execute(tx.conn())
                    .await?;
                sqlx::query("update property set forwarding = $2 where id = $1")
                    .bind(agent.property.as_str())
                    .bind(local)
                    .execute(tx.conn())
                    .await
                    .on_constraint("property_forwarding_key", "property.forwarding", Refusal::Conflict)?;
                changed(tx, agent).await?;
                Ok(((), Some(Deed::new(Act::ForwardingRenewed, "").changing(told))))
            })
        })
        .await
    }
}

pub(crate) async fn changed(tx: &mut Tx, agent: &Agent) -> Result<()> {
    log::append(tx, Happened::new(&agent.property, agent.author(), What::PropertyChanged)).await?;
    Ok(())
}

fn settings(name: &str, time_zone: &str) -> Result<(String, String), Refusal> {
    let name = line_of_field("name", name, NAME_MOST)?;
    let time_zone = zone::known(time_zone).ok_or(Refusal::invalid("time_zone", Why::Unknown))?;
    Ok((name, time_zone))
}

/// A property as its agents see it now.
pub(crate) async fn load(desk: &Desk, conn: &mut Conn, id: &PropertyId) -> Result<Property> {
    let row =
        sqlx::query("select name, language, time_zone, forwarding, acknowledges_at, second_step_required_at from property where id = $1")
            .bind(id.as_str())
            .fetch_optional(conn)
            .await?;
    let row = row.ok_or(Refusal::NotFound)?;
    let time_zone: String = row.try_get("time_zone")?;
    Ok(Property {
        id: id.clone(),
        name: row.try_get("name")?,
        language: staff::language(&row)?.unwrap_or_default(),
        zone: zone::around(&time_zone, desk.clock().now())?,
        time_zone,
        forwarding_address: format!("{}@{}", row.try_get::<String, _>("forwarding")?, desk.keys().domain()),
        acknowledges: row.try_get::<Option<i64>, _>("acknowledges_at")?.is_some(),
        second_step_required: row.try_get::<Option<i64>, _>("second_step_required_at")?.is_some(),
    })
}

/// A local part nobody can guess that still tells whose it is: `acme-shop-k3v9q2m7xa`.
fn forwarding(name: &str) -> String {
    let bytes: [u8; 7] = rand::rng().random();
    let random = BASE32_NOPAD.encode(&bytes).to_lowercase();
    format!("{}-{}", slug(name), &random[..10])
}

/// Most characters of a name in an address.
const SLUG_MOST: usize = 30;

/// A name as a piece of an address: letters without their accents, digits, single hyphens.
fn slug(name: &str) -> String {
    let mut slug = String::new();
    for c in name.to_lowercase().chars() {
        match plain(c) {
            Some(c) => slug.push(c),
            None if !slug.is_empty() && !slug.ends_with('-') => slug.push('-'),
            None => {}
        }
        if slug.len() >= SLUG_MOST {
            break;
        }
    }
    let slug = slug.trim_end_matches('-');
    if slug.is_empty() { "property".into() } else { slug.into() }
}

fn plain(c: char) -> Option<char> {
    Some(match c {
        'a'..='z' | '0'..='9' => c,
        'à'..='å' | 'ā' | 'ă' | 'ą' => 'a',
        'ç' | 'ć' | 'č' => 'c',
        'è'..='ë' | 'ē' | 'ę' | 'ě' => 'e',
        'ì'..='ï' | 'ī' => 'i',
        'ñ' | 'ń' | 'ň' => 'n',
        'ò'..='ö' | 'ø' | 'ō' => 'o',
        'ß' | 'ś' | 'š' => 's',
        'ù'..='ü' | 'ū' | 'ů' => 'u',
        'ý' | 'ÿ' => 'y',
        'ł' => 'l',
        'ź' | 'ż' | 'ž' => 'z',
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slug_is_plain_and_short() {
        for (name, wanted) in
            [("Acme Shop", "acme-shop"), ("  São João & Filhos!  ", "sao-joao-filhos"), ("日本", "property"), ("---", "property")]
        {
            assert_eq!(slug(name), wanted);
        }
        assert!(slug(&"long name ".repeat(9)).len() <= SLUG_MOST);
    }
}
