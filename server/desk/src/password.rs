//! Passwords: checked, hashed, verified, and how often somebody may try. Knows argon2id and the table of tries;
//! knows no agent and no session. An unknown person costs exactly what a wrong password costs.

use std::sync::{Arc, OnceLock};

use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHash, PasswordHasher as _, PasswordVerifier as _, SaltString},
};
use model::{
    AgentId, Moment, Refusal, Why,
    agent::{PASSWORD_LEAST, PASSWORD_MOST},
    moment::{DAY, SECOND},
};
use rand::Rng as _;
use sqlx::Row as _;
use tokio::sync::Semaphore;

use crate::{
    Fault, Result,
    clock::digest,
    db::{Db, Tx},
};

/// Hashes that run at once: each takes 19 MiB and a core.
const AT_ONCE: usize = 2;

/// What a hash costs who makes it, and who guesses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HashCost {
    /// Memory, KiB.
    pub memory: u32,
    /// Passes over it.
    pub passes: u32,
}

impl Default for HashCost {
    /// As OWASP recommends for argon2id: 19 MiB, 2 passes, 1 lane.
    fn default() -> Self {
        Self { memory: Params::DEFAULT_M_COST, passes: Params::DEFAULT_T_COST }
    }
}

/// Makes and verifies hashes, few at once.
pub(crate) struct Passwords {
    turns: Semaphore,
    hasher: Arc<Hasher>,
}

struct Hasher {
    argon2: Argon2<'static>,
    /// Hash of a password that nobody has.
    nobody: OnceLock<String>,
}

/// A password for a new use, or what is wrong with it.
pub fn check(password: &str) -> Result<(), Refusal> {
    let why = match password.chars().count() {
        0 => Why::Required,
        length if length < PASSWORD_LEAST as usize => Why::TooShort(PASSWORD_LEAST),
        length if length > PASSWORD_MOST as usize => Why::TooLong(PASSWORD_MOST),
        _ => return Ok(()),
    };
    Err(Refusal::invalid("password", why))
}

impl Passwords {
    pub(crate) fn new(cost: HashCost) -> Result<Self, Fault> {
        let params = Params::new(cost.memory, cost.passes, Params::DEFAULT_P_COST, None).map_err(wrong)?;
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        Ok(Self { turns: Semaphore::new(AT_ONCE), hasher: Arc::new(Hasher { argon2, nobody: OnceLock::new() }) })
    }

    /// What is stored of a password: argon2id in PHC string form.
    pub(crate) async fn hash(&self, password: &str) -> Result<String> {
        let password = password.to_owned();
        self.aside(move |hasher| Ok(hasher.hash(&password)?)).await
    }

    /// Whether it is the password that was hashed; nobody's password is never right, and takes as long.
    pub(crate) async fn verify(&self, password: &str, stored: Option<String>) -> Result<bool> {
        // longer ones are nobody's, and would only cost time
        let password = if password.chars().count() > PASSWORD_MOST as usize { String::new() } else { password.to_owned() };
        self.aside(move |hasher| Ok(hasher.verify(&password, stored)?)).await
    }

    async fn aside<T: Send + 'static>(&self, work: impl FnOnce(&Hasher) -> Result<T> + Send + 'static) -> Result<T> {
        let _turn = self.turns.acquire().await.map_err(|_| Fault::Closed)?;
        let hasher = self.hasher.clone();
        tokio::task::spawn_blocking(move || work(&hasher)).await.map_err(|_| Fault::Closed)?
    }
}

impl Hasher {
    fn hash(&self, password: &str) -> Result<String, Fault> {
        let salt: [u8; 16] = rand::rng().random();
        let salt = SaltString::encode_b64(&salt).map_err(wrong)?;
        Ok(self.argon2.hash_password(password.as_bytes(), &salt).map_err(wrong)?.to_string())
    }

    fn verify(&self, password: &str, stored: Option<String>) -> Result<bool, Fault> {
        if self.nobody.get().is_none() {
            // another thread may have been first: then that one's stays
            let _ = self.nobody.set(self.hash(&crate::clock::secret())?);
        }
        let known = stored.is_some();
        let text = stored.or_else(|| self.nobody.get().cloned()).unwrap_or_default();
        let hash = PasswordHash::new(&text).map_err(|error| Fault::Row(format!("a password's hash: {error}")))?;
        Ok(self.argon2.verify_password(password.as_bytes(), &hash).is_ok() && known)
    }
}

fn wrong(error: impl std::fmt::Display) -> Fault {
    Fault::Setting(format!("hashing a password: {error}"))
}

/// Somebody about to try a password: counted by account and by address before it is verified, so that
/// a thousand tries at once are a thousand tries. The long delay of an account is its network's alone: else a stranger who tries all
/// the time would keep its owner out.
#[derive(Clone)]
pub struct Tries {
    /// The rows that start anew with the right one.
    account: Vec<(String, Bounds)>,
    /// The row of the network, of who is not signed in.
    network: Option<String>,
}

/// Failures that cost nothing, and the longest delay in seconds.
type Bounds = (i64, i64);

/// Of an account by one network, or by its owner; of an account by all networks; of one network (an office shares it).
const ACCOUNT: Bounds = (5, 300);
const EVERYWHERE: Bounds = (100, 10);
const NETWORK: Bounds = (30, 300);

impl Tries {
    /// Of an account, known or not, by an address.
    pub fn new(account: &str, address: &str) -> Self {
        let (account, network) = (digest(account.trim().to_lowercase().as_bytes()), network(address));
        let here = (format!("account:{account}:{network}"), ACCOUNT);
        Self { account: vec![here, (format!("account:{account}"), EVERYWHERE)], network: Some(format!("address:{network}")) }
    }

    /// Of an agent who is signed in.
    pub fn own(agent: &AgentId) -> Self {
        Self { account: vec![(format!("own:{agent}"), ACCOUNT)], network: None }
    }

    fn rows(&self) -> impl Iterator<Item = (&str, Bounds)> {
        self.account.iter().map(|(who, bounds)| (who.as_str(), *bounds)).chain(self.network.as_deref().map(|who| (who, NETWORK)))
    }

    /// Counts one more, or says how long to wait.
    pub async fn count(&self, db: &Db) -> Result<()> {
        let tries = self.clone();
        db.write(move |tx| {
            Box::pin(async move {
                for (who, bounds) in tries.rows() {
                    count(tx, who, bounds).await?;
                }
                Ok(())
            })
        })
        .await
    }

    /// Takes back the last one: it was none.
    pub async fn give_back(&self, db: &Db) -> Result<()> {
        let tries = self.clone();
        db.write(move |tx| {
            Box::pin(async move {
                for (who, _) in tries.rows() {
                    forgive(tx, who).await?;
                }
                Ok(())
            })
        })
        .await
    }

    /// It was the right one: the account starts anew, the address is not blamed for it.
    pub async fn clear(&self, tx: &mut Tx) -> Result<()> {
        for (who, _) in &self.account {
            sqlx::query("delete from sign_in_try where who = $1").bind(who).execute(tx.conn()).await?;
        }
        if let Some(who) = &self.network {
            forgive(tx, who).await?;
        }
        let stale = tx.now().plus(-DAY);
        sqlx::query("delete from sign_in_try where last_at < $1").bind(stale.0).execute(tx.conn()).await?;
        Ok(())
    }
}

/// Whether a password that was verified against what was stored still is the password: until the commit nobody changes it.
pub(crate) async fn still(tx: &mut Tx, agent: &AgentId, stored: &str) -> Result<()> {
    let same = sqlx::query("update agent set password = password where id = $1 and password = $2")
        .bind(agent.as_str())
        .bind(stored)
        .execute(tx.conn())
        .await?;
    if same.rows_affected() == 1 { Ok(()) } else { Err(Refusal::WrongPassword.into()) }
}

/// The last one counts no more.
async fn forgive(tx: &mut Tx, who: &str) -> Result<()> {
    sqlx::query("update sign_in_try set failures = failures - 1 where who = $1 and failures > 0").bind(who).execute(tx.conn()).await?;
    Ok(())
}

async fn count(tx: &mut Tx, who: &str, (free, longest): Bounds) -> Result<()> {
    let now = tx.now();
    // the row is made and locked first, then judged
    sqlx::query("insert into sign_in_try (who, failures, last_at) values ($1, 0, $2) on conflict (who) do update set failures = sign_in_try.failures").bind(who).bind(now.0).execute(tx.conn()).await?;
    let row = sqlx::query("select failures, last_at from sign_in_try where who = $1").bind(who).fetch_one(tx.conn()).await?;
    let (failures, last_at) = (row.try_get::<i64, _>(0)?, Moment(row.try_get(1)?));
    let waited = now.since(last_at) / SECOND;
    let delay = delay(failures, free, longest);
    if waited < delay {
        return Err(Refusal::TooMany { retry: u32::try_from(delay - waited).unwrap_or(u32::MAX) }.into());
    }
    sqlx::query("update sign_in_try set failures = failures + 1, last_at = $2 where who = $1")
        .bind(who)
        .bind(now.0)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Seconds to wait after so many failures: none at first, then doubling.
fn delay(failures: i64, free: i64, longest: i64) -> i64 {
    match failures - free {
        ..0 => 0,
        over => longest.min(1 << over.min(20)),
    }
}

/// Whom an address stands for: an IPv6 host owns its whole /64.
pub(crate) fn network(address: &str) -> String {
    match address.trim().parse() {
        Ok(std::net::IpAddr::V6(six)) if six.to_ipv4_mapped().is_none() => {
            let [a, b, c, d, ..] = six.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
        Ok(address) => address.to_canonical().to_string(),
        Err(_) => digest(address.as_bytes()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_failures_are_free_and_the_delay_doubles_up_to_its_longest() {
        assert_eq!([0, 4, 5, 6, 8, 13, 14, 90].map(|n| delay(n, 5, 300)), [0, 0, 1, 2, 8, 256, 300, 300]);
    }

    #[test]
    fn neighbours_in_a_64_are_one_address() {
        assert_eq!(network("2001:db8:1:2::7"), network("2001:db8:1:2:ffff::1"));
        assert_ne!(network("2001:db8:1:2::7"), network("2001:db8:1:3::7"));
        assert_eq!(network("::ffff:192.0.2.1"), network("192.0.2.1"));
    }

    #[test]
    fn what_is_stored_is_argon2id_as_owasp_recommends_it() {
        let passwords = Passwords::new(HashCost::default()).unwrap();
        let stored = passwords.hasher.hash("correct horse battery").unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{stored}");
        assert!(passwords.hasher.verify("correct horse battery", Some(stored.clone())).unwrap());
        assert!(!passwords.hasher.verify("correct horse batterz", Some(stored)).unwrap());
        assert!(!passwords.hasher.verify("correct horse battery", None).unwrap());
    }

    #[test]
    fn a_password_has_bounds() {
        assert_eq!(check(""), Err(Refusal::invalid("password", Why::Required)));
        assert_eq!(check("short"), Err(Refusal::invalid("password", Why::TooShort(PASSWORD_LEAST))));
        assert_eq!(check(&"é".repeat(PASSWORD_LEAST as usize)), Ok(()));
        assert_eq!(check(&"é".repeat(PASSWORD_MOST as usize)), Ok(()));
        assert_eq!(check(&"é".repeat(PASSWORD_MOST as usize + 1)), Err(Refusal::invalid("password", Why::TooLong(PASSWORD_MOST))));
    }
}
