//! What an operation knows of the world around it, made once by the caller.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use trueup_backend::{Connect, Place, Sealing, Surroundings};
use trueup_evaluator::Environment;
use trueup_functions::{DiskFiles, Source};
use trueup_provider::Registry;

use crate::encryption::Elsewhere;
use crate::given::Given;

/// Folders, names, clock, chance, providers and connections of a run.
#[derive(Clone)]
pub struct World {
    /// The folder of the root module.
    pub dir: PathBuf,
    /// The folder that the program was started in, absolute.
    pub started_in: String,
    /// Where the working folder's own records live: `.terraform`, or what `TF_DATA_DIR` says.
    pub data_dir: PathBuf,
    /// With `-local`, the folder that everything is kept in: `.trueup/local`.
    pub local: Option<PathBuf>,
    /// Values of variables from the environment, by name.
    pub variables: BTreeMap<String, String>,
    /// Values of variables from the command line, in their order.
    pub assignments: Vec<Given>,
    /// The workspace that the environment selects, whatever the folder's record says.
    pub workspace: Option<String>,
    /// The user's home folder.
    pub home: Option<PathBuf>,
    /// Who runs this, when, and fresh ids.
    pub surroundings: Surroundings,
    /// Clock and chance for functions.
    pub source: Arc<dyn Source + Send + Sync>,
    /// An encryption configuration from the environment: `TF_ENCRYPTION`.
    pub encryption: Option<String>,
    /// How states are kept from other eyes, once the configuration was asked: [`storage::open`](crate::storage::open)
    /// does.
    pub sealing: Sealing,
    /// How the states that data sources read are opened; shared with their reader, and set with the backend's.
    pub elsewhere: Arc<Mutex<Elsewhere>>,
    /// How backends reach AWS.
    pub connect: Connect,
    /// The providers at hand.
    pub providers: Registry,
}

impl World {
    /// The folders of backends: with `-local` all of them lie apart.
    pub fn place(&self) -> Place {
        match &self.local {
            Some(local) => Place {
                working_dir: local.clone(),
                journal_dir: local.join("journal"),
                sealing: self.sealing.clone(),
            },
            None => Place {
                working_dir: self.dir.clone(),
                journal_dir: self.dir.join(".trueup").join("journal"),
                sealing: self.sealing.clone(),
            },
        }
    }

    /// A path that a user gave: relative to the folder of the root module, wherever backends keep their files.
    pub fn given(&self, path: &std::path::Path) -> PathBuf {
        match &self.local {
            Some(_) => PathBuf::from(&self.started_in).join(&self.dir).join(path),
            None => path.to_path_buf(),
        }
    }

    /// Where the working folder's records live.
    pub fn records(&self) -> PathBuf {
        self.local.clone().unwrap_or_else(|| self.data_dir.clone())
    }

    /// What expressions see. While planning, clock and chance are not known.
    pub fn environment(
        &self,
        workspace: &str,
        plan_timestamp: &str,
        applying: bool,
    ) -> Environment {
        Environment {
            workspace: workspace.to_string(),
            cwd: self.started_in.clone(),
            base_dir: PathBuf::from(&self.started_in).join(&self.dir),
            home: self.home.clone(),
            files: Arc::new(DiskFiles),
            plan_timestamp: plan_timestamp.to_string(),
            source: applying.then(|| self.source.clone()),
            provider_functions: self.providers.functions(),
        }
    }
}
