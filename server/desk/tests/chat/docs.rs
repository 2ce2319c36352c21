//! The code that Admin → Chat widget tells sites to sign identities with: run as it is written there, and its result shown to the desk.

use std::process::Command;

use desk::Clock;
use model::visitor::Identity;
use serde_json::Value;

use crate::{common::Ground, contract};

const NODE: &str = include_str!("../../../../app/src/widget/identity/node.js");
const PYTHON: &str = include_str!("../../../../app/src/widget/identity/python.py");
const PHP: &str = include_str!("../../../../app/src/widget/identity/php.php");
const RUST: &str = include_str!("../../../../app/src/widget/identity/rust.txt");

mod rust {
    include!("../../../../app/src/widget/identity/rust.txt");
}

/// Whose name is written with more than ASCII.
const PERSON: [&str; 3] = ["customer-17", "joana@example.com", "Joana d'Ávila “Jo”"];

/// What a program prints; none where it is not installed.
#[expect(clippy::disallowed_methods, reason = "it is written for these programs")]
fn printed(program: &str, args: &[&str], secret: &str) -> Option<Value> {
    let output = Command::new(program).args(args).args(PERSON).env("RECADO_SECRET", secret).output().ok()?;
    assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
    Some(serde_json::from_slice(&output.stdout).expect("JSON"))
}

/// What the browser call is given, as the window passes it on.
fn identity(made: &Value) -> Identity {
    let text = |name: &str| made[name].as_str().expect(name).to_owned();
    Identity {
        id: text("id"),
        name: text("name"),
        email: text("email"),
        expires: made["expires"].as_i64().expect("expires"),
        nonce: text("nonce"),
        signature: text("hash"),
    }
}

contract!(the_code_that_sites_are_shown_makes_identities_that_count, |ground| async {
    let shop = ground.shop().await;
    let (secret, (key, _)) = (shop.marta.identity_secret().await.unwrap(), shop.marta.widget().await.unwrap());
    // these programs tell the time themselves
    ground.clock.pass(Clock::wall().now().since(ground.clock.now()));
    let node = format!("{}\nconsole.log(JSON.stringify(identity(...process.argv.slice(1))))", NODE.replace("KEY", &key));
    let python = format!("{}\nimport json, sys\nprint(json.dumps(identity(*sys.argv[1:])))", PYTHON.replace("KEY", &key));
    let php = format!("{}\necho json_encode(identity(...array_slice($argv, 1)));", PHP.replace("KEY", &key).replace("<?php", ""));
    let made = [
        Some(printed("node", &["-e", &node, "--"], &secret).expect("Node.js")),
        Some(printed("python3", &["-c", &python], &secret).expect("Python")),
        printed("php", &["-r", &php, "--"], &secret),
    ];
    for made in made.into_iter().flatten() {
        let visitor = ground.visit(&shop.marta).await;
        visitor.identify(identity(&made)).await.unwrap_or_else(|error| panic!("{error}: {made}"));
        let guest = visitor.open_window(&[]).await.unwrap().guest;
        assert_eq!((guest.proven, guest.name.as_str(), guest.email.as_str()), (true, PERSON[2], PERSON[1]));
        let stranger = ground.visit(&shop.marta).await;
        let forged = Identity { email: "rui@example.com".into(), ..identity(&made) };
        assert!(stranger.identify(forged).await.is_err());
    }
});

contract!(the_code_for_rust_does_too, |ground| async {
    let shop = ground.shop().await;
    let secret = shop.marta.identity_secret().await.unwrap();
    ground.clock.pass(Clock::wall().now().since(ground.clock.now()));
    assert!(RUST.contains(r#""KEY""#));
    let visitor = ground.visit(&shop.marta).await;
    set_key(&ground, "KEY").await;
    visitor.identify(identity(&rust::identity(&secret, PERSON[0], PERSON[1], PERSON[2]))).await.unwrap();
    assert!(visitor.open_window(&[]).await.unwrap().guest.proven);
});

/// Gives every property this key: the code is compiled as it is shown, with `KEY` in it.
async fn set_key(ground: &Ground, key: &'static str) {
    ground
        .db()
        .write(move |tx| {
            Box::pin(async move {
                sqlx::query("update widget set key = $1").bind(key).execute(tx.conn()).await?;
                Ok(())
            })
        })
        .await
        .unwrap();
}
