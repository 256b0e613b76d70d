//! Contributor insights: kept and shown, nothing is measured.

use serde_json::{Value, json};

use super::overlay::{TableRecord, Transition};
use super::region::Region;
use super::tables::require_settled;
use super::wire::Failure;
use super::{existing_table, now};

/// What is measured unless something else is asked for.
const DEFAULT_MODE: &str = "ACCESSED_AND_THROTTLED_KEYS";

/// The index that a request names, which must be one of the table's.
fn index_of<'r>(
    region: &Region,
    table: &str,
    request: &'r Value,
) -> Result<Option<&'r str>, Failure> {
    let Some(index) = request.get("IndexName").and_then(Value::as_str) else {
        return Ok(None);
    };
    let there = region
        .engine()
        .get_table_metadata(table)?
        .and_then(|table| table.gsi_definitions)
        .and_then(|text| serde_json::from_str::<Value>(&text).ok())
        .and_then(|indexes| {
            let indexes = indexes.as_array()?;
            let named = |each: &Value| each.get("IndexName").and_then(Value::as_str) == Some(index);
            Some(indexes.iter().any(named))
        });
    if there == Some(true) {
        return Ok(Some(index));
    }
    Err(Failure::model(
        "ResourceNotFoundException",
        format!("Requested resource not found: Table: {table} or index: {index} not found"),
    ))
}

/// UpdateContributorInsights.
pub(crate) fn update(region: &Region, request: &Value) -> Result<Value, Failure> {
    let mut records = region.records();
    let name = require_settled(region, &mut records, request)?;
    let index = index_of(region, &name, request)?;
    let enable = match request
        .get("ContributorInsightsAction")
        .and_then(Value::as_str)
    {
        Some("ENABLE") => true,
        Some("DISABLE") => false,
        other => {
            return Err(Failure::validation(format!(
                "1 validation error detected: Value '{}' at 'contributorInsightsAction' failed to satisfy constraint: Member must satisfy enum value set: [ENABLE, DISABLE]",
                other.unwrap_or("null")
            )));
        }
    };
    let mode = match request
        .get("ContributorInsightsMode")
        .and_then(Value::as_str)
    {
        None => DEFAULT_MODE,
        Some(mode @ ("ACCESSED_AND_THROTTLED_KEYS" | "THROTTLED_KEYS")) => mode,
        Some(other) => {
            return Err(Failure::validation(format!(
                "1 validation error detected: Value '{other}' at 'contributorInsightsMode' failed to satisfy constraint: Member must satisfy enum value set: [ACCESSED_AND_THROTTLED_KEYS, THROTTLED_KEYS]"
            )));
        }
    };
    let kept = json!({
        "ContributorInsightsStatus": if enable { "ENABLED" } else { "DISABLED" },
        "ContributorInsightsMode": mode,
        "LastUpdateDateTime": now(),
    });
    let status = if enable { "ENABLING" } else { "DISABLING" };
    records.change(&name, |record| {
        let key = index.unwrap_or_default().to_owned();
        match Transition::new(status, region.describes) {
            Some(transition) => record.insights_transitions.insert(key.clone(), transition),
            None => record.insights_transitions.remove(&key),
        };
        record.insights.insert(key, kept);
    })?;
    let mut answer = named(&name, index);
    if let Some(object) = answer.as_object_mut() {
        object.insert("ContributorInsightsStatus".to_owned(), status.into());
        object.insert("ContributorInsightsMode".to_owned(), mode.into());
    }
    Ok(answer)
}

/// What is kept of an index (the table under ""), in the state its transition gives it.
fn shown(record: &TableRecord, index: &str) -> Option<Value> {
    let mut kept = record.insights.get(index)?.clone();
    if let (Some(object), Some(transition)) =
        (kept.as_object_mut(), record.insights_transitions.get(index))
    {
        let status = transition.status.as_str();
        object.insert("ContributorInsightsStatus".to_owned(), status.into());
    }
    Some(kept)
}

/// DescribeContributorInsights: one describe of the transition is used up.
pub(crate) fn describe(region: &Region, request: &Value) -> Result<Value, Failure> {
    let name = existing_table(region, request)?;
    let index = index_of(region, &name, request)?;
    let key = index.unwrap_or_default();
    let mut records = region.records();
    let kept = records
        .get(&name)
        .and_then(|record| shown(record, key))
        .unwrap_or_else(|| json!({"ContributorInsightsStatus": "DISABLED"}));
    let under_way = |record: &TableRecord| record.insights_transitions.contains_key(key);
    if records.get(&name).is_some_and(under_way) {
        records.change(&name, |record| {
            let mut slot = record.insights_transitions.remove(key);
            Transition::seen(&mut slot);
            if let Some(left) = slot {
                record.insights_transitions.insert(key.to_owned(), left);
            }
        })?;
    }
    let mut answer = named(&name, index);
    if let Some(object) = answer.as_object_mut() {
        let enabled = kept
            .get("ContributorInsightsStatus")
            .and_then(Value::as_str)
            == Some("ENABLED");
        if enabled {
            let of = index.map_or_else(|| name.clone(), |index| format!("{name}-{index}"));
            object.insert(
                "ContributorInsightsRuleList".to_owned(),
                json!([
                    format!("DynamoDBContributorInsights-PKC-{of}"),
                    format!("DynamoDBContributorInsights-PKT-{of}"),
                ]),
            );
        }
        for (member, value) in kept.as_object().into_iter().flatten() {
            object.insert(member.clone(), value.clone());
        }
    }
    Ok(answer)
}

/// ListContributorInsights.
pub(crate) fn list(region: &Region, request: &Value) -> Result<Value, Failure> {
    let records = region.records();
    let names = match request.get("TableName").and_then(Value::as_str) {
        Some(name) => vec![name.to_owned()],
        None => {
            let mut names = records.names();
            names.sort();
            names
        }
    };
    let mut summaries = Vec::new();
    for name in names {
        let Some(record) = records.get(&name) else {
            continue;
        };
        for index in record.insights.keys() {
            let Some(kept) = shown(record, index) else {
                continue;
            };
            let index = Some(index.as_str()).filter(|index| !index.is_empty());
            let mut summary = named(&name, index);
            if let Some(object) = summary.as_object_mut() {
                for member in ["ContributorInsightsStatus", "ContributorInsightsMode"] {
                    if let Some(value) = kept.get(member) {
                        object.insert(member.to_owned(), value.clone());
                    }
                }
            }
            summaries.push(summary);
        }
    }
    Ok(json!({"ContributorInsightsSummaries": summaries}))
}

fn named(table: &str, index: Option<&str>) -> Value {
    match index {
        Some(index) => json!({"TableName": table, "IndexName": index}),
        None => json!({"TableName": table}),
    }
}
