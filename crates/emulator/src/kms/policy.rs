//! Key policies: a text a key, refused where nobody could change it any more.

use serde_json::{Value, json};

use super::{keys, page};
use crate::caller::partition;
use crate::dynamodb::wire::Failure;
use crate::json_calls::{Call, refused};

/// The one name that a key's policy may have.
const NAME: &str = "default";

/// The policy of a key for which none was given: the account may do everything.
pub(super) fn default(call: &Call<'_>) -> String {
    format!(
        "{{\n  \"Version\" : \"2012-10-17\",\n  \"Id\" : \"key-default-1\",\n  \"Statement\" : [ {{\n    \"Sid\" : \"Enable IAM User Permissions\",\n    \"Effect\" : \"Allow\",\n    \"Principal\" : {{\n      \"AWS\" : \"{}\"\n    }},\n    \"Action\" : \"kms:*\",\n    \"Resource\" : \"*\"\n  }} ]\n}}",
        root(call)
    )
}

fn root(call: &Call<'_>) -> String {
    format!("arn:{}:iam::{}:root", partition(call.region), call.account)
}

/// Refuses a text that is no policy, and one that shuts the caller out.
pub(super) fn check(call: &Call<'_>, text: &str) -> Result<(), Failure> {
    let malformed = |message: &str| refused("MalformedPolicyDocumentException", message);
    let Ok(policy) = serde_json::from_str::<Value>(text) else {
        return Err(malformed("Policy contains invalid json"));
    };
    let Some(statements) = policy.get("Statement") else {
        return Err(malformed("Policy contains a statement with no statements"));
    };
    if call.flag("BypassPolicyLockoutSafetyCheck") == Some(true) {
        return Ok(());
    }
    let lets_in = all(statements).iter().any(|statement| {
        let allows = statement.get("Effect").and_then(Value::as_str) == Some("Allow");
        let action = texts(statement.get("Action")).iter().any(|action| {
            let action = action.to_ascii_lowercase();
            matches!(
                action.as_str(),
                "*" | "kms:*" | "kms:put*" | "kms:putkeypolicy"
            )
        });
        let who = match statement.get("Principal") {
            Some(Value::Object(kinds)) => texts(kinds.get("AWS")),
            other => texts(other),
        };
        let us = who
            .iter()
            .any(|who| who == "*" || *who == call.account || *who == root(call));
        allows && action && us
    });
    if lets_in {
        return Ok(());
    }
    Err(malformed(
        "The new key policy will not allow you to update the key policy in the future.",
    ))
}

fn all(value: &Value) -> Vec<&Value> {
    match value {
        Value::Array(values) => values.iter().collect(),
        other => vec![other],
    }
}

fn texts(value: Option<&Value>) -> Vec<String> {
    value
        .map(all)
        .unwrap_or_default()
        .into_iter()
        .filter_map(|value| value.as_str().map(str::to_owned))
        .collect()
}

fn named(call: &Call<'_>) -> Result<(), Failure> {
    match call.text("PolicyName") {
        None | Some(NAME) => Ok(()),
        Some(_) => Err(refused("NotFoundException", "No such policy exists")),
    }
}

pub(super) fn get(call: &Call<'_>) -> Result<Value, Failure> {
    let key = keys::named(call)?;
    named(call)?;
    Ok(json!({"Policy": key.policy, "PolicyName": NAME}))
}

pub(super) fn put(call: &Call<'_>) -> Result<Value, Failure> {
    let mut key = keys::named(call)?;
    key.ours(call)?;
    key.not_leaving(call)?;
    named(call)?;
    let text = call.needed("Policy")?;
    check(call, text)?;
    key.policy = text.to_owned();
    key.save(call)?;
    Ok(Value::Null)
}

pub(super) fn list(call: &Call<'_>) -> Result<Value, Failure> {
    keys::named(call)?;
    Ok(page(call, "PolicyNames", vec![json!(NAME)], 1000))
}
