//! The filter compiler: a view of the Inbox as SQL, and the list of contacts. The one place where a query's text is put together,
//! from fixed pieces only; every value that somebody chose is bound. `View::matches` says the same on values, and a test holds
//! the two together; another reads the databases' plans.
//!
//! A view is a few ranges of one index (`migrations/0006_inbox.sql`), each read from its beginning: the indexes go by what is
//! filtered, then by status and priority, then by the order. A status or priority that is left open makes a range of each of
//! its values. So a page costs the same however many conversations there are.

pub(crate) mod contact;
pub(crate) mod organisation;
pub(crate) mod search;
pub(crate) mod sight;

use std::cmp::Ordering;

use model::{
    Assignee, BatchId, PropertyId,
    conversation::{Priority, Status},
    days::Within,
    view::{Key, Sort, View},
};

use sqlx::any::AnyRow;

use crate::{Result, db::Conn, line::line_columns, sight::Sight};

/// A bound value.
pub(crate) enum Value {
    Text(String),
    Number(i64),
}

/// A query with its values, in the order of their placeholders.
#[derive(Default)]
pub(crate) struct Query {
    pub text: String,
    pub values: Vec<Value>,
}

impl Query {
    /// Asks it.
    pub(crate) async fn rows(self, conn: &mut Conn) -> Result<Vec<AnyRow>> {
        Ok(self.bound().fetch_all(conn).await?)
    }

    /// Does it; gives how many rows it wrote.
    pub(crate) async fn run(self, conn: &mut Conn) -> Result<u64> {
        Ok(self.bound().execute(conn).await?.rows_affected())
    }

    fn bound(self) -> sqlx::query::Query<'static, sqlx::Any, sqlx::any::AnyArguments> {
        let mut query = sqlx::query(sqlx::AssertSqlSafe(self.text));
        for value in self.values {
            query = match value {
                Value::Text(text) => query.bind(text),
                Value::Number(number) => query.bind(number),
            };
        }
        query
    }

    pub(crate) fn text(&mut self, value: &str) -> String {
        self.values.push(Value::Text(value.to_owned()));
        format!("${}", self.values.len())
    }

    pub(crate) fn number(&mut self, value: i64) -> String {
        self.values.push(Value::Number(value));
        format!("${}", self.values.len())
    }

    /// A list of texts for `in`. The last one comes again until there is a power of two of them, so that databases are asked few
    /// different questions; none is asked for as what nothing is.
    pub(crate) fn texts<T: AsRef<str>>(&mut self, values: &[T]) -> String {
        let last = values.last().map_or("", AsRef::as_ref);
        let places = values.len().next_power_of_two().max(1);
        let places = (0..places).map(|at| self.text(values.get(at).map_or(last, AsRef::as_ref)));
        places.collect::<Vec<_>>().join(", ")
    }
}

/// Puts the conversations of a view that are seen, as they are now, into an act; at most `most`.
pub(crate) fn into_batch(property: &PropertyId, batch: &BatchId, view: &View, sight: &Sight, most: usize) -> Query {
    let mut query = Query { text: String::new(), values: vec![] };
    let (scope, id) = (query.text(property.as_str()), query.text(batch.as_str()));
    let all = parts(&mut query, &scope, view, sight, None, most).join(" union all ");
    query.text = format!(
        "insert into batch_line (property, batch, conversation, state) select {scope}, {id}, u.id, 'waiting' from ({all}) u limit {most}"
    );
    query
}

/// How many lines a view has that are seen: counted, so it costs more the more there are.
pub(crate) fn count(property: &PropertyId, view: &View, sight: &Sight) -> Query {
    let mut query = Query { text: String::new(), values: vec![] };
    let scope = query.text(property.as_str());
    let (views, rest) = sight.views(view);
    let mut all: Vec<String> = vec![];
    for view in &views {
        let (from, _) = source(view);
        let mut wheres = wheres(&mut query, &scope, view);
        wheres.extend(during(&mut query, view.within, "s"));
        let of_range =
            |range: &Range| format!("select count(*) as n from {from} where {}", [&wheres[..], &range.wheres()].concat().join(" and "));
        all.extend(ranges(view).iter().map(of_range));
    }
    for part in rest {
        let (from, wheres) = part.of_view(&mut query, &scope, view);
        all.push(format!("select count(*) as n from {from} where {wheres}"));
    }
    query.text = format!("select cast(sum(u.n) as bigint) from ({}) u", all.join(" union all "));
    query
}

/// The lines of a view after a place that are seen, with what `agent` has read of each; at most `most`.
pub(crate) fn lines(property: &PropertyId, (agent, sight): (&str, &Sight), view: &View, after: Option<&Key>, most: usize) -> Query {
    let mut query = Query::default();
    let (scope, reader) = (query.text(property.as_str()), query.text(agent));
    let parts = parts(&mut query, &scope, view, sight, after, most);
    // `cross`: SQLite takes it as the order to read in
    query.text = format!(
        "select {}, r.read_at from (select id from ({}) u order by {} limit {most}) f \
         cross join conversation c join contact k on k.property = c.property and k.id = c.contact \
         left join read_mark r on r.property = c.property and r.agent = {reader} and r.conversation = c.id \
         where c.property = {scope} and c.id = f.id order by {}",
        line_columns!(),
        parts.join(" union all "),
        order(view.sort, "", "id"),
        order(view.sort, "c.", "id"),
    );
    query
}

/// The ranges of what is seen of a view after a place, each read from its beginning.
fn parts(query: &mut Query, scope: &str, view: &View, sight: &Sight, after: Option<&Key>, most: usize) -> Vec<String> {
    let (views, rest) = sight.views(view);
    let mut parts = vec![];
    for view in &views {
        parts.extend(parts_of(query, scope, view, after, most));
    }
    for part in rest {
        let (from, mut wheres) = part.of_view(query, scope, view);
        if let Some(key) = after {
            wheres = format!("{wheres} and {}", place_among(query, view.sort, key));
        }
        let (shown, first) = (columns(view.sort).join(", c."), order(view.sort, "c.", "id"));
        parts.push(format!("select * from (select c.{shown}, c.id as id from {from} where {wheres} order by {first} limit {most}) p"));
    }
    if parts.is_empty() {
        // every range lies before the place
        let (shown, first) = (columns(view.sort).join(", s."), order(view.sort, "s.", "id"));
        parts.push(format!("select * from (select s.{shown}, s.id as id from conversation s where s.property = {scope} and 1 = 0 order by {first} limit {most}) p"));
    }
    parts
}

fn parts_of(query: &mut Query, scope: &str, view: &View, after: Option<&Key>, most: usize) -> Vec<String> {
    let (from, id) = source(view);
    let wheres = wheres(query, scope, view);
    let (shown, first) = (columns(view.sort).join(", s."), order(view.sort, "s.", id));
    let part = |own: &[String]| {
        let all = [&wheres[..], own].concat().join(" and ");
        format!("select * from (select s.{shown}, s.{id} as id from {from} where {all} order by {first} limit {most}) p")
    };
    let mut parts = vec![];
    for range in ranges(view) {
        if let Some(place) = range.after(query, view.sort, id, after) {
            let days = during(query, if place.is_empty() { view.within } else { beyond(view) }, "s");
            parts.push(part(&[range.wheres(), days, place].concat()));
        }
    }
    parts
}

fn wheres(query: &mut Query, scope: &str, view: &View) -> Vec<String> {
    let mut wheres = vec![format!("s.property = {scope}"), format!("s.folder = {}", query.text(view.folder.word()))];
    filters(query, view, &mut wheres);
    wheres
}

/// What is read in ranges, and its column with the conversation's id. A tag's rows have all that orders go by.
fn source(view: &View) -> (&'static str, &'static str) {
    match (
        &view.tag,
        view.kind.is_some() || view.assignee.is_some() || view.department.is_some() || view.channel.is_some() || view.missed || view.soon,
    ) {
        (None, _) => ("conversation s", "id"),
        (Some(_), false) => ("conversation_tag s", "conversation"),
        (Some(_), true) => ("conversation_tag s cross join conversation c", "conversation"),
    }
}

fn filters(query: &mut Query, view: &View, wheres: &mut Vec<String>) {
    let mut line = "s";
    if let Some(tag) = &view.tag {
        wheres.push(format!("s.tag = {}", query.text(tag)));
        if source(view).0.ends_with(" c") {
            line = "c";
            wheres.push("c.property = s.property and c.id = s.conversation".into());
        }
    }
    of_line(query, view, line, wheres);
}

/// What is asked of the moment of the last words.
fn during(query: &mut Query, within: Within, line: &str) -> Vec<String> {
    let from = within.from.map(|at| format!("{line}.last_at >= {}", query.number(at.0)));
    let until = within.until.map(|at| format!("{line}.last_at < {}", query.number(at.0)));
    from.into_iter().chain(until).collect()
}

/// What is left to ask of it after a place in a view. An index is read from one bound alone: the place, which is within the days.
fn beyond(view: &View) -> Within {
    match view.sort {
        Sort::Newest | Sort::Priority => Within { until: None, ..view.within },
        Sort::Oldest => Within { from: None, ..view.within },
        Sort::Waiting | Sort::Due => view.within,
    }
}

/// What a view asks of a line itself, but for its drawer, status, priority and moment.
fn of_line(query: &mut Query, view: &View, line: &str, wheres: &mut Vec<String>) {
    match (view.channel, view.kind) {
        // no chat came by mail
        (Some(channel), Some(kind)) if channel.kind() != kind => wheres.push("1 = 0".into()),
        // how it came says what it is
        (Some(channel), _) => wheres.push(format!("{line}.channel = {}", query.text(channel.word()))),
        (None, Some(kind)) => wheres.push(format!("{line}.kind = {}", query.text(kind.word()))),
        (None, None) => {}
    }
    if let Some(assignee) = &view.assignee {
        wheres.push(format!("{line}.assignee = {}", query.text(&assignee.to_string())));
    }
    if let Some(department) = &view.department {
        wheres.push(format!("{line}.assignee = {}", query.text(&Assignee::Department(department.clone()).to_string())));
    }
    if view.missed {
        wheres.push(format!("{line}.missed_at is not null"));
    }
    if view.soon {
        wheres.push(format!("{line}.soon_at is not null"));
    }
}

/// A range of an index: of one status and one priority, or of all where the index has no such column.
struct Range {
    status: Option<Status>,
    priority: Option<Priority>,
}

impl Range {
    fn wheres(&self) -> Vec<String> {
        let status = self.status.map(|status| format!("s.status = '{}'", status.word()));
        status.into_iter().chain(self.priority.map(|priority| format!("s.priority = {}", priority.rank()))).collect()
    }

    /// Where it is read on from after a place; none when all of it lies before the place.
    fn after(&self, query: &mut Query, sort: Sort, id: &str, after: Option<&Key>) -> Option<Vec<String>> {
        let Some(key) = after else { return Some(vec![]) };
        match self.priority.filter(|_| sort == Sort::Priority).map(|priority| priority.rank().cmp(&key.major)) {
            Some(Ordering::Greater) => None,
            Some(Ordering::Less) => Some(vec![]),
            Some(Ordering::Equal) | None => Some(vec![place(query, sort, id, key)]),
        }
    }
}

fn ranges(view: &View) -> Vec<Range> {
    // the order of time has indexes of its own for what is opened most
    let View { folder, status, sort, days, within, .. } = *view;
    let plain = *view == View { folder, status, sort, days, within, ..View::default() } && matches!(view.sort, Sort::Newest | Sort::Oldest);
    let statuses: Vec<Option<Status>> = match view.status {
        None if !plain => Status::ALL.iter().copied().map(Some).collect(),
        status => vec![status],
    };
    let wanted = |priority: &Priority| view.priority.is_none_or(|one| one == *priority) && (!view.urgent || *priority >= Priority::High);
    let priorities: Vec<Option<Priority>> =
        if plain { vec![None] } else { Priority::ALL.iter().copied().filter(wanted).map(Some).collect() };
    let of = |status| priorities.iter().map(move |priority| Range { status, priority: *priority });
    statuses.into_iter().flat_map(of).collect()
}

/// What a view is ordered by, before the id.
const fn columns(sort: Sort) -> &'static [&'static str] {
    match sort {
        Sort::Newest | Sort::Oldest => &["last_at"],
        Sort::Waiting => &["waiting_at"],
        Sort::Priority => &["priority", "last_at"],
        Sort::Due => &["due_at"],
    }
}

fn order(sort: Sort, table: &str, id: &str) -> String {
    let way = if matches!(sort, Sort::Newest | Sort::Priority) { " desc" } else { "" };
    columns(sort).iter().chain([&id]).map(|column| format!("{table}{column}{way}")).collect::<Vec<_>>().join(", ")
}

/// After a place, among lines `c` of any status and priority.
fn place_among(query: &mut Query, sort: Sort, key: &Key) -> String {
    let than = if matches!(sort, Sort::Newest | Sort::Priority) { "<" } else { ">" };
    let mut values = vec![query.number(key.major)];
    if sort == Sort::Priority {
        values.push(query.number(key.minor));
    }
    values.push(query.text(key.id.as_str()));
    format!("(c.{}, c.id) {than} ({})", columns(sort).join(", c."), values.join(", "))
}

/// After a place, within a range that the place is in.
fn place(query: &mut Query, sort: Sort, id: &str, key: &Key) -> String {
    let (column, than, value) = match sort {
        Sort::Newest => ("last_at", "<", key.major),
        Sort::Oldest => ("last_at", ">", key.major),
        Sort::Waiting => ("waiting_at", ">", key.major),
        Sort::Priority => ("last_at", "<", key.minor),
        Sort::Due => ("due_at", ">", key.major),
    };
    format!("(s.{column}, s.{id}) {than} ({}, {})", query.number(value), query.text(key.id.as_str()))
}
