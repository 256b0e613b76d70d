//! Flags of the commands that plan: plan, apply, destroy, refresh, import.

use clap::Args;

use super::{Lock, Look, StateFiles, Variables, boolean};
use crate::views::human::FOLD_ABOVE;

/// What a plan is made of.
#[derive(Clone, Debug, Args)]
pub struct Planning {
    /// Values of variables.
    #[command(flatten)]
    pub variables: Variables,
    /// Locking.
    #[command(flatten)]
    pub lock: Lock,
    /// Only this object and what it needs; may be given several times.
    #[arg(long, value_name = "ADDRESS")]
    pub target: Vec<String>,
    /// Only the objects that a file names, one a line.
    #[arg(long, value_name = "FILE")]
    pub target_file: Vec<String>,
    /// All but this object and what needs it; may be given several times.
    #[arg(long, value_name = "ADDRESS")]
    pub exclude: Vec<String>,
    /// All but the objects that a file names, one a line.
    #[arg(long, value_name = "FILE")]
    pub exclude_file: Vec<String>,
    /// Replace this object; may be given several times.
    #[arg(long, value_name = "ADDRESS")]
    pub replace: Vec<String>,
    /// Read objects again before they are compared.
    #[arg(long = "refresh", value_name = "BOOL", default_value = "true", num_args = 0..=1, default_missing_value = "true", require_equals = true, value_parser = boolean, action = clap::ArgAction::Set)]
    pub refresh: bool,
    /// Plan to take away everything.
    #[arg(long = "destroy")]
    pub destroy: bool,
    /// Plan only to bring the state up to date.
    #[arg(long)]
    pub refresh_only: bool,
    /// How many calls may be under way at once.
    #[arg(long, value_name = "N", default_value_t = 10)]
    pub parallelism: usize,
    /// Use the state in this file (local backend only).
    #[arg(long, value_name = "PATH")]
    pub state: Option<String>,
}

/// What of a plan and of its run is shown.
#[derive(Clone, Debug, Default, Args)]
pub struct Display {
    /// Where more than this many creations or updates of one block are alike, show the first few and count the rest; 0 shows all.
    #[arg(long, value_name = "N", default_value_t = FOLD_ABOVE)]
    pub fold: usize,
    /// Show sensitive values in the clear.
    #[arg(long)]
    pub show_sensitive: bool,
    /// Leave out what goes on: reads, and changes that take long.
    #[arg(long)]
    pub concise: bool,
    /// Show warnings of one kind once.
    #[arg(long = "consolidate-warnings", value_name = "BOOL", default_value = "true", num_args = 0..=1, default_missing_value = "true", require_equals = true, value_parser = boolean, action = clap::ArgAction::Set)]
    pub consolidate_warnings: bool,
    /// Show errors of one kind once.
    #[arg(long = "consolidate-errors", value_name = "BOOL", default_value = "false", num_args = 0..=1, default_missing_value = "true", require_equals = true, value_parser = boolean, action = clap::ArgAction::Set)]
    pub consolidate_errors: bool,
    /// Write to this file what -json would write, beside the text for people.
    #[arg(long, value_name = "FILE")]
    pub json_into: Option<String>,
    /// Accepted for OpenTofu's sake: every use of something deprecated is told.
    #[arg(long, value_name = "MODE", hide = true, value_parser = ["module:all", "module:local", "module:none"])]
    pub deprecation: Option<String>,
}

/// `plan`
#[derive(Clone, Debug, Args)]
pub struct Plan {
    #[command(flatten)]
    /// What the plan is made of.
    pub planning: Planning,
    /// How it is shown.
    #[command(flatten)]
    pub look: Look,
    /// What is shown.
    #[command(flatten)]
    pub display: Display,
    /// Accepted for Terraform's sake: a plan writes no state.
    #[arg(long, value_name = "PATH", hide = true)]
    pub state_out: Option<String>,
    /// Accepted for Terraform's sake: a plan writes no state.
    #[arg(long, value_name = "PATH", hide = true)]
    pub backup: Option<String>,
    /// Save the plan to a file.
    #[arg(long, value_name = "FILE")]
    pub out: Option<String>,
    /// Answer by the exit code: 0 no changes, 1 error, 2 changes.
    #[arg(long)]
    pub detailed_exitcode: bool,
    /// Write blocks for imported objects that have none to this new file.
    #[arg(long, value_name = "FILE")]
    pub generate_config_out: Option<String>,
    /// Together with it: write blocks for all items of imported tables too.
    #[arg(long, requires = "generate_config_out")]
    pub with_items: bool,
}

/// `import`
#[derive(Clone, Debug, Args)]
pub struct Import {
    /// Values of variables.
    #[command(flatten)]
    pub variables: Variables,
    /// Locking.
    #[command(flatten)]
    pub lock: Lock,
    /// Which state files.
    #[command(flatten)]
    pub files: StateFiles,
    /// Accepted for Terraform's sake: no backend here has a version of its own.
    #[arg(long, hide = true)]
    pub ignore_remote_version: bool,
    /// The folder of the configuration, if not the working folder.
    #[arg(long, value_name = "DIR")]
    pub config: Option<String>,
    /// How many calls may be under way at once.
    #[arg(long, value_name = "N", default_value_t = 10)]
    pub parallelism: usize,
    /// Write without colour.
    #[arg(long)]
    pub no_color: bool,
    /// The instance that takes the object in, and the object's id.
    #[arg(value_name = "ADDRESS ID")]
    pub what: Vec<String>,
}

/// `apply`, `destroy`, `refresh`
#[derive(Clone, Debug, Args)]
pub struct Apply {
    #[command(flatten)]
    /// What the plan is made of.
    pub planning: Planning,
    /// How it is shown.
    #[command(flatten)]
    pub look: Look,
    /// What is shown.
    #[command(flatten)]
    pub display: Display,
    /// Apply without asking.
    #[arg(long)]
    pub auto_approve: bool,
    /// Write the state to this file instead of the one it is read from (local backend only).
    #[arg(long, value_name = "PATH")]
    pub state_out: Option<String>,
    /// Keep the former state in this file; "-" for no copy (local backend only).
    #[arg(long, value_name = "PATH")]
    pub backup: Option<String>,
    /// A saved plan to carry out.
    #[arg(value_name = "PLAN")]
    pub plan: Option<String>,
}

impl Apply {
    /// The state files that the flags choose.
    pub fn files(&self) -> StateFiles {
        StateFiles {
            state: self.planning.state.clone(),
            state_out: self.state_out.clone(),
            backup: self.backup.clone(),
        }
    }
}
