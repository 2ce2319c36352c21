//! Compiles the message catalogues into one constant per text, so that a missing text is a build error, and so that each part of
//! the browser's wasm carries the texts it says and no others. Knows only `messages/<language>/<area>.toml`.

use std::{collections::BTreeMap, env, fmt::Write as _, fs, path::Path};

/// What stands after the form for one, and between the languages.
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
    let mut areas = BTreeMap::<&str, Vec<(&str, &str)>>::new();
    for key in english.keys() {
        let (area, name) = key.split_once('.').expect("keys are area.name");
        areas.entry(area).or_default().push((key, name));
    }
    let mut code = String::new();
    for (area, keys) in &areas {
        writeln!(code, "#[allow(clippy::doc_markdown, reason = \"the docs are the texts\")]\n#[doc = \"Texts of `{area}.toml`.\"]\npub mod {area} {{ use super::{{Text, Words}};").unwrap();
        let mut places = String::new();
        for (place, (key, name)) in keys.iter().enumerate() {
            let (name, words) = (name.to_uppercase(), words(&english[*key], &portuguese[*key]));
            writeln!(places, "#[doc = {:?}]\npub const {name}: Place = Place({place});", english[*key].1).unwrap();
            writeln!(code, "static WORDS_{name}: Words = {words:?};").unwrap();
            writeln!(code, "#[doc = {:?}]\npub const {name}: Text = Text(&WORDS_{name});", english[*key].1).unwrap();
        }
        let all = keys.iter().map(|(_, name)| name.to_uppercase()).collect::<Vec<_>>().join(", ");
        writeln!(code, "/// All texts of this file, in order.\npub const CATALOGUE: [Text; {}] = [{all}];", keys.len()).unwrap();
        writeln!(code, "/// Where in the catalogue each stands.\npub mod place {{ use super::super::Place;\n{places}}}\n}}").unwrap();
    }
    let all = english.keys().map(|key| {
        let (area, name) = key.split_once('.').expect("keys are area.name");
        format!("({key:?}, {area}::{})", name.to_uppercase())
    });
    writeln!(code, "#[cfg(test)] static ALL: [(&str, Text); {}] = [{}];", english.len(), all.collect::<Vec<_>>().join(", ")).unwrap();
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

/// Both languages of a text as one text with marks between: a place for each form would weigh more in the browser's wasm than many of
/// the words. What is the same for one and many is written once.
fn words(english: &(String, String), portuguese: &(String, String)) -> String {
    let forms = [english, portuguese].map(|(one, many)| {
        assert!(!one.contains(MARKS) && !many.contains(MARKS), "a text with a control character: {many:?}");
        if one == many { many.clone() } else { format!("{one}\u{1}{many}") }
    });
    forms.join("\0")
}
