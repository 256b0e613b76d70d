//! The commands, each thin: flags to an operation, its answer to a view, an exit code.

mod apply;
mod drift;
mod force_unlock;
mod init;
mod local_serve;
mod output;
mod plan;
mod planning;
mod show;
mod state_list;
mod validate;
mod version;

use std::process::ExitCode;

use clap::CommandFactory;
use clap::error::ErrorKind;

use crate::args::{Cli, Command, LocalCommand, StateCommand};
use crate::output as out;

/// Carries out a command; answers the exit code.
pub async fn run(cli: Cli) -> u8 {
    let at = Place {
        chdir: cli.chdir,
        local: cli.local,
    };
    match cli.command {
        Command::Init(flags) => init::run(at, flags).await,
        Command::Validate(flags) => validate::run(at, flags),
        Command::Plan(flags) => plan::run(at, *flags).await,
        Command::Apply(flags) => apply::run(at, *flags, apply::What::Apply).await,
        Command::Destroy(flags) => apply::run(at, *flags, apply::What::Destroy).await,
        Command::Refresh(flags) => apply::run(at, *flags, apply::What::Refresh).await,
        Command::Show(flags) => show::run(at, flags).await,
        Command::Output(flags) => output::run(at, flags).await,
        Command::State {
            command: StateCommand::List(flags),
        } => state_list::run(at, flags).await,
        Command::ForceUnlock(flags) => force_unlock::run(at, flags).await,
        Command::Drift(flags) => drift::run(at, flags).await,
        Command::Version(flags) => version::run(flags),
        Command::Local {
            command: LocalCommand::Serve(flags),
        } => local_serve::run(at, flags).await,
    }
}

/// Where a command works.
pub struct Place {
    /// The folder, if not the current one.
    pub chdir: Option<String>,
    /// Whether on the embedded AWS.
    pub local: bool,
}

/// Prints how the program is used.
pub fn usage() {
    out::text(&Cli::command().render_help().to_string());
}

/// Says what is wrong with the flags.
pub fn misused(error: &clap::Error) -> ExitCode {
    let text = error.render().to_string();
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            out::text(&text);
            ExitCode::SUCCESS
        }
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            out::text(&text);
            ExitCode::from(127)
        }
        _ => {
            out::error(&text);
            ExitCode::from(1)
        }
    }
}
