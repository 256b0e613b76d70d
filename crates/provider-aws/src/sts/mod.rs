//! STS: who we are.

pub(crate) mod caller_identity;
