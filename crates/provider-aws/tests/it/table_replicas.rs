//! `aws_dynamodb_table_replica`: one replica kept from its own region.

use serde_json::{Value as Json, json};
use trueup_emulator::{Fault, Rule, Service};
use trueup_provider::{Adoption, ApplyOutcome, Intent, Object, ReadOutcome, ReadRequest, StepKind};

use crate::bed::{Bed, address, bed, bed_with, errors, to_json};
use crate::replicas::{away, key, table};

const KIND: &str = "aws_dynamodb_table_replica";
const TABLE: &str = "aws_dynamodb_table";
const ARN: &str = "arn:aws:dynamodb:us-east-1:123456789012:table/orders";
const OWN: &str = "arn:aws:dynamodb:eu-west-1:123456789012:table/orders";

/// A replica in eu-west-1 of a table in us-east-1.
fn replica(members: Json) -> Json {
    let mut config = json!({"global_table_arn": ARN});
    for (name, value) in members.as_object().expect("an object") {
        config[name] = value.clone();
    }
    config
}

async fn main_table(bed: &Bed) -> Object {
    let mut config = table(&[]);
    config["region"] = "us-east-1".into();
    bed.apply(TABLE, None, &config).await
}

async fn settled(bed: &Bed, object: &Object, config: &Json) {
    crate::looks::settled(bed, KIND, object, config).await;
}

async fn made(bed: &Bed, prior: Option<&Object>, config: &Json) -> Object {
    let object = bed.apply(KIND, prior, config).await;
    settled(bed, &object, config).await;
    object
}

#[tokio::test]
async fn table_replica_basic() {
    let bed = bed().await;
    main_table(&bed).await;
    let (outcome, heard) = bed.try_apply(KIND, None, Some(&replica(json!({})))).await;
    let ApplyOutcome::Done(Some(object), _) = outcome else {
        panic!("created: {outcome:?}");
    };
    settled(&bed, &object, &replica(json!({}))).await;
    let waited = heard.waited.into_inner().expect("not poisoned");
    assert!(
        waited.contains(&"waiting for replica eu-west-1 of table orders (CREATING)".to_owned()),
        "{waited:?}"
    );
    assert_eq!(
        to_json(&object.value),
        json!({
            "arn": OWN,
            "deletion_protection_enabled": false,
            "global_table_arn": ARN,
            "id": "orders:us-east-1",
            "kms_key_arn": "",
            "point_in_time_recovery": false,
            "region": null,
            "table_class_override": null,
            "tags": null,
            "tags_all": {},
            "timeouts": null,
        })
    );
    let imported = bed.kind(KIND).import(&bed.cx, "orders:us-east-1").await;
    let imported = imported.expect("it is there").remove(0).object;
    assert!(trueup_provider::same_but_for_zero(
        &imported.value,
        &object.value
    ));
    bed.delete(KIND, &object).await;
    assert!(bed.dynamodb.describe_table("orders").await.is_err());
    assert!(
        away(&bed, "us-east-1")
            .await
            .describe_table("orders")
            .await
            .is_ok()
    );
}

#[tokio::test]
async fn table_replica_disappears() {
    let bed = bed().await;
    main_table(&bed).await;
    let object = made(&bed, None, &replica(json!({}))).await;
    let home = away(&bed, "us-east-1").await;
    assert!(bed.dynamodb.delete_table("orders").await.is_ok());
    for _ in 0..3 {
        assert!(home.describe_table("orders").await.is_ok());
    }
    assert!(bed.read(KIND, &object).await.is_none());
    let object = made(&bed, None, &replica(json!({}))).await;
    // With the main table all is gone, and a deletion has nothing left to do.
    for table in [&bed.dynamodb, &home] {
        assert!(table.delete_table("orders").await.is_ok());
        for _ in 0..3 {
            let _ = home.describe_table("orders").await;
        }
    }
    assert!(bed.read(KIND, &object).await.is_none());
    bed.delete(KIND, &object).await;
}

#[tokio::test]
async fn table_replica_pitr_protection_and_tags_in_one_run() {
    let bed = bed_with(json!({
        "region": "eu-west-1",
        "default_tags": [{"tags": {"team": "shop"}}],
    }))
    .await;
    main_table(&bed).await;
    let all = replica(json!({
        "point_in_time_recovery": true,
        "deletion_protection_enabled": true,
        "tags": {"env": "prod"},
    }));
    let object = made(&bed, None, &all).await;
    let value = to_json(&object.value);
    assert_eq!(value["point_in_time_recovery"], true);
    assert_eq!(value["deletion_protection_enabled"], true);
    assert_eq!(value["tags_all"], json!({"env": "prod", "team": "shop"}));
    let before = bed.sent();
    let (outcome, _) = bed.try_apply(KIND, Some(&object), None).await;
    assert!(
        matches!(outcome, ApplyOutcome::Failed(Some(_), _)),
        "{outcome:?}"
    );
    assert_eq!(bed.sent(), before);
    let none = replica(json!({"deletion_protection_enabled": false, "tags": {"env": "test"}}));
    let object = made(&bed, Some(&object), &none).await;
    let value = to_json(&object.value);
    assert_eq!(value["point_in_time_recovery"], false);
    assert_eq!(value["deletion_protection_enabled"], false);
    let tags = bed.dynamodb.list_tags_of_resource(OWN).await;
    assert_eq!(
        json!(tags.expect("it is there")),
        json!({"env": "test", "team": "shop"})
    );
    bed.delete(KIND, &object).await;
}

#[tokio::test]
async fn table_replica_pitr_kms_and_keys() {
    let bed = bed().await;
    main_table(&bed).await;
    let keyed = |id: &str, recovery: bool| {
        replica(json!({"kms_key_arn": key("eu-west-1", id), "point_in_time_recovery": recovery}))
    };
    let object = made(&bed, None, &keyed("a", false)).await;
    let object = made(&bed, Some(&object), &keyed("a", true)).await;
    assert_eq!(to_json(&object.value)["kms_key_arn"], key("eu-west-1", "a"));
    let planned = bed.plan(KIND, Some(&object), &keyed("b", true));
    assert_eq!(planned.requires_replace.len(), 1);
    // A key that is no longer said stays as it is.
    let planned = bed.plan(
        KIND,
        Some(&object),
        &replica(json!({"point_in_time_recovery": true})),
    );
    assert!(planned.value.raw_equals(&object.value));
}

#[tokio::test]
async fn table_replica_pitr_default_key() {
    let bed = bed().await;
    let mut config = table(&[]);
    config["region"] = "us-east-1".into();
    config["server_side_encryption"] = json!([{"enabled": true}]);
    bed.apply(TABLE, None, &config).await;
    let object = made(
        &bed,
        None,
        &replica(json!({"point_in_time_recovery": true})),
    )
    .await;
    assert_eq!(to_json(&object.value)["kms_key_arn"], "");
}

#[tokio::test]
async fn table_replica_table_class() {
    let bed = bed().await;
    main_table(&bed).await;
    let class = "STANDARD_INFREQUENT_ACCESS";
    let config = replica(json!({"table_class_override": class}));
    let object = made(&bed, None, &config).await;
    assert_eq!(to_json(&object.value)["table_class_override"], class);
    let there = bed.dynamodb.describe_table("orders").await;
    assert_eq!(
        there.expect("it is there").table_class.as_deref(),
        Some(class)
    );
    let planned = bed.plan(
        KIND,
        Some(&object),
        &replica(json!({"table_class_override": "STANDARD"})),
    );
    assert_eq!(planned.requires_replace.len(), 1);
}

#[tokio::test]
async fn table_replica_in_the_region_of_its_table_is_refused_at_plan() {
    let bed = bed().await;
    let planned = bed.plan(KIND, None, &json!({"global_table_arn": OWN}));
    assert_eq!(
        errors(&planned.problems),
        ["replica cannot be in same region as main table"]
    );
    for (arn, said) in [
        (
            "orders",
            "\"global_table_arn\" (orders) is an invalid ARN: arn: invalid prefix",
        ),
        (
            "arn:aws:sqs:us-east-1:123456789012:orders",
            "\"global_table_arn\" (arn:aws:sqs:us-east-1:123456789012:orders) is not the ARN of a DynamoDB table",
        ),
    ] {
        let block = bed.config(KIND, &json!({"global_table_arn": arn}));
        let found = trueup_provider::Provider::validate(
            &bed.provider,
            trueup_addrs::Mode::Managed,
            KIND,
            &block,
        );
        assert_eq!(errors(&found), [said]);
    }
    let unknown = json!({"global_table_arn": {"$unknown": true}});
    assert!(bed.plan(KIND, None, &unknown).problems.is_empty());
    for (id, said) in [
        (
            "orders",
            "unexpected format of ID (orders), expected table-name:main-table-region",
        ),
        (
            "orders:us-east-1",
            "Cannot import non-existent remote object",
        ),
    ] {
        let found = bed.kind(KIND).import(&bed.cx, id).await;
        assert_eq!(found.expect_err("there is none").summary, said);
    }
}

#[tokio::test]
async fn a_table_replica_that_fails_half_way_is_kept_and_finished() {
    let wanted = replica(json!({"point_in_time_recovery": true, "tags": {"env": "prod"}}));
    for operation in ["UpdateContinuousBackups", "TagResource"] {
        let bed = bed().await;
        main_table(&bed).await;
        bed.emulator.faults().add(Rule::next(
            Service::DynamoDb,
            operation,
            1,
            Fault::FailBefore {
                status: 400,
                code: "AccessDeniedException".to_owned(),
                message: "not today".to_owned(),
            },
        ));
        let (outcome, heard) = bed.try_apply(KIND, None, Some(&wanted)).await;
        let ApplyOutcome::Failed(Some(object), _) = outcome else {
            panic!("{operation}: {outcome:?}");
        };
        assert_eq!(heard.created.into_inner().expect("not poisoned").len(), 1);
        let read = bed.read(KIND, &object).await.expect("the replica is there");
        assert!(
            bed.plan(KIND, Some(&read), &wanted)
                .requires_replace
                .is_empty()
        );
        made(&bed, Some(&read), &wanted).await;
    }
}

#[tokio::test]
async fn replicas_of_one_table_ask_for_it_once() {
    let bed = bed().await;
    main_table(&bed).await;
    let object = made(&bed, None, &replica(json!({}))).await;
    let requests: Vec<ReadRequest> = (0..3)
        .map(|_| ReadRequest {
            address: std::sync::Arc::new(address(KIND, "a")),
            prior: object.clone(),
        })
        .collect();
    let before = bed.sent()["DescribeTable"];
    let found = bed.kind(KIND).read_many(&bed.cx, requests).await;
    assert!(
        found
            .iter()
            .all(|found| matches!(found, ReadOutcome::Present(_)))
    );
    // Once the main table, and three times the table here.
    assert_eq!(bed.sent()["DescribeTable"] - before, 4);
}

#[tokio::test]
async fn an_open_intent_of_a_replica_is_judged_by_what_is_there() {
    let bed = bed().await;
    main_table(&bed).await;
    let object = made(&bed, None, &replica(json!({}))).await;
    let kind = bed.kind(KIND);
    let intent = |kind_of: StepKind, at_ms: i64| Intent {
        address: std::sync::Arc::new(address(KIND, "a")),
        kind: kind_of,
        identity: kind.identity(&object.value),
        at_ms,
        planned_digest: None,
        prior_digest: None,
        in_state: None,
        made: None,
    };
    let judged = kind
        .recover(
            &bed.cx,
            vec![
                intent(StepKind::Create, 0),
                intent(StepKind::Create, i64::MAX / 2),
                intent(StepKind::Delete, 0),
            ],
        )
        .await;
    assert!(matches!(judged[0], Adoption::Adopt(_)), "{judged:?}");
    assert!(matches!(judged[1], Adoption::Unclear(_)), "{judged:?}");
    assert!(matches!(judged[2], Adoption::Forget), "{judged:?}");
    bed.delete(KIND, &object).await;
    let judged = kind
        .recover(
            &bed.cx,
            vec![intent(StepKind::Create, 0), intent(StepKind::Delete, 0)],
        )
        .await;
    assert!(matches!(judged[0], Adoption::Forget), "{judged:?}");
    assert!(matches!(judged[1], Adoption::Gone), "{judged:?}");
}

#[tokio::test]
async fn replica_blocks_and_replica_resources_of_one_table_are_told_apart() {
    let bed = bed().await;
    let table_with = |replicas: &[Json]| {
        let mut config = table(replicas);
        config["region"] = "us-east-1".into();
        config
    };
    let home = main_table(&bed).await;
    let object = made(&bed, None, &replica(json!({}))).await;
    let said = |prior: Option<&Object>| {
        let planned = bed.plan(KIND, prior, &replica(json!({})));
        errors(&planned.problems)
    };
    let other = table_with(&[json!({"region_name": "us-west-2"})]);
    bed.plan(TABLE, Some(&home), &other);
    assert_eq!(
        said(Some(&object)),
        ["The replicas of table \"orders\" are managed in two ways"]
    );
    // Without a word of replicas the table would take away what its refresh found.
    let home = bed.read(TABLE, &home).await.expect("the table is there");
    bed.plan(TABLE, Some(&home), &table_with(&[]));
    assert_eq!(
        said(Some(&object)),
        ["The table \"orders\" would take this replica away"]
    );
    // Where changes of them are ignored, the configuration says what the state says.
    let mut ignored = table_with(&[]);
    ignored["replica"] = to_json(&home.value)["replica"].clone();
    bed.plan(TABLE, Some(&home), &ignored);
    assert_eq!(said(Some(&object)), Vec::<String>::new());
}
