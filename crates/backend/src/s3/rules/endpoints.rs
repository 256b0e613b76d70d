//! Addresses of services in a block, and in variables of the environment.

use trueup_aws::Environment;
use trueup_value::Value;

use super::{Found, texts};
use crate::SettingPlace::{Block, Setting};
use crate::registry::{member, optional_string};
use crate::{Error, SettingProblem};

/// Services whose address has an older argument and an older variable.
pub(in crate::s3) const OLD: [(&str, &str, &str); 4] = [
    ("dynamodb", "dynamodb_endpoint", "DYNAMODB"),
    ("iam", "iam_endpoint", "IAM"),
    ("s3", "endpoint", "S3"),
    ("sts", "sts_endpoint", "STS"),
];

pub(super) fn check(
    config: &Value,
    environment: &Environment,
    found: &mut Found,
) -> Result<(), Error> {
    let block = member(config, "endpoints")?;
    for (service, old, name) in OLD {
        let new = optional_string(&block, service)?;
        if let Some(url) = &new {
            texts::old_address(url, Block, found);
        }
        if let Some(url) = optional_string(config, old)? {
            texts::old_address(&url, Setting(old), found);
            if new.is_some() {
                found.push(SettingProblem::error(
                    Block,
                    "Conflicting Parameters",
                    format!(
                        "The parameters {old:?} and \"endpoints.{service}\" cannot be configured together."
                    ),
                ));
            }
        } else if new.is_none()
            && let Some((variable, _)) = old_variable(environment, service)
        {
            let replaced_by = format!("AWS_ENDPOINT_URL_{name}");
            found.push(texts::old_variable(&variable, &replaced_by));
        }
    }
    if let Some(url) = optional_string(&block, "sso")? {
        texts::address(&url, Block, found);
    }
    Ok(())
}

/// The older variable that says a service's address, where the newer one says nothing.
pub(in crate::s3) fn old_variable(
    environment: &Environment,
    service: &str,
) -> Option<(String, String)> {
    let (_, _, name) = OLD.iter().find(|(known, _, _)| *known == service)?;
    if environment
        .get(&format!("AWS_ENDPOINT_URL_{name}"))
        .is_some()
    {
        return None;
    }
    let variable = format!("AWS_{name}_ENDPOINT");
    let url = environment.get(&variable)?.to_owned();
    Some((variable, url))
}
