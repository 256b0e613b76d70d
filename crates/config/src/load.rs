//! A folder's files to its module, and the modules it calls to a tree.

use std::collections::HashMap;
use std::io;
use std::sync::Arc;

use trueup_addrs::Module as ModulePath;
use trueup_diagnostics::{Diagnostic, Diagnostics, Sources};
use trueup_parser::Body;

use crate::ModuleCall;
use crate::blocks::read_file;
use crate::files::Files;
use crate::json_shape::FILE;
use crate::module::{Config, Module, ModuleNode};
use crate::module_files::module_files;
use crate::module_sources::{CallSite, Caller, LocalFolders, ModuleSources};

/// Reads the configuration whose root module is the door's root folder. Sources are added under the
/// names that diagnostics show. What could be read comes back even with errors. Of the modules that it
/// calls, those in folders named by relative paths are read.
pub fn load(files: &dyn Files, sources: &mut Sources) -> (Config, Diagnostics) {
    load_from(files, &LocalFolders, sources)
}

/// As [`load`], with someone who knows where called modules lie.
pub fn load_from(
    files: &dyn Files,
    modules: &dyn ModuleSources,
    sources: &mut Sources,
) -> (Config, Diagnostics) {
    load_at(files, ".", modules, sources)
}

/// As [`load_from`], for a configuration whose root module is another folder, such as one that a test runs.
pub fn load_at(
    files: &dyn Files,
    dir: &str,
    modules: &dyn ModuleSources,
    sources: &mut Sources,
) -> (Config, Diagnostics) {
    let mut diagnostics = Diagnostics::default();
    let mut loader = Loader {
        files,
        modules,
        sources,
        diagnostics: &mut diagnostics,
        read: HashMap::new(),
    };
    let module = match files.list(dir) {
        Ok(names) => loader.module(dir, names),
        Err(error) => {
            loader
                .diagnostics
                .push(unreadable("module directory", dir, &error));
            Module::default()
        }
    };
    let root = loader.node(ModulePath::root(), dir.into(), module, None);
    (Config { root }, diagnostics)
}

struct Loader<'a> {
    files: &'a dyn Files,
    modules: &'a dyn ModuleSources,
    sources: &'a mut Sources,
    diagnostics: &'a mut Diagnostics,
    /// What was read of each folder: a module that is called twice is read once.
    read: HashMap<Arc<str>, (Module, Diagnostics)>,
}

impl Loader<'_> {
    /// A module and, below it, those that it calls. `called` is the call that leads to it.
    fn node(
        &mut self,
        path: ModulePath,
        dir: Arc<str>,
        module: Module,
        called: Option<(&ModuleCall, &Caller<'_>)>,
    ) -> ModuleNode {
        let mut children = std::collections::BTreeMap::new();
        let caller = Caller {
            path: &path,
            dir: &dir,
            module: &module,
            called,
        };
        for (name, call) in &module.calls {
            if call.source.is_none() {
                // Said where the block was read.
                continue;
            }
            let child_path = path.child(name.clone());
            let site = CallSite {
                path: &child_path,
                caller: &caller,
                call,
                sources: self.sources,
            };
            let located = match self.modules.locate(site) {
                Ok(located) => located,
                Err(found) => {
                    self.diagnostics.extend(found);
                    continue;
                }
            };
            let child_dir = located.dir;
            if caller.is_within(&child_dir) {
                self.diagnostics.push(
                    Diagnostic::error(
                        "Module calls itself",
                        format!("The module in {child_dir} would contain itself through {child_path}, without end. A module can't call itself, directly or through others."),
                    )
                    .at(call.header),
                );
                continue;
            }
            let Some(child) = self.called(&child_dir) else {
                self.diagnostics.push(
                    Diagnostic::error(
                        "Module not installed",
                        format!("This module's local cache directory {child_dir} could not be read. Run \"trueup init\" to install all modules required by this configuration."),
                    )
                    .at(call.header),
                );
                continue;
            };
            self.diagnostics.extend(located.problems);
            let node = self.node(child_path, child_dir, child, Some((call, &caller)));
            children.insert(name.clone(), node);
        }
        ModuleNode {
            path,
            dir,
            module,
            children,
        }
    }

    /// The module in a folder that a call names; `None` where it can't be read.
    fn called(&mut self, dir: &Arc<str>) -> Option<Module> {
        if let Some((known, found)) = self.read.get(dir) {
            // Each call is told what is wrong with its module.
            self.diagnostics.extend(found.clone());
            return Some(known.clone());
        }
        // Nothing is recorded of a folder that could not be found.
        if dir.is_empty() {
            return None;
        }
        let names = self.files.list(dir).ok()?;
        let told = std::mem::take(self.diagnostics);
        let mut module = self.module(dir, names);
        if let Some(backend) = module.backend.take() {
            self.diagnostics.push(
                Diagnostic::warning(
                    "Backend configuration ignored",
                    "Any selected backend applies to the entire configuration, so Terraform expects provider configurations only in the root module.\n\nThis is a warning rather than an error because it's sometimes convenient to temporarily call a root module as a child module for testing purposes, but this backend configuration block will have no effect.",
                )
                .at(backend.header),
            );
        }
        let found = std::mem::replace(self.diagnostics, told);
        self.diagnostics.extend(found.clone());
        self.read.insert(dir.clone(), (module.clone(), found));
        Some(module)
    }

    fn module(&mut self, dir: &str, names: Vec<String>) -> Module {
        let mut module = Module::default();
        let names = module_files(names);
        let mut bodies = self.bodies(dir, names.primary);
        let overrides = self.bodies(dir, names.overrides);
        crate::overrides::merge(&mut bodies, overrides, self.diagnostics);
        for body in &bodies {
            read_file(body, self.sources, &mut module, self.diagnostics);
        }
        module
    }

    /// The syntax trees of a folder's files.
    fn bodies(&mut self, dir: &str, names: Vec<String>) -> Vec<Body> {
        let mut bodies = Vec::new();
        for name in names {
            let path = match dir {
                "." => name,
                dir => format!("{dir}/{name}"),
            };
            match self.files.read(&path) {
                Ok(bytes) => {
                    let (_, body, found) = if path.ends_with(".json") {
                        trueup_parser::parse_json_file(self.sources, &path, &bytes, &FILE)
                    } else {
                        trueup_parser::parse_file(self.sources, &path, &bytes)
                    };
                    self.diagnostics.extend(found);
                    bodies.push(body);
                }
                Err(error) => {
                    self.diagnostics
                        .push(unreadable("configuration file", &path, &error));
                }
            }
        }
        bodies
    }
}

fn unreadable(what: &str, path: &str, error: &io::Error) -> Diagnostic {
    Diagnostic::error(
        format!("Failed to read {what}"),
        format!("{path} could not be read: {error}."),
    )
}
