//! Where a setting's text comes from: the environment, else the file, else the default. Names the place in each complaint.
//! Knows no meaning of any value.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use super::keys::{self, KEYS, SECRETS};

/// A setting that cannot be used: where it stands, what is wrong, what to do.
#[derive(Debug, thiserror::Error)]
#[error("{place}: {what}")]
pub struct Wrong {
    /// File and key, or the name in the environment.
    pub place: String,
    /// What is wrong, and what is expected.
    pub what: String,
}

impl Wrong {
    /// A complaint about a place.
    pub fn at(place: impl Into<String>, what: impl Into<String>) -> Self {
        Self { place: place.into(), what: what.into() }
    }
}

/// Texts of all settings.
pub struct Source {
    /// The file that was read, if there was one.
    pub file: Option<PathBuf>,
    /// name → (text, place)
    values: BTreeMap<String, (String, String)>,
}

/// Names in the environment that begin like settings and are none.
const OTHERS: &[&str] = &["RECADO_CONFIG"];

impl Source {
    /// Reads the file (the given one, else `RECADO_CONFIG`, else `recado.toml` here or in the data folder) and the environment.
    pub fn read(given: Option<&Path>, environment: &BTreeMap<String, String>) -> Result<Self, Wrong> {
        let mut source = Self { file: None, values: BTreeMap::new() };
        let named =
            given.map(Path::to_path_buf).or_else(|| environment.get("RECADO_CONFIG").filter(|path| !path.is_empty()).map(PathBuf::from));
        let data = environment.get("RECADO_DATA").map_or("./data", String::as_str);
        let usual = [PathBuf::from("recado.toml"), Path::new(data).join("recado.toml")];
        let file = named.or_else(|| usual.into_iter().find(|path| path.is_file()));
        if let Some(path) = file {
            source.read_file(&path)?;
            source.file = Some(path);
        }
        source.read_environment(environment)?;
        Ok(source)
    }

    fn read_file(&mut self, path: &Path) -> Result<(), Wrong> {
        let place = path.display().to_string();
        let text = std::fs::read_to_string(path).map_err(|error| Wrong::at(&place, format!("cannot be read: {error}")))?;
        let table: toml::Table = text.parse().map_err(|error| Wrong::at(&place, format!("is not TOML: {error}")))?;
        self.take_table(&place, "", &table)
    }

    fn take_table(&mut self, file: &str, prefix: &str, table: &toml::Table) -> Result<(), Wrong> {
        for (name, value) in table {
            let name = if prefix.is_empty() { name.clone() } else { format!("{prefix}.{name}") };
            let place = format!("{file}: {name}");
            let section = KEYS.iter().any(|key| key.name.starts_with(&format!("{name}.")));
            match value {
                toml::Value::Table(inner) if section => self.take_table(file, &name, inner)?,
                _ if SECRETS.contains(&name.as_str()) => {
                    return Err(Wrong::at(
                        place,
                        format!(
                            "a secret does not belong into this file; write it into a file of its own, named by {name}_file, or into {}",
                            environment_name(&name)
                        ),
                    ));
                }
                _ if keys::find(&name).is_none() => {
                    return Err(Wrong::at(
                        place,
                        format!(
                            "is not a setting of Recado; the nearest one is `{}`. `recado config` lists them all",
                            keys::nearest(&name).0
                        ),
                    ));
                }
                _ => {
                    let text =
                        text_of(value).ok_or_else(|| Wrong::at(&place, "expected a text, a number, true, false, or a list of texts"))?;
                    self.values.insert(name, (text, place));
                }
            }
        }
        Ok(())
    }

    fn read_environment(&mut self, environment: &BTreeMap<String, String>) -> Result<(), Wrong> {
        if let Some(url) = environment.get("DATABASE_URL") {
            self.values.insert("database.url".into(), (url.clone(), "DATABASE_URL".into()));
        }
        for (name, value) in environment.iter().filter(|(name, _)| name.starts_with("RECADO_") && !OTHERS.contains(&name.as_str())) {
            let known = KEYS.iter().map(|key| key.name).chain(SECRETS.iter().copied()).find(|key| environment_name(key) == *name);
            if let Some(key) = known {
                self.values.insert(key.to_owned(), (value.clone(), name.clone()));
                continue;
            }
            // other programs may share the prefix: only what looks like a slip of the pen is refused
            let near = KEYS
                .iter()
                .map(keys::Key::environment)
                .map(|known| (strsim::normalized_damerau_levenshtein(&known, name), known))
                .max_by(|a, b| a.0.total_cmp(&b.0));
            if let Some((likeness, known)) = near.filter(|(likeness, _)| *likeness > 0.85) {
                tracing::debug!(likeness, "unknown setting in the environment");
                return Err(Wrong::at(name, format!("is not a setting of Recado; the nearest one is {known}")));
            }
        }
        Ok(())
    }

    /// A setting's text and where it stands; the default when it stands nowhere.
    fn text(&self, name: &str) -> (String, String) {
        if let Some((text, place)) = self.values.get(name) {
            return (text.trim().to_owned(), place.clone());
        }
        let default = keys::find(name).map_or("", |key| key.default);
        let value = format!("x = {default}").parse::<toml::Table>().ok().and_then(|table| table.get("x").and_then(text_of));
        (value.unwrap_or_default(), format!("the default of {name}"))
    }

    /// A setting that must be there.
    pub fn get<T>(&self, name: &str, read: impl FnOnce(&str) -> Result<T, String>) -> Result<T, Wrong> {
        let (text, place) = self.text(name);
        read(&text).map_err(|what| Wrong::at(place, format!("`{text}`: {what}")))
    }

    /// A setting that may be empty.
    pub fn optional<T>(&self, name: &str, read: impl FnOnce(&str) -> Result<T, String>) -> Result<Option<T>, Wrong> {
        if self.text(name).0.is_empty() { Ok(None) } else { self.get(name, read).map(Some) }
    }

    /// Where a setting stands, for a complaint about it.
    pub fn place(&self, name: &str) -> String {
        self.text(name).1
    }
}

fn environment_name(key: &str) -> String {
    format!("RECADO_{}", key.replace('.', "_").to_uppercase())
}

fn text_of(value: &toml::Value) -> Option<String> {
    match value {
        toml::Value::String(text) => Some(text.clone()),
        toml::Value::Integer(number) => Some(number.to_string()),
        toml::Value::Boolean(flag) => Some(flag.to_string()),
        toml::Value::Array(all) => all.iter().map(text_of).collect::<Option<Vec<_>>>().map(|all| all.join(",")),
        _ => None,
    }
}
