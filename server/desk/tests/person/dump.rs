//! Everything that stands in the database and in the folder of contents, as one text to look for words in.

use sqlx::{AssertSqlSafe, Row as _};

use crate::common::{Base, Ground};

/// Every row of every table, and every file.
pub async fn all(ground: &Ground) -> Vec<(String, String)> {
    let mut found = vec![];
    for (table, text) in tables(ground).await {
        let rows = sqlx::query(AssertSqlSafe(text)).fetch_all(ground.db().read()).await.expect("rows");
        for row in rows {
            found.push((table.clone(), row.try_get::<Option<String>, _>(0).expect("text").unwrap_or_default().to_lowercase()));
        }
    }
    for folder in std::fs::read_dir(ground.data.path().join("blobs")).expect("contents").flatten() {
        for file in std::fs::read_dir(folder.path()).expect("a folder").flatten() {
            let bytes = std::fs::read(file.path()).expect("a file");
            found.push(("files".into(), String::from_utf8_lossy(&bytes).to_lowercase()));
        }
    }
    found
}

/// Tables, each with what reads its rows.
async fn tables(ground: &Ground) -> Vec<(String, String)> {
    let text = match ground.base {
        Base::Sqlite => {
            "select name from sqlite_master where type = 'table' and name not like 'sqlite_%' and sql not like 'create virtual%'"
        }
        Base::Postgres => "select cast(tablename as text) as name from pg_tables where schemaname = 'public'",
    };
    let rows = sqlx::query(text).fetch_all(ground.db().read()).await.expect("tables");
    let mut all = vec![];
    for row in rows {
        let name: String = row.try_get("name").expect("a name");
        let text = match ground.base {
            Base::Postgres => format!("select cast(t as text) from \"{name}\" t"),
            Base::Sqlite => {
                let columns = sqlx::query(AssertSqlSafe(format!("select name from pragma_table_info('{name}')")));
                let columns = columns.fetch_all(ground.db().read()).await.expect("columns");
                let one = |column: String| {
                    format!(
                        "coalesce(case typeof(\"{column}\") when 'blob' then lower(hex(\"{column}\")) else cast(\"{column}\" as text) end, '')"
                    )
                };
                let columns = columns.iter().map(|row| one(row.try_get("name").expect("a name"))).collect::<Vec<_>>();
                format!("select {} from \"{name}\"", columns.join(" || ' | ' || "))
            }
        };
        all.push((name, text));
    }
    all
}

/// Whether a row holds a word: in letters, or in bytes written as numbers.
pub fn holds(row: &str, word: &str) -> bool {
    let hex = |word: &str| data_encoding::HEXLOWER.encode(word.as_bytes());
    let capital = word[..1].to_uppercase() + &word[1..];
    row.contains(word) || row.contains(&hex(word)) || row.contains(&hex(&capital))
}

/// Where a word stands.
pub async fn holding(ground: &Ground, word: &str) -> Vec<String> {
    let all = all(ground).await;
    assert!(all.len() > 50, "only {} rows were read", all.len());
    all.into_iter().filter(|(_, row)| holds(row, word)).map(|(table, row)| format!("{table}: {row}")).collect()
}
