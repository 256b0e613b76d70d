//! Roles to assume: what their blocks mean, and what is wrong with some.

use trueup_aws::{AssumeRole, AssumeRoleWithWebIdentity};
use trueup_provider::{Problem, Problems};
use trueup_value::{Path, Value};

use super::Environment;
use super::settings::duration;
use crate::members::{block, elements, filled, is_unknown, member, text_map, texts};

const ROLES: &str = "assume_role";
const WEB: &str = "assume_role_with_web_identity";

/// The role of one `assume_role` block.
pub(super) fn role(block: &Value) -> AssumeRole {
    let owned = |name: &str| filled(block, name).map(str::to_owned);
    AssumeRole {
        role_arn: owned("role_arn").unwrap_or_default(),
        session_name: owned("session_name"),
        external_id: owned("external_id"),
        duration: filled(block, "duration").and_then(duration),
        policy: owned("policy"),
        policy_arns: texts(block, "policy_arns").into_iter().collect(),
        source_identity: owned("source_identity"),
        tags: text_map(block, "tags"),
        transitive_tag_keys: texts(block, "transitive_tag_keys").into_iter().collect(),
    }
}

/// The role of an `assume_role_with_web_identity` block; what it leaves open the environment says.
pub(super) fn web_identity(
    config: &Value,
    environment: &Environment,
) -> Option<AssumeRoleWithWebIdentity> {
    let block = block(config, WEB)?;
    let owned = |name: &str| filled(block, name).map(str::to_owned);
    let of = |name: &str, variable: &str| {
        owned(name).or_else(|| environment.get(variable).map(str::to_owned))
    };
    let said = |name: &str| filled(block, name).is_some();
    let (token, file) = if said("web_identity_token") || said("web_identity_token_file") {
        (
            owned("web_identity_token"),
            owned("web_identity_token_file"),
        )
    } else {
        let of = |variable: &str| environment.get(variable).map(str::to_owned);
        (
            of("TF_AWS_WEB_IDENTITY_TOKEN"),
            of("AWS_WEB_IDENTITY_TOKEN_FILE"),
        )
    };
    Some(AssumeRoleWithWebIdentity {
        role_arn: of("role_arn", "AWS_ROLE_ARN").unwrap_or_default(),
        session_name: of("session_name", "AWS_ROLE_SESSION_NAME"),
        duration: filled(block, "duration").and_then(duration),
        policy: owned("policy"),
        policy_arns: texts(block, "policy_arns").into_iter().collect(),
        web_identity_token: token,
        web_identity_token_file: file.map(|path| environment.path(&path)),
    })
}

/// What is wrong with the blocks.
pub(super) fn check(config: &Value, environment: &Environment, found: &mut Problems) {
    let roles = elements(config, ROLES);
    for (position, role) in roles.iter().enumerate() {
        let at = Path::new().attr(ROLES).position(position);
        let name = format!("{ROLES}.{position}");
        check_role(role, &name, &at, found);
        lengths(role, "external_id", 2..=1224, "+=,.@:/-", &name, &at, found);
        lengths(role, "source_identity", 2..=64, "+=,.@-", &name, &at, found);
        if filled(role, "role_arn").is_none() && !is_unknown(role, "role_arn") {
            let detail = "Each role of a chain needs its role_arn.";
            found.push(match roles.len() {
                1 => Problem::warning(
                    "Missing Configuration for Required Attribute",
                    "The assume_role block names no role_arn and is passed over. Later releases of the AWS provider refuse it.",
                ),
                _ => Problem::error("Missing Configuration for Required Attribute", detail),
            }
            .at(at.attr("role_arn")));
        }
    }
    let Some(web) = block(config, WEB) else {
        return;
    };
    let at = Path::new().attr(WEB).position(0);
    let name = format!("{WEB}.0");
    check_role(web, &name, &at, found);
    lengths(web, "web_identity_token", 4..=20000, "", &name, &at, found);
    let either = ["web_identity_token", "web_identity_token_file"];
    if either.iter().any(|name| is_unknown(web, name)) {
        return;
    }
    match either.map(|name| filled(web, name).is_some()) {
        [true, true] => found.push(
            Problem::error(
                "Invalid Attribute Combination",
                "Only one of web_identity_token and web_identity_token_file may be set.",
            )
            .at(at),
        ),
        [false, false] => {
            let variables = ["TF_AWS_WEB_IDENTITY_TOKEN", "AWS_WEB_IDENTITY_TOKEN_FILE"];
            let set = variables
                .iter()
                .filter(|name| environment.get(name).is_some());
            let detail = match set.count() {
                1 => return,
                0 => {
                    "One of web_identity_token and web_identity_token_file must be set, here or by TF_AWS_WEB_IDENTITY_TOKEN or AWS_WEB_IDENTITY_TOKEN_FILE."
                }
                _ => {
                    "Both TF_AWS_WEB_IDENTITY_TOKEN and AWS_WEB_IDENTITY_TOKEN_FILE are set. Unset one of them."
                }
            };
            found.push(Problem::error("Invalid Attribute Combination", detail).at(at));
        }
        _ => {}
    }
}

fn check_role(role: &Value, name: &str, at: &Path, found: &mut Problems) {
    let mut wrong = |attribute: &str, summary: String, detail: &str| {
        found.push(Problem::error(summary, detail).at(at.attr(attribute)));
    };
    let least = 15.0 * 60.0;
    let most = 12.0 * 3600.0;
    match filled(role, "duration").map(|text| (text, duration(text))) {
        Some((text, None)) => wrong(
            "duration",
            format!("\"{name}.duration\" cannot be parsed as a duration: {text:?}"),
            "Write it with units, such as 1h or 30m.",
        ),
        Some((_, Some(length))) if !(least..=most).contains(&length.as_secs_f64()) => wrong(
            "duration",
            format!(
                "duration \"{name}.duration\" must be between 15 minutes (15m) and 12 hours (12h), inclusive"
            ),
            "",
        ),
        _ => {}
    }
    if let Some(arn) = filled(role, "role_arn")
        && !arn.starts_with("arn:")
    {
        let summary = format!("\"{name}.role_arn\" ({arn}) is an invalid ARN: arn: invalid prefix");
        wrong("role_arn", summary, "");
    }
    for arn in texts(role, "policy_arns") {
        if !arn.starts_with("arn:") {
            let summary =
                format!("\"{name}.policy_arns\" ({arn}) is an invalid ARN: arn: invalid prefix");
            wrong("policy_arns", summary, "");
        }
    }
    if let Some(policy) = filled(role, "policy")
        && let Err(error) = serde_json::from_str::<serde_json::Value>(policy)
    {
        let summary = format!("\"{name}.policy\" contains an invalid JSON: {error}");
        wrong("policy", summary, "");
    }
    lengths(role, "session_name", 2..=64, "+=,.@-", name, at, found);
}

/// Checks the length of a text, and that it holds only letters, digits, `_` and these signs; without
/// signs any character will do.
fn lengths(
    block: &Value,
    attribute: &str,
    allowed: std::ops::RangeInclusive<usize>,
    signs: &str,
    name: &str,
    at: &Path,
    found: &mut Problems,
) {
    let Some(text) = member(block, attribute).and_then(Value::as_str) else {
        return;
    };
    if !allowed.contains(&text.len()) {
        found.push(
            Problem::error(
                format!(
                    "expected length of {name}.{attribute} to be in the range ({} - {}), got {text}",
                    allowed.start(),
                    allowed.end()
                ),
                "",
            )
            .at(at.attr(attribute)),
        );
    }
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '_' || signs.contains(c);
    if !signs.is_empty() && !text.chars().all(fits) {
        found.push(
            Problem::error(
                format!("invalid value for {name}.{attribute} (letters, digits, _ and {signs} are allowed)"),
                "",
            )
            .at(at.attr(attribute)),
        );
    }
}
