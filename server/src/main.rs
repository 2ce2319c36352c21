//! The binary `recado`: reads the command line and runs one command. Everything else is in the library, so that tests can reach it.

use std::process::ExitCode;

use clap::Parser as _;
use server::command::Command;

fn main() -> ExitCode {
    Command::parse().run()
}
