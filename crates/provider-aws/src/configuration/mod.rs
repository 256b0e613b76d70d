//! The `provider "aws"` block: what it may say, and what that means for a connection.

mod schema;
mod services;
mod settings;
mod validate;

pub(crate) use schema::body;
pub(crate) use settings::{duration, settings, tag_policy};
pub(crate) use validate::validate;
