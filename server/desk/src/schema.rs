//! Moves the schema forward on start: each file of `migrations/` once, in order. One text for both databases;
//! the only word that differs is PostgreSQL's name for bytes.

use sqlx::Row as _;

use crate::{
    Fault, Result,
    clock::digest,
    db::{Db, Tx},
};

const MIGRATIONS: &[(&str, &str)] = &[
    ("0001_log", include_str!("../../../migrations/0001_log.sql")),
    ("0002_people", include_str!("../../../migrations/0002_people.sql")),
    ("0003_conversation", include_str!("../../../migrations/0003_conversation.sql")),
    ("0004_mail", include_str!("../../../migrations/0004_mail.sql")),
    ("0010_chat", include_str!("../../../migrations/0010_chat.sql")),
];

/// Brings the database to the newest schema.
pub async fn migrate(db: &Db) -> Result<()> {
    let sqlite = db.is_sqlite();
    db.write(move |tx| {
        Box::pin(async move {
            if !sqlite {
                // two nodes starting at once: one waits for the other
                sqlx::query("select pg_advisory_xact_lock(7236302)").execute(tx.conn()).await?;
            }
            sqlx::query("create table if not exists migration (name text primary key, digest text not null, applied_at bigint not null)")
                .execute(tx.conn())
                .await?;
            for (name, text) in MIGRATIONS {
                apply(tx, name, text, sqlite).await?;
            }
            Ok(())
        })
    })
    .await
}

async fn apply(tx: &mut Tx, name: &str, text: &'static str, sqlite: bool) -> Result<()> {
    let known = sqlx::query("select digest from migration where name = $1").bind(name).fetch_optional(tx.conn()).await?;
    let wanted = digest(text.as_bytes());
    if let Some(row) = known {
        let digest: String = row.try_get(0)?;
        if digest != wanted {
            return Err(Fault::Setting(format!("migration {name} was changed after it was applied")).into());
        }
        return Ok(());
    }
    for statement in statements(text) {
        let statement = if sqlite { statement } else { statement.replace(" blob,", " bytea,") };
        sqlx::query(sqlx::AssertSqlSafe(statement)).execute(tx.conn()).await?;
    }
    let now = tx.now();
    sqlx::query("insert into migration (name, digest, applied_at) values ($1, $2, $3)")
        .bind(name)
        .bind(wanted)
        .bind(now.0)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// The statements of a file: comments out, split at each semicolon that ends a line.
fn statements(text: &str) -> Vec<String> {
    let mut code = text.lines().filter(|line| !line.trim_start().starts_with("--")).collect::<Vec<_>>().join("\n");
    code.push('\n');
    code.split(";\n").map(str::trim).filter(|statement| !statement.is_empty()).map(ToOwned::to_owned).collect()
}
