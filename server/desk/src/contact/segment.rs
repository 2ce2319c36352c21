//! Segments: lists of contacts that are asked for again and again, seen and kept by everybody in the property.

use model::{
    Refusal, SegmentId, Why,
    address::line_of_field,
    contact::list::{Asked, SEGMENT_NAME_MOST, SEGMENTS_MOST, Segment},
};
use sqlx::Row as _;

use crate::{Agent, OnConstraint as _, OrNotFound as _, Result, line::word};

impl Agent {
    /// Every segment, by name.
    pub async fn list_segments(&self) -> Result<Vec<Segment>> {
        let rows = sqlx::query("select id, name, asked from contact_segment where property = $1 order by name, id")
            .bind(self.property.as_str())
            .fetch_all(self.desk.db().read())
            .await?;
        rows.iter()
            .map(|row| {
                let asked: Asked = serde_json::from_str(row.try_get("asked")?)?;
                Ok(Segment { id: word(row, "id")?, name: row.try_get("name")?, asked })
            })
            .collect()
    }

    /// Keeps what is asked for under a name.
    pub async fn save_segment(&self, name: &str, asked: Asked) -> Result<SegmentId> {
        let name = line_of_field("name", name, SEGMENT_NAME_MOST)?;
        let (id, asked) = (SegmentId::from_bits(self.desk.clock().bits()), serde_json::to_string(&asked.checked())?);
        self.write(move |tx, agent| {
            Box::pin(async move {
                let row = sqlx::query("select count(*) from contact_segment where property = $1")
                    .bind(agent.property.as_str())
                    .fetch_one(tx.conn())
                    .await?;
                if row.try_get::<i64, _>(0)? >= i64::from(SEGMENTS_MOST) {
                    return Err(Refusal::invalid("name", Why::TooMany(SEGMENTS_MOST)).into());
                }
                let now = tx.now();
                sqlx::query(
                    "insert into contact_segment (property, id, name, asked, created_by, created_at) values ($1, $2, $3, $4, $5, $6)",
                )
                .bind(agent.property.as_str())
                .bind(id.as_str())
                .bind(&name)
                .bind(&asked)
                .bind(agent.id.as_str())
                .bind(now.0)
                .execute(tx.conn())
                .await
                .on_constraint("contact_segment_name", "contact_segment.name", Refusal::Taken { field: "name".into() })?;
                Ok(id)
            })
        })
        .await
    }

    /// Forgets a segment; nobody in it is touched.
    pub async fn delete_segment(&self, id: SegmentId) -> Result<()> {
        self.write(move |tx, agent| {
            Box::pin(async move {
                sqlx::query("delete from contact_segment where property = $1 and id = $2")
                    .bind(agent.property.as_str())
                    .bind(id.as_str())
                    .execute(tx.conn())
                    .await?
                    .or_not_found()
            })
        })
        .await
    }
}
