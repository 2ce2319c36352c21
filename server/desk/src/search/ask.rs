//! What somebody typed, understood: words to look for, and a sieve of the operators, whose names are looked up among agents and
//! departments. What cannot be understood is left out, and said.

use model::{
    AgentId, Assignee, Moment,
    conversation::{Folder, Kind, tag},
    event::People,
    moment::{DAY, Local, Zone},
    search::{Of, Operator, Part, Problem, Sieve, Test, Trait, What, Wrong, read},
};
use sqlx::Row as _;

use super::words::{Clause, clauses};
use crate::{Agent, Result, contact, db::Conn, roster, zone};

/// What is asked for.
pub struct Understood {
    /// Words.
    pub clauses: Vec<Clause>,
    /// Operators.
    pub sieve: Sieve,
    /// What was left out.
    pub problems: Vec<Problem>,
}

/// By what names and days are understood.
struct Around {
    me: AgentId,
    people: People,
    zone: Zone,
    now: Moment,
}

impl Agent {
    /// Understands what was typed.
    pub(super) async fn understand(&self, conn: &mut Conn, text: &str) -> Result<Understood> {
        let (parts, mut problems) = read(text);
        let mut sieve = Sieve::default();
        let operators = || {
            parts
                .iter()
                .filter_map(|part| if let What::Operator(operator, value) = &part.what { Some((part, *operator, value)) } else { None })
        };
        if operators().next().is_some() {
            let around = self.around(conn, operators().map(|(_, operator, _)| operator).collect()).await?;
            for (part, operator, value) in operators() {
                match around.of(operator, value.trim()) {
                    Ok(all) => sieve.tests.extend(all.into_iter().map(|of| Test { not: part.not, of })),
                    Err(why) => problems.push(problem(part, why)),
                }
            }
        }
        let (clauses, more) = clauses(&parts);
        problems.extend(more);
        Ok(Understood { clauses, sieve, problems })
    }

    async fn around(&self, conn: &mut Conn, operators: Vec<Operator>) -> Result<Around> {
        let (me, now) = (self.id.clone(), self.desk.clock().now());
        let named = operators.iter().any(|one| matches!(one, Operator::Assignee | Operator::Department));
        let people = if named { roster::people(conn, &self.property).await? } else { People::default() };
        let dated = operators.iter().any(|one| matches!(one, Operator::Before | Operator::After));
        let zone = if dated {
            let row = sqlx::query("select time_zone from property where id = $1").bind(self.property.as_str()).fetch_one(conn).await?;
            zone::around(row.try_get(0)?, now)?
        } else {
            Zone::default()
        };
        Ok(Around { me, people, zone, now })
    }
}

const fn problem(part: &Part, why: Wrong) -> Problem {
    Problem { from: part.from, to: part.to, why }
}

impl Around {
    /// What an operator with a value asks for; several are as good as each other.
    fn of(&self, operator: Operator, value: &str) -> Result<Vec<Of>, Wrong> {
        if value.is_empty() {
            return Err(Wrong::Empty(operator));
        }
        let unknown = Wrong::Unknown(operator);
        let low = value.to_lowercase();
        let one = match operator {
            Operator::Assignee => return self.assignees(value).ok_or(unknown),
            Operator::Department => {
                let names = self.people.departments.iter().map(|one| (one.name.as_str(), "", Of::Department(one.id.clone())));
                return named(names.collect(), value).ok_or(unknown);
            }
            Operator::Tag => tag(value).map(Of::Tag),
            Operator::Status => low.parse().ok().map(Of::Status),
            Operator::Priority => low.parse().ok().map(Of::Priority),
            Operator::From => Some(contact::words(value)).filter(|words| !words.is_empty()).map(Of::From),
            Operator::Is | Operator::Has => low.parse().ok().or((low == "attachments").then_some(Trait::Attachment)).map(of_trait),
            Operator::Before => return self.day(&low).map(|at| vec![Of::Before(at)]).ok_or(Wrong::NotADay),
            Operator::After => return self.day(&low).map(|at| vec![Of::After(at)]).ok_or(Wrong::NotADay),
            Operator::In => match low.parse() {
                Ok(Folder::Merged) => None,
                Ok(folder) => Some(Of::Folder(folder)),
                Err(()) => matches!(low.as_str(), "all" | "any" | "anywhere").then_some(Of::Anywhere),
            },
        };
        Ok(vec![one.ok_or(unknown)?])
    }

    fn assignees(&self, value: &str) -> Option<Vec<Of>> {
        match value.to_lowercase().as_str() {
            "me" => return Some(vec![Of::Assignee(Assignee::Agent(self.me.clone()))]),
            "nobody" | "none" => return Some(vec![Of::Assignee(Assignee::Nobody)]),
            _ => {}
        }
        let agents = self.people.agents.iter();
        let names = agents.map(|one| (one.name.as_str(), one.email.as_str(), Of::Assignee(Assignee::Agent(one.id.clone()))));
        named(names.collect(), value)
    }

    /// When a day, month or year begins, by the property's clock.
    fn day(&self, value: &str) -> Option<Moment> {
        let today = self.zone.local(self.now);
        let (year, month, day) = match value {
            "today" => (today.year, today.month, today.day),
            "yesterday" => {
                let before = self.zone.local(Moment(self.now.0 - DAY));
                (before.year, before.month, before.day)
            }
            _ => {
                let numbers: Vec<&str> = value.split('-').collect();
                let number = |at: usize| numbers.get(at).map_or(Ok(1), |text| text.parse::<i64>());
                let (year, month, day) = (number(0).ok()?, number(1).ok()?, number(2).ok()?);
                let fits = numbers.len() <= 3 && (1970..=9999).contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&day);
                (fits.then_some(year)?, u8::try_from(month).ok()?, u8::try_from(day).ok()?)
            }
        };
        Some(self.zone.moment(Local { year, month, day, hour: 0, minute: 0 }))
    }
}

const fn of_trait(one: Trait) -> Of {
    match one {
        Trait::Missed => Of::Missed,
        Trait::Chat => Of::Kind(Kind::Chat),
        Trait::Ticket => Of::Kind(Kind::Ticket),
        Trait::Urgent => Of::Urgent,
        Trait::Unassigned => Of::Assignee(Assignee::Nobody),
        Trait::Attachment => Of::Attachment,
    }
}

/// Those with exactly this name, or else those of whose name or address its words are beginnings.
fn named(all: Vec<(&str, &str, Of)>, value: &str) -> Option<Vec<Of>> {
    let wanted = contact::words(value);
    let exact: Vec<Of> = all.iter().filter(|(name, ..)| contact::words(name) == wanted).map(|(.., of)| of.clone()).collect();
    if !exact.is_empty() {
        return Some(exact);
    }
    let begins = |words: &[String]| wanted.iter().all(|one| words.iter().any(|word| word.starts_with(one.as_str())));
    let found =
        all.into_iter().filter(|(name, email, _)| !wanted.is_empty() && begins(&[contact::words(name), contact::words(email)].concat()));
    let found: Vec<Of> = found.map(|(.., of)| of).collect();
    (!found.is_empty()).then_some(found)
}
