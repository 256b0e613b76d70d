//! The `provider "aws"` block: what it may say, and what that means for a connection.

mod endpoints;
mod roles;
mod schema;
mod services;
mod settings;
mod validate;

pub(crate) use schema::body;
pub(crate) use settings::{duration, settings, tag_policy};
pub use trueup_aws::Environment;
pub(crate) use validate::validate;
