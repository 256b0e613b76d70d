//! The commands, each thin: flags to an operation, its answer to a view, an exit code.

mod apply;
mod apply_saved;
mod by_hand;
mod console;
mod drift;
mod fmt;
mod force_unlock;
mod get;
mod graph;
mod import;
mod init;
mod local_serve;
mod manual;
mod output;
mod plan;
mod planning;
mod providers;
mod show;
mod state_change;
mod state_history;
mod state_read;
mod taint;
mod test;
mod validate;
mod version;
mod workspace;

use clap::CommandFactory;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use trueup_diagnostics::Diagnostic;
use trueup_operations::Given;

use crate::args::{
    self, Cli, Command, Line, LocalCommand, Look, MetadataCommand, ProvidersCommand, StateCommand,
};
use crate::exit::{Ended, Exit, Told};
use crate::output as out;
use crate::report::Report;
use crate::setup::Place;

/// Carries out a command. `given` are its options that give values to variables.
pub async fn run(cli: Cli, given: Vec<Given>) -> Exit {
    let at = Place {
        chdir: cli.chdir,
        local: cli.local,
        given,
    };
    ended(at, cli.command).await.into()
}

async fn ended(at: Place, command: Command) -> Ended {
    match command {
        Command::Init(flags) => init::run(at, flags).await,
        Command::Get(flags) => get::run(at, flags).await,
        Command::Validate(flags) => validate::run(at, flags),
        Command::Fmt(flags) => fmt::run(at, flags),
        Command::Plan(flags) => plan::run(at, *flags).await,
        Command::Apply(flags) => apply::run(at, *flags, apply::What::Apply).await,
        Command::Destroy(flags) => apply::run(at, *flags, apply::What::Destroy).await,
        Command::Refresh(flags) => apply::run(at, *flags, apply::What::Refresh).await,
        Command::Show(flags) => show::run(at, flags).await,
        Command::Output(flags) => output::run(at, flags).await,
        Command::State { command } => match command {
            StateCommand::List(flags) => state_read::list(at, flags).await,
            StateCommand::Show(flags) => state_read::show(at, flags).await,
            StateCommand::Pull(flags) => state_read::pull(at, flags).await,
            StateCommand::Mv(flags) => state_change::mv(at, flags).await,
            StateCommand::Rm(flags) => state_change::rm(at, flags).await,
            StateCommand::Push(flags) => state_change::push(at, flags).await,
            StateCommand::History(flags) => state_history::history(at, flags).await,
            StateCommand::Restore(flags) => state_history::restore(at, flags).await,
            StateCommand::ReplaceProvider(flags) => state_change::replace_provider(at, flags).await,
        },
        Command::Taint(flags) => taint::run(at, flags, taint::What::Taint).await,
        Command::Untaint(flags) => taint::run(at, flags, taint::What::Untaint).await,
        Command::Import(flags) => import::run(at, *flags).await,
        Command::Workspace { command } => workspace::run(at, command).await,
        Command::Env { command } => workspace::run_as_env(at, command).await,
        Command::Console(flags) => console::run(at, *flags).await,
        Command::Graph(flags) => graph::run(at, flags).await,
        Command::Providers(mut flags) => match flags.command.take() {
            None => providers::run(at, flags).await,
            Some(ProvidersCommand::Schema(flags)) => providers::schema(at, flags).await,
            Some(ProvidersCommand::Lock(_)) => refused("providers lock", NO_PLUGINS),
            Some(ProvidersCommand::Mirror(_)) => refused("providers mirror", NO_PLUGINS),
        },
        Command::Modules(flags) => providers::modules(at, flags).await,
        Command::Metadata {
            command: MetadataCommand::Functions(flags),
        } => providers::functions(&flags),
        Command::Login(_) => refused("login", NO_SERVICE),
        Command::Logout(_) => refused("logout", NO_SERVICE),
        Command::ForceUnlock(flags) => force_unlock::run(at, flags).await,
        Command::Drift(flags) => drift::run(at, *flags).await,
        Command::Test(flags) => test::run(at, flags).await,
        Command::Completions(flags) => manual::completions(&flags),
        Command::Man(flags) => manual::man(&at, &flags),
        Command::Version(flags) => version::run(flags),
        Command::Local {
            command: LocalCommand::Serve(flags),
        } => local_serve::run(at, flags).await,
    }
}

const NO_PLUGINS: &str = "All providers are built into trueup, so there are no plugins to fetch or to lock; .terraform.lock.hcl is left as it is.";

const NO_SERVICE: &str =
    "trueup keeps state in files and in S3 only: there is no service to log in to or out of.";

/// Refuses a command of Terraform's that has no meaning here.
fn refused(command: &str, why: &str) -> Ended {
    Err(Report::plain(false).refuse(Diagnostic::error(
        format!("trueup has no {command:?} command"),
        why,
    )))
}

/// Answers a command line that runs nothing.
pub fn not_run(line: &Line) -> Exit {
    let root = Cli::command();
    match line {
        Line::Run(_) | Line::Version => Exit::Done,
        Line::Help(path) => {
            out::text(&args::help(&root, path));
            Exit::Done
        }
        Line::Incomplete(path) => {
            out::text(&args::help(&root, path));
            // Nothing typed at all is told from a group of commands of which none was chosen.
            match path.is_empty() {
                true => Exit::NoCommand,
                false => Exit::Failed,
            }
        }
        Line::Unknown(path, word) => {
            unknown(&root, path, word);
            Exit::Failed
        }
        Line::Unreadable(why) => {
            out::error_line(&format!("Error: {why}"));
            Exit::Failed
        }
    }
}

fn unknown(root: &clap::Command, path: &[String], word: &str) {
    let mut group = root;
    for name in path {
        group = group.find_subcommand(name).unwrap_or(group);
    }
    let known: Vec<&str> = group
        .get_subcommands()
        .filter(|one| !one.is_hide_set())
        .map(clap::Command::get_name)
        .collect();
    let meant = trueup_diagnostics::did_you_mean(word, known.iter().copied())
        .map(|meant| format!(" Did you mean {meant:?}?"))
        .unwrap_or_default();
    let within: String = path.iter().map(|name| format!(" {name}")).collect();
    out::error_line(&format!(
        "trueup{within} has no command named {word:?}.{meant}\n\nTo see all of its commands, run:\n  trueup{within} -help\n"
    ));
}

/// Says that a command was used wrongly, and how it is used.
pub fn used_wrongly(command: &str, why: &str) -> Told {
    out::error_line(why);
    let path: Vec<String> = command.split(' ').map(str::to_owned).collect();
    out::text(&args::help(&Cli::command(), &path));
    Told
}

/// Says that a command that takes no arguments was given some.
fn without_arguments(given: &[String]) -> Result<(), Told> {
    if given.is_empty() {
        return Ok(());
    }
    out::error_line("Too many command line arguments. Did you mean to use -chdir?");
    Err(Told)
}

/// Says what is wrong with the flags. `typed` is the command line.
pub fn misused(error: &clap::Error, typed: &[String]) -> Exit {
    let text = error.render().to_string();
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            out::text(&text);
            Exit::Done
        }
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            out::text(&text);
            Exit::NoCommand
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
            let json = report.json;
            report.diagnostic(misuse(error, &text, typed));
            if let Some(command) = command_of(typed).filter(|_| !json) {
                out::error_line(&format!(
                    "\nFor more help on using this command, run:\n  trueup {command} -help"
                ));
            }
            Exit::Failed
        }
    }
}

/// The command that a line names, as far as it names one.
fn command_of(typed: &[String]) -> Option<String> {
    let root = Cli::command();
    let mut command = &root;
    let mut path = Vec::new();
    for word in typed.iter().skip(1).filter(|word| !word.starts_with('-')) {
        let Some(found) = command.find_subcommand(word) else {
            break;
        };
        path.push(found.get_name());
        command = found;
    }
    (!path.is_empty()).then(|| path.join(" "))
}

/// What is wrong with the flags, in a program's terms where it is a common slip.
fn misuse(error: &clap::Error, text: &str, typed: &[String]) -> Diagnostic {
    let context = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text.as_str()),
        _ => None,
    };
    let flags = "Failed to parse command-line flags";
    let given = context(ContextKind::InvalidArg).unwrap_or_default();
    let value = context(ContextKind::InvalidValue).unwrap_or_default();
    let flag = given.split([' ', '=', '[']).next().unwrap_or_default();
    let flag = flag.trim_start_matches('-');
    // Behind the end of the flags nothing is a flag.
    let ended = typed
        .iter()
        .skip_while(|word| *word != "--")
        .any(|word| word == given);
    match error.kind() {
        ErrorKind::UnknownArgument if given.starts_with('-') && !ended => {
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
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            let what = match given.starts_with('-') {
                true => format!("flag -{flag}"),
                false => given.trim_matches(['<', '>', '[', ']', '.']).to_owned(),
            };
            let why = match error.get(ContextKind::ValidValue) {
                Some(ContextValue::Strings(values)) if !values.is_empty() => {
                    format!("it must be one of {}", values.join(", "))
                }
                _ => "parse error".to_owned(),
            };
            Diagnostic::error(flags, format!("invalid value {value:?} for {what}: {why}"))
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
