//! Mails that others collected, against what others expect of them. Floors only rise; the misses are printed.
//! One command for the table: `cargo test -p mail --test score -- --nocapture`.
//! Nothing of the corpus is in the project: `RECADO_MAIL_CORPUS` names the folder, else `../shared/mail-corpus`.

mod bounces;
mod busy;
mod chatwoot;
mod forwards;
mod html;
mod libredesk;
mod replies;
mod tnef;
mod whole;
mod zammad;

use std::path::{Path, PathBuf};

use mail::{Own, Understood};

/// A set of the corpus, or nothing when it is not here (outside CI).
fn set(path: &str) -> Option<PathBuf> {
    let root = std::env::var_os("RECADO_MAIL_CORPUS")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../../shared/mail-corpus"), PathBuf::from);
    let folder = root.join(path);
    if folder.exists() {
        return Some(folder);
    }
    assert!(std::env::var("CI").as_deref() != Ok("true"), "no mail corpus at {}", folder.display());
    eprintln!("skipped: no mail corpus at {}", folder.display());
    None
}

fn own() -> Own {
    Own { domain: "in.recado.example".into(), loop_mark: None }
}

fn read(path: &Path) -> Understood {
    let raw = std::fs::read(path).expect("a file of the corpus");
    mail::understand(&raw, &own()).unwrap_or_else(|fault| panic!("{}: {fault}", path.display()))
}

fn json(path: &Path) -> serde_json::Value {
    serde_json::from_slice(&std::fs::read(path).expect("expectations")).expect("JSON")
}

/// Counts agreement and holds it above a floor.
struct Score {
    name: &'static str,
    right: usize,
    misses: Vec<String>,
}

impl Score {
    fn new(name: &'static str) -> Self {
        Self { name, right: 0, misses: Vec::new() }
    }

    fn check(&mut self, what: &str, is_right: bool, shown: impl FnOnce() -> String) {
        if is_right {
            self.right += 1;
        } else {
            self.misses.push(format!("{what}: {}", shown()));
        }
    }

    fn count(&mut self, what: &str, is_right: bool) {
        self.check(what, is_right, || "another answer".to_owned());
    }

    fn percent(&self) -> f64 {
        let right = u32::try_from(self.right).unwrap_or(u32::MAX);
        let all = u32::try_from(self.right + self.misses.len()).unwrap_or(u32::MAX);
        100.0 * f64::from(right) / f64::from(all.max(1))
    }
}

/// Prints every score with its misses, then holds each above its floor.
fn hold<const N: usize>(scores: [(Score, f64); N]) {
    for (score, floor) in &scores {
        let all = score.right + score.misses.len();
        println!("{:<34} {:>4} of {all:>4}  {:>5.1} %  (floor {floor} %)", score.name, score.right, score.percent());
        for miss in &score.misses {
            println!("    {}", miss.chars().take(400).collect::<String>());
        }
    }
    for (score, floor) in scores {
        assert!(score.right > 0 && score.percent() >= floor, "{}: {:.1} % is below {floor} %", score.name, score.percent());
    }
}
