//! What operators of a search ask for, as SQL. `model::search::Sieve::matches` says the same on values. What an index of the Inbox
//! knows is read in its ranges; the rest is asked of each line that they give, of no more than the newest of them.

use model::{
    Assignee, PropertyId,
    conversation::{Folder, Priority},
    search::{Of, Sieve},
    view::Sort,
};

use super::{Query, filters, order, ranges, source};
use crate::{contact::range, sight::Sight};

/// Lines that are looked at one by one, when no index knows all that is asked for: the newest.
pub(crate) const LOOKED_MOST: usize = 400;
/// Contacts that `from:` finds before it counts as a common name: their conversations are read.
pub(crate) const CONTACTS_MOST: usize = 200;

/// When something was last said in a conversation (`id`, a column), if it may be seen and falls through the sieve; else null.
/// One look by its key, whatever the database believes of sizes.
pub(crate) fn fits(query: &mut Query, property: &str, id: &str, (sieve, sight): (&Sieve, &Sight)) -> String {
    let mut all = vec![format!("c.property = {property}"), format!("c.id = {id}"), in_folders(&sieve.folders())];
    all.extend(sight.condition(query, "c"));
    all.extend(sieve.groups().iter().map(|group| any(query, property, group)));
    all.extend(unwanted(query, property, sieve));
    format!("(select c.last_at from conversation c where {})", all.join(" and "))
}

fn in_folders(folders: &[Folder]) -> String {
    format!("c.folder in ({})", folders.iter().map(|folder| format!("'{}'", folder.word())).collect::<Vec<_>>().join(", "))
}

fn any(query: &mut Query, property: &str, group: &[&Of]) -> String {
    format!("({})", group.iter().map(|of| condition(query, property, of)).collect::<Vec<_>>().join(" or "))
}

fn unwanted(query: &mut Query, property: &str, sieve: &Sieve) -> Vec<String> {
    sieve.tests.iter().filter(|test| test.not).map(|test| format!("not ({})", condition(query, property, &test.of))).collect()
}

fn condition(query: &mut Query, property: &str, of: &Of) -> String {
    match of {
        Of::Folder(folder) => format!("c.folder = '{}'", folder.word()),
        Of::Anywhere => "1 = 1".into(),
        Of::Status(status) => format!("c.status = '{}'", status.word()),
        Of::Assignee(assignee) => format!("c.assignee = {}", query.text(&assignee.to_string())),
        Of::Department(id) => format!("c.assignee = {}", query.text(&Assignee::Department(id.clone()).to_string())),
        Of::Tag(tag) => {
            let tag = query.text(tag);
            format!("exists (select 1 from conversation_tag g where g.property = {property} and g.tag = {tag} and g.conversation = c.id)")
        }
        Of::Priority(priority) => format!("c.priority = {}", priority.rank()),
        Of::Urgent => format!("c.priority >= {}", Priority::High.rank()),
        Of::Kind(kind) => format!("c.kind = '{}'", kind.word()),
        Of::Missed => "c.missed_at is not null".into(),
        Of::Attachment => "c.attachments > 0".into(),
        Of::Before(at) => format!("c.last_at < {}", query.number(at.0)),
        Of::After(at) => format!("c.last_at >= {}", query.number(at.0)),
        Of::From(words) => {
            let all = words.iter().map(|word| {
                let (from, to) = range(word);
                let (from, to) = (query.text(from), query.text(&to));
                // `|| ''`: the words of one contact are looked through, not all that begin so
                format!(
                    "exists (select 1 from contact_word w where w.property = {property} and w.contact = c.contact \
                     and w.word || '' >= {from} and w.word || '' < {to})"
                )
            });
            let all: Vec<String> = all.collect();
            if all.is_empty() { "1 = 0".into() } else { all.join(" and ") }
        }
    }
}

/// Contacts that are found by the beginnings of words, each as often as it is; one more than matters.
pub(crate) fn contacts(property: &PropertyId, words: &[String]) -> Query {
    let mut query = Query::default();
    let scope = query.text(property.as_str());
    let mut all = vec![];
    for (at, word) in words.iter().enumerate() {
        let (from, to) = range(word);
        let (from, to) = (query.text(from), query.text(&to));
        all.push(if at == 0 {
            format!("w.word >= {from} and w.word < {to}")
        } else {
            format!("exists (select 1 from contact_word o where o.property = {scope} and o.contact = w.contact and o.word >= {from} and o.word < {to})")
        });
    }
    let most = CONTACTS_MOST + 1;
    query.text = format!("select w.contact from contact_word w where w.property = {scope} and {} limit {most}", all.join(" and "));
    query
}

/// The newest conversations that may be seen, newest first: `conversation` and `last_at`, which is null of one that does not fall through
/// the sieve. They are all that there are when they are fewer than the number that comes with them, and it is never less than `most`.
/// `contacts`: whom `from:` finds, when they are few.
pub(crate) fn conversations(
    property: &PropertyId,
    (sieve, sight): (&Sieve, &Sight),
    contacts: Option<&[String]>,
    most: usize,
) -> (Query, usize) {
    let mut query = Query::default();
    let scope = query.text(property.as_str());
    if let Some(contacts) = contacts {
        let contacts = query.texts(contacts);
        let fits = fits(&mut query, &scope, "f.id", (sieve, sight));
        query.text = format!(
            "select f.id as conversation, f.last_at from (select s.last_at, s.id from conversation s where s.property = {scope} and s.contact in ({contacts})) f \
             where {fits} is not null order by f.last_at desc, f.id desc limit {most}"
        );
        return (query, most);
    }
    let mut parts = vec![];
    let mut whole = true;
    for folder in sieve.folders() {
        let (view, rest) = sieve.view(folder);
        let (views, called) = sight.views(&view);
        for view in &views {
            let (from, id) = source(view);
            let mut wheres = vec![format!("s.property = {scope}"), format!("s.folder = {}", query.text(folder.word()))];
            filters(&mut query, view, &mut wheres);
            for group in &rest {
                match group[..] {
                    [Of::Before(at)] => wheres.push(format!("s.last_at < {}", query.number(at.0))),
                    [Of::After(at)] => wheres.push(format!("s.last_at >= {}", query.number(at.0))),
                    [Of::Attachment, ..] if from == "conversation s" => wheres.push("s.attachments > 0".into()),
                    _ => whole = false,
                }
            }
            let first = order(Sort::Newest, "s.", id);
            for range in ranges(view) {
                parts.push((from.to_owned(), format!("s.{id}"), [&wheres[..], &range.wheres()].concat().join(" and "), first.clone()));
            }
        }
        for part in called {
            whole &= rest.is_empty();
            let (from, wheres) = part.of_view(&mut query, &scope, &view);
            parts.push((from, "c.id".into(), wheres, order(Sort::Newest, "c.", "id")));
        }
    }
    if parts.is_empty() {
        // low and urgent at once: no range has both
        let nothing = format!("s.property = {scope} and 1 = 0");
        parts.push(("conversation s".into(), "s.id".into(), nothing, order(Sort::Newest, "s.", "id")));
    }
    whole &= !sieve.tests.iter().any(|test| test.not);
    let look = if whole { most } else { LOOKED_MOST.max(most) };
    let parts = parts.iter().map(|(from, id, all, first)| {
        let (line, _) = id.split_once('.').expect("a column of a table");
        format!("select * from (select {line}.last_at, {id} as id from {from} where {all} order by {first} limit {look}) p")
    });
    let lines = format!(
        "select id, last_at from ({}) u order by last_at desc, id desc limit {look}",
        parts.collect::<Vec<_>>().join(" union all ")
    );
    let fits = fits(&mut query, &scope, "f.id", (sieve, sight));
    query.text = format!("select f.id as conversation, {fits} as last_at from ({lines}) f order by f.last_at desc, f.id desc");
    (query, look)
}
