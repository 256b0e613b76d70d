//! Flags of the commands that look into the state or change it by hand.

use clap::{Args, Subcommand};

use super::Lock;

/// Which state files of the `local` backend are used instead of the usual ones.
#[derive(Clone, Debug, Default, Args)]
pub struct StateFiles {
    /// Use the state in this file (local backend only).
    #[arg(long, value_name = "PATH")]
    pub state: Option<String>,
    /// Write the state to this file instead of the one it is read from (local backend only).
    #[arg(long, value_name = "PATH")]
    pub state_out: Option<String>,
    /// Keep the former state in this file; "-" for no copy (local backend only).
    #[arg(long, value_name = "PATH")]
    pub backup: Option<String>,
}

impl StateFiles {
    /// The files of a command that only reads: another state, where one is named.
    pub fn reading(state: Option<String>) -> Self {
        Self {
            state,
            ..Self::default()
        }
    }
}

/// What every command by hand takes.
#[derive(Clone, Debug, Args)]
pub struct ByHand {
    /// Write without colour.
    #[arg(long)]
    pub no_color: bool,
    /// Locking.
    #[command(flatten)]
    pub lock: Lock,
    /// Which files.
    #[command(flatten)]
    pub files: StateFiles,
    /// Accepted for Terraform's sake: no backend here has a version of its own.
    #[arg(long, hide = true)]
    pub ignore_remote_version: bool,
}

/// `state …`
#[derive(Debug, Subcommand)]
pub enum StateCommand {
    /// List the addresses of the state.
    List(StateList),
    /// Show one object of the state.
    Show(StateShow),
    /// Give objects of the state another address.
    Mv(StateMv),
    /// Forget objects without destroying them.
    Rm(StateRm),
    /// Write the state to standard output.
    Pull(StatePull),
    /// Replace the state by a given one.
    Push(StatePush),
    /// List the states that are still kept, the newest first.
    History(StateHistory),
    /// Go back to a state that is still kept.
    Restore(StateRestore),
    /// Put another provider in the place of one.
    ReplaceProvider(StateReplaceProvider),
}

/// `state list`
#[derive(Clone, Debug, Args)]
pub struct StateList {
    /// Write without colour.
    #[arg(long)]
    pub no_color: bool,
    /// Only objects with this id.
    #[arg(long)]
    pub id: Option<String>,
    /// Look into the state in this file.
    #[arg(long, value_name = "PATH")]
    pub state: Option<String>,
    /// Only these addresses.
    #[arg(value_name = "ADDRESS")]
    pub addresses: Vec<String>,
}

/// `state show`
#[derive(Clone, Debug, Args)]
pub struct StateShow {
    /// Write without colour.
    #[arg(long)]
    pub no_color: bool,
    /// Look into the state in this file.
    #[arg(long, value_name = "PATH")]
    pub state: Option<String>,
    /// The address of one instance.
    #[arg(value_name = "ADDRESS")]
    pub address: Vec<String>,
}

/// `state mv`
#[derive(Clone, Debug, Args)]
pub struct StateMv {
    /// How.
    #[command(flatten)]
    pub by_hand: ByHand,
    /// Only say what would be moved.
    #[arg(long)]
    pub dry_run: bool,
    /// Keep the former state of -state-out in this file; "-" for the usual one.
    #[arg(long, value_name = "PATH")]
    pub backup_out: Option<String>,
    /// Where from and where to: a module, a resource or an instance each.
    #[arg(value_name = "SOURCE DESTINATION")]
    pub addresses: Vec<String>,
}

/// `state rm`
#[derive(Clone, Debug, Args)]
pub struct StateRm {
    /// How.
    #[command(flatten)]
    pub by_hand: ByHand,
    /// Only say what would be removed.
    #[arg(long)]
    pub dry_run: bool,
    /// What to forget: modules, resources or instances.
    #[arg(value_name = "ADDRESS")]
    pub addresses: Vec<String>,
}

/// `state pull`
#[derive(Clone, Debug, Args)]
pub struct StatePull {
    /// Write without colour.
    #[arg(long)]
    pub no_color: bool,
    /// Nothing; what is given is passed over, as Terraform does.
    #[arg(hide = true)]
    pub ignored: Vec<String>,
}

/// `state push`
#[derive(Clone, Debug, Args)]
pub struct StatePush {
    /// Write without colour.
    #[arg(long)]
    pub no_color: bool,
    /// Locking.
    #[command(flatten)]
    pub lock: Lock,
    /// Push even over another lineage or a higher serial.
    #[arg(long)]
    pub force: bool,
    /// Accepted for Terraform's sake: no backend here has a version of its own.
    #[arg(long, hide = true)]
    pub ignore_remote_version: bool,
    /// The file with the state; "-" for standard input.
    #[arg(value_name = "PATH")]
    pub path: Vec<String>,
}

/// `state history`
#[derive(Clone, Debug, Args)]
pub struct StateHistory {
    /// Write without colour.
    #[arg(long)]
    pub no_color: bool,
    /// Write JSON.
    #[arg(long)]
    pub json: bool,
    /// How many states at most, the newest first; 0 for all.
    #[arg(long, value_name = "N", default_value_t = 50)]
    pub limit: usize,
    /// The states of this workspace, not of the selected one.
    #[arg(long, value_name = "NAME")]
    pub workspace: Option<String>,
}

/// `state restore`
#[derive(Clone, Debug, Args)]
pub struct StateRestore {
    /// Write without colour.
    #[arg(long)]
    pub no_color: bool,
    /// Locking.
    #[command(flatten)]
    pub lock: Lock,
    /// Restore without asking.
    #[arg(long)]
    pub auto_approve: bool,
    /// Restore even a state of another lineage.
    #[arg(long)]
    pub force: bool,
    /// The state of this workspace, not of the selected one.
    #[arg(long, value_name = "NAME")]
    pub workspace: Option<String>,
    /// The state to go back to, by its serial or by its version's id.
    #[arg(value_name = "SERIAL")]
    pub version: Vec<String>,
}

/// `state replace-provider`
#[derive(Clone, Debug, Args)]
pub struct StateReplaceProvider {
    /// How.
    #[command(flatten)]
    pub by_hand: ByHand,
    /// Replace without asking.
    #[arg(long)]
    pub auto_approve: bool,
    /// The provider that is there and the one to put in its place.
    #[arg(value_name = "FROM TO")]
    pub providers: Vec<String>,
}

/// `taint`, `untaint`
#[derive(Clone, Debug, Args)]
pub struct Taint {
    /// How.
    #[command(flatten)]
    pub by_hand: ByHand,
    /// Succeed even where there is no such object.
    #[arg(long)]
    pub allow_missing: bool,
    /// The address of one instance.
    #[arg(value_name = "ADDRESS")]
    pub address: Vec<String>,
}
