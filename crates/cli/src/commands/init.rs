//! `init`: what is to be decided once for a folder, above all where its state lives.

use std::io::Write;
use std::path::Path;

use trueup_backend::{BackendRecord, LockOptions, Operation, Session};
use trueup_diagnostics::{Diagnostic, Diagnostics};
use trueup_operations::storage::{self, Storage, Wanted};
use trueup_operations::{Project, World};

use super::Place;
use super::plan::in_automation;
use crate::report::Report;
use crate::setup::{self, Setup};
use crate::{args, output, prompt};

/// Runs the command.
pub async fn run(at: Place, flags: args::Init) -> u8 {
    let report = Report::new(&args::Look {
        json: false,
        ..flags.look.clone()
    });
    let setup = match setup::begin(at.chdir.as_deref(), at.local) {
        Ok(setup) => setup,
        Err(diagnostic) => {
            report.diagnostic(*diagnostic);
            return 1;
        }
    };
    let (project, diagnostics) = Project::read(&setup.world, false);
    if report.failed(&diagnostics, &project.sources) {
        return 1;
    }
    if project.files.is_empty() {
        output::line(
            "trueup initialized in an empty directory!\n\nThe directory has no configuration files. You may begin working with trueup\nimmediately by creating configuration files.",
        );
        return 0;
    }
    if flags.backend
        && let Err(diagnostics) = backend(&setup, &project, &flags, &report).await
    {
        report.diagnostics(&diagnostics, &project.sources);
        return 1;
    }
    output::line("\nInitializing provider plugins...");
    for provider in setup.world.providers.iter() {
        output::line(&format!(
            "- {} is built in to trueup",
            provider.address().short()
        ));
    }
    output::line("\ntrueup has been successfully initialized!");
    if !in_automation() {
        output::line(
            "\nYou may now begin working with trueup. Try running \"trueup plan\" to see\nany changes that are required for your infrastructure.",
        );
    }
    0
}

async fn backend(
    setup: &Setup,
    project: &Project,
    flags: &args::Init,
    report: &Report,
) -> Result<(), Diagnostics> {
    let one = |diagnostic: Diagnostic| {
        let mut diagnostics = Diagnostics::default();
        diagnostics.push(diagnostic);
        diagnostics
    };
    output::line("\nInitializing the backend...");
    let world = &setup.world;
    let more = settings(world, &flags.backend_config).map_err(one)?;
    let (wanted, diagnostics) = storage::wanted(&project.config, &more);
    if diagnostics.has_errors() {
        return Err(diagnostics);
    }
    let record = storage::recorded(world).map_err(one)?;
    let next = match &wanted.kind {
        Some(kind) => BackendRecord::new(kind, &wanted.config, wanted.hash),
        None => BackendRecord::none(),
    };
    let was = record.clone().unwrap_or_else(BackendRecord::none);
    let path = storage::record_path(world);
    let kind = wanted.kind.clone();
    if was.same_settings(&next) || flags.reconfigure {
        if kind.is_some() || record.is_some() {
            next.write(&path)
                .map_err(|error| one(storage::as_diagnostic(error)))?;
        }
        let opened = storage::open_settled(world, wanted).await?;
        drop(opened);
        if let Some(kind) = kind.filter(|_| record.is_none() || flags.reconfigure) {
            configured(&kind);
        }
        return Ok(());
    }
    let first = record.is_none();
    let old = storage::open_settled(
        world,
        Wanted {
            kind: was.kind.clone(),
            config: settings_of(&was),
            hash: was.hash,
        },
    )
    .await?;
    let held = old
        .backend
        .read(&old.workspace)
        .await
        .map_err(|error| one(storage::as_diagnostic(error)))?
        .state
        .filter(|state| !state.is_empty());
    let new = storage::open_settled(world, wanted).await?;
    if let Some(state) = held {
        if !first && !flags.migrate_state {
            return Err(one(Diagnostic::error(
                "Backend configuration changed",
                "A change in the backend configuration has been detected, which may require migrating existing state.",
            )
            .hint("If you wish to attempt automatic migration of the state, use \"trueup init -migrate-state\". If you wish to store the current configuration with no changes to the state, use \"trueup init -reconfigure\".")));
        }
        let agreed = flags.force_copy || {
            flags.input
                && prompt::approve(
                    &format!(
                        "Do you want to copy existing state from {} to {}?",
                        old.backend.location(&old.workspace),
                        new.backend.location(&new.workspace)
                    ),
                    "  Only 'yes' will be accepted to approve.",
                ) == Some(true)
        };
        if !agreed {
            return Err(one(Diagnostic::error("Migration cancelled", "The state was left where it is, and nothing was recorded.")
                .hint("Use -force-copy to move the state without being asked, or -reconfigure to leave it.")));
        }
        migrate(setup, &new, &state, flags).await.map_err(one)?;
        report.line("\nThe state was copied. The old one was left as it is.");
    }
    next.write(&path)
        .map_err(|error| one(storage::as_diagnostic(error)))?;
    if let Some(kind) = kind {
        configured(&kind);
    }
    Ok(())
}

fn configured(kind: &str) {
    output::line(&format!(
        "\nSuccessfully configured the backend {kind:?}! trueup will automatically\nuse this backend unless the backend configuration changes."
    ));
}

/// Copies a state under the lock of its new place. A state that is there already is not written over.
async fn migrate(
    setup: &Setup,
    new: &Storage,
    state: &trueup_state::State,
    flags: &args::Init,
) -> Result<(), Diagnostic> {
    let options = LockOptions {
        lock: flags.lock.lock,
        timeout: flags.lock.lock_timeout,
        cancel: setup.cancel.clone(),
        on_wait: None,
    };
    let mut session = Session::open(
        new.backend.clone(),
        &new.workspace,
        Operation::MigrationDestination,
        options,
        &setup.world.surroundings,
    )
    .await
    .map_err(storage::as_diagnostic)?;
    let there = session.state();
    let written =
        if there.is_empty() || (there.lineage == state.lineage && there.serial <= state.serial) {
            session
                .overwrite(state)
                .await
                .map(|_| ())
                .map_err(storage::as_diagnostic)
        } else {
            Err(Diagnostic::error(
                "Both places hold a state",
                format!(
                    "{} already holds a state of its own, so the old one was not copied over it.",
                    new.backend.location(&new.workspace)
                ),
            ))
        };
    session.close().await.map_err(storage::as_diagnostic)?;
    written
}

/// The recorded settings as a value of the backend's schema.
fn settings_of(record: &BackendRecord) -> trueup_value::Value {
    use trueup_value::{Value, convert, json};
    let Some(schema) = record.kind.as_deref().and_then(trueup_backend::schema) else {
        return Value::dynamic_null();
    };
    let text = serde_json::Value::Object(record.config.clone()).to_string();
    json::decode(&text)
        .ok()
        .and_then(|value| schema.coerce(value).ok())
        .or_else(|| convert::convert(&schema.empty_value(), &schema.implied_type()).ok())
        .unwrap_or_else(|| schema.empty_value())
}

/// The settings given as `-backend-config`: `NAME=VALUE`, or a file of assignments.
fn settings(world: &World, given: &[String]) -> Result<Vec<(String, String)>, Diagnostic> {
    let mut found = Vec::new();
    for one in given {
        if let Some((name, value)) = one.split_once('=') {
            found.push((name.trim().to_string(), value.to_string()));
            continue;
        }
        let bytes = std::fs::read(world.dir.join(one)).map_err(|error| {
            Diagnostic::error(
                "Failed to read backend settings",
                format!("{one}: {error}."),
            )
        })?;
        let mut sources = trueup_diagnostics::Sources::default();
        let (file, diagnostics) = trueup_config::read_variables_file(one, &bytes, &mut sources);
        if let Some(error) = diagnostics.errors().next() {
            return Err(error.clone());
        }
        for (name, (expr, _)) in file.values {
            let (value, _) = trueup_evaluator::variables::constant(&expr);
            let text = trueup_value::convert(&value, &trueup_value::Type::String)
                .ok()
                .and_then(|value| value.as_str().map(str::to_string));
            found.extend(text.map(|text| (name.to_string(), text)));
        }
    }
    Ok(found)
}

/// Writes a file for its owner's eyes only, whole or not at all.
pub fn write_private(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    name.push(".new");
    let side = path.with_file_name(name);
    let written = (|| {
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&side)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        std::fs::rename(&side, path)
    })();
    if written.is_err() {
        let _ = std::fs::remove_file(&side);
    }
    written
}
