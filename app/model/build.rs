//! Compiles the message catalogues into one table per language, so that a missing text is a build error
//! and a lookup is an index. Knows only `messages/<language>/<area>.toml`.

use std::{collections::BTreeMap, env, fmt::Write as _, fs, path::Path};

/// What ends a form for one, and a text.
const MARKS: [char; 2] = ['\u{1}', '\0'];

/// key → (text for one, text for many)
type Catalogue = BTreeMap<String, (String, String)>;

fn main() {
    println!("cargo::rerun-if-changed=messages");
    let english = read(Path::new("messages/en"));
    let portuguese = read(Path::new("messages/pt-BR"));
    for (key, (one, many)) in &english {
        let Some((other_one, other_many)) = portuguese.get(key) else {
            panic!("messages/pt-BR lacks `{key}`");
        };
        for (here, there) in [(one, other_one), (many, other_many)] {
            assert_eq!(placeholders(here), placeholders(there), "`{key}` names other placeholders in pt-BR");
        }
    }
    for key in portuguese.keys() {
        assert!(english.contains_key(key), "messages/en lacks `{key}`");
    }
    let mut code = String::new();
    let (mut area, mut first) = ("", 0);
    let end = |code: &mut String, first: usize, number: usize| {
        writeln!(code, "/// All texts of this file, in order.\npub const CATALOGUE: [Text; {}] = [", number - first).unwrap();
        (first..number).for_each(|number| write!(code, "Text({number}),").unwrap());
        code.push_str("];\n}\n");
    };
    for (number, key) in english.keys().enumerate() {
        let (file, name) = key.split_once('.').expect("keys are area.name");
        if file != area {
            if !area.is_empty() {
                end(&mut code, first, number);
            }
            first = number;
            writeln!(code, "#[allow(clippy::doc_markdown, reason = \"the docs are the texts\")]\n#[doc = \"Texts of `{file}.toml`.\"]\npub mod {file} {{ use super::Text;").unwrap();
            area = file;
        }
        writeln!(code, "#[doc = {:?}]\npub const {}: Text = Text({number});", english[key].1, name.to_uppercase()).unwrap();
    }
    if !area.is_empty() {
        end(&mut code, first, english.len());
    }
    table(&mut code, "ENGLISH", &english);
    table(&mut code, "PORTUGUESE", &portuguese);
    writeln!(code, "#[cfg(test)] static KEYS: [&str; {}] = {:?};", english.len(), english.keys().collect::<Vec<_>>()).unwrap();
    fs::write(Path::new(&env::var("OUT_DIR").unwrap()).join("texts.rs"), code).unwrap();
}

fn read(folder: &Path) -> Catalogue {
    let mut all = Catalogue::new();
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    for file in files {
        let area = file.file_stem().unwrap().to_str().unwrap().to_owned();
        let source = fs::read_to_string(&file).unwrap();
        let texts: toml::Table = source.parse().unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        for (name, text) in texts {
            let pair = match &text {
                toml::Value::String(text) => (text.clone(), text.clone()),
                toml::Value::Table(forms) => (form(forms, "one", &name), form(forms, "other", &name)),
                _ => panic!("{}: `{name}` is neither a text nor {{ one, other }}", file.display()),
            };
            all.insert(format!("{area}.{name}"), pair);
        }
    }
    all
}

fn form(forms: &toml::Table, form: &str, name: &str) -> String {
    forms.get(form).and_then(toml::Value::as_str).unwrap_or_else(|| panic!("`{name}` lacks the form `{form}`")).to_owned()
}

fn placeholders(text: &str) -> Vec<&str> {
    let mut names: Vec<&str> = text.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name).collect();
    // `{n}` may be left out of the form for one
    names.retain(|name| *name != "n");
    names.sort_unstable();
    names
}

/// A catalogue is one text with a mark after each form: a table of as many references would weigh more in the browser's
/// wasm than the words they point to. What is the same for one and many is written once.
fn table(code: &mut String, name: &str, catalogue: &Catalogue) {
    let mut all = String::new();
    for (one, many) in catalogue.values() {
        assert!(!one.contains(MARKS) && !many.contains(MARKS), "a text with a control character: {many:?}");
        if one != many {
            all.extend([one, "\u{1}"]);
        }
        all.extend([many, "\0"]);
    }
    writeln!(code, "static {name}: &str = {all:?};").unwrap();
}
