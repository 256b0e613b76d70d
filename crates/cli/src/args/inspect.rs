//! Flags of the commands that answer questions about a configuration and change nothing.

use clap::{Args, Subcommand};

use super::{Lock, StateFiles, Variables};

/// `console`
#[derive(Clone, Debug, Args)]
pub struct Console {
    /// Write without colour.
    #[arg(long)]
    pub no_color: bool,
    /// Values of variables.
    #[command(flatten)]
    pub variables: Variables,
    /// Locking.
    #[command(flatten)]
    pub lock: Lock,
    /// Which files.
    #[command(flatten)]
    pub files: StateFiles,
    /// Plan first, and let expressions see what would be after it.
    #[arg(long)]
    pub plan: bool,
    /// How many calls may be under way at once.
    #[arg(long, value_name = "N", default_value_t = 10)]
    pub parallelism: usize,
    /// Nothing: refused by the command.
    #[arg(hide = true)]
    pub extra: Vec<String>,
}

/// `graph`
#[derive(Clone, Debug, Args)]
pub struct Graph {
    /// Write without colour.
    #[arg(long)]
    pub no_color: bool,
    /// Show every step of this operation: plan, plan-refresh-only, plan-destroy or apply.
    #[arg(long = "type", value_name = "TYPE")]
    pub kind: Option<String>,
    /// Show what applying this saved plan walks.
    #[arg(long, value_name = "FILE")]
    pub plan: Option<String>,
    /// Colour the edges of cycles.
    #[arg(long)]
    pub draw_cycles: bool,
    /// Accepted for Terraform's sake: modules are always shown whole.
    #[arg(long, value_name = "N", hide = true)]
    pub module_depth: Option<i64>,
    /// The language: dot, mermaid or svg.
    #[arg(long, value_name = "FORMAT", default_value = "dot", value_parser = ["dot", "mermaid", "svg"])]
    pub format: String,
    /// Accepted for Terraform's sake: there is no deeper graph to verbosely show.
    #[arg(long, hide = true)]
    pub verbose: bool,
    /// Nothing: refused by the command.
    #[arg(hide = true)]
    pub extra: Vec<String>,
}

/// `providers`
#[derive(Debug, Args)]
pub struct Providers {
    /// What to do; without it, what is used is shown.
    #[command(subcommand)]
    pub command: Option<ProvidersCommand>,
    /// Write without colour.
    #[arg(long)]
    pub no_color: bool,
    /// Where tests lie.
    #[arg(long, value_name = "DIR", hide = true)]
    pub test_directory: Option<String>,
}

/// `providers …`
#[derive(Debug, Subcommand)]
pub enum ProvidersCommand {
    /// Show the schemas of the providers in use, as JSON.
    Schema(ProvidersSchema),
    /// Refused: there is no lock file to write.
    #[command(hide = true)]
    Lock(Refused),
    /// Refused: there are no plugins to fetch.
    #[command(hide = true)]
    Mirror(Refused),
}

/// `providers schema`
#[derive(Clone, Debug, Args)]
pub struct ProvidersSchema {
    /// Write without colour.
    #[arg(long)]
    pub no_color: bool,
    /// Write JSON; there is no other form.
    #[arg(long)]
    pub json: bool,
}

/// `metadata …`
#[derive(Debug, Subcommand)]
pub enum MetadataCommand {
    /// Show the signatures of the functions, as JSON.
    Functions(ProvidersSchema),
}

/// `modules`
#[derive(Clone, Debug, Args)]
pub struct Modules {
    /// Write without colour.
    #[arg(long)]
    pub no_color: bool,
    /// Write JSON.
    #[arg(long)]
    pub json: bool,
}

/// A command that there is not here: whatever is given, it is refused by name.
#[derive(Clone, Debug, Args)]
#[command(disable_help_flag = true)]
pub struct Refused {
    /// Anything.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, hide = true)]
    pub anything: Vec<String>,
}
