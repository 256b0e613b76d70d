//! Which backend a run uses, and which workspace: from the configuration's block, the settings that `init`
//! recorded, and the environment.

use std::borrow::Cow;
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, PoisonError};

use trueup_backend::{
    Backend, BackendRecord, Connect, DEFAULT_WORKSPACE, LocalBackend, LocalSettings, Operation,
    Place, S3Backend, S3Settings, Sealing, Session, Surroundings, open_backend,
};
use trueup_config::Config;
use trueup_diagnostics::{Diagnostic, Diagnostics};
use trueup_plan::Observer;
use trueup_value::Value;

pub use crate::backend_block::{Wanted, wanted};
pub use crate::recorded::{record, recorded, recorded_settings};
use crate::{Locking, World, backend_block, encryption, workspaces};

/// An opened backend.
pub struct Storage {
    /// The backend.
    pub backend: Arc<dyn Backend>,
    /// The selected workspace.
    pub workspace: String,
    /// What kind it is, for the saved plan.
    pub kind: String,
    /// Its evaluated settings; null without a backend block.
    pub config: Value,
    /// How its states are kept from other eyes.
    pub sealing: Sealing,
}

impl Storage {
    /// Locks and reads the state; `observer` is told whom that waits for.
    pub(crate) async fn lock(
        &self,
        world: &World,
        operation: Operation,
        locking: Locking,
        observer: Arc<dyn Observer>,
    ) -> Result<Session, Diagnostics> {
        let session = Session::open(
            self.backend.clone(),
            &self.workspace,
            operation,
            locking.options(observer),
            &world.surroundings,
        );
        session.await.map_err(refused)
    }
}

/// Opens the backend that the configuration asks for, unless there is something to decide first.
pub async fn open(world: &World, config: &Config) -> Result<Storage, Diagnostics> {
    workspaces::overridden(world)?;
    let world = sealed(world, config)?;
    let settled = settled(&world, config)?;
    open_settled(&world, settled).await
}

/// The world with what a configuration says of encryption, which backends opened in it follow.
///
/// # Errors
/// What is wrong with the `encryption` block or with `TF_ENCRYPTION`.
pub fn sealed<'a>(world: &'a World, config: &Config) -> Result<Cow<'a, World>, Diagnostics> {
    let encryption = encryption::of(world, config)?;
    *world
        .elsewhere
        .lock()
        .unwrap_or_else(PoisonError::into_inner) = encryption.elsewhere;
    if !encryption.state.is_on() {
        return Ok(Cow::Borrowed(world));
    }
    Ok(Cow::Owned(World {
        sealing: encryption.state,
        ..world.clone()
    }))
}

/// The backend that the configuration asks for, held against what the folder was used with.
fn settled(world: &World, config: &Config) -> Result<Wanted, Diagnostics> {
    let one = |diagnostic: Diagnostic| Diagnostics::from(diagnostic);
    let record = recorded(world).map_err(one)?;
    let saved = record.filter(|record| record.kind.is_some());
    let kind = config
        .root
        .module
        .backend
        .as_ref()
        .map(|block| &*block.kind);
    let (saved, kind) = match (saved, kind) {
        (None, None) => return Ok(Wanted::none()),
        // With -local nothing has to be decided first.
        (None, Some(_)) if world.local.is_some() => {
            let (wanted, mut diagnostics) = wanted(world, config, &mut Arc::default(), &[]);
            if !diagnostics.has_errors() {
                diagnostics.extend(backend_block::check(world, config, &wanted));
            }
            return match diagnostics.has_errors() {
                true => Err(diagnostics),
                false => Ok(wanted),
            };
        }
        (None, Some(kind)) => {
            return Err(one(initialization_required(
                ", please",
                &format!("Initial configuration of the requested backend {kind:?}"),
            )));
        }
        (Some(saved), None) => {
            let kind = saved.kind.unwrap_or_default();
            return Err(one(initialization_required(
                ", please",
                &format!("Unsetting the previously set backend {kind:?}"),
            )));
        }
        (Some(saved), Some(kind)) => (saved, kind),
    };
    let was = saved.kind.clone().unwrap_or_default();
    if was != kind {
        return Err(one(initialization_required(
            ": please",
            &format!("Backend type changed from {was:?} to {kind:?}"),
        )));
    }
    let (wanted, diagnostics) = wanted(world, config, &mut Arc::default(), &[]);
    if diagnostics.has_errors() {
        return Err(diagnostics);
    }
    // What stands in the block is what it was: then it is used with what init was given over it.
    if wanted.hash.is_of(saved.hash) {
        return Ok(recorded_settings(&saved));
    }
    if saved.same_settings(&BackendRecord::new(kind, &wanted.config, wanted.hash)) {
        return Ok(wanted);
    }
    Err(one(initialization_required(
        ": please",
        "Backend configuration block has changed",
    )))
}

/// The folder was not initialized for the backend that its configuration asks for.
fn initialization_required(please: &str, reason: &str) -> Diagnostic {
    Diagnostic::error(
        format!("Backend initialization required{please} run \"trueup init\""),
        format!(
            "Reason: {reason}\n\nThe \"backend\" is the interface that trueup uses to store state,\nperform operations, etc. If this message is showing up, it means that the\ntrueup configuration you're using is using a custom configuration for\nthe trueup backend.\n\nChanges to backend configurations require reinitialization. This allows\ntrueup to set up the new configuration, copy existing state, etc. Please run\n\"trueup init\" with either the \"-reconfigure\" or \"-migrate-state\" flags to\nuse the current configuration.\n\nIf the change reason above is incorrect, please verify your configuration\nhasn't changed and try again. At this point, no changes to your existing\nconfiguration or state have been made."
        ),
    )
}

/// State files of the `local` backend that are used instead of the usual ones.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Files {
    /// Where the state is read, and written unless `state_out` says otherwise.
    pub state: Option<PathBuf>,
    /// Where it is written.
    pub state_out: Option<PathBuf>,
    /// Where the former state is kept; `-` for nowhere.
    pub backup: Option<PathBuf>,
    /// Without `backup`: the former state is kept beside the state, under its name and this time, in seconds.
    pub stamp: Option<u64>,
}

impl Files {
    /// Whether nothing is said.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// As [`open`], with other state files where the backend is the local one; any other passes them over.
pub async fn open_with(
    world: &World,
    config: &Config,
    files: &Files,
) -> Result<Storage, Diagnostics> {
    let storage = open(world, config).await?;
    with_files(world, storage, files)
}

/// A state file that a change by hand names, whatever backend the configuration asks for: that one is not opened.
///
/// # Errors
/// What is wrong with the `encryption` block.
pub async fn open_file(
    world: &World,
    config: &Config,
    files: &Files,
) -> Result<Storage, Diagnostics> {
    let world = sealed(world, config)?;
    let storage = open_settled(&world, Wanted::none()).await?;
    with_files(&world, storage, files)
}

/// A backend with other state files, where it is the local one; any other passes them over.
///
/// # Errors
/// Settings of the backend that can't be used.
pub fn with_files(world: &World, storage: Storage, files: &Files) -> Result<Storage, Diagnostics> {
    if storage.kind != "local" || files.is_empty() {
        return Ok(storage);
    }
    let settings = local_settings(world, &storage.config).map_err(refused)?;
    let stamped = files.stamp.map(|seconds| {
        let written = storage.backend.location(&storage.workspace);
        PathBuf::from(format!("{written}.{seconds}.backup"))
    });
    let given = files.backup.as_ref().map(|path| {
        if path.as_os_str() == "-" {
            path.clone()
        } else {
            world.given(path)
        }
    });
    let backend = LocalBackend::new(LocalSettings {
        state: files.state.as_ref().map(|path| world.given(path)),
        state_out: files.state_out.as_ref().map(|path| world.given(path)),
        backup: given.or(stamped),
        sealing: storage.sealing.clone(),
        ..settings
    });
    Ok(Storage {
        backend: Arc::new(backend),
        ..storage
    })
}

/// Opens a backend whose settings are decided.
pub async fn open_settled(world: &World, wanted: Wanted) -> Result<Storage, Diagnostics> {
    let place = world.place();
    let kind = wanted.kind.clone().unwrap_or_else(|| "local".to_string());
    let opened: Result<Arc<dyn Backend>, trueup_backend::Error> =
        match (wanted.kind.as_deref(), &world.local) {
            (None, _) => Ok(Arc::new(LocalBackend::new(LocalSettings::of_place(&place)))),
            (Some("local"), Some(_)) => local_settings(world, &wanted.config)
                .map(|settings| Arc::new(LocalBackend::new(settings)) as Arc<dyn Backend>),
            (Some("s3"), Some(_)) => {
                open_embedded_s3(&wanted.config, &place, &world.surroundings, &world.connect).await
            }
            (Some(kind), _) => {
                open_backend(
                    kind,
                    &wanted.config,
                    &place,
                    &world.surroundings,
                    &world.connect,
                )
                .await
            }
        };
    let backend = opened.map_err(refused)?;
    Ok(Storage {
        backend,
        workspace: selected_workspace(world),
        kind,
        config: wanted.config,
        sealing: world.sealing.clone(),
    })
}

/// Opens an `s3` backend on the embedded AWS, which starts empty: what the settings name is made on first use.
///
/// # Errors
/// Settings that can't be used, and what making fails with.
pub async fn open_embedded_s3(
    config: &Value,
    place: &Place,
    surroundings: &Surroundings,
    connect: &Connect,
) -> Result<Arc<dyn Backend>, trueup_backend::Error> {
    let settings = S3Settings::from_config(config, &surroundings.environment)?;
    let backend = S3Backend::connect(settings, place, surroundings, connect).await?;
    backend.ensure_store().await?;
    Ok(Arc::new(backend))
}

/// Whether a path stays within the folder that it is relative to.
pub fn stays_inside(path: &Path) -> bool {
    let mut parts = path.components();
    parts.all(|part| matches!(part, Component::Normal(_) | Component::CurDir))
}

/// Settings of the `local` backend. With `-local`, a path that leads out of its folder is not followed.
fn local_settings(world: &World, config: &Value) -> Result<LocalSettings, trueup_backend::Error> {
    let place = world.place();
    let mut settings = LocalSettings::from_config(config, &place)?;
    if world.local.is_none() {
        return Ok(settings);
    }
    let standard = LocalSettings::of_place(&place);
    if !stays_inside(&settings.path) {
        settings.path = standard.path;
    }
    if !stays_inside(&settings.workspace_dir) {
        settings.workspace_dir = standard.workspace_dir;
    }
    Ok(settings)
}

/// The workspace: from the environment, else from the folder's record, else the default one.
pub fn selected_workspace(world: &World) -> String {
    if let Some(workspace) = &world.workspace {
        return workspace.clone();
    }
    std::fs::read_to_string(world.records().join("environment"))
        .map(|text| text.trim().to_string())
        .ok()
        .filter(|name| !name.is_empty())
        .unwrap_or_else(|| DEFAULT_WORKSPACE.to_string())
}

/// What a backend refused, said.
pub(crate) fn refused(error: trueup_backend::Error) -> Diagnostics {
    as_diagnostic(error).into()
}

/// A backend's error as a diagnostic.
pub fn as_diagnostic(error: trueup_backend::Error) -> Diagnostic {
    use trueup_backend::{AwsError, Error};
    let text = error.to_string();
    match error {
        Error::Locked { .. } | Error::NotAcquired { .. } => {
            Diagnostic::error("Error acquiring the state lock", text)
        }
        Error::NoVersion { .. } => Diagnostic::error("No such version of the state", text),
        Error::Sealing { .. } => Diagnostic::error("Failed to encrypt", text),
        Error::Unreadable { .. } => Diagnostic::error("Failed to read state", text),
        Error::DigestMismatch { .. } => Diagnostic::error("Error refreshing state", text),
        Error::Setting { setting, .. } if setting == "path" => Diagnostic::error(
            "Invalid local state file path",
            "The \"path\" attribute value must not be empty.",
        ),
        Error::Setting { setting, .. } if setting == "workspace_dir" => Diagnostic::error(
            "Invalid local workspace directory path",
            "The \"workspace_dir\" attribute value must not be empty.",
        ),
        Error::Settings { summary, detail } => Diagnostic::error(summary, detail),
        Error::Setting { .. } | Error::UnknownType { .. } => {
            Diagnostic::error("Invalid backend configuration", text)
        }
        Error::Conflict { .. } | Error::LockLost { .. } | Error::DigestNotWritten { .. } => {
            Diagnostic::error("Failed to save state", text)
        }
        Error::NoBucket { bucket } => {
            let summary = format!("S3 bucket {bucket:?} does not exist.");
            let detail = text.trim_start_matches(&*summary).trim_start().to_owned();
            Diagnostic::error(summary, detail)
        }
        Error::Aws { source, .. } if matches!(*source, AwsError::AccountNotAllowed { .. }) => {
            Diagnostic::error("Invalid account ID", source.to_string())
        }
        Error::Aws { source, .. } if matches!(*source, AwsError::NoCredentials { .. }) => {
            Diagnostic::error("No valid credential sources found", source.to_string())
        }
        Error::Journal { .. } => Diagnostic::error("The journal could not be written", text),
        Error::NotReleased { .. } => Diagnostic::error("Error releasing the state lock", text),
        _ => Diagnostic::error("State storage failed", text),
    }
}
