//! What a rule would have touched: its conditions asked of the last conversations as they stand now, and whether what it waits for
//! has happened in them. Changes nothing.

use model::{
    Moment, PropertyId, RuleId,
    conversation::Line,
    message::{Author, Happening},
    rule::{DRY_EXAMPLES, DRY_MOST, DryRun, Rule, Since, Touched, When, micros},
    view::{Key, View},
};
use sqlx::Row as _;

use super::case;
use crate::{Agent, Result, db::Conn, filter, line, reader::tells_status};

/// Conversations read at a time.
const PART: usize = 50;

impl Agent {
    /// Tries a rule, kept or not, with the last conversations of the Inbox.
    pub async fn try_rule(&self, rule: Rule) -> Result<DryRun> {
        self.admin()?;
        let rule = Rule { id: RuleId::from_bits(self.desk.clock().bits()), ..rule.check()? };
        let now = self.desk.clock().now();
        let mut conn = self.desk.db().read().acquire().await?;
        let all = View { status: None, ..View::default() };
        let (mut run, mut after) = (DryRun::default(), None::<Key>);
        for _ in 0..DRY_MOST / PART {
            // few at a time: of many PostgreSQL would read the whole table
            let rows = filter::lines(&self.property, (self.id.as_str(), &self.sight), &all, after.as_ref(), PART).rows(&mut conn).await?;
            for row in &rows {
                let line = line::of_row(row)?;
                after = Some(all.key(&line));
                run.looked += 1;
                let case = case(&mut conn, &self.property, &line, &rule.conditions, now).await?;
                if !rule.conditions.matches(&case) || !looked(&mut conn, &self.property, &line, &rule, now).await? {
                    continue;
                }
                run.touched += 1;
                if run.examples.len() < DRY_EXAMPLES {
                    let about = if line.subject.is_empty() { line.contact.called().to_owned() } else { line.subject };
                    run.examples.push(Touched { conversation: line.id, number: line.number, about, last_at: line.last_at });
                }
            }
            if rows.len() < PART {
                break;
            }
        }
        Ok(run)
    }
}

/// Whether what a rule waits for has happened in a conversation.
async fn looked(conn: &mut Conn, property: &PropertyId, line: &Line, rule: &Rule, now: Moment) -> Result<bool> {
    let until = now.plus(-micros(rule.after));
    match (rule.when, rule.since) {
        (When::Created, _) => return Ok(true),
        (When::Passed, Since::Created) => return Ok(line.created_at <= until),
        (When::Passed, Since::Waiting) => return Ok(line.waiting_since.is_some_and(|at| at <= until)),
        _ => {}
    }
    let rows = sqlx::query(
        "select author, at, kind, happened from message where property = $1 and conversation = $2 and kind <> 'noted' and mark is null order by seq desc, place desc",
    )
    .bind(property.as_str())
    .bind(line.id.as_str())
    .fetch_all(conn)
    .await?;
    let mut found = vec![];
    for row in &rows {
        let author: Author = serde_json::from_str(row.try_get("author")?)?;
        let said = row.try_get::<&str, _>("kind")? == "said";
        let hit = match (rule.when, rule.since) {
            (When::Answered, _) | (When::Passed, Since::Answered) => said && matches!(author, Author::Contact { .. }),
            (When::Replied, _) | (When::Passed, Since::Replied) => said && matches!(author, Author::Agent { .. }),
            _ => match row.try_get::<Option<&str>, _>("happened")? {
                Some(json) => tells_status(&serde_json::from_str::<Happening>(json)?),
                None => false,
            },
        };
        if hit {
            found.push(Moment(row.try_get("at")?));
        }
    }
    // the newest comes first; the customer's first words are none that they wrote again
    Ok(match (rule.when, rule.since) {
        (When::Answered, _) => found.iter().any(|at| *at > line.created_at),
        (When::Passed, _) => found.first().is_some_and(|at| *at <= until),
        _ => !found.is_empty(),
    })
}
