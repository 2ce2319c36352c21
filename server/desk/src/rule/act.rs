//! What a rule does in a conversation whose line was taken: one event with all of it, which says first that the rule ran, and why.
//! Nothing here causes another rule: that event is none that rules look at.

use model::{
    AgentId, Assignee, DepartmentId, MessageId, PropertyId,
    batch::Change,
    conversation::{Kind, Line},
    event::What,
    message::{Author, Channel, Happening, Mark, MessageKind},
    rule::{Action, Case, Condition, Deed, Rule, Subject, occasion, why},
    text::{filled, rule as texts},
};
use sqlx::Row as _;

use crate::{
    Desk, Error, Result, conversation,
    db::Tx,
    line::{word, word_or_none},
    message::Entry,
    property,
};

/// Rules at work in one conversation. All that they do is one event, told last: whoever holds the log waits for nothing else.
pub(crate) struct Work<'a> {
    desk: &'a Desk,
    property: &'a PropertyId,
    /// Agents with an open page.
    connected: &'a [AgentId],
    before: Line,
    /// The line as they left it so far.
    pub line: Line,
    entries: Vec<Entry>,
}

impl<'a> Work<'a> {
    /// Nothing done yet to a line that was taken.
    pub fn new(desk: &'a Desk, property: &'a PropertyId, connected: &'a [AgentId], line: Line) -> Self {
        Self { desk, property, connected, before: line.clone(), line, entries: vec![] }
    }

    /// Does what a rule does. When that changes nothing, nothing is told of it.
    pub async fn run(&mut self, tx: &mut Tx, case: &Case, rule: &Rule) -> Result<()> {
        let begun = self.entries.len();
        let mut unsent = false;
        for action in &rule.actions {
            if action.deed == Deed::Letter {
                unsent |= !self.letter(tx, &action.value).await?;
            } else {
                self.action(tx, action).await?;
            }
        }
        if self.entries.len() > begun || unsent {
            let (rule, name, why) = (rule.id.clone(), rule.name.clone(), self.why(case, rule, unsent).await?);
            let told = self.entry(|id| Entry::happened(id, Author::System, Happening::RuleRan { rule, name, why }));
            self.entries.insert(begun, told);
        }
        Ok(())
    }

    /// Stores and tells what was done, if anything was.
    pub async fn finish(self, tx: &mut Tx) -> Result<()> {
        if self.entries.is_empty() {
            return Ok(());
        }
        conversation::record(tx, self.property, &self.before, &self.line, Author::System, What::RuleRan, self.entries).await?;
        Ok(())
    }

    fn entry(&self, make: impl FnOnce(MessageId) -> Entry) -> Entry {
        make(MessageId::from_bits(self.desk.clock().bits()))
    }

    async fn action(&mut self, tx: &mut Tx, action: &Action) -> Result<()> {
        let change = match action.deed {
            Deed::Tag => Change::Tag(action.value.clone()),
            Deed::Untag => Change::Untag(action.value.clone()),
            Deed::Priority => action.value.parse().map_or(Change::Priority(self.line.priority), Change::Priority),
            Deed::Status => action.value.parse().map_or(Change::Status(self.line.status), Change::Status),
            Deed::Assign => return self.assign(action.assignee().unwrap_or_default()).await,
            Deed::Turn | Deed::LeastBusy => {
                let Ok(department) = action.value.parse::<DepartmentId>() else { return Ok(()) };
                return match self.pick(tx, &department, action.deed).await? {
                    Pick::Agent(agent) => self.assign(Assignee::Agent(agent)).await,
                    Pick::Nobody => self.assign(Assignee::Department(department)).await,
                    Pick::Kept => Ok(()),
                };
            }
            Deed::Note => {
                self.say(tx, MessageKind::Noted, action.value.clone());
                return Ok(());
            }
            Deed::Letter => return Ok(()),
        };
        self.change(&change, None);
        Ok(())
    }

    /// Makes a change; one that cannot be made, as a tag too many, is left.
    fn change(&mut self, change: &Change, name: Option<&str>) {
        let Ok(Some((after, happening))) = change.apply(&self.line, name) else { return };
        self.line = after;
        let told = self.entry(|id| Entry::happened(id, Author::System, happening));
        self.entries.push(told);
    }

    /// Gives it to somebody, unless they are gone since the rule was made.
    async fn assign(&mut self, assignee: Assignee) -> Result<()> {
        match self.desk.assignee_name(self.property, &assignee).await {
            Ok(name) => self.change(&Change::Assign(assignee), name.as_deref()),
            Err(Error::Refused(_)) => {}
            Err(error) => return Err(error),
        }
        Ok(())
    }

    /// The agent of a department whose turn it is: of those who are online, or of all when none is. Whoever has it already keeps it.
    async fn pick(&self, tx: &mut Tx, department: &DepartmentId, how: Deed) -> Result<Pick> {
        let rows = sqlx::query(
            "select m.agent, m.presence, d.turn, coalesce(t.n, 0) as busy from department d \
             join department_agent g on g.property = d.property and g.department = d.id \
             join membership m on m.property = g.property and m.agent = g.agent \
             left join tally t on t.property = m.property and t.facet = 'assignee:agent:' || m.agent \
             where d.property = $1 and d.id = $2 and m.disabled_at is null order by m.agent",
        )
        .bind(self.property.as_str())
        .bind(department.as_str())
        .fetch_all(tx.conn())
        .await?;
        let (mut all, mut here) = (vec![], vec![]);
        for row in &rows {
            let (agent, busy): (AgentId, i64) = (word(row, "agent")?, row.try_get("busy")?);
            if self.line.assignee == Assignee::Agent(agent.clone()) {
                return Ok(Pick::Kept);
            }
            // who had the last one comes after all others
            let had = row.try_get::<Option<&str>, _>("turn")?.is_some_and(|last| agent.as_str() <= last);
            if self.connected.contains(&agent) && row.try_get::<&str, _>("presence")? == "online" {
                here.push((if how == Deed::LeastBusy { busy } else { 0 }, had, agent.clone()));
            }
            all.push((if how == Deed::LeastBusy { busy } else { 0 }, had, agent));
        }
        let Some((.., agent)) = here.into_iter().min().or_else(|| all.into_iter().min()) else { return Ok(Pick::Nobody) };
        sqlx::query("update department set turn = $3 where property = $1 and id = $2")
            .bind(self.property.as_str())
            .bind(department.as_str())
            .bind(agent.as_str())
            .execute(tx.conn())
            .await?;
        Ok(Pick::Agent(agent))
    }

    fn say(&mut self, tx: &Tx, kind: MessageKind, text: String) {
        let entry = self.entry(|id| Entry::said(id, kind, Author::System, Channel::Web, text));
        (self.line.preview, self.line.preview_by, self.line.last_at) = (entry.preview(), None, tx.now());
        self.entries.push(entry);
    }

    /// Says something to who asks: the mail reader makes a letter of it. False when it may not.
    async fn letter(&mut self, tx: &mut Tx, text: &str) -> Result<bool> {
        if !self.may_write(tx).await? {
            return Ok(false);
        }
        let of_property = property::load(self.desk, tx.conn(), self.property).await?;
        let number = self.line.number.map(|number| number.to_string()).unwrap_or_default();
        let name = self.line.contact.called();
        let values = [("name", name), ("subject", &*self.line.subject), ("number", &*number), ("property", &*of_property.name)];
        let text = filled(text, &values);
        self.say(tx, MessageKind::Said, text);
        Ok(true)
    }

    /// Letters go to people in tickets. Never to ourselves, and never when what they wrote last was written by a machine.
    async fn may_write(&self, tx: &mut Tx) -> Result<bool> {
        let email = self.line.contact.email.to_lowercase();
        if self.line.kind != Kind::Ticket || !mail::address::is_valid(&email) || self.desk.keys().read(&email).is_some() {
            return Ok(false);
        }
        let row = sqlx::query(
            "select m.mark, l.class from message m left join letter_in l on l.id = m.letter_in where m.property = $1 and m.conversation = $2 \
             and m.kind = 'said' and m.author like '{\"who\":\"contact\"%' order by m.seq desc, m.place desc limit 1",
        )
        .bind(self.property.as_str())
        .bind(self.line.id.as_str())
        .fetch_optional(tx.conn())
        .await?;
        let Some(row) = row else { return Ok(true) };
        let class = word_or_none::<String>(&row, "class")?;
        Ok(word_or_none::<Mark>(&row, "mark")?.is_none() && class.is_none_or(|class| class == "human"))
    }

    /// Why it ran: when it looked, and each condition that held.
    async fn why(&self, case: &Case, rule: &Rule, unsent: bool) -> Result<String> {
        let mut held: Vec<(&Condition, Option<String>)> = vec![];
        for condition in rule.conditions.held(case) {
            let named = match condition.subject {
                Subject::Assignee => condition.value.parse().ok(),
                Subject::Department => condition.value.parse().ok().map(Assignee::Department),
                _ => None,
            };
            let called = match named {
                Some(assignee) => self.desk.assignee_name(self.property, &assignee).await.ok().flatten(),
                None => None,
            };
            held.push((condition, called));
        }
        Ok(why(|language| {
            let lines = held.iter().map(|(condition, called)| condition.say(called.as_deref(), language));
            let unsent = unsent.then(|| language.say(texts::UNSENT).to_owned());
            [occasion(rule.occasion(), language)].into_iter().chain(lines).chain(unsent).collect()
        }))
    }
}

/// Whom a department's next one goes to.
enum Pick {
    Agent(AgentId),
    /// The department has no agent who works.
    Nobody,
    /// One of them has it already.
    Kept,
}
