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
    /// Refuses who is banned, and who does it too often.
    pub(crate) async fn restrain(&self, tx: &mut Tx, what: &str, bounds: &Bounds) -> Result<()> {
        self.restrain_alone(tx, what, bounds).await?;
        self.restrain_all(tx, what, bounds).await
    }

    /// The first part of it: refuses who is banned, and who does it too often, whatever others do.
    pub(crate) async fn restrain_alone(&self, tx: &mut Tx, what: &str, bounds: &Bounds) -> Result<()> {
        let now = tx.now();
        ban::check(tx.conn(), &self.property, now, Some(&self.id), &self.address).await?;
        allowance::spend_own(tx, what, &self.doer(), bounds).await
    }

    /// The last part: what all visitors may do together. The row that counts it is everybody's: taken late, it is held for a short time.
    pub(crate) async fn restrain_all(&self, tx: &mut Tx, what: &str, bounds: &Bounds) -> Result<()> {
        allowance::spend_shared(tx, what, &self.doer(), bounds).await
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
