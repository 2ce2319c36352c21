//! Search: over the words of conversations (subject, customer, what was said and noted, names and text of files) and over contacts.
//! A conversation is one document; `door` finds candidates among them, on either database, the same way; here they are ordered, and
//! a page of them is read from the rows, so that nothing is shown that is not there any more.

mod ask;
mod door;
mod file;
mod forget;
mod index;
mod note;
mod postgres;
mod show;
mod sqlite;
mod words;

use std::collections::{BTreeSet, HashMap};

use model::{
    ConversationId, Moment,
    contact::{
        Card,
        list::{Asked as AskedContacts, Order as ContactOrder},
    },
    conversation::Line,
    message::MessageKind,
    moment::DAY,
    search::{Asked, BRIEF, FOUND_MOST, Found, Hit, Order, PAGE, Person, Piece, Sieve, Whence},
};
use sqlx::Row as _;

pub use file::{FileKind, ReadsFiles};
pub(crate) use forget::{forget_words, take_words, tidy};
pub(crate) use index::{Whole, due, due_of, write_whole};
pub(crate) use note::write_down as write_note;

use self::{
    ask::Understood,
    door::{Candidate, Looked, Wanted},
    show::Marks,
    words::{Clause, scope},
};
use crate::{
    Agent, Result, contact,
    db::Conn,
    filter::{Query, search as filter},
    line::{self, line_columns, word},
};

/// What operators find are few up to here: then words are looked for in nothing else.
const FEW: usize = 100;
/// Messages of a conversation that are looked through for a snippet: the newest.
const LOOKED: usize = 40;
/// Contacts that are shown, of those that have the words, and of those that they are noted of.
const PEOPLE: usize = 3;
/// What it counts that something was said just now, in thousandths of a score; half of it a month later, a third two months later.
const FRESH: i64 = 8_000;
const MONTH: i64 = 30 * DAY;

impl Agent {
    /// Searches. What cannot be understood is left out, and said.
    pub async fn search(&self, asked: Asked) -> Result<Found> {
        let mut conn = self.desk.db().read().acquire().await?;
        let Understood { mut clauses, sieve, problems } = self.understand(&mut conn, &asked.text).await?;
        if clauses.is_empty() && sieve.is_empty() {
            return Ok(Found { problems, ..Found::default() });
        }
        door::end(&mut conn, &self.property, &mut clauses).await?;
        let Looked { candidates: mut found, bounded, .. } = self.found(&mut conn, clauses.clone(), &sieve).await?;
        self.sort(&mut found, if clauses.is_empty() { Order::Newest } else { asked.order });
        let bounded = bounded || found.len() > FOUND_MOST;
        found.truncate(FOUND_MOST);
        let page = if asked.brief { BRIEF } else { PAGE };
        let shown: Vec<&ConversationId> = found.iter().skip(asked.skip).take(page).map(|one| &one.conversation).collect();
        let hits = self.hits(&mut conn, &shown, &Marks(&clauses)).await?;
        let people = if sieve.is_empty() && asked.skip == 0 { self.people(&mut conn, &clauses).await? } else { vec![] };
        Ok(Found { people, hits, total: found.len(), bounded, problems })
    }

    /// Every tag that lines of the Inbox have which they see, for completion; those of most lines first.
    pub async fn list_tags(&self) -> Result<Vec<String>> {
        let tallies = self.tallies(self.desk.db().read().acquire().await?.as_mut(), &[]).await?;
        let mut tags: Vec<(&str, i64)> = tallies.iter().filter_map(|(facet, n)| Some((facet.strip_prefix("tag:")?, *n))).collect();
        tags.sort_by_key(|(_, n)| std::cmp::Reverse(*n));
        Ok(tags.into_iter().map(|(tag, _)| tag.to_owned()).collect())
    }

    /// The conversations that come into question, in no order.
    async fn found(&self, conn: &mut Conn, clauses: Vec<Clause>, sieve: &Sieve) -> Result<Looked> {
        if clauses.is_empty() {
            return self.sieved(conn, sieve, FOUND_MOST + 1).await;
        }
        // of who sees a part, that is few or looked for first, too
        let few = if sieve.is_empty() && !self.is_limited() { None } else { Some(self.sieved(conn, sieve, FEW + 1).await?) };
        let few = few.filter(|few| !few.bounded && few.candidates.len() <= FEW);
        let few: Option<Vec<String>> = few.map(|few| few.candidates.iter().map(|one| one.conversation.to_string()).collect());
        if few.as_ref().is_some_and(Vec::is_empty) {
            return Ok(Looked::default());
        }
        let (ways, few) = (door::ways(clauses), few.as_deref());
        let wanted = Wanted { property: &self.property, scope: scope(&self.property), ways, sieve, sight: &self.sight, few };
        door::candidates(&self.desk, conn, &wanted).await
    }

    /// What operators alone find, newest first: `most` of them, and bounded when there may be older ones that were not looked at.
    async fn sieved(&self, conn: &mut Conn, sieve: &Sieve, most: usize) -> Result<Looked> {
        let mut contacts = None;
        if let Some(words) = sieve.only_from() {
            let rows = filter::contacts(&self.property, words).rows(conn).await?;
            if rows.is_empty() {
                return Ok(Looked::default());
            }
            if rows.len() <= filter::CONTACTS_MOST {
                let all = rows.iter().map(|row| word(row, "contact")).collect::<Result<BTreeSet<String>>>()?;
                contacts = Some(all.into_iter().collect::<Vec<_>>());
            }
        }
        let (query, look) = filter::conversations(&self.property, (sieve, &self.sight), contacts.as_deref(), most);
        let rows = query.rows(conn).await?;
        let mut candidates = vec![];
        for row in &rows {
            if let Some(last_at) = row.try_get("last_at")? {
                candidates.push(Candidate { conversation: word(row, "conversation")?, score: 0, last_at });
            }
        }
        let bounded = rows.len() >= look && candidates.len() < most;
        candidates.truncate(most);
        Ok(Looked { hits: candidates.len(), candidates, bounded })
    }

    fn sort(&self, found: &mut [Candidate], order: Order) {
        let now = self.desk.clock().now();
        let worth = |one: &Candidate| {
            let age = now.since(Moment(one.last_at)).max(0);
            one.score * 1_000 + FRESH * (MONTH / 1_000_000) / ((MONTH + age) / 1_000_000)
        };
        found.sort_by(|a, b| {
            let best = if order == Order::Best { worth(b).cmp(&worth(a)) } else { std::cmp::Ordering::Equal };
            best.then_with(|| (b.last_at, &b.conversation).cmp(&(a.last_at, &a.conversation)))
        });
    }

    /// Conversations as they are shown, in the order given.
    async fn hits(&self, conn: &mut Conn, ids: &[&ConversationId], marks: &Marks<'_>) -> Result<Vec<Hit>> {
        if ids.is_empty() {
            return Ok(vec![]);
        }
        let mut lines = self.lines(conn, ids).await?;
        let mut said = if marks.0.is_empty() { HashMap::new() } else { self.said(conn, ids).await? };
        let mut hits = vec![];
        for id in ids {
            // deleted between the two questions
            let Some(line) = lines.remove(*id) else { continue };
            let said = said.remove(*id).unwrap_or_default();
            let best = said.iter().map(|(kind, text)| (marks.count(text), kind, text)).rev().max_by_key(|(count, ..)| *count);
            let best = best.filter(|(count, ..)| *count > 0);
            // what no message says may stand in a file, and is the rarer then
            let file = if best.is_some_and(|(count, ..)| count == marks.wanted()) { None } else { self.file(conn, &line, marks).await? };
            let (snippet, whence) = match (file, best) {
                (Some((name, snippet)), _) => (snippet, Whence::File(name)),
                (None, Some((_, kind, text))) => {
                    (marks.snippet(text), if *kind == MessageKind::Noted { Whence::Noted } else { Whence::Said })
                }
                (None, None) => (marks.snippet(&line.preview), Whence::Last),
            };
            hits.push(Hit { who: marks.whole(line.contact.called()), subject: marks.whole(&line.subject), snippet, whence, line });
        }
        Ok(hits)
    }

    async fn lines(&self, conn: &mut Conn, ids: &[&ConversationId]) -> Result<HashMap<ConversationId, Line>> {
        let mut query = Query::default();
        let (property, ids) = (query.text(self.property.as_str()), query.texts(&texts(ids)));
        query.text = format!(
            "select {} from conversation c join contact k on k.property = c.property and k.id = c.contact where c.property = {property} and c.id in ({ids})",
            line_columns!()
        );
        let rows = query.rows(conn).await?;
        rows.iter().map(|row| line::of_row(row).map(|line| (line.id.clone(), line))).collect()
    }

    /// The newest words of some conversations, of each the newest first.
    async fn said(&self, conn: &mut Conn, ids: &[&ConversationId]) -> Result<HashMap<ConversationId, Vec<(MessageKind, String)>>> {
        let mut query = Query::default();
        let property = query.text(self.property.as_str());
        // as many parts as a page has, so that it is one question
        let places = if ids.len() <= BRIEF { BRIEF } else { PAGE };
        let mut parts = vec![];
        for at in 0..places {
            let id = query.text(ids.get(at).map_or("", |id| id.as_str()));
            parts.push(format!(
                "select * from (select conversation, kind, body from message where property = {property} and conversation = {id} \
                 and kind <> 'happened' order by seq desc, place desc limit {LOOKED}) m{at}"
            ));
        }
        query.text = parts.join(" union all ");
        let mut all: HashMap<ConversationId, Vec<(MessageKind, String)>> = HashMap::new();
        for row in &query.rows(conn).await? {
            all.entry(word(row, "conversation")?).or_default().push((word(row, "kind")?, row.try_get("body")?));
        }
        Ok(all)
    }

    /// The file of a conversation in which words stand, or that is called by them.
    async fn file(&self, conn: &mut Conn, line: &Line, marks: &Marks<'_>) -> Result<Option<(String, Vec<Piece>)>> {
        if line.attachments == 0 || marks.0.is_empty() {
            return Ok(None);
        }
        let rows = sqlx::query(
            "select a.name, f.words from message m cross join attachment a left join search_file f on f.property = a.property and f.attachment = a.id \
             where m.property = $1 and m.conversation = $2 and a.property = m.property and a.message = m.id and a.inline_at is null",
        )
        .bind(self.property.as_str())
        .bind(line.id.as_str())
        .fetch_all(conn)
        .await?;
        for row in &rows {
            let (name, words): (String, Option<String>) = (row.try_get("name")?, row.try_get("words")?);
            let words = words.unwrap_or_default();
            if marks.count(&words) > 0 {
                return Ok(Some((name, marks.snippet(&words))));
            }
            if marks.count(&name) > 0 {
                let snippet = marks.whole(&name);
                return Ok(Some((name, snippet)));
            }
        }
        Ok(None)
    }

    /// Contacts that have every word, and those of whom a note has.
    async fn people(&self, conn: &mut Conn, clauses: &[Clause]) -> Result<Vec<Person>> {
        if clauses.iter().any(|clause| clause.not) {
            return Ok(vec![]);
        }
        let words: Vec<&str> = clauses.iter().flat_map(|clause| clause.first.iter().chain([&clause.typed])).map(String::as_str).collect();
        let asked = AskedContacts { search: words.join(" "), filters: vec![], order: ContactOrder::Newest };
        let cards = self.first_contacts(conn, &asked, PEOPLE).await?;
        let marks = Marks(clauses);
        let person = |card: Card, note: Vec<Piece>| Person {
            name: marks.whole(&card.contact.name),
            email: marks.whole(&card.contact.email),
            note,
            card,
        };
        let mut people: Vec<Person> = cards.into_iter().map(|card| person(card, vec![])).collect();
        for (contact, text) in note::found(conn, &self.property, clauses, PEOPLE).await? {
            if people.iter().any(|one| one.card.contact.id == contact) {
                continue;
            }
            if let Some(card) = contact::card(conn, &self.property, &contact).await? {
                people.push(person(card, marks.snippet(&text)));
            }
        }
        Ok(people)
    }
}

fn texts<'a>(ids: &[&'a ConversationId]) -> Vec<&'a str> {
    ids.iter().map(|id| id.as_str()).collect()
}
