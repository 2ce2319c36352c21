//! Passkeys (Web Authentication): keys that devices and password managers of agents keep. One signs its owner in alone, or is the second step
//! after the password; from the first one on the password alone lets nobody in. Each was made with the person known to the device
//! (user verification) and is found there by our name (discoverable). Only public keys are kept. What a browser answers is checked in `webauthn`.
//!
//! Our own code on what does our TLS: the libraries that need no OpenSSL either bring three families of cryptography more, one of them with
//! an open advisory (`rsa`, RUSTSEC-2023-0071), or were some weeks old.

mod challenge;
mod webauthn;

use data_encoding::BASE64URL_NOPAD;
use model::{
    AgentId, Moment, PasskeyId, Refusal, Why,
    address::line_of_field,
    agent::{NAME_MOST, Passkey},
    audit::Act,
    moment::HOUR,
};
use serde_json::{Value, json};
use sqlx::Row as _;

use self::{
    challenge::Purpose,
    webauthn::{ALGORITHMS, Home, Key, Made, Used},
};
use crate::{
    Agent, Browser, Desk, Error, Result,
    audit::{self, Deed},
    clock::digest,
    db::Tx,
    line::word,
    password::Tries,
    second_step, session,
};

/// Most passkeys of an agent.
const MOST: u32 = 20;
/// How long a browser waits for its person, in milliseconds.
const TIMEOUT: i64 = challenge::LASTS / 1_000;

/// Where passkeys are at home, and what signs the challenges.
pub(crate) struct House {
    home: Option<Home>,
    key: String,
}

impl House {
    /// By the address at which people open this Recado, and a secret of its own.
    pub fn new(public_url: &str, key: String) -> Self {
        Self { home: Home::of(public_url), key }
    }

    /// Whether browsers have passkeys at that address.
    pub const fn able(&self) -> bool {
        self.home.is_some()
    }

    fn home(&self) -> Result<&Home, Refusal> {
        self.home.as_ref().ok_or(Refusal::Conflict)
    }

    /// What an answer answered: the challenge's digest and until when it counts. Refused when it is none of ours for this purpose.
    fn answered(&self, purpose: Purpose<'_>, challenge: Option<String>, now: Moment) -> Result<(String, Moment), Refusal> {
        let challenge = challenge.ok_or_else(wrong)?;
        let until = challenge::check(&self.key, purpose, &challenge, now).ok_or_else(wrong)?;
        Ok((digest(challenge.as_bytes()), until))
    }
}

impl Desk {
    /// What a browser is to ask its passkeys, as JSON (`PublicKeyCredentialRequestOptions`, bytes in base64url). Writes nothing down. None:
    /// there can be no passkeys at our address.
    pub fn passkey_challenge(&self) -> Option<String> {
        let house = self.passkeys();
        let challenge = challenge::make(&house.key, Purpose::Use, self.clock().now());
        let options =
            |home: &Home| json!({ "challenge": challenge, "rpId": home.host, "userVerification": "required", "timeout": TIMEOUT });
        house.home.as_ref().map(|home| options(home).to_string())
    }

    /// Signs in whose passkey a browser used; gives the new session's secret. An unknown passkey, a forged, repeated or late answer, and
    /// somebody who may enter nowhere are answered alike.
    pub async fn sign_in_with_passkey(&self, answer: &str, browser: Browser) -> Result<String> {
        let used: Option<Used> = webauthn::read(answer);
        let credential = used.as_ref().map_or("", |used| used.id.as_str());
        let row = sqlx::query("select agent from passkey where credential = $1").bind(credential).fetch_optional(self.db().read()).await?;
        let known: Option<AgentId> = row.map(|row| word(&row, "agent")).transpose()?;
        // as itself: whoever guesses its owner's password does not know it
        let tries = Tries::new(credential, &browser.address);
        tries.count(self.db()).await?;
        let (desk, address) = (self.clone(), browser.address.clone());
        let outcome = match used {
            Some(used) => {
                self.db().write(move |tx| Box::pin(async move { desk.let_in_by_passkey(tx, &used, &tries, &browser).await })).await
            }
            None => Err(wrong().into()),
        };
        if matches!(&outcome, Err(Error::Refused(Refusal::Invalid { why: Why::WrongPasskey, .. }))) {
            let refused = Act::PasskeyRefused;
            self.db().write(move |tx| Box::pin(async move { audit::refused(tx, refused, known.as_ref(), &address).await })).await?;
        }
        outcome
    }

    async fn let_in_by_passkey(&self, tx: &mut Tx, used: &Used, tries: &Tries, browser: &Browser) -> Result<String> {
        let owner = take(tx, self, used).await?;
        let property = session::enterable(tx, &owner.agent).await?.ok_or_else(wrong)?;
        tries.clear(tx).await?;
        session::admit(tx, self, (owner.agent, owner.name), &property, browser, Deed::new(Act::PasskeyUsed, owner.passkey)).await
    }
}

impl Agent {
    /// What a browser is to make a passkey by, as JSON (`PublicKeyCredentialCreationOptions`, bytes in base64url), for this session and
    /// five minutes. They must know their password. The name is what they will call it.
    pub async fn begin_passkey(&self, name: &str, password: &str) -> Result<String> {
        line_of_field("name", name, NAME_MOST)?;
        let home = self.desk.passkeys().home()?;
        let (tries, _) = self.own_password(password).await?;
        self.write(move |tx, _| Box::pin(async move { tries.clear(tx).await })).await?;
        let known =
            sqlx::query("select credential from passkey where agent = $1").bind(self.id.as_str()).fetch_all(self.desk.db().read()).await?;
        if known.len() >= MOST as usize {
            return Err(Refusal::invalid("name", Why::TooMany(MOST)).into());
        }
        let known = known.iter().map(|row| -> Result<Value> { Ok(json!({ "type": "public-key", "id": row.try_get::<String, _>(0)? })) });
        let options = json!({
            "challenge": challenge::make(&self.desk.passkeys().key, Purpose::Make(&self.session), self.desk.clock().now()),
            "rp": { "id": home.host, "name": "Recado" },
            // an id tells nothing of its person (Web Authentication Level 3, section 14.6.1)
            "user": { "id": BASE64URL_NOPAD.encode(self.id.as_str().as_bytes()), "name": self.email, "displayName": self.name },
            "pubKeyCredParams": ALGORITHMS.map(|alg| json!({ "type": "public-key", "alg": alg })),
            "excludeCredentials": known.collect::<Result<Vec<_>>>()?,
            "authenticatorSelection": { "residentKey": "required", "requireResidentKey": true, "userVerification": "required" },
            "attestation": "none",
            "timeout": TIMEOUT,
        });
        Ok(options.to_string())
    }

    /// Keeps the passkey that a browser made by what it was told in this session. The first second step of theirs ends their other
    /// sessions, which came without it. Gives recovery codes, which are shown this once, where there are none.
    pub async fn add_passkey(&self, name: &str, answer: &str) -> Result<Vec<String>> {
        let name = line_of_field("name", name, NAME_MOST)?;
        let made: Made = webauthn::read(answer).ok_or_else(wrong)?;
        let codes = second_step::recovery_codes();
        let kept = codes.clone();
        let fresh = self.write(move |tx, agent| Box::pin(async move { agent.keep_passkey(tx, &name, &made, &kept).await })).await?;
        Ok(codes.iter().filter(|_| fresh).map(|code| second_step::spelled(code)).collect())
    }

    /// Whether the codes were kept.
    async fn keep_passkey(&self, tx: &mut Tx, name: &str, made: &Made, codes: &[String]) -> Result<bool> {
        let (house, now) = (self.desk.passkeys(), tx.now());
        let (challenge, until) = house.answered(Purpose::Make(&self.session), made.challenge(), now)?;
        let counter = made.check(house.home()?).ok_or_else(wrong)?;
        spend(tx, &challenge, until).await?;
        let asked = second_step::asked(tx, &self.id).await?;
        let kept = sqlx::query(
            "insert into passkey (id, agent, credential, algorithm, public_key, counter, name, created_at) values ($1, $2, $3, $4, $5, $6, $7, $8) \
             on conflict (credential) do nothing",
        )
        .bind(PasskeyId::from_bits(self.desk.clock().bits()).as_str())
        .bind(self.id.as_str())
        .bind(&made.id)
        .bind(made.algorithm)
        .bind(&made.key)
        .bind(i64::from(counter))
        .bind(name)
        .bind(now.0)
        .execute(tx.conn())
        .await?;
        // somebody's already: whose is not told
        (kept.rows_affected() == 1).then_some(()).ok_or_else(wrong)?;
        second_step::settle(tx, &self.id).await?;
        if !asked {
            self.end_others(tx).await?;
        }
        let left =
            sqlx::query("select 1 from recovery_code where agent = $1 limit 1").bind(self.id.as_str()).fetch_optional(tx.conn()).await?;
        if left.is_none() {
            self.keep_codes(tx, codes).await?;
        }
        self.note_deed(tx, Deed::new(Act::PasskeyAdded, name)).await?;
        Ok(left.is_none())
    }

    /// Takes one of their passkeys away: it opens nothing any more. They must know their password.
    pub async fn remove_passkey(&self, passkey: PasskeyId, password: &str) -> Result<()> {
        let (tries, _) = self.own_password(password).await?;
        self.write(move |tx, agent| {
            Box::pin(async move {
                tries.clear(tx).await?;
                let row = sqlx::query("delete from passkey where id = $1 and agent = $2 returning name")
                    .bind(passkey.as_str())
                    .bind(agent.id.as_str())
                    .fetch_optional(tx.conn())
                    .await?;
                let name: String = row.ok_or(Refusal::NotFound)?.try_get(0)?;
                second_step::settle(tx, &agent.id).await?;
                agent.note_deed(tx, Deed::new(Act::PasskeyRemoved, name)).await
            })
        })
        .await
    }
}

/// Somebody's passkeys, newest first.
pub(crate) async fn listed(desk: &Desk, agent: &AgentId) -> Result<Vec<Passkey>> {
    let rows = sqlx::query("select id, name, created_at, used_at from passkey where agent = $1 order by id desc")
        .bind(agent.as_str())
        .fetch_all(desk.db().read())
        .await?;
    let passkey = |row: &sqlx::any::AnyRow| -> Result<Passkey> {
        let (created_at, used_at) = (Moment(row.try_get("created_at")?), row.try_get::<Option<i64>, _>("used_at")?.map(Moment));
        Ok(Passkey { id: word(row, "id")?, name: row.try_get("name")?, created_at, used_at })
    };
    rows.iter().map(passkey).collect()
}

/// Takes a passkey for the second step of somebody: it must be theirs.
pub(crate) async fn prove(tx: &mut Tx, desk: &Desk, agent: &AgentId, answer: &str) -> Result<()> {
    let used: Used = webauthn::read(answer).ok_or_else(wrong)?;
    let owner = take(tx, desk, &used).await?;
    if owner.agent == *agent { Ok(()) } else { Err(wrong().into()) }
}

/// Takes all passkeys of somebody away.
pub(crate) async fn forget(tx: &mut Tx, agent: &AgentId) -> Result<()> {
    sqlx::query("delete from passkey where agent = $1").bind(agent.as_str()).execute(tx.conn()).await?;
    Ok(())
}

/// Whose a passkey is that was used.
struct Owner {
    agent: AgentId,
    name: String,
    /// What they call it.
    passkey: String,
}

/// Takes what a browser answered for a passkey, once.
async fn take(tx: &mut Tx, desk: &Desk, used: &Used) -> Result<Owner> {
    let (house, now) = (desk.passkeys(), tx.now());
    let (challenge, until) = house.answered(Purpose::Use, used.challenge(), now)?;
    let row = sqlx::query(
        "select p.id, p.agent, p.algorithm, p.public_key, p.name, a.name as agent_name from passkey p join agent a on a.id = p.agent where p.credential = $1",
    )
    .bind(&used.id)
    .fetch_optional(tx.conn())
    .await?;
    let row = row.ok_or_else(wrong)?;
    let agent: AgentId = word(&row, "agent")?;
    let key = Key { algorithm: row.try_get("algorithm")?, public: row.try_get("public_key")? };
    let counter = used.check(house.home()?, &key, agent.as_str()).ok_or_else(wrong)?;
    // a device that counts has counted on, or there are two of it (Web Authentication Level 3, section 6.1.1)
    let moved = sqlx::query("update passkey set counter = $2, used_at = $3 where id = $1 and (counter < $2 or (counter = 0 and $2 = 0))")
        .bind(row.try_get::<String, _>("id")?)
        .bind(i64::from(counter))
        .bind(now.0)
        .execute(tx.conn())
        .await?;
    (moved.rows_affected() == 1).then_some(()).ok_or_else(wrong)?;
    spend(tx, &challenge, until).await?;
    Ok(Owner { agent, name: row.try_get("agent_name")?, passkey: row.try_get("name")? })
}

/// Has a challenge count no more.
async fn spend(tx: &mut Tx, challenge: &str, until: Moment) -> Result<()> {
    // nodes' clocks are not one: what one forgets another might still take
    let stale = tx.now().plus(-HOUR);
    sqlx::query("delete from passkey_answered where expires_at < $1").bind(stale.0).execute(tx.conn()).await?;
    let spent = sqlx::query("insert into passkey_answered (challenge, expires_at) values ($1, $2) on conflict (challenge) do nothing")
        .bind(challenge)
        .bind(until.0)
        .execute(tx.conn())
        .await?;
    if spent.rows_affected() == 1 { Ok(()) } else { Err(wrong().into()) }
}

fn wrong() -> Refusal {
    Refusal::invalid("passkey", Why::WrongPasskey)
}
