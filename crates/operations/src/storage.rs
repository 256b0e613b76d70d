//! Which backend a run uses, and which workspace: from the configuration's block, the settings that `init`
//! recorded, and the environment.

use std::path::PathBuf;
use std::sync::Arc;

use trueup_backend::{
    Backend, BackendRecord, DEFAULT_WORKSPACE, LocalBackend, LocalSettings, S3Backend, S3Settings,
    config_hash, open_backend, schema, why_no_backend,
};
use trueup_config::Config;
use trueup_diagnostics::{Diagnostic, Diagnostics};
use trueup_evaluator::body::{Meta, decode};
use trueup_evaluator::variables;
use trueup_value::{Value, convert};

use crate::World;

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
}

/// The backend that a configuration asks for: its kind, its settings, and the hash of its block.
pub struct Wanted {
    /// The kind; `None` without a block.
    pub kind: Option<String>,
    /// The settings.
    pub config: Value,
    /// The hash of the block as it is written.
    pub hash: u32,
}

/// Reads the backend block. `more` are settings given to `init` on its command line.
pub fn wanted(config: &Config, more: &[(String, String)]) -> (Wanted, Diagnostics) {
    let mut diagnostics = Diagnostics::default();
    let Some(block) = &config.root.module.backend else {
        return (
            Wanted {
                kind: None,
                config: Value::dynamic_null(),
                hash: 0,
            },
            diagnostics,
        );
    };
    let kind = block.kind.to_string();
    let Some(schema) = schema(&kind) else {
        diagnostics.push(
            Diagnostic::error("Unsupported backend type", why_no_backend(&kind))
                .at(block.kind_span)
                .hint(format!(
                    "trueup keeps state in {}.",
                    trueup_backend::BACKEND_TYPES.join(" and ")
                )),
        );
        let wanted = Wanted {
            kind: Some(kind),
            config: Value::dynamic_null(),
            hash: 0,
        };
        return (wanted, diagnostics);
    };
    // What init is given later may be left out of the block.
    let mut lenient = schema.clone();
    for attribute in lenient.attributes.values_mut() {
        if attribute.required {
            attribute.required = false;
            attribute.optional = true;
        }
    }
    let (written, found) = decode(&block.body, &lenient, Meta::default(), &variables::constant);
    diagnostics.extend(found);
    let hash = config_hash(&kind, &written);
    let mut config = written;
    for (name, text) in more {
        config = with_setting(&config, &schema, name, text, &mut diagnostics);
    }
    let wanted = Wanted {
        kind: Some(kind),
        config,
        hash,
    };
    (wanted, diagnostics)
}

fn with_setting(
    config: &Value,
    schema: &trueup_schema::Block,
    name: &str,
    text: &str,
    diagnostics: &mut Diagnostics,
) -> Value {
    let Some(attribute) = schema.attributes.get(name) else {
        diagnostics.push(Diagnostic::error(
            "Invalid backend configuration argument",
            format!("The backend configuration argument {name:?} given on the command line is not expected for the selected backend type."),
        ));
        return config.clone();
    };
    let mut members = config.as_members().cloned().unwrap_or_default();
    match convert::convert(&Value::string(text), &attribute.ty) {
        Ok(value) => {
            members.insert(name.into(), value);
        }
        Err(error) => diagnostics.push(Diagnostic::error(
            "Invalid backend configuration argument",
            format!("The value given for {name:?} is not suitable: {error}."),
        )),
    }
    Value::object(members)
}

/// The path of our record of the configured backend.
pub fn record_path(world: &World) -> PathBuf {
    world.records().join("trueup.json")
}

/// The record of the backend that this folder was last used with, ours or Terraform's.
pub fn recorded(world: &World) -> Result<Option<BackendRecord>, Diagnostic> {
    let ours = BackendRecord::read(&record_path(world)).map_err(as_diagnostic)?;
    if ours.is_some() || world.local.is_some() {
        return Ok(ours);
    }
    BackendRecord::read_terraform(&world.data_dir.join("terraform.tfstate")).map_err(as_diagnostic)
}

/// Opens the backend that the configuration asks for, unless there is something to decide first.
pub async fn open(world: &World, config: &Config) -> Result<Storage, Diagnostics> {
    let (wanted, mut diagnostics) = wanted(config, &[]);
    if diagnostics.has_errors() {
        return Err(diagnostics);
    }
    let settled = match settle(world, wanted) {
        Ok(settled) => settled,
        Err(diagnostic) => {
            diagnostics.push(diagnostic);
            return Err(diagnostics);
        }
    };
    open_settled(world, settled).await
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
    if storage.kind != "local" || files.is_empty() {
        return Ok(storage);
    }
    let place = world.place();
    let settings = LocalSettings::from_config(&storage.config, &place).map_err(|error| {
        let mut diagnostics = Diagnostics::default();
        diagnostics.push(as_diagnostic(error));
        diagnostics
    })?;
    let backend = LocalBackend::new(LocalSettings {
        state: files.state.as_ref().map(|path| world.given(path)),
        state_out: files.state_out.as_ref().map(|path| world.given(path)),
        backup: files.backup.as_ref().map(|path| {
            if path.as_os_str() == "-" {
                path.clone()
            } else {
                world.given(path)
            }
        }),
        ..settings
    });
    Ok(Storage {
        backend: Arc::new(backend),
        ..storage
    })
}

/// The file of the state, where it is kept in one, as it is shown.
pub fn state_file(storage: &Storage) -> Option<String> {
    (storage.kind == "local").then(|| storage.backend.location(&storage.workspace))
}

/// Opens a backend whose settings are decided.
pub async fn open_settled(world: &World, wanted: Wanted) -> Result<Storage, Diagnostics> {
    let one = |diagnostic: Diagnostic| {
        let mut diagnostics = Diagnostics::default();
        diagnostics.push(diagnostic);
        diagnostics
    };
    let place = world.place();
    let kind = wanted.kind.clone().unwrap_or_else(|| "local".to_string());
    let opened: Result<Arc<dyn Backend>, trueup_backend::Error> =
        match (wanted.kind.as_deref(), &world.local) {
            (None, _) => Ok(Arc::new(LocalBackend::new(LocalSettings::of_place(&place)))),
            (Some("local"), Some(_)) => local_apart(&wanted.config, &place),
            (Some("s3"), Some(_)) => {
                let connected = async {
                    let settings = S3Settings::from_config(&wanted.config)?;
                    let backend =
                        S3Backend::connect(settings, &place, &world.surroundings, &world.connect)
                            .await?;
                    // The embedded AWS starts empty: what the block names is made on first use.
                    backend.ensure_store().await?;
                    Ok(Arc::new(backend) as Arc<dyn Backend>)
                };
                connected.await
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
    let backend = opened.map_err(|error| one(as_diagnostic(error)))?;
    Ok(Storage {
        backend,
        workspace: selected_workspace(world),
        kind,
        config: wanted.config,
    })
}

/// With `-local`, a path that leads out of its folder is not followed.
fn local_apart(
    config: &Value,
    place: &trueup_backend::Place,
) -> Result<Arc<dyn Backend>, trueup_backend::Error> {
    let mut settings = LocalSettings::from_config(config, place)?;
    let inside = |path: &std::path::Path| {
        path.components().all(|part| {
            matches!(
                part,
                std::path::Component::Normal(_) | std::path::Component::CurDir
            )
        })
    };
    let standard = LocalSettings::of_place(place);
    if !inside(&settings.path) {
        settings.path = standard.path;
    }
    if !inside(&settings.workspace_dir) {
        settings.workspace_dir = standard.workspace_dir;
    }
    Ok(Arc::new(LocalBackend::new(settings)))
}

/// Holds what the configuration asks for against what the folder was used with.
fn settle(world: &World, wanted: Wanted) -> Result<Wanted, Diagnostic> {
    let Some(record) = recorded(world)? else {
        let unmoved = world.place().working_dir.join("terraform.tfstate");
        if wanted.kind.as_deref().is_some_and(|kind| kind != "local") && holds_state(&unmoved) {
            return Err(Diagnostic::error(
                "Backend initialization required",
                format!("The configuration now keeps its state in the backend {:?}, but {} still holds one.", wanted.kind.unwrap_or_default(), unmoved.display()),
            )
            .hint("Run \"trueup init -migrate-state\" to move it, or \"trueup init -reconfigure\" to begin anew."));
        }
        return Ok(wanted);
    };
    if record.kind == wanted.kind
        && (record.hash == wanted.hash
            || record.same_settings(&BackendRecord::new(
                wanted.kind.as_deref().unwrap_or_default(),
                &wanted.config,
                0,
            )))
    {
        return Ok(merged(wanted, &record));
    }
    let described = |kind: &Option<String>| kind.clone().unwrap_or_else(|| "local".into());
    Err(Diagnostic::error(
        "Backend configuration changed",
        format!(
            "This folder was last used with the backend {:?}, and its settings or its kind (now {:?}) have changed since.",
            described(&record.kind),
            described(&wanted.kind)
        ),
    )
    .hint("Run \"trueup init -migrate-state\" to take the state along, or \"trueup init -reconfigure\" to use the new settings as they are."))
}

/// The block's settings and, where it leaves one out, those that init recorded.
fn merged(wanted: Wanted, record: &BackendRecord) -> Wanted {
    let Some(members) = wanted.config.as_members() else {
        return wanted;
    };
    let mut members = members.clone();
    for (name, value) in members.iter_mut() {
        if !value.is_null() {
            continue;
        }
        let Some(recorded) = record
            .config
            .get(&**name)
            .filter(|recorded| !recorded.is_null())
        else {
            continue;
        };
        if let Ok(given) = trueup_value::json::decode(&recorded.to_string())
            && let Ok(converted) = convert::convert(&given, &value.ty())
        {
            *value = converted;
        }
    }
    Wanted {
        config: Value::object(members),
        ..wanted
    }
}

fn holds_state(path: &std::path::Path) -> bool {
    std::fs::read(path)
        .ok()
        .filter(|text| !text.is_empty())
        .and_then(|text| trueup_state::State::read(&text).ok())
        .is_some_and(|state| !state.is_empty())
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

/// A backend's error as a diagnostic.
pub fn as_diagnostic(error: trueup_backend::Error) -> Diagnostic {
    use trueup_backend::Error;
    let text = error.to_string();
    match error {
        Error::Locked { .. } => Diagnostic::error("Error acquiring the state lock", text),
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
        Error::Setting { .. } | Error::UnknownType { .. } => {
            Diagnostic::error("Invalid backend configuration", text)
        }
        Error::Conflict { .. } | Error::LockLost { .. } | Error::DigestNotWritten { .. } => {
            Diagnostic::error("Failed to save state", text)
        }
        Error::Journal { .. } => Diagnostic::error("The journal could not be written", text),
        Error::NotReleased { .. } => Diagnostic::error("Error releasing the state lock", text),
        _ => Diagnostic::error("State storage failed", text),
    }
}
