//! The trueup binary: flags to structs, structs to operations, answers to views.

mod args;
mod commands;
mod embedded;
mod faults;
mod logging;
mod loopback;
mod observer;
mod output;
mod prompt;
mod remote_states;
mod report;
mod requests;
mod setup;
mod signals;
mod views;
mod world;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    signals::ignore_file_size_signal();
    logging::begin();
    let typed: Vec<String> = std::env::args().collect();
    if typed.len() <= 1 {
        commands::usage();
        return ExitCode::from(127);
    }
    let cli = match args::Cli::try_parse_from(args::rewrite(typed.iter().cloned())) {
        Ok(cli) => cli,
        Err(error) => return commands::misused(&error, &typed),
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
            return ExitCode::from(1);
        }
    };
    let code = runtime.block_on(commands::run(cli));
    // A blocked read of standard input must not hold the process.
    runtime.shutdown_background();
    ExitCode::from(code)
}
