//! Keys that states are encrypted with.

use base64::Engine;
use trueup_aws::{Arn, Environment};
use trueup_value::Value;

use super::{Found, only_one};
use crate::SettingPlace::{Block, Setting};
use crate::registry::optional_string;
use crate::{Error, SettingProblem};

/// The variable that a customer's key may come from.
pub(in crate::s3) const CUSTOMER_KEY: &str = "AWS_SSE_CUSTOMER_KEY";

pub(super) fn check(config: &Value, found: &mut Found) -> Result<(), Error> {
    only_one(config, ["kms_key_id", "sse_customer_key"], found)?;
    if let Some(key) = optional_string(config, "kms_key_id")? {
        kms(&key, found);
    }
    Ok(())
}

/// A key of KMS by its id, its alias, or the ARN of either.
fn kms(text: &str, found: &mut Found) {
    let (what, kept) = match Arn::parse(text) {
        Ok(arn) => {
            let key = arn.resource.strip_prefix("key/");
            ("ARN", key.is_some_and(is_key_id) || is_alias(arn.resource))
        }
        Err(_) => ("ID", is_key_id(text) || is_alias(text)),
    };
    if !kept {
        found.push(SettingProblem::error(
            Setting("kms_key_id"),
            format!("Invalid KMS Key {what}"),
            format!("Value must be a valid KMS Key {what}, got {text:?}"),
        ));
    }
}

fn is_alias(text: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "/_-".contains(c);
    text.strip_prefix("alias/")
        .is_some_and(|name| !name.is_empty() && name.chars().all(allowed))
}

/// A UUID as RFC 4122 has them, or the id of a key of several regions.
fn is_key_id(text: &str) -> bool {
    let is_hex = |text: &str| {
        text.bytes()
            .all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
    };
    if let Some(rest) = text.strip_prefix("mrk-") {
        return rest.len() == 32 && is_hex(rest);
    }
    let groups: Vec<&str> = text.split('-').collect();
    groups.iter().map(|group| group.len()).eq([8, 4, 4, 4, 12])
        && groups.iter().all(|group| is_hex(group))
        && groups[2].starts_with(|c| ('1'..='5').contains(&c))
        && groups[3].starts_with(['8', '9', 'a', 'b'])
}

pub(super) fn check_meaning(
    config: &Value,
    environment: &Environment,
    found: &mut Found,
) -> Result<(), Error> {
    if let Some(key) = optional_string(config, "sse_customer_key")? {
        if let Some(problem) = why_no_customer_key(&key) {
            found.push(SettingProblem::error(
                Setting("sse_customer_key"),
                "Invalid sse_customer_key value",
                format!("sse_customer_key {problem}"),
            ));
        }
        return Ok(());
    }
    let Some(key) = environment.get(CUSTOMER_KEY) else {
        return Ok(());
    };
    if let Some(problem) = why_no_customer_key(key) {
        found.push(SettingProblem::error(
            Block,
            format!("Invalid {CUSTOMER_KEY} value"),
            format!("The environment variable {CUSTOMER_KEY:?} {problem}"),
        ));
    } else if optional_string(config, "kms_key_id")?.is_some() {
        found.push(SettingProblem::error(
            Block,
            "Invalid encryption configuration",
            format!(
                "Only one of \"kms_key_id\" and the environment variable {CUSTOMER_KEY:?} can be set.\n\nThe \"kms_key_id\" is used for encryption with KMS-Managed Keys (SSE-KMS)\nwhile {CUSTOMER_KEY:?} is used for encryption with customer-managed keys (SSE-C).\nPlease choose one or the other."
            ),
        ));
    }
    Ok(())
}

fn why_no_customer_key(key: &str) -> Option<String> {
    if key.len() != 44 {
        return Some("must be 44 characters in length".to_owned());
    }
    let at = match base64::engine::general_purpose::STANDARD.decode(key) {
        Ok(_) => return None,
        Err(
            base64::DecodeError::InvalidByte(at, _) | base64::DecodeError::InvalidLastSymbol(at, _),
        ) => at,
        Err(_) => key.len(),
    };
    Some(format!(
        "must be base64 encoded: illegal base64 data at input byte {at}"
    ))
}
