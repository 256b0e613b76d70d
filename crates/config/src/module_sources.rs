//! Where the modules lie that a configuration calls.

use std::sync::Arc;

use trueup_addrs::Module as ModulePath;
use trueup_diagnostics::Diagnostic;

use crate::ModuleCall;

/// A call whose module is looked for.
#[derive(Clone, Copy, Debug)]
pub struct CallSite<'a> {
    /// The path of the called module.
    pub path: &'a ModulePath,
    /// The folder of the calling module, relative to the root module; `"."` for the root itself.
    pub parent_dir: &'a str,
    /// The call.
    pub call: &'a ModuleCall,
}

/// Whoever knows where the modules lie that a configuration calls: beside it, or in a cache of what
/// `init` has fetched.
pub trait ModuleSources: Send + Sync {
    /// The folder of the called module, relative to the root module, with `/` between parts.
    ///
    /// # Errors
    /// Why there is none.
    fn locate(&self, site: CallSite<'_>) -> Result<Arc<str>, Box<Diagnostic>>;
}

/// Modules that lie in folders named by relative paths, and no others.
#[derive(Clone, Copy, Debug, Default)]
pub struct LocalFolders;

impl ModuleSources for LocalFolders {
    fn locate(&self, site: CallSite<'_>) -> Result<Arc<str>, Box<Diagnostic>> {
        let source = site.call.source.as_deref().unwrap_or_default();
        if site.call.is_local() {
            return Ok(joined(site.parent_dir, source).into());
        }
        Err(Box::new(
            Diagnostic::error(
                "Module not installed",
                "This module is not yet installed. Run \"trueup init\" to install all modules required by this configuration.",
            )
            .at(site.call.header),
        ))
    }
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
