//! A configuration as it was read, with the texts that its diagnostics point into.

use std::sync::Arc;

use trueup_addrs::Resource;
use trueup_config::{Config, InMemory, ModuleNode, OnDisk, Snapshot, load_from};
use trueup_diagnostics::{Diagnostic, Diagnostics, Sources};
use trueup_planner::Given;
use trueup_provider::Registry;
use trueup_schema::ResourceSchema;

use crate::World;
use crate::called_modules::{self, Kept, Recorded};
use crate::installation;

/// A configuration and its texts.
#[derive(Clone, Default)]
pub struct Project {
    /// The configuration.
    pub config: Arc<Config>,
    /// The texts, those of variables included.
    pub sources: Arc<Sources>,
    /// The files that were read, for the saved plan.
    pub files: Snapshot,
    /// How the values of variables were given.
    pub given: Given,
}

impl Project {
    /// Reads the configuration of the working folder. `required` refuses a folder without one.
    pub fn read(world: &World, required: bool) -> (Self, Diagnostics) {
        let files = OnDisk::new(&world.dir);
        let mut sources = Sources::new();
        let (manifest, unreadable) = match called_modules::manifest(world) {
            Ok(manifest) => (manifest, None),
            Err(diagnostic) => (Default::default(), Some(diagnostic)),
        };
        let recorded = Recorded::new(world, manifest.clone());
        let (config, mut diagnostics) = load_from(&files, &recorded, &mut sources);
        if diagnostics.has_errors() {
            // What is wrong with declarations is told with it; otherwise checks before the plan say so.
            diagnostics.extend(trueup_planner::check_declarations(&config));
        }
        diagnostics.extend(unreadable);
        let mut files = files.snapshot();
        if required && files.is_empty() && !diagnostics.has_errors() {
            diagnostics.push(Diagnostic::error(
                "No configuration files",
                format!("There is no configuration (*.tf) in {}. Without one, a plan would mean to destroy everything that the state holds: if that is what you want, use the destroy command.", world.dir.display()),
            ));
        }
        Kept::keep(&manifest, &mut files);
        let project = Self {
            config: Arc::new(config),
            sources: Arc::new(sources),
            files,
            ..Self::default()
        };
        (project, diagnostics)
    }

    /// Reads only the root module: enough to know where the state is. Modules that it calls may be missing.
    pub fn read_root(world: &World) -> (Self, Diagnostics) {
        let (config, sources, diagnostics) = installation::read_root(world);
        let project = Self {
            config: Arc::new(config),
            sources,
            ..Self::default()
        };
        (project, diagnostics)
    }

    /// Reads the configuration that a saved plan carries.
    pub fn of_snapshot(files: Snapshot) -> (Self, Diagnostics) {
        let mut sources = Sources::new();
        let (config, diagnostics) =
            load_from(&InMemory(files.clone()), &Kept::of(&files), &mut sources);
        let project = Self {
            config: Arc::new(config),
            sources: Arc::new(sources),
            files,
            ..Self::default()
        };
        (project, diagnostics)
    }
}

/// The schema of a resource that a module declares.
pub(crate) fn schema_of(
    config: &Config,
    node: &ModuleNode,
    resource: &Resource,
    providers: &Registry,
) -> Option<Arc<ResourceSchema>> {
    let declared = node.module.resources.get(resource)?;
    let addr = config.provider_of(&node.path, declared);
    providers.schema(&addr.provider, resource.mode, &resource.kind)
}
