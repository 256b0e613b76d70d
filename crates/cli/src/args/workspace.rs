//! Flags of the commands over workspaces.

use clap::{Args, Subcommand};

use super::{Lock, boolean};

/// `workspace …`
#[derive(Debug, Subcommand)]
pub enum WorkspaceCommand {
    /// List the workspaces.
    List(WorkspaceList),
    /// Show which workspace is selected.
    Show(WorkspaceShow),
    /// Make a workspace and select it.
    New(WorkspaceNew),
    /// Select a workspace.
    Select(WorkspaceSelect),
    /// Delete a workspace and its state.
    Delete(WorkspaceDelete),
}

/// `workspace list`
#[derive(Clone, Debug, Args)]
pub struct WorkspaceList {
    /// Write without colour.
    #[arg(long)]
    pub no_color: bool,
    /// Nothing: refused by the command.
    #[arg(hide = true)]
    pub extra: Vec<String>,
}

/// `workspace show`
#[derive(Clone, Debug, Args)]
pub struct WorkspaceShow {
    /// Write without colour.
    #[arg(long)]
    pub no_color: bool,
    /// Nothing; what is given is passed over, as Terraform does.
    #[arg(hide = true)]
    pub ignored: Vec<String>,
}

/// `workspace new`
#[derive(Clone, Debug, Args)]
pub struct WorkspaceNew {
    /// Write without colour.
    #[arg(long)]
    pub no_color: bool,
    /// Locking.
    #[command(flatten)]
    pub lock: Lock,
    /// Copy the state in this file into the new workspace.
    #[arg(long, value_name = "PATH")]
    pub state: Option<String>,
    /// Its name.
    #[arg(value_name = "NAME")]
    pub name: Vec<String>,
}

/// `workspace select`
#[derive(Clone, Debug, Args)]
pub struct WorkspaceSelect {
    /// Write without colour.
    #[arg(long)]
    pub no_color: bool,
    /// Make the workspace where there is none of that name.
    #[arg(long, value_name = "BOOL", default_value = "false", num_args = 0..=1, default_missing_value = "true", require_equals = true, value_parser = boolean, action = clap::ArgAction::Set)]
    pub or_create: bool,
    /// Its name.
    #[arg(value_name = "NAME")]
    pub name: Vec<String>,
}

/// `workspace delete`
#[derive(Clone, Debug, Args)]
pub struct WorkspaceDelete {
    /// Write without colour.
    #[arg(long)]
    pub no_color: bool,
    /// Locking.
    #[command(flatten)]
    pub lock: Lock,
    /// Delete it even if its state holds objects, which are then forgotten.
    #[arg(long)]
    pub force: bool,
    /// Its name.
    #[arg(value_name = "NAME")]
    pub name: Vec<String>,
}
