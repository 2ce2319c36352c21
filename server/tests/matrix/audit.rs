//! What is done to settings, people, bans, and what is deleted, leaves a row in the audit log (product.md section 9): generated from the
//! functions that only admins may call, so that one without a row fails.

use super::{May, PASSWORD, ROWS, Side, body, browser, functions, row, two_sides};
use model::audit::Asked;

/// What begins so changes nothing.
const READS: [&str; 8] = ["load_", "list_", "find_", "read_", "show_", "try_", "open_", "check_"];
/// What every agent may do, and is told of them.
const AGENTS: [&str; 6] = ["ban_network", "lift_ban", "ban_visit", "ban_from_chat", "delete_conversation", "change_password"];
/// Where the row of the matrix asks for what is so already: what is asked for instead.
const OTHERWISE: [(&str, &str); 2] = [("set_role", "agent={id}&role=admin"), ("switch_rule", "rule={id}&on=true")];
/// What is to be done before, that there is something to undo.
const BEFORE: [(&str, &str); 1] = [("enable_agent", "disable_agent")];
/// What happens only to a mail that was not understood, or to a table or an archive that was looked at; `desk/tests/audit.rs` and
/// `desk/tests/history` have them.
const ELSEWHERE: [&str; 3] = ["reread_letter", "run_contact_import", "run_archive"];

/// Number of the last entry.
async fn last(world: &super::World, side: &Side) -> i64 {
    let part = world.agent(&side.admin).await.list_audit(Asked::default(), None).await.expect("the log");
    part.entries.first().map_or(0, |entry| entry.n)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_admins_change_leaves_a_row_in_the_audit_log() {
    let (world, a, _) = two_sides().await;
    let told = |name: &str| {
        let changes = row(name).1 == May::Admins && !READS.iter().any(|read| name.starts_with(read)) && !ELSEWHERE.contains(&name);
        changes || AGENTS.contains(&name)
    };
    let mut all: Vec<_> = functions().into_iter().filter(|(name, _)| told(name)).collect();
    assert!(all.len() > 30 && AGENTS.iter().all(|name| ROWS.iter().any(|row| row.0 == *name)), "{}", all.len());
    // ends every other session of its caller
    all.sort_by_key(|(name, _)| name == "change_password");
    let path = |wanted: &str| functions().into_iter().find(|(name, _)| name == wanted).expect("a function").1;
    let mut without = vec![];
    for (name, own_path) in &all {
        let (_, _, id, template) = row(name);
        let email = world.agent(&a.admin).await.email().to_owned();
        let token = world.desk.sign_in(&email, PASSWORD, browser()).await.expect("signed in");
        world.agent(&token).await.switch_property(a.property.clone()).await.expect("switched");
        let own = a.make(&world, id, &token).await;
        let template = OTHERWISE.iter().find(|other| other.0 == name).map_or(template, |other| other.1);
        let filled = body(&a.widget(&world, template).await, &own);
        if let Some((_, first)) = BEFORE.iter().find(|before| before.0 == name) {
            assert_eq!(world.call(path(first), Some(&token), &filled).await.status, 200, "{first} before {name}");
        }
        let before = last(&world, &a).await;
        let answer = world.call(own_path, Some(&token), &filled).await;
        assert_eq!(answer.status, 200, "{name}: {}", answer.text);
        let reader = if name == "change_password" { &token } else { &a.admin };
        let part = world.agent(reader).await.list_audit(Asked::default(), None).await.expect("the log");
        let entry = part.entries.first().filter(|entry| entry.n > before);
        if entry.is_none_or(|entry| entry.agent.is_none() || entry.address.is_empty()) {
            without.push(name.clone());
        }
    }
    assert!(without.is_empty(), "no row tells of {without:?}");
    assert!(desk::check_audit(world.desk.db()).await.expect("checked").is_ok());
}
