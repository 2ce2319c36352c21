//! Every file of the corpus is read without a fault and in time, mails or not; and mails made to be too much.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use crate::{busy::busy, own, set};

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("folder") {
        let path = entry.expect("entry").path();
        if path.is_dir() { files(&path, found) } else { found.push(path) }
    }
}

#[test]
fn nothing_of_the_corpus_is_too_much() {
    let Some(folder) = set("") else { return };
    let mut paths = Vec::new();
    files(&folder, &mut paths);
    let (mut unreadable, mut slowest) = (Vec::new(), (Duration::ZERO, PathBuf::new()));
    let mut classes: BTreeMap<_, u32> = BTreeMap::new();
    let started = Instant::now();
    for path in &paths {
        let raw = std::fs::read(path).expect("a file");
        let start = busy();
        let result = mail::understand(&raw, &own());
        slowest = slowest.max((busy().saturating_sub(start), path.clone()));
        match result {
            Ok(mail) => {
                assert!(serde_json::to_string(&mail).is_ok());
                let top = path.strip_prefix(&folder).ok().and_then(|path| path.components().next());
                let class = format!("{:?}", mail.class);
                *classes.entry((top.map(|top| top.as_os_str().to_owned()), class)).or_insert(0) += 1;
            }
            Err(mail::Unreadable::Empty) => assert!(raw.trim_ascii().is_empty()),
            Err(fault) => unreadable.push((path.clone(), fault)),
        }
    }
    for ((top, class), count) in classes {
        println!("    {:<20} {class:<18} {count:>4}", top.unwrap_or_default().display());
    }
    println!("{} files in {:.1?}, slowest {:?}", paths.len(), started.elapsed(), slowest);
    assert!(unreadable.is_empty(), "{unreadable:?}");
    assert!(slowest.0 < Duration::from_secs(5), "{slowest:?}");
}

#[test]
fn mails_made_to_be_too_much() {
    let many = |piece: fn(usize) -> String| (0..20_000).map(piece).collect::<Vec<_>>().concat();
    let boundary_nest = many(|n| format!("Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n"));
    let html = |body: &str| format!("Content-Type: text/html\n\n{body}");
    let plain = |body: &str| format!("Content-Type: text/plain\n\n{body}");
    let cases = [
        (
            "10,000 parts",
            format!("Content-Type: multipart/mixed; boundary=b\n\n{}--b--", "--b\nContent-Type: text/plain\n\nx\n".repeat(10_000)),
        ),
        ("100,000 headers", format!("{}\nbody", "X-Header: value\n".repeat(100_000))),
        ("5,000 links", html(&"<a href=\"https://a.example/\">x</a> ".repeat(5_000))),
        ("nested multiparts", boundary_nest),
        ("nested messages", "Content-Type: message/rfc822\n\n".repeat(50_000)),
        ("deep page", html(&"<div><b>".repeat(100_000))),
        ("tables in tables", html(&"<table><tr><td>".repeat(50_000))),
        ("formatting that grows", html(&many(|n| format!("<p><b id={n}><i>")))),
        ("one long line", plain(&"a ".repeat(2_000_000))),
        ("deep quotes", plain(&many(|n| format!("{} x\n", ">".repeat(n % 300))))),
        ("addresses", format!("To: {}\n\nx", "<,".repeat(100_000))),
        ("names", format!("From: {}\n\nx", "\"a, ".repeat(60_000))),
        ("encoded words", format!("Subject: {}\n\nx", "=?utf-8?q?".repeat(25_000))),
        ("parameters", format!("Content-Type: text/plain; {}\n\nx", "name*0=a; ".repeat(20_000))),
        ("uuencode", plain(&"begin 644 a\nM\n".repeat(100_000))),
        ("comments", format!("From: {}a@b.example\n\nx", "(".repeat(200_000))),
        ("unclosed tags", html(&"<a href=\"".repeat(200_000))),
        ("forwards", plain(&"-----Original Message-----\nFrom: a@b.example\n> On a, b wrote:\n".repeat(20_000))),
    ];
    for (name, raw) in cases {
        let start = busy();
        let result = mail::understand(raw.as_bytes(), &own());
        let taken = busy().saturating_sub(start);
        println!("{name:<24} {:>9} bytes {taken:>10.1?}", raw.len());
        assert!(result.is_ok(), "{name}: {result:?}");
        // The debug build is some ten times slower than what runs; the design asks for two seconds.
        assert!(taken < Duration::from_secs(if cfg!(debug_assertions) { 8 } else { 2 }), "{name} took {taken:?}");
    }
}
