//! Where the `local` backend keeps its files.

use std::path::PathBuf;

use trueup_value::Value;

use crate::registry::{Place, optional_string};
use crate::{Error, Sealing};

/// Where the `local` backend keeps its files. Relative paths are relative to `working_dir`.
#[derive(Clone, Debug)]
pub struct LocalSettings {
    /// What relative paths start from.
    pub working_dir: PathBuf,
    /// The state of the default workspace.
    pub path: PathBuf,
    /// The folder with a folder for each other workspace.
    pub workspace_dir: PathBuf,
    /// The copy of the former state, whatever the workspace: `None` for the state's path with
    /// `.backup` appended, `-` for no copy.
    pub backup: Option<PathBuf>,
    /// The state, whatever the workspace: what `-state` names.
    pub state: Option<PathBuf>,
    /// Where the state is written if not where it is read, whatever the workspace: what `-state-out` names.
    pub state_out: Option<PathBuf>,
    /// The folder for the journal, `.trueup/journal` in a project.
    pub journal_dir: PathBuf,
    /// How states are kept from other eyes.
    pub sealing: Sealing,
}

impl LocalSettings {
    /// The paths used where no backend is configured: `terraform.tfstate`, `terraform.tfstate.d`.
    pub fn of_place(place: &Place) -> Self {
        Self {
            working_dir: place.working_dir.clone(),
            path: PathBuf::from("terraform.tfstate"),
            workspace_dir: PathBuf::from("terraform.tfstate.d"),
            backup: None,
            state: None,
            state_out: None,
            journal_dir: place.journal_dir.clone(),
            sealing: place.sealing.clone(),
        }
    }

    /// The paths that a `backend "local"` block says.
    ///
    /// # Errors
    /// [`Error::Setting`] for an empty path.
    pub fn from_config(config: &Value, place: &Place) -> Result<Self, Error> {
        let mut settings = Self::of_place(place);
        if let Some(path) = optional_string(config, "path")? {
            settings.path = not_empty("path", path)?;
        }
        if let Some(path) = optional_string(config, "workspace_dir")? {
            settings.workspace_dir = not_empty("workspace_dir", path)?;
        }
        Ok(settings)
    }
}

fn not_empty(setting: &str, path: String) -> Result<PathBuf, Error> {
    if path.is_empty() {
        return Err(Error::setting(setting, "it must not be empty"));
    }
    Ok(PathBuf::from(path))
}
