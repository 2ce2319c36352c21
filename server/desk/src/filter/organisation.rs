//! The list of organisations as SQL: one range of the index by name. Of each it says how many contacts it has, counted no further than
//! it is shown, and when something was last said with one of them.

use model::{OrganisationId, PropertyId};

use super::Query;

/// What is wanted of the list.
pub(crate) struct Wanted<'a> {
    /// Whose organisations.
    pub property: &'a PropertyId,
    /// What is searched for, folded: beginnings of words of the name.
    pub terms: &'a [String],
    /// Or a part of one of its domains.
    pub domain: &'a str,
    /// They stand behind it.
    pub after: &'a str,
    /// At most so many.
    pub most: usize,
}

/// The organisations that are wanted, by name. What is searched for is looked for name by name.
pub(crate) fn organisations(wanted: &Wanted, counted: i64) -> Query {
    let mut query = Query::default();
    let scope = query.text(wanted.property.as_str());
    let mut wheres = vec![format!("o.property = {scope}"), format!("o.name_as > {}", query.text(wanted.after)), "o.ends_at is null".into()];
    wheres.extend(found(&mut query, wanted));
    // the newest in the order of the index of organisations, or PostgreSQL walks along all contacts of the property
    let theirs = format!("k.property = {scope} and k.organisation = o.id and k.merged_into is null");
    query.text = format!(
        "select o.id, o.name, o.name_as, (select count(*) from (select 1 from contact k where {theirs} limit {counted}) n) as contacts, \
         (select k.last_at from contact k where {theirs} order by k.merged_into desc, k.last_at desc limit 1) as last_at \
         from organisation o where {} order by o.name_as limit {}",
        wheres.join(" and "),
        wanted.most
    );
    query
}

fn found(query: &mut Query, wanted: &Wanted) -> Option<String> {
    if wanted.domain.is_empty() {
        return None;
    }
    // words of a name stand with a zero between them
    let named = wanted.terms.iter().map(|term| {
        let (first, later) = (query.text(&format!("{term}%")), query.text(&format!("%0{term}%")));
        format!("(o.name_as like {first} or o.name_as like {later})")
    });
    let named = named.collect::<Vec<_>>().join(" and ");
    let part: String = wanted.domain.chars().filter(|c| c.is_alphanumeric() || matches!(c, '.' | '-')).collect();
    let domain = (!part.is_empty()).then(|| {
        let part = query.text(&format!("%{part}%"));
        format!(
            "exists (select 1 from organisation_domain d where d.property = o.property and d.organisation = o.id and d.domain like {part})"
        )
    });
    let any: Vec<String> = [Some(named).filter(|named| !named.is_empty()), domain].into_iter().flatten().collect();
    Some(if any.is_empty() { "1 = 0".into() } else { format!("({})", any.join(" or ")) })
}

/// The domains of some organisations.
pub(crate) fn domains(property: &PropertyId, organisations: &[OrganisationId]) -> Query {
    let mut query = Query::default();
    let ids: Vec<&str> = organisations.iter().map(OrganisationId::as_str).collect();
    let (scope, ids) = (query.text(property.as_str()), query.texts(&ids));
    query.text =
        format!("select d.organisation, d.domain from organisation_domain d where d.property = {scope} and d.organisation in ({ids})");
    query
}
