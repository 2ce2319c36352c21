//! The filter compiler: a view of the Inbox as SQL. The one place where a query's text is put together,
//! from fixed pieces only; every value is bound. `View::matches` says the same on values, and a test holds the two together.

use model::{
    Assignee, PropertyId,
    conversation::{Priority, Status},
    view::{Key, Sort, View},
};

use crate::line::line_columns;

/// A bound value.
pub(crate) enum Value {
    Text(String),
    Number(i64),
}

/// A query with its values, in the order of their placeholders.
pub(crate) struct Query {
    pub text: String,
    pub values: Vec<Value>,
}

impl Query {
    fn text(&mut self, value: &str) -> String {
        self.values.push(Value::Text(value.to_owned()));
        format!("${}", self.values.len())
    }

    fn number(&mut self, value: i64) -> String {
        self.values.push(Value::Number(value));
        format!("${}", self.values.len())
    }
}

/// The lines of a view after a place, with what `agent` has read of each; at most `most`.
pub(crate) fn lines(property: &PropertyId, agent: &str, view: &View, after: Option<&Key>, most: i64) -> Query {
    let mut query = Query { text: String::new(), values: vec![] };
    let by_tag = view.tag.as_ref().filter(|_| matches!(view.sort, Sort::Newest | Sort::Oldest));
    // a tag's own index is in the order of time already
    let (major, id) = match view.sort {
        Sort::Newest | Sort::Oldest if by_tag.is_some() => ("t.last_at", "t.conversation"),
        Sort::Newest | Sort::Oldest => ("c.last_at", "c.id"),
        Sort::Waiting => ("c.waiting_at", "c.id"),
        Sort::Priority => ("c.priority, c.last_at", "c.id"),
    };
    let scope = query.text(property.as_str());
    let reader = query.text(agent);
    let mut wheres = vec![format!("c.property = {scope}"), format!("c.folder = {}", query.text(view.folder.word()))];
    let mut from = "conversation c".to_owned();
    if let Some(tag) = &view.tag {
        let tag = query.text(tag);
        from = "conversation_tag t join conversation c on c.property = t.property and c.id = t.conversation".into();
        wheres.push(format!("t.property = {scope} and t.tag = {tag}"));
    }
    filters(&mut query, view, &mut wheres);
    if let Some(key) = after {
        wheres.push(place(&mut query, view.sort, major, id, key));
    }
    let way = if matches!(view.sort, Sort::Newest | Sort::Priority) { " desc" } else { "" };
    let order: Vec<String> = major.split(", ").chain([id]).map(|column| format!("{column}{way}")).collect();
    let most = query.number(most);
    query.text = format!(
        "select {}, r.read_at from {from} join contact k on k.property = c.property and k.id = c.contact \
         left join read_mark r on r.property = c.property and r.agent = {reader} and r.conversation = c.id where {} order by {} limit {most}",
        line_columns!(),
        wheres.join(" and "),
        order.join(", "),
    );
    query
}

fn filters(query: &mut Query, view: &View, wheres: &mut Vec<String>) {
    if let Some(kind) = view.kind {
        wheres.push(format!("c.kind = {}", query.text(kind.word())));
    }
    if let Some(status) = view.status {
        wheres.push(format!("c.status = {}", query.text(Status::word(status))));
    }
    if let Some(assignee) = &view.assignee {
        wheres.push(format!("c.assignee = {}", query.text(&assignee.to_string())));
    }
    if let Some(department) = &view.department {
        wheres.push(format!("c.assignee = {}", query.text(&Assignee::Department(department.clone()).to_string())));
    }
    if let Some(priority) = view.priority {
        wheres.push(format!("c.priority = {}", query.number(priority.rank())));
    }
    if view.urgent {
        wheres.push(format!("c.priority >= {}", query.number(Priority::High.rank())));
    }
    if view.missed {
        wheres.push("c.missed_at is not null".into());
    }
}

fn place(query: &mut Query, sort: Sort, major: &str, id: &str, key: &Key) -> String {
    let values =
        if sort == Sort::Priority { format!("{}, {}", query.number(key.major), query.number(key.minor)) } else { query.number(key.major) };
    let than = if matches!(sort, Sort::Newest | Sort::Priority) { "<" } else { ">" };
    format!("({major}, {id}) {than} ({values}, {})", query.text(key.id.as_str()))
}
