//! Addresses that a property is written to besides those of Recado's own mail domain, as far as its admins named them: the one its letters
//! are from, and the mailboxes that are fetched. To have one of them in copy is to have us in copy.

use model::PropertyId;
use sqlx::Row as _;

use crate::{Result, db::Conn};

/// Those of property `$1`, as SQL.
macro_rules! our_addresses {
    () => {
        "select lower(sender) as address from property where id = $1 and sender <> '' \
         union select lower(login) from mailbox where property = $1 and login like '%@%'"
    };
}
pub(crate) use our_addresses;

/// All of them, lower case.
pub(super) async fn of(conn: &mut Conn, property: &PropertyId) -> Result<Vec<String>> {
    let rows = sqlx::query(our_addresses!()).bind(property.as_str()).fetch_all(conn).await?;
    rows.iter().map(|row| Ok(row.try_get(0)?)).collect()
}
