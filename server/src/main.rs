//! The binary `recado`: reads the command line and runs one command. Everything else is in the library, so that tests can reach it.

use std::process::ExitCode;

use clap::Parser as _;
use mimalloc::MiMalloc;
use server::command::Command;

/// A page is made of many small pieces that soon go again.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    Command::parse().run()
}
