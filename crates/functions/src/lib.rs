//! The built-in functions: signature, doc, body and cases; one registry.
//!
//! A function is a static [`Function`] in the file of its family and one line in [`registry`]. What is common
//! to all of them happens in [`call`](mod@call): arguments are converted to the types of the parameters, null and
//! unknown arguments are met as each parameter says, and marks pass to the result. Functions reach files, the
//! clock and randomness only through the [`Context`] they are handed.

mod base64_text;
pub mod call;
mod charsets;
mod checksums;
mod cidr;
mod collections;
mod context;
mod conversions;
mod csv;
mod dates;
mod files;
mod floats;
mod format;
mod function;
mod gzip;
mod identifiers;
mod json_text;
mod numeric;
mod paths;
mod patterns;
pub mod registry;
mod rsa;
mod secrets;
mod sensitivity;
mod strings;
mod terraform_provider;
mod urls;
mod yaml;

pub use call::{ArgumentError, CallError, call, convert_arguments, invoke, return_type};
pub use context::{Context, DiskFiles, FileKind, Files, NoFiles, Source};
pub use files::text_of;
pub use function::{
    Body, Call, Function, FunctionError, Parameter, Refine, Returns, Shape, argument_error,
    call_error,
};
pub use registry::{all, lookup, suggest};
pub use terraform_provider::{all_builtin, lookup_builtin};
