//! Contributor insights: kept and shown, nothing is measured.

use serde_json::{Value, json};

use super::region::Region;
use super::wire::Failure;
use super::{existing_table, now};

/// UpdateContributorInsights.
pub(crate) fn update(region: &Region, request: &Value) -> Result<Value, Failure> {
    let name = existing_table(region, request)?;
    let index = request.get("IndexName").and_then(Value::as_str);
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
    let mut kept = json!({
        "ContributorInsightsStatus": if enable { "ENABLED" } else { "DISABLED" },
        "LastUpdateDateTime": now(),
    });
    if let (Some(mode), Some(object)) =
        (request.get("ContributorInsightsMode"), kept.as_object_mut())
    {
        object.insert("ContributorInsightsMode".to_owned(), mode.clone());
    }
    region.records().change(&name, |record| {
        record
            .insights
            .insert(index.unwrap_or_default().to_owned(), kept.clone());
    })?;
    let mut answer = named(&name, index);
    if let Some(object) = answer.as_object_mut() {
        let status = if enable { "ENABLING" } else { "DISABLING" };
        object.insert("ContributorInsightsStatus".to_owned(), status.into());
        if let Some(mode) = kept.get("ContributorInsightsMode") {
            object.insert("ContributorInsightsMode".to_owned(), mode.clone());
        }
    }
    Ok(answer)
}

/// DescribeContributorInsights.
pub(crate) fn describe(region: &Region, request: &Value) -> Result<Value, Failure> {
    let name = existing_table(region, request)?;
    let index = request.get("IndexName").and_then(Value::as_str);
    let kept = region
        .records()
        .get(&name)
        .and_then(|record| record.insights.get(index.unwrap_or_default()).cloned())
        .unwrap_or_else(|| json!({"ContributorInsightsStatus": "DISABLED"}));
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
        for (index, kept) in &record.insights {
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
