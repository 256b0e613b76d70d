//! Replicas in the form that stands in state.

use trueup_aws::dynamodb::TableDescription;
use trueup_value::{Type, Value};

use super::super::Besides;
use super::super::schema::body;
use super::EVENTUAL;
use crate::members::{elements, filled, flag, member, text_map};
use crate::tags::TagPolicy;

fn blocks(name: &str, elements: Vec<Value>) -> Value {
    body()
        .blocks
        .iter()
        .find(|nested| nested.name == name)
        .map_or_else(Value::dynamic_null, |nested| nested.of(elements))
}

/// The replicas of a table that is there. `prior` is what was believed or planned of the table: it
/// tells which tags are meant to travel, and whether the state knows the members of later releases.
pub(crate) fn to_state(
    table: &TableDescription,
    besides: &Besides,
    policy: &TagPolicy,
    prior: Option<&Value>,
) -> Value {
    let own = policy.own(&besides.tags);
    let believed = prior.map(|prior| policy.own(&text_map(prior, "tags_all")));
    let mode = table
        .multi_region_consistency
        .as_deref()
        .unwrap_or(EVENTUAL);
    let made = besides.replicas.iter().map(|replica| {
        let before = prior.and_then(|prior| {
            elements(prior, "replica")
                .iter()
                .find(|block| filled(block, "region_name") == Some(&replica.region))
        });
        // States of earlier releases lack two members: what is as always stays unsaid there.
        let old = before.filter(|before| member(before, "consistency_mode").is_none());
        let consistency = match old {
            Some(_) if mode == EVENTUAL => Value::null(Type::String),
            _ => Value::string(mode),
        };
        let protection = match old {
            Some(before)
                if !replica.protection
                    && member(before, "deletion_protection_enabled").is_none() =>
            {
                Value::null(Type::Bool)
            }
            _ => Value::bool(replica.protection),
        };
        // Tags that did not arrive are planned again.
        let arrived = replica.tags.as_ref().is_none_or(|tags| {
            let tags = policy.own(tags);
            tags == own || believed.as_ref() == Some(&tags)
        });
        let propagates = before.is_some_and(|before| flag(before, "propagate_tags") == Some(true));
        Value::object_from([
            ("arn", Value::string(&replica.arn)),
            ("consistency_mode", consistency),
            ("deletion_protection_enabled", protection),
            ("kms_key_arn", Value::string(&replica.key)),
            ("point_in_time_recovery", Value::bool(replica.recovery)),
            ("propagate_tags", Value::bool(propagates && arrived)),
            ("region_name", Value::string(&replica.region)),
            ("stream_arn", Value::string(&replica.stream_arn)),
            ("stream_label", Value::string(&replica.stream_label)),
        ])
    });
    blocks("replica", made.collect())
}

/// The witness of a table that is there: a global table has one or none.
pub(crate) fn witness_to_state(table: &TableDescription) -> Value {
    let made = match table.witnesses.as_slice() {
        [witness] => vec![Value::object_from([(
            "region_name",
            Value::string(&witness.region),
        )])],
        _ => Vec::new(),
    };
    blocks("global_table_witness", made)
}
