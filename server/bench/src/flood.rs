//! What an agent notices of visitors who do as much as they can (`tests/process/flood.rs`), in figures.

use crate::{
    Figures, float,
    process::{
        Recado,
        flood::{Work, flood},
        quantile,
    },
};

pub async fn measure(recado: &Recado, connections: u64, seconds: u32) -> Figures {
    let mut flood = flood(recado, connections, seconds).await;
    let count = |number: u64| float(usize::try_from(number).unwrap_or(0));
    let of = |Work { reads, replies }: &mut Work| {
        let millis = |waits: &mut [_], share| quantile(waits, share).as_secs_f64() * 1e3;
        [millis(reads, 0.5), millis(reads, 0.99), millis(replies, 0.5), millis(replies, 0.99)]
    };
    let (alone, flooded) = (of(&mut flood.alone), of(&mut flood.flooded));
    Figures(
        "flood",
        vec![
            ("agent's reads alone ms p50", alone[0]),
            ("agent's reads alone ms p99", alone[1]),
            ("agent's replies alone ms p50", alone[2]),
            ("agent's replies alone ms p99", alone[3]),
            ("agent's reads in the flood ms p50", flooded[0]),
            ("agent's reads in the flood ms p99", flooded[1]),
            ("agent's replies in the flood ms p50", flooded[2]),
            ("agent's replies in the flood ms p99", flooded[3]),
            ("visitors' requests", count(flood.asked)),
            ("of them taken", count(flood.taken)),
            ("server CPU % of one core in the flood", flood.busy / 10.0),
        ],
    )
}
