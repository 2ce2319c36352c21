//! Mails of an archive, taken in as history: understood as those of the worker, matched by the same rules, and dated by when they were
//! written. Nobody joins by one, nothing is limited, nothing is held. A ticket that holds anything else takes none: what is older than
//! Recado's own words would change what they say.

use std::sync::Arc;

use mail::{Class, Mailbox, Understood};
use model::{
    LetterInId, Moment,
    conversation::{Kind, Line},
    letter::LetterInStatus,
    message::{Author, Happening, Mark},
    shift::{Fact, FactKind},
};

use super::{
    Proof,
    entry::{Key, OwnKey, living, unused_key},
    file::{Mail, RACES, Read, class_word, is_race},
    matching::{self, Found},
    take::Target,
    words::{address_of, contact_of, new_message, one_line, subject_line, words},
};
use crate::{
    Error, Fault, Result,
    blob::{self, Blob},
    contact,
    db::{Conn, Tx},
    history::{self, History, Outcome, Start},
    message::Entry,
};

/// Where a mail of an archive came from, in its row.
const PEER: &str = "history";

impl History {
    /// What would become of a mail, as far as it can be told alone: that it is known, or is no mail of anybody. None: it would be taken.
    pub async fn look(&self, understood: Understood) -> Result<Option<Outcome>> {
        if let Some(why) = left(&understood) {
            return Ok(Some(Outcome::Left(why)));
        }
        let mail = self.read(understood).await?;
        let mut conn = self.desk.db().read().acquire().await?;
        Ok(matches!(unused_key(&mut conn, &mail).await?, Key::Copy(_)).then_some(Outcome::Known))
    }

    /// Takes a mail in that was written at a moment: its row, its words, its event in one transaction.
    pub async fn mail(&self, raw: Vec<u8>, understood: Understood, at: Moment) -> Result<Outcome> {
        if let Some(why) = left(&understood) {
            return Ok(Outcome::Left(why));
        }
        let mail = self.read(understood).await?;
        if let Key::Copy(_) = unused_key(self.desk.db().read().acquire().await?.as_mut(), &mail).await? {
            return Ok(Outcome::Known);
        }
        let raw = self.desk.prepare(raw).await?;
        for _ in 1..RACES {
            match self.mail_once(&raw, &mail, at).await {
                Err(Error::Fault(Fault::Database(error))) if is_race(&error) => {}
                outcome => return outcome,
            }
        }
        self.mail_once(&raw, &mail, at).await
    }

    async fn read(&self, understood: Understood) -> Result<Mail> {
        Ok(Mail {
            id: LetterInId::from_bits(self.desk.clock().bits()),
            property: self.property.clone(),
            targets: vec![Target::Property(self.property.clone())],
            rcpt_to: vec![],
            read: Arc::new(Read::new(&self.desk, understood, Proof::default()).await?),
        })
    }

    async fn mail_once(&self, raw: &Blob, mail: &Mail, at: Moment) -> Result<Outcome> {
        let (history, raw) = (self.clone(), raw.clone());
        let mail = Mail {
            id: mail.id.clone(),
            property: mail.property.clone(),
            targets: mail.targets.clone(),
            rcpt_to: vec![],
            read: mail.read.clone(),
        };
        self.desk.db().write_to(&self.property, move |tx| Box::pin(async move { file(tx, &history, &raw, &mail, at).await })).await
    }
}

/// Why a mail is nothing that anybody said, if it is not.
fn left(understood: &Understood) -> Option<&'static str> {
    match understood.class {
        Some(Class::Own) => Some("a letter of Recado's own"),
        Some(Class::Bounce) => Some("a report of a mail server"),
        _ => None,
    }
}

async fn file(tx: &mut Tx, history: &History, raw: &Blob, mail: &Mail, at: Moment) -> Result<Outcome> {
    let Key::Free(key) = unused_key(tx.conn(), mail).await? else { return Ok(Outcome::Known) };
    let now = tx.date(at);
    let name = mail.understood().from_name.clone().unwrap_or_default();
    let team = history.by_address(tx.conn(), &mail.from(), &name).await?;
    let mut facts = vec![Fact::new(FactKind::Archived, history.source.as_ref())];
    let (line, follows) = place(tx, history, mail, team.is_some(), &mut facts).await?;
    let automatic = mail.understood().class == Some(Class::AutoReply);
    if automatic && line.is_none() {
        return Ok(Outcome::Left("an automatic answer to nothing that is here"));
    }
    let opened = line.is_none();
    let line = match line {
        Some(line) => line,
        None => begin(tx, history, mail, team.is_some(), follows.as_ref(), at).await?,
    };
    let author = match team {
        Some(author) => author,
        None => contact_of(tx, &history.desk, mail, &mail.understood().sender()).await?,
    };
    let mut entries = vec![];
    if let Some(other) = follows.filter(|_| opened) {
        let happening = Happening::Follows { number: other.number.unwrap_or_default(), conversation: other.id };
        entries.push(Entry { at: Some(at), ..Entry::happened(new_message(&history.desk), Author::System, happening) });
    }
    entries.push(said(tx, history, mail, (author, automatic.then_some(Mark::AutoReply)), (key, facts), at).await?);
    keep(tx, raw, mail, &line, entries.last(), at).await?;
    let line = history::settle(tx, history, &line, &entries, now).await?;
    Ok(if opened { Outcome::Opened(line.id) } else { Outcome::Added(line.id) })
}

/// The ticket that a mail goes into, or the one that its own follows. A number in the subject may be another program's, and says nothing.
async fn place(tx: &mut Tx, history: &History, mail: &Mail, team: bool, facts: &mut Vec<Fact>) -> Result<(Option<Line>, Option<Line>)> {
    let (id, fact, goes_in) = match matching::find(tx, &history.desk, mail).await? {
        Found::Ticket(id, fact) if fact.kind != FactKind::Subject => (id, fact, true),
        // the team speaks in every ticket, whatever address it writes from
        Found::Related(id) if team => (id, Fact::new(FactKind::Reference, answered(mail)), true),
        Found::Related(id) => (id, Fact::new(FactKind::Related, ""), false),
        Found::Ticket(..) | Found::Nothing => {
            facts.push(Fact::new(FactKind::Fresh, ""));
            return Ok((None, None));
        }
    };
    let Some(line) = living(tx, mail, &id, facts).await?.filter(|line| line.kind == Kind::Ticket) else {
        facts.push(Fact::new(FactKind::Fresh, ""));
        return Ok((None, None));
    };
    if goes_in && is_history(tx.conn(), history, &line).await? {
        facts.push(fact);
        return Ok((Some(line), None));
    }
    facts.push(Fact::new(FactKind::Related, line.number.unwrap_or_default().to_string()));
    Ok((None, Some(line)))
}

fn answered(mail: &Mail) -> &str {
    let understood = mail.understood();
    understood.facts.in_reply_to.first().or(understood.references.last()).map_or("", String::as_str)
}

/// Whether all that was said in a ticket came from archives of mail.
async fn is_history(conn: &mut Conn, history: &History, line: &Line) -> Result<bool> {
    let other = sqlx::query(
        "select 1 from message m left join letter_in l on l.id = m.letter_in \
         where m.property = $1 and m.conversation = $2 and m.kind <> 'happened' and (l.id is null or l.peer <> $3) limit 1",
    )
    .bind(history.property.as_str())
    .bind(line.id.as_str())
    .bind(PEER)
    .fetch_optional(conn)
    .await?;
    Ok(other.is_none())
}

/// A ticket of its own: of its sender, or of whom the team wrote to.
async fn begin(tx: &mut Tx, history: &History, mail: &Mail, team: bool, follows: Option<&Line>, at: Moment) -> Result<Line> {
    let requester = if team { addressee(tx.conn(), history, mail).await? } else { None };
    let requester = requester.unwrap_or_else(|| mail.understood().sender());
    let (name, email) = (requester.name.clone().unwrap_or_default(), address_of(mail, &requester));
    let start = Start {
        kind: Kind::Ticket,
        subject: subject_line(tx, mail, &mail.understood().subject).await?,
        contact: contact::know(tx, &history.desk, &history.property, &name, &email).await?,
        requester: Some((name, email)),
        key: None,
        follows: follows.map(|line| line.id.clone()),
        missed: false,
        at,
    };
    history::open(tx, history, start).await
}

/// The first one that a mail of the team went to who is not of the team.
async fn addressee(conn: &mut Conn, history: &History, mail: &Mail) -> Result<Option<Mailbox>> {
    let facts = &mail.understood().facts;
    for mailbox in facts.to.iter().chain(&facts.cc).filter(|mailbox| mailbox.is_valid()) {
        let ours = history.desk.keys().read(&mailbox.address).is_some();
        if !ours && history.by_address(conn, &mailbox.address, "").await?.is_none() {
            return Ok(Some(mailbox.clone()));
        }
    }
    Ok(None)
}

async fn said(
    tx: &mut Tx,
    history: &History,
    mail: &Mail,
    voice: (Author, Option<Mark>),
    (key, facts): (OwnKey, Vec<Fact>),
    at: Moment,
) -> Result<Entry> {
    let mut entry = words(tx, &history.desk, mail, voice, key, facts).await?;
    // nobody was asked who vouches for it
    entry.facts.retain(|fact| fact.kind != FactKind::Unproven);
    entry.at = Some(at);
    Ok(entry)
}

/// The row of the mail, with its raw bytes.
async fn keep(tx: &mut Tx, raw: &Blob, mail: &Mail, line: &Line, entry: Option<&Entry>, at: Moment) -> Result<()> {
    let understood = mail.understood();
    blob::keep(tx, raw).await?;
    sqlx::query(
        "insert into letter_in (id, raw, size, mail_from, rcpt_to, helo, peer, received_at, status, why, property, conversation, message, subject, header_from, class, attempts, leased_until, content) \
         values ($1, $2, $3, '', $4, '', $5, $6, $7, 'history', $8, $9, $10, $11, $12, $13, 0, 0, $14)",
    )
    .bind(mail.id.as_str())
    .bind(&raw.sha256)
    .bind(raw.size)
    .bind(serde_json::to_string(&understood.to)?)
    .bind(PEER)
    .bind(at.0)
    .bind(LetterInStatus::Filed.word())
    .bind(mail.property.as_str())
    .bind(line.id.as_str())
    .bind(entry.map(|entry| entry.id.as_str().to_owned()))
    .bind(one_line(&understood.subject).chars().take(500).collect::<String>())
    .bind(understood.from.chars().take(300).collect::<String>())
    .bind(class_word(understood.class))
    .bind(&mail.read.content)
    .execute(tx.conn())
    .await?;
    Ok(())
}
