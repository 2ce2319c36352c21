//! The rule reader: which rules look at what happened, and which wait until time has passed since. What a rule does is written
//! together with the reader's place, so that it is done exactly once, whoever dies in between. Decides nothing that rules decide.
//!
//! Rules that look at what happens share one place in the log. Each that waits has its own, and reads as far as its time has passed:
//! an event is its cause, once, if nothing later took its place. What rules do themselves is no cause: no two undo each other for ever.

use model::{
    AgentId, ConversationId, Moment, PropertyId, Refusal, RuleId,
    conversation::{Folder, Line},
    event::{Event, What},
    message::{Author, Happening, MessageKind},
    rule::{Rule, Since, When, micros},
};
use sqlx::Row as _;

use super::place;
use crate::{
    Desk, Error, Result,
    db::Tx,
    line::{self, word},
    log,
    rule::{self, Work},
};

/// Name of the place of rules that look at what happens.
pub(crate) const RULES: &str = "rule";
/// Events of one look.
const EVENTS: i64 = 500;

/// Name of the place of a rule that waits.
pub(crate) fn of_rule(id: &RuleId) -> String {
    format!("{RULES}:{id}")
}

/// Which agents of a property have a page open.
pub(crate) type Connected<'a> = dyn Fn(&PropertyId) -> Vec<AgentId> + Send + Sync + 'a;

/// What an event says of a conversation, as far as rules look at it.
#[derive(Default)]
struct Told {
    created: bool,
    /// When the customer wrote, if they did.
    asked: Option<Moment>,
    /// Whether an agent said something.
    replied: bool,
    status: bool,
}

impl Told {
    const fn causes(&self, when: When) -> bool {
        match when {
            When::Created => self.created,
            // the words it came to be by are no answer
            When::Answered => self.asked.is_some() && !self.created,
            When::Replied => self.replied && !self.created,
            When::Status => self.status,
            When::Passed => false,
        }
    }
}

/// Whether an event may say anything that rules look at: asked before its rows are read.
fn may_cause(event: &Event, when: When, since: Since) -> bool {
    let created = matches!(event.what, What::TicketOpened | What::ChatStarted);
    let by = |contact: bool| match event.author {
        Author::Contact { .. } => contact,
        Author::Agent { .. } => !contact,
        Author::System => false,
    };
    let asked = (event.what == What::MessageSaid && by(true)) || event.what == What::MessageApproved;
    let replied = (event.what == What::MessageSaid && by(false)) || event.what == What::MessageApproved;
    let status = matches!(event.what, What::StatusChanged | What::Snoozed | What::Woken | What::ChatEnded | What::ChatMissed)
        // words bring a change of status as a second entry
        || (event.what == What::MessageSaid && event.messages.len() > 1);
    match (when, since) {
        (When::Created, _) | (When::Passed, Since::Created) => created,
        (When::Answered, _) => asked,
        (When::Passed, Since::Answered | Since::Waiting) => asked || created,
        (When::Replied, _) => replied,
        (When::Passed, Since::Replied) => replied || created,
        (When::Status, _) | (When::Passed, Since::Status) => status,
    }
}

/// Whether an entry tells that the status changed.
pub(crate) const fn tells_status(happening: &Happening) -> bool {
    matches!(
        happening,
        Happening::Status { .. } | Happening::Reopened | Happening::Woke | Happening::Snoozed { .. } | Happening::Ended | Happening::Missed
    )
}

impl Desk {
    /// Reads on for every property with rules that are on. True when there may be more to read.
    pub async fn follow_rules(&self, connected: &Connected<'_>) -> Result<bool> {
        let all = rule::all_on(self.db().read().acquire().await?.as_mut()).await?;
        let mut more = false;
        for (property, rules) in &all {
            let (waiting, looking): (Vec<Rule>, Vec<Rule>) = rules.iter().cloned().partition(|rule| rule.when == When::Passed);
            if !looking.is_empty() {
                more |= self.look_at_events(property, &looking, connected).await?;
            }
            for rule in waiting {
                more |= self.look_at_time(property, rule, connected).await?;
            }
        }
        Ok(more)
    }

    async fn look_at_events(&self, property: &PropertyId, rules: &[Rule], connected: &Connected<'_>) -> Result<bool> {
        let mut place = place::of(self.db().read().acquire().await?.as_mut(), RULES, property).await?;
        let events = log::since(self.db().read(), property, place, EVENTS).await?;
        let full = i64::try_from(events.len()).unwrap_or(0) == EVENTS;
        let Some(end) = events.last().map(|event| event.seq) else { return Ok(false) };
        for event in events {
            let rules: Vec<Rule> = rules.iter().filter(|rule| may_cause(&event, rule.when, rule.since)).cloned().collect();
            if rules.is_empty() {
                continue;
            }
            let seq = event.seq;
            if !self.rule_step(RULES, property, (place, seq), Some((event, rules, connected(property)))).await? {
                return Ok(true);
            }
            place = seq;
        }
        if place < end && !self.rule_step(RULES, property, (place, end), None).await? {
            return Ok(true);
        }
        Ok(full)
    }

    /// Reads the log as far as a rule's time has passed.
    async fn look_at_time(&self, property: &PropertyId, rule: Rule, connected: &Connected<'_>) -> Result<bool> {
        let reader = of_rule(&rule.id);
        let until = self.clock().now().plus(-micros(rule.after));
        let mut conn = self.db().read().acquire().await?;
        let mut place = place::of(&mut conn, &reader, property).await?;
        if log::next_at(&mut conn, property, place).await?.is_none_or(|at| at > until) {
            return Ok(false);
        }
        drop(conn);
        let events = log::all_since(self.db().read(), property, place, EVENTS).await?;
        let full = i64::try_from(events.len()).unwrap_or(0) == EVENTS;
        let due: Vec<Event> = events.into_iter().map(|addressed| addressed.event).take_while(|event| event.at <= until).collect();
        let Some(end) = due.last().map(|event| event.seq) else { return Ok(false) };
        for event in due.into_iter().filter(|event| may_cause(event, rule.when, rule.since)) {
            let (seq, rules) = (event.seq, vec![rule.clone()]);
            if !self.rule_step(&reader, property, (place, seq), Some((event, rules, connected(property)))).await? {
                return Ok(true);
            }
            place = seq;
        }
        if place < end && !self.rule_step(&reader, property, (place, end), None).await? {
            return Ok(true);
        }
        Ok(full)
    }

    /// Moves a place and does what rules do by one event, together. False when another reader was faster.
    async fn rule_step(
        &self,
        reader: &str,
        property: &PropertyId,
        (from, to): (i64, i64),
        cause: Option<(Event, Vec<Rule>, Vec<AgentId>)>,
    ) -> Result<bool> {
        let (desk, property, reader) = (self.clone(), property.clone(), reader.to_owned());
        self.db()
            .write_to(&property.clone(), move |tx| {
                Box::pin(async move {
                    if !place::advance(tx, &reader, &property, from, to).await? {
                        return Ok(false);
                    }
                    if let Some((event, rules, connected)) = cause {
                        run(tx, (&desk, &property), &event, &rules, &connected).await?;
                    }
                    Ok(true)
                })
            })
            .await
            .or_else(|error| if place::is_race(&error) { Ok(false) } else { Err(error) })
    }
}

/// Asks rules in their order, each of the conversation as those before it left it.
async fn run(tx: &mut Tx, (desk, property): (&Desk, &PropertyId), event: &Event, rules: &[Rule], connected: &[AgentId]) -> Result<()> {
    let Some(id) = &whereabouts(tx, property, event).await? else { return Ok(()) };
    let line = match line::take(tx, property, id).await {
        Ok(line) if line.folder == Folder::Inbox => line,
        // deleted meanwhile, or in a drawer that rules do not look into
        Ok(_) | Err(Error::Refused(Refusal::NotFound)) => return Ok(()),
        Err(error) => return Err(error),
    };
    let (told, now) = (told(tx, property, id, event).await?, tx.now());
    let mut work = Work::new(desk, property, connected, line);
    for one in rules {
        let caused = match one.when {
            When::Passed => stands(tx, property, &work.line, event, &told, one.since).await?,
            when => told.causes(when),
        };
        if !caused {
            continue;
        }
        let case = rule::case(tx.conn(), property, &work.line, &one.conditions, now).await?;
        if !one.conditions.matches(&case) || !rule::count(tx, property, &one.id).await? {
            continue;
        }
        work.run(tx, &case, one).await?;
        if one.stop {
            break;
        }
    }
    work.finish(tx).await
}

/// The conversation that an event is about: the one that its last words are in now, wherever an agent moved them.
async fn whereabouts(tx: &mut Tx, property: &PropertyId, event: &Event) -> Result<Option<ConversationId>> {
    for message in event.messages.iter().rev() {
        let row = sqlx::query("select conversation from message where property = $1 and id = $2")
            .bind(property.as_str())
            .bind(message.as_str())
            .fetch_optional(tx.conn())
            .await?;
        if let Some(row) = row {
            return Ok(Some(word(&row, "conversation")?));
        }
    }
    Ok(event.conversation.clone())
}

/// What an event says, by those of its entries that are still in the conversation. Words that are held back or automatic say nothing.
async fn told(tx: &mut Tx, property: &PropertyId, id: &ConversationId, event: &Event) -> Result<Told> {
    let created = matches!(event.what, What::TicketOpened | What::ChatStarted) && event.conversation.as_ref() == Some(id);
    let mut told = Told { created, ..Told::default() };
    // what was held back at first is said by the event that let it through
    let later = if event.what == What::MessageSaid { log::approved_since(tx.conn(), event).await? } else { vec![] };
    for message in event.messages.iter().filter(|message| !later.contains(message)) {
        let row = sqlx::query(
            "select kind, author, at, happened from message where property = $1 and id = $2 and conversation = $3 and mark is null",
        )
        .bind(property.as_str())
        .bind(message.as_str())
        .bind(id.as_str())
        .fetch_optional(tx.conn())
        .await?;
        let Some(row) = row else { continue };
        let author: Author = serde_json::from_str(row.try_get("author")?)?;
        match (word::<MessageKind>(&row, "kind")?, author) {
            (MessageKind::Said, Author::Contact { .. }) => told.asked = Some(Moment(row.try_get("at")?)),
            (MessageKind::Said, Author::Agent { .. }) => told.replied = true,
            (MessageKind::Happened, _) => {
                let happened = row.try_get::<Option<&str>, _>("happened")?.map(serde_json::from_str::<Happening>).transpose()?;
                told.status |= happened.as_ref().is_some_and(tells_status);
            }
            _ => {}
        }
    }
    Ok(told)
}

/// Whether the moment that an event stands for still is the one that time passes since.
async fn stands(tx: &mut Tx, property: &PropertyId, line: &Line, event: &Event, told: &Told, since: Since) -> Result<bool> {
    match since {
        Since::Created => return Ok(told.created),
        Since::Waiting => return Ok(told.asked.is_some() && told.asked == line.waiting_since),
        Since::Answered if told.asked.is_none() => return Ok(false),
        Since::Replied if !told.replied => return Ok(false),
        Since::Status if !told.status => return Ok(false),
        Since::Answered | Since::Replied | Since::Status => {}
    }
    let later = sqlx::query(
        "select kind, author, happened from message where property = $1 and conversation = $2 and seq > $3 and kind <> 'noted' and mark is null",
    )
    .bind(property.as_str())
    .bind(line.id.as_str())
    .bind(event.seq)
    .fetch_all(tx.conn())
    .await?;
    for row in &later {
        let (kind, author): (MessageKind, Author) = (word(row, "kind")?, serde_json::from_str(row.try_get("author")?)?);
        let happened = row.try_get::<Option<&str>, _>("happened")?.map(serde_json::from_str::<Happening>).transpose()?;
        let replaced = match since {
            Since::Answered => kind == MessageKind::Said && matches!(author, Author::Contact { .. }),
            Since::Replied => kind == MessageKind::Said && matches!(author, Author::Agent { .. }),
            _ => happened.as_ref().is_some_and(tells_status),
        };
        if replaced {
            return Ok(false);
        }
    }
    Ok(true)
}
