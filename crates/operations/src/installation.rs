//! Installing the modules that a configuration calls, and those that they call.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use trueup_config::{
    CallSite, Config, Located, ModuleSources, OnDisk, is_configuration_file, joined, load_from,
};
use trueup_diagnostics::{Diagnostic, Diagnostics, Sources, Span};
use trueup_modules::{Error, Fetch, Installer, Source, Wanted};

use crate::World;
use crate::called_modules::{self, Calls};

/// Who is told of modules that are installed.
pub trait Hooks: Sync + Send {
    /// A package is about to be fetched.
    fn download(&self, key: &str, package: &str, version: Option<&str>);
    /// A module was installed in a folder.
    fn installed(&self, key: &str, dir: &str);
}

/// Reads only the root module. What it calls is not looked for.
pub fn read_root(world: &World) -> (Config, Arc<Sources>, Diagnostics) {
    struct NoModules;
    impl ModuleSources for NoModules {
        fn locate(&self, _site: CallSite<'_>) -> Result<Located, Diagnostics> {
            Err(Diagnostics::default())
        }
    }
    let files = OnDisk::new(&world.dir);
    let mut sources = Sources::new();
    let (config, diagnostics) = load_from(&files, &NoModules, &mut sources);
    (config, Arc::new(sources), diagnostics)
}

/// Whether the working folder holds configuration files of its own.
pub fn has_configuration(world: &World) -> bool {
    std::fs::read_dir(&world.dir).is_ok_and(|entries| {
        entries
            .flatten()
            .any(|entry| is_configuration_file(&entry.file_name().to_string_lossy()))
    })
}

/// Installs what the configuration calls: what is recorded and still fits stays, unless `upgrade` asks for
/// everything anew. The diagnostics hold what is wrong with the configuration, too.
pub async fn install(
    world: &World,
    fetch: &dyn Fetch,
    upgrade: bool,
    hooks: &dyn Hooks,
) -> (Arc<Sources>, Diagnostics) {
    let manifest = match called_modules::manifest(world) {
        Ok(manifest) => manifest,
        Err(diagnostic) => return (Arc::default(), Diagnostics::from_iter([diagnostic])),
    };
    let store = called_modules::store(world);
    let mut walk = Walk {
        root: &world.dir,
        calls: Calls::new(world),
        hooks,
        state: Mutex::new(State {
            installer: Installer::new(&world.dir, store, manifest, upgrade, fetch),
            pending: Vec::new(),
            failed: BTreeMap::new(),
        }),
    };
    loop {
        let files = OnDisk::new(&world.dir);
        let mut sources = Sources::new();
        let (_, mut diagnostics) = load_from(&files, &walk, &mut sources);
        let state = walk.state.get_mut().unwrap_or_else(PoisonError::into_inner);
        let pending = std::mem::take(&mut state.pending);
        if pending.is_empty() {
            if let Err(error) = state.installer.save() {
                diagnostics.push(Diagnostic::error(
                    "Failed to update module manifest",
                    format!("Unable to write the module manifest file: {error}."),
                ));
            }
            return (Arc::new(sources), diagnostics);
        }
        for call in pending {
            let key = call.wanted.key.clone();
            if let Err(diagnostic) = state.fetch(&call, hooks).await {
                state
                    .failed
                    .insert(key, Diagnostics::from_iter([diagnostic]));
            }
        }
    }
}

/// A call whose module has to be fetched.
struct Pending {
    wanted: Wanted,
    /// The name of the call, and where it is written: `main.tf:3`.
    name: String,
    place: String,
    header: Span,
}

struct State<'a> {
    installer: Installer<'a>,
    pending: Vec<Pending>,
    /// What went wrong with a module, by key; said again each time that the configuration is read.
    failed: BTreeMap<String, Diagnostics>,
}

impl State<'_> {
    async fn fetch(&mut self, call: &Pending, hooks: &dyn Hooks) -> Result<(), Diagnostic> {
        let wanted = &call.wanted;
        let chosen = self
            .installer
            .choose(wanted)
            .await
            .map_err(|error| of_registry(call, &error))?;
        let version = chosen.as_ref().map(|chosen| chosen.text());
        hooks.download(&wanted.key, &wanted.source.package(), version.as_deref());
        let installed = self
            .installer
            .install(wanted, chosen)
            .await
            .map_err(|error| {
                Diagnostic::error(
                    "Failed to download module",
                    format!(
                        "Could not download module {:?} ({}) source code from {:?}: {error}.",
                        call.name,
                        call.place,
                        wanted.source.package()
                    ),
                )
                .at(call.header)
            })?;
        hooks.installed(&wanted.key, &installed.dir);
        Ok(())
    }
}

fn of_registry(call: &Pending, error: &Error) -> Diagnostic {
    let (name, place) = (&call.name, &call.place);
    let package = call.wanted.source.package();
    let host = package.split('/').next().unwrap_or_default();
    let (summary, detail) = match error {
        Error::NoVersion { problem } => (
            "Unresolvable module version",
            format!("The version of module {name:?} ({place}) can't be chosen: {problem}."),
        ),
        Error::NoModule { .. } => (
            "Module not found",
            format!(
                "Module {package:?} (from {place}) cannot be found in the module registry at {host}."
            ),
        ),
        error => (
            "Error accessing remote module registry",
            format!(
                "Failed to retrieve available versions for module {name:?} ({place}) from {host}: {error}."
            ),
        ),
    };
    Diagnostic::error(summary, detail).at(call.header)
}

/// Reads the configuration while its modules are being installed.
struct Walk<'a> {
    root: &'a Path,
    calls: Calls<'a>,
    hooks: &'a dyn Hooks,
    state: Mutex<State<'a>>,
}

impl ModuleSources for Walk<'_> {
    fn locate(&self, site: CallSite<'_>) -> Result<Located, Diagnostics> {
        let wanted = self.calls.wanted(&site)?;
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = state.failed.get(&wanted.key) {
            return Err(found.clone());
        }
        if let Some(dir) = state.installer.settled(&wanted) {
            return Ok(Located::at(dir));
        }
        let place = place_of(site.sources, site.call.header);
        let Source::Local(path) = &wanted.source else {
            state.pending.push(Pending {
                name: site.call.name.to_string(),
                place,
                header: site.call.header,
                wanted,
            });
            return Err(Diagnostics::default());
        };
        let dir = joined(site.caller.dir, path);
        let Some(missing) = first_missing(self.root, &dir) else {
            state.installer.record_local(&wanted, &dir);
            self.hooks.installed(&wanted.key, &dir);
            return Ok(Located::at(dir));
        };
        state.installer.record_local(&wanted, "");
        self.hooks.installed(&wanted.key, "");
        let summary = "Unreadable module directory";
        let found = Diagnostics::from_iter([
            Diagnostic::error(
                summary,
                format!(
                    "Unable to evaluate directory symlink: lstat {missing}: no such file or directory"
                ),
            ),
            Diagnostic::error(
                summary,
                format!(
                    "The directory  could not be read for module {:?} at {place}.",
                    site.call.name
                ),
            ),
        ]);
        state.failed.insert(wanted.key, found.clone());
        Err(found)
    }
}

/// File and line of a place: `main.tf:3`.
fn place_of(sources: &Sources, span: Span) -> String {
    let place = sources.place(span);
    place
        .split_once(',')
        .map_or(place.clone(), |(place, _)| place.to_owned())
}

/// The first part of a path that is not there; `None` where all of it is.
fn first_missing(root: &Path, dir: &str) -> Option<String> {
    let mut so_far = PathBuf::new();
    for part in Path::new(dir).components() {
        so_far.push(part);
        if !matches!(part, Component::CurDir | Component::ParentDir) && !root.join(&so_far).exists()
        {
            return Some(so_far.display().to_string());
        }
    }
    None
}

/// Copies the files of a module into the working folder, which holds no configuration yet.
///
/// # Errors
/// A bad address, a folder that is not empty, or what fetching fails with.
pub async fn copy_module(
    world: &World,
    fetch: &dyn Fetch,
    address: &str,
) -> Result<(), Diagnostic> {
    let source = Source::parse(address, false).map_err(|error| {
        Diagnostic::error(
            "Invalid module source address",
            format!("{address:?}, given by -from-module, is no module source address: {error}."),
        )
    })?;
    let manifest = called_modules::manifest(world)?;
    let store = called_modules::store(world);
    let mut installer = Installer::new(&world.dir, store, manifest, false, fetch);
    installer
        .copy_to(&source, &world.dir)
        .await
        .map_err(|error| {
            Diagnostic::error(
                "Failed to download module",
                format!("Could not copy the module {address:?}: {error}."),
            )
        })
}
