//! The `provider "aws"` block: what it may say, and what that means for a connection.

mod endpoints;
mod environment;
mod roles;
mod schema;
mod services;
mod settings;
mod validate;

pub use environment::Environment;
pub(crate) use schema::body;
pub(crate) use settings::{duration, settings, tag_policy};
pub(crate) use validate::validate;
