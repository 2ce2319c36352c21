//! The rules of the house (house.md sections 3, 10 and 11), read from the sources: who may name whom, where SQL is text,
//! how long a file may be. Each rule says which file breaks it and how.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// A source file: its path from the checkout's root, and its text.
struct Source {
    path: String,
    text: String,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn sources(folders: &[&str]) -> Vec<Source> {
    let mut all = vec![];
    for folder in folders {
        collect(&root().join(folder), folder, &mut all);
    }
    assert!(!all.is_empty(), "no sources under {folders:?}");
    all
}

fn collect(folder: &Path, name: &str, all: &mut Vec<Source>) {
    for entry in fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
        let path = entry.expect("an entry").path();
        let here = format!("{name}/{}", path.file_name().and_then(|name| name.to_str()).unwrap_or_default());
        if path.is_dir() && !here.ends_with("/target") && !here.ends_with("/node_modules") {
            collect(&path, &here, all);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            all.push(Source { path: here, text: fs::read_to_string(&path).expect("UTF-8") });
        }
    }
}

/// Lines of code: neither comments, nor the inner lines of a `use` over several, nor the tests at the end of a file.
fn code(source: &Source) -> impl Iterator<Item = (usize, &str)> {
    let mut within = false;
    let lines = source.text.lines().enumerate().map(|(number, line)| (number + 1, line.trim()));
    lines.take_while(|(_, line)| *line != "mod tests {").filter(move |(_, line)| {
        let inner = within;
        let begins = line.starts_with("use ") || line.starts_with("pub use ");
        within = (within || begins) && !line.ends_with(';');
        !inner && !line.starts_with("//")
    })
}

fn breaks(sources: &[Source], broken: impl Fn(&Source, &str) -> bool) -> Vec<String> {
    sources
        .iter()
        .flat_map(|source| {
            code(source)
                .filter(|(_, line)| broken(source, line))
                .map(|(number, line)| format!("{}:{number}: {line}", source.path))
                .collect::<Vec<_>>()
        })
        .collect()
}

fn nobody(rule: &str, found: &[String]) {
    assert!(found.is_empty(), "{rule}:\n{}", found.join("\n"));
}

/// Whether a line names a crate: `name::` or `use name`.
fn names(line: &str, name: &str) -> bool {
    let bound = |at: usize| at == 0 || !line[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':');
    line.match_indices(&format!("{name}::")).any(|(at, _)| bound(at)) || line.starts_with(&format!("use {name};"))
}

#[test]
fn each_crate_names_only_those_below_it() {
    for (folder, forbidden) in [
        ("app/model/src", &["tokio", "sqlx", "leptos", "axum", "desk", "mail", "app", "server"][..]),
        ("server/desk/mail/src", &["tokio", "sqlx", "leptos", "axum", "desk", "app", "server", "lettre"]),
        ("server/desk/src", &["leptos", "axum", "app", "server", "lettre", "smtp_proto", "mail_auth"]),
        ("app/src", &["sqlx", "tokio", "server", "lettre", "window"]),
        ("app/window/src", &["sqlx", "tokio", "server", "lettre", "leptos_router", "leptos_meta"]),
        ("frontend/src", &["sqlx", "tokio", "server", "desk", "axum", "model"]),
        ("frontend/window/src", &["sqlx", "tokio", "server", "desk", "axum", "model", "app"]),
    ] {
        let sources = sources(&[folder]);
        for name in forbidden {
            nobody(&format!("{folder} must not name {name}"), &breaks(&sources, |_, line| names(line, name)));
        }
    }
}

#[test]
fn what_a_title_or_a_field_holds_cannot_end_it() {
    // Leptos escapes what stands in other elements, and not in these
    let found: Vec<String> = sources(&["app/src"])
        .iter()
        .flat_map(|source| {
            let fields = source.text.split("<textarea").skip(1).filter_map(|rest| rest.split("</textarea>").next());
            let titles = source.text.split("<Title formatter").skip(1).filter_map(|rest| rest.split("/>").next());
            let bare = fields.chain(titles).filter(|inside| !inside.contains("written("));
            bare.map(|inside| format!("{}: {}", source.path, inside.trim().lines().next().unwrap_or_default())).collect::<Vec<_>>()
        })
        .collect();
    nobody("written as it is", &found);
}

#[test]
fn the_screens_ask_the_desk_only_in_server_functions_and_in_caller() {
    let sources: Vec<Source> =
        sources(&["app/src", "app/window/src"]).into_iter().filter(|source| !source.path.ends_with("/caller.rs")).collect();
    let outside = |source: &Source| {
        let mut inside = false;
        let mut found = vec![];
        for (number, line) in code(source) {
            if line.starts_with("#[server") {
                inside = true;
            }
            let closing = source.text.lines().nth(number - 1).is_some_and(|line| line == "}");
            if !inside && names(line, "desk") {
                found.push(format!("{}:{number}: {line}", source.path));
            }
            inside &= !closing;
        }
        found
    };
    nobody("desk is named outside a server function", &sources.iter().flat_map(outside).collect::<Vec<_>>());
}

#[test]
fn the_server_half_of_the_screens_is_one_module() {
    let sources = sources(&["app/src", "app/window/src", "app/model/src", "frontend"]);
    // the framework's client exists in the browser's build alone
    let forced = |source: &Source, line: &str| source.path == "app/src/ask.rs" && line.contains("feature = \"hydrate\"");
    let found: Vec<String> = breaks(&sources, |source, line| {
        ["ssr", "hydrate", "csr"].iter().any(|name| line.contains(&format!("feature = \"{name}\""))) && !forced(source, line)
    });
    assert_eq!(found.len(), 2, "one cfg in each crate of screens, on `mod caller`:\n{}", found.join("\n"));
    for path in ["app/src/lib.rs", "app/window/src/lib.rs"] {
        let lines: Vec<&str> = sources.iter().find(|source| source.path == path).expect(path).text.lines().collect();
        let at = lines.iter().position(|line| line.contains("feature = \"ssr\"")).expect("the cfg stands in lib.rs");
        assert!(lines[at + 1].contains("mod caller;"), "the cfg stands on `mod caller`");
    }
}

#[test]
fn sql_is_made_of_strings_in_few_places() {
    let places = [
        "server/desk/src/db.rs",
        "server/desk/src/schema.rs",
        "server/desk/src/search/",
        "server/desk/src/filter",
        "server/desk/src/inbox.rs",
        "server/desk/src/seed/rows.rs",
    ];
    let sources = sources(&["server/desk/src", "server/src"]);
    nobody(
        "SQL from strings",
        &breaks(&sources, |source, line| line.contains("AssertSqlSafe") && !places.iter().any(|place| source.path.starts_with(place))),
    );
    nobody(
        "a statement of its own outside the desk",
        &breaks(&sources, |source, line| source.path.starts_with("server/src") && names(line, "sqlx")),
    );
}

#[test]
fn agents_reach_conversations_through_their_sight() {
    // what follows from a verb in another conversation than the one that was asked for is not for the agent to see
    let places = ["server/desk/src/chat/ticket.rs", "server/desk/src/contact/", "server/desk/src/ticket.rs", "server/desk/src/sight/"];
    let sources: Vec<Source> = sources(&["server/desk/src"])
        .into_iter()
        .filter(|source| source.text.contains("impl Agent") || source.text.contains("agent: &Agent"))
        .collect();
    let past = |line: &str| {
        let takes = line.contains("line::take(") || line.contains("line::load(");
        takes && (line.contains("agent.property") || line.contains("self.property"))
    };
    nobody(
        "a line is taken past `Agent::take` or `Agent::load`",
        &breaks(&sources, |source, line| past(line) && !places.iter().any(|place| source.path.starts_with(place))),
    );
}

/// Verbs that write, and change nothing that an open screen follows: why they have no step in the law.
const NOT_FOLLOWED: &[(&str, &[&str])] = &[
    ("nobody is there yet", &["set_up"]),
    (
        "an account's own: sessions, second steps, passkeys",
        &[
            "add_passkey",
            "begin_passkey",
            "begin_second_step",
            "change_password",
            "confirm_second_step",
            "end_second_step",
            "end_session",
            "remove_passkey",
            "renew_recovery_codes",
            "reset_second_step",
            "sign_in_with_passkey",
            "switch_property",
        ],
    ),
    ("drafts and settings that only their agent's next page reads", &["change_notify_settings", "choose_contact_columns", "save_draft"]),
    (
        "pushes, told by their own service",
        &["push_again", "push_gone", "push_key", "subscribe_push", "take_pushes", "test_push", "unsubscribe_push"],
    ),
    ("a line in the audit log alone", &["export_contacts", "export_person", "export_property", "export_report"]),
    (
        "leases and queues of the mail workers: what they file is a step",
        &["came_to", "cannot_read", "fail", "feeder", "lease_beside", "let_go_of_mailboxes", "next_few", "renew"],
    ),
    ("a run of an archive: what it takes in is a step", &["begin", "bring_archive", "run_archive", "stop_archive", "take_archive"]),
    ("visits, which the page of visitors asks for itself", &["begin_visit", "forget_old_visits", "greet"]),
    ("what search reads in files", &["read_file"]),
    ("allowances that are counted", &["count", "give_back"]),
    ("a window's key on its way to another", &["pop_out", "take_over"]),
];

/// Names of verbs: public, and a transaction that writes in them.
fn verbs() -> Vec<(String, String)> {
    let mut all = vec![];
    for source in sources(&["server/desk/src"]).iter().filter(|source| !source.path.contains("/seed/") && !source.path.ends_with("/db.rs"))
    {
        let lines: Vec<&str> = source.text.lines().collect();
        for (at, line) in lines.iter().enumerate() {
            let Some(name) = line.trim_start().strip_prefix("pub async fn ") else { continue };
            let name = name.split(|c: char| !(c.is_alphanumeric() || c == '_')).next().unwrap_or_default();
            let end = format!("{}}}", &line[..line.len() - line.trim_start().len()]);
            let body = lines[at..].iter().take_while(|line| **line != end);
            if body.into_iter().any(|line| [".write(", ".write_to(", ".write_across("].iter().any(|call| line.contains(call))) {
                all.push((name.to_owned(), source.path.clone()));
            }
        }
    }
    all
}

#[test]
fn each_verb_that_writes_has_a_step_in_the_law_or_a_reason() {
    let law: String = sources(&["server/desk/tests/law"]).iter().map(|source| source.text.as_str()).collect();
    let excused: Vec<&str> = NOT_FOLLOWED.iter().flat_map(|(_, names)| *names).copied().collect();
    let verbs = verbs();
    assert!(verbs.len() > 100, "few verbs were found: {verbs:?}");
    let stepped = |name: &str| [".", "::"].iter().any(|before| law.contains(&format!("{before}{name}(")));
    let without: Vec<String> = verbs
        .iter()
        .filter(|(name, _)| !stepped(name) && !excused.contains(&name.as_str()))
        .map(|(name, path)| format!("{path}: {name}"))
        .collect();
    nobody("a verb without a step in the law (server/desk/tests/law)", &without);
    let idle: Vec<String> = excused
        .iter()
        .filter(|name| stepped(name) || !verbs.iter().any(|(verb, _)| verb == *name))
        .map(|name| (*name).to_owned())
        .collect();
    nobody("excused, and no verb, or in the law already", &idle);
}

#[test]
fn a_widget_of_the_house_knows_no_noun() {
    let found = breaks(&sources(&["app/src/ui"]), |_, line| {
        ["conversation", "ticket", "letter", "department", "property"].iter().any(|noun| line.contains(&format!("crate::{noun}")))
    });
    nobody("ui/ names a feature", &found);
}

#[test]
fn files_are_short_and_say_what_they_are() {
    let all = sources(&["app", "server", "frontend"]);
    let long: Vec<String> = all
        .iter()
        .filter(|source| source.text.lines().count() > 400)
        .map(|source| format!("{}: {} lines", source.path, source.text.lines().count()))
        .collect();
    nobody("more than 400 lines", &long);
    let silent = |source: &&Source| {
        !source.text.trim_start().starts_with("//!") && !source.path.ends_with("_tests.rs") && !source.path.ends_with("/tests.rs")
    };
    nobody("no `//!` at the top", &all.iter().filter(silent).map(|source| source.path.clone()).collect::<Vec<_>>());
}

#[test]
fn a_server_function_is_a_line_or_four() {
    let mut long = vec![];
    for source in sources(&["app/src", "app/window/src"]) {
        let lines: Vec<&str> = source.text.lines().collect();
        for start in (0..lines.len()).filter(|at| lines[*at].starts_with("#[server")) {
            let Some(open) = (start..lines.len()).find(|at| lines[*at].ends_with('{')) else { continue };
            let Some(close) = (open..lines.len()).find(|at| lines[*at] == "}") else { continue };
            let body = lines[open + 1..close].iter().filter(|line| !line.trim().is_empty() && !line.trim().starts_with("//")).count();
            if body > 4 {
                long.push(format!("{}:{}: {body} lines", source.path, start + 1));
            }
        }
    }
    nobody("a server function of more than four lines", &long);
}

#[test]
fn names_say_what_a_thing_is() {
    let words = ["Manager", "Service", "Helper", "Util", "Handler"];
    let found = breaks(&sources(&["app/src", "app/model/src", "server/src", "server/desk/src", "server/desk/mail/src"]), |_, line| {
        let declared = ["struct ", "enum ", "trait "].iter().find_map(|kind| line.strip_prefix("pub ").unwrap_or(line).strip_prefix(kind));
        declared.is_some_and(|rest| {
            words.iter().any(|word| rest.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default().ends_with(word))
        })
    });
    nobody("a name that says nothing", &found);
}
