//! Modules that a configuration calls: where a source address leads, how what lies there is fetched, and the
//! record of what was installed where, which is Terraform's, so that both programs can use one folder.
//!
//! What a module says is not known here. The network is behind [`Fetch`]; repositories are fetched by the
//! `git` program.

mod archive;
mod archive_form;
mod error;
mod fetch;
mod folders;
mod git;
mod http_source;
mod installer;
mod manifest;
mod registry;
mod shorthand;
mod source;

pub use error::Error;
pub use fetch::{BoxFuture, Fetch, FetchRequest, FetchResponse};
pub use installer::{ChosenVersion, Installed, Installer, Wanted};
pub use manifest::{Manifest, Record};
pub use source::{RegistrySource, RemoteSource, Source, SourceError};
