//! Aliases: names of keys, which may move from key to key.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{defaults, keys, page, prefix};
use crate::dynamodb::wire::Failure;
use crate::json_calls::{Call, broken, invalid, now, refused};

/// The kind of an alias's record.
const KIND: &str = "kms/alias";

/// What is kept of an alias.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
struct Alias {
    target: String,
    created: f64,
    updated: f64,
}

/// The id of the key behind an alias of the account.
pub(super) fn target(call: &Call<'_>, name: &str) -> Result<Option<String>, Failure> {
    let found: Option<Alias> = call.records.get(KIND, call.region, name)?;
    Ok(found.map(|alias| alias.target))
}

fn missing(call: &Call<'_>, name: &str) -> Failure {
    refused(
        "NotFoundException",
        format!("Alias {}{name} is not found.", prefix(call)),
    )
}

/// The alias that a request names, if its name may be one of the account's.
fn named<'a>(call: &'a Call<'_>) -> Result<&'a str, Failure> {
    let name = call.needed("AliasName")?;
    let plain = name.strip_prefix("alias/").is_some_and(|rest| {
        !rest.is_empty()
            && rest
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'/' | b'_' | b'-'))
    });
    if !plain || name.len() > 256 {
        return Err(broken(
            Some(name),
            "aliasName",
            "Member must satisfy regular expression pattern: ^alias/[a-zA-Z0-9/_-]+$",
        ));
    }
    if name.starts_with("alias/aws/") {
        return Err(refused(
            "NotAuthorizedException",
            "Aliases that begin with alias/aws/ are reserved.",
        ));
    }
    Ok(name)
}

fn wanted(call: &Call<'_>) -> Result<keys::Key, Failure> {
    let key = keys::find(call, call.needed("TargetKeyId")?, false)?;
    key.ours(call)?;
    key.not_leaving(call)?;
    Ok(key)
}

pub(super) fn create(call: &Call<'_>) -> Result<Value, Failure> {
    let name = named(call)?;
    let key = wanted(call)?;
    if target(call, name)?.is_some() {
        return Err(refused(
            "AlreadyExistsException",
            format!(
                "An alias with the name {}{name} already exists",
                prefix(call)
            ),
        ));
    }
    let alias = Alias {
        target: key.id,
        created: now(),
        updated: now(),
    };
    call.records.put(KIND, call.region, name, &alias)?;
    Ok(Value::Null)
}

pub(super) fn update(call: &Call<'_>) -> Result<Value, Failure> {
    let name = named(call)?;
    let key = wanted(call)?;
    let found: Option<Alias> = call.records.get(KIND, call.region, name)?;
    let Some(mut alias) = found else {
        return Err(missing(call, name));
    };
    if let Some(before) = keys::by_id(call, &alias.target)?
        && (before.usage != key.usage || before.spec != key.spec)
    {
        return Err(invalid(format!(
            "The target key of {name} must be of the same kind and use as the key before it."
        )));
    }
    alias.target = key.id;
    alias.updated = now();
    call.records.put(KIND, call.region, name, &alias)?;
    Ok(Value::Null)
}

pub(super) fn delete(call: &Call<'_>) -> Result<Value, Failure> {
    let name = named(call)?;
    if call.records.remove(KIND, call.region, name)? {
        Ok(Value::Null)
    } else {
        Err(missing(call, name))
    }
}

pub(super) fn list(call: &Call<'_>) -> Result<Value, Failure> {
    let only = match call.text("KeyId") {
        Some(_) => Some(keys::named(call)?.id),
        None => None,
    };
    let ours: Vec<(String, Alias)> = call.records.list(KIND, call.region)?;
    let of_aws = defaults::aliases().map(|(name, _)| {
        let arn = defaults::alias_key_arn(call.account, call.region, &name);
        let target = arn.rsplit('/').next().unwrap_or_default().to_owned();
        (name, target, None)
    });
    let mut all: Vec<(String, String, Option<Alias>)> = of_aws
        .chain(
            ours.into_iter()
                .map(|(name, alias)| (name, alias.target.clone(), Some(alias))),
        )
        .filter(|(_, target, _)| only.as_ref().is_none_or(|only| only == target))
        .collect();
    all.sort_by(|a, b| a.0.cmp(&b.0));
    let all = all.into_iter().map(|(name, target, alias)| {
        let mut one = json!({
            "AliasArn": format!("{}{name}", prefix(call)),
            "AliasName": name,
            "TargetKeyId": target,
        });
        if let Some(alias) = alias {
            one["CreationDate"] = json!(alias.created);
            one["LastUpdatedDate"] = json!(alias.updated);
        }
        one
    });
    Ok(page(call, "Aliases", all.collect(), 100))
}
