//! A directory to a module tree of typed blocks, expressions kept unevaluated.
//!
//! The loader reads `.tf` files through one door ([`Files`]), so that a saved plan's copy of the
//! configuration is read by the same code as a folder on disk. It knows the blocks of the language
//! but no provider's schema: what a provider defines stays a syntax tree.

mod backend;
mod blocks;
pub mod content;
mod files;
mod json_shape;
mod load;
mod module;
mod module_files;
mod module_sources;
mod overrides;
mod passed_providers;
pub mod test_files;
mod variables_file;
mod versions;

pub use backend::{Backend, Encryption};
pub use blocks::{
    Check, Condition, Ephemeral, IgnoreChanges, Import, ImportTarget, Lifecycle, Local, ModuleCall,
    Moved, Output, PassedProvider, PreventDestroy, ProviderBlock, ProviderRef, Removed, Repetition,
    RequiredProvider, Resource, Variable, is_local_source,
};
pub use files::{Files, InMemory, OnDisk, Snapshot};
pub use json_shape::ENCRYPTION;
pub use load::{load, load_at, load_from};
pub use module::{Config, Module, ModuleNode};
pub use module_files::{is_configuration_file, is_ignored_file};
pub use module_sources::{
    CallSite, Caller, LocalFolders, Located, ModuleSources, joined, not_installed,
};
pub use overrides::merge_body;
pub use passed_providers::{
    check as check_passed_providers, check_existence as check_passed_providers_exist,
};
pub use variables_file::{
    VariablesFile, read_arguments_file, read_variables_file, variables_file_names,
};
pub use versions::{Constraint, Constraints, Version};
