//! Tables on the embedded AWS: created, read, changed in every part, replaced, deleted.

use serde_json::{Value as Json, json};
use trueup_emulator::{Fault, Rule, Service};
use trueup_provider::ApplyOutcome;

use crate::bed::{Bed, bed, bed_with, to_json};

const KIND: &str = "aws_dynamodb_table";

pub fn attribute(name: &str, kind: &str) -> Json {
    json!({"name": name, "type": kind})
}

fn small() -> Json {
    json!({
        "name": "orders",
        "billing_mode": "PAY_PER_REQUEST",
        "hash_key": "pk",
        "attribute": [attribute("pk", "S")],
    })
}

pub fn everything() -> Json {
    json!({
        "name": "orders",
        "billing_mode": "PROVISIONED",
        "read_capacity": 7,
        "write_capacity": 6,
        "hash_key": "pk",
        "range_key": "sk",
        "attribute": [attribute("pk", "S"), attribute("sk", "S"), attribute("a", "N"), attribute("b", "B")],
        "local_secondary_index": [{
            "name": "by_amount", "range_key": "a", "projection_type": "INCLUDE", "non_key_attributes": ["y", "x"],
        }],
        "global_secondary_index": [{
            "name": "by_status", "hash_key": "b", "range_key": "sk", "projection_type": "INCLUDE",
            "non_key_attributes": ["y", "x"], "read_capacity": 3, "write_capacity": 2,
        }],
        "stream_enabled": true,
        "stream_view_type": "new_and_old_images",
        "table_class": "STANDARD",
        "ttl": [{"attribute_name": "expires", "enabled": true}],
        "point_in_time_recovery": [{"enabled": true}],
        "server_side_encryption": [{"enabled": true}],
        "tags": {"team": "red"},
    })
}

pub async fn settled(bed: &Bed, object: &trueup_provider::Object, config: &Json) {
    crate::looks::settled(bed, KIND, object, config).await;
}

#[tokio::test]
async fn a_small_table_stands_in_state_as_everybody_writes_it() {
    let bed = bed().await;
    let (outcome, heard) = bed.try_apply(KIND, None, Some(&small())).await;
    let ApplyOutcome::Done(Some(object), _) = outcome else {
        panic!("created: {outcome:?}");
    };
    assert_eq!(
        to_json(&object.value),
        json!({
            "arn": "arn:aws:dynamodb:eu-west-1:123456789012:table/orders",
            "attribute": [{"name": "pk", "type": "S"}],
            "billing_mode": "PAY_PER_REQUEST",
            "deletion_protection_enabled": false,
            "global_secondary_index": [],
            "global_table_witness": [],
            "hash_key": "pk",
            "id": "orders",
            "import_table": [],
            "local_secondary_index": [],
            "name": "orders",
            "on_demand_throughput": [],
            "point_in_time_recovery": [{"enabled": false, "recovery_period_in_days": 0}],
            "range_key": null,
            "read_capacity": 0,
            "region": null,
            "replica": [],
            "restore_backup_arn": null,
            "restore_date_time": null,
            "restore_source_name": null,
            "restore_source_table_arn": null,
            "restore_to_latest_time": null,
            "server_side_encryption": [],
            "stream_arn": "",
            "stream_enabled": false,
            "stream_label": "",
            "stream_view_type": "",
            "table_class": "STANDARD",
            "tags": null,
            "tags_all": {},
            "timeouts": null,
            "ttl": [{"attribute_name": "", "enabled": false}],
            "warm_throughput": [],
            "write_capacity": 0,
        })
    );
    let private = object.private.as_deref().expect("private bytes");
    assert_eq!(
        std::str::from_utf8(private),
        Ok(
            "{\"e2bfb730-ecaa-11e6-8f88-34363bc7c4c0\":{\"create\":1800000000000,\"delete\":600000000000,\"update\":3600000000000},\"schema_version\":\"1\"}"
        )
    );
    assert_eq!(heard.created.lock().expect("not poisoned").len(), 1);
    assert_eq!(
        *heard.waited.lock().expect("not poisoned"),
        ["waiting for table orders (CREATING)"]
    );
    settled(&bed, &object, &small()).await;
    bed.delete(KIND, &object).await;
    assert!(bed.read(KIND, &object).await.is_none());
    assert!(
        bed.dynamodb
            .list_tables()
            .await
            .expect("an answer")
            .is_empty()
    );
}

#[tokio::test]
async fn a_table_with_everything_is_created_in_one_go() {
    let bed = bed().await;
    let object = bed.apply(KIND, None, &everything()).await;
    let value = to_json(&object.value);
    assert_eq!(value["stream_view_type"], "NEW_AND_OLD_IMAGES");
    assert_ne!(value["stream_arn"], "");
    assert_eq!(
        value["ttl"],
        json!([{"attribute_name": "expires", "enabled": true}])
    );
    assert_eq!(
        value["point_in_time_recovery"],
        json!([{"enabled": true, "recovery_period_in_days": 0}])
    );
    assert_eq!(
        value["server_side_encryption"],
        json!([{"enabled": true, "kms_key_arn": ""}])
    );
    assert_eq!(
        value["local_secondary_index"][0]["non_key_attributes"],
        json!(["y", "x"])
    );
    assert_eq!(value["tags_all"], json!({"team": "red"}));
    settled(&bed, &object, &everything()).await;
    bed.delete(KIND, &object).await;
}

#[tokio::test]
async fn keys_and_local_indexes_need_another_table() {
    let bed = bed().await;
    let object = bed.apply(KIND, None, &everything()).await;
    for (member, value) in [
        ("name", json!("events")),
        ("hash_key", json!("sk")),
        ("range_key", json!("a")),
        ("local_secondary_index", json!([])),
    ] {
        let mut config = everything();
        config[member] = value;
        let planned = bed.plan(KIND, Some(&object), &config);
        let paths: Vec<String> = planned
            .requires_replace
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(paths, [format!(".{member}")], "{member}");
    }
}

#[tokio::test]
async fn a_protected_table_is_not_touched() {
    let bed = bed().await;
    let mut config = small();
    config["deletion_protection_enabled"] = json!(true);
    let object = bed.apply(KIND, None, &config).await;
    let before = bed.sent();
    let (outcome, _) = bed.try_apply(KIND, Some(&object), None).await;
    let ApplyOutcome::Failed(Some(kept), problems) = outcome else {
        panic!("refused: {outcome:?}");
    };
    assert!(kept.value.raw_equals(&object.value));
    assert!(
        problems[0].summary.contains("DeletionProtectionEnabled"),
        "{problems:?}"
    );
    assert_eq!(bed.sent(), before);
}

#[tokio::test]
async fn a_sub_call_that_fails_loses_nothing_and_is_made_up_for() {
    let bed = bed().await;
    let denied = Fault::FailBefore {
        status: 400,
        code: "AccessDeniedException".to_owned(),
        message: "not allowed".to_owned(),
    };
    let faults = bed.emulator.faults();
    faults.add(Rule::next(
        Service::DynamoDb,
        "UpdateContinuousBackups",
        1,
        denied,
    ));
    let (outcome, heard) = bed.try_apply(KIND, None, Some(&everything())).await;
    let ApplyOutcome::Failed(Some(object), problems) = outcome else {
        panic!("failed half way: {outcome:?}");
    };
    assert_eq!(
        problems[0].summary,
        "creating DynamoDB Table (orders): AccessDeniedException: not allowed"
    );
    assert_eq!(heard.created.lock().expect("not poisoned").len(), 1);
    assert_eq!(to_json(&object.value)["ttl"][0]["enabled"], json!(true));
    let planned = bed.plan(KIND, Some(&object), &everything());
    assert!(planned.requires_replace.is_empty());
    let object = bed.apply(KIND, Some(&object), &everything()).await;
    settled(&bed, &object, &everything()).await;
}

#[tokio::test]
async fn a_table_of_somebody_else_is_named() {
    let bed = bed().await;
    bed.apply(KIND, None, &small()).await;
    let (outcome, heard) = bed.try_apply(KIND, None, Some(&small())).await;
    let ApplyOutcome::Failed(None, problems) = outcome else {
        panic!("refused: {outcome:?}");
    };
    let summary = &problems[0].summary;
    assert!(
        summary.starts_with("creating DynamoDB Table (orders): ResourceInUseException: "),
        "{summary}"
    );
    assert!(problems[0].detail.contains("not in this state"));
    assert!(heard.created.lock().expect("not poisoned").is_empty());
}

#[tokio::test]
async fn default_tags_are_put_on_and_ignored_ones_never_seen() {
    let bed = bed_with(json!({
        "region": "eu-west-1",
        "default_tags": [{"tags": {"env": "test", "team": "red"}}],
        "ignore_tags": [{"key_prefixes": ["auto:"]}],
    }))
    .await;
    let mut config = small();
    config["tags"] = json!({"team": "blue", "env": "test"});
    let planned = bed.plan(KIND, None, &config);
    assert_eq!(
        to_json(&planned.value)["tags_all"],
        json!({"env": "test", "team": "blue"})
    );
    let object = bed.apply(KIND, None, &config).await;
    let arn = "arn:aws:dynamodb:eu-west-1:123456789012:table/orders";
    let foreign = [("auto:cost".to_owned(), "1".to_owned())].into();
    bed.dynamodb
        .tag_resource(arn, foreign)
        .await
        .expect("tagged");
    let value = to_json(&object.value);
    assert_eq!(value["tags"], json!({"env": "test", "team": "blue"}));
    settled(&bed, &object, &config).await;
    config["tags"] = Json::Null;
    let object = bed.apply(KIND, Some(&object), &config).await;
    let tags = bed.dynamodb.list_tags_of_resource(arn).await.expect("tags");
    let tags: Vec<(&str, &str)> = tags.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
    assert_eq!(tags, [("auto:cost", "1"), ("env", "test"), ("team", "red")]);
    settled(&bed, &object, &config).await;
}

#[tokio::test]
async fn a_table_can_be_imported() {
    let bed = bed().await;
    let object = bed.apply(KIND, None, &everything()).await;
    let table = bed.kind(KIND);
    let imported = table
        .import(&bed.cx, "orders")
        .await
        .expect("the table is there");
    let planned = bed.plan(KIND, Some(&imported[0].object), &everything());
    assert!(planned.requires_replace.is_empty());
    let missing = table
        .import(&bed.cx, "events")
        .await
        .expect_err("there is none");
    assert_eq!(missing.summary, "Cannot import non-existent remote object");
    bed.delete(KIND, &object).await;
}

#[tokio::test]
async fn throttled_calls_are_repeated() {
    let bed = bed().await;
    let faults = bed.emulator.faults();
    for operation in ["CreateTable", "DescribeTable", "UpdateTimeToLive"] {
        faults.add(Rule::next(Service::DynamoDb, operation, 2, Fault::Throttle));
    }
    let object = bed.apply(KIND, None, &everything()).await;
    settled(&bed, &object, &everything()).await;
}
