//! Time to live: the engine keeps it, the way there and back is ours.

use dynoxide::actions as engine;
use serde_json::{Value, json};

use super::overlay::Transition;
use super::region::Region;
use super::tables::{finish_deletion, require_settled};
use super::wire::{Failure, read_value};

/// UpdateTimeToLive.
pub(crate) fn update(region: &Region, request: Value) -> Result<Value, Failure> {
    let mut records = region.records();
    let name = require_settled(region, &mut records, &request)?;
    let typed: engine::update_time_to_live::UpdateTimeToLiveRequest =
        read_value("UpdateTimeToLive", request)?;
    let wanted = typed.time_to_live_specification.clone();
    let kept = records.get(&name).cloned().unwrap_or_default();
    if kept.ttl_transition.is_some() {
        return Err(Failure::validation(
            "Time to live has been modified multiple times within a fixed interval",
        ));
    }
    let (enabled, attribute) = current(region, &name)?;
    if enabled == wanted.enabled && !wanted.attribute_name.is_empty() {
        return Err(Failure::validation(if enabled {
            "TimeToLive is already enabled"
        } else {
            "TimeToLive is already disabled"
        }));
    }
    let answer = region.engine().update_time_to_live(typed)?;
    let status = if wanted.enabled {
        "ENABLING"
    } else {
        "DISABLING"
    };
    records.change(&name, |record| {
        record.ttl_transition = Transition::new(status, region.describes);
        record.ttl_attribute = attribute;
    })?;
    serde_json::to_value(answer).map_err(Failure::internal)
}

/// DescribeTimeToLive: one describe of its transition is used up.
pub(crate) fn describe(region: &Region, request: Value) -> Result<Value, Failure> {
    let typed: engine::describe_time_to_live::DescribeTimeToLiveRequest =
        read_value("DescribeTimeToLive", request)?;
    let name = typed.table_name.clone();
    let mut records = region.records();
    finish_deletion(region, &mut records, &name)?;
    let answer = region.engine().describe_time_to_live(typed)?;
    let mut description =
        serde_json::to_value(answer.time_to_live_description).map_err(Failure::internal)?;
    let kept = records.get(&name).cloned().unwrap_or_default();
    if let Some(transition) = &kept.ttl_transition {
        description = json!({"TimeToLiveStatus": transition.status});
        let (_, attribute) = current(region, &name)?;
        if let (Some(attribute), Some(object)) = (
            attribute.or(kept.ttl_attribute),
            description.as_object_mut(),
        ) {
            object.insert("AttributeName".to_owned(), attribute.into());
        }
        records.change(&name, |record| {
            Transition::seen(&mut record.ttl_transition);
        })?;
    }
    Ok(json!({"TimeToLiveDescription": description}))
}

/// Whether time to live is on in the engine, and on which attribute.
pub(crate) fn current(region: &Region, name: &str) -> Result<(bool, Option<String>), Failure> {
    let answer = region.engine().describe_time_to_live(
        engine::describe_time_to_live::DescribeTimeToLiveRequest {
            table_name: name.to_owned(),
        },
    )?;
    let description = answer.time_to_live_description;
    Ok((
        description.time_to_live_status == "ENABLED",
        description.attribute_name,
    ))
}
