//! Flags of the commands that answer questions about a configuration and change nothing.

use clap::Args;

/// A command that there is not here: whatever is given, it is refused by name.
#[derive(Clone, Debug, Args)]
#[command(disable_help_flag = true)]
pub struct Refused {
    /// Anything.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, hide = true)]
    pub anything: Vec<String>,
}
