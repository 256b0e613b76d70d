//! Where the modules lie that a configuration calls.

use std::sync::Arc;

use trueup_addrs::Module as ModulePath;
use trueup_diagnostics::{Diagnostic, Diagnostics, Sources};

use crate::{Module, ModuleCall, is_local_source};

/// A module that calls others, and the modules above it.
#[derive(Clone, Copy, Debug)]
pub struct Caller<'a> {
    /// Its path.
    pub path: &'a ModulePath,
    /// Its folder, relative to the root module; `"."` for the root itself.
    pub dir: &'a str,
    /// What it declares.
    pub module: &'a Module,
    /// The call that leads to it, with the module that it stands in; `None` for the root module.
    pub called: Option<(&'a ModuleCall, &'a Caller<'a>)>,
}

impl Caller<'_> {
    /// Whether it, or a module above it, lies in this folder.
    pub fn is_within(&self, dir: &str) -> bool {
        self.dir == dir || self.called.is_some_and(|(_, above)| above.is_within(dir))
    }
}

/// A call whose module is looked for.
#[derive(Clone, Copy, Debug)]
pub struct CallSite<'a> {
    /// The path of the called module.
    pub path: &'a ModulePath,
    /// The calling module.
    pub caller: &'a Caller<'a>,
    /// The call.
    pub call: &'a ModuleCall,
    /// The texts that spans point into.
    pub sources: &'a Sources,
}

/// Where a called module lies.
#[derive(Clone, Debug)]
pub struct Located {
    /// The folder, relative to the root module, with `/` between parts.
    pub dir: Arc<str>,
    /// What is wrong although there is a folder, such as a source that was changed since it was filled.
    pub problems: Diagnostics,
}

impl Located {
    /// A folder with nothing to be said of it.
    pub fn at(dir: impl Into<Arc<str>>) -> Self {
        Self {
            dir: dir.into(),
            problems: Diagnostics::default(),
        }
    }
}

/// Whoever knows where the modules lie that a configuration calls: beside it, or in a cache of what
/// `init` has fetched.
pub trait ModuleSources: Send + Sync {
    /// The folder of the called module.
    ///
    /// # Errors
    /// Why there is none. Without a diagnostic the call is passed over in silence.
    fn locate(&self, site: CallSite<'_>) -> Result<Located, Diagnostics>;
}

/// Modules that lie in folders named by relative paths, and no others.
#[derive(Clone, Copy, Debug, Default)]
pub struct LocalFolders;

impl ModuleSources for LocalFolders {
    fn locate(&self, site: CallSite<'_>) -> Result<Located, Diagnostics> {
        let source = site.call.literal_source()?;
        if is_local_source(&source) {
            return Ok(Located::at(joined(site.caller.dir, &source)));
        }
        Err(Diagnostics::from_iter([not_installed(site.call)]))
    }
}

/// No module was installed for a call.
pub fn not_installed(call: &ModuleCall) -> Diagnostic {
    Diagnostic::error(
        "Module not installed",
        "This module is not yet installed. Run \"trueup init\" to install all modules required by this configuration.",
    )
    .at(call.header)
}

/// The folder that `relative` names as seen from `dir`, both relative to the root module.
pub fn joined(dir: &str, relative: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in dir.split('/').chain(relative.split(['/', '\\'])) {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    if parts.is_empty() {
        return ".".into();
    }
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::joined;

    #[test]
    fn paths_are_joined_without_detours() {
        for (dir, relative, wanted) in [
            (".", "./m", "m"),
            ("m", "./n/", "m/n"),
            ("sub/a", "../../lib/b", "lib/b"),
            (".", "../up", "../up"),
            ("../up", "../side", "../side"),
            ("m", "../", "."),
        ] {
            assert_eq!(joined(dir, relative), wanted, "{relative} seen from {dir}");
        }
    }
}
