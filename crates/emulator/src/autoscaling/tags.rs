//! Tags of targets, by the target's ARN.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Name, targets};
use crate::dynamodb::wire::Failure;
use crate::json_calls::{Call, invalid, refused};

/// How many tags a target may have.
const MOST: usize = 50;

/// The tags that a request gives.
pub(super) fn given(call: &Call<'_>) -> Result<BTreeMap<String, String>, Failure> {
    let tags = call.request.get("Tags").and_then(Value::as_object);
    let tags: BTreeMap<String, String> = tags
        .into_iter()
        .flatten()
        .filter_map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned())))
        .collect();
    if tags.keys().any(|key| key.starts_with("aws:")) {
        return Err(invalid("Tag keys must not begin with aws:"));
    }
    enough(&tags)?;
    Ok(tags)
}

fn enough(tags: &BTreeMap<String, String>) -> Result<(), Failure> {
    if tags.len() > MOST {
        return Err(refused("TooManyTagsException", "Too many tags"));
    }
    Ok(())
}

fn target(call: &Call<'_>) -> Result<(Name, targets::Target), Failure> {
    let arn = call.needed("ResourceARN")?;
    targets::all(call)?
        .into_iter()
        .find(|(_, target)| target.arn(call) == arn)
        .ok_or_else(|| {
            refused(
                "ResourceNotFoundException",
                format!("The specified resource does not exist: {arn}"),
            )
        })
}

pub(super) fn list(call: &Call<'_>) -> Result<Value, Failure> {
    Ok(json!({"Tags": target(call)?.1.tags}))
}

pub(super) fn tag(call: &Call<'_>) -> Result<Value, Failure> {
    let (name, mut target) = target(call)?;
    target.tags.extend(given(call)?);
    enough(&target.tags)?;
    targets::save(call, &name, &target)?;
    Ok(json!({}))
}

pub(super) fn untag(call: &Call<'_>) -> Result<Value, Failure> {
    let (name, mut target) = target(call)?;
    for key in call.texts("TagKeys") {
        target.tags.remove(key);
    }
    targets::save(call, &name, &target)?;
    Ok(json!({}))
}
