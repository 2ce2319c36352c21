//! A mail becomes words: a message in its ticket, or a new ticket. Copies are told from new words, held ones marked.
//! Rows and events are written by `ticket` and `message`; this file says what they get.

use mail::{Class, Forwarded, Mailbox, address};
use model::{
    Assignee, ConversationId, Refusal,
    contact::Contact,
    conversation::{Folder, Kind, Line, Priority, Status},
    message::{Author, Channel, Happening, Mark, MessageKind, TEXT_MOST},
    shift::{Fact, FactKind},
    ticket::Part,
};
use sqlx::Row as _;

use super::{
    Filed,
    file::Mail,
    limit,
    matching::{self, Found},
    party::{self, Standing, Voice},
    take::Target,
    words::{address_of, author_of, contact_of, known, new_message, subject_line, words},
};
use crate::{
    Desk, Error, Result,
    db::{Conn, Tx},
    line::{self, word},
    message::{self, Entry},
    participant, shift,
    ticket::{self, Opening},
};

/// How often a ticket may be merged on while a mail for it is filed.
const MERGES: usize = 8;

/// Files a mail that is neither ours nor a report. One that is a report by its words alone, and of no letter of ours, is kept in Spam, in
/// sight.
pub(super) async fn file(tx: &mut Tx, desk: &Desk, mail: &Mail) -> Result<Filed> {
    let key = match unused_key(tx.conn(), mail).await? {
        Key::Free(key) => key,
        Key::Copy(filed) => return Ok(filed),
    };
    if mail.understood().class == Some(Class::Bounce) {
        return open(tx, desk, mail, None, key).await;
    }
    match matching::find(tx, desk, mail).await? {
        // what an agent hands on is no answer to what it names
        Found::Ticket(id, rule) if matches!(rule.kind, FactKind::Reference | FactKind::Subject) && is_handed_on(tx, desk, mail).await? => {
            open(tx, desk, mail, Some((id, FactKind::Related)), key).await
        }
        Found::Ticket(id, rule) => {
            let mut facts = vec![rule];
            match living(tx, mail, &id, &mut facts).await? {
                Some(line) => answer(tx, desk, mail, line, facts, key).await,
                None => open(tx, desk, mail, None, key).await,
            }
        }
        Found::Related(id) => open(tx, desk, mail, Some((id, FactKind::Related)), key).await,
        Found::Nothing => open(tx, desk, mail, None, key).await,
    }
}

/// Whether an agent hands on somebody's mail by this one.
async fn is_handed_on(tx: &mut Tx, desk: &Desk, mail: &Mail) -> Result<bool> {
    let is_agents = forwarded(desk, mail).is_some() && matches!(party::voice(tx.conn(), mail, None, &[]).await?, Voice::Agent(..));
    Ok(is_agents && mail.understood().class == Some(Class::Human))
}

/// The mail inside, of somebody who can have a ticket of it: our own letters have theirs.
fn forwarded<'a>(desk: &Desk, mail: &'a Mail) -> Option<&'a Forwarded> {
    let inner = mail.understood().forwarded.as_ref()?;
    inner.from.as_deref().filter(|from| address::is_valid(from) && desk.keys().read(from).is_none())?;
    Some(inner)
}

/// The ticket itself, locked; of one that was merged, the one its words are in now. None when it is gone.
pub(super) async fn living(tx: &mut Tx, mail: &Mail, id: &ConversationId, facts: &mut Vec<Fact>) -> Result<Option<Line>> {
    let mut at = shift::surviving(tx.conn(), &mail.property, id).await?;
    for _ in 0..MERGES {
        let line = match line::take(tx, &mail.property, &at).await {
            Ok(line) => line,
            Err(Error::Refused(Refusal::NotFound)) => return Ok(None),
            Err(error) => return Err(error),
        };
        if line.folder != Folder::Merged {
            if line.id != *id {
                let number = matching::number(tx.conn(), &mail.property, id).await?;
                facts.push(Fact::new(FactKind::Merged, number.to_string()));
            }
            return Ok(Some(line));
        }
        // merged before it was locked
        at = shift::surviving(tx.conn(), &mail.property, &at).await?;
    }
    Ok(None)
}

/// The key a mail is kept under, and whether it is the mail's own.
pub(super) struct OwnKey {
    pub text: String,
    pub altered: bool,
}

/// Whether a mail is one that came before.
pub(super) enum Key {
    Free(OwnKey),
    Copy(Filed),
}

/// A second mail with the same Message-ID is a copy when it says the same; else it is kept under a key of its own. So is one
/// that is addressed to another ticket as well.
pub(super) async fn unused_key(conn: &mut Conn, mail: &Mail) -> Result<Key> {
    let mut key = mail.read.key.clone();
    let ticket = mail.targets.iter().find_map(|target| if let Target::Ticket(_, id) = target { Some(id) } else { None });
    for _ in 0..3 {
        let row = sqlx::query("select m.id, m.conversation, l.content, l.rcpt_to from message m left join letter_in l on l.id = m.letter_in where m.property = $1 and m.mail_id = $2")
            .bind(mail.property.as_str())
            .bind(&key)
            .fetch_optional(&mut *conn)
            .await?;
        let Some(row) = row else {
            let altered = key != mail.read.key;
            return Ok(Key::Free(OwnKey { text: key, altered }));
        };
        let conversation: ConversationId = word(&row, "conversation")?;
        let same = row.try_get::<Option<&str>, _>("content")?.is_none_or(|content| content == mail.read.content);
        if !same {
            key = format!("{}#{}", mail.read.key, &mail.read.content[..16]);
        } else if let Some(id) = ticket.filter(|id| **id != conversation && !key.contains('#'))
            && !came_before(conn, mail, row.try_get("rcpt_to")?, (id, &conversation)).await?
        {
            key = format!("{}#{}", mail.read.key, ticket.map(ConversationId::as_str).unwrap_or_default());
        } else {
            let mut filed = Filed::logged("duplicate: it came before");
            (filed.conversation, filed.message) = (Some(conversation), Some(word(&row, "id")?));
            return Ok(Key::Copy(filed));
        }
    }
    Ok(Key::Copy(Filed::logged("duplicate: it came before")))
}

/// Whether it is the same mail for the same recipient that is kept in another ticket than the one it names: since that one was closed,
/// or merged into it, or its words were moved. One that is addressed to two tickets comes as two copies, which share no recipient.
async fn came_before(
    conn: &mut Conn,
    mail: &Mail,
    rcpt_to: Option<&str>,
    (named, kept): (&ConversationId, &ConversationId),
) -> Result<bool> {
    let before: Vec<String> = rcpt_to.map(serde_json::from_str).transpose()?.unwrap_or_default();
    Ok(mail.rcpt_to.iter().any(|address| before.contains(address)) || shift::surviving(conn, &mail.property, named).await? == *kept)
}

/// Puts a mail into its ticket.
async fn answer(tx: &mut Tx, desk: &Desk, mail: &Mail, before: Line, mut facts: Vec<Fact>, key: OwnKey) -> Result<Filed> {
    let participants = participant::load(tx.conn(), &mail.property, &before.id).await?;
    let voice = party::voice(tx.conn(), mail, Some(&before), &participants).await?;
    let automatic = mail.understood().class == Some(Class::AutoReply);
    let (author, mut mark, mut joins, speaker) = match voice {
        Voice::Agent(..) | Voice::Claimed(..) if automatic => {
            return Ok(Filed::logged("auto_reply_of_agent: an automatic answer to a copy"));
        }
        Voice::Agent(id, name) => (Author::Agent { id, name }, None, false, FactKind::Agent),
        Voice::Claimed(id, name) => (Author::Agent { id, name }, Some(Mark::Unverified), false, FactKind::Claimed),
        Voice::Contact => match party::standing(tx.conn(), mail, &before, &participants).await? {
            // a chat has no follower: what is said about it stands in it
            _ if before.status == Status::Closed && before.kind == Kind::Ticket && !automatic => {
                return open(tx, desk, mail, Some((before.id, FactKind::Closed)), key).await;
            }
            standing => {
                let (mark, joins, fact) = match standing {
                    Standing::Party => (None, false, FactKind::Party),
                    Standing::Joins(by) => (None, true, by),
                    Standing::Stranger => (Some(Mark::Stranger), false, FactKind::Stranger),
                };
                let speaker = party::speaker(tx.conn(), mail).await?;
                (contact_of(tx, desk, mail, &speaker).await?, mark, joins, fact)
            }
        },
    };
    let why = facts.first().map(|fact| fact.kind.word()).unwrap_or_default();
    facts.push(Fact::new(speaker, mail.from()));
    if automatic {
        (mark, joins) = (Some(Mark::AutoReply), false);
    }
    // what an agent forwards to a ticket is for agents: their own words above it, and a mail that was not written to the customer
    let noted = matches!(author, Author::Agent { .. }) && mark.is_none() && mail.understood().forwarded.is_some();
    let mut brought = if mark.is_none() && !joins && !noted && mail.understood().class == Some(Class::Human) {
        party::learnt(tx, desk, mail, Some((&before.id, &participants)), "").await?
    } else {
        vec![]
    };
    if joins {
        brought.insert(0, (mail.from(), mail.understood().from_name.clone().unwrap_or_default()));
    }
    let head: i64 =
        sqlx::query("select seq from log_head where property = $1").bind(mail.property.as_str()).fetch_one(tx.conn()).await?.try_get(0)?;
    let mut more = vec![];
    for (email, name) in &brought {
        participant::put(tx, &mail.property, &before.id, email, name, Part::Cc, head + 1).await?;
        more.push(Entry::happened(new_message(desk), author.clone(), Happening::Joined { email: email.clone() }));
        facts.push(Fact::new(FactKind::Joined, email.as_str()));
    }
    let mut entry = words(tx, desk, mail, (author, mark), key, facts).await?;
    if noted {
        entry.kind = MessageKind::Noted;
    }
    let status = if noted { None } else { reopened(&before, &entry) };
    if status.is_some() {
        let happening =
            if matches!(entry.author, Author::Contact { .. }) { Happening::Reopened } else { Happening::Status { to: Status::Open } };
        more.insert(0, Entry::happened(new_message(desk), entry.author.clone(), happening));
    }
    let why = format!("{why}{}", mark.map_or_else(String::new, |mark| format!(": held, {mark}")));
    let id = entry.id.clone();
    message::say(tx, &mail.property, &before, entry, status, more).await?;
    Ok(Filed::kept(why, before.id, id))
}

/// A person's words open what waited for them, was solved or slept; held ones too, since somebody has to look at them. An agent's
/// words wake a sleeping ticket only.
fn reopened(before: &Line, entry: &Entry) -> Option<Status> {
    let opens = match (&entry.author, entry.mark) {
        (_, Some(Mark::AutoReply)) => false,
        (Author::Agent { .. }, None) => before.status == Status::Snoozed,
        _ => before.status != Status::Open,
    };
    opens.then_some(Status::Open)
}

/// How a ticket of a mail begins.
struct Beginning {
    author: Author,
    requester: Mailbox,
    contact: Contact,
    subject: String,
    brought: Vec<(String, String)>,
    /// Its first entries; the words of the mail come last.
    entries: Vec<Entry>,
    why: &'static str,
}

/// Opens a ticket for a mail, as one that follows another if it does.
async fn open(tx: &mut Tx, desk: &Desk, mail: &Mail, follows: Option<(ConversationId, FactKind)>, key: OwnKey) -> Result<Filed> {
    let automatic = matches!(mail.understood().class, Some(Class::AutoReply | Class::Bounce));
    let voice = party::voice(tx.conn(), mail, None, &[]).await?;
    let handed = match (voice, forwarded(desk, mail)) {
        (Voice::Agent(id, name), Some(inner)) if !automatic => Some((Author::Agent { id, name }, inner)),
        _ => None,
    };
    let sender = if handed.is_some() { mail.from() } else { address_of(mail, &mail.understood().sender()) };
    if let Some(why) = limit::wait(tx, desk, mail, &sender).await? {
        return Ok(Filed::waiting(why));
    }
    let (follows, by) = follows.map_or((None, FactKind::Fresh), |(id, by)| (Some(id), by));
    let number = match &follows {
        Some(id) => matching::number(tx.conn(), &mail.property, id).await?,
        None => 0,
    };
    let begun = if let Some((agent, inner)) = handed {
        handed_on(tx, desk, mail, agent, inner, key).await?
    } else {
        let fact = Fact::new(by, if follows.is_some() { number.to_string() } else { String::new() });
        begun(tx, desk, mail, automatic, key, fact).await?
    };
    let said = begun.entries.last().map(|entry| entry.id.clone()).unwrap_or_default();
    let mut entries = begun.entries;
    if let Some(id) = &follows {
        entries.insert(0, Entry::happened(new_message(desk), Author::System, Happening::Follows { number, conversation: id.clone() }));
    }
    let why = if follows.is_some() { format!("{}, follows another", begun.why) } else { begun.why.to_owned() };
    let opening = Opening {
        id: ConversationId::from_bits(desk.clock().bits()),
        author: begun.author,
        contact: begun.contact,
        requester: (begun.requester.name.clone().unwrap_or_default(), address_of(mail, &begun.requester)),
        subject: subject_line(tx, mail, &begun.subject).await?,
        assignee: Assignee::Nobody,
        priority: Priority::Medium,
        tags: vec![],
        cc: begun.brought,
        folder: if automatic { Folder::Spam } else { Folder::Inbox },
        origin: None,
        follows,
        entries,
    };
    let line = ticket::open(tx, &mail.property, opening).await?;
    Ok(Filed { opened_for: Some(sender), ..Filed::kept(why, line.id, said) })
}

/// Somebody writes to us: the ticket is theirs.
async fn begun(tx: &mut Tx, desk: &Desk, mail: &Mail, automatic: bool, key: OwnKey, fact: Fact) -> Result<Beginning> {
    let understood = mail.understood();
    let requester = understood.sender();
    let contact = known(tx, desk, mail, &requester).await?;
    let author = author_of(&contact);
    let brought = if understood.class == Some(Class::Human) {
        party::learnt(tx, desk, mail, None, &requester.address.to_lowercase()).await?
    } else {
        vec![]
    };
    let mut facts = vec![fact];
    facts.extend(brought.iter().map(|(email, _)| Fact::new(FactKind::Joined, email.as_str())));
    let entries = vec![words(tx, desk, mail, (author.clone(), automatic.then_some(Mark::AutoReply)), key, facts).await?];
    let why = match understood.class {
        Some(Class::Bounce) => "bounce by its words, of no letter we know",
        _ if automatic => "automatic answer to nothing we know",
        _ => "new",
    };
    Ok(Beginning { author, requester, contact, subject: understood.subject.clone(), brought, entries, why })
}

/// An agent hands on a customer's mail: the ticket is the customer's, the agent's own words are a note.
async fn handed_on(tx: &mut Tx, desk: &Desk, mail: &Mail, author: Author, inner: &Forwarded, key: OwnKey) -> Result<Beginning> {
    let requester = Mailbox { name: inner.from_name.clone(), address: inner.from.clone().unwrap_or_default() };
    let contact = known(tx, desk, mail, &requester).await?;
    let mut entries = vec![];
    if !inner.before.trim().is_empty() {
        entries.push(Entry::said(new_message(desk), MessageKind::Noted, author.clone(), Channel::Email, inner.before.trim().to_owned()));
    }
    let facts = vec![Fact::new(FactKind::HandedOn, address_of(mail, &requester)), Fact::new(FactKind::Agent, mail.from())];
    let mut said = words(tx, desk, mail, (author_of(&contact), None), key, facts).await?;
    (said.quoted, said.html, said.reached) = (None, None, vec![]);
    if !inner.text.trim().is_empty() {
        said.text = inner.text.trim().chars().take(TEXT_MOST as usize).collect();
    }
    entries.push(said);
    let subject = inner.subject.clone().filter(|subject| !subject.trim().is_empty()).unwrap_or_else(|| mail.understood().subject.clone());
    Ok(Beginning { author, requester, contact, subject, brought: vec![], entries, why: "forwarded by an agent" })
}
