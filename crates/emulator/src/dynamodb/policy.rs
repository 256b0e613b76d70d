//! Resource policies of tables and streams: kept and shown, not enforced.

use serde_json::{Value, json};

use super::region::Region;
use super::tables::{new_revision, require_settled};
use super::wire::Failure;

const NO_POLICY: &str = "PolicyNotFoundException";

/// The ARN a request names, and the table it belongs to.
fn resource(region: &Region, request: &Value) -> Result<(String, String), Failure> {
    let arn = request
        .get("ResourceArn")
        .and_then(Value::as_str)
        .ok_or_else(|| {
            Failure::validation(
                "1 validation error detected: Value null at 'resourceArn' failed to satisfy constraint: Member must not be null",
            )
        })?;
    let table = region.table_of(arn);
    if table.starts_with("arn:") || !region.has_table(&table) {
        return Err(Failure::model(
            "ResourceNotFoundException",
            format!("Requested resource not found: ResourcArn: {arn} not found"),
        ));
    }
    // A stream that was there once and is no more has no policy either.
    let of_stream = arn.split_once("/stream/").map(|(_, label)| label);
    if let Some(label) = of_stream {
        let records = region.records();
        let latest = records.get(&table).and_then(|r| r.stream.as_ref());
        if latest.is_none_or(|(_, latest)| latest != label) {
            return Err(Failure::model(
                "ResourceNotFoundException",
                format!("Requested resource not found: Stream: {arn} not found"),
            ));
        }
    }
    Ok((arn.to_owned(), table))
}

/// The most bytes that a policy may take.
const LARGEST: usize = 20 * 1024;

fn check_revision(kept: Option<&(String, String)>, request: &Value) -> Result<(), Failure> {
    let Some(expected) = request.get("ExpectedRevisionId").and_then(Value::as_str) else {
        return Ok(());
    };
    let matches = match kept {
        Some((_, revision)) => revision == expected,
        None => expected == "NO_POLICY",
    };
    if matches {
        Ok(())
    } else {
        Err(Failure::model(
            NO_POLICY,
            "The operation failed because the expected revision id does not match",
        ))
    }
}

/// PutResourcePolicy.
pub(crate) fn put(region: &Region, request: &Value) -> Result<Value, Failure> {
    let (arn, table) = resource(region, request)?;
    let text = request
        .get("Policy")
        .and_then(Value::as_str)
        .unwrap_or_default();
    if !serde_json::from_str::<Value>(text).is_ok_and(|policy| policy.is_object()) {
        return Err(Failure::validation("Resource policy is not valid JSON"));
    }
    if text.len() > LARGEST {
        return Err(Failure::validation(
            "Resource policy size exceeds the limit of 20 KB",
        ));
    }
    let mut records = region.records();
    require_settled(region, &mut records, &json!({"TableName": table}))?;
    let kept = records.get(&table).and_then(|r| r.policies.get(&arn));
    check_revision(kept, request)?;
    if let Some((before, revision)) = kept
        && before == text
    {
        return Ok(json!({"RevisionId": revision}));
    }
    let revision = new_revision();
    records.change(&table, |record| {
        record
            .policies
            .insert(arn, (text.to_owned(), revision.clone()));
    })?;
    Ok(json!({"RevisionId": revision}))
}

/// GetResourcePolicy.
pub(crate) fn get(region: &Region, request: &Value) -> Result<Value, Failure> {
    let (arn, table) = resource(region, request)?;
    let records = region.records();
    match records.get(&table).and_then(|r| r.policies.get(&arn)) {
        Some((text, revision)) => Ok(json!({"Policy": text, "RevisionId": revision})),
        None => Err(Failure::model(
            NO_POLICY,
            format!("Resource-based policy not found for the provided ResourceArn: {arn}"),
        )),
    }
}

/// DeleteResourcePolicy.
pub(crate) fn delete(region: &Region, request: &Value) -> Result<Value, Failure> {
    let (arn, table) = resource(region, request)?;
    let mut records = region.records();
    let kept = records
        .get(&table)
        .and_then(|r| r.policies.get(&arn))
        .cloned();
    check_revision(kept.as_ref(), request)?;
    records.change(&table, |record| {
        record.policies.remove(&arn);
    })?;
    Ok(match kept {
        Some((_, revision)) => json!({"RevisionId": revision}),
        None => json!({}),
    })
}
