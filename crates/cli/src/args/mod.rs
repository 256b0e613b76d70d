//! Flags to structs. The flags are those that Terraform's users type, in both dash forms.

mod drift;
mod help;
mod init;
mod inspect;
mod line;
pub mod pages;
mod planning;
mod state;
mod test;
mod values;
mod workspace;

use std::time::Duration;

use clap::{Args, Parser, Subcommand};

pub use drift::*;
pub use help::help;
pub use init::{Get, Init};
pub use inspect::*;
pub use line::{Line, given, read};
pub use planning::*;
pub use state::*;
pub use test::Test;
pub use values::boolean;
use values::duration;
pub use workspace::*;

/// Keeps DynamoDB tables and items as their configuration says.
#[derive(Debug, Parser)]
#[command(
    name = "trueup",
    version,
    disable_help_subcommand = true,
    infer_long_args = false,
    args_override_self = true
)]
pub struct Cli {
    /// Work in this folder instead of the current one.
    #[arg(long, value_name = "DIR")]
    pub chdir: Option<String>,
    /// Work on an embedded AWS in this process, with everything kept under .trueup/local: no account is needed.
    #[arg(long)]
    pub local: bool,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Prepare the working folder: record the backend, move a state where that was decided.
    Init(Init),
    /// Install the modules that the configuration calls.
    Get(Get),
    /// Check the configuration without looking at anything remote.
    Validate(Validate),
    /// Bring files into their canonical form.
    Fmt(Fmt),
    /// Show what would be changed.
    Plan(Box<Plan>),
    /// Make the changes that the configuration asks for.
    Apply(Box<Apply>),
    /// Take away everything that the state holds.
    Destroy(Box<Apply>),
    /// Bring the state up to date with what is there, changing nothing.
    Refresh(Box<Apply>),
    /// Show the state, or a saved plan.
    Show(Show),
    /// Show the outputs of the last run.
    Output(Output),
    /// Mark an object for replacement.
    Taint(Taint),
    /// Take that mark off.
    Untaint(Taint),
    /// Take an existing object into the state.
    Import(Box<Import>),
    /// Make, select and delete workspaces.
    Workspace {
        /// What to do.
        #[command(subcommand)]
        command: WorkspaceCommand,
    },
    /// The name that workspaces once had.
    #[command(hide = true)]
    Env {
        /// What to do.
        #[command(subcommand)]
        command: WorkspaceCommand,
    },
    /// Try expressions out.
    Console(Box<Console>),
    /// Show what depends on what, as a graph: in the DOT language, in Mermaid's, or as SVG.
    Graph(Graph),
    /// Show which providers the configuration and the state use.
    Providers(Providers),
    /// Show the modules that the configuration calls.
    Modules(Modules),
    /// Show what this program can do, for other programs.
    Metadata {
        /// What to show.
        #[command(subcommand)]
        command: MetadataCommand,
    },
    /// Refused: there is no service to log in to.
    #[command(hide = true)]
    Login(Refused),
    /// Refused: there is no service to log out of.
    #[command(hide = true)]
    Logout(Refused),
    /// Look into the state, or change it by hand.
    State {
        /// What to do with it.
        #[command(subcommand)]
        command: StateCommand,
    },
    /// Remove the lock of a run that can't release it any more.
    ForceUnlock(ForceUnlock),
    /// Check whether anything was changed outside: 0 no, 2 yes, 1 error.
    Drift(Box<Drift>),
    /// Run the tests of the configuration.
    Test(Test),
    /// Write the script that completes command lines in a shell.
    Completions(Completions),
    /// Write the manual: a page for each command into a folder, or one of them to standard output.
    Man(Man),
    /// Show the version.
    Version(Version),
    /// Use the embedded AWS from other programs.
    Local {
        /// What to do with it.
        #[command(subcommand)]
        command: LocalCommand,
    },
}

/// How state is locked.
#[derive(Clone, Debug, Args)]
pub struct Lock {
    /// Lock the state while it is used.
    #[arg(long = "lock", value_name = "BOOL", default_value = "true", num_args = 0..=1, default_missing_value = "true", require_equals = true, value_parser = boolean, action = clap::ArgAction::Set)]
    pub lock: bool,
    /// How long to wait for another holder of the lock, such as 60s or 5m.
    #[arg(long, value_name = "DURATION", default_value = "0s", value_parser = duration)]
    pub lock_timeout: Duration,
}

/// Where variables get their values.
#[derive(Clone, Debug, Args)]
pub struct Variables {
    /// Set a variable: NAME=VALUE.
    #[arg(long = "var", value_name = "NAME=VALUE")]
    pub var: Vec<String>,
    /// Read variables from a file.
    #[arg(long = "var-file", value_name = "FILE")]
    pub var_file: Vec<String>,
    /// Ask for variables that have no value.
    #[arg(long = "input", value_name = "BOOL", default_value = "true", num_args = 0..=1, default_missing_value = "true", require_equals = true, value_parser = boolean, action = clap::ArgAction::Set)]
    pub input: bool,
}

/// How output looks.
#[derive(Clone, Debug, Args)]
pub struct Look {
    /// Write without colour.
    #[arg(long)]
    pub no_color: bool,
    /// Write JSON, one object a line.
    #[arg(long)]
    pub json: bool,
    /// Show warnings by their summary only.
    #[arg(long)]
    pub compact_warnings: bool,
}

/// `validate`
#[derive(Clone, Debug, Args)]
pub struct Validate {
    /// How it is shown.
    #[command(flatten)]
    pub look: Look,
    /// Leave the test files out.
    #[arg(long)]
    pub no_tests: bool,
    /// Where the test files lie.
    #[arg(long, value_name = "DIR", default_value = "tests")]
    pub test_directory: String,
    /// The folder to check, if not the one it runs in.
    #[arg(value_name = "DIR")]
    pub folder: Vec<String>,
}

/// `fmt`
#[derive(Clone, Debug, Args)]
pub struct Fmt {
    /// Write without colour.
    #[arg(long)]
    pub no_color: bool,
    /// Print the names of files that change.
    #[arg(long = "list", value_name = "BOOL", default_value = "true", num_args = 0..=1, default_missing_value = "true", require_equals = true, value_parser = boolean, action = clap::ArgAction::Set)]
    pub list: bool,
    /// Write files that change; never with -check or standard input.
    #[arg(long = "write", value_name = "BOOL", default_value = "true", num_args = 0..=1, default_missing_value = "true", require_equals = true, value_parser = boolean, action = clap::ArgAction::Set)]
    pub write: bool,
    /// Print what changes.
    #[arg(long = "diff", value_name = "BOOL", default_value = "false", num_args = 0..=1, default_missing_value = "true", require_equals = true, value_parser = boolean, action = clap::ArgAction::Set)]
    pub diff: bool,
    /// Change nothing; answer by the exit code: 0 all are formatted, 3 not all.
    #[arg(long = "check", value_name = "BOOL", default_value = "false", num_args = 0..=1, default_missing_value = "true", require_equals = true, value_parser = boolean, action = clap::ArgAction::Set)]
    pub check: bool,
    /// Go into folders below.
    #[arg(long = "recursive", value_name = "BOOL", default_value = "false", num_args = 0..=1, default_missing_value = "true", require_equals = true, value_parser = boolean, action = clap::ArgAction::Set)]
    pub recursive: bool,
    /// Files and folders; `-` for standard input; the working folder without any.
    #[arg(value_name = "TARGET")]
    pub targets: Vec<String>,
}

/// `show`
#[derive(Clone, Debug, Args)]
pub struct Show {
    /// How it is shown.
    #[command(flatten)]
    pub look: Look,
    /// Where more than this many creations or updates of one block are alike, show the first few and count the rest; 0 shows all.
    #[arg(long, value_name = "N", default_value_t = crate::views::human::FOLD_ABOVE)]
    pub fold: usize,
    /// Show sensitive values in the clear.
    #[arg(long)]
    pub show_sensitive: bool,
    /// Write a report instead: html is the only kind.
    #[arg(long, value_name = "KIND", value_parser = ["html"])]
    pub report: Option<String>,
    /// A saved plan or a state file; the current state without one.
    #[arg(value_name = "FILE")]
    pub file: Vec<String>,
}

/// `output`
#[derive(Clone, Debug, Args)]
pub struct Output {
    /// How it is shown.
    #[command(flatten)]
    pub look: Look,
    /// Write the bare text of one string, number or bool.
    #[arg(long)]
    pub raw: bool,
    /// Look into the state in this file.
    #[arg(long, value_name = "PATH")]
    pub state: Option<String>,
    /// Only this output.
    #[arg(value_name = "NAME")]
    pub name: Vec<String>,
}

/// `force-unlock`
#[derive(Clone, Debug, Args)]
pub struct ForceUnlock {
    /// Write without colour.
    #[arg(long)]
    pub no_color: bool,
    /// Don't ask.
    #[arg(long)]
    pub force: bool,
    /// The id of the lock.
    #[arg(value_name = "LOCK_ID")]
    pub id: String,
}

/// `completions`
#[derive(Clone, Debug, Args)]
pub struct Completions {
    /// The shell: bash, zsh, fish or powershell.
    #[arg(value_name = "SHELL", value_parser = crate::views::completions::SHELLS)]
    pub shell: String,
}

/// `man`
#[derive(Clone, Debug, Args)]
pub struct Man {
    /// Write only the page of this command, to standard output: "state mv".
    #[arg(long, value_name = "COMMAND")]
    pub page: Option<String>,
    /// The folder to write to.
    #[arg(value_name = "DIR")]
    pub folder: Option<String>,
}

/// `version`
#[derive(Clone, Debug, Args)]
pub struct Version {
    /// Write without colour.
    #[arg(long)]
    pub no_color: bool,
    /// Write JSON.
    #[arg(long)]
    pub json: bool,
    /// Nothing; what is given is passed over, as Terraform does.
    #[arg(hide = true)]
    pub ignored: Vec<String>,
}

/// `local …`
#[derive(Debug, Subcommand)]
pub enum LocalCommand {
    /// Open the embedded AWS on loopback.
    Serve(Serve),
}

/// `local serve`
#[derive(Clone, Debug, Args)]
pub struct Serve {
    /// The port; any free one without it.
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub port: u16,
}

#[cfg(test)]
mod tests;
