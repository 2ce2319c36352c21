//! What a visitor's verbs begin with: who writes is there, is not banned, and does not do it too often.

use model::Refusal;

use super::{Row, Visitor, of_row, visitor_columns};
use crate::{
    Result,
    allowance::{self, Bounds, Doer},
    ban,
    db::Tx,
};

impl Visitor {
    /// Refuses who is banned, and who does it too often: counted at once, for what is over soon.
    pub(crate) async fn restrain(&self, tx: &mut Tx, what: &str, bounds: &Bounds) -> Result<()> {
        let now = tx.now();
        ban::check(tx.conn(), &self.property, now, Some(&self.id), &self.address).await?;
        self.count(tx, what, bounds).await
    }

    /// The same without counting, which is then to be done last: until it is, nobody waits for another.
    pub(crate) async fn admit(&self, tx: &mut Tx, what: &str, bounds: &Bounds) -> Result<()> {
        let now = tx.now();
        ban::check(tx.conn(), &self.property, now, Some(&self.id), &self.address).await?;
        allowance::is_room(tx.conn(), now, what, &self.doer(), bounds).await
    }

    /// Counts once more of what was admitted. The rows that count are everybody's: whoever has them makes others wait.
    pub(crate) async fn count(&self, tx: &mut Tx, what: &str, bounds: &Bounds) -> Result<()> {
        allowance::spend(tx, what, &self.doer(), bounds).await
    }

    fn doer(&self) -> Doer<'_> {
        Doer { visitor: Some(self.id.as_str()), address: &self.address, property: self.property.as_str() }
    }

    /// Who writes is there: their row, locked until the end of the transaction, says so.
    pub(crate) async fn arrive(&self, tx: &mut Tx) -> Result<Row> {
        let now = tx.now();
        let row = sqlx::query(concat!(
            "update visitor set seen_at = $3, left_at = null where property = $1 and id = $2 and token is not null returning ",
            visitor_columns!()
        ))
        .bind(self.property.as_str())
        .bind(self.id.as_str())
        .bind(now.0)
        .fetch_optional(tx.conn())
        .await?;
        of_row(&row.ok_or(Refusal::SignedOut)?)
    }
}
