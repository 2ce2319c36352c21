//! The second step of signing in: after the password a code of an app that has the same secret (TOTP, RFC 6238), a passkey (`passkey`), or
//! one of ten codes kept for the day on which both are lost. The secret is sealed, a recovery code is known by its SHA-256 alone, and each code works once.
//! A property may ask it of its agents: who has none yet comes no further than to set it up.

use std::fmt::Write as _;

use data_encoding::BASE32_NOPAD;
use model::{
    AgentId, Moment, Refusal, Why,
    agent::{Enrolment, Qr, SecondStep},
    audit::Act,
    message::Author,
    moment::SECOND,
    view::escape,
};
use qrcodegen::{QrCode, QrCodeEcc};
use rand::Rng as _;
use sqlx::Row as _;
use totp_rs::{Algorithm, Builder, Totp};

use crate::{
    Agent, Desk, Fault, Result,
    audit::{self, Deed, Doer, fields},
    clock::digest,
    db::Tx,
    passkey, property,
    session::Secrets,
};

/// Bytes of a secret: as many as SHA-1 gives (RFC 4226 section 4).
const SECRET: usize = 20;
/// Recovery codes that are given at once, and the bytes of one.
const RECOVERY_CODES: usize = 10;
const RECOVERY_CODE: usize = 10;
/// What apps call the account's house.
const ISSUER: &str = "Recado";

/// What somebody shows for the second step.
pub(crate) struct Proof {
    /// A code of the app, or a recovery code.
    code: String,
    /// What a browser answered for a passkey.
    passkey: String,
}

impl From<Secrets<'_>> for Proof {
    fn from(secrets: Secrets<'_>) -> Self {
        Self { code: secrets.code.to_owned(), passkey: secrets.passkey.to_owned() }
    }
}

impl Agent {
    /// How their second step stands.
    pub async fn second_step(&self) -> Result<SecondStep> {
        let row = sqlx::query(
            "select p.second_step_required_at, s.secret, s.confirmed_at, (select count(*) from recovery_code where agent = a.id) as codes \
             from agent a join property p on p.id = $2 left join second_step s on s.agent = a.id where a.id = $1",
        )
        .bind(self.id.as_str())
        .bind(self.property.as_str())
        .fetch_one(self.desk.db().read())
        .await?;
        let since = row.try_get::<Option<i64>, _>("confirmed_at")?.map(Moment);
        let sealed: Option<String> = row.try_get("secret")?;
        let secret = sealed.filter(|_| since.is_none()).and_then(|sealed| self.desk.unseal(&place(&self.id), &sealed));
        Ok(SecondStep {
            enrolment: secret.map(|secret| enrolment(&self.email, &secret)).transpose()?,
            since,
            codes: u32::try_from(row.try_get::<i64, _>("codes")?).unwrap_or_default(),
            required: row.try_get::<Option<i64>, _>("second_step_required_at")?.is_some(),
            passkeys: passkey::listed(&self.desk, &self.id).await?,
            able: self.desk.passkeys().able(),
        })
    }

    /// Makes a secret for their app, shown until a code of it was typed. Asked again before, there is another one.
    pub async fn begin_second_step(&self) -> Result<()> {
        let secret: [u8; SECRET] = rand::rng().random();
        let sealed = self.desk.seal(&place(&self.id), &BASE32_NOPAD.encode(&secret))?;
        self.write(move |tx, agent| {
            Box::pin(async move {
                let now = tx.now();
                let made = sqlx::query(
                    "insert into second_step (agent, secret, created_at, used_step) values ($1, $2, $3, 0) \
                     on conflict (agent) do update set secret = $2, created_at = $3, used_step = 0 where second_step.confirmed_at is null",
                )
                .bind(agent.id.as_str())
                .bind(sealed)
                .bind(now.0)
                .execute(tx.conn())
                .await?;
                if made.rows_affected() == 1 { Ok(()) } else { Err(Refusal::Conflict.into()) }
            })
        })
        .await
    }

    /// A code of the app shows that it has the secret: from now on it is asked for. Ends the other sessions, which came without it;
    /// gives the recovery codes, which are shown this once.
    pub async fn confirm_second_step(&self, code: &str) -> Result<Vec<String>> {
        let (code, codes) = (code.to_owned(), recovery_codes());
        let kept = codes.clone();
        self.write(move |tx, agent| {
            Box::pin(async move {
                let (sealed, _) = known(tx, &agent.id, false).await?.ok_or(Refusal::Conflict)?;
                let step = agent.desk.step_of(&agent.id, &sealed, &code, tx.now())?.ok_or_else(wrong)?;
                let now = tx.now();
                sqlx::query("update second_step set confirmed_at = $2, used_step = $3 where agent = $1")
                    .bind(agent.id.as_str())
                    .bind(now.0)
                    .bind(step)
                    .execute(tx.conn())
                    .await?;
                settle(tx, &agent.id).await?;
                agent.keep_codes(tx, &kept).await?;
                agent.end_others(tx).await?;
                agent.note_deed(tx, Deed::new(Act::SecondStepBegun, "")).await
            })
        })
        .await?;
        Ok(codes.iter().map(|code| spelled(code)).collect())
    }

    /// Gives new recovery codes in the place of the old ones. They must know their password.
    pub async fn renew_recovery_codes(&self, password: &str) -> Result<Vec<String>> {
        let (tries, _) = self.own_password(password).await?;
        let codes = recovery_codes();
        let kept = codes.clone();
        self.write(move |tx, agent| {
            Box::pin(async move {
                asked(tx, &agent.id).await?.then_some(()).ok_or(Refusal::Conflict)?;
                agent.keep_codes(tx, &kept).await?;
                tries.clear(tx).await?;
                agent.note_deed(tx, Deed::new(Act::RecoveryCodesRenewed, "")).await
            })
        })
        .await?;
        Ok(codes.iter().map(|code| spelled(code)).collect())
    }

    /// Does without the app from now on. They must know their password.
    pub async fn end_second_step(&self, password: &str) -> Result<()> {
        let (tries, _) = self.own_password(password).await?;
        self.write(move |tx, agent| {
            Box::pin(async move {
                forget_app(tx, &agent.id).await?;
                settle(tx, &agent.id).await?;
                tries.clear(tx).await?;
                agent.note_deed(tx, Deed::new(Act::SecondStepEnded, "")).await
            })
        })
        .await
    }

    /// Says whether the property asks it of its agents. Who switches it on has it: else they would shut themselves out.
    pub async fn require_second_step(&self, on: bool) -> Result<()> {
        self.as_admin(move |tx, agent| {
            Box::pin(async move {
                if on && !asked(tx, &agent.id).await? {
                    return Err(Refusal::SecondStepFirst.into());
                }
                let since = on.then_some(tx.now().0);
                sqlx::query("update property set second_step_required_at = $2 where id = $1")
                    .bind(agent.property.as_str())
                    .bind(since)
                    .execute(tx.conn())
                    .await?;
                property::changed(tx, agent).await?;
                Ok(((), Some(Deed::new(Act::PropertyChanged, "").to(fields([("second_step_required", on.to_string())])))))
            })
        })
        .await
    }

    /// Ends their other sessions, which came without the second step.
    pub(crate) async fn end_others(&self, tx: &mut Tx) -> Result<()> {
        sqlx::query("delete from session where agent = $1 and id <> $2")
            .bind(self.id.as_str())
            .bind(self.session.as_str())
            .execute(tx.conn())
            .await?;
        Ok(())
    }

    pub(crate) async fn keep_codes(&self, tx: &mut Tx, codes: &[String]) -> Result<()> {
        sqlx::query("delete from recovery_code where agent = $1").bind(self.id.as_str()).execute(tx.conn()).await?;
        for code in codes {
            sqlx::query("insert into recovery_code (agent, code) values ($1, $2)")
                .bind(self.id.as_str())
                .bind(digest(code.as_bytes()))
                .execute(tx.conn())
                .await?;
        }
        Ok(())
    }
}

impl Desk {
    /// Has somebody do without their second step, and ends their sessions: for who has lost the app and the codes. For the one who runs
    /// this Recado. Whether there is such an agent.
    pub async fn reset_second_step(&self, email: &str) -> Result<bool> {
        let email = email.trim().to_lowercase();
        self.db()
            .write(move |tx| {
                Box::pin(async move {
                    let row = sqlx::query("select id from agent where email = $1").bind(&email).fetch_optional(tx.conn()).await?;
                    let Some(row) = row else { return Ok(false) };
                    let id: AgentId = crate::line::word(&row, "id")?;
                    forget_app(tx, &id).await?;
                    passkey::forget(tx, &id).await?;
                    settle(tx, &id).await?;
                    sqlx::query("delete from session where agent = $1").bind(id.as_str()).execute(tx.conn()).await?;
                    let rows = sqlx::query("select property from membership where agent = $1 order by property")
                        .bind(id.as_str())
                        .fetch_all(tx.conn())
                        .await?;
                    let doer = Doer { author: &Author::System, address: "" };
                    for row in rows {
                        audit::write(tx, row.try_get(0)?, &doer, Deed::new(Act::SecondStepEnded, &email)).await?;
                    }
                    Ok(true)
                })
            })
            .await
    }

    /// The step whose code this is; none when it is no code of now.
    fn step_of(&self, agent: &AgentId, sealed: &str, code: &str, now: Moment) -> Result<Option<i64>> {
        // without the key that sealed it nobody's app is known any more; the recovery codes still are
        let Some(secret) = self.unseal(&place(agent), sealed) else { return Ok(None) };
        let secret = BASE32_NOPAD.decode(secret.as_bytes()).map_err(|_| Fault::Row("a second step's secret".into()))?;
        let code: String = code.chars().filter(|c| !c.is_whitespace()).collect();
        let seconds = u64::try_from(now.0 / SECOND).unwrap_or_default();
        Ok(app(secret)?.check(&code, seconds).and_then(|step| i64::try_from(step).ok()))
    }
}

/// Takes the second step of somebody who has one: a code of the app that was not used, a passkey, or a recovery code, which is gone then.
pub(crate) async fn take(tx: &mut Tx, desk: &Desk, agent: &AgentId, proof: &Proof) -> Result<()> {
    if !asked(tx, agent).await? {
        return Ok(());
    }
    if !proof.passkey.is_empty() {
        return passkey::prove(tx, desk, agent, &proof.passkey).await;
    }
    let code: String = proof.code.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect();
    if code.is_empty() {
        return Err(Refusal::invalid("code", Why::Required).into());
    }
    let step = match known(tx, agent, true).await? {
        Some((sealed, used)) => desk.step_of(agent, &sealed, &code, tx.now())?.filter(|step| *step > used),
        None => None,
    };
    if let Some(step) = step {
        sqlx::query("update second_step set used_step = $2 where agent = $1").bind(agent.as_str()).bind(step).execute(tx.conn()).await?;
        return Ok(());
    }
    let gone = sqlx::query("delete from recovery_code where agent = $1 and code = $2")
        .bind(agent.as_str())
        .bind(digest(code.as_bytes()))
        .execute(tx.conn())
        .await?;
    if gone.rows_affected() == 1 { Ok(()) } else { Err(wrong().into()) }
}

fn wrong() -> Refusal {
    Refusal::invalid("code", Why::WrongCode)
}

/// Somebody's sealed secret and the last step used; of a confirmed second step, or of one that waits to be. The row stays locked.
async fn known(tx: &mut Tx, agent: &AgentId, confirmed: bool) -> Result<Option<(String, i64)>> {
    let row = sqlx::query("update second_step set used_step = used_step where agent = $1 returning secret, used_step, confirmed_at")
        .bind(agent.as_str())
        .fetch_optional(tx.conn())
        .await?;
    let Some(row) = row else { return Ok(None) };
    let is = row.try_get::<Option<i64>, _>("confirmed_at")?.is_some();
    if is == confirmed { Ok(Some((row.try_get("secret")?, row.try_get("used_step")?))) } else { Ok(None) }
}

async fn forget_app(tx: &mut Tx, agent: &AgentId) -> Result<()> {
    sqlx::query("delete from second_step where agent = $1").bind(agent.as_str()).execute(tx.conn()).await?;
    Ok(())
}

/// Whether a second step is asked of somebody. Until the commit nobody changes that.
pub(crate) async fn asked(tx: &mut Tx, agent: &AgentId) -> Result<bool> {
    let row = sqlx::query("update agent set second_step_at = second_step_at where id = $1 returning second_step_at")
        .bind(agent.as_str())
        .fetch_one(tx.conn())
        .await?;
    Ok(row.try_get::<Option<i64>, _>(0)?.is_some())
}

/// Writes down whether there is still an app or a passkey to ask for, after one came or went. Without either recovery codes open nothing.
pub(crate) async fn settle(tx: &mut Tx, agent: &AgentId) -> Result<()> {
    let left = sqlx::query(
        "select 1 from second_step where agent = $1 and confirmed_at is not null union all select 1 from passkey where agent = $1 limit 1",
    )
    .bind(agent.as_str())
    .fetch_optional(tx.conn())
    .await?;
    if left.is_none() {
        sqlx::query("delete from recovery_code where agent = $1").bind(agent.as_str()).execute(tx.conn()).await?;
    }
    let now = tx.now();
    sqlx::query("update agent set second_step_at = case when $2 = 0 then null else coalesce(second_step_at, $3) end where id = $1")
        .bind(agent.as_str())
        .bind(i64::from(left.is_some()))
        .bind(now.0)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// What a sealed secret is sealed for.
fn place(agent: &AgentId) -> String {
    format!("second_step:{agent}")
}

/// Six digits each thirty seconds by HMAC-SHA-1, one step early or late: what every app can.
fn app(secret: Vec<u8>) -> Result<Totp, Fault> {
    let app = Builder::new().with_algorithm(Algorithm::SHA1).with_digits(6).with_step_duration(30).with_skew(1).with_secret(secret);
    app.build().map_err(|error| Fault::Setting(format!("codes of an app: {error}")))
}

/// What an app is shown: <https://github.com/google/google-authenticator/wiki/Key-Uri-Format>
fn enrolment(email: &str, secret: &str) -> Result<Enrolment> {
    let address = format!("otpauth://totp/{ISSUER}:{}?secret={secret}&issuer={ISSUER}", escape(email));
    let code = QrCode::encode_text(&address, QrCodeEcc::Medium).map_err(|error| Fault::Setting(format!("a code to scan: {error}")))?;
    Ok(Enrolment { qr: drawn(&code), secret: grouped(secret), address })
}

/// Each row's dark runs as one path of SVG.
fn drawn(code: &QrCode) -> Qr {
    let (side, mut path) = (code.size(), String::new());
    for y in 0..side {
        let mut x = 0;
        while x < side {
            let run = (x..side).take_while(|x| code.get_module(*x, y)).count();
            if run > 0 {
                // Cannot fail: a text takes all that is written to it.
                let _ = write!(path, "M{x} {y}h{run}v1h-{run}z");
            }
            x += i32::try_from(run).unwrap_or(side).max(1);
        }
    }
    Qr { side: u32::try_from(side).unwrap_or_default(), path }
}

pub(crate) fn recovery_codes() -> Vec<String> {
    let mut random = rand::rng();
    std::iter::repeat_with(|| BASE32_NOPAD.encode(&random.random::<[u8; RECOVERY_CODE]>())).take(RECOVERY_CODES).collect()
}

/// A recovery code as it is written down.
pub(crate) fn spelled(code: &str) -> String {
    grouped(code).to_lowercase().replace(' ', "-")
}

/// In fours, to be read and typed.
fn grouped(text: &str) -> String {
    text.as_bytes().chunks(4).map(|four| String::from_utf8_lossy(four)).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_those_of_rfc_6238() {
        // appendix B, with six digits of its eight
        let app = app(b"12345678901234567890".to_vec()).unwrap();
        for (seconds, code, step) in [(59, "287082", 1), (1_111_111_109, "081804", 37_037_036), (20_000_000_000, "353130", 666_666_666)] {
            assert_eq!(app.check(code, seconds), Some(step), "{seconds}");
        }
        assert_eq!(app.check("287083", 59), None);
        assert_eq!(app.check("287082", 59 + 61), None, "two steps late");
    }

    #[test]
    fn what_is_drawn_is_the_code() {
        let code = QrCode::encode_text("otpauth://totp/Recado:ana%40shop.example?secret=ABC", QrCodeEcc::Medium).unwrap();
        let qr = drawn(&code);
        let mut dark = 0;
        for run in qr.path.split('M').skip(1) {
            let (x, rest) = run.split_once(' ').unwrap();
            let (y, rest) = rest.split_once('h').unwrap();
            let run: i32 = rest.split_once('v').unwrap().0.parse().unwrap();
            let (x, y): (i32, i32) = (x.parse().unwrap(), y.parse().unwrap());
            assert!((x..x + run).all(|x| code.get_module(x, y)));
            dark += run;
        }
        let all = (0..code.size()).flat_map(|y| (0..code.size()).map(move |x| (x, y))).filter(|(x, y)| code.get_module(*x, *y)).count();
        assert_eq!((usize::try_from(dark).unwrap(), qr.side), (all, u32::try_from(code.size()).unwrap()));
    }
}
