//! What more is known of a contact: tags and attributes. Agents say some, the site says others of its visitors.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    Refusal,
    address::line_of_field,
    visitor::{ATTRIBUTE_MOST, ATTRIBUTE_NAME_MOST},
};

/// What separates the name of an attribute from its value in a filter.
pub const SAYS: char = '=';

/// A tag of a contact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tag {
    /// The tag.
    pub name: String,
    /// Whether the site says so: then only the site can take it off.
    pub site: bool,
}

/// Something that is known of a contact under a name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attribute {
    /// Its name.
    pub name: String,
    /// What is known.
    pub value: String,
    /// Whether the site says so. What an agent says under the same name counts before it.
    pub site: bool,
}

/// Names that somebody here has: what a form proposes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Labels {
    /// Tags.
    pub tags: Vec<String>,
    /// Names of attributes.
    pub attributes: Vec<String>,
}

/// The tags that count, of agents and of the site, by name.
pub fn tags(own: Vec<String>, site: Vec<String>) -> Vec<Tag> {
    let said: Vec<Tag> = site.into_iter().filter(|name| !own.contains(name)).map(|name| Tag { name, site: true }).collect();
    let mut all: Vec<Tag> = own.into_iter().map(|name| Tag { name, site: false }).chain(said).collect();
    all.sort_by(|a, b| a.name.cmp(&b.name));
    all
}

/// The attributes that count, of agents and of the site, by name.
pub fn attributes(own: BTreeMap<String, String>, site: BTreeMap<String, String>) -> Vec<Attribute> {
    let mut all: BTreeMap<String, (String, bool)> = site.into_iter().map(|(name, value)| (name, (value, true))).collect();
    all.extend(own.into_iter().map(|(name, value)| (name, (value, false))));
    all.into_iter().map(|(name, (value, site))| Attribute { name, value, site }).collect()
}

/// An attribute as it was typed: its name, and what is known; an empty value is nothing.
pub fn attribute(name: &str, value: &str) -> Result<(String, String), Refusal> {
    let name = line_of_field("name", &name.replace(SAYS, " "), ATTRIBUTE_NAME_MOST)?;
    let value = if value.trim().is_empty() { String::new() } else { line_of_field("value", value, ATTRIBUTE_MOST)? };
    Ok((name, value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Why;

    #[test]
    fn what_an_agent_says_counts_before_what_the_site_says() {
        let map = |pairs: &[(&str, &str)]| pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let all = attributes(map(&[("plan", "Gold")]), map(&[("plan", "Free"), ("orders", "7")]));
        let all: Vec<_> = all.iter().map(|one| (one.name.as_str(), one.value.as_str(), one.site)).collect();
        assert_eq!(all, [("orders", "7", true), ("plan", "Gold", false)]);
        let all = tags(vec!["vip".into(), "school".into()], vec!["beta".into(), "vip".into()]);
        let all: Vec<_> = all.iter().map(|one| (one.name.as_str(), one.site)).collect();
        assert_eq!(all, [("beta", true), ("school", false), ("vip", false)]);
    }

    #[test]
    fn a_name_is_one_line_and_parts_from_its_value() {
        assert_eq!(attribute(" Cost  centre=7 ", " 4711 "), Ok(("Cost centre 7".into(), "4711".into())));
        assert_eq!(attribute("plan", " "), Ok(("plan".into(), String::new())));
        assert_eq!(attribute(" ", "x"), Err(Refusal::invalid("name", Why::Required)));
    }
}
