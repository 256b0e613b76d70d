//! The trueup binary: flags to structs, structs to operations, answers to views.

mod args;
mod commands;
mod embedded;
mod environment;
mod exit;
mod faults;
mod logging;
mod loopback;
mod observer;
mod output;
mod prompt;
mod remote_states;
mod report;
mod requests;
mod sealed_files;
mod setup;
mod signals;
mod terminal;
mod views;
mod web;
mod world;

use std::process::ExitCode;

use clap::{CommandFactory, Parser};

use exit::Exit;

fn main() -> ExitCode {
    signals::ignore_file_size_signal();
    logging::begin();
    let typed: Vec<String> = std::env::args().collect();
    let words = match args::read(&typed, &args::Cli::command(), &environment::text) {
        args::Line::Run(words) => words,
        args::Line::Version => vec!["trueup".into(), "version".into()],
        other => return ExitCode::from(commands::not_run(&other).code()),
    };
    let cli = match args::Cli::try_parse_from(&words) {
        Ok(cli) => cli,
        Err(error) => return ExitCode::from(commands::misused(&error, &words).code()),
    };
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => {
            output::error_line(&format!(
                "Error: the system gave no threads to work with: {error}"
            ));
            return ExitCode::from(Exit::Failed.code());
        }
    };
    let exit = runtime.block_on(commands::run(cli, args::given(&words)));
    // A blocked read of standard input must not hold the process.
    runtime.shutdown_background();
    ExitCode::from(exit.code())
}
