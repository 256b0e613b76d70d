//! IAM: roles and policies, and the policies that are documents only.

pub(crate) mod policy;
pub(crate) mod policy_document;
pub(crate) mod role;
pub(crate) mod role_policy_attachment;

use std::time::Duration;

use trueup_aws::Error;
use trueup_provider::{Problem, Problems};
use trueup_value::{Path, Value};

use crate::iam_policy;
use crate::members::{filled, member};

/// How long what was just made may be unknown elsewhere.
const PROPAGATION: Duration = Duration::from_secs(120);

/// Where something is gone that was just made or changed.
const GONE: &str = "It was deleted meanwhile, or is not known everywhere yet. Run again.";

/// Whether two policies mean the same.
fn alike(old: &Value, new: &Value) -> bool {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    iam_policy::equivalent(&text(old), &text(new))
}

/// A policy as states keep it.
fn in_normal_form(text: &str) -> String {
    iam_policy::normalized(text).unwrap_or_else(|| text.to_owned())
}

/// The text of a policy that was read, as it was believed to be where that means the same.
fn as_believed(read: &str, believed: Option<&str>) -> String {
    let same = believed.filter(|believed| iam_policy::equivalent(believed, read));
    in_normal_form(same.unwrap_or(read))
}

/// The problem of a text that is no JSON.
fn bad_json(config: &Value, name: &str) -> Option<Problem> {
    let said = filled(config, name)?;
    let error = serde_json::from_str::<serde_json::Value>(said).err()?;
    Some(
        Problem::error(
            format!("{name:?} contains an invalid JSON: {error}"),
            "A policy is a JSON object; jsonencode and data aws_iam_policy_document write one.",
        )
        .at(Path::new().attr(name)),
    )
}

/// The problem of a name that is too long or has characters that IAM does not take.
fn bad_name(config: &Value, name: &str, most: usize) -> Option<Problem> {
    let said = filled(config, name)?;
    let fine = said
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || b"_+=,.@-".contains(&b));
    let summary = if !fine {
        format!("{name:?} must only contain alphanumeric characters and/or the following: +=,.@_-")
    } else if said.len() > most {
        format!("expected length of {name} to be in the range (1 - {most}), got {said}")
    } else {
        return None;
    };
    Some(Problem::error(summary, "").at(Path::new().attr(name)))
}

/// The problems of a block that says both a name and a prefix for one.
fn apart(config: &Value) -> Problems {
    // What is not known yet may turn out to be unset.
    let said = |name: &str| member(config, name).is_some_and(Value::is_known);
    if !said("name") || !said("name_prefix") {
        return Problems::new();
    }
    [("name", "name_prefix"), ("name_prefix", "name")]
        .into_iter()
        .map(|(name, other)| {
            Problem::error(
                "Conflicting configuration arguments",
                format!("{name:?}: conflicts with {other}"),
            )
            .at(Path::new().attr(name))
        })
        .collect()
}

/// Something still hangs on what was to be deleted; it may be on its way off.
fn has_dependents(error: &Error) -> bool {
    error.code() == "DeleteConflict"
}

/// A principal or role that was just made is not known everywhere at once.
fn not_known_yet(error: &Error) -> bool {
    error.code() == "MalformedPolicyDocument" && error.message().contains("Invalid principal")
}
