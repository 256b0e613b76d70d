//! Roles that a block assumes.

use trueup_aws::{Environment, parse_duration, show_duration};
use trueup_value::Value;

use super::Found;
use super::texts::{arn, length_problem, name, not_blank};
use crate::SettingPlace::{Block, Setting};
use crate::registry::{member, optional_string, strings};
use crate::{Error, SettingProblem};

/// OpenTofu's older arguments for a role, each with the member of `assume_role` that takes its place.
pub(in crate::s3) const FLAT: [(&str, &str); 8] = [
    ("assume_role_duration_seconds", "duration"),
    ("assume_role_policy", "policy"),
    ("assume_role_policy_arns", "policy_arns"),
    ("assume_role_tags", "tags"),
    ("assume_role_transitive_tag_keys", "transitive_tag_keys"),
    ("external_id", "external_id"),
    ("role_arn", "role_arn"),
    ("session_name", "session_name"),
];

/// Session credentials last at least and at most so many nanoseconds.
const LENGTHS: std::ops::RangeInclusive<i64> = 900_000_000_000..=43_200_000_000_000;

pub(super) fn check(
    config: &Value,
    environment: &Environment,
    found: &mut Found,
) -> Result<(), Error> {
    let role = member(config, "assume_role")?;
    if !role.is_null() {
        let role_arn = optional_string(&role, "role_arn")?.unwrap_or_default();
        if not_blank(&role_arn, Block, found) {
            arn_of(&role_arn, "role", found);
        }
        if let Some(id) = optional_string(&role, "external_id")? {
            name(&id, 1224, "=,.@:/+-", found);
        }
        if let Some(identity) = optional_string(&role, "source_identity")? {
            name(&identity, 64, "=,.@+-", found);
        }
        session(&role, found)?;
    }
    flat(config, role.is_null(), found)?;
    let web = member(config, "assume_role_with_web_identity")?;
    if !web.is_null() {
        web_identity(&web, environment, found)?;
    }
    Ok(())
}

/// What roles of both kinds may say of their sessions.
fn session(role: &Value, found: &mut Found) -> Result<(), Error> {
    if let Some(text) = optional_string(role, "duration")? {
        duration(&text, found);
    }
    if let Some(text) = optional_string(role, "policy")? {
        policy(&text, found);
    }
    for text in strings(role, "policy_arns")? {
        arn_of(&text, "policy", found);
    }
    if let Some(session) = optional_string(role, "session_name")? {
        name(&session, 64, "=,.@+-", found);
    }
    Ok(())
}

fn web_identity(web: &Value, environment: &Environment, found: &mut Found) -> Result<(), Error> {
    const WEB: &str = "assume_role_with_web_identity";
    match optional_string(web, "role_arn")? {
        Some(role_arn) => {
            not_blank(&role_arn, Block, found);
        }
        // OpenTofu takes the role from here.
        None if environment.get("AWS_ROLE_ARN").is_some() => {}
        None => {
            found.push(SettingProblem::error(
                Setting(WEB),
                "Incorrect attribute value type",
                format!(
                    "Inappropriate value for attribute {WEB:?}: attribute \"role_arn\" is required."
                ),
            ));
            return Ok(());
        }
    }
    session(web, found)?;
    let token = optional_string(web, "web_identity_token")?;
    let file = optional_string(web, "web_identity_token_file")?;
    for text in [&token, &file].into_iter().flatten() {
        let length = text.chars().count();
        if !(4..=20_000).contains(&length) {
            found.push(length_problem(4, 20_000, length));
        }
    }
    let outside = ["AWS_WEB_IDENTITY_TOKEN", "AWS_WEB_IDENTITY_TOKEN_FILE"];
    let problem = match (token, file) {
        (Some(_), Some(_)) => (
            "Invalid Attribute Combination",
            "Only one of web_identity_token, web_identity_token_file can be set.",
        ),
        (None, None) if environment.first(&outside).is_none() => (
            "Missing Required Value",
            "Exactly one of web_identity_token, web_identity_token_file must be set.",
        ),
        _ => return Ok(()),
    };
    found.push(SettingProblem::error(Setting(WEB), problem.0, problem.1));
    Ok(())
}

/// OpenTofu's older arguments: on their way out alone, wrong beside an `assume_role`.
fn flat(config: &Value, alone: bool, found: &mut Found) -> Result<(), Error> {
    let mut said = Vec::new();
    for (old, new) in FLAT {
        if !member(config, old)?.is_null() {
            said.push(format!("  * {old:<31} -> assume_role.{new}"));
        }
    }
    if said.is_empty() {
        return Ok(());
    }
    let list = said.join("\n");
    found.push(match alone {
        true => SettingProblem::warning(
            Block,
            "Deprecated Parameters",
            format!("The following parameters have been deprecated. Replace them as follows:\n{list}\n"),
        ),
        false => SettingProblem::error(
            Block,
            "Conflicting Parameters",
            format!("The following deprecated parameters conflict with the parameter \"assume_role\". Replace them as follows:\n{list}\n"),
        ),
    });
    Ok(())
}

/// The ARN of a role or a policy.
fn arn_of(text: &str, kind: &str, found: &mut Found) {
    let Some(arn) = arn(text, found) else {
        return;
    };
    let is_of_kind = arn
        .resource
        .strip_prefix(kind)
        .is_some_and(|rest| rest.starts_with('/'));
    if !is_of_kind {
        let shown = if kind == "role" { "Role" } else { "Policy" };
        found.push(SettingProblem::error(
            Block,
            format!("Invalid IAM {shown} ARN"),
            format!("Value must be a valid IAM {shown} ARN, got {text:?}"),
        ));
    }
}

fn duration(text: &str, found: &mut Found) {
    let detail = match parse_duration(text) {
        Ok(length) if LENGTHS.contains(&length) => return,
        Ok(length) => format!(
            "Duration must be between {} and {}, had {}",
            show_duration(*LENGTHS.start()),
            show_duration(*LENGTHS.end()),
            show_duration(length)
        ),
        Err(problem) => format!("The value {text:?} cannot be parsed as a duration: {problem}"),
    };
    found.push(SettingProblem::error(Block, "Invalid Duration", detail));
}

fn policy(text: &str, found: &mut Found) {
    const EXPECTED: &str = "Expected a JSON object describing the policy";
    let text = text.trim();
    if !not_blank(text, Block, found) {
        return;
    }
    if text.starts_with('{') {
        if let Err(problem) = serde_json::from_str::<serde::de::IgnoredAny>(text) {
            found.push(SettingProblem::error(
                Block,
                "Invalid JSON Document",
                format!("The JSON document contains an error: {problem}"),
            ));
        }
        return;
    }
    let detail = if text.starts_with('"') {
        let said = format!("{EXPECTED}, had a JSON-encoded string.");
        match serde_json::from_str::<String>(text) {
            Ok(content) if content.ends_with(".json") => format!(
                "{said}\n\nThe string {content:?} looks like a filename, please pass the contents of the file instead of the filename."
            ),
            Ok(content) if serde_json::from_str::<serde::de::IgnoredAny>(&content).is_ok() => {
                format!(
                    "{said}\n\nThe string content was valid JSON, your policy document may have been double-encoded."
                )
            }
            _ => said,
        }
    } else {
        EXPECTED.to_owned()
    };
    found.push(SettingProblem::error(
        Block,
        "Invalid IAM Policy Document",
        detail,
    ));
}
