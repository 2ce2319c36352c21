//! How long a thread was at work: what a test may take does not hang on what else the machine does.

use std::{
    sync::LazyLock,
    time::{Duration, Instant},
};

static BEGUN: LazyLock<Instant> = LazyLock::new(Instant::now);

/// Time that this thread had a processor; where the system does not tell, time that passed.
pub fn busy() -> Duration {
    let begun = *BEGUN;
    // Linux, proc(5): nanoseconds on a processor stand first
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let worked = told.and_then(|told| told.split_whitespace().next()?.parse().ok());
    worked.map_or_else(|| begun.elapsed(), Duration::from_nanos)
}
