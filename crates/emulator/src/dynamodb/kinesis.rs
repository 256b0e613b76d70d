//! Kinesis streaming destinations: kept and shown, nothing is streamed.

use serde_json::{Value, json};

use super::existing_table;
use super::region::Region;
use super::wire::Failure;

const PRECISION: &str = "ApproximateCreationDateTimePrecision";

fn stream_arn(request: &Value) -> Result<String, Failure> {
    request
        .get("StreamArn")
        .and_then(Value::as_str)
        .map(str::to_owned)
        .ok_or_else(|| {
            Failure::validation(
                "1 validation error detected: Value null at 'streamArn' failed to satisfy constraint: Member must not be null",
            )
        })
}

/// EnableKinesisStreamingDestination.
pub(crate) fn enable(region: &Region, request: &Value) -> Result<Value, Failure> {
    let name = existing_table(region, request)?;
    let arn = stream_arn(request)?;
    let precision = request
        .get("EnableKinesisStreamingConfiguration")
        .and_then(|c| c.get(PRECISION))
        .cloned()
        .unwrap_or_else(|| "MILLISECOND".into());
    let mut records = region.records();
    let active = records.get(&name).is_some_and(|record| {
        record
            .kinesis
            .values()
            .any(|kept| status(kept) == Some("ACTIVE"))
    });
    if active {
        return Err(Failure::validation(
            "Table is not in a valid state to enable Kinesis Streaming Destination: EnableKinesisStreamingDestination must be DISABLED or ENABLE_FAILED to perform ENABLE operation.",
        ));
    }
    records.change(&name, |record| {
        record.kinesis.insert(
            arn.clone(),
            json!({"StreamArn": arn, "DestinationStatus": "ACTIVE", PRECISION: precision}),
        );
    })?;
    Ok(json!({
        "TableName": name,
        "StreamArn": arn,
        "DestinationStatus": "ENABLING",
        "EnableKinesisStreamingConfiguration": {PRECISION: precision},
    }))
}

/// UpdateKinesisStreamingDestination.
pub(crate) fn update(region: &Region, request: &Value) -> Result<Value, Failure> {
    let name = existing_table(region, request)?;
    let arn = stream_arn(request)?;
    let precision = request
        .get("UpdateKinesisStreamingConfiguration")
        .and_then(|c| c.get(PRECISION))
        .cloned()
        .unwrap_or_else(|| "MILLISECOND".into());
    let mut records = region.records();
    if !is_active(records.get(&name).and_then(|r| r.kinesis.get(&arn))) {
        return Err(Failure::model(
            "ResourceNotFoundException",
            "Requested resource not found: Kinesis streaming destination not found",
        ));
    }
    records.change(&name, |record| {
        if let Some(Value::Object(kept)) = record.kinesis.get_mut(&arn) {
            kept.insert(PRECISION.to_owned(), precision.clone());
        }
    })?;
    Ok(json!({
        "TableName": name,
        "StreamArn": arn,
        "DestinationStatus": "UPDATING",
        "UpdateKinesisStreamingConfiguration": {PRECISION: precision},
    }))
}

/// DisableKinesisStreamingDestination.
pub(crate) fn disable(region: &Region, request: &Value) -> Result<Value, Failure> {
    let name = existing_table(region, request)?;
    let arn = stream_arn(request)?;
    let mut records = region.records();
    if !is_active(records.get(&name).and_then(|r| r.kinesis.get(&arn))) {
        return Err(Failure::validation(
            "Table is not in a valid state to disable Kinesis Streaming Destination: DisableKinesisStreamingDestination must be ACTIVE to perform DISABLE operation.",
        ));
    }
    records.change(&name, |record| {
        if let Some(Value::Object(kept)) = record.kinesis.get_mut(&arn) {
            kept.insert("DestinationStatus".to_owned(), "DISABLED".into());
        }
    })?;
    Ok(json!({"TableName": name, "StreamArn": arn, "DestinationStatus": "DISABLING"}))
}

/// DescribeKinesisStreamingDestination.
pub(crate) fn describe(region: &Region, request: &Value) -> Result<Value, Failure> {
    let name = existing_table(region, request)?;
    let records = region.records();
    let destinations: Vec<Value> = records
        .get(&name)
        .map(|record| record.kinesis.values().cloned().collect())
        .unwrap_or_default();
    Ok(json!({"TableName": name, "KinesisDataStreamDestinations": destinations}))
}

fn status(kept: &Value) -> Option<&str> {
    kept.get("DestinationStatus").and_then(Value::as_str)
}

fn is_active(kept: Option<&Value>) -> bool {
    kept.and_then(status) == Some("ACTIVE")
}
