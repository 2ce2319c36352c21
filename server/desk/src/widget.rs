//! A property's widget: its public key, its settings, the secret that signs identities, and what it says right now.
//! Admins change it; every visitor is sent the settings.

use data_encoding::{BASE32_NOPAD, HEXLOWER_PERMISSIVE};
use hmac::{Hmac, KeyInit as _, Mac as _};
use model::{
    AgentId, DepartmentId, Language, Moment, PropertyId, Refusal, Why,
    agent::Presence,
    audit::Act,
    event::What,
    hours::{self, State},
    visitor::Identity,
    widget::Widget,
};
use rand::Rng as _;
use sha2::Sha256;
use sqlx::Row as _;

use crate::{
    Agent, Desk, Result,
    audit::{Deed, changes},
    clock::secret,
    db::{Conn, Db, Tx},
    line::word,
    log::{self, Happened},
    target, zone,
};

/// The row of a new property: a key nobody has, the default settings.
pub(crate) async fn put(tx: &mut Tx, property: &PropertyId) -> Result<()> {
    let bytes: [u8; 10] = rand::rng().random();
    sqlx::query("insert into widget (property, key, secret, settings) values ($1, $2, $3, '{}') on conflict (property) do nothing")
        .bind(property.as_str())
        .bind(BASE32_NOPAD.encode(&bytes).to_lowercase())
        .bind(secret())
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Gives properties of earlier builds their widget.
pub(crate) async fn furnish(db: &Db) -> Result<()> {
    let rows = sqlx::query("select p.id from property p left join widget w on w.property = p.id where w.property is null")
        .fetch_all(db.read())
        .await?;
    for row in &rows {
        let property: PropertyId = word(row, "id")?;
        db.write_to(&property.clone(), move |tx| Box::pin(async move { put(tx, &property).await })).await?;
    }
    Ok(())
}

/// The settings as they stand.
pub(crate) async fn load(conn: &mut Conn, property: &PropertyId) -> Result<Widget> {
    let row = sqlx::query("select settings from widget where property = $1").bind(property.as_str()).fetch_optional(conn).await?;
    Ok(serde_json::from_str(row.ok_or(Refusal::NotFound)?.try_get(0)?)?)
}

/// Refuses a department that is not the property's.
async fn must_be_here(tx: &mut Tx, property: &PropertyId, department: &DepartmentId) -> Result<()> {
    let row = sqlx::query("select 1 from department where property = $1 and id = $2")
        .bind(property.as_str())
        .bind(department.as_str())
        .fetch_optional(tx.conn())
        .await?;
    row.map(drop).ok_or_else(|| Refusal::invalid("department", Why::Unknown).into())
}

/// Forgets the hours of a department that goes.
pub(crate) async fn forget_hours(tx: &mut Tx, property: &PropertyId, department: &DepartmentId) -> Result<()> {
    let mut widget = load(tx.conn(), property).await?;
    widget.department_hours.retain(|(id, _)| id != department);
    sqlx::query("update widget set settings = $2 where property = $1")
        .bind(property.as_str())
        .bind(serde_json::to_string(&widget)?)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// The property of a key.
pub(crate) async fn property_of(conn: &mut Conn, key: &str) -> Result<PropertyId> {
    let row = sqlx::query("select property from widget where key = $1").bind(key.trim().to_lowercase()).fetch_optional(conn).await?;
    word(&row.ok_or(Refusal::NotFound)?, "property")
}

/// Whether an identity carries the property's signature.
pub(crate) async fn signed(conn: &mut Conn, property: &PropertyId, identity: &Identity) -> Result<bool> {
    let row = sqlx::query("select key, secret from widget where property = $1").bind(property.as_str()).fetch_one(conn).await?;
    let (key, secret): (String, String) = (row.try_get(0)?, row.try_get(1)?);
    let Ok(signature) = HEXLOWER_PERMISSIVE.decode(identity.signature.trim().as_bytes()) else { return Ok(false) };
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else { return Ok(false) };
    mac.update(identity.signed(&key).as_bytes());
    Ok(mac.verify_slice(&signature).is_ok())
}

impl Desk {
    /// What a property's widget says while these agents are connected, and when it opens next if it is closed.
    pub async fn widget_state(&self, property: &PropertyId, connected: &[AgentId]) -> Result<(State, Option<Moment>)> {
        let mut conn = self.db().read().acquire().await?;
        let widget = load(&mut conn, property).await?;
        let row = sqlx::query("select time_zone from property where id = $1").bind(property.as_str()).fetch_one(&mut *conn).await?;
        let now = self.clock().now();
        let zone = zone::around(row.try_get(0)?, now)?;
        let rows = sqlx::query("select agent, presence from membership where property = $1 and disabled_at is null")
            .bind(property.as_str())
            .fetch_all(&mut *conn)
            .await?;
        let mut there: Vec<Presence> = vec![];
        for row in &rows {
            if connected.contains(&word(row, "agent")?) {
                there.push(word(row, "presence")?);
            }
        }
        Ok((hours::state(widget.open(now, &zone), widget.online_with_nobody, &there), widget.next_opening(now, &zone)))
    }

    /// The property of a widget's key, its language and the widget's settings: for the script on a customer's site.
    pub async fn widget_of(&self, key: &str) -> Result<(PropertyId, Language, Widget)> {
        let row =
            sqlx::query("select w.property, w.settings, p.language from widget w join property p on p.id = w.property where w.key = $1")
                .bind(key.trim().to_lowercase())
                .fetch_optional(self.db().read())
                .await?
                .ok_or(Refusal::NotFound)?;
        Ok((word(&row, "property")?, word(&row, "language")?, serde_json::from_str(row.try_get("settings")?)?))
    }

    /// The property that a widget's key stands for, to answer its script.
    pub async fn property_of_widget(&self, key: &str) -> Result<PropertyId> {
        property_of(self.db().read().acquire().await?.as_mut(), key).await
    }
}

impl Agent {
    /// The widget's public key and its settings.
    pub async fn widget(&self) -> Result<(String, Widget)> {
        let mut conn = self.desk.db().read().acquire().await?;
        let row = sqlx::query("select key from widget where property = $1").bind(self.property.as_str()).fetch_optional(&mut *conn).await?;
        let key = row.ok_or(Refusal::NotFound)?.try_get(0)?;
        Ok((key, load(&mut conn, &self.property).await?))
    }

    /// Changes the widget's settings; every open window shows it.
    pub async fn set_widget(&self, widget: Widget) -> Result<()> {
        self.admin()?;
        let widget = widget.check()?;
        self.change_widget(move |_| Ok(widget)).await
    }

    /// Changes a part of the settings as they stand at that moment: two admins who change two parts at once both have their way.
    pub async fn change_widget<F>(&self, change: F) -> Result<()>
    where
        F: FnOnce(Widget) -> Result<Widget, Refusal> + Send + 'static,
    {
        self.as_admin(move |tx, agent| {
            Box::pin(async move {
                // writing it first keeps others out until this is over
                let row = sqlx::query("update widget set settings = settings where property = $1 returning settings")
                    .bind(agent.property.as_str())
                    .fetch_one(tx.conn())
                    .await?;
                let before: Widget = serde_json::from_str(row.try_get(0)?)?;
                let widget = change(before.clone())?.check()?;
                for (id, _) in widget.department_hours.iter().filter(|known| !before.department_hours.contains(known)) {
                    must_be_here(tx, &agent.property, id).await?;
                }
                sqlx::query("update widget set settings = $2 where property = $1")
                    .bind(agent.property.as_str())
                    .bind(serde_json::to_string(&widget)?)
                    .execute(tx.conn())
                    .await?;
                if before.hours != widget.hours {
                    target::again(tx, &agent.property).await?;
                }
                log::append(tx, Happened::new(&agent.property, agent.author(), What::WidgetChanged)).await?;
                let of_hours = (&before.hours, &before.department_hours) != (&widget.hours, &widget.department_hours);
                let act = if of_hours { Act::HoursChanged } else { Act::WidgetChanged };
                Ok(((), Some(Deed::new(act, "").changing(changes(&before, &widget)?))))
            })
        })
        .await
    }

    /// The secret that signs identities on the customer's server. Admins only; it never goes to a browser of a visitor.
    pub async fn identity_secret(&self) -> Result<String> {
        self.admin()?;
        let row = sqlx::query("select secret from widget where property = $1")
            .bind(self.property.as_str())
            .fetch_one(self.desk.db().read())
            .await?;
        Ok(row.try_get(0)?)
    }

    /// Gives the property another secret; what the old one signed counts no more. Gives the new one.
    pub async fn renew_identity_secret(&self) -> Result<String> {
        let renewed = secret();
        self.as_admin(move |tx, agent| {
            Box::pin(async move {
                sqlx::query("update widget set secret = $2 where property = $1")
                    .bind(agent.property.as_str())
                    .bind(&renewed)
                    .execute(tx.conn())
                    .await?;
                Ok((renewed, Some(Deed::new(Act::SecretRenewed, ""))))
            })
        })
        .await
    }
}
