//! What is set on a key: rotation of its material, and tags.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{keys, page};
use crate::dynamodb::wire::Failure;
use crate::json_calls::{Call, refused, within};

/// Days between rotations where none are said.
pub(super) const YEAR: i64 = 365;

/// How many tags a key may have.
const MOST_TAGS: usize = 50;

fn rotates(key: &keys::Key) -> Result<(), Failure> {
    if key.spec == "SYMMETRIC_DEFAULT" && key.origin == "AWS_KMS" {
        return Ok(());
    }
    Err(refused("UnsupportedOperationException", ""))
}

pub(super) fn rotation(call: &Call<'_>) -> Result<Value, Failure> {
    let key = keys::named(call)?;
    rotates(&key)?;
    let mut answer = json!({
        "KeyId": key.arn(call),
        "KeyRotationEnabled": key.rotation.is_some(),
    });
    if let Some(days) = key.rotation {
        answer["RotationPeriodInDays"] = json!(days);
    }
    Ok(answer)
}

pub(super) fn rotate(call: &Call<'_>, on: bool) -> Result<Value, Failure> {
    let mut key = keys::named(call)?;
    key.ours(call)?;
    key.not_leaving(call)?;
    if !key.enabled {
        return Err(refused(
            "DisabledException",
            format!("{} is disabled.", key.arn(call)),
        ));
    }
    rotates(&key)?;
    let days = call
        .whole("RotationPeriodInDays")
        .or(key.rotation)
        .unwrap_or(YEAR);
    if on {
        within(days, "rotationPeriodInDays", 90, 2560)?;
    }
    key.rotation = on.then_some(days);
    key.save(call)?;
    Ok(Value::Null)
}

/// The tags that a request gives.
pub(super) fn tags_of(call: &Call<'_>) -> Result<BTreeMap<String, String>, Failure> {
    let text = |tag: &Value, name: &str| tag.get(name).and_then(Value::as_str).map(str::to_owned);
    let given = call.request.get("Tags").and_then(Value::as_array);
    let mut tags = BTreeMap::new();
    for tag in given.into_iter().flatten() {
        let (Some(key), Some(value)) = (text(tag, "TagKey"), text(tag, "TagValue")) else {
            return Err(refused(
                "TagException",
                "A tag needs a TagKey and a TagValue.",
            ));
        };
        if key.starts_with("aws:") {
            return Err(refused(
                "TagException",
                "aws: prefixed tag key names are not allowed for external use.",
            ));
        }
        if tags.insert(key, value).is_some() {
            return Err(refused("TagException", "Duplicate tag keys"));
        }
    }
    enough(&tags)?;
    Ok(tags)
}

fn enough(tags: &BTreeMap<String, String>) -> Result<(), Failure> {
    if tags.len() > MOST_TAGS {
        return Err(refused("LimitExceededException", "Too many tags"));
    }
    Ok(())
}

pub(super) fn tags(call: &Call<'_>) -> Result<Value, Failure> {
    let key = keys::named(call)?;
    let all = key
        .tags
        .iter()
        .map(|(key, value)| json!({"TagKey": key, "TagValue": value}));
    Ok(page(call, "Tags", all.collect(), 50))
}

pub(super) fn tag(call: &Call<'_>) -> Result<Value, Failure> {
    let mut key = keys::named(call)?;
    key.ours(call)?;
    key.not_leaving(call)?;
    key.tags.extend(tags_of(call)?);
    enough(&key.tags)?;
    key.save(call)?;
    Ok(Value::Null)
}

pub(super) fn untag(call: &Call<'_>) -> Result<Value, Failure> {
    let mut key = keys::named(call)?;
    key.ours(call)?;
    key.not_leaving(call)?;
    for name in call.texts("TagKeys") {
        key.tags.remove(name);
    }
    key.save(call)?;
    Ok(Value::Null)
}
