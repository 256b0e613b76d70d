//! The one closed set of ways in which a module can't be installed.

/// Why a module could not be installed, in words that can follow "because".
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The network, or a server's answer.
    #[error("{url}: {problem}")]
    Fetch {
        /// What was asked for.
        url: String,
        /// The answer, or why there is none.
        problem: String,
    },
    /// A registry does not show the module, or speaks no module protocol.
    #[error("{problem}")]
    Registry {
        /// In words.
        problem: String,
    },
    /// A registry has no module of that name.
    #[error("module {module:?} cannot be found in the registry at {host}")]
    NoModule {
        /// The module, without its host.
        module: String,
        /// The registry.
        host: String,
    },
    /// No version of a module meets the constraints.
    #[error("{problem}")]
    NoVersion {
        /// In words, with the newest version that there is.
        problem: String,
    },
    /// The `git` program failed.
    #[error("git {what}: {problem}")]
    Git {
        /// The step, such as `clone`.
        what: &'static str,
        /// What it wrote to standard error.
        problem: String,
    },
    /// An archive that is damaged, too large, or leads out of its folder.
    #[error("the archive {name}: {problem}")]
    Archive {
        /// Where it came from.
        name: String,
        /// In words.
        problem: String,
    },
    /// The checksum that the source gives is not that of what was fetched.
    #[error("checksums did not match: {wanted} was expected, {found} was found")]
    Checksum {
        /// As the source says it.
        wanted: String,
        /// Of the same kind.
        found: String,
    },
    /// A source that is not fetched here, or an option of one.
    #[error("{problem}")]
    Unsupported {
        /// In words.
        problem: String,
    },
    /// A file or folder refused.
    #[error("{path}: {problem}")]
    Io {
        /// The file or folder.
        path: String,
        /// The system's answer.
        problem: String,
    },
    /// The package has no such folder.
    #[error("there is no folder {subdir:?} in the package")]
    NoSubdir {
        /// The folder.
        subdir: String,
    },
}

impl Error {
    pub(crate) fn io(path: &std::path::Path, error: &std::io::Error) -> Self {
        Self::Io {
            path: path.display().to_string(),
            problem: error.to_string(),
        }
    }

    pub(crate) fn unsupported(problem: impl Into<String>) -> Self {
        Self::Unsupported {
            problem: problem.into(),
        }
    }
}
