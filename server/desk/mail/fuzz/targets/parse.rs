//! A whole mail: the harness of `tests/hostile`.
#![no_main]

#[path = "../../tests/hostile/targets.rs"]
#[allow(dead_code, reason = "each target is one of them")]
mod targets;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| targets::parse(bytes));
