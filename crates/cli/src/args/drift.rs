//! Flags of `drift` and the commands below it.

use clap::{Args, Subcommand};

use super::{Variables, duration};

/// `drift`
#[derive(Clone, Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Drift {
    /// What to do about drift; without it, whether there is any is checked.
    #[command(subcommand)]
    pub command: Option<DriftCommand>,
    /// What is looked at.
    #[command(flatten)]
    pub looking: Looking,
    /// Write as: text, json, sarif, junit, markdown, github.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: String,
    /// The same as -format=json.
    #[arg(long)]
    pub json: bool,
    /// Write another form to a file besides, as FORMAT=FILE; may be given several times.
    #[arg(long, value_name = "FORMAT=FILE")]
    pub out: Vec<String>,
    /// How many bytes of Markdown may be written.
    #[arg(long, value_name = "N", default_value_t = 60_000)]
    pub max_bytes: usize,
    /// Also list the tables that no state of these folders knows.
    #[arg(long)]
    pub unmanaged: bool,
    /// Write blocks and imports of unmanaged tables to this new file, in the folder that is checked.
    #[arg(long, value_name = "FILE")]
    pub generate_config_out: Option<String>,
    /// Show warnings by their summary only.
    #[arg(long)]
    pub compact_warnings: bool,
    /// The folders to check, if not the one it runs in.
    #[arg(value_name = "DIR")]
    pub folders: Vec<String>,
}

/// What a check looks at, and how.
#[derive(Clone, Debug, Args)]
pub struct Looking {
    /// Values of variables.
    #[command(flatten)]
    pub variables: Variables,
    /// Lock the state while it is looked at; a check changes nothing and needs no lock.
    #[arg(long = "lock", value_name = "BOOL", default_value = "false", num_args = 0..=1, default_missing_value = "true", require_equals = true, value_parser = super::boolean, action = clap::ArgAction::Set)]
    pub lock: bool,
    /// How long to wait for another holder of the lock, such as 60s or 5m.
    #[arg(long, value_name = "DURATION", default_value = "0s", value_parser = duration)]
    pub lock_timeout: std::time::Duration,
    /// Only this object; may be given several times.
    #[arg(long, value_name = "ADDRESS")]
    pub target: Vec<String>,
    /// How many calls may be under way at once.
    #[arg(long, value_name = "N", default_value_t = 10)]
    pub parallelism: usize,
    /// Write without colour.
    #[arg(long)]
    pub no_color: bool,
}

/// `drift …`
#[derive(Clone, Debug, Subcommand)]
pub enum DriftCommand {
    /// Let an object, or a place of it, differ: a rule in drift.hcl.
    Ignore(DriftIgnore),
    /// Write what is there now into the configuration.
    Accept(DriftAccept),
    /// Bring back what the state says, and nothing else.
    Revert(DriftRevert),
}

/// `drift accept`
#[derive(Clone, Debug, Args)]
pub struct DriftAccept {
    /// What is looked at.
    #[command(flatten)]
    pub looking: Looking,
    /// Show the changes and write none.
    #[arg(long)]
    pub dry_run: bool,
    /// What to accept: ADDRESS or ADDRESS.attribute; everything without any.
    #[arg(value_name = "ADDRESS")]
    pub what: Vec<String>,
}

/// `drift revert`
#[derive(Clone, Debug, Args)]
pub struct DriftRevert {
    /// What is looked at.
    #[command(flatten)]
    pub looking: Looking,
    /// The report of `drift -format=json` that was reviewed: only what it tells of is reverted, and only while it is so.
    #[arg(long, value_name = "FILE")]
    pub reviewed: Option<String>,
    /// The fingerprint of the drift that was reviewed, as the report tells it.
    #[arg(long, value_name = "HEX")]
    pub fingerprint: Option<String>,
    /// Revert without asking.
    #[arg(long)]
    pub auto_approve: bool,
    /// What to revert: addresses; everything without any.
    #[arg(value_name = "ADDRESS")]
    pub what: Vec<String>,
}

/// `drift ignore`
#[derive(Clone, Debug, Args)]
pub struct DriftIgnore {
    /// Why it may differ.
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub reason: String,
    /// The last day on which it may, such as 2026-12-31.
    #[arg(long, value_name = "DATE")]
    pub until: Option<String>,
    /// Write without colour.
    #[arg(long)]
    pub no_color: bool,
    /// What may differ: ADDRESS or ADDRESS.attribute.
    #[arg(value_name = "ADDRESS")]
    pub what: Vec<String>,
}
