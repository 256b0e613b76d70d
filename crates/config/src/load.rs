//! A folder's files to its module, and the modules it calls to a tree.

use std::io;

use trueup_addrs::Module as ModulePath;
use trueup_diagnostics::{Diagnostic, Diagnostics, Sources};

use crate::blocks::read_file;
use crate::files::Files;
use crate::module::{Config, Module, ModuleNode};

/// Reads the configuration whose root module is the door's root folder. Sources are added under the
/// names that diagnostics show. What could be read comes back even with errors.
pub fn load(files: &dyn Files, sources: &mut Sources) -> (Config, Diagnostics) {
    let mut diagnostics = Diagnostics::default();
    let module = load_module(files, ".", sources, &mut diagnostics);
    let root = ModuleNode {
        path: ModulePath::root(),
        dir: ".".into(),
        module,
        children: Default::default(),
    };
    (Config { root }, diagnostics)
}

fn load_module(
    files: &dyn Files,
    dir: &str,
    sources: &mut Sources,
    diagnostics: &mut Diagnostics,
) -> Module {
    let mut module = Module::default();
    let mut names = match files.list(dir) {
        Ok(names) => names,
        Err(error) => {
            diagnostics.push(unreadable("module directory", dir, &error));
            return module;
        }
    };
    names.retain(|name| is_config_file(name));
    names.sort();
    let mut bodies = Vec::new();
    for name in names {
        let path = match dir {
            "." => name,
            dir => format!("{dir}/{name}"),
        };
        let bytes = match files.read(&path) {
            Ok(bytes) => bytes,
            Err(error) => {
                diagnostics.push(unreadable("configuration file", &path, &error));
                continue;
            }
        };
        if path.ends_with(".json") || is_override(&path) {
            diagnostics.push(Diagnostic::error(
                "File not supported yet",
                format!("This version of trueup does not read {path}: JSON configuration and override files come later. docs/compatibility.md lists what it reads."),
            ));
            continue;
        }
        let (_, body, found) = trueup_parser::parse_file(sources, path.as_str(), &bytes);
        diagnostics.extend(found);
        bodies.push(body);
    }
    for body in &bodies {
        read_file(body, sources, &mut module, diagnostics);
    }
    module
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
