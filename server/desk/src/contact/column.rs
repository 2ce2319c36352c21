//! What the list of contacts shows an agent of each, kept for them in this property.

use model::contact::column::{Columns, Shown};
use sqlx::Row as _;

use crate::{Agent, Result};

impl Agent {
    /// What their list of contacts shows, and what else could be shown.
    pub async fn contact_columns(&self) -> Result<Shown> {
        let row = sqlx::query("select columns from contact_column where property = $1 and agent = $2")
            .bind(self.property.as_str())
            .bind(self.id.as_str())
            .fetch_optional(self.desk.db().read())
            .await?;
        let columns = match row {
            Some(row) => Columns::of_words(serde_json::from_str::<Vec<String>>(row.try_get(0)?)?),
            None => Columns::default(),
        };
        let mut attributes = self.list_contact_labels().await?.attributes;
        attributes.extend(columns.attributes.iter().cloned());
        attributes.sort();
        attributes.dedup();
        Ok(Shown { columns, attributes })
    }

    /// Says what their list of contacts shows.
    pub async fn choose_contact_columns(&self, columns: Columns) -> Result<()> {
        // as it came over the wire it may be anything
        let columns = Columns::of_words(columns.words());
        self.write(move |tx, agent| {
            Box::pin(async move {
                sqlx::query(
                    "insert into contact_column (property, agent, columns) values ($1, $2, $3) on conflict (property, agent) do update set columns = excluded.columns",
                )
                .bind(agent.property.as_str())
                .bind(agent.id.as_str())
                .bind(serde_json::to_string(&columns.words())?)
                .execute(tx.conn())
                .await?;
                Ok(())
            })
        })
        .await
    }
}
