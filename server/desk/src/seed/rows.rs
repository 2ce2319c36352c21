//! Rows in bulk: one statement carries many, so that a database on another machine is asked a thousand times less.
//! The text is built of names that stand in this crate; every value is bound.

use sqlx::{Any, any::AnyRow, query::Query};

use crate::{Result, db::Tx};

/// A value of a row, with its type even when it is null: PostgreSQL asks for it.
#[derive(Clone)]
pub enum Value {
    /// Text.
    Text(String),
    /// No text.
    NoText,
    /// A number.
    Number(i64),
    /// No number.
    NoNumber,
    /// Bytes.
    Bytes(Vec<u8>),
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl From<Option<String>> for Value {
    fn from(text: Option<String>) -> Self {
        text.map_or(Self::NoText, Self::Text)
    }
}

impl From<Option<i64>> for Value {
    fn from(number: Option<i64>) -> Self {
        number.map_or(Self::NoNumber, Self::Number)
    }
}

/// Values bound in one statement: SQLite takes 32,766, and long statements cost more to read than they save.
const VALUES_MOST: usize = 2_000;

/// Rows of one table.
pub struct Rows {
    table: &'static str,
    columns: &'static [&'static str],
    values: Vec<Value>,
}

impl Rows {
    /// None yet.
    pub const fn of(table: &'static str, columns: &'static [&'static str]) -> Self {
        Self { table, columns, values: vec![] }
    }

    /// One more; as many values as there are columns.
    pub fn push<const N: usize>(&mut self, row: [Value; N]) {
        debug_assert_eq!(N, self.columns.len(), "{}", self.table);
        self.values.extend(row);
    }

    /// Writes them.
    pub async fn write(self, tx: &mut Tx) -> Result<()> {
        let width = self.columns.len();
        let most = (VALUES_MOST / width).max(1) * width;
        for values in self.values.chunks(most) {
            let text = self.statement(values.len() / width);
            let mut query: Query<'_, Any, _> = sqlx::query(sqlx::AssertSqlSafe(text));
            for value in values {
                query = match value {
                    Value::Text(text) => query.bind(text.as_str()),
                    Value::NoText => query.bind(None::<String>),
                    Value::Number(number) => query.bind(*number),
                    Value::NoNumber => query.bind(None::<i64>),
                    Value::Bytes(bytes) => query.bind(bytes.clone()),
                };
            }
            query.execute(tx.conn()).await?;
        }
        Ok(())
    }

    fn statement(&self, rows: usize) -> String {
        let width = self.columns.len();
        let row =
            |row: usize| format!("({})", (1..=width).map(|column| format!("${}", row * width + column)).collect::<Vec<_>>().join(", "));
        format!("insert into {} ({}) values {}", self.table, self.columns.join(", "), (0..rows).map(row).collect::<Vec<_>>().join(", "))
    }
}

/// Contacts that some addresses have already.
pub async fn known(tx: &mut Tx, property: &str, emails: impl Iterator<Item = &String>) -> Result<Vec<AnyRow>> {
    let emails: Vec<&String> = emails.collect();
    let places = (2..emails.len() + 2).map(|place| format!("${place}")).collect::<Vec<_>>().join(", ");
    let text = format!(
        "select a.email, k.id, k.name from contact_address a join contact k on k.property = a.property and k.id = a.contact \
         where a.property = $1 and a.email in ({places})"
    );
    let query: Query<'_, Any, _> = sqlx::query(sqlx::AssertSqlSafe(text)).bind(property);
    let query = emails.into_iter().fold(query, |query, email| query.bind(email.as_str()));
    Ok(query.fetch_all(tx.conn()).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_statement_numbers_its_values() {
        let rows = Rows::of("read_mark", &["a", "b"]);
        assert_eq!(rows.statement(2), "insert into read_mark (a, b) values ($1, $2), ($3, $4)");
    }
}
