//! Kinesis streaming destinations: kept and shown, nothing is streamed.

use serde_json::{Value, json};

use super::existing_table;
use super::overlay::{TableRecord, Transition};
use super::region::Region;
use super::tables::require_settled;
use super::wire::Failure;

const PRECISION: &str = "ApproximateCreationDateTimePrecision";

/// The shortest and the longest text that may be the ARN of a stream.
const ARN_LENGTHS: [usize; 2] = [37, 1024];

fn stream_arn(request: &Value) -> Result<String, Failure> {
    let Some(arn) = request.get("StreamArn").and_then(Value::as_str) else {
        return Err(Failure::validation(
            "1 validation error detected: Value null at 'streamArn' failed to satisfy constraint: Member must not be null",
        ));
    };
    let [least, most] = ARN_LENGTHS;
    let bound = match arn.len() {
        length if length < least => format!("greater than or equal to {least}"),
        length if length > most => format!("less than or equal to {most}"),
        _ => return Ok(arn.to_owned()),
    };
    Err(Failure::validation(format!(
        "1 validation error detected: Value '{arn}' at 'streamArn' failed to satisfy constraint: Member must have length {bound}"
    )))
}

/// Only a stream of the table's own account and region can be a destination.
fn require_stream(region: &Region, arn: &str) -> Result<(), Failure> {
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    let [
        "arn",
        _partition,
        "kinesis",
        stream_region,
        account,
        resource,
    ] = parts.as_slice()
    else {
        return Err(Failure::validation(format!("Invalid StreamArn: {arn}")));
    };
    let Some(name) = resource
        .strip_prefix("stream/")
        .filter(|name| !name.is_empty())
    else {
        return Err(Failure::validation(format!("Invalid StreamArn: {arn}")));
    };
    if *stream_region != region.name {
        return Err(Failure::validation(format!(
            "The Kinesis stream must be in the region of the table: {arn}"
        )));
    }
    if *account != region.account {
        return Err(Failure::model(
            "ResourceNotFoundException",
            format!("Stream {name} under account {account} not found."),
        ));
    }
    Ok(())
}

fn precision(request: &Value, configuration: &str) -> Result<Value, Failure> {
    let given = request.get(configuration).and_then(|c| c.get(PRECISION));
    match given.and_then(Value::as_str) {
        None => Ok("MILLISECOND".into()),
        Some(precision @ ("MILLISECOND" | "MICROSECOND")) => Ok(precision.into()),
        Some(other) => Err(Failure::validation(format!(
            "1 validation error detected: Value '{other}' at 'approximateCreationDateTimePrecision' failed to satisfy constraint: Member must satisfy enum value set: [MICROSECOND, MILLISECOND]"
        ))),
    }
}

/// EnableKinesisStreamingDestination.
pub(crate) fn enable(region: &Region, request: &Value) -> Result<Value, Failure> {
    let arn = stream_arn(request)?;
    let precision = precision(request, "EnableKinesisStreamingConfiguration")?;
    let mut records = region.records();
    let name = require_settled(region, &mut records, request)?;
    require_stream(region, &arn)?;
    let active = records.get(&name).is_some_and(|record| {
        record
            .kinesis
            .keys()
            .any(|arn| status(record, arn) != Some("DISABLED"))
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
        begin(record, &arn, "ENABLING", region.describes);
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
    let precision = precision(request, "UpdateKinesisStreamingConfiguration")?;
    let mut records = region.records();
    if !is_active(records.get(&name), &arn) {
        return Err(Failure::model(
            "ResourceNotFoundException",
            "Requested resource not found: Kinesis streaming destination not found",
        ));
    }
    records.change(&name, |record| {
        if let Some(Value::Object(kept)) = record.kinesis.get_mut(&arn) {
            kept.insert(PRECISION.to_owned(), precision.clone());
        }
        begin(record, &arn, "UPDATING", region.describes);
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
    let arn = stream_arn(request)?;
    let mut records = region.records();
    let name = require_settled(region, &mut records, request)?;
    if !is_active(records.get(&name), &arn) {
        return Err(Failure::validation(
            "Table is not in a valid state to disable Kinesis Streaming Destination: DisableKinesisStreamingDestination must be ACTIVE to perform DISABLE operation.",
        ));
    }
    records.change(&name, |record| {
        if let Some(Value::Object(kept)) = record.kinesis.get_mut(&arn) {
            kept.insert("DestinationStatus".to_owned(), "DISABLED".into());
        }
        begin(record, &arn, "DISABLING", region.describes);
    })?;
    Ok(json!({"TableName": name, "StreamArn": arn, "DestinationStatus": "DISABLING"}))
}

/// DescribeKinesisStreamingDestination: one describe of the destinations' transitions is used up.
pub(crate) fn describe(region: &Region, request: &Value) -> Result<Value, Failure> {
    let name = existing_table(region, request)?;
    let mut records = region.records();
    let record = records.get(&name).cloned().unwrap_or_default();
    let destinations: Vec<Value> = record
        .kinesis
        .iter()
        .map(|(arn, kept)| {
            let mut shown = kept.clone();
            if let (Some(object), Some(status)) = (shown.as_object_mut(), status(&record, arn)) {
                object.insert("DestinationStatus".to_owned(), status.into());
            }
            shown
        })
        .collect();
    if !record.kinesis_transitions.is_empty() {
        records.change(&name, |record| {
            Transition::all_seen(&mut record.kinesis_transitions);
        })?;
    }
    Ok(json!({"TableName": name, "KinesisDataStreamDestinations": destinations}))
}

fn begin(record: &mut TableRecord, arn: &str, status: &str, describes: u32) {
    match Transition::new(status, describes) {
        Some(transition) => record
            .kinesis_transitions
            .insert(arn.to_owned(), transition),
        None => record.kinesis_transitions.remove(arn),
    };
}

/// The status that a describe would show.
fn status<'r>(record: &'r TableRecord, arn: &str) -> Option<&'r str> {
    if let Some(transition) = record.kinesis_transitions.get(arn) {
        return Some(&transition.status);
    }
    record
        .kinesis
        .get(arn)?
        .get("DestinationStatus")
        .and_then(Value::as_str)
}

fn is_active(record: Option<&TableRecord>, arn: &str) -> bool {
    record.and_then(|record| status(record, arn)) == Some("ACTIVE")
}
