//! Moves the schema forward on start: each file of `migrations/` once, in order. One text for both databases;
//! what differs is PostgreSQL's name for bytes, and what a statement says of itself: `-- only sqlite`, `-- only postgres`.

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
    ("0005_post", include_str!("../../../migrations/0005_post.sql")),
    ("0006_inbox", include_str!("../../../migrations/0006_inbox.sql")),
    ("0010_chat", include_str!("../../../migrations/0010_chat.sql")),
    ("0011_visit", include_str!("../../../migrations/0011_visit.sql")),
    ("0012_notify", include_str!("../../../migrations/0012_notify.sql")),
    ("0013_visitor_gone", include_str!("../../../migrations/0013_visitor_gone.sql")),
    ("0014_ways", include_str!("../../../migrations/0014_ways.sql")),
    ("0015_unseen", include_str!("../../../migrations/0015_unseen.sql")),
    ("0016_pop_out", include_str!("../../../migrations/0016_pop_out.sql")),
    ("0017_chat_facts", include_str!("../../../migrations/0017_chat_facts.sql")),
    ("0018_shift", include_str!("../../../migrations/0018_shift.sql")),
    ("0019_automatic", include_str!("../../../migrations/0019_automatic.sql")),
    ("0020_domain_rate", include_str!("../../../migrations/0020_domain_rate.sql")),
    ("0021_mailbox_turn", include_str!("../../../migrations/0021_mailbox_turn.sql")),
    ("0025_contact", include_str!("../../../migrations/0025_contact.sql")),
    ("0030_search", include_str!("../../../migrations/0030_search.sql")),
    ("0040_batch", include_str!("../../../migrations/0040_batch.sql")),
    ("0041_saved_view", include_str!("../../../migrations/0041_saved_view.sql")),
    ("0050_contact_known", include_str!("../../../migrations/0050_contact_known.sql")),
    ("0051_contact_merge", include_str!("../../../migrations/0051_contact_merge.sql")),
    ("0052_contact_import", include_str!("../../../migrations/0052_contact_import.sql")),
    ("0060_rule", include_str!("../../../migrations/0060_rule.sql")),
    ("0070_report", include_str!("../../../migrations/0070_report.sql")),
    ("0071_audit", include_str!("../../../migrations/0071_audit.sql")),
    ("0080_second_step", include_str!("../../../migrations/0080_second_step.sql")),
    ("0090_target", include_str!("../../../migrations/0090_target.sql")),
    ("0100_import", include_str!("../../../migrations/0100_import.sql")),
    ("0110_reach", include_str!("../../../migrations/0110_reach.sql")),
    ("0120_blob_sweep", include_str!("../../../migrations/0120_blob_sweep.sql")),
    ("0121_erasure", include_str!("../../../migrations/0121_erasure.sql")),
    ("0122_contact_column", include_str!("../../../migrations/0122_contact_column.sql")),
    ("0130_passkey", include_str!("../../../migrations/0130_passkey.sql")),
    ("0140_organisation", include_str!("../../../migrations/0140_organisation.sql")),
    ("0150_follow", include_str!("../../../migrations/0150_follow.sql")),
    ("0155_density", include_str!("../../../migrations/0155_density.sql")),
    ("0160_archive", include_str!("../../../migrations/0160_archive.sql")),
    ("0165_dead_address", include_str!("../../../migrations/0165_dead_address.sql")),
    ("0170_html_new", include_str!("../../../migrations/0170_html_new.sql")),
    ("0175_picture", include_str!("../../../migrations/0175_picture.sql")),
    ("0180_channel", include_str!("../../../migrations/0180_channel.sql")),
    ("0181_note_word", include_str!("../../../migrations/0181_note_word.sql")),
];

/// Names of all migrations, in their order.
pub fn names() -> impl Iterator<Item = &'static str> {
    MIGRATIONS.iter().map(|(name, _)| *name)
}

/// Brings the database to the newest schema.
pub async fn migrate(db: &Db) -> Result<()> {
    bring(db, MIGRATIONS).await
}

async fn bring(db: &Db, migrations: &'static [(&str, &str)]) -> Result<()> {
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
            for (name, text) in migrations {
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
    for statement in statements(text, if sqlite { "sqlite" } else { "postgres" }) {
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

/// The statements of a file for one database: split at each semicolon that ends a line, comments out.
fn statements(text: &str, database: &str) -> Vec<String> {
    let mine = |statement: &&str| statement.lines().filter_map(|line| line.trim().strip_prefix("-- only ")).all(|only| only == database);
    let code = |statement: &str| statement.lines().filter(|line| !line.trim_start().starts_with("--")).collect::<Vec<_>>().join("\n");
    let all = format!("{text}\n");
    all.split(";\n").filter(mine).map(|part| code(part).trim().to_owned()).filter(|statement| !statement.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Clock, db::Place};

    /// A tagged conversation as databases before `0006_inbox` have it.
    const OLD: [&str; 4] = [
        "insert into property (id, name, language, time_zone, forwarding, created_at) values ('p', 'P', 'en', 'UTC', 'p', 0)",
        "insert into contact (property, id, name, email, created_at) values ('p', 'k', 'K', 'k@example.com', 0)",
        "insert into conversation (property, id, kind, subject, contact, preview, status, priority, assignee, tags, folder, attachments, last_at, waiting_at, created_at, seq) \
         values ('p', 'c', 'ticket', 'S', 'k', '', 'solved', 5, 'nobody', '[\"late\"]', 'trash', 0, 7, 9, 0, 1)",
        "insert into conversation_tag (property, tag, conversation, last_at) values ('p', 'late', 'c', 7)",
    ];

    /// A ticket that an agent began, and a chat; the one of `OLD` came by mail.
    const BEGUN: [&str; 2] = [
        "insert into conversation (property, id, kind, subject, contact, preview, status, priority, assignee, tags, folder, attachments, last_at, waiting_at, created_at, seq) \
         select property, id, kind, subject, contact, preview, status, priority, assignee, tags, folder, attachments, last_at, waiting_at, created_at, seq \
         from (select 'w' as id, 'ticket' as kind union all select 'h', 'chat') n \
         cross join (select property, subject, contact, preview, status, priority, assignee, tags, folder, attachments, last_at, waiting_at, created_at, seq from conversation) c",
        "insert into message (property, id, conversation, seq, place, kind, author, channel, at, body) values \
         ('p', '1', 'c', 1, 0, 'said', '{}', 'email', 0, ''), ('p', '2', 'w', 1, 0, 'noted', '{}', 'email', 0, ''), ('p', '3', 'w', 2, 0, 'said', '{}', 'web', 0, '')",
    ];

    /// A database as it was before a migration, with rows in it, brought to the newest schema.
    async fn brought(data: &tempfile::TempDir, before: &str, rows: impl IntoIterator<Item = &'static str>) -> Db {
        let db = Db::open(&Place::Sqlite(data.path().join("recado.db")), Clock::wall()).await.unwrap();
        let (before, _) = MIGRATIONS.split_at(MIGRATIONS.iter().position(|(name, _)| *name == before).unwrap());
        bring(&db, before).await.unwrap();
        for text in rows {
            db.write(move |tx| Box::pin(async move { Ok(sqlx::query(text).execute(tx.conn()).await.map(drop)?) })).await.unwrap();
        }
        migrate(&db).await.unwrap();
        db
    }

    #[tokio::test]
    async fn tags_of_an_earlier_database_know_what_views_ask() {
        let data = tempfile::tempdir().unwrap();
        let db = brought(&data, "0006_inbox", OLD).await;
        let row: (String, String, i64, i64) =
            sqlx::query_as("select folder, status, priority, waiting_at from conversation_tag").fetch_one(db.read()).await.unwrap();
        assert_eq!(row, ("trash".into(), "solved".into(), 5, 9));
    }

    #[tokio::test]
    async fn conversations_of_an_earlier_database_know_how_they_came() {
        let data = tempfile::tempdir().unwrap();
        let db = brought(&data, "0180_channel", OLD.into_iter().chain(BEGUN)).await;
        let rows: Vec<(String, String)> =
            sqlx::query_as("select id, channel from conversation order by id").fetch_all(db.read()).await.unwrap();
        let said: Vec<(&str, &str)> = rows.iter().map(|(id, channel)| (id.as_str(), channel.as_str())).collect();
        assert_eq!(said, [("c", "email"), ("h", "chat"), ("w", "web")]);
    }
}
