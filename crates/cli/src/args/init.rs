//! The flags of `init` and `get`.

use clap::Args;

use super::values::boolean;
use super::{Lock, Look};

/// `init`
#[derive(Clone, Debug, Args)]
pub struct Init {
    /// Set a backend setting: NAME=VALUE.
    #[arg(long = "backend-config", value_name = "NAME=VALUE")]
    pub backend_config: Vec<String>,
    /// Use the new settings as they are, leaving a state where it is.
    #[arg(long)]
    pub reconfigure: bool,
    /// Take the state along to the new place.
    #[arg(long)]
    pub migrate_state: bool,
    /// Answer yes to what moving a state asks.
    #[arg(long)]
    pub force_copy: bool,
    /// Create the bucket and the lock table of the backend "s3", unless they are there.
    #[arg(long)]
    pub create_backend: bool,
    /// With -create-backend: create without asking.
    #[arg(long)]
    pub auto_approve: bool,
    /// Configure the backend.
    #[arg(long = "backend", value_name = "BOOL", default_value = "true", num_args = 0..=1, default_missing_value = "true", require_equals = true, value_parser = boolean, action = clap::ArgAction::Set)]
    pub backend: bool,
    /// Ask questions.
    #[arg(long = "input", value_name = "BOOL", default_value = "true", num_args = 0..=1, default_missing_value = "true", require_equals = true, value_parser = boolean, action = clap::ArgAction::Set)]
    pub input: bool,
    /// Fetch modules again, in the newest versions that are allowed.
    #[arg(long)]
    pub upgrade: bool,
    /// Copy this module into the folder first.
    #[arg(long, value_name = "SOURCE")]
    pub from_module: Option<String>,
    /// Set a variable that the backend or the source of a module refers to: NAME=VALUE.
    #[arg(long = "var", value_name = "NAME=VALUE")]
    pub var: Vec<String>,
    /// Read such variables from a file.
    #[arg(long = "var-file", value_name = "FILE")]
    pub var_file: Vec<String>,
    /// Accepted for Terraform's sake: there are no plugins.
    #[arg(long, value_name = "DIR")]
    pub plugin_dir: Vec<String>,
    /// Accepted for Terraform's sake.
    #[arg(long, value_name = "DIR")]
    pub test_directory: Option<String>,
    /// Install the modules that the configuration calls.
    #[arg(long = "get", value_name = "BOOL", default_value = "true", num_args = 0..=1, default_missing_value = "true", require_equals = true, value_parser = boolean, action = clap::ArgAction::Set)]
    pub get: bool,
    /// Accepted for Terraform's sake: the lock file of providers is never written.
    #[arg(long, value_name = "MODE")]
    pub lockfile: Option<String>,
    /// Accepted for Terraform's sake: no backend here has a version of its own.
    #[arg(long, hide = true)]
    pub ignore_remote_version: bool,
    /// Locking.
    #[command(flatten)]
    pub lock: Lock,
    /// How it is shown.
    #[command(flatten)]
    pub look: Look,
}

/// `get`
#[derive(Clone, Debug, Args)]
pub struct Get {
    /// Write without colour.
    #[arg(long)]
    pub no_color: bool,
    /// Fetch modules again, in the newest versions that are allowed.
    #[arg(long)]
    pub update: bool,
    /// Set a variable that the source of a module refers to: NAME=VALUE.
    #[arg(long = "var", value_name = "NAME=VALUE")]
    pub var: Vec<String>,
    /// Read such variables from a file.
    #[arg(long = "var-file", value_name = "FILE")]
    pub var_file: Vec<String>,
    /// Accepted for Terraform's sake.
    #[arg(long, value_name = "DIR")]
    pub test_directory: Option<String>,
}
