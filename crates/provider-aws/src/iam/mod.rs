//! IAM, as far as it needs no calls: documents of policies.

pub(crate) mod policy_document;
