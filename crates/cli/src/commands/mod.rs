//! The commands, each thin: flags to an operation, its answer to a view, an exit code.

mod apply;
mod drift;
mod fmt;
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
use clap::error::{ContextKind, ContextValue, ErrorKind};
use trueup_diagnostics::Diagnostic;

use crate::args::{Cli, Command, LocalCommand, Look, StateCommand};
use crate::output as out;
use crate::report::Report;

/// Carries out a command; answers the exit code.
pub async fn run(cli: Cli) -> u8 {
    let at = Place {
        chdir: cli.chdir,
        local: cli.local,
    };
    match cli.command {
        Command::Init(flags) => init::run(at, flags).await,
        Command::Validate(flags) => validate::run(at, flags),
        Command::Fmt(flags) => fmt::run(at, flags),
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

/// Says what is wrong with the flags. `typed` is the command line.
pub fn misused(error: &clap::Error, typed: &[String]) -> ExitCode {
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
            let has = |flag: &str| {
                typed
                    .iter()
                    .any(|arg| arg.trim_start_matches('-') == flag && arg.starts_with('-'))
            };
            let report = Report::new(&Look {
                no_color: has("no-color"),
                json: has("json"),
                compact_warnings: false,
            });
            report.diagnostic(misuse(error, &text));
            ExitCode::from(1)
        }
    }
}

/// What is wrong with the flags, in a program's terms where it is a common slip.
fn misuse(error: &clap::Error, text: &str) -> Diagnostic {
    let context = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text.as_str()),
        _ => None,
    };
    let flags = "Failed to parse command-line flags";
    let given = context(ContextKind::InvalidArg).unwrap_or_default();
    let value = context(ContextKind::InvalidValue).unwrap_or_default();
    let flag = given.split([' ', '=']).next().unwrap_or_default();
    let flag = flag.trim_start_matches('-');
    match error.kind() {
        ErrorKind::UnknownArgument if given.starts_with('-') => {
            Diagnostic::error(flags, format!("flag provided but not defined: -{flag}"))
        }
        ErrorKind::UnknownArgument => Diagnostic::error(
            "Too many command line arguments",
            format!(
                "{given:?} is more than this command takes. To work in another folder, use the global -chdir flag."
            ),
        ),
        ErrorKind::InvalidValue if given.starts_with('-') && value.is_empty() => {
            Diagnostic::error(flags, format!("flag needs an argument: -{flag}"))
        }
        ErrorKind::InvalidValue | ErrorKind::ValueValidation if given.starts_with('-') => {
            Diagnostic::error(
                flags,
                format!("invalid value {value:?} for flag -{flag}: parse error"),
            )
        }
        ErrorKind::InvalidSubcommand => Diagnostic::error(
            format!(
                "trueup has no command named {:?}",
                context(ContextKind::InvalidSubcommand).unwrap_or_default()
            ),
            "To see all of its commands, run: trueup -help",
        ),
        _ => {
            let text = text.trim().trim_start_matches("error: ");
            Diagnostic::error(flags, text)
        }
    }
}
