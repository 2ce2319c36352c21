use super::*;

fn environment(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn read(toml: &str, pairs: &[(&str, &str)]) -> Result<Config, String> {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("recado.toml");
    std::fs::write(&path, toml).expect("written");
    Config::read(Some(&path), &environment(pairs)).map_err(|wrong| wrong.to_string().replace(&path.display().to_string(), "recado.toml"))
}

#[test]
fn the_defaults_are_a_whole_configuration() {
    let config = read("", &[]).expect("defaults");
    assert_eq!(config.public_url, "http://localhost:3000");
    assert_eq!(config.mail.domain, "recado.localhost");
    assert_eq!(config.mail.max_size, 25 * 1024 * 1024);
    assert_eq!(config.mail.undo, model::message::UNDO);
    assert!(config.http.listen.ip().is_loopback() && config.mail.relay.is_none() && config.database_url.is_none());
}

#[test]
fn the_environment_wins_over_the_file() {
    let config = read("data = \"a\"\n[mail]\ndomain = \"in.example.com\"", &[("RECADO_DATA", "b"), ("DATABASE_URL", "postgres://x/y")])
        .expect("read");
    assert_eq!(
        (config.data.to_str(), config.mail.domain.as_str(), config.database_url.as_deref()),
        (Some("b"), "in.example.com", Some("postgres://x/y"))
    );
}

#[test]
fn an_unknown_key_names_the_nearest_one() {
    assert_eq!(
        read("[mail]\ndomian = \"x\"", &[]).expect_err("unknown"),
        "recado.toml: mail.domian: is not a setting of Recado; the nearest one is `mail.domain`. `recado config` lists them all"
    );
    assert!(read("", &[("RECADO_MAIL_DOMIAN", "x")]).expect_err("unknown").contains("RECADO_MAIL_DOMAIN"));
    assert!(read("", &[("RECADO_MAIL_CORPUS", "x")]).is_ok(), "another program's name is left alone");
}

#[test]
fn a_wrong_value_says_where_and_what() {
    for (toml, said) in [
        ("[http]\nlisten = \"nowhere\"", "recado.toml: http.listen: `nowhere`: expected an address and a port, such as 127.0.0.1:3000"),
        ("[mail]\nmax_size = \"big\"", "recado.toml: mail.max_size: `big`: expected a number from 1 to 1024"),
        (
            "public_url = \"example.com\"",
            "recado.toml: public_url: `example.com`: expected https://host or http://host:port, with nothing behind it",
        ),
        (
            "[database]\nurl = \"mysql://x\"",
            "recado.toml: database.url: `mysql://x`: expected postgres://user@host/name; leave it out for SQLite",
        ),
        (
            "[mail.relay]\nhost = \"x\"\nuser = \"u\"",
            "recado.toml: mail.relay.user: needs a password: set mail.relay.password_file or RECADO_MAIL_RELAY_PASSWORD",
        ),
        ("[http]\ntls_key = \"/nowhere\"", "recado.toml: http.tls_key: `/nowhere`: there is no such file"),
    ] {
        assert_eq!(read(toml, &[]).expect_err(toml), said);
    }
    assert!(read("[mail.relay]\npassword = \"x\"", &[]).expect_err("a secret").contains("a secret does not belong into this file"));
}

#[test]
fn a_relay_has_the_usual_port_of_its_mode() {
    for (tls, port) in [("none", 25), ("starttls", 587), ("implicit", 465)] {
        let config = read(&format!("[mail.relay]\nhost = \"smtp.example.com\"\ntls = \"{tls}\""), &[]).expect("read");
        assert_eq!(config.mail.relay.map(|relay| relay.port), Some(port));
    }
    let with = read("[mail.relay]\nhost = \"h\"\nuser = \"u\"", &[("RECADO_MAIL_RELAY_PASSWORD", "secret")]).expect("read");
    assert!(!format!("{with:?}").contains("secret"), "a password is never printed");
}
