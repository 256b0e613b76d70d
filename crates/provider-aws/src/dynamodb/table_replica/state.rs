//! A replica in the form that stands in state.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use trueup_aws::dynamodb::TableDescription;
use trueup_value::Value;

use super::Main;
use super::schema::{LIMITS, body};
use crate::arn::Arn;
use crate::members::{filled, member, text_map};
use crate::tags::{TagPolicy, Tags, to_value};

/// What there is of a replica.
#[derive(Clone, Debug, Default)]
pub(crate) struct There {
    /// The ARN of the table it is a copy of.
    pub(super) main_arn: String,
    /// The table class it has instead of the main table's.
    pub(super) class: Option<String>,
    /// The table as its own region describes it.
    pub(super) table: TableDescription,
    /// ARN of its key; "" for AWS's own and for the account's default.
    pub(super) key: String,
    /// Whether point-in-time recovery is on.
    pub(super) recovery: bool,
    /// Its tags, all of them.
    pub(super) tags: Tags,
}

/// The value of a replica that is there. `prior` is what was believed or planned of it.
pub(super) fn to_state(
    main: &Main,
    there: &There,
    policy: &TagPolicy,
    prior: Option<&Value>,
) -> Value {
    let own = prior.map(|prior| text_map(prior, "tags"));
    let (all, tags) = policy.read(&there.tags, &own.unwrap_or_default());
    let mut said: BTreeMap<Arc<str>, Value> = BTreeMap::from([
        ("arn".into(), Value::string(&there.table.arn)),
        (
            "deletion_protection_enabled".into(),
            Value::bool(there.table.deletion_protection == Some(true)),
        ),
        ("global_table_arn".into(), Value::string(&there.main_arn)),
        ("id".into(), Value::string(main.id())),
        ("kms_key_arn".into(), Value::string(&there.key)),
        ("point_in_time_recovery".into(), Value::bool(there.recovery)),
        ("tags".into(), to_value(&tags)),
        ("tags_all".into(), to_value(&all)),
    ]);
    if let Some(class) = &there.class {
        said.insert("table_class_override".into(), Value::string(class));
    }
    if let Some(timeouts) = prior.and_then(|prior| member(prior, "timeouts")) {
        said.insert("timeouts".into(), timeouts.clone());
    }
    body().value(said)
}

/// A replica that was asked for and of which nothing else is done yet.
pub(super) fn begun(region: &str, wanted: &Value) -> There {
    let main_arn = filled(wanted, "global_table_arn").unwrap_or_default();
    let arn = Arn::parse(main_arn).map(|arn| arn.in_region(region));
    There {
        main_arn: main_arn.to_owned(),
        class: filled(wanted, "table_class_override").map(str::to_owned),
        table: TableDescription {
            arn: arn.unwrap_or_default(),
            ..TableDescription::default()
        },
        key: filled(wanted, "kms_key_arn").unwrap_or_default().to_owned(),
        ..There::default()
    }
}

/// How long a phase may take.
pub(super) fn time(value: Option<&Value>, phase: &str) -> Duration {
    LIMITS.of(value, phase)
}

/// The bytes beside a replica with the time limits of its value.
pub(super) fn private_bytes(value: Option<&Value>) -> Arc<[u8]> {
    LIMITS.private_bytes(value)
}
