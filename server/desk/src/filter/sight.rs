//! What an agent sees, as SQL. `Sight::covers` and `called` say the same on values, and a test holds them together. A view of who sees a
//! part is that view for each assignee they see, which are ranges of the same indexes; and those lines besides that they were called into.

use model::{
    AgentId, Assignee, ContactId, OrganisationId, PropertyId,
    conversation::{FOLLOWED_MOST, Kind, Line, Priority},
    view::View,
};

use super::{Query, during, of_line};
use crate::{line::line_columns, sight::Sight};

/// Assignees that a view is told apart by: a compound statement of SQLite has five hundred parts, and a view 25 ranges.
const APART_MOST: usize = 16;

/// Lines that are seen and lie in no range: looked at one by one.
pub(crate) enum Rest<'a> {
    /// Those that somebody was called into, whosever they are.
    Called(&'a Sight),
    /// Those of further assignees of who has very many.
    Of(&'a [Assignee]),
    /// What somebody follows, as far as it is seen.
    Followed(AgentId, &'a Sight),
}

impl Sight {
    /// A view as it is read: the views in whose ranges what is seen of it lies, and what lies in none.
    pub(crate) fn views(&self, view: &View) -> (Vec<View>, Vec<Rest<'_>>) {
        if let Some(agent) = &view.follower {
            return (vec![], vec![Rest::Followed(agent.clone(), self)]);
        }
        let Self::Part { assignees, .. } = self else { return (vec![view.clone()], vec![]) };
        let asked = view.assignee.clone().or_else(|| view.department.clone().map(Assignee::Department));
        match asked {
            Some(asked) if self.covers(&asked) => (vec![view.clone()], vec![]),
            Some(_) => (vec![], vec![Rest::Called(self)]),
            None => {
                let (apart, rest) = assignees.split_at(assignees.len().min(APART_MOST));
                let views = apart.iter().map(|one| View { assignee: Some(one.clone()), ..view.clone() }).collect();
                let rest = (!rest.is_empty()).then_some(Rest::Of(rest));
                (views, rest.into_iter().chain([Rest::Called(self)]).collect())
            }
        }
    }

    /// Whether a conversation is seen, of which `line` is the row; nothing for who sees all.
    pub(crate) fn condition(&self, query: &mut Query, line: &str) -> Option<String> {
        let Self::Part { agent, .. } = self else { return None };
        let (own, agent) = (self.own(query), query.text(agent.as_str()));
        Some(format!(
            "({line}.assignee in ({own}) or exists (select 1 from called o where o.property = {line}.property and o.agent = {agent} and o.conversation = {line}.id))"
        ))
    }

    fn own(&self, query: &mut Query) -> String {
        match self {
            Self::All => String::new(),
            Self::Part { assignees, .. } => texts(query, assignees),
        }
    }
}

fn texts(query: &mut Query, assignees: &[Assignee]) -> String {
    query.texts(&assignees.iter().map(ToString::to_string).collect::<Vec<_>>())
}

impl Rest<'_> {
    /// Where its lines are read, `c` each, and all that is asked of them.
    fn source(&self, query: &mut Query, scope: &str) -> (String, Vec<String>) {
        match self {
            Self::Called(sight) => {
                let agent = sight.agent().map_or("", |agent| agent.as_str()).to_owned();
                let (agent, own) = (query.text(&agent), sight.own(query));
                // `cross`: SQLite takes it as the order to read in
                let wheres = format!(
                    "e.property = {scope} and e.agent = {agent} and c.property = e.property and c.id = e.conversation and c.assignee not in ({own})"
                );
                ("called e cross join conversation c".into(), vec![wheres])
            }
            Self::Of(assignees) => {
                let own = texts(query, assignees);
                ("conversation c".into(), vec![format!("c.property = {scope} and c.assignee in ({own})")])
            }
            Self::Followed(agent, sight) => {
                let agent = query.text(agent.as_str());
                // within a limit that none reaches: PostgreSQL begins with what is followed, not with the order that is asked for
                let from = format!(
                    "(select l.* from follower e cross join conversation l where e.property = {scope} and e.agent = {agent} \
                     and l.property = e.property and l.id = e.conversation limit {FOLLOWED_MOST}) c"
                );
                (from, sight.condition(query, "c").into_iter().collect())
            }
        }
    }

    /// The same of a view.
    pub(crate) fn of_view(&self, query: &mut Query, scope: &str, view: &View) -> (String, String) {
        let (from, mut wheres) = self.source(query, scope);
        wheres.push(format!("c.folder = '{}'", view.folder.word()));
        wheres.extend(view.status.map(|status| format!("c.status = '{}'", status.word())));
        wheres.extend(view.priority.map(|priority| format!("c.priority = {}", priority.rank())));
        wheres.extend(view.urgent.then(|| format!("c.priority >= {}", Priority::High.rank())));
        wheres.extend(during(query, view.within, "c"));
        of_line(query, view, "c", &mut wheres);
        if let Some(tag) = &view.tag {
            let tag = query.text(tag);
            wheres.push(format!(
                "exists (select 1 from conversation_tag g where g.property = c.property and g.tag = {tag} and g.conversation = c.id)"
            ));
        }
        (from, wheres.join(" and "))
    }
}

/// What the side bar counts of what is seen: how many open lines there are of each sort, how many in spam and trash, and how many that
/// are not open have something due soon.
pub(crate) fn sorts(property: &PropertyId, sight: &Sight) -> Query {
    const SORTS: &str =
        "c.folder, c.status, c.kind, c.assignee, c.priority, c.missed_at is not null as missed, c.soon_at is not null as soon, c.tags";
    let mut query = Query::default();
    let scope = query.text(property.as_str());
    let mut parts = vec![];
    if let Sight::Part { assignees, .. } = sight {
        let waits = "c.folder = 'inbox' and c.status in ('open', 'pending', 'snoozed')";
        for which in [waits, "c.folder in ('spam', 'trash')"] {
            for some in assignees.chunks(APART_MOST) {
                let own = texts(&mut query, some);
                parts.push(format!("select {SORTS} from conversation c where c.property = {scope} and {which} and c.assignee in ({own})"));
            }
            let (from, wheres) = Rest::Called(sight).source(&mut query, &scope);
            parts.push(format!("select {SORTS} from {from} where {} and {which}", wheres.join(" and ")));
        }
    }
    query.text = format!(
        "select u.folder, u.status, u.kind, u.assignee, u.priority, cast(sum(case when u.missed then 1 else 0 end) as bigint) as missed, \
         cast(sum(case when u.soon then 1 else 0 end) as bigint) as soon, u.tags, count(*) as n from ({}) u \
         group by u.folder, u.status, u.kind, u.assignee, u.priority, u.tags",
        parts.join(" union all ")
    );
    query
}

/// How many conversations of the Inbox that are seen each agent follows.
pub(crate) fn followed(property: &PropertyId, sight: &Sight) -> Query {
    let mut query = Query::default();
    let scope = query.text(property.as_str());
    let seen = seen(&mut query, sight);
    query.text = format!(
        "select e.agent, count(*) as n from follower e cross join conversation c where e.property = {scope} and c.property = e.property \
         and c.id = e.conversation and c.folder = 'inbox'{seen} group by e.agent"
    );
    query
}

/// Other conversations with the contact of a line that are seen, newest first; at most `most`.
pub(crate) fn others(property: &PropertyId, sight: &Sight, line: &Line, most: usize) -> Query {
    let mut query = Query::default();
    let (scope, contact, id) = (query.text(property.as_str()), query.text(line.contact.id.as_str()), query.text(line.id.as_str()));
    let seen = seen(&mut query, sight);
    query.text = format!(
        "select {} from conversation c join contact k on k.property = c.property and k.id = c.contact \
         where c.property = {scope} and c.contact = {contact} and c.id <> {id} and c.folder <> 'merged'{seen} order by c.created_at desc, c.id desc limit {most}",
        line_columns!()
    );
    query
}

/// Conversations of a kind with a contact that are seen, before a place, newest first; at most `most`.
pub(crate) fn of_contact(
    property: &PropertyId,
    sight: &Sight,
    contact: &ContactId,
    kind: Kind,
    (at, id): (i64, &str),
    most: usize,
) -> Query {
    let mut query = Query::default();
    let (scope, contact, kind) = (query.text(property.as_str()), query.text(contact.as_str()), query.text(kind.word()));
    let (at, id, seen) = (query.number(at), query.text(id), seen(&mut query, sight));
    query.text = format!(
        "select {} from conversation c join contact k on k.property = c.property and k.id = c.contact \
         where c.property = {scope} and c.contact = {contact} and c.kind = {kind} and c.folder <> 'merged' and (c.created_at, c.id) < ({at}, {id}){seen} \
         order by c.created_at desc, c.id desc limit {most}",
        line_columns!()
    );
    query
}

/// Conversations with contacts of an organisation that are seen, before a place, newest first; at most `most`. Those of all its contacts are
/// found by their keys and sorted: no more than belong to it.
pub(crate) fn of_organisation(
    property: &PropertyId,
    sight: &Sight,
    organisation: &OrganisationId,
    (at, id): (i64, &str),
    most: usize,
) -> Query {
    let mut query = Query::default();
    let (scope, organisation) = (query.text(property.as_str()), query.text(organisation.as_str()));
    let (at, id, seen) = (query.number(at), query.text(id), seen(&mut query, sight));
    // `cross`: SQLite takes it as the order to read in
    let found = format!(
        "select c.id from contact o cross join conversation c where o.property = {scope} and o.organisation = {organisation} and o.merged_into is null \
         and c.property = {scope} and c.contact = o.id and c.folder <> 'merged' and (c.created_at, c.id) < ({at}, {id}){seen} \
         order by c.created_at desc, c.id desc limit {most}"
    );
    query.text = format!(
        "select {} from ({found}) f cross join conversation c cross join contact k where c.property = {scope} and c.id = f.id \
         and k.property = c.property and k.id = c.contact order by c.created_at desc, c.id desc",
        line_columns!()
    );
    query
}

/// What was said with a contact in conversations that are seen, before a place, newest first; at most `most`.
pub(crate) fn words(property: &PropertyId, sight: &Sight, contact: &ContactId, (at, id): (i64, &str), most: usize) -> Query {
    let mut query = Query::default();
    let (scope, contact) = (query.text(property.as_str()), query.text(contact.as_str()));
    let (at, id) = (query.number(at), query.text(id));
    let seen = sight.condition(&mut query, "c").map_or_else(String::new, |seen| {
        format!(" and exists (select 1 from conversation c where c.property = m.property and c.id = m.conversation and {seen})")
    });
    query.text = format!(
        "select m.id, m.conversation, m.kind, m.author, m.channel, m.at, m.body, m.happened, m.mark, \
         (select count(*) from attachment a where a.property = m.property and a.message = m.id and a.inline_at is null) as files \
         from message m where m.property = {scope} and m.contact = {contact} and (m.at, m.id) < ({at}, {id}){seen} order by m.at desc, m.id desc limit {most}"
    );
    query
}

/// How many conversations with a contact are seen, by kind.
pub(crate) fn counts(property: &PropertyId, sight: &Sight, contact: &ContactId) -> Query {
    let mut query = Query::default();
    let (scope, contact) = (query.text(property.as_str()), query.text(contact.as_str()));
    let seen = seen(&mut query, sight);
    query.text = format!(
        "select c.kind, count(*) as n from conversation c where c.property = {scope} and c.contact = {contact} and c.folder <> 'merged'{seen} group by c.kind"
    );
    query
}

/// Names the conversation `id` in an act, if it is there and seen.
pub(crate) fn one_into_batch(property: &PropertyId, batch: &str, sight: &Sight, id: &str) -> Query {
    let mut query = Query::default();
    let (scope, batch, id) = (query.text(property.as_str()), query.text(batch), query.text(id));
    let seen = seen(&mut query, sight);
    query.text = format!(
        "insert into batch_line (property, batch, conversation, state) select c.property, {batch}, c.id, 'waiting' from conversation c \
         where c.property = {scope} and c.id = {id}{seen} on conflict (property, batch, conversation) do nothing"
    );
    query
}

/// `and` what of `c` is seen.
fn seen(query: &mut Query, sight: &Sight) -> String {
    sight.condition(query, "c").map_or_else(String::new, |seen| format!(" and {seen}"))
}
