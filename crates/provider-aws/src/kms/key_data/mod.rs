//! The data source `aws_kms_key`: what is known of a key, by id, ARN or alias.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use trueup_aws::Kms;
use trueup_aws::kms::KeyMetadata;
use trueup_provider::{DataSource, Problems};
use trueup_value::{Path, Type, Value};

use crate::failure::problem;
use crate::lookup::{Looking, Lookup};
use crate::members::{member, text as text_of, texts};
use crate::region::Place;
use crate::rfc3339;
use crate::rules::{Attribute, Body, Mode, boolean, number, text, text_list};

const C: Mode = Mode::Computed;

/// What is read.
pub(crate) fn body() -> &'static Body {
    static BODY: OnceLock<Body> = OnceLock::new();
    BODY.get_or_init(|| {
        let list = |name, element| Attribute::new(name, Type::list(element), C);
        Body::new(vec![
            text("arn", C),
            text("aws_account_id", C),
            text("cloud_hsm_cluster_id", C),
            text("creation_date", C),
            text("custom_key_store_id", C),
            text("customer_master_key_spec", C),
            text("deletion_date", C),
            text("description", C),
            boolean("enabled", C),
            text("expiration_model", C),
            text_list("grant_tokens", Mode::Optional),
            text("id", Mode::OptionalComputed),
            text("key_id", Mode::Required),
            text("key_manager", C),
            text("key_spec", C),
            text("key_state", C),
            text("key_usage", C),
            boolean("multi_region", C),
            list("multi_region_configuration", kin()),
            text("origin", C),
            number("pending_deletion_window_in_days", C),
            text("valid_to", C),
            list(
                "xks_key_configuration",
                Type::object([("id", Type::String)]),
            ),
        ])
    })
}

fn one_of_kin() -> Type {
    Type::object([("arn", Type::String), ("region", Type::String)])
}

fn kin() -> Type {
    Type::object([
        ("multi_region_key_type", Type::String),
        ("primary_key", Type::list(one_of_kin())),
        ("replica_keys", Type::list(one_of_kin())),
    ])
}

/// The data source in one region.
pub(crate) struct KeyData(Arc<dyn Kms>);

impl KeyData {
    /// The data source in one region.
    pub(crate) fn made(place: &Place) -> Arc<dyn DataSource> {
        Arc::new(Looking(Self(place.aws.session.kms())))
    }
}

impl Lookup for KeyData {
    async fn look_up(&self, config: &Value) -> Result<Value, Problems> {
        let asked = text_of(config, "key_id").unwrap_or_default();
        let tokens = texts(config, "grant_tokens");
        let key = self
            .0
            .describe_key_with(asked, &tokens)
            .await
            .map_err(|error| {
                let found = problem(&format!("reading KMS Key ({asked})"), &error);
                vec![found.at(Path::new().attr("key_id"))]
            })?;
        Ok(to_data(&key, config))
    }
}

fn to_data(key: &KeyMetadata, config: &Value) -> Value {
    let mut said: BTreeMap<Arc<str>, Value> = BTreeMap::new();
    let mut say = |name: &str, value: Value| {
        said.insert(name.into(), value);
    };
    for (name, value) in [
        ("arn", Some(&key.arn)),
        ("aws_account_id", Some(&key.account)),
        ("cloud_hsm_cluster_id", key.cloud_hsm_cluster.as_ref()),
        ("custom_key_store_id", key.custom_key_store.as_ref()),
        ("customer_master_key_spec", Some(&key.spec)),
        ("description", Some(&key.description)),
        ("expiration_model", key.expiration_model.as_ref()),
        ("id", Some(&key.key_id)),
        ("key_manager", key.manager.as_ref()),
        ("key_spec", Some(&key.spec)),
        ("key_state", key.state.as_ref()),
        ("key_usage", Some(&key.usage)),
        ("origin", Some(&key.origin)),
    ] {
        say(name, Value::string(value.map_or("", String::as_str)));
    }
    for (name, value) in [
        ("creation_date", key.created),
        ("deletion_date", key.deletion),
        ("valid_to", key.valid_to),
    ] {
        if let Some(time) = value.and_then(rfc3339::write) {
            say(name, Value::string(time));
        }
    }
    say("enabled", Value::bool(key.enabled));
    say("multi_region", Value::bool(key.multi_region));
    say(
        "pending_deletion_window_in_days",
        Value::number(key.pending_days.unwrap_or(0)),
    );
    let one = |(arn, region): &(String, String)| {
        Value::object_from([
            ("arn", Value::string(arn)),
            ("region", Value::string(region)),
        ])
    };
    let configuration = key.kin.iter().map(|kin| {
        Value::object_from([
            ("multi_region_key_type", Value::string(&kin.kind)),
            (
                "primary_key",
                Value::list(one_of_kin(), kin.primary.iter().map(one).collect()),
            ),
            (
                "replica_keys",
                Value::list(one_of_kin(), kin.replicas.iter().map(one).collect()),
            ),
        ])
    });
    say(
        "multi_region_configuration",
        Value::list(kin(), configuration.collect()),
    );
    let external = key
        .xks_key
        .iter()
        .map(|id| Value::object_from([("id", Value::string(id))]));
    say(
        "xks_key_configuration",
        Value::list(Type::object([("id", Type::String)]), external.collect()),
    );
    for name in ["grant_tokens", "key_id"] {
        if let Some(asked) = member(config, name) {
            say(name, asked.clone());
        }
    }
    body().value(said)
}
