//! What a `backend "s3"` block must look like, in the words in which Terraform 1.11 says it. First come
//! the rules on the block alone; where they are kept, those on what it means here.

mod encryption;
mod endpoints;
mod roles;
mod texts;

use trueup_aws::{Environment, partition};
use trueup_value::Value;

use crate::SettingPlace::{Block, Nowhere, Setting};
use crate::registry::{member, optional_bool, optional_string};
use crate::{Error, SettingProblem};
pub(super) use encryption::CUSTOMER_KEY;
pub(super) use endpoints::{OLD as OLD_ENDPOINTS, old_variable};
use texts::Found;

/// The summary of the one problem that is none for the embedded AWS, which has a region of its own.
pub const MISSING_REGION: &str = "Missing region value";

/// Everything that is wrong with the block. Values of another type than the schema's are errors.
///
/// # Errors
/// [`Error::Setting`] for a value that is not known, or not of its type.
pub(crate) fn check(
    config: &Value,
    environment: &Environment,
) -> Result<Vec<SettingProblem>, Error> {
    let mut found = Vec::new();
    names(config, environment, &mut found)?;
    encryption::check(config, &mut found)?;
    roles::check(config, environment, &mut found)?;
    deprecated(config, &mut found)?;
    endpoints::check(config, environment, &mut found)?;
    reach(config, environment, &mut found)?;
    if !found.iter().any(|problem| problem.is_error) {
        meaning(config, environment, &mut found)?;
    }
    Ok(found)
}

/// Bucket, keys and region.
fn names(config: &Value, environment: &Environment, found: &mut Found) -> Result<(), Error> {
    for name in ["bucket", "key"] {
        let at = Setting(name);
        let Some(text) = optional_string(config, name)? else {
            found.push(SettingProblem::error(
                at,
                "Missing Required Value",
                format!("The attribute {name:?} is required by the backend.\n\nRefer to the backend documentation for additional information which attributes are required."),
            ));
            continue;
        };
        let kept = texts::not_blank(&text, at, found);
        if name == "key" && kept && texts::path(&text, at, found) && text.contains("//") {
            found.push(SettingProblem::error(
                at,
                "Invalid Value",
                "Value must not contain \"//\"",
            ));
        }
    }
    let region = optional_string(config, "region")?.filter(|region| !region.is_empty());
    let outside = environment.first(&["AWS_REGION", "AWS_DEFAULT_REGION"]);
    if region.is_none() && outside.is_none() {
        found.push(SettingProblem::error(
            Setting("region"),
            MISSING_REGION,
            "The \"region\" attribute or the \"AWS_REGION\" or \"AWS_DEFAULT_REGION\" environment variables must be set.",
        ));
    }
    if let Some(prefix) = optional_string(config, "workspace_key_prefix")?
        && !prefix.is_empty()
    {
        texts::path(&prefix, Setting("workspace_key_prefix"), found);
    }
    Ok(())
}

/// Two settings of which only one may be said.
fn only_one(config: &Value, names: [&'static str; 2], found: &mut Found) -> Result<(), Error> {
    let [one, other] = names;
    if !member(config, one)?.is_null() && !member(config, other)?.is_null() {
        found.push(SettingProblem::error(
            Nowhere,
            "Invalid Attribute Combination",
            format!("Only one of {one}, {other} can be set."),
        ));
    }
    Ok(())
}

/// Names on their way out, each with the one that takes its place.
const DEPRECATED: [(&str, &str); 7] = [
    ("dynamodb_endpoint", "endpoints.dynamodb"),
    ("dynamodb_table", "use_lockfile"),
    ("endpoint", "endpoints.s3"),
    ("force_path_style", "use_path_style"),
    ("iam_endpoint", "endpoints.iam"),
    ("shared_credentials_file", "shared_credentials_files"),
    ("sts_endpoint", "endpoints.sts"),
];

fn deprecated(config: &Value, found: &mut Found) -> Result<(), Error> {
    for (old, new) in DEPRECATED {
        if !member(config, old)?.is_null() {
            found.push(SettingProblem::warning(
                Setting(old),
                "Deprecated Parameter",
                format!("The parameter {old:?} is deprecated. Use parameter {new:?} instead."),
            ));
        }
    }
    only_one(
        config,
        ["shared_credentials_file", "shared_credentials_files"],
        found,
    )?;
    only_one(config, ["force_path_style", "use_path_style"], found)?;
    only_one(
        config,
        ["allowed_account_ids", "forbidden_account_ids"],
        found,
    )
}

/// How AWS is reached.
fn reach(config: &Value, environment: &Environment, found: &mut Found) -> Result<(), Error> {
    if let Some(mode) = optional_string(config, "retry_mode")?
        && !is_retry_mode(&mode)
    {
        found.push(SettingProblem::error(
            Setting("retry_mode"),
            "Invalid Value",
            format!("unknown RetryMode, {mode}"),
        ));
    }
    if let Some(address) = optional_string(config, "ec2_metadata_service_endpoint")? {
        texts::address(&address, Setting("ec2_metadata_service_endpoint"), found);
    }
    if let Some(mode) = optional_string(config, "ec2_metadata_service_endpoint_mode")?
        && !matches!(&*mode, "IPv4" | "IPv6")
    {
        found.push(SettingProblem::error(
            Setting("ec2_metadata_service_endpoint_mode"),
            "Invalid Value",
            "Value must be one of [IPv4, IPv6]",
        ));
    }
    if member(config, "ec2_metadata_service_endpoint")?.is_null()
        && environment.old_metadata_address().is_some()
    {
        found.push(texts::old_variable(
            "AWS_METADATA_URL",
            "AWS_EC2_METADATA_SERVICE_ENDPOINT",
        ));
    }
    Ok(())
}

fn is_retry_mode(mode: &str) -> bool {
    matches!(mode, "standard" | "adaptive")
}

/// What settings that are well written cannot mean.
fn meaning(config: &Value, environment: &Environment, found: &mut Found) -> Result<(), Error> {
    let checked = !optional_bool(config, "skip_region_validation")?.unwrap_or(false);
    if checked
        && let Some(region) = optional_string(config, "region")?
        && !region.is_empty()
        && partition(&region).is_none()
    {
        found.push(SettingProblem::error(
            Setting("region"),
            "Invalid region value",
            format!("Invalid AWS Region: {region}"),
        ));
        return Ok(());
    }
    encryption::check_meaning(config, environment, found)?;
    for (name, proxy) in [("http_proxy", "HTTP"), ("https_proxy", "HTTPS")] {
        if let Some(url) = optional_string(config, name)?
            && let Err(problem) = texts::url(&url)
        {
            found.push(SettingProblem::error(
                Nowhere,
                format!("Invalid {proxy} Proxy"),
                format!("Unable to parse URL: {problem}"),
            ));
        }
    }
    if member(config, "retry_mode")?.is_null()
        && let Some(mode) = environment.get("AWS_RETRY_MODE")
        && !is_retry_mode(mode)
    {
        found.push(SettingProblem::error(
            Block,
            "Invalid AWS_RETRY_MODE value",
            format!("unknown RetryMode, {mode}"),
        ));
    }
    Ok(())
}
