//! The arguments of a `backend "s3"` block: those of Terraform 1.11, and those OpenTofu adds that
//! this program honours.

use trueup_schema::{Attribute, Block, NestedBlock};
use trueup_value::Type;

/// Arguments that hold a text.
const STRINGS: [&str; 29] = [
    "access_key",
    "acl",
    "bucket",
    "custom_ca_bundle",
    "dynamodb_endpoint",
    "dynamodb_table",
    "ec2_metadata_service_endpoint",
    "ec2_metadata_service_endpoint_mode",
    "endpoint",
    "http_proxy",
    "https_proxy",
    "iam_endpoint",
    "key",
    "kms_key_id",
    "no_proxy",
    "profile",
    "region",
    "retry_mode",
    "secret_key",
    "shared_credentials_file",
    "sse_customer_key",
    "sts_endpoint",
    "sts_region",
    "token",
    "workspace_key_prefix",
    "assume_role_policy",
    "external_id",
    "role_arn",
    "session_name",
];

/// Arguments that hold a bool.
const BOOLS: [&str; 12] = [
    "encrypt",
    "force_path_style",
    "insecure",
    "skip_credentials_validation",
    "skip_metadata_api_check",
    "skip_region_validation",
    "skip_requesting_account_id",
    "skip_s3_checksum",
    "use_dualstack_endpoint",
    "use_fips_endpoint",
    "use_lockfile",
    "use_path_style",
];

/// Arguments that hold a set of texts.
const SETS: [&str; 6] = [
    "allowed_account_ids",
    "forbidden_account_ids",
    "shared_config_files",
    "shared_credentials_files",
    "assume_role_policy_arns",
    "assume_role_transitive_tag_keys",
];

/// Arguments that hold a map of texts.
const MAPS: [&str; 3] = ["assume_role_tags", "lock_tags", "state_tags"];

/// Arguments that hold a number.
const NUMBERS: [&str; 2] = ["assume_role_duration_seconds", "max_retries"];

/// Arguments that OpenTofu has and Terraform lacks.
pub(crate) const OPENTOFUS: [&str; 10] = [
    "assume_role_duration_seconds",
    "assume_role_policy",
    "assume_role_policy_arns",
    "assume_role_tags",
    "assume_role_transitive_tag_keys",
    "external_id",
    "lock_tags",
    "role_arn",
    "session_name",
    "state_tags",
];

/// Members of arguments that Terraform has and OpenTofu lacks.
pub(crate) const NOT_OPENTOFUS: [(&str, &str); 2] =
    [("endpoints", "sso"), ("assume_role", "source_identity")];

/// The type of an object whose members may all be left out, but these.
fn object(names: &[(&'static str, Type)], required: &[&str]) -> Type {
    Type::object_with_optional(
        names.iter().map(|(name, ty)| (*name, ty.clone())),
        names
            .iter()
            .map(|(name, _)| *name)
            .filter(|name| !required.contains(name)),
    )
}

/// The schema of the block.
pub(crate) fn schema() -> Block {
    let mut block = Block::new();
    for name in STRINGS {
        let mut attribute = Attribute::optional(Type::String);
        if matches!(name, "sse_customer_key") {
            attribute = attribute.sensitive();
        }
        block = block.attribute(name, attribute);
    }
    for name in BOOLS {
        block = block.attribute(name, Attribute::optional(Type::Bool));
    }
    for name in SETS {
        block = block.attribute(name, Attribute::optional(Type::set(Type::String)));
    }
    let strings = |names: &[&'static str]| -> Vec<(&'static str, Type)> {
        names.iter().map(|name| (*name, Type::String)).collect()
    };
    let endpoints = strings(&["dynamodb", "iam", "s3", "sso", "sts"]);
    let mut role = strings(&[
        "duration",
        "external_id",
        "policy",
        "role_arn",
        "session_name",
        "source_identity",
    ]);
    role.extend([
        ("policy_arns", Type::set(Type::String)),
        ("tags", Type::map(Type::String)),
        ("transitive_tag_keys", Type::set(Type::String)),
    ]);
    let mut web_identity = strings(&[
        "duration",
        "policy",
        "role_arn",
        "session_name",
        "web_identity_token",
        "web_identity_token_file",
    ]);
    web_identity.push(("policy_arns", Type::set(Type::String)));
    for name in NUMBERS {
        block = block.attribute(name, Attribute::optional(Type::Number));
    }
    for name in MAPS {
        block = block.attribute(name, Attribute::optional(Type::map(Type::String)));
    }
    block
        .attribute("endpoints", Attribute::optional(object(&endpoints, &[])))
        .attribute(
            "assume_role",
            Attribute::optional(object(&role, &["role_arn"])),
        )
        // OpenTofu takes a role's name from the environment too.
        .attribute(
            "assume_role_with_web_identity",
            Attribute::optional(object(&web_identity, &[])),
        )
}

/// Arguments of the block that say nothing of how AWS is reached.
const OF_STATES: [&str; 15] = [
    "acl",
    "bucket",
    "dynamodb_table",
    "encrypt",
    "force_path_style",
    "key",
    "kms_key_id",
    "lock_tags",
    "skip_s3_checksum",
    "sse_customer_key",
    "state_tags",
    "use_lockfile",
    "use_path_style",
    "workspace_key_prefix",
    "dynamodb_endpoint",
];

/// The endpoints that reaching AWS may name.
const REACHED: [&str; 4] = ["iam", "kms", "sso", "sts"];

/// The arguments of the block that say how AWS is reached, for others that reach it.
pub fn reach_schema() -> Block {
    let mut block = schema();
    for name in OF_STATES {
        block.attributes.remove(name);
    }
    let endpoints = REACHED.map(|name| (name, Type::String));
    block.attribute("endpoints", Attribute::optional(object(&endpoints, &[])))
}

/// As [`reach_schema`], with `endpoints` as a block: so OpenTofu has it outside of backends.
pub fn reach_schema_with_block() -> Block {
    let mut block = reach_schema();
    block.attributes.remove("endpoints");
    let inside = REACHED.iter().fold(Block::new(), |inside, name| {
        inside.attribute(*name, Attribute::optional(Type::String))
    });
    block.block("endpoints", NestedBlock::single(inside))
}
