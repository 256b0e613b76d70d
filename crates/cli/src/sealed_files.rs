//! Plans and states in files, sealed as the configuration of the folder says.

use std::path::Path;

use trueup_backend::{is_sealed, replace_private};
use trueup_diagnostics::{Diagnostic, Diagnostics};
use trueup_operations::encryption::{self, Encryption};
use trueup_operations::{Project, World};
use trueup_plan::Plan;
use trueup_state::Header;

fn of_folder(world: &World) -> Result<Encryption, Diagnostics> {
    let (project, diagnostics) = Project::read_root(world);
    if diagnostics.has_errors() {
        return Err(diagnostics);
    }
    encryption::of(world, &project.config)
}

fn sentence(diagnostics: &Diagnostics) -> String {
    let first = diagnostics.errors().next();
    first.map_or_else(String::new, |error| {
        format!("{}: {}", error.summary, error.detail)
    })
}

/// Reads a saved plan or a state file, opened where it is sealed.
///
/// # Errors
/// In words, why it can't be read.
pub async fn read(world: &World, path: &Path) -> Result<Vec<u8>, String> {
    let bytes = std::fs::read(path).map_err(|error| error.to_string())?;
    opened(world, bytes).await
}

/// Reads a saved plan that a command was given, by its name relative to the folder.
///
/// # Errors
/// Why there is none to be read there.
pub async fn read_plan(world: &World, name: &str) -> Result<Plan, Box<Diagnostic>> {
    let failed = |why: String| {
        Box::new(Diagnostic::error(
            format!("Failed to load {name:?} as a plan file"),
            why,
        ))
    };
    let bytes = read(world, &world.dir.join(name))
        .await
        .map_err(|why| failed(format!("The plan file {name} could not be read: {why}.")))?;
    Plan::from_bytes(&bytes).map_err(|error| failed(format!("{name}: {error}.")))
}

/// The bytes, opened where they are sealed.
///
/// # Errors
/// In words, why they can't be opened.
async fn opened(world: &World, bytes: Vec<u8>) -> Result<Vec<u8>, String> {
    if !is_sealed(&bytes) {
        return Ok(bytes);
    }
    let encryption = of_folder(world).map_err(|found| sentence(&found))?;
    // Only states say their serial beside what is sealed.
    let sealing = match Header::read(&bytes).serial {
        Some(_) => encryption.state,
        None => encryption.plan,
    };
    if !sealing.is_on() {
        return Err("it is encrypted, and the configuration has no \"encryption\" block that says how to decrypt it; one may also stand in TF_ENCRYPTION".to_owned());
    }
    let opened = sealing.open_other(bytes).await;
    opened.map_err(|error| error.to_string())
}

/// Saves a plan for its owner's eyes only, sealed where the configuration asks for that.
///
/// # Errors
/// In words, why it can't be written.
pub async fn save_plan(world: &World, path: &Path, bytes: Vec<u8>) -> Result<(), String> {
    let encryption = of_folder(world).map_err(|found| sentence(&found))?;
    let sealed = encryption.plan.seal(bytes).await;
    let bytes = sealed.map_err(|error| error.to_string())?;
    let mut fresh = path.as_os_str().to_owned();
    fresh.push(".new");
    replace_private(path, Path::new(&fresh), &bytes).map_err(|error| error.to_string())
}
