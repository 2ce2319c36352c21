//! Processor time of a Recado and of the database beside it, for figures.

/// Milliseconds of a tick of /proc's processor times: always 10 on Linux, as programs see it.
const TICK: f64 = 10.0;

/// Parent, and processor time so far in milliseconds, of a process.
fn process_of(pid: u32) -> Option<(u32, f64)> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // the name before it may hold anything
    let after = stat.rsplit_once(')')?.1;
    let field = |at: usize| after.split_whitespace().nth(at)?.parse::<f64>().ok();
    let parent = after.split_whitespace().nth(1)?.parse().ok()?;
    Some((parent, (field(11)? + field(12)?) * TICK))
}

/// Processor time of all processes of PostgreSQL that live.
fn of_database(first: Option<u32>) -> f64 {
    let Some(first) = first else { return 0.0 };
    let all = std::fs::read_dir("/proc").expect("processes").filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
    all.filter_map(process_of).filter(|(parent, _)| *parent == first).map(|(_, time)| time).sum()
}

/// What was spent up to a moment.
pub struct Spent {
    recado: u32,
    database: Option<u32>,
    so_far: (f64, f64),
}

impl Spent {
    /// By a Recado, and by PostgreSQL, whose first process is named.
    pub fn now(recado: u32, database: Option<u32>) -> Self {
        Self { recado, database, so_far: (process_of(recado).expect("it runs").1, of_database(database)) }
    }

    /// Milliseconds since then for each of so many: of Recado, and of the database.
    pub fn each(&self, of: u32) -> (f64, f64) {
        let now = Self::now(self.recado, self.database).so_far;
        ((now.0 - self.so_far.0) / f64::from(of), (now.1 - self.so_far.1) / f64::from(of))
    }
}

/// The path of a server function.
pub fn function(name: &str) -> &'static str {
    let mut paths = leptos::server_fn::axum::server_fn_paths().map(|(path, _)| path);
    let named = |path: &&str| path.trim_start_matches("/api/").trim_end_matches(|c: char| c.is_ascii_digit()) == name;
    paths.find(named).unwrap_or_else(|| panic!("no server function {name}"))
}
