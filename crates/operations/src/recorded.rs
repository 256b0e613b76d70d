//! The backend that a working folder was last used with, as `init` recorded it.

use std::path::Path;

use trueup_backend::{BackendRecord, schema};
use trueup_diagnostics::Diagnostic;
use trueup_value::Value;

use crate::World;
use crate::storage::{Wanted, as_diagnostic};

/// The record of the backend that this folder was last used with: Terraform's own, or with `-local` ours.
pub fn recorded(world: &World) -> Result<Option<BackendRecord>, Diagnostic> {
    let theirs = || BackendRecord::read_terraform(&world.data_dir.join("terraform.tfstate"));
    let ours = || BackendRecord::read(&world.records().join("trueup.json"));
    let found = match &world.local {
        Some(_) => ours(),
        None => match theirs() {
            // Folders of trueup's first version have a record of another form.
            Ok(None) => ours(),
            found => found,
        },
    };
    found.map_err(as_diagnostic)
}

/// Remembers the backend that this folder is used with from now on.
pub fn record(world: &World, next: &BackendRecord) -> Result<(), Diagnostic> {
    let ours = world.records().join("trueup.json");
    let locks = world.given(Path::new(".terraform.lock.hcl"));
    let written = match &world.local {
        Some(_) => next.write(&ours),
        None => next.write_terraform(&world.data_dir.join("terraform.tfstate"), &locks),
    };
    written.map_err(as_diagnostic)?;
    if world.local.is_none() {
        // Where there was none there is nothing to take away.
        let _ = std::fs::remove_file(ours);
    }
    Ok(())
}

/// The recorded settings as a value of the backend's schema. Settings that it does not know are left out.
pub fn recorded_settings(record: &BackendRecord) -> Wanted {
    let settings = |kind: &str| {
        let schema = schema(kind)?;
        let mut config = record.config.clone();
        config.retain(|name, _| schema.attributes.contains_key(&**name));
        let text = serde_json::Value::Object(config).to_string();
        let value = trueup_value::json::decode(&text).ok()?;
        schema.coerce(value).ok()
    };
    Wanted {
        config: record
            .kind
            .as_deref()
            .and_then(settings)
            .unwrap_or_else(Value::dynamic_null),
        kind: record.kind.clone(),
        hash: record.hash,
        places: Default::default(),
    }
}
