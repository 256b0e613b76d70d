//! A folder's files to its module, and the modules it calls to a tree.

use std::collections::HashMap;
use std::io;
use std::sync::Arc;

use trueup_addrs::Module as ModulePath;
use trueup_diagnostics::{Diagnostic, Diagnostics, Sources};

use crate::blocks::read_file;
use crate::files::Files;
use crate::module::{Config, Module, ModuleNode};
use crate::module_sources::{CallSite, LocalFolders, ModuleSources};

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
    let mut diagnostics = Diagnostics::default();
    let mut loader = Loader {
        files,
        modules,
        sources,
        diagnostics: &mut diagnostics,
        read: HashMap::new(),
    };
    let module = match files.list(".") {
        Ok(names) => loader.module(".", names),
        Err(error) => {
            loader
                .diagnostics
                .push(unreadable("module directory", ".", &error));
            Module::default()
        }
    };
    let root = loader.node(ModulePath::root(), ".".into(), module, &mut Vec::new());
    (Config { root }, diagnostics)
}

struct Loader<'a> {
    files: &'a dyn Files,
    modules: &'a dyn ModuleSources,
    sources: &'a mut Sources,
    diagnostics: &'a mut Diagnostics,
    /// What was read of each folder: a module that is called twice is read once.
    read: HashMap<Arc<str>, Module>,
}

impl Loader<'_> {
    /// A module and, below it, those that it calls. `above` are the folders of the modules that contain it.
    fn node(
        &mut self,
        path: ModulePath,
        dir: Arc<str>,
        module: Module,
        above: &mut Vec<Arc<str>>,
    ) -> ModuleNode {
        let mut children = std::collections::BTreeMap::new();
        above.push(dir.clone());
        for (name, call) in &module.calls {
            if call.source.is_none() {
                // Said where the block was read.
                continue;
            }
            let child_path = path.child(name.clone());
            let site = CallSite {
                path: &child_path,
                parent_dir: &dir,
                call,
            };
            let child_dir = match self.modules.locate(site) {
                Ok(found) => found,
                Err(diagnostic) => {
                    self.diagnostics.push(*diagnostic);
                    continue;
                }
            };
            if above.contains(&child_dir) {
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
            let node = self.node(child_path, child_dir, child, above);
            children.insert(name.clone(), node);
        }
        above.pop();
        ModuleNode {
            path,
            dir,
            module,
            children,
        }
    }

    /// The module in a folder that a call names; `None` where it can't be read.
    fn called(&mut self, dir: &Arc<str>) -> Option<Module> {
        if let Some(known) = self.read.get(dir) {
            return Some(known.clone());
        }
        let names = self.files.list(dir).ok()?;
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
        self.read.insert(dir.clone(), module.clone());
        Some(module)
    }

    fn module(&mut self, dir: &str, mut names: Vec<String>) -> Module {
        let mut module = Module::default();
        names.retain(|name| is_config_file(name));
        names.sort();
        let mut bodies = Vec::new();
        for name in names {
            let path = match dir {
                "." => name,
                dir => format!("{dir}/{name}"),
            };
            let bytes = match self.files.read(&path) {
                Ok(bytes) => bytes,
                Err(error) => {
                    self.diagnostics
                        .push(unreadable("configuration file", &path, &error));
                    continue;
                }
            };
            if path.ends_with(".json") || is_override(&path) {
                self.diagnostics.push(Diagnostic::error(
                    "File not supported yet",
                    format!("This version of trueup does not read {path}: JSON configuration and override files come later. docs/compatibility.md lists what it reads."),
                ));
                continue;
            }
            let (_, body, found) = trueup_parser::parse_file(self.sources, path.as_str(), &bytes);
            self.diagnostics.extend(found);
            bodies.push(body);
        }
        for body in &bodies {
            read_file(body, self.sources, &mut module, self.diagnostics);
        }
        module
    }
}

/// Whether a file of this name belongs to a module.
fn is_config_file(name: &str) -> bool {
    !is_ignored_file(name) && (name.ends_with(".tf") || name.ends_with(".tf.json"))
}

/// Whether files of this name are passed over everywhere: hidden ones, and those that editors leave behind.
pub fn is_ignored_file(name: &str) -> bool {
    name.starts_with('.') || name.ends_with('~') || (name.starts_with('#') && name.ends_with('#'))
}

fn is_override(path: &str) -> bool {
    let name = path.rsplit_once('/').map_or(path, |(_, name)| name);
    let stem = name.trim_end_matches(".json").trim_end_matches(".tf");
    stem == "override" || stem.ends_with("_override")
}

fn unreadable(what: &str, path: &str, error: &io::Error) -> Diagnostic {
    Diagnostic::error(
        format!("Failed to read {what}"),
        format!("{path} could not be read: {error}."),
    )
}
